"""The objects that every request uses: settings, engine, cache and others, one set for each application."""

from dataclasses import dataclass
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import cast
from urllib.parse import urljoin

import msgspec
from flask import Flask, current_app, has_app_context

from ..index.engines.base import Engine
from ..index.insights.counter import Counter
from ..index.search import curation
from ..index.search.curation import Editorial
from ..index.settings import Settings, without_secrets
from .rendering.article_markdown import MarkdownArticle
from .rendering.article_reader import ArticleReader, RenderedArticle, markdown_medium, page_medium
from .rendering.static_files import Asset, load_assets
from .response_cache import ResponseCache

_KEY = "backmatter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """The journal that an application serves.

    Attributes:
        articles: Reads articles for their pages.
        texts: Reads articles as Markdown.
        assets: By file name, with their hashed addresses.
        cache: Bodies of recent responses.
        counter: Counts searches and clicks.
        journals: All journals that this process serves, this one among them.
        edition: Hash of everything beside the index and the request that a response depends on: the program, its
            settings and its templates.
    """

    settings: Settings
    engine: Engine
    editorial: Editorial
    articles: ArticleReader[RenderedArticle]
    texts: ArticleReader[MarkdownArticle]
    assets: dict[str, Asset]
    cache: ResponseCache
    counter: Counter
    journals: "list[Journal]"
    edition: str

    @classmethod
    def open(cls, settings: Settings, engine: Engine, journals: "list[Journal] | None" = None) -> "Journal":
        """Load everything that does not change while the application runs; join the journals of this process."""
        editorial = curation.load_editorial(settings)
        journals = [] if journals is None else journals
        opened = cls(
            settings=settings,
            editorial=editorial,
            engine=engine,
            articles=ArticleReader(settings, page_medium()),
            texts=ArticleReader(settings, markdown_medium(settings.home + "/")),
            assets=load_assets(settings.root),
            cache=ResponseCache(),
            counter=Counter(settings.insights_file, counts=settings.insights.count),
            journals=journals,
            edition=_edition(settings, editorial),
        )
        journals.append(opened)
        return opened

    def absolute(self, address: str) -> str:
        """Return a full URL, for feeds and other sites. It is made from the settings: a client can send any Host."""
        return urljoin(self.settings.home + "/", address)


def attach(app: Flask, journal: Journal) -> None:
    """Make an application serve a journal."""
    app.extensions[_KEY] = journal


def journal() -> Journal:
    """Return the journal of the current application."""
    return cast(Journal, current_app.extensions[_KEY])


def local(page: str) -> str:
    """Return the address of one of the current journal's pages, which begins with the journal's path."""
    return journal().settings.root + page if has_app_context() else page


def _edition(settings: Settings, editorial: Editorial) -> str:
    # No response depends on a secret, and no hash of one may be sent.
    digest = blake2b(msgspec.json.encode(without_secrets(settings), enc_hook=str), digest_size=6)
    digest.update(version("backmatter").encode())
    digest.update(repr(sorted(editorial.synonyms.items())).encode())
    folder = Path(__file__).parent
    for file in sorted([*folder.glob("*/*.*"), *folder.glob("translations/*/*/*.mo")]):
        digest.update(file.read_bytes())
    return digest.hexdigest()
