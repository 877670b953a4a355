"""What matches in every segment -> one list, best first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from index.engine import Sort
from index.engines.whoosh.arrays import Array
from index.engines.whoosh.evaluation import Evaluation, Matched
from index.engines.whoosh.places import find_places
from index.engines.whoosh.profiles import profiles
from index.engines.whoosh.schema import UNDATED
from index.feedback import is_long, likeness
from index.query import Node, conjuncts, wanted
from index.ranking import FILLING, LOOKED_AT_TWICE
from index.rescoring import MAX_CLAUSES, reward, rewards


class Best(NamedTuple):
    """A post of the page.

    Attributes:
        segment: Its segment.
        doc: Its number in there.
        score: What it is ranked by; 0 where nothing was scored.
        frequency: What BM25F gives it.
        added: What the second look adds, by name.
    """

    segment: int
    doc: int
    score: float
    frequency: float
    added: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Listed:
    """Posts in an order, as parallel arrays; the attributes are those of `Best`."""

    segment: Array
    doc: Array
    score: Array
    frequency: Array
    added: Mapping[str, Array]

    def __len__(self) -> int:
        return len(self.doc)

    def take(self, at: Array | slice) -> "Listed":
        """Give the posts at some places of the list."""
        added = {name: values[at] for name, values in self.added.items()}
        return Listed(self.segment[at], self.doc[at], self.score[at], self.frequency[at], added)

    def best(self, first: int, last: int) -> list[Best]:
        """Give the posts from one place to another, excluded."""
        part = self.take(slice(max(0, first), max(0, last)))
        columns = (part.segment.tolist(), part.doc.tolist(), part.score.tolist(), part.frequency.tolist())
        added = {name: values.tolist() for name, values in part.added.items()}
        return [
            Best(*row, {name: added[name][place] for name in added})
            for place, row in enumerate(zip(*columns, strict=True))
        ]


@dataclass(frozen=True, slots=True)
class Ranked:
    """What was found.

    Attributes:
        docs: The posts of every segment, ascending.
        complete: How many of them match the query itself.
        page: What was asked for, best first.
    """

    docs: Sequence[Array]
    complete: int
    page: Sequence[Best]

    @property
    def total(self) -> int:
        """How many posts were found."""
        return sum(map(len, self.docs))


def ranking(
    evaluations: Sequence[Evaluation], query: Node, wider: Node | None, sort: Sort, offset: int, limit: int
) -> Ranked:
    """Rank what matches a query; by relevance, the best are looked at twice.

    Args:
        evaluations: One for every segment.
        query: What posts have to match.
        wider: Where none match, what others have to match; where few match, by relevance, those that fill the list.
        sort: The order.
        offset: Where the page begins.
        limit: How many are on it; where it is 0, they are only counted.
    """
    matched = [evaluation.evaluate(query) for evaluation in evaluations]
    complete = sum(len(part.docs) for part in matched)
    if not limit and (complete or wider is None):
        return Ranked([part.docs for part in matched], complete, ())
    if sort != "relevance":
        if wider is not None and not complete:
            matched = [evaluation.evaluate(wider) for evaluation in evaluations]
        return Ranked([part.docs for part in matched], complete, _by_date(evaluations, matched, sort, offset, limit))
    if wider is not None and complete < LOOKED_AT_TWICE:
        return _filled(evaluations, query, wider, matched, offset, limit)
    docs, keys = [part.docs for part in matched], [_scores(part) for part in matched]
    found = _top(docs, keys, max(LOOKED_AT_TWICE, offset + limit))
    again = found.take(slice(LOOKED_AT_TWICE))
    if wanted(query):
        again = _again(evaluations, query, again)
    last = offset + limit
    page = again.best(offset, last)
    if last > LOOKED_AT_TWICE:
        page += found.best(max(offset, LOOKED_AT_TWICE), last)
    return Ranked(docs, complete, page)


def _by_date(
    evaluations: Sequence[Evaluation], matched: Sequence[Matched], sort: Sort, offset: int, limit: int
) -> list[Best]:
    keys = []
    for evaluation, part in zip(evaluations, matched, strict=True):
        when = evaluation.segment.arrays["doc_when"][part.docs]
        keys.append(when if sort == "newest" else np.where(when == UNDATED, when, -when))
    found = _top([part.docs for part in matched], keys, offset + limit)
    return [best._replace(score=0.0) for best in found.best(offset, offset + limit)]


def _scores(matched: Matched) -> Array:
    return matched.scores(None) if matched.scores else np.zeros(len(matched.docs), np.float32)


def _filled(
    evaluations: Sequence[Evaluation], query: Node, wider: Node, matched: Sequence[Matched], offset: int, limit: int
) -> Ranked:
    """Fill up a short list with the best of what matches something wider, as long as it is not far below the best."""
    complete = _top([part.docs for part in matched], [_scores(part) for part in matched], LOOKED_AT_TWICE)
    docs, keys = [], []
    for evaluation, own in zip(evaluations, matched, strict=True):
        wide = evaluation.evaluate(wider)
        others = ~evaluation.segment.among(own.docs).take(wide.docs)
        docs.append(wide.docs[others])
        keys.append(_scores(wide)[others])
    added = _top(docs, keys, LOOKED_AT_TWICE - len(complete))
    found = _again(evaluations, query, _end_to_end([complete, added]))
    is_complete = np.zeros(len(found), bool)
    for number, own in enumerate(matched):
        is_complete |= (found.segment == number) & np.isin(found.doc, own.docs)
    kept = found.take(np.flatnonzero(is_complete | (found.score >= found.score.max(initial=0) * FILLING)))
    of_segments = [np.sort(kept.doc[kept.segment == number]) for number in range(len(evaluations))]
    return Ranked(of_segments, len(complete), kept.best(offset, offset + limit))


def _again(evaluations: Sequence[Evaluation], query: Node, found: Listed) -> Listed:
    """Look at the best matches twice: order them by their scores and what their words' places add, equals by date."""
    clauses = [clause for clause in conjuncts(query) if wanted(clause)]
    parts = []
    for number, evaluation in enumerate(evaluations):
        own = np.flatnonzero(found.segment == number)
        if len(own):
            parts.append(_rewarded(evaluation, clauses, found.take(own[found.doc[own].argsort()])))
    if not parts:
        return found
    again = _best_first(evaluations, _end_to_end(parts))
    return _best_first(evaluations, _fed_back(evaluations, clauses, again)) if is_long(clauses) else again


