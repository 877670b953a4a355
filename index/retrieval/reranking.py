"""Rank the best matches again: by positions of the words, by dates, by what the best have in common, by meaning."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..segment.arrays import Array
from ..segment.segment import Segment
from ..segment.vectors import QueryVector
from .boolean import Evaluation, are_compiled, segments_of
from .dates import asks_for_dates, timeliness
from .feedback import is_long, likeness
from .listed import Listed
from .meaning import nearness
from .occurrences import idf_of, rewarded
from .question import Question
from .rescoring import meaning_reward, reward
from .selection import best_first, dates_of, values_of
from .succession import Succession
from .term_vectors import term_vectors


def rerank(evaluations: Sequence[Evaluation], question: Question, found: Listed) -> Listed:
    """Rescore the best matches: add what their occurrences are worth to their scores; equals are ordered by date."""
    if not len(found):
        return found
    idf, segments = idf_of(evaluations[0], question), segments_of(evaluations)
    boost = _boosts(segments, found)
    frequency = found.frequency if boost is None else found.frequency / boost
    again = rewarded(evaluations, question, idf, replace(found, frequency=frequency.astype(np.float32)))
    boost = _boosts(segments, again)
    if boost is not None:
        again = again.plus("boost", (boost - 1) * again.score)
    if boost is not None or not are_compiled(segments):
        again = best_first(segments, again)
    return refined(segments, question, idf, again)


def is_refined(question: Question) -> bool:
    """Check whether more than rewards decides on the order of matches; see `refined`."""
    is_dated = bool(question.title) and asks_for_dates(question.title)
    return is_dated or question.meaning is not None or is_long(question.clauses)


def refined(segments: Sequence[Segment], question: Question, idf: Sequence[float], again: Listed) -> Listed:
    """Order rewarded matches, best first, by dates, by what the best have in common and by meaning, too."""
    timely = timeliness(question.title, dates_of(segments, again)) if asks_for_dates(question.title) else None
    if timely is not None:
        again = best_first(segments, again.plus("date", timely * reward(question.rewards["date"], idf)))
    if is_long(question.clauses):
        again = best_first(segments, _fed_back(segments, reward(question.rewards["feedback"], idf), again))
    return best_first(segments, _meant(segments, idf, question.meaning, again)) if question.meaning else again


def succeeded(segments: Sequence[Segment], listed: Listed, succession: Succession) -> Listed:
    """Let successors rank above the posts that they supersede: they exchange their scores."""
    if not succession:
        return listed
    places = zip(listed.segment.tolist(), listed.doc.tolist(), strict=True)
    scores = succession.scores([segments[segment].path(doc).decode() for segment, doc in places], listed.score)
    return best_first(segments, replace(listed.plus("succession", scores - listed.score), score=scores))


def _boosts(segments: Sequence[Segment], listed: Listed) -> Array | None:
    """Return what the score of each post is multiplied by; None where that is 1 for all."""
    if all(segment.boost is None for segment in segments):
        return None
    return values_of([segment.arrays["doc_boost"] for segment in segments], listed)


def _fed_back(segments: Sequence[Segment], most: float, listed: Listed) -> Listed:
    """Add to the scores of posts what they have in common with the best of them."""
    alike = likeness(term_vectors(segments, listed.segment, listed.doc), listed.score)
    return listed.plus("feedback", alike * most)


def _meant(segments: Sequence[Segment], idf: Sequence[float], query: QueryVector, listed: Listed) -> Listed:
    """Add to the scores of posts what their nearness to a query is worth."""
    near = nearness(segments, listed, query)
    return listed if near is None else listed.plus("meaning", near * meaning_reward(idf))
