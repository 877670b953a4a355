"""One text with sections, code blocks and formulas as spans inside it.

Offsets are counted in characters of `Post.text`, from 0, the end excluded. Sections follow each other without a gap, so
that every character of the text is in exactly one of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from msgspec import Struct

from .source import Claim

FOOTNOTE_SIGN = "\u2060"
"""Stands in a post's text where its page has the sign of a footnote: no space, no letter, and never shown."""


class Section(Struct, frozen=True, gc=False, array_like=True):
    """A heading and what stands below it, up to the next heading.

    The heading's own words are in `title` and not in the text. What stands before the first heading is a section of
    level 0 without title and anchor.
    """

    title: str
    level: int
    anchor: str
    start: int
    end: int


class Code(Struct, frozen=True, gc=False, array_like=True):
    """A span of the text that is a code block, with its language ("" where none is named)."""

    start: int
    end: int
    language: str


class Formula(Struct, frozen=True, gc=False, array_like=True):
    """A span of the text that is a formula in TeX, and MathML of it, which is safe."""

    start: int
    end: int
    mathml: str


class NamePair(Struct, frozen=True, gc=False, array_like=True):
    """Two names that a post has for one thing.

    Attributes:
        kind: Where it says so: an abbreviation and its long form in brackets, its title and its main heading, or the
            text of a link and the post that it leads to.
        name: The first name.
        other: The second name; of a link, what it leads to, as it is written.
    """

    kind: Literal["abbreviation", "heading", "link"]
    name: str
    other: str


class Place(Struct, frozen=True, gc=False, kw_only=True):
    """A section of an article, with its URL."""

    section: str
    anchor: str
    url: str


class Reference(Struct, frozen=True, gc=False, kw_only=True):
    """Another article: the successor of one, or a copy of it under another address."""

    path: str
    url: str
    title: str


class Translation(Reference, frozen=True, gc=False, kw_only=True):
    """The same article in another language."""

    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article without its text: all that a list of results says of it.

    Dates are aware; a date without a zone counts as UTC. `slug` is unique within the journal and made of URL path
    segments; `url` is where results link to. `facets` has the values of the keys that the settings name, `shown` of
    those that results show; `thumbnail` is the address of a picture as the post has it. The score is multiplied by
    `boost`. `aliases` are addresses that the article had, below the site's and without suffix.
    `supersedes` and `superseded_by` name older and newer posts as the author writes them: by path, slug, address or
    title. `translated` is what it has in common with its translations alone, "" where nothing says that.
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
    shown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    thumbnail: str = ""
    author: str = ""
    summary: str = ""
    language: str = "en"
    draft: bool = False
    unlisted: bool = False
    boost: float = 1.0
    aliases: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    superseded_by: tuple[str, ...] = ()
    translated: str = ""
    name_pairs: tuple[NamePair, ...] = ()
    stamp: str = ""
    fingerprint: str = ""

    def place(self, section: Section) -> Place:
        """Return a section as a link, for results."""
        url = f"{self.url}#{section.anchor}" if section.anchor else self.url
        return Place(section=section.title, anchor=section.anchor, url=url)

    @property
    def reference(self) -> Reference:
        """Path, URL and title."""
        return Reference(path=self.path, url=self.url, title=self.title)

    @property
    def translation(self) -> Translation:
        """The same, and the language."""
        return Translation(path=self.path, url=self.url, title=self.title, language=self.language)


class PostWarning(NamedTuple):
    """What of a post could not be read, and did not keep it from being found; the line is the file's own."""

    line: int | None
    reason: str


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
    """

    text: str
    no_article: str = ""
    unbuilt: str = ""
    doubt: str = ""
    claim: Claim | None = None
    warnings: tuple[PostWarning, ...] = ()


class Holding(Struct, frozen=True, gc=False, array_like=True):
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

    def has_expired(self, now: datetime) -> bool:
        """Check whether the post has to leave the index."""
        return self.expires is not None and self.expires <= now
