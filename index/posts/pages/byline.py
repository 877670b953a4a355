"""The by-line of an article in a page: its date, tags and author in microdata, microformats and `rel`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Generic

from ..extraction.page_rules import BYLINE_CLASSES, Attributes, NodeT
from ..extraction.page_tree import PageTree

PUBLISHED_NAMES = frozenset(("datePublished", "dt-published", "published", "entry-date", "post-date"))
UPDATED_NAMES = frozenset(("dateModified", "dt-updated", "updated", "modified"))
"""Item properties and classes of the time when an article appeared, and was changed."""
UPDATED_SIGNS = ("updated", "modified")
"""Parts of the classes around a time that is not the publishing date, as in `theme-last-updated`."""
TAG_NAMES = frozenset(("tag", "p-category", "post-tag", "md-tag", "quarto-category"))
"""`rel` and classes of a link to a tag's page."""
UNLINKED_TAG_NAMES = frozenset(("p-category", "md-tag", "quarto-category"))
"""Those of them that also stand for a tag without a page."""
AUTHOR_NAMES = frozenset(
    ("author", "p-author", "fn", "author-name", "byline-name", "md-profile__description", "wp-block-post-author-name")
)
"""`rel`, item property and classes of an author's name; of a class `author` alone the text may be more than a name."""
CARD_NAMES = frozenset(("author", "vcard", "h-card"))
"""Classes of an hCard, or of an element with it: outside, `fn` is a function or a footnote (rustdoc, WordPress)."""
MAX_NAME_LENGTH = 100
"""Characters of an author's name or a tag; what is longer is text."""
MAX_TAGS = 50
"""Links in a list of tags; one with more is something else."""
MAX_LISTS = 100
"""Lists of an article that are looked at for tags; they can be nested, and each is looked through."""

_TAG_PAGE = re.compile(r"(?:^|/)tags?/[^/]+?(?:/|/index\.html|\.html)?\Z")
"""The address of a tag's page, without its fragment."""
_DATE_TEXT = re.compile(r"\d{4}-\d{2}-\d{2}")
"""What the text of a `<time>` begins with that is its date; others have it in an attribute."""
_BYLINE_TAGS = frozenset(("time", "abbr", "header", "footer", "address", "a"))
_NAME_ATTRIBUTES = frozenset(("class", "itemprop", "rel"))
_NAMELESS: tuple[frozenset[str], bool] = (frozenset(), False)
_BYLINE_NAMES = PUBLISHED_NAMES | UPDATED_NAMES | AUTHOR_NAMES | CARD_NAMES | TAG_NAMES | BYLINE_CLASSES


@dataclass(slots=True)
class Byline:
    """What a part of a page says of the article in it; "" and none for what it does not say."""

    published: str = ""
    updated: str = ""
    author: str = ""
    tags: list[str] = field(default_factory=list)


def read_byline(tree: PageTree[NodeT], parts: Iterable[NodeT]) -> Byline:
    """Read the by-line from the first part of a page that has each piece of it."""
    found = Byline()
    for part in parts:
        if found.published and found.author and found.tags:
            break
        other = _Reader(tree).read(part)
        found = Byline(
            found.published or other.published,
            found.updated or other.updated,
            found.author or other.author,
            found.tags or other.tags,
        )
    return found


def tag_lists(tree: PageTree[NodeT], part: NodeT) -> list[NodeT]:
    """Return the lists in a part of a page that hold links to tags and nothing else."""
    lists = (node for tag in ("ul", "ol") for node in islice(tree.find(part, tag), MAX_LISTS))
    return [node for node in lists if _holds_tags(tree, node)]


def _holds_tags(tree: PageTree[NodeT], node: NodeT) -> bool:
    links = list(islice(tree.find(node, "a"), MAX_TAGS + 1))
    if not 0 < len(links) <= MAX_TAGS or not all(leads_to_tag(tree.attributes(link)) for link in links):
        return False
    return "".join(map(tree.text, links)).replace(" ", "") == tree.text(node).replace(" ", "")


