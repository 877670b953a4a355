"""The judge: what a generator built says of the sources that it was built from.

A source is published where its page is found: by its address, then by what the page says. Its address, heading ids,
language and listing are then the page's. A source without a page is held back, whatever rule of the generator hid it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from itertools import chain, takewhile
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zlib import crc32

import msgspec
from msgspec import Struct

from ..errors import PostError
from ..lazy import lazy
from ..model import Claim, Post, Section, Source
from ..settings import AddressSettings, Settings
from .front_matter.language_tags import normal_language

SKETCH_SIZE = 256
"""Words of a page that are kept to compare it: those with the smallest hashes, of the whole of most pages."""
PAGE_SIGNS = 8
"""Of these, how many the pages are looked up by; two texts that are alike share one almost always."""
MOST_CANDIDATES = 50
"""Pages that one sign leads to, at the most: the words of a theme are on all of them."""
SAME_ADDRESS_SHARE, SAME_TITLE_SHARE, SAME_TEXT_SHARE = 0.5, 0.6, 0.9
"""How many of a source's words its page has at least: at its address (or the title is the same), under the same title,
and under another title, where both have to be alike."""
NO_PAGES = ("**/*.md", "**/*.markdown", "**/*.mdx")
"""Sources that some generators copy beside the pages that they build."""
PELICAN_DRAFTS = "drafts/"
"""Where Pelican writes the pages of drafts."""
SAME_ADDRESS = 1_000
"""The likeness of a claim by the whole address: more than names that any has."""
FEWEST_WORDS = 12
"""Words that a source has at least whose page is told by the words alone."""
WAITS = "waits for a build"
"""How the reason begins why a post is held back that is newer than all built pages."""

_COMPARED_WORD = re.compile(r"\w+")
_ANY_ID = re.compile(r"\bid\s*=\s*(?:\"([^\"]+)\"|'([^']+)'|([^\s\"'>]+))", re.IGNORECASE)
_WEB_SUFFIX = re.compile(r"\.html?\Z", re.IGNORECASE)


class BuiltPage(Struct, frozen=True, array_like=True):
    """A page as its generator built it.

    Attributes:
        path: Below the folder of the built pages.
        stamp: Of the file; an unchanged page is not read again.
        url: Its own address on the site, by its canonical link or else by its file.
        is_named: Whether the page itself gives that address.
        leads_to: Why it is the page of no source: it redirects, or is a copy of another.
        headings: The words and the id of each heading below the title.
        aliases: Old addresses, from pages that lead to it.
        words: Hashes of its words, see `sketch`.
    """

    path: str
    stamp: str
    url: str
    is_named: bool
    leads_to: str
    title: str
    language: str
    unlisted: bool
    headings: tuple[tuple[str, str], ...]
    words: tuple[int, ...]
    aliases: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """A hash of what a source takes over from it."""
        taken = (self.url, self.leads_to, self.language, self.unlisted, self.headings, self.aliases)
        return blake2b(repr(taken).encode(), digest_size=8).hexdigest()


def page_settings(settings: Settings) -> Settings:
    """Return the settings by which built pages are read."""
    return msgspec.structs.replace(
        settings,
        generator="html",
        addresses=AddressSettings(),
        content=settings.built_folders,
        exclude=NO_PAGES,
        built="",
    )


def address_key(address: str, base_url: str) -> str:
    """Make one spelling of `/a/b/`, `/A/b.html` and `/a/b/index.html`, without the site's own address."""
    path = unquote(urlsplit(address).path)
    base = urlsplit(base_url).path.rstrip("/")
    path = path.removeprefix(base) if base and path.startswith(base + "/") else path
    return _WEB_SUFFIX.sub("", path).removesuffix("/index").strip("/").lower()


def sketch(text: str) -> tuple[int, ...]:
    """Return the smallest hashes of a text's words, in their order; of a short text, those of all words."""
    return tuple(sorted({crc32(word.encode()) for word in _COMPARED_WORD.findall(text.casefold())})[:SKETCH_SIZE])


