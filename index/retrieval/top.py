"""The top matches: rank the matches of all segments in one list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from ..query.tree import Node, Sort, conjuncts, wanted
from ..ranking import FILLING, LOOKED_AT_TWICE
from ..segment.arrays import Array
from ..segment.segment import Segment
from .boolean import Evaluation, Matched
from .copies import Copies, DocId
from .dates import timeliness
from .feedback import is_long, likeness
from .listed import Best, Listed, end_to_end, listed_of
from .occurrences import find_occurrences, titled
from .ordering import ordering_keys
from .rescoring import MAX_RESCORED_CLAUSES, reward, rewards
from .succession import Succession
from .term_vectors import term_vectors


class Question(NamedTuple):
    """What is looked for.

    Attributes:
        query: What posts have to match.
        wider: Where none match, what others have to match; where few match, by relevance, those that fill the list.
        title: The terms of a title: of the best matches, a post with exactly these ranks above others.
    """

    query: Node
    wider: Node | None = None
    title: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """The ranked matches of a query.

    Attributes:
        docs: The posts of every segment, ascending.
        complete: How many of them match the query itself.
        page: What was asked for, best first.
        copies: Posts with the same text, by its number: the one that is listed, then those that match and are not.
        translations: The translations of posts on the page.
        languages: The posts of every segment that match, in all languages.
    """

    docs: Sequence[Array]
    complete: int
    page: Sequence[Best]
    copies: Mapping[int, Sequence[DocId]] = field(default_factory=dict)
    translations: Mapping[DocId, Sequence[DocId]] = field(default_factory=dict)
    languages: Sequence[Array] | None = None

    @property
    def total(self) -> int:
        """The number of matches."""
        return sum(map(len, self.docs))


class Relations(NamedTuple):
    """What posts of an index are to each other: copies, successors and, for a reader's language, translations."""

    copies: Copies
    succession: Succession
    translations: Copies | None = None

    def kept(self, docs: Sequence[Array], listed: "Repeats") -> list[Array]:
        """Return masks of the posts to list; see `Copies.kept`."""
        masks = self.copies.kept(docs, listed.copies)
        if self.translations:
            listed.languages = listed.languages or [own[mask] for own, mask in zip(docs, masks, strict=True)]
            left = [own[mask] for own, mask in zip(docs, masks, strict=True)]
            for mask, again in zip(masks, self.translations.kept(left, listed.translations), strict=True):
                mask[mask] = again
        return masks


@dataclass(slots=True)
class Repeats:
    """The copies and translations that were found, by the number of what they share, the listed one first.

    Attributes:
        languages: The posts that match the query itself, in all languages.
    """

    copies: dict[int, list[DocId]] = field(default_factory=dict)
    translations: dict[int, list[DocId]] = field(default_factory=dict)
    languages: list[Array] | None = None


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
    wider = question.wider
    listed = Repeats()
    matched = _matched(evaluations, question.query, relations, listed)
    complete = sum(len(part.docs) for part in matched)
    if not limit and (complete or wider is None):
        return Ranked(_docs(matched), complete, ())
    if sort == "relevance":
        if wider is not None and complete < LOOKED_AT_TWICE:
            filled = _filled(evaluations, question, wider, matched, offset, limit, relations, listed)
            return _related(filled, relations, listed)
        page = _by_relevance(evaluations, question, matched, offset, limit, relations.succession)
    else:
        if wider is not None and not complete:
            matched = _matched(evaluations, wider, relations, listed)
        page = _ordered(evaluations, matched, sort, offset, limit)
    return _related(Ranked(_docs(matched), complete, page), relations, listed)


def _related(ranked: Ranked, relations: Relations, listed: Repeats) -> Ranked:
    """Name the copies and translations of what is listed."""
    translations = relations.translations
    named = {best[:2]: translations.others(best[:2]) for best in ranked.page} if translations else {}
    return replace(ranked, copies=listed.copies, translations=named, languages=listed.languages)


def _matched(evaluations: Sequence[Evaluation], node: Node, relations: Relations, listed: Repeats) -> list[Matched]:
    """Return the posts that match, without copies of posts that match, too."""
    matched = [evaluation.evaluate(node) for evaluation in evaluations]
    if not relations.copies and not relations.translations:
        return matched
    return [
        part.take(np.flatnonzero(mask))
        for part, mask in zip(matched, relations.kept(_docs(matched), listed), strict=True)
    ]


