"""An article as Markdown for programs: code to the letter with its language, links absolute, one piece a section.

What is written is CommonMark with tables; formulas keep their TeX. No HTML of the post is in it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from bs4 import Tag
from markdownify import MarkdownConverter

from ...index.model import Post
from ...index.posts.article_tree import parse_soup
from ...index.posts.extraction.formulas import IN_MARKS, without_marks
from .article_html import SAFE_SCHEMES, Resolver, languages_of, lower_headings
from .plain_article import text_as_html

# What would be read as Markdown: some signs wherever they stand, others where something can begin or end.
_MARKUP = re.compile(
    r"""[\\*`] | ~(?=~) | \[(?=[^]\n]*\][(:]) | <(?=[\w/!?]) | &(?=\#?\w+;) | (?<![^\W_])_ | _(?![^\W_])
    | ^[ ]*(?:> | (?:[#+=-]+|\d+[.)])(?=\s|$))""",
    re.MULTILINE | re.VERBOSE,
)
_BACKTICKS = re.compile("`{3,}")
# Characters that no text has, around the anchor of a heading: formulas and shortcodes have others.
_BEGIN, _END = "\ufdd6", "\ufdd7"
_MARKED_HEADING = re.compile(rf"^.*{_BEGIN}(?P<anchor>[^{_END}]*){_END}", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class MarkdownSection:
    """A heading with the text below it, up to the next heading; before the first one, level 0 without an anchor."""

    anchor: str
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class MarkdownArticle:
    """A post as its file has it now, and its sections in their order."""

    post: Post
    sections: tuple[MarkdownSection, ...]

    @property
    def text(self) -> str:
        """The title and all sections."""
        title = f"# {' '.join(self.post.title.split())}"
        return "\n\n".join([title, *(section.text for section in self.sections)]) + "\n"

    def section(self, anchor: str) -> str:
        """Return a section with those below it; "" if there is none with this anchor."""
        found = [number for number, section in enumerate(self.sections) if anchor and section.anchor == anchor]
        if not found:
            return ""
        first, *rest = self.sections[found[0] :]
        parts = [first.text]
        for section in rest:
            if section.level <= first.level:
                break
            parts.append(section.text)
        return "\n\n".join(parts) + "\n"


def write_markdown(root: Tag, resolver: Resolver, base: str) -> str:
    """Return an article as Markdown with marks at its headings, for `MarkdownArticle`.

    Args:
        root: The element that holds the article; it is changed.
        resolver: Says where the addresses in it lead.
        base: The article's full address, which all others are made absolute by.
    """
    lower_headings(root)
    for link in root.find_all("a", href=True):
        address = _absolute(base, resolver.link(str(link["href"])))
        if address:
            link["href"] = address
        else:
            link.unwrap()
    for picture in root.find_all("img"):
        picture["src"] = _absolute(base, resolver.picture(str(picture.get("src", ""))))
    _join_code(root)
    return _written(root)


def _join_code(root: Tag) -> None:
    """Make one of code spans that touch each other: their backticks would."""
    for code in root.find_all("code"):
        following = code.next_sibling
        while isinstance(following, Tag) and following.name == "code":
            code.extend(list(following.contents))
            following.decompose()
            following = code.next_sibling


def plain_markdown(post: Post) -> str:
    """Return an article as the index has it: headings, paragraphs and code."""
    return _written(parse_soup(text_as_html(post)))


def article_of(post: Post, marked: str) -> MarkdownArticle:
    """Cut marked Markdown into its sections."""
    return MarkdownArticle(post, tuple(_sections(marked)))


def _sections(marked: str) -> Iterator[MarkdownSection]:
    anchor, level, start = "", 0, 0
    for heading in _MARKED_HEADING.finditer(marked):
        before = marked[start : heading.start()].strip("\n")
        if before:
            yield MarkdownSection(anchor, level, _unmarked(before))
        anchor, start = heading["anchor"], heading.start()
        level = heading[0].count("#", 0, heading[0].index(_BEGIN))
    if marked[start:].strip("\n"):
        yield MarkdownSection(anchor, level, _unmarked(marked[start:].strip("\n")))


def _unmarked(text: str) -> str:
    return _MARKED_HEADING.sub(lambda found: found[0][: found[0].index(_BEGIN)], text)


def _absolute(base: str, address: str | None) -> str:
    """Return a full address as Markdown has it, without spaces and brackets; "" for one that leads nowhere safe."""
    try:
        full = urljoin(base, address) if address else ""
        if urlsplit(full).scheme not in SAFE_SCHEMES:
            return ""
    except ValueError:
        return ""
    return re.sub(r"[\s()<>]", lambda sign: f"%{ord(sign[0]):02X}", full)


def _written(root: Tag) -> str:
    converter = _Converter(heading_style="atx", bullets="-", autolinks=False)
    return without_marks(converter.convert_soup(root)).strip("\n")


class _Converter(MarkdownConverter):  # type: ignore[misc] # its types leave out what it is made for
    """Writes code to the letter, escapes no more than needed, and marks headings with their anchors."""

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """Escape what would be read as Markdown; a formula stays as it is."""
        del parent_tags
        parts, position = [], 0
        for formula in IN_MARKS.finditer(text):
            parts += [_escaped(text[position : formula.start()]), formula[0]]
            position = formula.end()
        return "".join(parts) + _escaped(text[position:])

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Write code in a fence that is longer than any within it."""
        del text, parent_tags
        code = without_marks(el.get_text()).strip("\n")
        inner = el.find("code")
        language = next(languages_of(inner), "") if isinstance(inner, Tag) else ""
        fence = "`" * max((len(run) + 1 for run in _BACKTICKS.findall(code)), default=3)
        return f"\n\n{fence}{language}\n{code}\n{fence}\n\n"

    def convert_code(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Write a code span; what a page has around blocks is none."""
        return text if "\n\n" in text else str(super().convert_code(el, text, parent_tags))

    convert_kbd = convert_samp = convert_code

    def convert_hN(self, n: int, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: N802 - its name
        """Write a heading with its anchor in marks."""
        written = super().convert_hN(n, el, text, parent_tags).strip("\n")
        return f"\n\n{written}{_BEGIN}{el.get('id', '')}{_END}\n\n" if text.strip() else ""

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Write a cell, in which a bar would begin the next one."""
        return str(super().convert_td(el, text.replace("|", r"\|"), parent_tags))

    convert_th = convert_td

    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """End the line; in a cell or heading, which have one, with a space."""
        del el, text
        return " " if "_inline" in parent_tags else "\n"

    def convert_math(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Write a formula that a page has as MathML in TeX, if that is in it."""
        del parent_tags
        source = el.find("annotation", encoding="application/x-tex")
        return f"${source.get_text().strip()}$" if source else text

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Write a picture; of one that is nowhere, only the description stays."""
        if not el.get("src"):
            return self.escape(str(el.get("alt", "")), parent_tags)
        return str(super().convert_img(el, text, parent_tags))


def _escaped(text: str) -> str:
    return _MARKUP.sub(lambda sign: f"{sign[0][:-1]}\\{sign[0][-1]}", text)
