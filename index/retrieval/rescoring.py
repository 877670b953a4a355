"""Rescoring: the second stage of ranking, which rewards the positions of a query's words in the best matches.

BM25F counts words and does not see that they are the title, that they stand next to each other or all in one section.
Of the best matches each such thing is measured, as a number from 0 to 1, and rewarded; see `REWARDS` in `ranking`. A
clause of the query counts by its share of the query's idf.
"""

from dataclasses import dataclass

import numpy as np

from ..ranking import FEW_CLAUSES, K1, NEARLY_WHOLE, OF_FEW_CLAUSES, REWARDS, Rewards
from ..segment.arrays import Array

# Clauses that are looked at; nobody types more.
MAX_RESCORED_CLAUSES = 64


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
        titles, headings, addresses, tags, code: Whether it stands in one.
        beginnings: Whether it is among the first words of the post.
        exact: For each post and clause, whether the post has it as it is typed.
    """

    post: Array
    clause: Array
    first: Array
    words: Array
    run: Array
    size: Array
    section: Array
    titles: Array
    headings: Array
    addresses: Array
    tags: Array
    code: Array
    beginnings: Array
    exact: Array


def rewards(places: Occurrences, named: Array, idf: Array, weights: Rewards) -> dict[str, Array]:
    """Return the rewards of each post by name; each is at most its weight times the highest possible score.

    Args:
        places: The occurrences of the query's clauses in the posts.
        named: For each post, whether the query is its title.
        idf: The inverse document frequency of each clause.
        weights: The largest reward of each name, as a share of the highest score that BM25F can give.
    """
    share, posts = idf / idf.sum(), len(named)
    title = _closest(places, places.titles, posts, share)
    # A title is a heading, too: without this, a short post loses its name to one that has it as a heading.
    as_heading = (title - NEARLY_WHOLE) / (1 - NEARLY_WHOLE)
    measured = {
        "named": named,
        "title": title,
        "heading": np.maximum(_closest(places, places.headings, posts, share), as_heading),
        "address": _closest(places, places.addresses, posts, share),
        "beginning": _covered(places.post[places.beginnings], places.clause[places.beginnings], posts, share),
        **_best_sections(places, posts, share),
        **_in_order(places, posts, len(idf)),
        "exact": places.exact @ share,
    }
    if weights["code"]:
        measured["code"] = _covered(places.post[places.code], places.clause[places.code], posts, share)
    if weights["tags"]:
        measured["tags"] = _closest(places, places.tags, posts, share)
    return {name: values * np.float32(reward(weights[name], idf)) for name, values in measured.items()}


def reward(weight: float, idf: Array) -> float:
    """Return the largest reward of a weight for a query with clauses of these idf."""
    return float(idf.sum()) * (K1 + 1) * weight


def meaning_reward(idf: Array) -> float:
    """Return the largest reward for what a query with clauses of these idf means."""
    return reward(REWARDS["meaning"], idf) * (OF_FEW_CLAUSES if len(idf) < FEW_CLAUSES else 1)


def _covered(group: Array, clause: Array, groups: int, share: Array) -> Array:
    """Return the share of the query that occurs in each group of occurrences."""
    seen = np.zeros((groups, len(share)), bool)
    seen[group, clause] = True
    return np.asarray(seen @ share)


def _dense(ascending: Array) -> tuple[Array, Array]:
    """Number the different values from 0; return the number of each and the index where each begins."""
    new = np.ones(len(ascending), bool)
    np.not_equal(ascending[1:], ascending[:-1], out=new[1:])
    return np.cumsum(new) - 1, np.flatnonzero(new)


def _closest(places: Occurrences, chosen: Array, posts: int, share: Array) -> Array:
    """Return the closeness of the query to the closest chosen run of each post: 1 if it has the same words.

    The harmonic mean of how much of the query the run has, and how much of the run the query has.
    """
    found = np.zeros(posts)
    at = np.flatnonzero(chosen)
    if len(at):
        run, begin = _dense(places.run[at])
        recall = _covered(run, places.clause[at], len(begin), share)
        precision = np.minimum(1, np.bincount(run, places.words[at]) / places.size[at][begin])
        np.maximum.at(found, places.post[at][begin], 2 * recall * precision / (recall + precision))
    return found


def _best_sections(places: Occurrences, posts: int, share: Array) -> dict[str, Array]:
    """Return how much of the query the best section of each post has, and how often, saturated as in BM25."""
    section, begin = _dense(places.section)
    cells = len(begin) * len(share)
    frequency = np.bincount(section * len(share) + places.clause, minlength=cells).reshape(-1, len(share))
    found = {"section": np.zeros(posts), "repeated": np.zeros(posts)}
    np.maximum.at(found["section"], places.post[begin], (frequency > 0) @ share)
    np.maximum.at(found["repeated"], places.post[begin], frequency / (frequency + K1) @ share)
    return found


def _in_order(places: Occurrences, posts: int, clauses: int) -> dict[str, Array]:
    """Return the share of the query's neighbours that are neighbours in the post, in the same order; and in a name."""
    after = places.first[:-1] + places.words[:-1] == places.first[1:]
    at = np.flatnonzero(after & (places.clause[:-1] + 1 == places.clause[1:]))
    in_name = at[(places.titles | places.headings).take(at)]
    return {
        "order": _neighbours(places, at, posts, clauses),
        "name_order": _neighbours(places, in_name, posts, clauses),
    }


def _neighbours(places: Occurrences, at: Array, posts: int, clauses: int) -> Array:
    seen = np.zeros((posts, clauses), bool)
    seen[places.post.take(at), places.clause.take(at)] = True
    return np.asarray(seen.sum(axis=1) / max(1, clauses - 1))
