"""What Whoosh is told of a post.

Only Whoosh's own types appear in the schema. Terms are made by `index.analysis`; the analyzers named here never run.
"""

from datetime import UTC, date, datetime, timedelta

from whoosh import fields
from whoosh.analysis import IDAnalyzer

from index.analysis import terms
from index.engines.whoosh.tokens import FIELDS
from index.model import Post

# The zero of the date column. Dates before it sort and filter as the numbers below zero that they are.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNDATED = -(2**62)


def schema() -> fields.Schema:
    """Give the schema of the index: text fields with positions, fields for filters, and what is stored."""
    return fields.Schema(
        path=fields.ID(unique=True),
        when=fields.NUMERIC(int, bits=64, sortable=True, default=UNDATED, shift_step=0),
        article=fields.STORED(),
        text=fields.STORED(),
        **{name: fields.TEXT(analyzer=IDAnalyzer()) for name in FIELDS},
        **{name: fields.ID() for name in ("slug", "tag", "author", "language", "year")},
    )


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


def seconds(when: datetime | date | None) -> int:
    """Give a date as whole seconds since 1970; UNDATED for None, midnight UTC for a day."""
    if when is None:
        return UNDATED
    if not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day, tzinfo=UTC)
    return (when - EPOCH) // timedelta(seconds=1)
