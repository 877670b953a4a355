"""The tokenizer of a model, as Hugging Face's library writes it."""

from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from ..errors import SettingsError

NEXT_STEP = (
    "copy the model again, or set semantic_model to a folder that model2vec wrote or with an ONNX sentence model"
)


def read_tokenizer(file: Path) -> tuple[Any, bytes]:
    """Read a tokenizer, and return it with the bytes of its file.

    Raises:
        SettingsError: The file is none.
    """
    content = file.read_bytes()
    try:
        return Tokenizer.from_buffer(content), content
    except Exception as error:  # the library raises nothing more precise
        raise SettingsError(f"{file}: is not a tokenizer ({error}); {NEXT_STEP}") from None
