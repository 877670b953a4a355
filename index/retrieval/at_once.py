"""Search an index of one segment in one call of a kernel: find the posts that match, and rank the best of them."""

from collections.abc import Sequence

import numpy as np

from ..kernels import RANKED, SCORES, post_list, post_row
from ..ranking import LOOKED_AT_TWICE
from .boolean import Evaluation, Matched, given
from .listed import Best, Listed, numbered
from .occurrences import asked_of, idf_of, ranked_columns
from .question import Question
from .relations import Relations, Repeats
from .reranking import is_ranked_at_once, is_refined, refined, succeeded
from .rescoring import MEASURED


def can_be_searched_at_once(evaluations: Sequence[Evaluation], question: Question, relations: Relations) -> bool:
    """Check whether `search_at_once` answers a question; translations are told apart before posts are ranked."""
    segments = [evaluation.segment for evaluation in evaluations]
    return bool(question.looked_for) and not relations.translations and is_ranked_at_once(segments)


def search_at_once(
    evaluation: Evaluation, question: Question, first: int, last: int, relations: Relations, listed: Repeats
) -> tuple[Matched, list[Best] | None]:
    """Find the posts that match, without copies of others, and those of some ranks; None where too few match.

    Args:
        evaluation: The query on the only segment.
        question: What is looked for.
        first: From which rank on they are asked for.
        last: Up to which rank, excluded: LOOKED_AT_TWICE at most.
        relations: What the posts are to each other.
        listed: The copies that are found.
    """
    kernels, copies = evaluation.segment.kernels, relations.copies
    wanted, excluded = evaluation.lists(question.query)
    if not kernels or not wanted[0].size:
        return Matched(np.empty(0, np.intp)), None
    idf = idf_of(evaluation, question)
    asked = asked_of(evaluation, question, idf)
    least = LOOKED_AT_TWICE if question.wider is not None else 1
    is_whole = is_refined(question) or bool(relations.succession)
    ranks = (0, LOOKED_AT_TWICE) if is_whole else (first, last)
    is_copied = copies.is_copied[0] if copies else None
    docs, scores, page = kernels.search(wanted, excluded, asked, is_copied, least, LOOKED_AT_TWICE, *ranks)
    if page is None and copies and copies.are_among([docs]):
        [mask] = relations.kept([docs], listed)
        kept = post_list(post_row(docs[mask], scores[mask], SCORES))
        docs, scores, page = kernels.search([kept], (), asked, None, least, LOOKED_AT_TWICE, *ranks)
    matched = given(docs, scores)
    if page is None:
        return matched, None
    if is_whole:
        return matched, _refined(evaluation, question, idf, page, relations).best(first, last)
    rows = RANKED.iter_unpack(page)
    return matched, [Best(0, doc, score, bm25, MEASURED, rewards) for doc, bm25, score, *rewards in rows]


def _refined(
    evaluation: Evaluation, question: Question, idf: Sequence[float], page: bytearray, relations: Relations
) -> Listed:
    """Return rewarded posts in the order that all else gives them."""
    docs, frequency, score, added = ranked_columns(page)
    listed = Listed(numbered(0, len(docs)), docs, score, frequency, MEASURED, added)
    segments = [evaluation.segment]
    return succeeded(segments, refined(segments, question, idf, listed), relations.succession)
