"""What matches in every segment -> one list, best first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from index.engine import Sort
from index.engines.whoosh.arrays import Array
from index.engines.whoosh.evaluation import Evaluation, Matched
from index.engines.whoosh.places import find_places
from index.engines.whoosh.schema import UNDATED
from index.query import Node, conjuncts, wanted
from index.ranking import FILLING, LOOKED_AT_TWICE
from index.rescoring import MAX_CLAUSES, rewards


class Best(NamedTuple):
    """A post of the list.

    Attributes:
        segment: Its segment.
        doc: Its number in there.
        score: What it is ranked by; 0 where nothing was scored.
        frequency: What BM25F gives it.
        added: What the second look adds, by name, to this post and others.
        place: Its place among these.
    """

    segment: int
    doc: int
    score: float
    frequency: float
    added: Mapping[str, Array] = {}
    place: int = 0


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
        keys = [_dates(e, part, sort) for e, part in zip(evaluations, matched, strict=True)]
        dated = _top([part.docs for part in matched], keys, offset + limit)[offset:]
        return Ranked([part.docs for part in matched], complete, [best._replace(score=0.0) for best in dated])
    if wider is not None and complete < LOOKED_AT_TWICE:
        return _filled(evaluations, query, wider, matched, offset, limit)
    docs, keys = [part.docs for part in matched], [_scores(part) for part in matched]
    found = _top(docs, keys, max(LOOKED_AT_TWICE, offset + limit))
    if wanted(query):
        found[:LOOKED_AT_TWICE] = _again(evaluations, query, found[:LOOKED_AT_TWICE])
    return Ranked(docs, complete, found[offset : offset + limit])


def _dates(evaluation: Evaluation, matched: Matched, sort: Sort) -> Array:
    when = evaluation.segment.arrays["doc_when"][matched.docs]
    return when if sort == "newest" else np.where(when == UNDATED, when, -when)


def _scores(matched: Matched) -> Array:
    return matched.scores(None) if matched.scores else np.zeros(len(matched.docs), np.float32)


def _filled(
    evaluations: Sequence[Evaluation], query: Node, wider: Node, matched: Sequence[Matched], offset: int, limit: int
) -> Ranked:
    """Fill up a short list with the best of what matches something wider, as long as it is not far below the best."""
    complete = _top([part.docs for part in matched], [_scores(part) for part in matched], LOOKED_AT_TWICE)
    wide = [evaluation.evaluate(wider) for evaluation in evaluations]
    others = [~np.isin(part.docs, own.docs) for part, own in zip(wide, matched, strict=True)]
    docs = [part.docs[kept] for part, kept in zip(wide, others, strict=True)]
    keys = [_scores(part)[kept] for part, kept in zip(wide, others, strict=True)]
    added = _top(docs, keys, LOOKED_AT_TWICE - len(complete))
    found = _again(evaluations, query, [*complete, *added])
    own = {(best.segment, best.doc) for best in complete}
    least = found[0].score * FILLING if found else 0.0
    kept = [best for best in found if best.score >= least or (best.segment, best.doc) in own]
    docs = [np.sort([best.doc for best in kept if best.segment == number]) for number in range(len(evaluations))]
    return Ranked([part.astype(np.intp) for part in docs], len(complete), kept[offset : offset + limit])


def _again(evaluations: Sequence[Evaluation], query: Node, found: Sequence[Best]) -> list[Best]:
    """Look at the best matches twice: order them by their scores and what their words' places add."""
    clauses = [clause for clause in conjuncts(query) if wanted(clause)]
    again: list[Best] = []
    for number, evaluation in enumerate(evaluations):
        own = sorted((best for best in found if best.segment == number), key=lambda best: best.doc)
        if own:
            again += _rewarded(evaluation, clauses, own)
    return sorted(again, key=lambda best: (-best.score, best.segment, best.doc))


def _rewarded(evaluation: Evaluation, clauses: Sequence[Node], own: Sequence[Best]) -> Iterator[Best]:
    found = [[evaluation.found[leaf] for leaf in wanted(clause)] for clause in clauses]
    idf = np.array([evaluation.weight(clause) for clause in clauses[:MAX_CLAUSES]])
    places = find_places(evaluation.segment, found, np.array([best.doc for best in own]))
    added = rewards(places, len(own), idf)
    total = sum(added.values(), np.zeros(len(own))).tolist()
    for place, (best, more) in enumerate(zip(own, total, strict=True)):
        yield Best(best.segment, best.doc, best.frequency + more, best.frequency, added, place)


def _top(docs: Sequence[Array], keys: Sequence[Array], limit: int) -> list[Best]:
    """Give the posts with the largest keys; where keys are equal, in the order of the index."""
    entries = []
    for number, (own, key) in enumerate(zip(docs, keys, strict=True)):
        at = _largest(key, limit)
        entries += [(-value, number, doc) for value, doc in zip(key[at].tolist(), own[at].tolist(), strict=True)]
    return [Best(number, doc, -value, -value) for value, number, doc in sorted(entries)[:limit]]


def _largest(keys: Array, limit: int) -> Array:
    """Give the places of the largest keys, and of all that equal the smallest of them."""
    if len(keys) <= limit:
        return np.arange(len(keys))
    threshold = np.partition(keys, len(keys) - limit)[len(keys) - limit]
    above = np.flatnonzero(keys > threshold)
    return np.concatenate([above, np.flatnonzero(keys == threshold)[: limit - len(above)]])