def _by_relevance(
    evaluations: Sequence[Evaluation],
    question: Question,
    matched: Sequence[Matched],
    offset: int,
    limit: int,
    succession: Succession,
) -> list[Best]:
    """Return a page of matches; behind those that are rescored, the others follow by their BM25F scores."""
    docs, keys = _docs(matched), list(map(_scores, evaluations, matched))
    found = _top(evaluations, docs, keys, max(LOOKED_AT_TWICE, offset + limit))
    again = found.take(slice(LOOKED_AT_TWICE))
    if wanted(question.query):
        again = _succeeded(evaluations, _again(evaluations, question, again), succession)
    last = offset + limit
    page = again.best(offset, last)
    if last > LOOKED_AT_TWICE:
        page += found.best(max(offset, LOOKED_AT_TWICE), last)
    return page


def _ordered(
    evaluations: Sequence[Evaluation], matched: Sequence[Matched], sort: Sort, offset: int, limit: int
) -> list[Best]:
    of_segments = ordering_keys([evaluation.segment for evaluation in evaluations], sort)
    keys = [key[part.docs] for key, part in zip(of_segments, matched, strict=True)]
    found = _top(evaluations, _docs(matched), keys, offset + limit)
    return [best._replace(score=0.0) for best in found.best(offset, offset + limit)]


def _docs(matched: Sequence[Matched]) -> list[Array]:
    return [part.docs for part in matched]


def _scores(evaluation: Evaluation, matched: Matched) -> Array:
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
    complete = _top(evaluations, _docs(matched), list(map(_scores, evaluations, matched)), LOOKED_AT_TWICE)
    docs, keys = [], []
    for evaluation, own in zip(evaluations, matched, strict=True):
        wide = evaluation.evaluate(wider)
        others = ~evaluation.segment.among(own.docs).take(wide.docs)
        docs.append(wide.docs[others])
        keys.append(_scores(evaluation, wide)[others])
    if relations.copies or relations.translations:
        masks = relations.kept(docs, listed)
        docs, keys = ([own[mask] for own, mask in zip(part, masks, strict=True)] for part in (docs, keys))
    added = _top(evaluations, docs, keys, LOOKED_AT_TWICE - len(complete))
    found = _again(evaluations, question, end_to_end([complete, added]))
    is_complete = np.zeros(len(found), bool)
    for number, own in enumerate(matched):
        is_complete |= (found.segment == number) & np.isin(found.doc, own.docs)
    kept = found.take(np.flatnonzero(is_complete | (found.score >= found.score.max(initial=0) * FILLING)))
    kept = _succeeded(evaluations, kept, relations.succession)
    of_segments = [np.sort(kept.doc[kept.segment == number]) for number in range(len(evaluations))]
    return Ranked(of_segments, len(complete), kept.best(offset, offset + limit))


def _again(evaluations: Sequence[Evaluation], question: Question, found: Listed) -> Listed:
    """Rescore the best matches: add what their occurrences are worth to their scores; equals are ordered by date."""
    clauses = [clause for clause in conjuncts(question.query) if wanted(clause)]
    parts = []
    for number, evaluation in enumerate(evaluations):
        own = np.flatnonzero(found.segment == number)
        if len(own):
            parts.append(_rewarded(evaluation, clauses, question.title, found.take(own[found.doc[own].argsort()])))
    if not parts:
        return found
    again = _best_first(evaluations, _timely(evaluations, clauses, question.title, end_to_end(parts)))
    return _best_first(evaluations, _fed_back(evaluations, clauses, again)) if is_long(clauses) else again


def _timely(evaluations: Sequence[Evaluation], clauses: Sequence[Node], terms: Sequence[str], listed: Listed) -> Listed:
    """Add to the scores of posts what their dates are worth, where the terms of the query ask for dates."""
    timely = timeliness(terms, _dated(evaluations, listed))
    if timely is None:
        return listed
    added = {**listed.added, "date": timely * reward("date", _idf(evaluations[0], clauses))}
    return Listed(listed.segment, listed.doc, listed.score + added["date"], listed.frequency, added)


def _succeeded(evaluations: Sequence[Evaluation], listed: Listed, succession: Succession) -> Listed:
    """Let successors rank above the posts that they supersede: they exchange their scores."""
    if not succession:
        return listed
    places = zip(listed.segment.tolist(), listed.doc.tolist(), strict=True)
    scores = succession.scores(
        [evaluations[segment].segment.path(doc).decode() for segment, doc in places], listed.score
    )
    added = {**listed.added, "succession": scores - listed.score}
    return _best_first(evaluations, Listed(listed.segment, listed.doc, scores, listed.frequency, added))


