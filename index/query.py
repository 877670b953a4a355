"""A reader's query string, parsed into our own frozen tree.

The grammar is ours and never an engine's: an engine compiles the tree. Any string is a query, and what is not grammar
is searched as text.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Everything:
    """Every post: the query of someone who browses."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as typed; analysis may make several terms of it, which then stand next to each other."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand next to each other, in this order."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a word."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """An exact, case-blind value of "tag", "author", "language" or "year"; it narrows and never scores."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Dates:
    """Posts dated from `after` (included) to `before` (excluded); undated posts never match."""

    after: date | None = None
    before: date | None = None


@dataclass(frozen=True, slots=True)
class Not:
    """Posts that do not match `node`."""

    node: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """Posts that match every one of the nodes."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Posts that match at least one of the nodes."""

    nodes: tuple["Node", ...]


Node = Everything | Word | Phrase | Prefix | Filter | Dates | Not | And | Or
