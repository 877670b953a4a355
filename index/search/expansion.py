"""Query expansion: synonyms, compounds, and words that are written as one or as two.

`-race` excludes a word, unless it is a flag: in `go test -race` it is one, where a post has it so.
"""

import re
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache, partial
from itertools import pairwise
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from .. import analysis
from ..engines.base import Snapshot
from ..query.analysed import AnalysedQuery
from ..query.next_search import NextSearch
from ..query.synonyms import MAX_SYNONYM_WORDS, Synonyms
from ..query.tree import And, Everything, Leaf, Node, Not, Or, Phrase, Prefix, Term, Variants, Word
from ..query.word_forms import with_forms
from ..ranking import JOINED, LEARNED, SYNONYM
from .compounds import compound_variants

# A number that is joined to a name; a single digit there begins a version, as in go1.22.
_NUMBER = re.compile("[0-9]{2,}")


class OtherWords(Struct, frozen=True):
    """What is searched beside the words of a query: the author's synonyms, and words that are learned from posts."""

    synonyms: Synonyms
    learned: Synonyms = {}

    def of(self, typed: tuple[str, ...]) -> dict[Leaf, float]:
        """Return the other words for a run of terms, with their weights."""
        learned, synonyms = self.learned.get(typed), self.synonyms.get(typed)
        found = {_leaf(other): LEARNED for other in learned} if learned else {}
        return found | {_leaf(other): SYNONYM for other in synonyms} if synonyms else found


class Expansion(NamedTuple):
    """What the words of a tree are expanded by.

    Attributes:
        others: The other words.
        known: The terms that neighbours are written as.
        compounds: Returns the compounds with a word.
    """

    others: OtherWords
    known: Collection[str]
    compounds: Callable[[str], dict[Leaf, float]]


def expand(
    query: AnalysedQuery, snapshot: Snapshot, others: OtherWords, *, offset: int = 0, limit: int = 1
) -> AnalysedQuery:
    """Add the variants of a query's plain words; phrases, words in a field and excluded words have none.

    A variant of several words becomes a variant of each of them, so that it matches in place of all of them.

    Args:
        query: The query.
        snapshot: The generation to search.
        others: The other words.
        offset: The rank of the first match that is looked for next, from 0.
        limit: How many matches are.
    """
    flagged, compounds = _with_flags(query.tree, snapshot), lru_cache(partial(compound_variants, snapshot=snapshot))

    def expanded(known: Collection[str]) -> AnalysedQuery:
        return replace(query, tree=_expand(flagged, Expansion(others, known, compounds)))

    def trees(known: Collection[str]) -> tuple[Node, Node | None]:
        guess = expanded(known)
        return guess.required, guess.relaxed

    asked = _neighbours(flagged)
    following = NextSearch(trees, query.order, offset, limit, query.meaning)
    found = expanded(snapshot.foresee(asked, following) if asked else ())
    return query if found.tree == query.tree else found


def _expand(tree: Node, by: Expansion) -> Node:
    match tree:
        case And(nodes):
            return And(_expanded(nodes, by))
        case Or(nodes):
            return Or(tuple(_expand(node, by) for node in nodes))
        case Word():
            return _expanded((tree,), by)[0]
        case _:
            return tree


def _with_flags(tree: Node, snapshot: Snapshot) -> Node:
    """Ask for what would be excluded, but is a flag of the word before it."""
    match tree:
        case And(nodes):
            pairs = pairwise((Everything(), *nodes))
            return And(tuple(_flag(before, node, snapshot) or _with_flags(node, snapshot) for before, node in pairs))
        case Or(nodes):
            return Or(tuple(_with_flags(node, snapshot) for node in nodes))
        case _:
            return tree


def _flag(before: Node, node: Node, snapshot: Snapshot) -> Word | None:
    match before, node:
        case Word(command, None), Not(Word(name, None)) if snapshot.similar(f"-{name.casefold()}", 0):
            written = And((Term(f"-{name.casefold()}"), Phrase(f"{command} {name}")))
            return Word(f"-{name}") if snapshot.find(written, limit=0).total else None
        case _:
            return None


