"""Rescoring: the second stage of ranking, which rewards the positions of a query's words in the best matches.

BM25F counts words and does not see that they are the title, that they stand next to each other or all in one section.
Of the best matches each such thing is measured, as a number from 0 to 1, and rewarded; see `REWARDS` in `ranking`. A
clause of the query counts by its share of the query's idf.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np

from ..kernels import MAX_OPERANDS
from ..ranking import FEW_CLAUSES, K1, NEARLY_WHOLE, OF_FEW_CLAUSES, REWARDS, Rewards
from ..segment.arrays import Array
from ..segment.fields import FIELDS

# Clauses that are looked at; nobody types more.
MAX_RESCORED_CLAUSES = MAX_OPERANDS

# What is rewarded, in the order in which it is added.
MEASURED = tuple("named title heading address beginning section repeated order name_order exact code tags".split())

REWARDED_FIELDS = TITLE, HEADINGS, _, _, CODE = [*map(FIELDS.index, ("title", "headings", "address", "tags", "code"))]
# The fields whose runs are names, and the number of each field among them.
NAMES = ("title", "headings", "address", "tags")
NAME_OF_FIELD = np.array([NAMES.index(name) if name in NAMES else -1 for name in FIELDS])


@dataclass(frozen=True, slots=True)
class Occurrences:
    """The occurrences of a query's clauses in some posts: parallel arrays, ordered by position.

    Attributes:
        post: Which of the posts, from 0, ascending.
        clause: Which of the clauses, from 0.
        first: Position of the first word; positions go through all posts.
        words: How many words the occurrence takes.
        run: The run of words that it is in, ascending.
        size: How many words that run has.
        section: The section that it is in, ascending; a title, too, is one.
        field: The field that it is in, numbered as in FIELDS.
        is_beginning: Whether it is among the first words of the post.
        exact: For each clause and post, whether the post has it as it is typed.
    """

    post: Array
    clause: Array
    first: Array
    words: Array
    run: Array
    size: Array
    section: Array
    field: Array
    is_beginning: Array
    exact: Array


def rewards(places: Occurrences, named: Array, share: Array, most: Array) -> Array:
    """Return for each post a row of what is rewarded, in the order of MEASURED.

    Args:
        places: The occurrences of the query's clauses in the posts.
        named: For each post, whether the query is its title.
        share: The share of each clause of the query's inverse document frequency.
        most: The largest reward of each name; see `largest_rewards`.
    """
    posts = len(named)
    title, heading, address, tags = _closest(places, posts, share)
    # A title is a heading, too: without this, a short post loses its name to one that has it as a heading.
    as_heading = (title - NEARLY_WHOLE) / (1 - NEARLY_WHOLE)
    measured = [
        named,
        title,
        np.maximum(heading, as_heading),
        address,
        _covered(places, np.flatnonzero(places.is_beginning), posts, share),
        *_best_sections(places, posts, share),
        *_in_order(places, posts, len(share)),
        np.add.accumulate(places.exact * share[:, np.newaxis])[-1],
        _covered(places, np.flatnonzero(places.field == CODE), posts, share),
        tags,
    ]
    return np.column_stack(measured) * most


def largest_rewards(weights: Rewards, highest: float) -> Array:
    """Return the largest reward of each name for a query to which BM25F gives so much at the most."""
    return np.array([highest * weights[name] for name in MEASURED], np.float32).astype(np.float64)


def added_up(idf: Sequence[float]) -> float:
    """Return the sum of the idf of clauses, added one by one; `sum` rounds otherwise from Python 3.12 on."""
    return reduce(add, idf, 0.0)


def reward(weight: float, idf: Sequence[float]) -> float:
    """Return the largest reward of a weight for a query with clauses of these idf."""
    return added_up(idf) * (K1 + 1) * weight


def meaning_reward(idf: Sequence[float]) -> float:
    """Return the largest reward for what a query with clauses of these idf means."""
    return reward(REWARDS["meaning"], idf) * (OF_FEW_CLAUSES if len(idf) < FEW_CLAUSES else 1)


def _covered(places: Occurrences, at: Array, posts: int, share: Array) -> Array:
    """Return the share of the query that some of the occurrences in each post are of."""
    seen = np.zeros((posts, len(share)), bool)
    seen[places.post.take(at), places.clause.take(at)] = True
    return _added(seen, share)


def _added(rows: Array, share: Array) -> Array:
    """Return for each row the sum of its values times the clauses' shares, clause by clause: no bit depends on BLAS."""
    return np.asarray(np.add.accumulate(rows * share, axis=1)[:, -1])


def _dense(ascending: Array) -> tuple[Array, Array]:
    """Number the different values from 0; return the number of each and the index where each begins."""
    new = np.ones(len(ascending), bool)
    np.not_equal(ascending[1:], ascending[:-1], out=new[1:])
    return np.cumsum(new) - 1, np.flatnonzero(new)


def _closest(places: Occurrences, posts: int, share: Array) -> Array:
    """Return for each of NAMES the closeness of the query to each post's closest run: 1 if it has the same words.

    The harmonic mean of how much of the query the run has, and how much of the run the query has.
    """
    found = np.zeros(len(NAMES) * posts)
    name = NAME_OF_FIELD.take(places.field)
    at = np.flatnonzero(name >= 0)
    if len(at):
        run, begin = _dense(places.run.take(at))
        first = at.take(begin)
        seen = np.zeros((len(begin), len(share)), bool)
        seen[run, places.clause.take(at)] = True
        recall = _added(seen, share)
        precision = np.minimum(1, np.bincount(run, places.words.take(at)) / places.size.take(first))
        closeness = 2 * recall * precision / (recall + precision)
        np.maximum.at(found, name.take(first) * posts + places.post.take(first), closeness)
    return found.reshape(len(NAMES), posts)


def _best_sections(places: Occurrences, posts: int, share: Array) -> tuple[Array, Array]:
    """Return how much of the query the best section of each post has, and how often, saturated as in BM25."""
    section, begin = _dense(places.section)
    cells = len(begin) * len(share)
    frequency = np.bincount(section * len(share) + places.clause, minlength=cells).reshape(-1, len(share))
    covered, repeated, post = np.zeros(posts), np.zeros(posts), places.post.take(begin)
    np.maximum.at(covered, post, _added(frequency > 0, share))
    np.maximum.at(repeated, post, _added(frequency / (frequency + K1), share))
    return covered, repeated


def _in_order(places: Occurrences, posts: int, clauses: int) -> tuple[Array, Array]:
    """Return the share of the query's neighbours that are neighbours in the post, in the same order; and in a name."""
    if clauses == 1:
        return np.zeros(posts), np.zeros(posts)
    after = places.first[:-1] + places.words[:-1] == places.first[1:]
    at = np.flatnonzero(after & (places.clause[:-1] + 1 == places.clause[1:]))
    field = places.field.take(at)
    in_name = at[(field == TITLE) | (field == HEADINGS)]
    return _neighbours(places, at, posts, clauses), _neighbours(places, in_name, posts, clauses)


def _neighbours(places: Occurrences, at: Array, posts: int, clauses: int) -> Array:
    seen = np.zeros((posts, clauses), bool)
    seen[places.post.take(at), places.clause.take(at)] = True
    return np.asarray(seen.sum(axis=1) / (clauses - 1))
