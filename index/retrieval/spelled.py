"""Fit the spans of a query's terms to what is spelled there.

The index knows the spans of tokens. But a joined form is kept at the first token of several, as `reindex` at the `re`
of `re-index`, and spans them all; a single character of a script without spaces is found in pairs, and spans itself.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..analysis import HAS_CJK, MAX_PARTS, MAX_TERM, characters, stem, terms, tokenize
from ..lazy import lazy
from ..query.tree import Leaf, Phrase, Term, Word
from ..segment.arrays import Array

# Returns the text of a post between two offsets.
CutOf = Callable[[int, int, int], str]

# The longest text that a joined form is made of, with a separator between parts.
MAX_JOINED = MAX_TERM + MAX_PARTS

# No joined form goes on behind one; the same few are read again and again.
SPACE = re.compile(r"[ \n\t]")


# No span is longer.
ANY_LENGTH = 1 << 62


class LeafForm(NamedTuple):
    """How a leaf is spelled in posts.

    Attributes:
        beginning: What all terms that it finds begin with.
        single: The character of a script without spaces that it is; "" if it is anything else.
        shortest: What spans less is looked at.
        longest: So is what spans more.
    """

    beginning: str
    single: str
    shortest: int
    longest: int


class Spelled:
    """The leaves of a query, as they are spelled in texts.

    Args:
        leaves: The leaves.
        languages: The languages of the posts.
    """

    def __init__(self, leaves: Sequence[Leaf], languages: tuple[str, ...]) -> None:
        self._forms = [_leaf_form(leaf, languages) for leaf in leaves]

    @lazy
    def lengths(self) -> list[tuple[int, int]]:
        """The lengths of each leaf between which a span is what is spelled there, both included."""
        return [(form.shortest, form.longest) for form in self._forms]

    def fit(self, rows: Array, docs: Array, cut: CutOf) -> bool:
        """Change the spans of posts, as `PageSpans` has them, to what is spelled there.

        Return whether any begins elsewhere than before.
        """
        article, starts, ends, _, _, _, leaf = rows.T
        doc = docs.take(article)
        lengths = ends - starts
        shortest, longest = np.array(self.lengths, np.int64).T
        for n in np.flatnonzero(lengths < shortest.take(leaf)).tolist():
            start = starts.item(n)
            text = cut(doc.item(n), start, start + MAX_JOINED)
            joined = _joined_end(SPACE.split(text, 1)[0], self._forms[leaf.item(n)].beginning)
            ends[n] = max(ends.item(n), start + joined)
        long = np.flatnonzero(lengths > longest.take(leaf)).tolist()
        for n in long:
            chars, begins, stops = characters(cut(doc[n], starts[n], ends[n]))
            same = [at for at, char in enumerate(chars) if char == self._forms[leaf[n]].single]
            if same:
                starts[n], ends[n] = starts[n] + begins[same[0]], starts[n] + stops[same[-1]]
        return bool(long)


@lru_cache(maxsize=4096)
def _leaf_form(leaf: Leaf, languages: tuple[str, ...]) -> LeafForm:
    """Return how a leaf is spelled."""
    beginning, single = _beginning(leaf, languages), _single(leaf.text)
    return LeafForm(beginning, single, _least(leaf, beginning), 1 if single else ANY_LENGTH)


def _single(text: str) -> str:
    """Return the character of a script without spaces that a text is; "" if it is anything else."""
    chars = characters(text)[0] if HAS_CJK.match(text) else []
    return chars[0] if len(chars) == 1 else ""


def _least(leaf: Leaf, beginning: str) -> int:
    """Return a length: what spans less is looked at. How long the name before a version is is not known."""
    return MAX_JOINED if isinstance(leaf, Term) and "." in leaf.text else len(beginning)


def _beginning(leaf: Leaf, languages: tuple[str, ...]) -> str:
    """Return what all single terms that a leaf finds begin with, and so the least that they are spelled with."""
    if isinstance(leaf, Term):
        return "" if HAS_CJK.search(leaf.text) else leaf.text
    found = terms(leaf.text)
    if isinstance(leaf, Phrase) or len(found) != 1 or HAS_CJK.search(leaf.text):
        return ""
    [term] = found
    stems = [stem(term, language) for language in languages] if isinstance(leaf, Word) else []
    return min((own for own in stems if term.startswith(own)), key=len, default=term)


@lru_cache(maxsize=4096)
def _joined_end(text: str, beginning: str) -> int:
    """Return where a joined form that begins a text ends; 0 if none begins like this."""
    tokens = tokenize(text)
    forms = {form for position, form in tokens.extras if not position and form.startswith(beginning)}
    joined = ""
    for term, end in zip(tokens.terms[:MAX_PARTS], tokens.ends, strict=False):
        joined += term
        # A version is the end of what it is joined to.
        if joined in forms or text.endswith(tuple(forms), 0, end):
            return end
    return 0