def _expanded(nodes: Sequence[Node], by: Expansion) -> tuple[Node, ...]:
    terms = [_plain_terms(node) for node in nodes]
    others: list[dict[Leaf, float]] = [{} for _ in nodes]
    for start in range(len(nodes)):
        typed: tuple[str, ...] = ()
        for end in range(start, min(start + MAX_SYNONYM_WORDS, len(nodes))):
            if not terms[end]:
                break
            typed += terms[end]
            if found := _variants(typed, by.known, by.others):
                for variants in others[start : end + 1]:
                    variants |= found
    for number, (name, version) in enumerate(pairwise(terms), 1):
        if found := _versions(name, version, by.known):
            for variants in others[number - 1 : number + 1]:
                variants |= found
    for variants, term in zip(others, terms, strict=True):
        if len(term) == 1:
            variants |= by.compounds(term[0])
    return tuple(
        _either(node, variants) if isinstance(node, Word) else _expand(node, by)
        for node, variants in zip(nodes, others, strict=True)
    )


def _plain_terms(node: Node) -> tuple[str, ...]:
    """Return the terms of a word without a field; other nodes are not expanded and have none."""
    return tuple(analysis.terms(node.text)) if isinstance(node, Word) and node.field is None else ()


def _either(word: Word, others: dict[Leaf, float]) -> Node:
    """Return a word with its own forms and other variants."""
    if not others:
        return word
    match with_forms(word):
        case Variants(leaf, forms):
            return Variants(leaf, (*forms, *others.items()))
        case Word() | Phrase() | Prefix() | Term() as leaf:
            return Variants(leaf, tuple(others.items()))
        case several:
            return several


def _neighbours(tree: Node) -> list[str]:
    """Return the terms that neighbours in a tree may be written as, if the index has them."""
    match tree:
        case And(nodes):
            inner = [term for node in nodes if not isinstance(node, Word) for term in _neighbours(node)]
            return list(dict.fromkeys([*_as_one([_plain_terms(node) for node in nodes]), *inner]))
        case Or(nodes):
            return list(dict.fromkeys(term for node in nodes for term in _neighbours(node)))
        case Word():
            return _as_one([_plain_terms(tree)])
        case _:
            return []


def _as_one(terms: Sequence[tuple[str, ...]]) -> list[str]:
    """Return what neighbours of a run may be written as."""
    neighbours = list(pairwise(terms))
    # Both terms may be of one node, too, such as those of `run-time`.
    runs = [(*own, *other) for own, other in neighbours] + list(terms)
    joined = ["".join(run) for run in runs if _are_joined(run)]
    versions = [name[0] + version[0] for name, version in neighbours if _is_version(name, version)]
    return [*joined, *versions]


def _are_joined(terms: Sequence[str]) -> bool:
    """Check whether two terms may be written as one: `run time` as runtime, and `RFC 2119` as RFC2119."""
    return len(terms) == 2 and terms[0].isalpha() and bool(terms[1].isalpha() or _NUMBER.fullmatch(terms[1]))


def _is_version(name: Sequence[str], version: Sequence[str]) -> bool:
    return len(name) == 1 and name[0].isalpha() and len(version) > 1 and all(map(str.isdecimal, version))


def _variants(typed: tuple[str, ...], known: Collection[str], words: OtherWords) -> dict[Leaf, float]:
    """Return the variants of a run of terms, with their weights."""
    found = words.of(typed)
    if known and _are_joined(typed) and "".join(typed) in known:
        found[Word("".join(typed))] = JOINED
    return found


def _versions(name: Sequence[str], version: Sequence[str], known: Collection[str]) -> dict[Leaf, float]:
    """Return the variant of a version that follows a name: `go 1.22` is also written Go1.22."""
    if known and _is_version(name, version) and name[0] + version[0] in known:
        return {Phrase(name[0] + ".".join(version)): JOINED}
    return {}


def _leaf(text: str) -> Leaf:
    return Word(text) if len(analysis.terms(text)) == 1 else Phrase(text)
