"""The frozen data classes that all packages share; those with many instances are structs, which are faster.

A post is one text with sections and code blocks as spans inside it: offsets are counted in characters of
`Post.text`, from 0, the end excluded. Sections follow each other without a gap, so that every character of
the text is in exactly one of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

from msgspec import Struct

HTML_SUFFIXES = (".html", ".htm")
POST_SUFFIXES = (".md", ".markdown", ".mdx", *HTML_SUFFIXES)
"""Endings of the files that are posts, in lower case."""


class SiteTraits(Struct, frozen=True):
    """What the pages of a built site have in common.

    Attributes:
        title_start: What the `<title>` of every page begins with, as "Journal | ".
        title_end: What it ends with.
        has_bodies: Whether pages mark their articles for Pagefind, so that those without a mark are none.
        lines: Lines of text that nearly all articles have.
        feeds: When each of its feeds changed.
    """

    title_start: str = ""
    title_end: str = ""
    has_bodies: bool = False
    lines: frozenset[str] = frozenset()
    feeds: tuple[int, ...] = ()


class SiteGiven(Struct, frozen=True):
    """What the rules of a site say of one of its files.

    Attributes:
        values: Front matter that the file inherits, with its keys as front matter has them.
        unbuilt: Why the generator makes no page of it, or "".
        doubt: Which rule that was not understood may hide it, or "".
        needs_head: Whether it becomes a page only with front matter of its own.
        needs_date: Whether it becomes a page only with a date.
        path: Its path without what only tells its language, where that differs.
        prefix: What its address begins with, as "de/".
        zone: The time zone of the dates in addresses, "" for each date's own.
        hiding_keys: Keys of its front matter that hide it where they are true.
    """

    values: Mapping[str, Any] = {}
    unbuilt: str = ""
    doubt: str = ""
    needs_head: bool = False
    needs_date: bool = False
    hiding_keys: frozenset[str] = frozenset()
    path: str = ""
    prefix: str = ""
    zone: str = ""

    def __hash__(self) -> int:
        # Values may be of any kind, also of one that has no hash.
        return hash((self.unbuilt, self.doubt, self.needs_head, self.needs_date))


FOOTNOTE_SIGN = "\u2060"
"""Stands in a post's text where its page has the sign of a footnote: no space, no letter, and never shown."""


class Source(Struct, frozen=True):
    """A post's file as it lies on disk.

    Attributes:
        root: The content directory that it was found in.
        path: The post's id: relative to `root`, with `/`, suffix kept.
        stamp: Size in bytes and time of the last change in nanoseconds; equal stamps save reading the file.
        site: What the pages beside it have in common, if it is one of a built site.
        is_unlisted: Whether the site's sitemap lists the pages beside it, and not this one.
        aliases: The addresses of pages that redirect to it.
        given: What the rules of its site say of it.
        is_whole: Whether its slug is its whole path, as another post has the slug that it asks for.
    """

    root: Path
    path: str
    stamp: str
    site: SiteTraits = SiteTraits()
    is_unlisted: bool = False
    aliases: tuple[str, ...] = ()
    given: SiteGiven = SiteGiven()
    is_whole: bool = False

    @property
    def file(self) -> Path:
        """The path of the file."""
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


class Reference(Struct, frozen=True, kw_only=True):
    """Another article: the successor of one, or a copy of it under another address."""

    path: str
    url: str
    title: str


