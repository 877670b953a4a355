"""What Whoosh keeps of a post.

Only Whoosh's own types appear in the schema, so that Whoosh alone can read the index. Terms are made by
`index.analysis` and handed over finished; the analyzers named here never run.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import itemgetter

import msgspec
from whoosh import columns, fields
from whoosh.analysis import IDAnalyzer

from index.analysis import Token, terms, tokenize
from index.model import Holding, Post

# Every field a word is looked for in, with the weight of a match there. Read the Docs gives titles 1.5 and headings
# 2 times the weight of text, Pagefind 5 and up to 7; to be chosen by measurement.
WEIGHTS = {"title": 4.0, "headings": 2.0, "summary": 2.0, "tags": 3.0, "prose": 1.0, "code": 0.7}

# The zero of the date column. Dates before it sort and filter as the numbers below zero that they are.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNDATED = -(2**62)


class Card(msgspec.Struct, frozen=True, array_like=True):
    """The small part of a post that is read for every matching post, or for all of them."""

    path: str
    holding: Holding
    year: str
    tags: tuple[str, ...]
    sections: int
    words: int
    language: str
    date: datetime | None


def schema() -> fields.Schema:
    """Give the schema of the index."""
    text = {name: fields.TEXT(analyzer=IDAnalyzer()) for name in WEIGHTS}
    names = {name: fields.ID() for name in ("slug", "tag", "author", "language", "year")}
    return fields.Schema(
        path=fields.ID(unique=True),
        when=fields.NUMERIC(int, bits=64, sortable=True, default=UNDATED),
        card=fields.COLUMN(columns.VarBytesColumn()),
        post=fields.STORED(),
        **text,
        **names,
    )


def seconds(when: datetime | date | None) -> int:
    """Give a date as whole seconds since 1970, by its own clock; UNDATED for None."""
    if when is None:
        return UNDATED
    if not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day, tzinfo=UTC)
    return (when - EPOCH) // timedelta(seconds=1)


def card(post: Post, words: int) -> Card:
    """Give the card of a post with this many words of text."""
    return Card(
        path=post.path,
        holding=Holding(post.fingerprint, post.stamp, post.slug, post.expires),
        year=str(post.date.year) if post.date else "",
        tags=post.tags,
        sections=len(post.sections),
        words=words,
        language=post.language,
        date=post.date,
    )


def field_terms(post: Post) -> dict[str, list[tuple[str, int]]]:
    """Give every text field's terms with their positions, in order.

    Prose and code share the positions of the one text they stand in. A position is left free between sections, so
    that no phrase reaches from one into the next.
    """
    found = {
        "title": _numbered(tokenize(post.title)),
        "headings": _numbered_parts([section.title for section in post.sections]),
        "summary": _numbered(tokenize(post.summary)),
        "tags": _numbered_parts(list(post.tags)),
        "prose": [],
        "code": [],
    }
    for position, token, kind in body_tokens(post):
        found[kind].append((token.term, position))
    return found


def body_tokens(post: Post) -> list[tuple[int, Token, str]]:
    """Give the tokens of a post's text with their positions and the field, "prose" or "code", that they are in."""
    ends = [section.end for section in post.sections]
    spans = [(code.start, code.end) for code in post.code]
    found = []
    section = block = 0
    for number, token in enumerate(tokenize(post.text)):
        while section < len(ends) and token.start >= ends[section]:
            section += 1
        while block < len(spans) and token.start >= spans[block][1]:
            block += 1
        in_code = block < len(spans) and token.start >= spans[block][0]
        found.append((number + section, token, "code" if in_code else "prose"))
    return found


def _numbered(tokens: list[Token], start: int = 0) -> list[tuple[str, int]]:
    return [(token.term, start + i) for i, token in enumerate(tokens)]


def _numbered_parts(parts: list[str]) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    start = 0
    for part in parts:
        numbered = _numbered(tokenize(part), start)
        found += numbered
        start += len(numbered) + 1
    return found


def exact_terms(post: Post) -> dict[str, list[str]]:
    """Give the values that filters look for: whole ones, but an author by each part of the name."""
    return {
        "path": [post.path],
        "slug": [post.slug],
        "tag": [tag.casefold() for tag in post.tags],
        "author": terms(post.author),
        "language": [post.language.casefold()],
        "year": [str(post.date.year)] if post.date else [],
    }


def grouped(numbered: list[tuple[str, int]]) -> list[tuple[str, list[int]]]:
    """Group positions by term."""
    return [(term, [p for _, p in group]) for term, group in groupby(sorted(numbered), key=itemgetter(0))]
