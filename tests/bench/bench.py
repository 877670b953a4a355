"""What the benchmarks share: the staged corpus, an index of it, and how they give their figures back."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from backmatter.index.engines import open_engine
from backmatter.index.engines.base import Engine
from backmatter.index.settings import Settings
from tests.bench import corpus
from tests.bench.corpus import Article
from tests.bench.process import Run, backmatter
from tests.bench.queries import Query, draw


@dataclass(frozen=True, slots=True)
class Figures:
    """A benchmark's outcome: Markdown to read, and the same as data."""

    text: str
    data: Any


@dataclass(frozen=True, kw_only=True)
class Bench:
    """One run over some content trees; the corpus and its index are made once, when first asked for.

    `sizes` are the numbers of files for which growth is measured; none for those up to the corpus's own.
    """

    folder: Path
    trees: Sequence[Path]
    peers: Sequence[str]
    seed: int
    count: int
    sizes: Sequence[int] = ()

    @cached_property
    def content(self) -> Path:
        """The content trees, staged as one."""
        return corpus.stage(self.trees, self.folder / "content")

    @cached_property
    def settings(self) -> Settings:
        """Settings for the staged content and its index."""
        return corpus.settings_for(self.content, self.folder / "index")

    @cached_property
    def build(self) -> Run:
        """The whole process that built the index from files."""
        return backmatter("index", self.settings)

    @cached_property
    def engine(self) -> Engine:
        """The engine with every article in it."""
        assert self.build
        return open_engine(self.settings)

    @cached_property
    def articles(self) -> list[Article]:
        """The articles of the index."""
        return corpus.read(self.engine.snapshot())

    @cached_property
    def drawn(self) -> dict[str, list[Query]]:
        """The queries that are asked."""
        return draw(self.articles, self.seed, self.count)