def _best_first(evaluations: Sequence[Evaluation], listed: Listed) -> Listed:
    """Order by scores, equals by date, then by path."""
    return listed.take(np.lexsort((_by_path(evaluations, listed), -_dated(evaluations, listed), -listed.score)))


def _by_path(evaluations: Sequence[Evaluation], listed: Listed) -> Array:
    """Return numbers that order the posts of equal scores by path, whatever segments they are in."""
    if len(evaluations) == 1:
        return evaluations[0].segment.path_keys.take(listed.doc)
    _, group, sizes = np.unique(listed.score, return_inverse=True, return_counts=True)
    tied = np.flatnonzero(sizes[group] > 1)
    paths = [
        evaluations[segment].segment.path(doc)
        for segment, doc in zip(listed.segment[tied].tolist(), listed.doc[tied].tolist(), strict=True)
    ]
    number = {path: n for n, path in enumerate(sorted(paths))}
    order = np.zeros(len(listed), np.intp)
    order[tied] = [number[path] for path in paths]
    return order


def _fed_back(evaluations: Sequence[Evaluation], clauses: Sequence[Node], listed: Listed) -> Listed:
    """Add to the scores of posts what they have in common with the best of them."""
    segments = [evaluation.segment for evaluation in evaluations]
    alike = likeness(term_vectors(segments, listed.segment, listed.doc), listed.score)
    # What a clause weighs is the same in every segment.
    added = {**listed.added, "feedback": alike * reward("feedback", _idf(evaluations[0], clauses))}
    return Listed(listed.segment, listed.doc, listed.score + added["feedback"], listed.frequency, added)


def _dated(evaluations: Sequence[Evaluation], listed: Listed) -> Array:
    """Return the date of each post in seconds; undated posts count as the oldest."""
    when = np.empty(len(listed))
    for number, evaluation in enumerate(evaluations):
        own = listed.segment == number
        when[own] = evaluation.segment.arrays["doc_when"][listed.doc[own]]
    return when


def _rewarded(evaluation: Evaluation, clauses: Sequence[Node], title: Sequence[str], own: Listed) -> Listed:
    """Add to the scores of one segment's posts, which ascend."""
    found = [[evaluation.found[leaf] for leaf in wanted(clause)] for clause in clauses]
    places, idf = find_occurrences(evaluation.segment, found, own.doc), _idf(evaluation, clauses)
    added = rewards(places, titled(evaluation.segment, own.doc, places, title), idf)
    boost, frequency = evaluation.segment.boost, own.frequency
    if boost is not None:
        frequency = frequency / boost[own.doc]
        added["boost"] = (boost[own.doc] - 1) * sum(added.values(), frequency)
    return Listed(own.segment, own.doc, sum(added.values(), frequency), frequency, added)


def _idf(evaluation: Evaluation, clauses: Sequence[Node]) -> Array:
    return np.array([evaluation.weight(clause) for clause in clauses[:MAX_RESCORED_CLAUSES]])


def _top(evaluations: Sequence[Evaluation], docs: Sequence[Array], keys: Sequence[Array], limit: int) -> Listed:
    """Return the posts with the largest keys; equal keys by path."""
    # An index without a segment has no list; one of nothing makes it the same as any other.
    parts = [listed_of(0, np.empty(0), np.empty(0))] if not docs else []
    for number, (own, key) in enumerate(zip(docs, keys, strict=True)):
        at = _largest(key, limit, own, evaluations[number].segment)
        parts.append(listed_of(number, own[at], key[at]))
    found = end_to_end(parts)
    return found.take(np.lexsort((_by_path(evaluations, found), -found.score))[:limit])


def _largest(keys: Array, limit: int, docs: Array, segment: Segment) -> Array:
    """Return the indexes of the largest keys; among equal keys, the first by path."""
    if len(keys) <= limit:
        return np.arange(len(keys))
    threshold = np.partition(keys, len(keys) - limit)[len(keys) - limit]
    above, equal = np.flatnonzero(keys > threshold), np.flatnonzero(keys == threshold)
    left = limit - len(above)
    if left < len(equal):
        equal = equal[np.argpartition(segment.path_keys.take(docs[equal]), left)[:left]]
    return np.concatenate([above, equal])