class Formula(Struct, frozen=True, array_like=True):
    """A span of the text that is a formula in TeX, and MathML of it, which is safe."""

    start: int
    end: int
    mathml: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article without its text: all that a list of results says of it.

    Dates are aware; a date without a zone counts as UTC. `slug` is unique within the journal and made of URL path
    segments; `url` is where results link to. `facets` has the values of the keys that the settings name. The score is
    multiplied by `boost`. `aliases` are addresses that the article had, below the site's and without suffix.
    `supersedes` and `superseded_by` name older and newer posts as the author writes them: by path, slug, address or
    title.
    """

    path: str
    slug: str
    url: str
    title: str
    sections: tuple[Section, ...]
    code: tuple[Code, ...] = ()
    formulas: tuple[Formula, ...] = ()
    date: datetime | None = None
    updated: datetime | None = None
    expires: datetime | None = None
    tags: tuple[str, ...] = ()
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    author: str = ""
    summary: str = ""
    language: str = "en"
    draft: bool = False
    unlisted: bool = False
    boost: float = 1.0
    aliases: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    superseded_by: tuple[str, ...] = ()
    stamp: str = ""
    fingerprint: str = ""

    def address(self, section: Section) -> str:
        """Return the URL of a section, for results."""
        return f"{self.url}#{section.anchor}" if section.anchor else self.url

    @property
    def reference(self) -> Reference:
        """Path, URL and title."""
        return Reference(path=self.path, url=self.url, title=self.title)

    @property
    def translation(self) -> "Translation":
        """The same, and the language."""
        return Translation(path=self.path, url=self.url, title=self.title, language=self.language)


class Translation(Reference, frozen=True, kw_only=True):
    """The same article in another language."""

    language: str


class Claim(Struct, frozen=True, array_like=True):
    """The built page that a source was matched with.

    Attributes:
        page: Its path below the folder of the built pages.
        likeness: How many names at the end of their addresses are the same; the larger one of two claims counts.
    """

    page: str
    likeness: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Post(Article):
    """One article with its text, as read from its file and as held by an engine.

    No engine keeps what follows the text.

    Attributes:
        no_article: What a built page is that is no article, as "a list of pages".
        unbuilt: Why the site's generator makes no page of it, as "has no page in public".
        doubt: Which rule of the site that was not understood may hide it.
        claim: The built page that it was matched with.
        warnings: What of its front matter could not be read.
        translated: What it has in common with its translations alone; "" where nothing says that.
    """

    text: str
    no_article: str = ""
    unbuilt: str = ""
    doubt: str = ""
    claim: Claim | None = None
    warnings: tuple["PostWarning", ...] = ()
    translated: str = ""


class PostWarning(NamedTuple):
    """What of a post could not be read, and did not keep it from being found; the line is the file's own."""

    line: int | None
    reason: str


class Holding(Struct, frozen=True, array_like=True):
    """The record that an engine keeps of a post, to detect changes of its file.

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
    """The spans of a query's terms in a post's text: parallel lists, ordered by start.

    Attributes:
        starts: Offset of the first character.
        ends: Offset after the last one.
        terms: Which of the query's clauses it is, from 0 in reading order; the forms of a word are one clause.
        weights: What each clause weighs; see `ranking.weight`.
        headings: What stands in the headings: the number of the section, from 0 among those with a title, and the term.
    """

    starts: list[int]
    ends: list[int]
    terms: list[int]
    weights: list[float]
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


class Explanation(Struct, frozen=True, kw_only=True):
    """A number in a score; `how` says how it follows from its parts: "sum", "product" or a formula; "" without any."""

    name: str
    value: float
    how: str = ""
    parts: "tuple[Explanation, ...]" = ()


class Hit(Struct, frozen=True, kw_only=True):
    """One article in a list of results.

    Attributes:
        passage: What answers best.
        further: Other sections that have words of the query, at most three, best first.
        length: Characters of its text.
        missing: The words of the query that it lacks, as typed, without those that only join others.
        pinned: The author put it first.
        superseded_by: Its latest successor, where one is in the index.
        also_at: Copies of it, the same text under other addresses, which matched too and are not listed.
        translations: The same article in other languages, which is not listed again.
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
    missing: tuple[str, ...] = ()
    pinned: bool = False
    superseded_by: Reference | None = None
    also_at: tuple[Reference, ...] = ()
    translations: tuple[Translation, ...] = ()
    explanation: Explanation | None = None


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
        unfinished: The last word, where no article has it as typed, and it was searched as the beginning of a word.
        operators: The operators in the query, as the help names them; they are no words that were searched.
        did_you_mean: A query that is likelier to be meant than the one that was typed and searched.
        facets: By "tag", "year", "language" and the keys that the settings name, counted over all matching articles,
            most frequent first.
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
    unfinished: str | None
    operators: tuple[str, ...]
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


class Absent(Struct, frozen=True):
    """A post that is not in the index: its path, the line that is wrong where one is, and the reason."""

    path: str
    line: int | None
    reason: str


class Health(Struct, frozen=True):
    """The health of the cluster that stores the index.

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
    """Statistics of an index. `bytes` is its size on disk."""

    generation: int
    posts: int
    sections: int
    words: int
    terms: int
    bytes: int
    languages: Mapping[str, int]
    newest: datetime | None
