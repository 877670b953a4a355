"""An article's HTML for its page: code highlighted, headings linked, and everything sanitized as the last step.

What a post contains is hostile until then.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Protocol

import nh3
import pygments
from bs4 import Tag
from bs4.element import PreformattedString
from markupsafe import Markup
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from ...index.posts.article_tree import show_formulas
from ...index.posts.extraction.formulas import MATHML_ATTRIBUTES, MATHML_TAGS

# Lexers are regular expressions: what is longer than any listing is shown without colours.
MAX_HIGHLIGHTED = 50_000

HEADING_TAGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# What the library holds safe, without the landmarks and maps, which are the page's own.
SAFE_TAGS = nh3.ALLOWED_TAGS - {"area", "footer", "header", "map", "nav"} | {"section", "tfoot"} | MATHML_TAGS
_ID_ONLY = {"id"}
SAFE_ATTRIBUTES = {
    **dict.fromkeys((*HEADING_TAGS, "li", "sup", "dt"), _ID_ONLY),
    "a": {"href", "title", "id", "class", "aria-label"},
    "abbr": {"title"},
    "code": {"class"},
    **{tag: set(MATHML_ATTRIBUTES) for tag in MATHML_TAGS},
    "details": {"open"},
    "div": {"class", "id"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "ol": {"start", "reversed"},
    "pre": {"tabindex"},
    "span": {"class", "id"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
SAFE_SCHEMES = {"http", "https", "mailto"}
_CLASSES = {
    "a": re.compile(r"permalink|footnote-(?:back)?ref"),
    "div": re.compile("footnote|listing"),
    "code": re.compile(r"language-[\w+#.-]{1,40}"),
    "span": re.compile(r"[a-z][a-z0-9]{0,2}"),  # pygments' short names
}
_NO_CLASS = re.compile("(?!)")
_ALIGNMENT = re.compile("text-align: ?(left|right|center);?")
_FORMATTER = HtmlFormatter[str](nowrap=True)


class Resolver(Protocol):
    """Resolves the addresses in a post; None stands for an address that leads nowhere."""

    def link(self, address: str) -> str | None:
        """Resolve the address of a link."""

    def picture(self, address: str) -> str | None:
        """Resolve the address of a picture."""


def sanitize(html: str) -> Markup:
    """Leave of HTML only what is safe; not within a time limit, which the library would ignore."""
    return Markup(_cleaner().clean(html))  # noqa: S704 - sanitized right here


def prepare(root: Tag, resolver: Resolver) -> str:
    """Return the HTML of an article, not sanitized yet.

    Args:
        root: The element that holds the article, unsanitized; it is changed.
        resolver: Says where the addresses in it lead.
    """
    show_formulas(root)
    lower_headings(root)
    for link in root.find_all("a", href=True):
        _resolve(link, resolver)
    for code in root.select("pre > code"):
        _highlight(code)
    for listing in root.find_all("pre"):
        # Room for the button that copies: a script that moved the code would lose the place that the browser has found.
        listing.wrap(Tag(name="div", attrs={"class": "listing"}))
    for heading in root.find_all(HEADING_TAGS):
        _permalink(heading)
    for cell in root.find_all(("td", "th")):
        _align(cell)
    for picture in root.find_all("img"):
        _show(picture, resolver)
    return root.decode_contents().strip()


def _resolve(link: Tag, resolver: Resolver) -> None:
    """Point a link at its page here; a link that leads nowhere becomes text."""
    address = resolver.link(str(link["href"]))
    if address is None:
        link.unwrap()
    else:
        link["href"] = address


def _show(picture: Tag, resolver: Resolver) -> None:
    """Load a picture lazily and from where it is; of a picture that is nowhere, only the description stays."""
    address = resolver.picture(str(picture.get("src", "")))
    picture["loading"] = "lazy"
    if address is None:
        del picture["src"]
    else:
        picture["src"] = address


def _align(cell: Tag) -> None:
    """Keep a table cell's alignment, which Markdown writes as a style."""
    found = _ALIGNMENT.fullmatch(str(cell.get("style", "")))
    if found:
        cell["align"] = found[1]


def lower_headings(root: Tag) -> None:
    """Move all headings one level down where the article has an `h1`, which on the page is the title alone."""
    if root.find("h1"):
        for heading in root.find_all(HEADING_TAGS):
            heading.name = f"h{min(6, int(heading.name[1]) + 1)}"


def _permalink(heading: Tag) -> None:
    """Make a heading a link to itself; a heading with a link in it gets an empty one beside it, named by its text."""
    anchor = heading.get("id")
    if not anchor:
        return
    link = Tag(name="a", attrs={"class": "permalink", "href": f"#{anchor}"})
    if heading.find("a"):
        link["aria-label"] = " ".join(heading.get_text().split())
    else:
        link.extend(list(heading.contents))
    heading.append(link)


def _highlight(code: Tag) -> None:
    if isinstance(code.parent, Tag):
        code.parent["tabindex"] = "0"  # What scrolls has to be reachable without a mouse.
    text = code.get_text()
    lexer = next((lexer for name in languages_of(code) if (lexer := _lexer(name))), None)
    if lexer is None or len(text) > MAX_HIGHLIGHTED:
        return
    tokens = list(lexer.get_tokens(text))
    # Some lexers lose or normalise characters; code is shown to the letter.
    if "".join(value for _, value in tokens).rstrip("\n") == text.rstrip("\n"):
        code.clear()
        code.append(_Html(pygments.format(tokens, _FORMATTER)))


class _Html(PreformattedString):
    """A piece of HTML that is written out as it is; only this module's formatter makes it."""


def languages_of(code: Tag) -> Iterator[str]:
    """Yield the languages that a code block names."""
    for name in str(code.get("class", "")).split():
        if name.startswith("language-"):
            yield name.removeprefix("language-")


def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=SAFE_TAGS,
        attributes=SAFE_ATTRIBUTES,
        attribute_filter=_keep,
        url_schemes=SAFE_SCHEMES,
        link_rel="noopener noreferrer",
        clean_content_tags={"script", "style", "annotation", "annotation-xml"},
    )


def _keep(tag: str, name: str, value: str) -> str | None:
    """Decide on the attributes whose values count; the others are settled by their names."""
    if name == "class":
        allowed = _CLASSES.get(tag, _NO_CLASS)  # Of a tag that will go, the library asks all the same.
        kept = [word for word in value.split() if allowed.fullmatch(word)]
        return " ".join(kept) or None
    if name == "tabindex":
        return value if value == "0" else None
    if name == "src":
        return None if value.lower().startswith("mailto:") else value
    return value
