"""Search an index in one call of a kernel: find the posts that match, and rank the best of them."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from ..kernels import RANKED, SCORES, post_list, post_row
from ..kernels.searching import PostsFound, SearchPart, search
from ..ranking import LOOKED_AT_TWICE
from ..segment.arrays import Array
from .boolean import Evaluation, Matched, are_compiled, given, segments_of
from .listed import Best, Listed
from .occurrences import asked_of, idf_of, leaves_asked, listed_rows
from .question import Question
from .relations import Relations, Repeats
from .reranking import is_refined, refined, succeeded
from .rescoring import MEASURED


def can_be_searched_at_once(evaluations: Sequence[Evaluation], question: Question, relations: Relations) -> bool:
    """Check whether `search_at_once` answers a question; translations are told apart before posts are ranked."""
    segments = segments_of(evaluations)
    is_plain = bool(question.looked_for) and not relations.translations
    return is_plain and are_compiled(segments) and all(segment.boost is None for segment in segments)


def search_at_once(
    evaluations: Sequence[Evaluation], question: Question, first: int, last: int, relations: Relations, listed: Repeats
) -> tuple[list[Matched], list[Best] | None]:
    """Find the posts that match, without copies of others, and those of some ranks; None where too few match.

    Args:
        evaluations: The query on every segment.
        question: What is looked for.
        first: From which rank on they are asked for.
        last: Up to which rank, excluded: LOOKED_AT_TWICE at most.
        relations: What the posts are to each other.
        listed: The copies that are found.
    """
    idf, copies = idf_of(evaluations[0], question), relations.copies
    parts = _parts(evaluations, question, idf, relations)
    if not parts:
        return _by_segment(evaluations, parts, ()), None
    least = LOOKED_AT_TWICE if question.wider is not None else 1
    is_whole = is_refined(question) or bool(relations.succession)
    ranks = (0, LOOKED_AT_TWICE) if is_whole else (first, last)
    ask = partial(search, asked=asked_of(question, idf), least=least, limit=LOOKED_AT_TWICE, ranks=ranks)
    found, page = ask(parts)
    matched = _by_segment(evaluations, parts, found)
    if page is None and copies and copies.are_among(docs := [own.docs for own in matched]):
        masks = listed.kept(docs)
        found, page = ask([_only(part, own, masks[part.number]) for part, own in zip(parts, found, strict=True)])
        matched = _by_segment(evaluations, parts, found)
    if page is None:
        return matched, None
    if is_whole:
        segments = segments_of(evaluations)
        again = refined(segments, question, idf, listed_rows(page))
        return matched, succeeded(segments, again, relations.succession).best(first, last)
    rows = RANKED.iter_unpack(page)
    return matched, [
        Best(segment, doc, score, bm25, MEASURED, added) for segment, doc, _, _, bm25, score, *added in rows
    ]


def fill_at_once(
    evaluations: Sequence[Evaluation], question: Question, matched: Sequence[Matched], others: Sequence[PostsFound]
) -> Listed:
    """Rank the posts that match, and the best of others, in each segment, as far as they fill the list."""
    idf, parts = idf_of(evaluations[0], question), []
    for number, (evaluation, own, (docs, scores)) in enumerate(zip(evaluations, matched, others, strict=True)):
        both = np.concatenate([own.docs, docs])
        if len(both) and (kernels := evaluation.segment.kernels):
            order = both.argsort(kind="stable")  # which merges what ascends
            # The sign lets a kernel rank a post in any case.
            signed = np.concatenate([-own.scores(None), scores]) if own.scores else scores
            listed = post_list(post_row(both.take(order), signed.take(order), SCORES))
            parts.append(SearchPart(number, kernels, [listed], (), leaves_asked(evaluation, question, idf)))
    ranks = (0, LOOKED_AT_TWICE)
    _, page = search(parts, asked_of(question, idf), 1, LOOKED_AT_TWICE, ranks) if parts else ((), b"")
    return refined(segments_of(evaluations), question, idf, listed_rows(page or b""))


def _parts(
    evaluations: Sequence[Evaluation], question: Question, idf: Sequence[float], relations: Relations
) -> list[SearchPart]:
    """Return what is looked for in the segments that may have it."""
    is_copied = relations.copies.is_copied if relations.copies else [None] * len(evaluations)
    parts = []
    for number, evaluation in enumerate(evaluations):
        wanted, excluded = evaluation.lists(question.query)
        if wanted[0].size and (kernels := evaluation.segment.kernels):
            leaves = leaves_asked(evaluation, question, idf)
            parts.append(SearchPart(number, kernels, wanted, excluded, leaves, is_copied[number]))
    return parts


def _only(part: SearchPart, found: PostsFound, mask: Array) -> SearchPart:
    """Return what looks only for those that a mask keeps of the posts that were found."""
    docs, scores = found
    kept = post_list(post_row(docs[mask], scores[mask], SCORES))
    return part._replace(wanted=[kept], excluded=(), is_copied=None)


def _by_segment(
    evaluations: Sequence[Evaluation], parts: Sequence[SearchPart], found: Sequence[PostsFound]
) -> list[Matched]:
    """Return what was found in every segment, also in those that were not searched."""
    matched = [Matched(np.empty(0, np.intp))] * len(evaluations)
    for part, own in zip(parts, found, strict=True):
        matched[part.number] = given(*own)
    return matched
