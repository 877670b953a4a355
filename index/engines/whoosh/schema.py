"""Whoosh's schema of a post.

Only Whoosh's own types appear in the schema. `index.analysis` makes the terms; the analyzers named here never run.
"""

from whoosh import fields
from whoosh.analysis import IDAnalyzer

from ...segment.columns import UNDATED
from ...segment.fields import FIELDS


def schema() -> fields.Schema:
    """Return the schema: fields of text with positions, fields for filters, and stored fields."""
    return fields.Schema(
        path=fields.ID(unique=True),
        when=fields.NUMERIC(int, bits=64, sortable=True, default=UNDATED, shift_step=0),
        article=fields.STORED(),
        text=fields.STORED(),
        **{name: fields.TEXT(analyzer=IDAnalyzer()) for name in FIELDS},
        **{name: fields.ID() for name in ("slug", "alias", "tag", "author", "language", "year")},
    )
