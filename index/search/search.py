"""Search: answer a query with a page of results."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import NamedTuple

import msgspec

from .. import analysis
from ..engines.base import Match, QueryResult, Snapshot
from ..model import Hit, LearnedWord, Passage, Results
from ..query.analysed import AnalysedQuery, analyse
from ..query.tree import And, Everything, Node, Prefix, wanted
from ..query.word_forms import with_forms
from ..ranking import JOINING, REWARDS, Rewards
from ..retrieval.feedback import is_long
from ..retrieval.succession import Succession
from ..retrieval.windows import window_at
from .curation import NOTHING_SAID, Editorial
from .expansion import OtherWords, expand
from .learned_words import by_terms, learned_words
from .long_questions import bounded
from .marks import between, united
from .nearest_sentence import nearest_sentence
from .passages import passage
from .spelling import Spelling

# With fewer complete matches than these, another spelling is suggested.
FEW_MATCHES = 10


def search(
    snapshot: Snapshot,
    query: AnalysedQuery,
    *,
    page: int = 1,
    per_page: int = 10,
    explain: bool = False,
    editorial: Editorial = NOTHING_SAID,
    quoted: bool = False,
    language: str = "",
) -> Results:
    """Answer a query.

    Posts with all words are found, and if they are few, the best posts with some of the words fill the list. If no post
    has all words, the last word is searched as the beginning of one, or else the query with its spelling corrected,
    unless it is a long question, which posts have hardly ever all words of. If few posts have all words, the correction
    is only offered. If still no post has all words, the results are marked as relaxed. A query without words lists the
    posts that match its filters, newest first.

    Args:
        snapshot: The generation to search.
        query: The query.
        page: From 1.
        per_page: Hits on a page.
        explain: Explain the score of every hit, unless the results are ordered by date.
        editorial: Synonyms, and posts that are pinned to queries.
        quoted: Let passages link to their sentence (`#:~:text=`).
        language: The reader's, in which an article is listed that is there in several; "" lists all of them.
    """
    started = perf_counter()
    is_ranked = query.order == "relevance"
    path = editorial.pinned(query) if is_ranked else None
    first, last = (page - 1) * per_page, page * per_page
    # A pinned post may have any rank: everything before the page is read, and one more post.
    offset, limit = (0, last + 1) if path else (first, per_page)

    def find(query: AnalysedQuery) -> Answer:
        find = partial(_find, snapshot, offset=offset, limit=limit, language=language, rewards=editorial.rewards)
        searched = bounded(query, snapshot)
        expanded = expand(searched, snapshot, OtherWords(editorial.synonyms))
        found = find(expanded)
        is_poor = editorial.learns and is_ranked and not query.exact and found.complete < FEW_MATCHES
        learned = learned_words(snapshot, searched, editorial.excluded) if is_poor else []
        if learned:
            expanded = expand(searched, snapshot, OtherWords(editorial.synonyms, by_terms(learned)))
            found = find(expanded)
        return Answer(searched, expanded, found, learned)

    answer = find(query) if query.exact else _forgiving(snapshot, query, find)
    searched = answer.query
    pin = _pin(snapshot, searched, path) if path else None
    hits = _hits(answer, pin, snapshot.succession, explained=explain and is_ranked, quoted=quoted)
    return Results(
        query=query.text,
        total=max(answer.found.total, len(hits)) if pin else answer.found.total,
        complete=answer.found.complete,
        page=page,
        per_page=per_page,
        took_ms=round((perf_counter() - started) * 1000, 3),
        generation=snapshot.generation,
        relaxed=answer.found.total > 0 and not answer.found.complete,
        correction=searched.text if searched.text != query.text else None,
        did_you_mean=answer.did_you_mean,
        unfinished=searched.leaves[-1].text if searched.is_unfinished else None,
        operators=searched.operators,
        hits=hits[first - offset : last - offset],
        facets=answer.found.facets,
        learned=tuple(answer.learned),
    )


class Answer(NamedTuple):
    """What was found, by the query as typed or by another one.

    Attributes:
        query: What was searched.
        expanded: The same with the variants of its words.
        found: The result.
        learned: Words that were searched as well, since it found little.
        did_you_mean: A query to offer.
    """

    query: AnalysedQuery
    expanded: AnalysedQuery
    found: QueryResult
    learned: Sequence[LearnedWord] = ()
    did_you_mean: str | None = None


def _forgiving(snapshot: Snapshot, query: AnalysedQuery, find: Callable[[AnalysedQuery], Answer]) -> Answer:
    """Find what was typed or, if no post has all of it, what it begins, or its correction."""
    answer = _finished(snapshot, query, find)
    if answer.found.complete >= FEW_MATCHES or answer.query.is_unfinished:
        return answer
    spelling = Spelling(snapshot, query)
    better = spelling.right() if not answer.found.complete and not is_long(query.clauses) else None
    if better:
        corrected = _finished(snapshot, query.respelt(better), find)
        if corrected.found.total:
            return corrected
    return answer._replace(did_you_mean=spelling.offered())


def _finished(snapshot: Snapshot, query: AnalysedQuery, find: Callable[[AnalysedQuery], Answer]) -> Answer:
    """Find a query or, if no post has all of it, but some have words that begin as its last one, these."""
    answer = find(query)
    unfinished = query.unfinished if not answer.found.complete else None
    # To count them takes a fraction of ranking them.
    is_begun = unfinished is not None and snapshot.find(unfinished.required, limit=0).total > 0
    return find(unfinished) if unfinished and is_begun else answer


def _find(
    snapshot: Snapshot,
    query: AnalysedQuery,
    *,
    offset: int = 0,
    limit: int = 1,
    language: str = "",
    rewards: Rewards = REWARDS,
) -> QueryResult:
    """Find the posts with all words and, if these are few, those with some; what is quoted is given up last."""

    def find(wider: Node | None) -> QueryResult:
        return snapshot.find(
            query.required,
            wider=wider,
            title=query.terms,
            sort=query.order,
            offset=offset,
            limit=limit,
            language=language,
            meaning=query.meaning,
            rewards=rewards,
        )

    found = find(query.relaxed)
    return find(query.unquoted) if not found.total and query.unquoted else found


def _pin(snapshot: Snapshot, query: AnalysedQuery, path: str) -> Match | None:
    """Find a pinned post with the spans of the query's words, or without them; None if a filter excludes it."""
    pinned = query.only(path)
    found = _find(snapshot, pinned)
    found = found if found.total else _find(snapshot, replace(pinned, tree=Everything()))
    return next(iter(found.matches), None)