class _Reader(Generic[NodeT]):
    """Reads the by-line in one part of a page."""

    def __init__(self, tree: PageTree[NodeT]) -> None:
        self._tree = tree
        self._is_before_sections = True
        self._changes: set[int] = set()
        self._in_changes: set[int] = set()
        self._in_bylines: set[int] = set()
        self._footers: set[int] = set()
        self._tags: set[int] = set()
        self._cards: set[int] = set()
        self._spare = Byline()
        self.found = Byline()

    def read(self, part: NodeT) -> Byline:
        for node, tag, attributes in self._tree.elements(part):
            if tag == "h2":
                self._is_before_sections = False
            names, is_changed = _NAMELESS
            if not _NAME_ATTRIBUTES.isdisjoint(attributes):
                names, is_changed = _names(attributes.get("class"), attributes.get("itemprop"), attributes.get("rel"))
            # Most elements of a page are pieces of code with a class of their highlighter.
            if names or tag in _BYLINE_TAGS:
                self._note(node, tag, names, is_changed=is_changed)
                self._take(node, tag, attributes, names)
        found, spare = self.found, self._spare
        return Byline(found.published or spare.published, found.updated, found.author or spare.author, found.tags)

    def _note(self, node: NodeT, tag: str, names: frozenset[str], *, is_changed: bool) -> None:
        """Note what the elements within one are by standing there."""
        tree = self._tree
        if is_changed and id(node) not in self._in_changes:
            self._changes.update(map(id, tree.find(node, "time")))
            self._in_changes.update(id(inner) for inner, _, _ in tree.elements(node))
        if (tag in ("header", "footer") or names & BYLINE_CLASSES) and id(node) not in self._in_bylines:
            if tag == "footer":
                self._footers.update(map(id, tree.find(node, "time")))
            self._tags.update(id(link) for link in tree.find(node, "a") if leads_to_tag(tree.attributes(link)))
            self._in_bylines.update(id(inner) for inner, _, _ in tree.elements(node))
        if names & CARD_NAMES and id(node) not in self._cards:
            self._cards.update(id(inner) for inner, _, _ in tree.elements(node))

    def _take(self, node: NodeT, tag: str, attributes: Attributes, names: frozenset[str]) -> None:
        """Take what an element says."""
        found, spare, tree = self.found, self._spare, self._tree
        text = tree.text(node) if tag == "time" and "datetime" not in attributes else ""
        moment = _moment(tag, attributes, names) or (text if _DATE_TEXT.match(text) else "")
        if moment:
            self._take_moment(moment, names, place=id(node))
        elif (tag == "a" and (names & TAG_NAMES or id(node) in self._tags)) or names & UNLINKED_TAG_NAMES:
            found.tags += _short(tree.text(node).lstrip("#"))
        elif self._is_author(node, names) and not _is_plain_class(names, attributes):
            found.author = found.author or _short_name(attributes.get("content") or _name(tree, node))
        elif tag == "address":
            spare.author = spare.author or _short_name(tree.text(next(tree.find(node, "a"), node)))

    def _is_author(self, node: NodeT, names: frozenset[str]) -> bool:
        named = names & AUTHOR_NAMES
        return bool(named) and (named != {"fn"} or id(node) in self._cards)

    def _take_moment(self, moment: str, names: frozenset[str], *, place: int) -> None:
        found, spare = self.found, self._spare
        if place in self._changes or names & UPDATED_NAMES:
            found.updated = found.updated or moment
        elif self._is_before_sections or names & PUBLISHED_NAMES:
            found.published = found.published or moment
        elif place in self._footers:
            spare.published = spare.published or moment


@lru_cache(maxsize=4096)
def _names(*values: str | None) -> tuple[frozenset[str], bool]:
    """Return the by-line's names among an element's classes and the like, and whether one says that a page changed."""
    words = " ".join(filter(None, values))
    names = frozenset(words.split())
    is_changed = any(sign in words.lower() for sign in UPDATED_SIGNS)
    return (names if is_changed else names & _BYLINE_NAMES), is_changed


def leads_to_tag(attributes: Attributes) -> bool:
    """Check whether a link leads to a tag's page."""
    return bool(_TAG_PAGE.search(attributes.get("href", "").partition("#")[0]))


def _name(tree: PageTree[NodeT], node: NodeT) -> str:
    """Return the name in an element: what is strong in it, beside which a role may stand, or all of it."""
    return tree.text(next(tree.find(node, "strong"), node))


def _moment(tag: str, attributes: Attributes, names: frozenset[str]) -> str:
    """Return the date in an element that has one: `<time>`, an `<abbr>` of a microformat, or an item property."""
    if tag == "time":
        return attributes.get("datetime", "")
    if tag == "abbr" and names & (PUBLISHED_NAMES | UPDATED_NAMES):
        return attributes.get("title", "")
    return attributes.get("content", "") if attributes.get("itemprop") in ("datePublished", "dateModified") else ""


def _is_plain_class(names: Iterable[str], attributes: Attributes) -> bool:
    """Check whether an element is an author's by its class `author` alone."""
    others = {*attributes.get("rel", "").split(), *attributes.get("itemprop", "").split()}
    return not others & AUTHOR_NAMES and AUTHOR_NAMES.intersection(names) == {"author"}


def _short(text: str) -> list[str]:
    """Return a name in a list, or none where it is empty or a text."""
    name = text.strip()
    return [name] if name and len(name) <= MAX_NAME_LENGTH else []


def _short_name(text: str) -> str:
    return next(iter(_short(text)), "")
