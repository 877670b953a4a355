"""Tell which pages of a built site are no articles: redirects, lists of posts, searches, errors.

A page that says that it is an article is one; else its address gives a hint, and what is on it decides. Where in doubt,
it is an article.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from ...model import HTML_SUFFIXES, Source
from ..addresses.slugs import page_address
from ..extraction.page_rules import LIST_CLASSES, is_left_out
from ..extraction.pagefind import BODY, IGNORE
from ..extraction.tags import UNREAD_TAGS, is_unseen
from .main_content import MainContent
from .page_head import PageHead

LIST_NAMES = frozenset(("tags", "tag", "categories", "category", "archives", "archive", "authors", "author", "drafts"))
"""Names of pages that generators make of many posts, and of the folders that they are in."""
TERM_INDEXES = frozenset(
    (
        *("genindex", "py-modindex"),
        *("index-all", "allclasses-index", "allpackages-index", "overview-tree", "package-tree"),
    )
)
"""Indexes of terms: Sphinx's; Javadoc's, with its trees of classes."""
THEME_FOLDER = "_static"
"""Sphinx's folder of what pages load."""
SEARCH_NAMES = frozenset(("search",))
ERROR_NAMES = frozenset(("404", "500", "50x", "offline"))
DRAFT_FOLDER = "drafts"
"""Where Pelican writes the pages of drafts."""

MIN_LINKS = 3
"""Links to other pages that make a list, where the address is no list's."""
LIST_SHARE = 0.5
"""The share of a page's text that is links to other pages of the site, above which it is a list."""
LISTED_SHARE = 0.15
"""The same where the address is a list's."""
MAX_SEARCH_LENGTH = 300
"""Characters of a page that has nothing but a search."""
MIN_LINKED_TITLE = 0.8
"""The share of a heading that is a link to another page, where it is the title of an entry."""
MAX_EMPTY_LENGTH = 100
"""Characters of a list without entries."""
POST_FOLDERS = frozenset(("blog", "posts", "post", "articles", "news", "notes", "writing", "journal"))
"""Usual names of the page of all posts."""
MAX_INTRODUCTION = 200
"""Characters of the text above the one entry of a list."""

_HEADINGS = frozenset(("h1", "h2", "h3", "h4"))
_CODE_TAGS = frozenset(("code", "pre"))
_MEDIA_TAGS = ("img", "picture", "video", "audio", "iframe", "object", "canvas", "svg", "math")
_PAGE_NUMBER = re.compile(r"(?:^|/)(?:page[-/]?\d+|index\d+)\Z")


def no_article(source: Source, root: Element, main: MainContent[Element], head: PageHead) -> str:
    """Return what a page is that is no article, as "a list of pages"; "" for an article."""
    address = page_address(source.path)
    if head.refresh and not _leads_to_itself(head.refresh, address):
        return f"a redirect to {head.refresh}"
    if main.is_ignored:
        return f"a page whose body has {IGNORE}"
    if source.site.has_bodies and not main.has_body:
        return f"a page without {BODY}, which others have"
    if source.is_unlisted and not head.is_article and "date" not in head.values():
        return "a page that the sitemap does not list"
    *folders, name = address.lower().split("/")
    return _kind_by_folder(folders, name) or _kind_by_text(address, root, main, head)


def _kind_by_folder(folders: list[str], name: str) -> str:
    """Return what a page is by where generators put no article."""
    if name in ERROR_NAMES and not folders:
        return "an error page"
    if DRAFT_FOLDER in folders:
        return "in a folder of drafts"
    if name in TERM_INDEXES:
        return "an index of terms"
    return "a file of the theme" if THEME_FOLDER in folders else ""


def _kind_by_text(address: str, root: Element, main: MainContent[Element], head: PageHead) -> str:
    """Return what a page is by how much of it leads elsewhere."""
    names = address.lower().split("/")
    is_listed = not LIST_NAMES.isdisjoint(names) or bool(_PAGE_NUMBER.search(address))
    if head.is_article and not is_listed and names[-1] not in SEARCH_NAMES:
        return ""
    survey = _survey(address, root, main, head, is_listed=is_listed)
    kind = _kind_without_text(names[-1], survey)
    if kind and (survey.is_mostly_links or "date" not in head.values()):
        return kind
    if head.is_article:
        is_list = is_listed and survey.is_mostly_links
    else:
        is_list = survey.is_list(is_listed=is_listed) or _has_entries(main, survey)
    return "a list of pages" if is_list else ""