def _hits(
    answer: Answer, pin: Match | None, succession: Succession, *, explained: bool, quoted: bool
) -> tuple[Hit, ...]:
    """Return the matches as hits: the pinned one first, and only there."""
    found = answer.found
    clauses = _clauses(answer) if found.complete < found.total else []
    hit = partial(_hit, succession=succession, is_code=answer.query.is_code, explained=explained, quoted=quoted)
    hits = tuple([hit(match, _missing(match, clauses) if clauses else ()) for match in found.matches])
    if pin is None:
        return hits
    first = msgspec.structs.replace(hit(pin, ()), pinned=True)
    return (first, *(other for other in hits if other.path != first.path))


def _clauses(answer: Answer) -> list[tuple[str, Node]]:
    """Return the clauses that a post may lack, as typed and as searched, without words that only join others."""
    typed, expanded = answer.query, answer.expanded
    # One word of a text without spaces may have become several clauses.
    searched = expanded.clauses if isinstance(typed.tree, And) else (expanded.tree,)
    clauses = zip(typed.clauses, searched, strict=True)
    return [(_written(typed), with_forms(searched)) for typed, searched in clauses if not _joins(typed)]


def _joins(clause: Node) -> bool:
    return all(term in JOINING for leaf in wanted(clause) for term in analysis.terms(leaf.text))


