"""Rank the best matches again: by positions of the words, by dates, by what the best have in common, by meaning."""

from collections.abc import Sequence

import numpy as np

from ..query.tree import Node, conjuncts, wanted
from ..segment.arrays import Array
from ..segment.segment import Segment
from ..segment.vectors import QueryVector
from .boolean import Evaluation, segments_of
from .dates import timeliness
from .feedback import is_long, likeness
from .listed import Listed, end_to_end
from .meaning import nearness
from .occurrences import find_occurrences, titled
from .question import Question
from .rescoring import MAX_RESCORED_CLAUSES, meaning_reward, reward, rewards
from .selection import best_first, dates_of
from .succession import Succession
from .term_vectors import term_vectors


def rerank(evaluations: Sequence[Evaluation], question: Question, found: Listed) -> Listed:
    """Rescore the best matches: add what their occurrences are worth to their scores; equals are ordered by date."""
    clauses = [clause for clause in conjuncts(question.query) if wanted(clause)]
    parts = []
    for number, evaluation in enumerate(evaluations):
        own = np.flatnonzero(found.segment == number)
        if len(own):
            parts.append(_rewarded(evaluation, clauses, question, found.take(own[found.doc[own].argsort()])))
    if not parts:
        return found
    # What a clause weighs is the same in every segment.
    segments, idf = segments_of(evaluations), _idf(evaluations[0], clauses)
    most = {name: reward(question.rewards[name], idf) for name in ("date", "feedback")}
    again = best_first(segments, _timely(segments, most["date"], question.title, end_to_end(parts)))
    if is_long(clauses):
        again = best_first(segments, _fed_back(segments, most["feedback"], again))
    return best_first(segments, _meant(segments, idf, question.meaning, again)) if question.meaning else again


def succeeded(segments: Sequence[Segment], listed: Listed, succession: Succession) -> Listed:
    """Let successors rank above the posts that they supersede: they exchange their scores."""
    if not succession:
        return listed
    places = zip(listed.segment.tolist(), listed.doc.tolist(), strict=True)
    scores = succession.scores([segments[segment].path(doc).decode() for segment, doc in places], listed.score)
    added = {**listed.added, "succession": scores - listed.score}
    return best_first(segments, Listed(listed.segment, listed.doc, scores, listed.frequency, added))


def _rewarded(evaluation: Evaluation, clauses: Sequence[Node], question: Question, own: Listed) -> Listed:
    """Add to the scores of one segment's posts, which ascend."""
    found = [[evaluation.found[leaf] for leaf in wanted(clause)] for clause in clauses]
    places, idf = find_occurrences(evaluation.segment, found, own.doc), _idf(evaluation, clauses)
    added = rewards(places, titled(evaluation.segment, own.doc, places, question.title), idf, question.rewards)
    boost, frequency = evaluation.segment.boost, own.frequency
    if boost is not None:
        frequency = frequency / boost[own.doc]
        added["boost"] = (boost[own.doc] - 1) * sum(added.values(), frequency)
    return Listed(own.segment, own.doc, sum(added.values(), frequency), frequency, added)


def _timely(segments: Sequence[Segment], most: float, terms: Sequence[str], listed: Listed) -> Listed:
    """Add to the scores of posts what their dates are worth, where the terms of the query ask for dates."""
    timely = timeliness(terms, dates_of(segments, listed))
    if timely is None:
        return listed
    added = {**listed.added, "date": timely * most}
    return Listed(listed.segment, listed.doc, listed.score + added["date"], listed.frequency, added)


def _fed_back(segments: Sequence[Segment], most: float, listed: Listed) -> Listed:
    """Add to the scores of posts what they have in common with the best of them."""
    alike = likeness(term_vectors(segments, listed.segment, listed.doc), listed.score)
    added = {**listed.added, "feedback": alike * most}
    return Listed(listed.segment, listed.doc, listed.score + added["feedback"], listed.frequency, added)


def _meant(segments: Sequence[Segment], idf: Array, query: QueryVector, listed: Listed) -> Listed:
    """Add to the scores of posts what their nearness to a query is worth."""
    near = nearness(segments, listed, query)
    if near is None:
        return listed
    added = {**listed.added, "meaning": near * meaning_reward(idf)}
    return Listed(listed.segment, listed.doc, listed.score + added["meaning"], listed.frequency, added)


def _idf(evaluation: Evaluation, clauses: Sequence[Node]) -> Array:
    return np.array([evaluation.weight(clause) for clause in clauses[:MAX_RESCORED_CLAUSES]])
