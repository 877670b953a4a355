"""The model that the settings name: found without loading it, loaded with the first text."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ..errors import BackmatterError, SettingsError, describe_error
from ..model import Post
from ..segment.arrays import Array
from ..segment.vectors import PostVectors, QueryVector, scaled
from ..settings import Settings
from .pieces import pieces

if TYPE_CHECKING:
    from .static_model import ModelFiles

# The package whose model is used where no folder is named: where its wheel has the two files.
PACKAGE, TABLE, TOKENIZER = (
    "wordllama",
    "weights/l2_supercat_256.safetensors",
    "tokenizers/l2_supercat_tokenizer_config.json",
)
INSTALL = "install it from a clone: './backmatter[{}]'"
WANTED_FOLDER = "set semantic_model to a folder that model2vec wrote or with an ONNX sentence model"

# Queries whose vectors are kept: one search asks for that of its query several times.
CACHED_QUERIES = 256

_log = logging.getLogger(__name__)


class TextModel(Protocol):
    """A model that is loaded; threads may share it.

    Attributes:
        id: Tells models apart, by their contents.
        is_fast: Whether it reads a page of text in a few thousandths of a second.
    """

    id: str
    is_fast: bool

    def embed(self, texts: Sequence[str]) -> Array:
        """Return the unit vectors of the texts of one post."""

    def embed_query(self, text: str) -> Array:
        """Return the unit vector of a query, or zeros where nothing of it is known."""


@dataclass(frozen=True, slots=True)
class SemanticModel:
    """Makes vectors of posts and queries. It can be sent to other processes, each of which loads it for itself.

    Attributes:
        folder: Where the model is; None for the one that comes with the extra.
    """

    folder: Path | None

    @property
    def id(self) -> str:
        """What tells the model apart from others; "" if it cannot be loaded."""
        model = _loaded(self.folder)
        return model.id if model else ""

    def embed_post(self, post: Post) -> PostVectors | None:
        """Return the vectors of a post's pieces; None if the model cannot be loaded, or does not read them in time."""
        model = _loaded(self.folder)
        if model is None:
            return None
        cut = list(pieces(post))
        starts = np.array([piece.start for piece in cut], np.uint32)
        try:
            vectors = model.embed([piece.words for piece in cut])
        except Exception as error:  # the libraries raise nothing more precise
            _log.warning("semantic: %s stays without vectors, since it %s", post.path, error)
            return None
        return PostVectors(model.id, starts, scaled(vectors))

    def embed_query(self, text: str) -> QueryVector | None:
        """Return the vector of a query; None if the model cannot be loaded, or knows none of its words."""
        return _embedded(self.folder, text)


def find_model(settings: Settings) -> SemanticModel | None:
    """Return the model that the settings name, None where meaning is not asked for."""
    return SemanticModel(settings.semantic_model) if settings.semantic else None


def check_model(settings: Settings) -> str:
    """Return why the model of the settings cannot be loaded, with the next step; "" if it can."""
    try:
        if settings.semantic:
            load_model(settings.semantic_model)
    except BackmatterError as error:
        return str(error)
    return ""


def load_model(folder: Path | None) -> TextModel:
    """Load a model: a static one of the folder or of the extra, or else an ONNX graph of the folder.

    Raises:
        SettingsError: It is not there, or cannot be used; the message says what to do.
    """
    try:
        return _read_model(folder)
    except ModuleNotFoundError as error:
        extra = "semantic-onnx" if error.name == "onnxruntime" else "semantic"
        raise SettingsError(f"semantic = true needs {error.name}; {INSTALL.format(extra)}") from None
    except OSError as error:
        raise SettingsError(f"{describe_error(error)}; {WANTED_FOLDER}") from None


def _read_model(folder: Path | None) -> TextModel:
    from .static_model import TOKENIZER_NAME, VECTORS_NAME, ModelFiles, StaticModel, has_table

    if folder is None:
        return StaticModel(_package_files())
    if not has_table(folder / VECTORS_NAME):
        from .onnx_model import OnnxModel, graph_in

        graph = graph_in(folder)
        if graph:
            return OnnxModel(graph, folder)
    return StaticModel(ModelFiles(folder / VECTORS_NAME, folder / TOKENIZER_NAME))


def _package_files() -> "ModelFiles":
    from .static_model import ModelFiles

    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise SettingsError(f"semantic = true needs a model; {INSTALL.format('semantic')}, or {WANTED_FOLDER}")
    package = Path(spec.submodule_search_locations[0])
    return ModelFiles(package / TABLE, package / TOKENIZER)


@lru_cache(maxsize=4)
def _loaded(folder: Path | None) -> TextModel | None:
    """Load a model once for a process; where it cannot be, say so once, and do without."""
    try:
        return load_model(folder)
    except BackmatterError as error:
        _log.warning("%s; until then, posts are found by their words alone", error)
        return None


@lru_cache(maxsize=CACHED_QUERIES)
def _embedded(folder: Path | None, text: str) -> QueryVector | None:
    model = _loaded(folder)
    if not model:
        return None
    try:
        vector = model.embed_query(text)
    except Exception as error:  # the libraries raise nothing more precise
        _log.warning("semantic: a query is answered by its words alone, since it %s", error)
        return None
    return QueryVector(model.id, vector, model.embed if model.is_fast else None) if vector.any() else None
