"""One post as the rules see it: what the reader reads, and the links, pictures and ids it meets on the way.

Nothing is parsed twice. The reader's own events are listened to; where in the file something stands is looked up
in its text, in the order in which it was met. What is not written there as it was read, as an address made by a
template, has no line, and no rule speaks of it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from ...lazy import lazy
from ...model import Post, Source
from ...posts.addresses.headings import HeadingIdMaker
from ...posts.extraction.extract import Extractor
from ...posts.extraction.page_rules import Attributes
from ...posts.front_matter.frontmatter import FrontMatter
from ...posts.page_matching import BuiltPages
from ...posts.reader import read_with
from ...settings import Settings

_HAS_TEMPLATE = re.compile(r"\{\{|\{%")
_WRITTEN_ID = re.compile(r"\b(?:id|name)\s*=\s*(?:\"([^\"]+)\"|'([^']+)'|([^\s\"'>]+))", re.IGNORECASE)
_BEFORE, _BEHIND = frozenset("(<\"'=# \t\n"), frozenset(("", *")>}\"' \t\n"))
"""What stands around an address or an id that is written as a whole."""
_GAPS, _NO_ID = re.compile(r"[\s_]"), re.compile(r"[^a-z0-9-]")
_FENCE = re.compile(r"[\s>*+\-\d.)]*(`{3,}|~{3,})(.*)")

MAX_SKIPPED = 1_000
"""Lines that may be headings and are passed over for the next one; one that no line has is not looked for in all."""
CAPTIONED = "as its caption says"
"""The text of a picture that has none of its own and stands in a figure with a caption."""


@dataclass(frozen=True, slots=True)
class PageReference:
    """An address or an id in a post; `alt` is a picture's text, None where there is none.

    Attributes:
        line: Counted from 1; None where the file does not have it as it was read.
        is_markdown: A picture written as `![alt](address)`.
    """

    value: str
    line: int | None
    alt: str | None = None
    is_markdown: bool = False


@dataclass(frozen=True)
class Page:
    """One post, read for checking."""

    source: Source
    text: str
    front: FrontMatter
    post: Post
    links: tuple[PageReference, ...]
    pictures: tuple[PageReference, ...]
    ids: tuple[PageReference, ...]
    heading_ids: frozenset[str]
    built_ids: frozenset[str]

    @property
    def path(self) -> str:
        """The post's id."""
        return self.source.path

    @lazy
    def lines(self) -> list[str]:
        """The file's lines."""
        return self.text.split("\n")

    @lazy
    def body_start(self) -> int:
        """The number of lines before the body."""
        return self.text.count("\n", 0, len(self.text) - len(self.front.body))

    @lazy
    def anchors(self) -> frozenset[str]:
        """All that a link to a place in this page can name, be it in what a reader does not see."""
        if self.post.claim:
            return self.built_ids
        given = {next(filter(None, found.groups())) for found in _WRITTEN_ID.finditer(self.text)}
        written = {_goldmark_id(line) for _, line in _prose_lines(self)}
        return self.heading_ids | given | written | {met.value for met in self.ids}

    @lazy
    def is_open(self) -> bool:
        """Whether templates can insert text, such as headings, that is not in the file."""
        return bool(_HAS_TEMPLATE.search(self.front.body)) or self.path.lower().endswith(".mdx")

    def front_line(self, *keys: str) -> int | None:
        """Return the line of the first of some keys that the front matter has."""
        return next((self.front.lines[key] for key in keys if key in self.front.lines), None)

    @lazy
    def heading_lines(self) -> list[int | None]:
        """The line of each section's heading, None for what has none or is not found."""
        return list(_heading_lines(self))


def read_page(source: Source, settings: Settings, site: BuiltPages | None = None) -> Page:
    """Read a post and note what its rules need.

    Raises:
        PostError: It cannot be read.
    """
    ids = HeadingIdMaker(settings.conventions.heading_ids)
    recorder = _Recorder(ids)
    text, front, post = read_with(source, settings, recorder)
    post = site.judge(source, post) if site else post
    finder = _PositionFinder(text)
    return Page(
        source=source,
        text=text,
        front=front,
        post=post,
        links=tuple(PageReference(address, finder.line_of(address)) for address in recorder.links),
        pictures=tuple(
            PageReference(address, finder.line_of(address), alt, finder.is_markdown)
            for address, alt in recorder.pictures
        ),
        ids=tuple(PageReference(value, finder.line_of(value)) for value in recorder.ids),
        heading_ids=frozenset(ids.taken),
        built_ids=site.ids(post.claim) if site and post.claim else frozenset(),
    )


