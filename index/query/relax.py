"""Relax a query: the wider query for when too few posts have all words, or none has the last one as it is typed."""

from collections.abc import Sequence

from ..analysis import is_word, terms
from .tree import And, Leaf, Node, Or, Phrase, Prefix, Variants, Word, all_of, any_of, conjuncts, wanted

# A word of so few letters begins too many others.
MIN_BEGUN = 2


def relax(node: Node, *, unquote: bool = False) -> Node | None:
    """Ask for any of the words instead of all of them.

    Words in a field stay required, as filters and exclusions do, and phrases unless they are unquoted. A hyphenated
    word may also be found by its parts, and what was quoted by its words.

    Args:
        node: The query.
        unquote: Relax the phrases beside words, too; a query of nothing but phrases stays as it is.

    Returns:
        The wider query, or None if nothing can be left out.
    """
    clauses = conjuncts(node)
    if unquote and not _has_phrases_and_words(clauses):
        return None
    optional = [clause for clause in clauses if wanted(clause) and not _meant(clause, unquote)]
    kept = [clause for clause in clauses if clause not in optional]
    alternatives = [part for clause in optional for part in _alternatives(clause)]
    parts = dict.fromkeys(part for whole in alternatives for part in _parts(whole) if part not in alternatives)
    is_alone = len(optional) == 1 and not any(map(wanted, kept))
    if not optional or (is_alone and not parts):
        return None
    if len(optional) == 1 and not is_alone:
        return all_of(kept)
    return all_of([any_of([*alternatives, *parts]), *kept])


def _has_phrases_and_words(clauses: list[Node]) -> bool:
    phrases = [isinstance(clause, Phrase) for clause in clauses if wanted(clause)]
    return any(phrases) and not all(phrases)


def unfinished(node: Node) -> Node | None:
    """Return the query with its last word as the beginning of one, or None if it does not end with a word.

    A number is whole, as an operator is: 3.1 is no beginning of 3.11.
    """
    match node:
        case Word(text, field) if len(text) >= MIN_BEGUN and any(map(is_word, terms(text)[-1:])):
            return Prefix(text, field)
        case And((*_, last)) | Or((*_, last)):
            begun = unfinished(last)
            return type(node)((*node.nodes[:-1], begun)) if begun else None
        case _:
            return None


def added(known: Sequence[Leaf], wider: Node) -> list[Leaf]:
    """Return what a wider query looks for beside the leaves of a query: parts of its words."""
    return list(dict.fromkeys(leaf for leaf in wanted(wider) if leaf not in known))


def _alternatives(clause: Node) -> tuple[Node, ...]:
    return clause.nodes if isinstance(clause, Or) else (clause,)


def _parts(clause: Node) -> list[Word]:
    """Return the words that a phrase or a hyphenated word is made of; a single letter says nothing."""
    match clause:
        case Phrase(text):
            parts = terms(text)
        case Word(text) | Variants(Word(), ((Phrase(text), _), *_)) if "-" in text:
            parts = terms(text)
        case _:
            parts = []
    return [Word(part) for part in parts if len(part) > 1] if len(parts) > 1 else []


def _meant(clause: Node, unquote: bool) -> bool:
    quoted = isinstance(clause, Phrase) and not unquote
    return quoted or any(leaf.field is not None for leaf in wanted(clause))
