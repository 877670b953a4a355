"""The objects that every request uses: settings, engine, cache and others, one set for each application."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urljoin

import msgspec
from cachetools import LRUCache
from flask import Flask, current_app, has_app_context

from ..index.engines.base import Engine, Part, Snapshot
from ..index.errors import IndexDamaged, IndexMissing
from ..index.insights.counter import Counter
from ..index.search import curation
from ..index.search.curation import Editorial
from ..index.settings import Settings, without_secrets
from .rendering.article_reader import ArticleReader, RenderedArticle, markdown_medium, page_medium
from .rendering.static_files import Asset, load_assets
from .rendering.theme import Theme, load_theme
from .response_cache import ResponseCache

if TYPE_CHECKING:
    from .rendering.article_markdown import MarkdownArticle

_KEY = "backmatter"
# All journals that are searched together, as a parameter has it.
ALL = "all"
# Choices of journals whose snapshots are kept, each with a few bytes for each post.
MAX_JOINT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """The journal that an application serves.

    Attributes:
        articles: Reads articles for their pages.
        texts: Reads articles as Markdown.
        assets: By file name, with their hashed addresses.
        theme: The author's own templates and files.
        cache: Bodies of recent responses.
        counter: Counts searches and clicks.
        journals: All journals that this process serves, this one among them.
        joint: Snapshots of several journals, by the generation of each.
        edition: Hash of everything beside the index and the request that a response depends on: the program, its
            settings, its templates and its theme.
    """

    settings: Settings
    engine: Engine
    editorial: Editorial
    articles: ArticleReader[RenderedArticle]
    texts: "ArticleReader[MarkdownArticle]"
    assets: dict[str, Asset]
    theme: Theme
    cache: ResponseCache
    counter: Counter
    journals: "list[Journal]"
    joint: LRUCache[tuple[tuple[str, int], ...], Snapshot]
    edition: str

    @classmethod
    def open(cls, settings: Settings, engine: Engine, journals: "list[Journal] | None" = None) -> "Journal":
        """Load everything that does not change while the application runs; join the journals of this process."""
        editorial = curation.load_editorial(settings)
        theme = load_theme(settings)
        journals = [] if journals is None else journals
        opened = cls(
            settings=settings,
            editorial=editorial,
            engine=engine,
            articles=ArticleReader(settings, page_medium),
            texts=ArticleReader(settings, partial(markdown_medium, settings.home + "/")),
            assets=load_assets(settings.root),
            theme=theme,
            cache=ResponseCache(),
            counter=Counter(settings.insights_file, counts=settings.insights.count),
            journals=journals,
            joint=LRUCache(MAX_JOINT),
            edition=_edition(settings, editorial, theme),
        )
        journals.append(opened)
        return opened

    @property
    def together(self) -> "dict[str, Journal]":
        """The journals that can be searched together with this one, by name; none if this one is searched by itself."""
        found = {each.settings.journal.name: each for each in self.journals if each.settings.journal.together}
        return found if self.settings.journal.name in found else {}

    def searched(self, names: Collection[str]) -> tuple[Snapshot, str]:
        """Return the snapshot for a search in some of these journals, or in this one, and the edition of responses.

        A journal without an index that can be read is left out.
        """
        if not names:
            return self.engine.snapshot(), self.edition
        chosen = [each for name, each in self.together.items() if name in names or ALL in names]
        parts = [part for each in chosen for part in each._part()]
        if not parts:
            return chosen[0].engine.snapshot(), self.edition
        key = tuple((part.name, part.snapshot.generation) for part in parts)
        if key not in self.joint:
            self.joint[key] = self.engine.join(parts)
        read = {part.name for part in parts}
        editions = (each.edition for name, each in self.together.items() if name in read)
        return self.joint[key], "+".join((self.edition, *editions))

    def _part(self) -> Iterator[Part]:
        with suppress(IndexMissing, IndexDamaged):
            yield Part(self.settings.journal.name, self.settings.home, self.engine.snapshot())

    def local(self, page: str) -> str:
        """Return the address of one of its pages, which begins with its path."""
        return self.settings.root + page

    def absolute(self, address: str) -> str:
        """Return a full URL, for feeds and other sites. It is made from the settings: a client can send any Host."""
        return urljoin(self.settings.home + "/", address)


def attach(app: Flask, journal: Journal) -> None:
    """Make an application serve a journal."""
    app.extensions[_KEY] = journal


def journal() -> Journal:
    """Return the journal of the current application."""
    return cast(Journal, current_app.extensions[_KEY])


def together() -> tuple[str, ...]:
    """Return the names of the journals that can be searched together with the current one, if it is one of several."""
    return tuple(journal().together) if has_app_context() else ()


def local(page: str) -> str:
    """Return the address of one of the current journal's pages."""
    return journal().local(page) if has_app_context() else page


def _edition(settings: Settings, editorial: Editorial, theme: Theme) -> str:
    # No response depends on a secret, and no hash of one may be sent.
    digest = blake2b(msgspec.json.encode(without_secrets(settings), enc_hook=str), digest_size=6)
    digest.update(repr(sorted(editorial.synonyms.items())).encode())
    digest.update(repr([*theme.templates.items(), *(asset.url for asset in theme.assets.values())]).encode())
    digest.update(_program_hash())
    return digest.hexdigest()


@cache
def _program_hash() -> bytes:
    """Hash the program, which all journals of a process have in common."""
    digest = blake2b(version("backmatter").encode(), digest_size=16)
    folder = Path(__file__).parent
    for file in sorted([*folder.glob("*/*.*"), *folder.glob("translations/*/*/*.mo")]):
        digest.update(file.read_bytes())
    return digest.digest()
