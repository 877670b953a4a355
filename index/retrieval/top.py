"""The top matches: rank the matches of all segments in one list."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from ..query.tree import Node, Sort
from ..ranking import FILLING, LOOKED_AT_TWICE
from ..segment.arrays import Array
from .at_once import can_be_searched_at_once, fill_at_once, search_at_once
from .boolean import Evaluation, Matched, segments_of
from .copies import DocId
from .listed import Best, Listed, docs_of, end_to_end, ids_of
from .meaning import FEW, joined, nearest_posts, with_nearest
from .ordering import ordering_keys
from .question import Question
from .relations import Relations, Repeats
from .reranking import rerank, succeeded
from .selection import select_top
from .succession import Succession
from .terms import contains


class Ranked(msgspec.Struct, frozen=True):
    """The ranked matches of a query.

    Attributes:
        docs: The posts of every segment, ascending.
        complete: How many of them match the query itself.
        page: What was asked for, best first.
        copies: For posts on the page, those with the same text that match and are not listed.
        translations: The translations of posts on the page.
        languages: The posts of every segment that match, in all languages.
    """

    docs: Sequence[Array]
    complete: int
    page: Sequence[Best]
    copies: Mapping[DocId, Sequence[DocId]] = {}
    translations: Mapping[DocId, Sequence[DocId]] = {}
    languages: Sequence[Array] | None = None

    @property
    def total(self) -> int:
        """The number of matches."""
        return sum(map(len, self.docs))


def rank_matches(
    evaluations: Sequence[Evaluation],
    question: Question,
    sort: Sort,
    offset: int,
    limit: int,
    relations: Relations,
) -> Ranked:
    """Rank the matches of a query; by relevance, the best are rescored.

    Args:
        evaluations: One for every segment.
        question: What is looked for.
        sort: The order.
        offset: Where the page begins.
        limit: How many are on it; where it is 0, they are only counted.
        relations: What the posts are to each other.
    """
    wider, last = question.wider, offset + limit
    listed, is_page = Repeats(relations), sort == "relevance" and limit > 0 and last <= LOOKED_AT_TWICE
    if is_page and can_be_searched_at_once(evaluations, question, relations):
        matched, best = search_at_once(evaluations, question, offset, last, relations, listed)
    else:
        matched, best = _matched(evaluations, question.query, listed), None
    complete = sum(len(part.docs) for part in matched)
    if best is not None:
        return _related(Ranked(_docs(matched), complete, best), listed)
    if (complete and not limit) or (wider is None and not (complete and limit)):
        return Ranked(_docs(matched), complete, ())
    if sort == "relevance":
        if wider is not None and complete < LOOKED_AT_TWICE:
            filled = _filled(evaluations, question, wider, matched, offset, limit, relations, listed)
            return _related(filled, listed)
        page = _by_relevance(evaluations, question, matched, offset, limit, relations.succession)
    else:
        if wider is not None and not complete:
            matched = _matched(evaluations, wider, listed)
        page = _ordered(evaluations, matched, sort, offset, limit)
    return _related(Ranked(_docs(matched), complete, page), listed)


def _related(ranked: Ranked, listed: Repeats) -> Ranked:
    """Name the copies and translations of what is listed."""
    if not listed.are_found:
        return ranked
    page = [best.id for best in ranked.page]
    copies = {post: others for post in page if (others := listed.copies_of(post))}
    translations = {post: others for post in page if (others := listed.translations_of(post))}
    return msgspec.structs.replace(ranked, copies=copies, translations=translations, languages=listed.languages)


def _matched(evaluations: Sequence[Evaluation], node: Node, listed: Repeats) -> list[Matched]:
    """Return the posts that match, without copies of posts that match, too."""
    matched = [evaluation.evaluate(node) for evaluation in evaluations]
    if not any(len(part.docs) for part in matched) or not listed.may_be_among(_docs(matched)):
        return matched
    return [part.take(np.flatnonzero(mask)) for part, mask in zip(matched, listed.kept(_docs(matched)), strict=True)]


def _by_relevance(
    evaluations: Sequence[Evaluation],
    question: Question,
    matched: Sequence[Matched],
    offset: int,
    limit: int,
    succession: Succession,
) -> list[Best]:
    """Return a page of matches; behind those that are rescored, the others follow by their BM25F scores."""
    last = offset + limit
    found = _best_of(evaluations, matched, max(LOOKED_AT_TWICE, last))
    again = found.take(slice(LOOKED_AT_TWICE)) if len(found) > LOOKED_AT_TWICE else found
    if question.looked_for:
        again = rerank(evaluations, question, again)
        again = succeeded(segments_of(evaluations), again, succession)
    page = again.best(offset, last)
    if last > LOOKED_AT_TWICE:
        page += found.best(max(offset, LOOKED_AT_TWICE), last)
    return page


def _ordered(
    evaluations: Sequence[Evaluation], matched: Sequence[Matched], sort: Sort, offset: int, limit: int
) -> list[Best]:
    segments = segments_of(evaluations)
    keys = [key[part.docs] for key, part in zip(ordering_keys(segments, sort), matched, strict=True)]
    found = select_top(segments, _docs(matched), keys, offset + limit)
    return [msgspec.structs.replace(best, score=0.0) for best in found.best(offset, offset + limit)]


def _best_of(evaluations: Sequence[Evaluation], matched: Sequence[Matched], limit: int) -> Listed:
    """Return the matches with the largest scores of BM25F."""
    return select_top(segments_of(evaluations), _docs(matched), list(map(scores_of, evaluations, matched)), limit)


def _docs(matched: Sequence[Matched]) -> list[Array]:
    return [part.docs for part in matched]


def scores_of(evaluation: Evaluation, matched: Matched) -> Array:
    """Return what BM25F gives each match, times its boost."""
    scores = matched.scores(None) if matched.scores else np.zeros(len(matched.docs), np.float32)
    boost = evaluation.segment.boost
    return scores if boost is None else scores * boost[matched.docs]


def _filled(
    evaluations: Sequence[Evaluation],
    question: Question,
    wider: Node,
    matched: Sequence[Matched],
    offset: int,
    limit: int,
    relations: Relations,
    listed: Repeats,
) -> Ranked:
    """Fill up a short list with the best of what matches something wider, as long as it is not far below the best."""
    complete = _docs(matched)
    meaning = question.meaning if sum(map(len, complete)) < FEW else None
    docs, keys, nearest = [], [], list[Array]()
    for evaluation, own in zip(evaluations, complete, strict=True):
        has_all = evaluation.segment.among(own)
        wide = evaluation.evaluate(wider)
        wide = wide.take(np.flatnonzero(~has_all.take(wide.docs)))
        docs.append(wide.docs)
        keys.append(scores_of(evaluation, wide))
        if meaning:
            near = nearest_posts(evaluation, wider, meaning)
            nearest.append(near[~has_all.take(near)])
            docs[-1], keys[-1] = joined(docs[-1], keys[-1], nearest[-1])
    if listed.may_be_among(docs):
        masks = listed.kept(docs)
        docs, keys = ([own[mask] for own, mask in zip(part, masks, strict=True)] for part in (docs, keys))
    if not meaning and can_be_searched_at_once(evaluations, question, relations):
        found = fill_at_once(evaluations, question, matched, list(zip(docs, keys, strict=True)))
    else:
        best = _best_of(evaluations, matched, LOOKED_AT_TWICE)
        added = select_top(segments_of(evaluations), docs, keys, LOOKED_AT_TWICE - len(best))
        added = with_nearest(added, docs, keys, nearest) if meaning else added
        found = rerank(evaluations, question, end_to_end([best, added]))
    is_complete = contains(ids_of(complete), found.ids)
    kept = found.take(np.flatnonzero(is_complete | (found.score >= found.score.max(initial=0) * FILLING)))
    kept = succeeded(segments_of(evaluations), kept, relations.succession)
    page = kept.best(offset, offset + limit)
    return Ranked(docs_of(kept.ids, len(evaluations)), sum(map(len, complete)), page)
