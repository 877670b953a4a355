"""A reader's words in, results out: what every page, the API and the command line ask."""

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import NamedTuple

import msgspec

from index import analysis
from index.editorial import NOTHING_SAID, Editorial
from index.engine import Found, Match, Snapshot, Sort
from index.expansion import expand
from index.forms import with_forms
from index.model import Hit, Results
from index.passages import further, passage
from index.query import And, Everything, Filter, Node, Or, parse, relax, wanted
from index.spelling import Spelling

# What a post has one of.
SINGLE = ("year", "language")
# Who finds fewer posts than these may want others.
FEW = 10


def search(
    snapshot: Snapshot,
    text: str,
    *,
    page: int = 1,
    per_page: int = 10,
    sort: Sort = "relevance",
    filters: tuple[Filter, ...] = (),
    exact: bool = False,
    explain: bool = False,
    editorial: Editorial = NOTHING_SAID,
    quoted: bool = False,
) -> Results:
    """Answer a query.

    Posts with all words are found, and where they are few, the best of those with some of them fill the list. Where no
    post has them all, the query is searched with its spelling put right; where little is found, that is only offered.
    Where still no post has them all, the results say that they are relaxed. A query without words browses: what it
    narrows to, newest first.

    Args:
        snapshot: The generation that answers.
        text: The query as typed; any string is one.
        page: From 1.
        per_page: Hits on a page.
        sort: How the matches are ordered.
        filters: What the results are narrowed to, beside what the query says.
        exact: Search what was typed, however it is spelt.
        explain: Give every hit with what its score is made of, unless the order is another.
        editorial: Synonyms, and posts that come first for a query.
        quoted: Let passages link to their sentence (`#:~:text=`).
    """
    started = perf_counter()
    if sort == "relevance" and not wanted(parse(text)):
        sort = "newest"
    path = editorial.pinned(text) if sort == "relevance" else None
    first, last = (page - 1) * per_page, page * per_page
    # Where a post is pinned, all that comes before is looked at, and one more, as it may be anywhere.
    offset, limit = (0, last + 1) if path else (first, per_page)

    def find(text: str) -> Found:
        query = expand(parse(text), snapshot, editorial.synonyms)
        return _find(snapshot, query, filters=filters, sort=sort, offset=offset, limit=limit)

    answer = Answer(find(text)) if exact else _forgiving(snapshot, text, find)
    pin = _pin(snapshot, path, answer.correction or text, filters) if path else None
    hits = _hits(answer.found.matches, pin, explained=explain and sort == "relevance", quoted=quoted)
    return Results(
        query=text,
        total=max(answer.found.total, len(hits)) if pin else answer.found.total,
        complete=answer.found.complete,
        page=page,
        per_page=per_page,
        took_ms=round((perf_counter() - started) * 1000, 3),
        generation=snapshot.generation,
        relaxed=answer.found.total > 0 and not answer.found.complete,
        correction=answer.correction,
        did_you_mean=answer.did_you_mean,
        hits=hits[first - offset : last - offset],
        facets=answer.found.facets,
    )


class Answer(NamedTuple):
    """What was found: by what was typed or by a correction of it."""

    found: Found
    correction: str | None = None
    did_you_mean: str | None = None


def _forgiving(snapshot: Snapshot, text: str, find: Callable[[str], Found]) -> Answer:
    """Find what was typed; only where no post has all of it, what may have been meant."""
    found = find(text)
    if found.complete >= FEW:
        return Answer(found)
    spelling = Spelling(snapshot, text)
    better = spelling.right() if not found.complete else None
    again = find(better) if better else None
    if again and again.total:
        return Answer(again, correction=better)
    return Answer(found, did_you_mean=spelling.right(rare=True))


def _find(
    snapshot: Snapshot, query: Node, *, filters: tuple[Filter, ...], sort: Sort, offset: int, limit: int
) -> Found:
    """Find the posts with all words and, where these are few or none, those with some."""
    query = with_forms(query)
    wider = relax(query)
    asked = _narrowed(query, filters), _narrowed(wider, filters) if wider else None
    return snapshot.find(asked[0], wider=asked[1], sort=sort, offset=offset, limit=limit)


def _narrowed(query: Node, filters: tuple[Filter, ...]) -> Node:
    """Narrow a query to posts that have all of the tags that were chosen; of years, and of languages, any is enough."""
    wanted: list[Node] = [choice for choice in filters if choice.name not in SINGLE]
    chosen = (tuple(choice for choice in filters if choice.name == name) for name in SINGLE)
    wanted += [Or(any_of) for any_of in chosen if any_of]
    return And((query, *wanted)) if wanted else query


def _pin(snapshot: Snapshot, path: str, text: str, filters: tuple[Filter, ...]) -> Match | None:
    """Give a post that the filters let through, with where it has the query's words, if it has them."""
    own = (*filters, Filter("path", path))
    found = _find(snapshot, parse(text), filters=own, sort="relevance", offset=0, limit=1)
    found = found if found.total else snapshot.find(_narrowed(Everything(), own), limit=1)
    return next(iter(found.matches), None)


def _hits(matches: Sequence[Match], pin: Match | None, *, explained: bool, quoted: bool) -> tuple[Hit, ...]:
    """Give the matches as they are listed: the pinned one first, and nowhere else."""
    hits = tuple(_hit(match, explained=explained, quoted=quoted) for match in matches)
    if pin is None:
        return hits
    first = msgspec.structs.replace(_hit(pin, explained=explained, quoted=quoted), pinned=True)
    return (first, *(hit for hit in hits if hit.path != first.path))


def _hit(match: Match, *, explained: bool, quoted: bool) -> Hit:
    article, spans = match.article, match.spans
    best = passage(article, spans, match.cut, match.once if quoted else None)
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
        passage=best,
        further=further(article, spans, best),
        length=article.sections[-1].end,
        explanation=match.explanation if explained else None,
    )


def words_in(snapshot: Snapshot, text: str, path: str, editorial: Editorial = NOTHING_SAID) -> tuple[str, ...]:
    """Give what in one post's text a query finds, each spelling once; some of its words where the post has not all."""
    query = expand(parse(text), snapshot, editorial.synonyms)
    found = _find(snapshot, query, filters=(Filter("path", path),), sort="relevance", offset=0, limit=1)
    spans = [(match, zip(match.spans.starts, match.spans.ends, strict=True)) for match in found.matches]
    return tuple(dict.fromkeys(match.cut(start, end) for match, places in spans for start, end in places))


def ways_on(snapshot: Snapshot, text: str) -> tuple[str, ...]:
    """Give queries that find something, for one that finds nothing: its words alone, then its words respelt."""
    words = " ".join(word for leaf in wanted(parse(text)) for word in analysis.terms(leaf.text))
    tries = dict.fromkeys((words, Spelling(snapshot, words).right() or ""))
    return tuple(t for t in tries if t and t != text.strip().casefold() and _find_any(snapshot, t))


def _find_any(snapshot: Snapshot, text: str) -> bool:
    return _find(snapshot, parse(text), filters=(), sort="relevance", offset=0, limit=1).total > 0
