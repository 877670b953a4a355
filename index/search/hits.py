"""Make hits of matches: what a page of results shows of a post."""

from collections.abc import Iterable
from functools import partial

import msgspec

from .. import analysis
from ..engines.base import Match
from ..model import Hit
from ..query.tree import And, Node, Prefix, wanted
from ..ranking import JOINING
from ..retrieval.succession import Succession
from ..retrieval.windows import window_at
from .finding import Answer
from .nearest_sentence import nearest_sentence
from .passages import passage


def hits_of(
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
    tree = expanded.formed
    searched = tree.nodes if isinstance(typed.tree, And) and isinstance(tree, And) else (tree,)
    clauses = zip(typed.clauses, searched, strict=True)
    return [(_written(typed), searched) for typed, searched in clauses if not _joins(typed)]


def _joins(clause: Node) -> bool:
    return all(term in JOINING for leaf in wanted(clause) for term in analysis.terms(leaf.text))


def _written(clause: Node) -> str:
    return " OR ".join(leaf.text + "*" * isinstance(leaf, Prefix) for leaf in wanted(clause))


def _missing(match: Match, clauses: Iterable[tuple[str, Node]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(typed for typed, searched in clauses if not match.has(searched)))


def _hit(
    match: Match, missing: tuple[str, ...], *, succession: Succession, is_code: bool, explained: bool, quoted: bool
) -> Hit:
    article, copies, translations = match.article, match.copies, match.translations
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
        passage=passage(article, match.spans, match.cut, match.is_unique if quoted else None, window=window),
        further=window.further,
        length=article.sections[-1].end,
        missing=missing,
        by_meaning=nearest is not None,
        superseded_by=successor.reference if successor else None,
        also_at=tuple([copy.reference for copy in copies]) if copies else (),
        translations=tuple([other.translation for other in translations]) if translations else (),
        shown=article.shown,
        thumbnail=article.thumbnail,
        explanation=match.explanation if explained else None,
    )
