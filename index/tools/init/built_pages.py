"""What the pages of a built site say of it: its generator, title, language and address."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ...errors import PostError
from ...model import HTML_SUFFIXES
from ...posts.decode import decode
from ...posts.pages.html_reader import HtmlTree, parse_html
from ...posts.pages.main_content import MainContent
from ...posts.pages.page_head import PageHead, read_head
from ...posts.site.sitemaps import FEED_NAMES, feed_title, links_in, parse_sitemap
from ...posts.site_rules.generator_files import known_language, web_address
from ...settings import CONVENTIONS, Permalinks

SAMPLED_PAGES = 100
"""Pages that are looked at; what they agree on is the site's."""
PAGE_BYTES = 100_000
"""Bytes of a page, and as many times ten of a feed, that are looked at."""
SITE_FILES = (
    *("sitemap.xml", "sitemap-0.xml", "sitemap_index.xml", "sitemap-index.xml", "sitemapindex.xml"),
    *FEED_NAMES,
)
"""Usual names of sitemaps and feeds."""

INDEX = "index.html"

_SEPARATOR = re.compile(r"\s+(?:[|·•»«–—:-]|::)\s+")
_SPHINX = re.compile(r"<!-- Generated with Sphinx ([\d.]+)")


class AddressStyle(NamedTuple):
    """A way in which a server shows the pages of a built site."""

    permalink: str
    permalinks: Permalinks
    folder_end: str
    suffix: str

    def address(self, path: str) -> str:
        """Return the address of a page below the site's."""
        folder, _, name = path.rpartition("/")
        if name == INDEX:
            return folder + self.folder_end if folder else ""
        return path if self.suffix else path.rpartition(".")[0]


STYLES = (
    AddressStyle(CONVENTIONS["html"].permalink, (), "/", ".html"),
    AddressStyle("/{folder}/{file}", (("**/index.html", "/{folder}/"),), "/", ""),
    AddressStyle("/{folder}/{file}", (("**/index.html", "/{folder}"),), "", ""),
)
"""As the files are; without `.html`; also without a slash at the end (Docusaurus)."""


class BuiltSite(NamedTuple):
    """What pages agree on; "" and None for what they do not say."""

    generator: str
    title: str
    language: str
    base_url: str
    style: AddressStyle | None
    markdown: int


def read_site(folder: Path) -> BuiltSite:
    """Read what the pages in a folder, and the sitemap and feeds beside them, say of their site."""
    paths = sorted(_files(folder, HTML_SUFFIXES))
    heads = [(path, *_head(folder / path)) for path in paths[:SAMPLED_PAGES]]
    feeds = list(_feeds(folder))
    pages = [(path, address) for path, head, _ in heads if (address := _canonical(head))]
    base_url, style = _base(pages) or _base(_listed(feeds, set(paths))) or ("", None)
    return BuiltSite(
        generator=_most(_generator(head, source) for _, head, source in heads),
        title=_title([head for _, head, _ in heads], feeds),
        language=known_language(_most(head.language for _, head, _ in heads)),
        base_url=web_address(base_url),
        style=style,
        markdown=len(list(_files(folder, (".md", ".markdown", ".mdx")))),
    )


def _files(folder: Path, suffixes: tuple[str, ...]) -> Iterator[str]:
    for file in folder.rglob("*"):
        path = file.relative_to(folder)
        if file.suffix.lower() in suffixes and not any(part.startswith(".") for part in path.parts):
            yield path.as_posix()


def _head(file: Path) -> tuple[PageHead, str]:
    with file.open("rb") as opened:
        data = opened.read(PAGE_BYTES)
    try:
        source = decode(data[: data.rfind(b">") + 1], file.name)
        tree = HtmlTree(parse_html(source))
    except (PostError, RecursionError):
        source, tree = "", HtmlTree(parse_html(""))
    return read_head(tree, MainContent((), (), (), ())), source


def _generator(head: PageHead, source: str) -> str:
    """Return the name and version of the generator of a page, the last of several, as a theme's is above another's."""
    named = head.content.get("generator")
    if named:
        return named[-1].partition(",")[0].partition(" (")[0].strip()
    found = _SPHINX.search(source)
    return f"Sphinx {found[1]}" if found else ""


def _canonical(head: PageHead) -> str:
    links = (link.get("href", "") for link in head.links if link.get("rel", "").lower() == "canonical")
    return next(filter(web_address, (*links, *head.content.get("og:url", ()))), "")


def _feeds(folder: Path) -> Iterator[object]:
    for name in SITE_FILES:
        try:
            with (folder / name).open("rb") as file:
                yield parse_sitemap(file.read(10 * PAGE_BYTES))
        except (OSError, ValueError):
            continue


def _listed(feeds: Iterable[object], paths: set[str]) -> list[tuple[str, str]]:
    """Return files with the addresses that a sitemap or feed has of them, told by the ends of both."""
    pages: list[tuple[str, str]] = []
    for address in {link.strip() for feed in feeds for link in links_in(feed)}:
        parts = address.partition("://")[2].partition("/")[2].strip("/").split("/")
        ends = ("/".join(parts[start:]) for start in range(len(parts)))
        files = (f"{end}{suffix}" for end in ends for suffix in ("", "/index.html", ".html"))
        pages += [(path, address) for path in [next((path for path in files if path in paths), "")] if path]
    return pages


def _base(pages: list[tuple[str, str]]) -> tuple[str, AddressStyle] | None:
    """Return the address of the site, and the style of the pages' addresses, by which most of them are right."""
    votes = Counter(
        (address.removesuffix(below).rstrip("/"), style)
        for path, address in pages
        for style in STYLES
        if (below := style.address(path)) and address.endswith("/" + below)
    )
    if votes:
        return max(votes, key=lambda vote: (votes[vote], -STYLES.index(vote[1])))
    front = next((address for path, address in pages if path == INDEX), "")
    return (front.removesuffix(INDEX).rstrip("/"), STYLES[0]) if front else None


def _title(heads: list[PageHead], feeds: list[object]) -> str:
    """Return the site's name: as pages or feeds give it, or what most titles of pages begin or end with."""
    pieces = [piece for head in heads for piece in set(_SEPARATOR.split(head.title)) if piece]
    shared = _most(pieces)
    is_shared = pieces.count(shared) >= max(2, len(heads) / 2)
    named = _most(name for head in heads for name in head.content.get("og:site_name", ())) or (
        shared if is_shared else ""
    )
    return named or next(filter(None, map(feed_title, feeds)), "")


def _most(values: Iterable[str]) -> str:
    """Return the most frequent of some texts."""
    counts = Counter(filter(None, values))
    return counts.most_common(1)[0][0] if counts else ""
