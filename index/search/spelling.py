"""Spelling correction with the terms of the index.

A word is doubted where no post has it, or so few that a word spelt like it is far more likely. Of the words spelt like
it the likeliest is taken, given how common each is and which of the query's other words stand in the same posts: a
noisy channel (Kernighan, Church, Gale: "A spelling correction program based on a noisy channel model", COLING 1990) in
front of naive Bayes. Words in quotes, in fields, and code (with digits or signs, or a name alone with capitals in it)
are never doubted.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import inf, log

from .. import analysis
from ..engines.base import SimilarTerm, Snapshot
from ..query.analysed import AnalysedQuery
from ..query.tree import And, Node, Phrase, Word

# Letters that a word needs for one edit, and for two (Meilisearch's steps); and for what is offered, but not searched
# in its place.
ONE_EDIT, TWO_EDITS = 5, 9
ONE_OFFERED, TWO_OFFERED = 4, 7
# How much likelier what is offered for so short a word has to be than any other word.
CLEAR = log(10)
# A word that some posts have is only doubted for one that is this many times as common.
FAR_COMMONER = 30
# ... and never where more posts than these have it, since so many hardly all misspell it.
MAX_DOUBTED_POSTS = 5
# How much likelier one edit is than two, and a typing mistake than a missing space.
PER_EDIT = log(30)
# What is looked at closely; each costs as many looks at the index as the query has other words.
MAX_CANDIDATES, MAX_CONTEXT = 6, 4
# Letters that each of two words has that were written as one; of shorter ones any word could be made.
MIN_HALF = 4
# More doubted words than these are no query but a pasted text.
MAX_DOUBTED = 12

# Words as they are written in prose: letters, with hyphens or slashes between, and what punctuation surrounds them.
_PROSE = re.compile(r"[(\[]?[^\W\d_]+(?:[-/'’][^\W\d_]+)*[)\].,;:!?]*")
_CASE_CHANGE = re.compile("[a-z][A-Z]|[A-Z]{2}[a-z]{2}")
_CHUNK = re.compile(r'"[^"]*"|[^\s"]+')


def edits(term: str) -> int:
    """Return the maximum edit distance for a term of this length."""
    return (len(term) >= ONE_EDIT) + (len(term) >= TWO_EDITS)


def offered_edits(term: str) -> int:
    """Return the maximum edit distance, for a term of this length, of a word that is only offered."""
    return (len(term) >= ONE_OFFERED) + (len(term) >= TWO_OFFERED)


class Spelling:
    """The spelling of one query.

    Args:
        snapshot: Whose words are known.
        query: The query.
    """

    def __init__(self, snapshot: Snapshot, query: AnalysedQuery) -> None:
        self._snapshot = snapshot
        self._text = query.text
        self._words = list(_words(query))
        terms = [term for word in self._words for term in analysis.terms(word)]
        snapshot.count_ahead([Word(term) for term in terms])
        self._posts = {term: _posts(snapshot, Word(term)) for term in dict.fromkeys(terms)}
        self._near: dict[tuple[str, int], Mapping[str, SimilarTerm]] = {}

    def right(self) -> str | None:
        """Return the text with the words that no post has corrected; None if nothing better is known."""
        return self._corrected(0, self._likeliest)

    def offered(self) -> str | None:
        """Return a text to offer: words that few posts have are corrected, too, and short ones if it is clear how."""
        return self._corrected(MAX_DOUBTED_POSTS, lambda *doubted: self._likeliest(*doubted) or self._clear(*doubted))

    def _corrected(self, most: int, better_for: Callable[[str, Sequence[str]], str | None]) -> str | None:
        sure = sorted((term for term, posts in self._posts.items() if posts), key=self._posts.__getitem__)
        fixed: dict[str, str] = {}
        for term in list(self._posts)[:MAX_DOUBTED]:
            context = [fixed.get(other, other) for other in sure if other != term][:MAX_CONTEXT]
            if self._posts[term] <= most and (better := better_for(term, context)):
                fixed[term] = better
                sure.append(term)
        return _replaced(self._text, self._words, fixed) if fixed else None

    def _likeliest(self, term: str, context: Sequence[str]) -> str | None:
        """Return the most likely correction of a doubted term: a term, or two."""
        likelihood = self._likelihood(term, edits(term), context)
        return max(likelihood, key=likelihood.__getitem__, default=None)

    def _clear(self, term: str, context: Sequence[str]) -> str | None:
        """Return the correction of a term that no post has and that is too short for another, if no other is likely."""
        likelihood = {} if self._posts[term] else self._likelihood(term, offered_edits(term), context)
        best = max(likelihood, key=likelihood.__getitem__, default="")
        rivals = [value for other, value in likelihood.items() if not other.startswith(best)]
        return best if best and likelihood[best] > max(rivals, default=-inf) + CLEAR else None

    def _likelihood(self, term: str, distance: int, context: Sequence[str]) -> dict[str, float]:
        """Return the log-likelihood of the best corrections within an edit distance."""
        prior = {
            other: log(count) - PER_EDIT * edited
            for other, (count, edited) in self._candidates(term, distance).items()
            if count > self._posts[term] * FAR_COMMONER
        }
        best = sorted(prior, key=prior.__getitem__, reverse=True)[:MAX_CANDIDATES]
        return {other: prior[other] + _fit(self._snapshot, other, context) for other in best}

    def _candidates(self, term: str, distance: int) -> Mapping[str, SimilarTerm]:
        """Return the candidates for a correction; they are asked for again where one is offered."""
        if distance and (term, distance) not in self._near:
            self._near[term, distance] = _candidates(self._snapshot, term, distance)
        return self._near.get((term, distance), {})


def _words(query: AnalysedQuery) -> Iterator[str]:
    """Yield the words of a query that may be misspelt, as typed; code has none, as a name that is typed alone."""
    for leaf in () if query.is_code else query.leaves:
        plain = isinstance(leaf, Word) and leaf.field is None and _PROSE.fullmatch(leaf.text)
        is_code = len(query.leaves) == 1 and _CASE_CHANGE.search(leaf.text)
        if plain and not is_code and not analysis.HAS_CJK.search(leaf.text):
            yield leaf.text


def _posts(snapshot: Snapshot, query: Node) -> int:
    return snapshot.find(query, limit=0).total


def _candidates(snapshot: Snapshot, term: str, distance: int) -> Mapping[str, SimilarTerm]:
    """Return the candidates for a correction."""
    near = snapshot.similar(term, distance)
    found = {other: own for other, own in near.items() if other.isalpha() and other != term}
    split = _split(snapshot, term)
    if split:
        found[split] = SimilarTerm(_posts(snapshot, Phrase(split)), 1)
    return found


def _split(snapshot: Snapshot, term: str) -> str | None:
    """Return the two words that a term joins, those that are neighbours most often."""
    halves = [(term[:at], term[at:]) for at in range(MIN_HALF, len(term) - MIN_HALF + 1)]
    posts = snapshot.document_frequencies([half for both in halves for half in both])
    known = [f"{a} {b}" for a, b in halves if posts[a] and posts[b]]
    snapshot.count_ahead(list(map(Phrase, known)))
    counted = {both: _posts(snapshot, Phrase(both)) for both in known}
    best = max(known, key=counted.__getitem__, default=None)
    return best if best and counted[best] else None


def _fit(snapshot: Snapshot, word: str, context: Iterable[str]) -> float:
    """Return the log-likelihood of the context words in posts with this word."""
    own = And(tuple(map(Word, word.split())))
    posts = _posts(snapshot, own)
    return sum(log((_posts(snapshot, And((own, Word(other)))) + 0.5) / (posts + 1)) for other in context)


def _replaced(text: str, words: Iterable[str], fixed: Mapping[str, str]) -> str:
    """Write a query again with other words; what is quoted stays."""
    doubted = set(words)

    def respelt(found: re.Match[str]) -> str:
        word, pieces, at = found[0], [], 0
        if word not in doubted:
            return word
        tokens = analysis.tokenize(word)
        for term, start, end in zip(tokens.terms, tokens.starts, tokens.ends, strict=True):
            pieces += [word[at:start], fixed.get(term, word[start:end])]
            at = end
        return "".join([*pieces, word[at:]])

    return _CHUNK.sub(respelt, text)
