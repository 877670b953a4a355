"""What else a query may find beside its words: synonyms, and words that are written in one or in two.

`-race` excludes a word, unless it is a flag: in `go test -race` it is one, where a post has it so.
"""

from collections.abc import Sequence
from itertools import pairwise

from index import analysis
from index.engine import Snapshot
from index.forms import with_forms
from index.query import And, Everything, Leaf, Node, Not, Or, Phrase, Prefix, Term, Variants, Word
from index.ranking import JOINED, SYNONYM
from index.synonyms import Synonyms

# No synonym has more words than this.
MAX_WORDS = 5


def expand(query: Node, snapshot: Snapshot, synonyms: Synonyms) -> Node:
    """Let the plain words of a query find their variants; phrases, fields and what is excluded stay as they are.

    A variant of several words is one of each of them, so that it stands for all of them.
    """
    match query:
        case And(nodes):
            return And(_expanded(_with_flags(nodes, snapshot), snapshot, synonyms))
        case Or(nodes):
            return Or(tuple(expand(node, snapshot, synonyms) for node in nodes))
        case Word():
            return _expanded((query,), snapshot, synonyms)[0]
        case _:
            return query


def _with_flags(nodes: Sequence[Node], snapshot: Snapshot) -> list[Node]:
    """Ask for what would be excluded, but is a flag of the word before it."""
    return [_flag(before, node, snapshot) or node for before, node in pairwise((Everything(), *nodes))]


def _flag(before: Node, node: Node, snapshot: Snapshot) -> Word | None:
    match before, node:
        case Word(command, None), Not(Word(name, None)) if snapshot.similar(f"-{name.casefold()}", 0):
            written = And((Term(f"-{name.casefold()}"), Phrase(f"{command} {name}")))
            return Word(f"-{name}") if snapshot.find(written, limit=0).total else None
        case _:
            return None


def _expanded(nodes: Sequence[Node], snapshot: Snapshot, synonyms: Synonyms) -> tuple[Node, ...]:
    terms = [
        tuple(analysis.terms(node.text)) if isinstance(node, Word) and node.field is None else () for node in nodes
    ]
    others: list[dict[Leaf, float]] = [{} for _ in nodes]
    for start in range(len(nodes)):
        for end in range(start + 1, min(start + MAX_WORDS, len(nodes)) + 1):
            if not all(terms[start:end]):
                break
            typed = tuple(term for part in terms[start:end] for term in part)
            for place in others[start:end]:
                place |= _variants(typed, snapshot, synonyms)
    return tuple(
        _either(node, found) if isinstance(node, Word) else expand(node, snapshot, synonyms)
        for node, found in zip(nodes, others, strict=True)
    )


def _either(word: Word, others: dict[Leaf, float]) -> Node:
    """Give a word with its own forms and with others."""
    if not others:
        return word
    match with_forms(word):
        case Variants(leaf, forms):
            return Variants(leaf, (*forms, *others.items()))
        case Word() | Phrase() | Prefix() | Term() as leaf:
            return Variants(leaf, tuple(others.items()))
        case several:
            return several


def _variants(typed: tuple[str, ...], snapshot: Snapshot, synonyms: Synonyms) -> dict[Leaf, float]:
    """Give what stands for some terms in a row, and how much it counts."""
    found: dict[Leaf, float] = {_leaf(other): SYNONYM for other in synonyms.get(typed, ())}
    if len(typed) == 2 and all(map(str.isalpha, typed)) and snapshot.similar("".join(typed), 0):
        found[Word("".join(typed))] = JOINED
    return found


def _leaf(text: str) -> Leaf:
    return Word(text) if len(analysis.terms(text)) == 1 else Phrase(text)
