"""Our query tree -> Whoosh's query objects, over terms that `index.analysis` made."""

from collections.abc import Callable, Iterable
from datetime import date

from whoosh import query as wq
from whoosh.query import spans

from index import analysis
from index.engines.whoosh.schema import UNDATED, WEIGHTS, seconds
from index.query import And, Dates, Everything, Filter, Node, Not, Or, Phrase, Prefix, Word

# The field that a query names -> the fields that are searched.
FIELDS: dict[str | None, tuple[str, ...]] = {None: tuple(WEIGHTS), **{name: (name,) for name in WEIGHTS}}

Expand = Callable[[str], Iterable[str]]


def compile_query(node: Node, expand: Expand) -> wq.Query:
    """Compile a tree; `expand` gives the index's terms that count as a word's."""
    match node:
        case Everything():
            return wq.Every()
        case Word(text, field):
            return _word(analysis.terms(text), field, expand)
        case Phrase(text, field):
            return _phrase(analysis.terms(text), field)
        case Prefix(text, field):
            return _prefix(analysis.terms(text), field)
        case Filter(name, value):
            values = analysis.terms(value) if name == "author" else [value.casefold()]
            return _narrowing(wq.And([wq.Term(name, part.encode()) for part in values]))
        case Dates(after, before):
            return _dates(after, before)
        case Not(inner):
            return wq.And([wq.Every(), wq.Not(compile_query(inner, expand))])
        case And(nodes):
            return wq.And([compile_query(inner, expand) for inner in nodes if not blank(inner)] or [wq.NullQuery])
        case Or(nodes):
            return wq.Or([compile_query(inner, expand) for inner in nodes])


def blank(node: Node) -> bool:
    """Tell whether a node has no term to look for, such as a lone symbol; beside others it does not count."""
    return isinstance(node, Word | Phrase | Prefix) and not analysis.terms(node.text)


def _terms(field: str | None, terms: Iterable[str]) -> wq.Query:
    return wq.Or([wq.Term(name, term.encode(), boost=WEIGHTS[name]) for name in FIELDS[field] for term in terms])


def _word(terms: list[str], field: str | None, expand: Expand) -> wq.Query:
    if len(terms) != 1:
        return _phrase(terms, field)
    return _terms(field, sorted(expand(terms[0])))


def _phrase(terms: list[str], field: str | None) -> wq.Query:
    if len(terms) < 2:
        return _terms(field, terms)
    return wq.Or([_near([wq.Term(name, term.encode()) for term in terms]) for name in FIELDS[field]])


def _near(parts: list[wq.Query]) -> wq.Query:
    return spans.SpanNear2(parts, slop=1, ordered=True)


def _prefix(terms: list[str], field: str | None) -> wq.Query:
    if not terms:
        return wq.NullQuery
    *before, last = terms
    return wq.Or(
        [
            _near([*(wq.Term(name, term.encode()) for term in before), wq.Prefix(name, last)])
            if before
            else wq.Prefix(name, last, boost=WEIGHTS[name], constantscore=False)
            for name in FIELDS[field]
        ]
    )


def _dates(after: date | None, before: date | None) -> wq.Query:
    start = seconds(after) if after else UNDATED + 1
    end = seconds(before) if before else None
    return _narrowing(wq.NumericRange("when", start, end, endexcl=True))


def _narrowing(query: wq.Query) -> wq.Query:
    return wq.ConstantScoreQuery(query, 0.0)
