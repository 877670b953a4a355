"""The nouns that cross every seam, frozen. Those that there are many of are structs, which are made and read faster.

A post is one text with sections and code blocks as spans inside it: offsets are counted in characters of
`Post.text`, from 0, the end excluded. Sections follow each other without a gap, so that every character of
the text is in exactly one of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from msgspec import Struct


class Source(Struct, frozen=True):
    """A post's file as it lies on disk.

    Attributes:
        root: The content directory that it was found in.
        path: The post's id: relative to `root`, with `/`, suffix kept.
        stamp: Size in bytes and time of the last change in nanoseconds; equal stamps save reading the file.
    """

    root: Path
    path: str
    stamp: str

    @property
    def file(self) -> Path:
        """Where the bytes are."""
        return self.root / self.path


class Section(Struct, frozen=True, array_like=True):
    """A heading and what stands below it, up to the next heading.

    The heading's own words are in `title` and not in the text. What stands before the first heading is a section of
    level 0 without title and anchor.
    """

    title: str
    level: int
    anchor: str
    start: int
    end: int


class Code(Struct, frozen=True, array_like=True):
    """A span of the text that is a code block, with its language ("" where none is named)."""

    start: int
    end: int
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article without its text: all that a list of results says of it.

    Dates are aware; a date without a zone counts as UTC. `slug` is unique within the journal and made of URL path
    segments; `url` is where results link to.
    """

    path: str
    slug: str
    url: str
    title: str
    sections: tuple[Section, ...]
    code: tuple[Code, ...] = ()
    date: datetime | None = None
    updated: datetime | None = None
    expires: datetime | None = None
    tags: tuple[str, ...] = ()
    author: str = ""
    summary: str = ""
    language: str = "en"
    draft: bool = False
    unlisted: bool = False
    stamp: str = ""
    fingerprint: str = ""

    def address(self, section: Section) -> str:
        """Give where results link to for one of the sections."""
        return f"{self.url}#{section.anchor}" if section.anchor else self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Post(Article):
    """One article with its text, as read from its file and as held by an engine."""

    text: str


class Holding(Struct, frozen=True, array_like=True):
    """What an engine holds of one post: enough to tell whether the file has changed since.

    Attributes:
        fingerprint: Hash of the file's bytes and of the settings that shaped the post.
        stamp: The file's stamp when it was read.
        slug: The address that the post takes.
        expires: When the post has to leave the index.
    """

    fingerprint: str
    stamp: str
    slug: str
    expires: datetime | None


class Spans(Struct, frozen=True):
    """Where a query's terms stand in a post's text: parallel lists, ordered by start.

    Attributes:
        starts: Offset of the first character.
        ends: Offset after the last one.
        terms: Which of the query's words, phrases and prefixes it is, from 0 in reading order.
        headings: What stands in the headings: the number of the section, from 0 among those with a title, and the term.
    """

    starts: list[int]
    ends: list[int]
    terms: list[int]
    headings: list[tuple[int, int]] = []


class Passage(Struct, frozen=True, kw_only=True):
    """The part of an article that answers: which section, and a cut of its text.

    `html` is the same cut escaped, with the matched words in `<mark>`. `code` is the language of the code block whose
    lines it shows ("" where none is named), None for prose.
    """

    section: str
    anchor: str
    url: str
    html: str
    text: str
    code: str | None = None


class Place(Struct, frozen=True, kw_only=True):
    """A section of an article that has words of the query, too."""

    section: str
    anchor: str
    url: str


class Part(Struct, frozen=True, kw_only=True):
    """A number in a score; `how` says how it follows from its parts: "sum", "product" or a formula; "" without any."""

    name: str
    value: float
    how: str = ""
    parts: "tuple[Part, ...]" = ()


class Hit(Struct, frozen=True, kw_only=True):
    """One article in a list of results.

    Attributes:
        passage: What answers best.
        further: Other sections that have words of the query, at most three, best first.
        length: Characters of its text.
        pinned: The author put it first.
        explanation: What its score is made of, where that was asked for.
    """

    path: str
    url: str
    title: str
    date: datetime | None
    updated: datetime | None
    tags: tuple[str, ...]
    author: str
    language: str
    score: float
    passage: Passage
    further: tuple[Place, ...]
    length: int
    pinned: bool = False
    explanation: Part | None = None


class Related(Struct, frozen=True, kw_only=True):
    """An article that is about the same as another one; `length` is that of its text in characters."""

    path: str
    url: str
    title: str
    date: datetime | None
    tags: tuple[str, ...]
    author: str
    language: str
    length: int
    score: float


class Facet(Struct, frozen=True):
    """A value and the number of matching articles that have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The answer to a query: the one shape of the API, the command line and the pages.

    Attributes:
        page: From 1.
        took_ms: Time from query string to results, in milliseconds.
        total: How many articles were found.
        complete: How many of them have all that was asked for; the others have some of the words and fill the list.
        relaxed: No article has all the words.
        correction: The query that was searched instead, since no article has all the words as they were typed.
        did_you_mean: A query that is likelier to be meant than the one that was typed and searched.
        facets: By "tag", "year" and "language", counted over all matching articles, most frequent first.
    """

    query: str
    total: int
    complete: int
    page: int
    per_page: int
    took_ms: float
    generation: int
    relaxed: bool
    correction: str | None
    did_you_mean: str | None
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[Facet, ...]]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line below the search box.

    Attributes:
        kind: An article, a section of one, or the query gone on with.
        title: The article's, or the completed query.
        section: The section's title where it is one.
        url: Where an article or a section is.
        query: What a completion searches.
    """

    kind: Literal["article", "section", "completion"]
    title: str
    section: str
    url: str
    query: str


class Health(Struct, frozen=True):
    """How the cluster that keeps the index is.

    Attributes:
        status: Green; yellow where copies of the index's parts are missing; red where parts are.
        nodes: How many machines there are.
        unassigned: How many parts and copies of the index are on none of them.
    """

    status: Literal["green", "yellow", "red"]
    nodes: int
    unassigned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What an index holds, in numbers. `bytes` is its size on disk."""

    generation: int
    posts: int
    sections: int
    words: int
    terms: int
    bytes: int
    languages: Mapping[str, int]
    newest: datetime | None