def _survey(
    address: str, root: Element, main: MainContent[Element], head: PageHead, *, is_listed: bool
) -> "PageSurvey":
    """Survey the article of a page that may be one, or what has the entries of a list."""
    survey = PageSurvey(address, head.hosts)
    own = None if is_listed else _own_article(main, survey)
    # The entries of a list stand around what is marked in one of them.
    nodes = [own] if own is not None else main.parts[-1:] if is_listed else main.nodes
    for node in nodes or [root]:
        survey.visit(node)
    return survey


def _kind_without_text(name: str, survey: "PageSurvey") -> str:
    if name in SEARCH_NAMES and survey.length <= MAX_SEARCH_LENGTH:
        return "a search page"
    if name in LIST_NAMES and survey.length <= MAX_EMPTY_LENGTH:
        return "a list of pages"
    is_bare_front = survey.address == "index" and survey.length == survey.titles
    return "a page without a text" if is_bare_front or survey.has_title_alone else ""


@dataclass(slots=True)
class PageSurvey:
    """How much of an article's text is links to other pages of its site.

    Attributes:
        address: The page's own, below the site's.
        hosts: The site's own hosts.
        length: Characters of the text.
        titles: Those of them that are in headings.
        linked: Those of them that are links to other pages.
        targets: Where they lead.
        headings: The number of headings.
        linked_headings: The targets of the headings that are nothing but such links.
        has_linked_title: Whether the first of them is one.
        labels: The targets of such links that have a label and no text, which lie over a whole entry.
        listed: Characters of the text in what is marked as a list of posts.
        introduction: Characters above the first heading that is such a link.
        visited: The elements that were surveyed.
    """

    address: str
    hosts: frozenset[str]
    length: int = 0
    titles: int = 0
    linked: int = 0
    targets: set[str] = field(default_factory=set)
    headings: int = 0
    linked_headings: set[str] = field(default_factory=set)
    has_linked_title: bool = False
    labels: set[str] = field(default_factory=set)
    listed: int = 0
    introduction: int = 0
    visited: list[Element] = field(default_factory=list)

    def visit(self, node: Element) -> None:
        """Count what is in an element."""
        self.visited.append(node)
        self._visit(node, "", is_heading=False)

    def is_list(self, *, is_listed: bool) -> bool:
        """Check whether the page is a list, of which its address may be a sign."""
        entries = len(self.linked_headings)
        if is_listed and (self.linked > LISTED_SHARE * self.length or entries or self.labels or self.listed):
            return True
        is_front = self.address == "index" or self._is_of_posts
        is_marked = self.listed > (0 if is_front else LIST_SHARE * self.length) and bool(self.targets)
        if entries > 1 and entries * 2 >= self.headings:
            return True
        return is_marked or self.is_mostly_links or self._has_one_entry

    @property
    def _has_one_entry(self) -> bool:
        """Whether the page is a list with a single entry so far, which is below it."""
        leads_to = self.targets | self.labels
        if len(leads_to) != 1 or not all(map(self._is_below, leads_to)):
            return False
        if self.linked_headings:
            return self.headings <= 2 and self.introduction <= MAX_INTRODUCTION
        return self._is_of_posts and (bool(self.labels) or self.linked > LISTED_SHARE * self.length)

    @property
    def has_title_alone(self) -> bool:
        """Whether the article has a heading, and neither a text nor anything else that is seen."""
        has_media = any(next(node.iter(tag), None) is not None for node in self.visited for tag in _MEDIA_TAGS)
        return self.headings == 1 and self.length == self.titles and not has_media

    @property
    def _is_of_posts(self) -> bool:
        """Whether the page has the address of the page of all posts."""
        return self.address.rpartition("/")[2].lower() in POST_FOLDERS

    def _is_below(self, target: str) -> bool:
        """Check whether a path is below that of the page, as far as it can be told without the site's address."""
        folder = "" if self.address == "index" else f"/{self.address}/"
        return folder in target if target.startswith("/") else not target.startswith("..")

    def page_target(self, link: Element) -> str:
        """Return the path of a link to another page of the site, "" for any other link."""
        try:
            parts = urlsplit(link.get("href", ""))
        except ValueError:
            return ""
        if parts.scheme not in ("", "http", "https") or (parts.netloc and parts.netloc.lower() not in self.hosts):
            return ""
        name = parts.path.rpartition("/")[2].lower()
        is_page = "." not in name or name.endswith(HTML_SUFFIXES)
        return parts.path if is_page and parts.path not in ("", ".", "./") and not self._is_own(parts.path) else ""

    def _is_own(self, target: str) -> bool:
        """Check whether a path is that of the page itself, as far as it can be told without the site's address."""
        there = target.strip("./").removesuffix("index.html").removesuffix(".html").strip("/")
        return bool(there) and (f"/{there}".endswith(f"/{self.address}") or f"/{self.address}".endswith(f"/{there}"))

    @property
    def is_mostly_links(self) -> bool:
        """Whether most of the text leads to other pages, and to several."""
        is_linked = self.linked > LIST_SHARE * self.length and len(self.targets) >= MIN_LINKS
        return is_linked or len(self.labels) >= MIN_LINKS

    def _visit(self, node: Element, target: str, *, is_heading: bool) -> None:
        if node.text:
            self._count(node.text, target, is_heading=is_heading)
        for child in node:
            tag, attributes = child.tag, child.attrib
            if tag in UNREAD_TAGS or is_left_out(tag, attributes, node.tag) or (attributes and is_unseen(attributes)):
                pass
            elif tag in _HEADINGS and not is_heading:
                self._visit_heading(child, target)
            elif attributes or len(child):
                self._visit_child(child, target, is_heading=is_heading)
            elif child.text:
                self._count(child.text, "" if tag in _CODE_TAGS else target, is_heading=is_heading)
            if child.tail:
                self._count(child.tail, target, is_heading=is_heading)

    def _visit_child(self, child: Element, target: str, *, is_heading: bool) -> None:
        attributes, before = child.attrib, self.length
        inner = self.page_target(child) if child.tag == "a" else ""
        if inner and "aria-label" in attributes and not len(child) and not child.text:
            self.labels.add(inner)
        # The names in a signature lead to what they stand for, and a reference is no list.
        target = "" if child.tag in _CODE_TAGS else inner or target
        self._visit(child, target, is_heading=is_heading)
        if "class" in attributes and not LIST_CLASSES.isdisjoint(attributes["class"].split()):
            self.listed += self.length - before

    def _visit_heading(self, child: Element, target: str) -> None:
        length, linked = self.length, self.linked
        self.headings += 1
        self._visit(child, target, is_heading=True)
        links = (self.page_target(link) for link in child.iter("a"))
        leads_to = target or next(filter(None, links), "")
        if leads_to and self.linked - linked > MIN_LINKED_TITLE * (self.length - length):
            self.introduction = self.introduction if self.linked_headings else length
            self.linked_headings.add(leads_to)
            self.has_linked_title = self.has_linked_title or self.headings == 1

    def _count(self, text: str, target: str, *, is_heading: bool) -> None:
        length = len(text.strip())
        self.length += length
        self.titles += length if is_heading else 0
        if target and length:
            self.linked += length
            self.targets.add(target)


def _leads_to_itself(target: str, address: str) -> bool:
    """Check whether a page is only loaded again."""
    try:
        there = urlsplit(target).path.strip("/")
    except ValueError:
        return True
    return there.removesuffix("/index.html").removesuffix(".html") == address


def _own_article(main: MainContent[Element], survey: "PageSurvey") -> Element | None:
    """Return the one article with a title of the first level that leads nowhere: the others are beside it."""
    titled = [(node, node.find(".//h1")) for node in main.articles]
    own = [
        node
        for node, title in titled
        if title is not None and not any(survey.page_target(link) for link in title.iter("a"))
    ]
    return own[0] if len(own) == 1 else None


def _has_entries(main: MainContent[Element], survey: PageSurvey) -> bool:
    """Check whether a page has several articles with links to their pages, and none that is the page's own."""
    if len(main.articles) < 2 or any(node in main.nodes or node in main.parts for node in main.articles):
        return len(main.articles) > 1 and survey.has_linked_title
    if _own_article(main, survey) is not None:
        return False
    entries = [node for node in main.articles if any(survey.page_target(link) for link in node.iter("a"))]
    return len(entries) > 1
