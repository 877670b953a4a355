"""Rescoring: the second stage of ranking, which rewards the positions of a query's words in the best matches.

BM25F counts words and does not see that they are the title, that they stand next to each other or all in one section.
Of the best matches each such thing is measured, as a number from 0 to 1, and rewarded; see `REWARDS` in `ranking`. A
clause of the query counts by its share of the query's idf.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, mul

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
    """Return the rewards of each of MEASURED, in its order: a row with a number for each post.

    Args:
        places: The occurrences of the query's clauses in the posts.
        named: For each post, whether the query is its title.
        share: The share of each clause of the query's inverse document frequency.
        most: The largest reward of each name; see `largest_rewards`.
    """
    posts = len(named)
    title, heading, address, tags = _closest(places, posts, share)
    counts_code = most[MEASURED.index("code")] != 0
    # A title is a heading, too: without this, a short post loses its name to one that has it as a heading.
    as_heading = (title - NEARLY_WHOLE) / (1 - NEARLY_WHOLE)
    measured = [
        named,
        title,
        np.maximum(heading, as_heading),
        address,
        _covered(places, places.is_beginning.nonzero()[0], posts, share),
        *_best_sections(places, posts, share),
        *_in_order(places, posts, len(share)),
        _added(places.exact, share),
        _covered(places, (places.field == CODE).nonzero()[0], posts, share) if counts_code else np.zeros(posts),
        tags,
    ]
    return np.array(measured) * most[:, np.newaxis]


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
    return _added(_seen(places.clause.take(at), places.post.take(at), len(share), posts), share)


def _seen(clause: Array, number: Array, clauses: int, count: int) -> Array:
    """Return for each clause which of so many numbers it is seen with."""
    seen = np.zeros(clauses * count, bool)
    seen[clause * count + number] = True
    return seen.reshape(clauses, count)


def _added(rows: Array, share: Array) -> Array:
    """Add up a row for each clause, times its share, one after the other: no bit depends on BLAS or on their number."""
    return np.asarray(reduce(add, map(mul, rows, share.tolist())))


def _dense(ascending: Array) -> tuple[Array, Array]:
    """Number the different values from 0; return the number of each and the index where each begins."""
    new = np.zeros(len(ascending), bool)
    np.not_equal(ascending[1:], ascending[:-1], out=new[1:])
    numbers = new.cumsum()
    new[:1] = True
    return numbers, new.nonzero()[0]


def _closest(places: Occurrences, posts: int, share: Array) -> Array:
    """Return for each of NAMES the closeness of the query to each post's closest run: 1 if it has the same words.

    The harmonic mean of how much of the query the run has, and how much of the run the query has.
    """
    found = np.zeros(len(NAMES) * posts)
    name = NAME_OF_FIELD.take(places.field)
    (at,) = (name >= 0).nonzero()
    if len(at):
        run, begin = _dense(places.run.take(at))
        first = at.take(begin)
        recall = _added(_seen(places.clause.take(at), run, len(share), len(begin)), share)
        precision = np.minimum(1, np.bincount(run, places.words.take(at)) / places.size.take(first))
        closeness = 2 * recall * precision / (recall + precision)
        np.maximum.at(found, name.take(first) * posts + places.post.take(first), closeness)
    return found.reshape(len(NAMES), posts)


def _best_sections(places: Occurrences, posts: int, share: Array) -> tuple[Array, Array]:
    """Return how much of the query the best section of each post has, and how often, saturated as in BM25."""
    section, begin = _dense(places.section)
    cells = len(begin) * len(share)
    frequency = np.bincount(places.clause * len(begin) + section, minlength=cells).reshape(len(share), len(begin))
    covered, repeated, post = np.zeros(posts), np.zeros(posts), places.post.take(begin)
    np.maximum.at(covered, post, _added(frequency > 0, share))
    np.maximum.at(repeated, post, _added(frequency / (frequency + K1), share))
    return covered, repeated


def _in_order(places: Occurrences, posts: int, clauses: int) -> tuple[Array, Array]:
    """Return the share of the query's neighbours that are neighbours in the post, in the same order; and in a name."""
    if clauses == 1:
        return np.zeros(posts), np.zeros(posts)
    after = places.first[:-1] + places.words[:-1] == places.first[1:]
    (at,) = (after & (places.clause[:-1] + 1 == places.clause[1:])).nonzero()
    field = places.field.take(at)
    in_name = at[(field == TITLE) | (field == HEADINGS)]
    return _neighbours(places, at, posts, clauses), _neighbours(places, in_name, posts, clauses)


def _neighbours(places: Occurrences, at: Array, posts: int, clauses: int) -> Array:
    if not len(at):
        return np.zeros(posts)
    seen = _seen(places.clause.take(at), places.post.take(at), clauses, posts)
    return np.asarray(seen.sum(axis=0) / (clauses - 1))