def _best_first(evaluations: Sequence[Evaluation], listed: Listed) -> Listed:
    """Order by scores, equals by date."""
    return listed.take(np.lexsort((listed.doc, listed.segment, -_dated(evaluations, listed), -listed.score)))


def _fed_back(evaluations: Sequence[Evaluation], clauses: Sequence[Node], listed: Listed) -> Listed:
    """Add to the scores of posts what they have in common with the best of them."""
    segments = [evaluation.segment for evaluation in evaluations]
    alike = likeness(profiles(segments, listed.segment, listed.doc), listed.score)
    # What a clause weighs is the same in every segment.
    added = {**listed.added, "feedback": alike * reward("feedback", _idf(evaluations[0], clauses))}
    return Listed(listed.segment, listed.doc, listed.score + added["feedback"], listed.frequency, added)


def _dated(evaluations: Sequence[Evaluation], listed: Listed) -> Array:
    """Give when each post was dated, in seconds; undated ones are older than all others."""
    when = np.empty(len(listed))
    for number, evaluation in enumerate(evaluations):
        own = listed.segment == number
        when[own] = evaluation.segment.arrays["doc_when"][listed.doc[own]]
    return when


def _rewarded(evaluation: Evaluation, clauses: Sequence[Node], own: Listed) -> Listed:
    """Add to the scores of one segment's posts, which ascend."""
    found = [[evaluation.found[leaf] for leaf in wanted(clause)] for clause in clauses]
    added = rewards(find_places(evaluation.segment, found, own.doc), len(own), _idf(evaluation, clauses))
    return Listed(own.segment, own.doc, sum(added.values(), own.frequency), own.frequency, added)


def _idf(evaluation: Evaluation, clauses: Sequence[Node]) -> Array:
    return np.array([evaluation.weight(clause) for clause in clauses[:MAX_CLAUSES]])


def _top(docs: Sequence[Array], keys: Sequence[Array], limit: int) -> Listed:
    """Give the posts with the largest keys; where keys are equal, in the order of the index."""
    # An index without a segment has no list; one of nothing makes it the same as any other.
    parts = [_listed(0, np.empty(0), np.empty(0))] if not docs else []
    for number, (own, key) in enumerate(zip(docs, keys, strict=True)):
        at = _largest(key, limit)
        parts.append(_listed(number, own[at], key[at]))
    found = _end_to_end(parts)
    return found.take(np.lexsort((found.doc, found.segment, -found.score))[:limit])


def _listed(segment: int, docs: Array, keys: Array) -> Listed:
    keys = keys.astype(np.float64)
    return Listed(np.full(len(docs), segment), docs.astype(np.intp), keys, keys, {})


def _end_to_end(parts: Sequence[Listed]) -> Listed:
    if len(parts) == 1:
        return parts[0]
    return Listed(
        segment=np.concatenate([part.segment for part in parts]),
        doc=np.concatenate([part.doc for part in parts]),
        score=np.concatenate([part.score for part in parts]),
        frequency=np.concatenate([part.frequency for part in parts]),
        added={name: np.concatenate([part.added[name] for part in parts]) for name in parts[0].added},
    )


def _largest(keys: Array, limit: int) -> Array:
    """Give the places of the largest keys, and of all that equal the smallest of them."""
    if len(keys) <= limit:
        return np.arange(len(keys))
    threshold = np.partition(keys, len(keys) - limit)[len(keys) - limit]
    above = np.flatnonzero(keys > threshold)
    return np.concatenate([above, np.flatnonzero(keys == threshold)[: limit - len(above)]])