class BuiltPages:
    """All pages that were built, at one moment.

    Attributes:
        folder: Where they are.
        name: What the report calls it.
        unread: Why pages cannot be read, as they are now.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        pages: Iterable[BuiltPage],
        settings: Settings,
        unread: Sequence[PostError] = (),
    ) -> None:
        self.folder, self.name, self._settings, self.unread = folder, name, settings, unread
        self.pages: Mapping[str, BuiltPage] = {page.path: page for page in pages}
        self._newest = max((_changed(page.stamp) for page in self.pages.values()), default=0)

    @lazy
    def _by_key(self) -> dict[str, BuiltPage]:
        """Pages by address: as their files have it, and as they name it."""
        own = {self._key("/" + page.path): page for page in reversed(list(self.pages.values()))}
        return {self._key(page.url): page for page in self.pages.values() if not page.leads_to} | own

    @lazy
    def _by_title(self) -> dict[str, list[BuiltPage]]:
        found: dict[str, list[BuiltPage]] = defaultdict(list)
        for page in self.pages.values():
            if not page.leads_to:
                found[_words(page.title)].append(page)
        return found

    @lazy
    def _by_sign(self) -> dict[int, list[BuiltPage]]:
        found: dict[int, list[BuiltPage]] = defaultdict(list)
        for page in self.pages.values():
            for sign in page.words[:PAGE_SIGNS] if not page.leads_to else ():
                if len(found[sign]) < MOST_CANDIDATES:
                    found[sign].append(page)
        return found

    def judge(self, source: Source, post: Post) -> Post:
        """Return a post as its page has it, or held back where there is none.

        Args:
            source: The post's file.
            post: As its source has it, with the address that the generator is believed to make.
        """
        key, words = self._key(post.url), sketch(post.text)
        page = self._at(key)
        if page and self._is_page_of(post, words, page):
            return self._published(post, page, SAME_ADDRESS)
        found = self._alike(post, words, key)
        if len(found) == 1:
            return self._published(post, found[0], _common_end(key, self._key(found[0].url)))
        if found:
            places = " and ".join(f"/{page.path}" for page in found[:2])
            return replace(post, unbuilt=f"{self.name} has {len(found)} pages of this text, such as {places}")
        if _changed(source.stamp) > self._newest:
            return replace(post, unbuilt=f"{WAITS}: it is newer than {self.name}")
        return replace(post, unbuilt=f"has no page in {self.name}")

    def has(self, key: str) -> bool:
        """Check whether there is a page at an address, as `address_key` writes it."""
        return key in self._by_key

    def has_file(self, path: str) -> bool:
        """Check whether a file is at a path of the site."""
        return (self.folder / path.strip("/")).is_file()

    def ids(self, claim: Claim) -> frozenset[str]:
        """Return all ids that the page of a source has."""
        try:
            text = (self.folder / claim.page).read_text("utf-8", "replace")
        except OSError:
            return frozenset()
        return frozenset(next(filter(None, found.groups())) for found in _ANY_ID.finditer(text))

    def _key(self, address: str) -> str:
        return address_key(address, self._settings.base_url)

    def _at(self, key: str) -> BuiltPage | None:
        """Return the page at an address, or the one that a page there leads to."""
        page = self._by_key.get(key)
        if page and page.leads_to:
            target = self._by_key.get(self._key(page.leads_to))
            return target if target and not target.leads_to else None
        return page

    def _is_page_of(self, post: Post, words: tuple[int, ...], page: BuiltPage) -> bool:
        if _words(post.title) == _words(page.title):
            return True
        return bool(words) and _shared(words, page.words)[0] >= SAME_ADDRESS_SHARE

    def _alike(self, post: Post, words: tuple[int, ...], key: str) -> list[BuiltPage]:
        """Return the pages that say what a post says: those that are most alike, and of these with the same ends."""
        title, best, found = _words(post.title), (False, 0.0, 0), dict[str, BuiltPage]()
        if not words:
            return []
        candidates = chain(self._by_title.get(title, ()), *(self._by_sign.get(sign, ()) for sign in words[:PAGE_SIGNS]))
        for page in {page.path: page for page in candidates}.values():
            inside, alike = _shared(words, page.words)
            is_titled = _words(page.title) == title
            if not (is_titled and inside >= SAME_TITLE_SHARE) and not (
                alike >= SAME_TEXT_SHARE and len(words) >= FEWEST_WORDS
            ):
                continue
            rank = (is_titled, round(alike, 1), _common_end(key, self._key(page.url)))
            if rank > best:
                best, found = rank, {}
            if rank == best:
                found[page.path] = page
        return list(found.values())

    def _published(self, post: Post, page: BuiltPage, likeness: int) -> Post:
        post = replace(
            post,
            unlisted=post.unlisted or page.unlisted,
            draft=post.draft or (self._settings.generator == "pelican" and page.path.startswith(PELICAN_DRAFTS)),
            aliases=tuple(dict.fromkeys([*post.aliases, *page.aliases])),
            claim=Claim(page.path, likeness),
            stamp=f"{post.stamp.rpartition(':')[0]}:{page.digest}",
            fingerprint=blake2b(f"{post.fingerprint}{page.digest}".encode(), digest_size=16).hexdigest(),
        )
        if post.language == normal_language(self._settings.language):
            post = replace(post, language=page.language)
        if not self._settings.has_own_site:
            return post
        # An address that only the file tells may have another end on the server, as `/a` for `/a.html`.
        is_same = self._key(page.url) == self._key(post.url)
        url = post.url if is_same and not page.is_named else page.url
        return replace(post, url=url, sections=_with_ids(post.sections, page.headings))


def _with_ids(sections: tuple[Section, ...], headings: tuple[tuple[str, str], ...]) -> tuple[Section, ...]:
    """Give sections the ids of a page's headings of the same words, in their order; else by number, if as many."""
    waiting: dict[str, list[str]] = defaultdict(list)
    for words, anchor in reversed(headings):
        waiting[words].append(anchor)
    titled = [section for section in sections if section.title]
    by_number = [anchor for _, anchor in headings] if len(headings) == len(titled) else [""] * len(titled)
    anchors = iter(
        [
            waiting[words].pop() if waiting.get(words := _words(section.title)) else spare
            for section, spare in zip(titled, by_number, strict=True)
        ]
    )
    return tuple(
        msgspec.structs.replace(section, anchor=next(anchors)) if section.title else section for section in sections
    )


def heading_words(sections: Iterable[Section]) -> tuple[tuple[str, str], ...]:
    """Return the words and ids of headings, as built pages are compared by."""
    return tuple((_words(section.title), section.anchor) for section in sections if section.title)


def _words(text: str) -> str:
    return "".join(_COMPARED_WORD.findall(text.casefold()))


def _changed(stamp: str) -> int:
    """Return when a file was changed, in nanoseconds, as its stamp has it."""
    parts = stamp.split(":")
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0


def _shared(words: tuple[int, ...], others: tuple[int, ...]) -> tuple[float, float]:
    """Estimate by two sketches the share of one text's words that the other has, and that of all words in both."""
    most = min((each[-1] for each in (words, others) if len(each) == SKETCH_SIZE), default=None)
    own, theirs = ({word for word in each if most is None or word <= most} for each in (words, others))
    both = len(own & theirs)
    return both / max(1, len(own)), both / max(1, len(own | theirs))


def _common_end(key: str, other: str) -> int:
    """Count the names at the end of two addresses that are the same."""
    pairs = zip(reversed(key.split("/")), reversed(other.split("/")), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