def _written(clause: Node) -> str:
    return " OR ".join(leaf.text + "*" * isinstance(leaf, Prefix) for leaf in wanted(clause))


def _missing(match: Match, clauses: Iterable[tuple[str, Node]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(typed for typed, searched in clauses if not match.has(searched)))


def _hit(
    match: Match, missing: tuple[str, ...], *, succession: Succession, is_code: bool, explained: bool, quoted: bool
) -> Hit:
    article, spans = match.article, match.spans
    successor = succession.latest.get(article.path)
    nearest = match.nearest
    window = match.window(is_code=is_code) if nearest is None else window_at(article, nearest_sentence(match, nearest))
    return Hit(
        path=article.path,
        url=article.url,
        title=article.title,
        date=article.date,
        updated=article.updated,
        tags=article.tags,
        author=article.author,
        language=article.language,
        score=round(match.score, 6),
        passage=passage(article, spans, match.cut, match.is_unique if quoted else None, window=window),
        further=window.further,
        length=article.sections[-1].end,
        missing=missing,
        by_meaning=nearest is not None,
        superseded_by=successor.reference if successor else None,
        also_at=tuple([copy.reference for copy in match.copies]),
        translations=tuple([other.translation for other in match.translations]),
        shown=article.shown,
        thumbnail=article.thumbnail,
        explanation=match.explanation if explained else None,
    )


def words_in(
    snapshot: Snapshot, query: AnalysedQuery, path: str, editorial: Editorial = NOTHING_SAID
) -> tuple[str, ...]:
    """Return the spellings under which a post's text has the query's words."""
    matches = _matches_in(snapshot, query, path, editorial)
    spans = [(match, zip(match.spans.starts, match.spans.ends, strict=True)) for match in matches]
    return tuple(dict.fromkeys(match.cut(start, end) for match, pairs in spans for start, end in united(pairs)))


def section_passages(
    snapshot: Snapshot,
    query: AnalysedQuery,
    path: str,
    anchors: Collection[str] | None,
    editorial: Editorial = NOTHING_SAID,
) -> dict[str, Passage]:
    """Return what answers a query in some sections of a post, by their anchors; a section without its words has none.

    Args:
        snapshot: The generation to search.
        query: The query.
        path: The post's.
        anchors: Of the sections; None for all.
        editorial: Synonyms.
    """
    return {
        section.anchor: passage(match.article, spans, match.cut, match.is_unique)
        for match in _matches_in(snapshot, query, path, editorial)
        for section in match.article.sections
        if section.anchor and (anchors is None or section.anchor in anchors)
        if (spans := between(match.spans, section.start, section.end)).starts
    }


def _matches_in(snapshot: Snapshot, query: AnalysedQuery, path: str, editorial: Editorial) -> Sequence[Match]:
    """Find a post by a query whose last word may be unfinished."""

    def find(query: AnalysedQuery) -> QueryResult:
        return _find(snapshot, expand(bounded(query, snapshot), snapshot, OtherWords(editorial.synonyms)).only(path))

    found = find(query)
    if not found.complete and (unfinished := query.unfinished):
        begun = find(unfinished)
        found = begun if begun.complete else found
    return found.matches


def ways_on(snapshot: Snapshot, query: AnalysedQuery) -> tuple[str, ...]:
    """Return queries that find something, for one that finds nothing: its words alone, and the same corrected."""
    plain = analyse(" ".join(term for leaf in query.leaves for term in analysis.terms(leaf.text)))
    better = Spelling(snapshot, plain).right()
    candidates = [plain, *([plain.respelt(better)] if better else [])]
    found = [way.text for way in candidates if way.text and _find(snapshot, way).total]
    return tuple(text for text in dict.fromkeys(found) if text != query.text.strip().casefold())
