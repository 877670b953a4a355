"""An article's HTML made fit to show: code highlighted, headings linkable, and sanitized last of all.

What a post contains is hostile until the last step, which sees everything that the others made.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Protocol

import nh3
from bs4 import BeautifulSoup, Tag
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

# Lexers are regular expressions: what is longer than any listing is shown without colours.
MAX_HIGHLIGHTED = 50_000

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# What the library holds safe, without the landmarks and maps, which are the page's own.
TAGS = nh3.ALLOWED_TAGS - {"area", "footer", "header", "map", "nav"} | {"section", "tfoot"}
_ID = {"id"}
ATTRIBUTES = {
    **dict.fromkeys((*HEADINGS, "li", "sup", "dt"), _ID),
    "a": {"href", "title", "id", "class", "aria-label"},
    "abbr": {"title"},
    "code": {"class"},
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
SCHEMES = {"http", "https", "mailto"}
_CLASSES = {
    "a": re.compile(r"permalink|footnote-(?:back)?ref"),
    "div": re.compile("footnote"),
    "code": re.compile(r"language-[\w+#.-]{1,40}"),
    "span": re.compile(r"[a-z][a-z0-9]{0,2}"),  # pygments' short names
}
_NONE = re.compile("(?!)")
_ALIGNMENT = re.compile("text-align: (left|right|center);")
_FORMATTER = HtmlFormatter[str](nowrap=True)


class Leads(Protocol):
    """Says where the addresses in a post lead; None is nowhere."""

    def link(self, address: str) -> str | None:
        """Give where a link leads."""

    def picture(self, address: str) -> str | None:
        """Give where a picture is."""


def render(html: str, leads: Leads) -> Markup:
    """Make a post's HTML safe and readable.

    Args:
        html: As the post has it, unsanitized.
        leads: Where the addresses in it lead.
    """
    soup = BeautifulSoup(html, "html.parser")
    _lower_headings(soup)
    for link in soup.find_all("a", href=True):
        _lead(link, leads)
    for code in soup.select("pre > code"):
        _highlight(code)
    for heading in soup.find_all(HEADINGS):
        _permalink(soup, heading)
    for cell in soup.find_all(("td", "th")):
        _align(cell)
    for picture in soup.find_all("img"):
        _show(picture, leads)
    return Markup(_cleaner().clean(str(soup)))  # noqa: S704 - sanitized right here


def _lead(link: Tag, leads: Leads) -> None:
    """Make a link lead to its page here; one that leads nowhere is text."""
    address = leads.link(str(link["href"]))
    if address is None:
        link.unwrap()
    else:
        link["href"] = address


def _show(picture: Tag, leads: Leads) -> None:
    """Make a picture load when it is scrolled to, from where it is; of one that is nowhere, its description is left."""
    address = leads.picture(str(picture.get("src", "")))
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


def _lower_headings(soup: BeautifulSoup) -> None:
    """The page's only first heading is the title: where the body has others, all of its headings go one down."""
    if soup.find("h1"):
        for heading in soup.find_all(HEADINGS):
            heading.name = f"h{min(6, int(heading.name[1]) + 1)}"


def _permalink(soup: BeautifulSoup, heading: Tag) -> None:
    """Make a heading a link to itself; one that has a link already gets a link beside it, by the heading's name."""
    anchor = heading.get("id")
    if not anchor:
        return
    link = soup.new_tag("a", href=f"#{anchor}", attrs={"class": "permalink"})
    if heading.find("a"):
        link["aria-label"] = " ".join(heading.get_text().split())
    else:
        link.extend(list(heading.contents))
    heading.append(link)


def _highlight(code: Tag) -> None:
    if isinstance(code.parent, Tag):
        code.parent["tabindex"] = "0"  # What scrolls has to be reachable without a mouse.
    text = code.get_text()
    lexer = next((lexer for name in _languages(code) if (lexer := _lexer(name))), None)
    if lexer is None or len(text) > MAX_HIGHLIGHTED:
        return
    coloured = BeautifulSoup(f"<pre>{highlight(text, lexer, _FORMATTER)}</pre>", "html.parser").contents[0]
    # Some lexers lose or normalise characters; code is shown to the letter.
    if isinstance(coloured, Tag) and coloured.get_text().rstrip("\n") == text.rstrip("\n"):
        code.clear()
        code.extend(list(coloured.contents))


def _languages(code: Tag) -> Iterator[str]:
    for name in code.get_attribute_list("class"):
        if name and name.startswith("language-"):
            yield name.removeprefix("language-")


def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_keep,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    )


def _keep(tag: str, name: str, value: str) -> str | None:
    """Decide on the attributes whose values count; the others are settled by their names."""
    if name == "class":
        allowed = _CLASSES.get(tag, _NONE)  # Of a tag that will go, the library asks all the same.
        kept = [word for word in value.split() if allowed.fullmatch(word)]
        return " ".join(kept) or None
    if name == "tabindex":
        return value if value == "0" else None
    if name == "src":
        return None if value.lower().startswith("mailto:") else value
    return value
