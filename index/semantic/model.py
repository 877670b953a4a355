"""The model that the settings name: found without loading it, loaded with the first text."""

import logging
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import BackmatterError, SettingsError, describe_error
from ..model import Post
from ..segment.vectors import PostVectors, QueryVector, scaled
from ..settings import Settings
from .pieces import pieces

if TYPE_CHECKING:
    from .static_model import ModelFiles, StaticModel

# The package whose model is used where no folder is named: where its wheel has the two files.
PACKAGE, TABLE, TOKENIZER = (
    "wordllama",
    "weights/l2_supercat_256.safetensors",
    "tokenizers/l2_supercat_tokenizer_config.json",
)
INSTALL = "install it from a clone: './backmatter[semantic]'"

# Queries whose vectors are kept: one search asks for that of its query several times.
CACHED_QUERIES = 256

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SemanticModel:
    """Makes vectors of posts and queries. It can be sent to other processes, each of which loads it for itself.

    Attributes:
        folder: Where the model is; None for the one that comes with the extra.
    """

    folder: Path | None

    def embed_post(self, post: Post) -> PostVectors | None:
        """Return the vectors of a post's pieces; None if the model cannot be loaded."""
        model = _loaded(self.folder)
        if model is None:
            return None
        cut = list(pieces(post))
        starts = np.array([piece.start for piece in cut], np.uint32)
        return PostVectors(model.id, starts, scaled(model.embed([piece.words for piece in cut])))

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


def load_model(folder: Path | None) -> "StaticModel":
    """Load a model.

    Raises:
        SettingsError: It is not there, or cannot be used; the message says what to do.
    """
    try:
        from .static_model import StaticModel
    except ModuleNotFoundError as error:
        raise SettingsError(f"semantic = true needs {error.name}; {INSTALL}") from None
    files = _files(folder)
    try:
        return StaticModel(files)
    except OSError as error:
        raise SettingsError(f"{describe_error(error)}; set semantic_model to a folder that model2vec wrote") from None
    except SettingsError:
        raise
    except Exception as error:  # the tokenizer's library raises nothing more precise
        raise SettingsError(
            f"{files.tokenizer}: is not a tokenizer ({error}); set semantic_model to a folder that model2vec wrote"
        ) from None


def _files(folder: Path | None) -> "ModelFiles":
    from .static_model import ModelFiles

    if folder is not None:
        return ModelFiles(folder / "model.safetensors", folder / "tokenizer.json")
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise SettingsError(f"semantic = true needs a model; {INSTALL}, or set semantic_model to a folder with one")
    package = Path(spec.submodule_search_locations[0])
    return ModelFiles(package / TABLE, package / TOKENIZER)


@lru_cache(maxsize=4)
def _loaded(folder: Path | None) -> "StaticModel | None":
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
    (vector,) = model.embed([text])
    return QueryVector(model.id, vector) if vector.any() else None
