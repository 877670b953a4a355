"""Spelling, put right with the index's own words.

A word is doubted where no post has it, or so few that a word spelt like it is far more likely. Of the words spelt like
it the likeliest is taken, given how common each is and which of the query's other words stand in the same posts: a
noisy channel (Kernighan, Church, Gale: "A spelling correction program based on a noisy channel model", COLING 1990) in
front of naive Bayes. Words in quotes and in fields, code, digits and symbols are what they are and never doubted.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from math import log

from index import analysis
from index.engine import Similar, Snapshot
from index.query import And, Node, Phrase, Word, parse, wanted

# Letters that a word needs for one edit, and for two (ANCHORS: Meilisearch's ladder).
ONE_EDIT, TWO_EDITS = 5, 9
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
_CHUNK = re.compile(r'"[^"]*"|[^\s"]+')


def edits(term: str) -> int:
    """Give the number of typing mistakes that a word of this length may have."""
    return (len(term) >= ONE_EDIT) + (len(term) >= TWO_EDITS)


class Spelling:
    """The spelling of one query.

    Args:
        snapshot: Whose words are known.
        text: The query as typed.
    """

    def __init__(self, snapshot: Snapshot, text: str) -> None:
        self._snapshot = snapshot
        self._text = text
        self._words = list(_words(parse(text)))
        terms = [term for word in self._words for term in analysis.terms(word)]
        self._posts = {term: _posts(snapshot, Word(term)) for term in dict.fromkeys(terms)}
        self._candidates = cache(partial(_candidates, snapshot))

    def right(self, *, rare: bool = False) -> str | None:
        """Give the query with its doubtful words put right; None where there are none, or nothing better is known.

        Args:
            rare: Doubt the words that few posts have, too, and not only those that none has.
        """
        most = MAX_DOUBTED_POSTS if rare else 0
        sure = sorted((term for term, posts in self._posts.items() if posts), key=self._posts.__getitem__)
        fixed: dict[str, str] = {}
        for term in list(self._posts)[:MAX_DOUBTED]:
            context = [fixed.get(other, other) for other in sure if other != term][:MAX_CONTEXT]
            doubted = edits(term) and self._posts[term] <= most
            if doubted and (better := self._likeliest(term, context)):
                fixed[term] = better
                sure.append(term)
        return _replaced(self._text, self._words, fixed) if fixed else None

    def _likeliest(self, term: str, context: Sequence[str]) -> str | None:
        """Give the likeliest word or two for one that is doubted."""
        prior = {
            other: log(count) - PER_EDIT * distance
            for other, (count, distance) in self._candidates(term).items()
            if count > self._posts[term] * FAR_COMMONER
        }
        best = sorted(prior, key=prior.__getitem__, reverse=True)[:MAX_CANDIDATES]
        return max(best, key=lambda other: prior[other] + _fit(self._snapshot, other, context), default=None)


def _words(query: Node) -> Iterator[str]:
    """Give the words of a query that may be misspelt, as they were typed."""
    for leaf in wanted(query):
        plain = isinstance(leaf, Word) and leaf.field is None and _PROSE.fullmatch(leaf.text)
        if plain and not analysis.HAS_CJK.search(leaf.text):
            yield leaf.text


def _posts(snapshot: Snapshot, query: Node) -> int:
    return snapshot.find(query, limit=0).total


def _candidates(snapshot: Snapshot, term: str) -> Mapping[str, Similar]:
    """Give what may have been meant."""
    near = snapshot.similar(term, edits(term))
    found = {other: own for other, own in near.items() if other.isalpha() and other != term}
    split = _split(snapshot, term)
    if split:
        found[split] = Similar(_posts(snapshot, Phrase(split)), 1)
    return found


def _split(snapshot: Snapshot, term: str) -> str | None:
    """Give the two words that a term is made of, those that stand beside each other most often."""
    halves = [(term[:at], term[at:]) for at in range(MIN_HALF, len(term) - MIN_HALF + 1)]
    known = [f"{a} {b}" for a, b in halves if snapshot.similar(a, 0) and snapshot.similar(b, 0)]
    counted = {both: _posts(snapshot, Phrase(both)) for both in known}
    best = max(known, key=counted.__getitem__, default=None)
    return best if best and counted[best] else None


def _fit(snapshot: Snapshot, word: str, context: Iterable[str]) -> float:
    """Give the logarithm of how likely other words are in posts that have this one."""
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
