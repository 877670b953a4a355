"""The metadata that an HTML page has in its own head, as the values of front matter."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from ...model import SiteTraits
from ..extraction.page_rules import SITE_NAME_CLASSES, TITLE_CLASSES, Attributes, NodeT, has_class
from ..extraction.page_tree import PageTree
from ..extraction.pagefind import PagefindValues, pagefind_values
from ..extraction.tags import PERMALINK_SIGNS
from ..front_matter.dates import parse_date
from ..front_matter.frontmatter import normal_key
from ..front_matter.metadata import DATE_KEYS, EXPIRES_KEYS, SUMMARY_KEYS, UPDATED_KEYS
from .byline import Byline, read_byline
from .linked_data import JSON_LD_TYPE, LinkedArticle, linked_article
from .main_content import MainContent

_META = {
    "date": ("article:published_time", "datepublished", "date", "dcterms.created", "dcterms.date", "dc.date"),
    "updated": ("article:modified_time", "datemodified", "last-modified", "dcterms.modified"),
    "author": ("author", "article:author"),
    "summary": ("description", "og:description", "twitter:description"),
}
_IS_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_REFRESH = re.compile(r"\s*[\d.]+\s*[;,]\s*(?:url\s*=\s*)?[\"']?([^\"']+)", re.IGNORECASE)
_HOME = re.compile(r"https?://[^/]+/?|/|(?:\.\./)*(?:index\.html)?|\.\.")
"""Addresses of a site's home, as far as they show it."""
_PERMALINK_SIGN = rf"[\s\u200b\ufeff\ue000-\uf8ff{''.join(PERMALINK_SIGNS)}]"
_TITLE_SEPARATORS = " \t|-–—·•:»«<>/~"
_SIGNS = re.compile(rf"(?<!{_PERMALINK_SIGN}){_PERMALINK_SIGN}++\Z")
"""What a permalink adds to the end of a heading."""
_OWN_LINKS = frozenset(("canonical", "alternate", "home", "next", "prev"))
NO_SITE = SiteTraits()
_ADDRESS_HOST = re.compile(r"https?://([^/?#]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageHead:
    """What a page says of itself.

    Attributes:
        title: The text of `<title>`, or "".
        language: The language that the page declares, or "": in many themes it is the same on every page.
        content: What each `<meta>` says, by its name.
        refresh: The address that the page sends readers to, or "".
        links: The attributes of each `<link>`.
        linked: What JSON-LD says.
        headings: The tag and text of each `h1`, `h2` and marked title, without those that name the site.
        site_names: The texts of those that do.
        byline: What stands around the text.
        pagefind: What the page says to Pagefind.
        revised: The date in the header that Asciidoctor makes, or "".
    """

    title: str
    language: str
    content: Mapping[str, Sequence[str]]
    refresh: str
    links: Sequence[Attributes]
    linked: LinkedArticle
    headings: Sequence[tuple[str, str]]
    site_names: Sequence[str]
    byline: Byline
    pagefind: PagefindValues
    revised: str

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that the page names as its own site's: where it is, and where its feeds and translations are."""
        own = (link.get("href", "") for link in self.links if link.get("rel", "").lower() in _OWN_LINKS)
        return frozenset(found[1].lower() for address in own if (found := _ADDRESS_HOST.match(address)))

    @property
    def is_article(self) -> bool:
        """Whether the page says that it is one article, in a way that lists of articles do not."""
        return "article:published_time" in self.content or self.linked.is_article

    def values(self) -> dict[str, Any]:
        """Return the metadata with the keys of front matter, without keys that the page says nothing of."""
        linked, byline = self.linked.values, self.byline
        meta = {key: [text for name in names for text in self.content.get(name, ())] for key, names in _META.items()}
        tags = self.content.get("article:tag") or self.content.get("tags") or self.content.get("keywords", ())[:1]
        values = {
            "date": _first_date([*meta["date"], linked.get("date"), byline.published, self.revised]),
            "updated": _first_date([*meta["updated"], linked.get("updated"), byline.updated]),
            "author": linked.get("author") or byline.author or next(filter(_is_name, meta["author"]), ""),
            "summary": next(iter(meta["summary"]), "") or linked.get("summary"),
            # Docusaurus has all in one, with commas.
            "tags": (tags if len(tags) > 1 else "".join(tags)) or linked.get("tags") or byline.tags,
            "robots": ",".join(text for name in ("robots", "googlebot") for text in self.content.get(name, ())),
            # Of Pelican's sources.
            "translationkey": self._translations,
            "status": next(iter(self.content.get("status", ())), ""),
        }
        return _said(self._labels | _said(values))

    @property
    def _translations(self) -> str:
        """The first of the addresses that a page names for all its languages, itself among them; "" without."""
        named = {link.get("href", "") for link in self.links if link.get("hreflang")}
        own = {link.get("href", "") for link in self.links if link.get("rel", "").lower() == "canonical"}
        return min(named | own) if len(named) > 1 else ""

    @property
    def _labels(self) -> dict[str, Any]:
        """Values for Pagefind as front matter has them, without those that an author's own head could not have."""
        said = self.pagefind
        meta = {**said.default_meta, **said.meta}
        found: dict[str, Any] = {normal_key(key): [value] for key, value in meta.items()}
        found |= {normal_key(key): values for key, values in said.labels.items()}
        found |= {key: meta[key] for key in SUMMARY_KEYS if key in meta} | {"title": said.meta.get("title", "")}
        found |= {"search": {"boost": said.boost}} if said.boost is not None else {}
        dates = {key: _first_date(found[key]) for key in (*DATE_KEYS, *UPDATED_KEYS, *EXPIRES_KEYS) if key in found}
        return found | dates | {"draft": ""}

    def heading(self, *, has_main_heading: bool) -> str:
        """Return the title of the article, or "" where it is the first heading of its main content.

        Args:
            has_main_heading: Whether the main content has an `h1`.
        """
        headings = [text for tag, text in self.headings if tag == "h1" or not has_main_heading]
        first = _longest(text for text in headings if _begins(self.title, text))
        if first or has_main_heading:
            return first
        linked = self.linked.values.get("title")
        said = (title for name in ("og:title", "twitter:title") for title in self.content.get(name, ()))
        named = [*said, linked if isinstance(linked, str) else ""]
        named.append(_longest(text for text in headings if _ends(self.title, text)))
        named += [self._title_alone, self.pagefind.default_meta.get("title", "")]
        return next(filter(None, named), "")

    @property
    def _title_alone(self) -> str:
        """The text of `<title>` without the site's name at its start or end."""
        names = [*self.site_names, *self.content.get("og:site_name", ())]
        name = next((name for name in names if _begins(self.title, name) or _ends(self.title, name)), "")
        return self.title.removesuffix(name).removeprefix(name).strip(_TITLE_SEPARATORS) or self.title


def read_head(tree: PageTree[NodeT], main: MainContent[NodeT], site: SiteTraits = NO_SITE) -> PageHead:
    """Return what a page says of itself, without what its site says on every page."""
    html = next(map(tree.attributes, tree.find(tree.root, "html")), {})
    metas = list(map(tree.attributes, tree.find(tree.root, "meta")))
    scripts = (node for node in tree.find(tree.root, "script") if _is_json_ld(tree.attributes(node)))
    headings, site_names = _headings(tree)
    content = _content_by_name(metas)
    return PageHead(
        title=_own_title(next((tree.text(node) for node in tree.find(tree.root, "title")), ""), site),
        language=html.get("lang") or html.get("xml:lang") or "",
        content=content,
        refresh=refresh_target(metas),
        links=list(map(tree.attributes, tree.find(tree.root, "link"))),
        linked=linked_article(map(tree.raw_text, scripts)),
        headings=headings,
        site_names=site_names,
        byline=read_byline(tree, chain(main.parts, _title_banners(tree))),
        pagefind=pagefind_values(tree, main.labelled, main.weight),
        revised=_revised(tree) if "".join(content.get("generator", ())).startswith("Asciidoctor") else "",
    )


def _revised(tree: PageTree[NodeT]) -> str:
    spans = tree.find(tree.root, "span")
    return next((tree.text(node) for node in spans if tree.attributes(node).get("id") == "revdate"), "")


def _own_title(title: str, site: SiteTraits) -> str:
    """Return a page's title without what those of all pages begin or end with."""
    return title.removesuffix(site.title_end).removeprefix(site.title_start).strip() or title


def _headings(tree: PageTree[NodeT]) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the headings that may be a page's title, each with its tag, and apart from them the site's name."""
    found: list[tuple[str, str]] = []
    site_names = []
    for tag in ("h1", "h2", "h3"):
        for node in tree.find(tree.root, tag):
            if tag == "h3" and not has_class(tree.attributes(node).get("class", ""), TITLE_CLASSES):
                continue
            text = _heading_text(tree, node)
            if _names_site(tree, node):
                site_names.append(text)
            elif text:
                found.append((tag, text))
    return found, site_names


def _title_banners(tree: PageTree[NodeT]) -> Iterator[NodeT]:
    """Yield the headers with the title of the page, which in some themes stand above the main content."""
    for header in tree.find(tree.root, "header"):
        title = next(tree.find(header, "h1"), None)
        if title is not None and not _names_site(tree, title):
            yield header


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}


def refresh_target(metas: Iterable[Attributes]) -> str:
    """Return the address that a page sends readers to, or ""."""
    refreshes = (meta for meta in metas if meta.get("http-equiv", "").lower() == "refresh")
    found = next((found for meta in refreshes if (found := _REFRESH.match(meta.get("content", "")))), None)
    return found[1].strip() if found else ""


def _is_json_ld(attributes: Attributes) -> bool:
    return attributes.get("type", "").lower() == JSON_LD_TYPE


def _heading_text(tree: PageTree[NodeT], node: NodeT) -> str:
    """Return the text of a heading without its permalink."""
    return _SIGNS.sub("", tree.indexed_text(node))


def _names_site(tree: PageTree[NodeT], node: NodeT) -> bool:
    """Check whether a heading is the site's name: a theme says so, or it leads to the site's home."""
    classes = tree.attributes(node).get("class", "").split()
    links = (tree.attributes(link).get("href", "") for link in tree.find(node, "a"))
    return not SITE_NAME_CLASSES.isdisjoint(classes) or any(map(_HOME.fullmatch, links))


def _longest(texts: Iterable[str]) -> str:
    return max(texts, key=len, default="")


def _begins(title: str, heading: str) -> bool:
    """Check whether the title of a page begins with a heading, as a whole."""
    return title.startswith(heading) and not title[len(heading) :].lstrip()[:1].isalnum()


def _ends(title: str, heading: str) -> bool:
    return title.endswith(heading) and not title.removesuffix(heading).rstrip()[-1:].isalnum()


def _first_date(texts: Iterable[object]) -> str:
    return next((text for text in texts if isinstance(text, str) and _is_date(text)), "")


def _is_date(text: str) -> bool:
    try:
        return bool(_IS_DATE.match(text) and parse_date(text))
    except ValueError:
        return False


def _is_name(text: str) -> bool:
    """Check whether an author's metadata is a name, and not the address of a profile."""
    return "://" not in text


def _content_by_name(metas: Iterable[Attributes]) -> dict[str, list[str]]:
    content: dict[str, list[str]] = {}
    for meta in metas:
        name = (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").lower()
        text = meta.get("content") or ""
        if text:
            content.setdefault(name, []).append(text)
    return content