class _Recorder(Extractor[None]):
    """Extracts as the reader does, and records links, pictures and ids."""

    def __init__(self, ids: HeadingIdMaker) -> None:
        super().__init__(ids)
        self.links: list[str] = []
        self.pictures: list[tuple[str, str | None]] = []
        self.ids: list[str] = []
        self._figure: int | None = None
        self._is_captioned = False

    def start(self, tag: str, attributes: Attributes, node: None = None) -> bool:
        """Record an element, and open it."""
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        elif tag == "img" and attributes.get("src"):
            self.pictures.append((attributes["src"], "" if _is_decoration(attributes) else attributes.get("alt")))
        if attributes.get("id"):
            self.ids.append(attributes["id"])
        is_seen = super().start(tag, attributes, node)
        if is_seen and tag == "figure":
            self._figure, self._is_captioned = len(self.pictures), False
        elif is_seen and tag == "figcaption":
            self._is_captioned = True
        return is_seen

    def end(self, tag: str) -> None:
        """Close an element; a figure's caption counts as the text of its pictures."""
        super().end(tag)
        if tag == "figure" and self._figure is not None and self._is_captioned:
            self.pictures[self._figure :] = [(src, alt or CAPTIONED) for src, alt in self.pictures[self._figure :]]


class _PositionFinder:
    """Finds the lines of addresses and ids in a text, in about the order in which they are written."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._after: dict[str, int] = {}
        self._last = 0
        self.is_markdown = False

    def line_of(self, value: str) -> int | None:
        """Return the line of the next occurrence of a value that is not part of a longer one."""
        start = self._after.get(value, self._last)
        place = next(self._places(value, start), None)
        if place is None and value not in self._after:
            place = next(self._places(value, 0), None)
        if place is None:
            return None
        self._last = place
        self._after[value] = place + len(value)
        self.is_markdown = self._text[max(0, place - 3) : place].rstrip("<").endswith("](")
        return bisect_right(self._starts, place)

    def _places(self, value: str, start: int) -> Iterator[int]:
        for written in dict.fromkeys((value, escape(value))):
            place = self._text.find(written, start)
            while place >= 0:
                before, after = (
                    self._text[place - 1 : place],
                    self._text[place + len(written) : place + len(written) + 1],
                )
                if before in _BEFORE and after in _BEHIND:
                    yield place
                place = self._text.find(written, place + 1)


def _heading_lines(page: Page) -> list[int | None]:
    """Find each heading in the file: the next line outside of code that has its letters."""
    candidates = [(number, _letters(line)) for number, line in _prose_lines(page)]
    found: list[int | None] = []
    position = 0
    for section in page.post.sections:
        wanted = _letters(section.title)
        near = range(position, min(len(candidates), position + MAX_SKIPPED))
        place = next((n for n in near if wanted in candidates[n][1]), None)
        if not section.level or not wanted or place is None:
            found.append(None)
        else:
            found.append(candidates[place][0])
            position = place + 1
    return found


def _prose_lines(page: Page) -> list[tuple[int, str]]:
    """Return the lines that can be a heading of Markdown, with their numbers."""
    given: list[tuple[int, str]] = []
    fence = ""
    lines = page.lines
    for number in range(page.body_start, len(lines)):
        line = lines[number]
        opening = _FENCE.match(line)
        if fence:
            fence = "" if opening and opening[1].startswith(fence) and not opening[2].strip() else fence
        elif opening:
            fence = opening[1]
        elif line.lstrip().startswith("#") or _is_underlined(lines, number):
            given.append((number + 1, line))
    return given


def _goldmark_id(heading: str) -> str:
    """Make the id that goldmark makes of a heading's source, with the addresses of its links, as on go.dev."""
    return _NO_ID.sub("", _GAPS.sub("-", heading.strip("# ").lower()))


def _is_underlined(lines: list[str], number: int) -> bool:
    below = lines[number + 1].strip() if number + 1 < len(lines) else ""
    return bool(below) and (set(below) == {"="} or set(below) == {"-"})


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _is_decoration(attributes: Attributes) -> bool:
    """Check whether a picture is marked as decoration."""
    return attributes.get("aria-hidden") == "true" or attributes.get("role") in ("presentation", "none")
