"""A static model: a table with a vector for each token; a text is the sum of those of its words.

It has no layers, so that a text costs little more than looking up its words. Files are as model2vec writes them.
"""

import json
import mmap
import re
import threading
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import xxhash
from tokenizers import Tokenizer

from ..errors import SettingsError
from ..segment.arrays import Array

# Kana and ideographs are looked up one by one, since a run of them is hardly ever written twice; a word of other
# scripts that is longer than this is data, and is looked up in parts.
_WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{1,32}")

# Words whose vectors are kept: 50 MB with 256 numbers each, which only a run that indexes comes near.
MAX_WORDS = 50_000

# The names by which tools write the table, and the types of numbers in it.
TABLE_NAMES = ("embeddings", "embedding.weight")
TYPES = {"F16": "<f2", "F32": "<f4"}


class ModelFiles(NamedTuple):
    """The two files of a static model."""

    table: Path
    tokenizer: Path


class StaticModel:
    """Turns texts into unit vectors; threads may share it.

    Attributes:
        id: Tells models apart, by their contents.
        dimensions: How many numbers a vector has.
    """

    def __init__(self, files: ModelFiles) -> None:
        tokenizer = files.tokenizer.read_bytes()
        self._tokenizer: Any = Tokenizer.from_buffer(tokenizer)
        self._table, digest = read_table(files.table)
        self.dimensions = self._table.shape[1]
        self.id = f"{digest:016x}{xxhash.xxh3_64_hexdigest(tokenizer)}"
        self._lock = threading.Lock()
        # The system gives memory for those rows alone that are written to.
        self._vectors = np.zeros((MAX_WORDS, self.dimensions), np.float32)
        self._rows: dict[str, int] = {}

    def embed(self, texts: Sequence[str]) -> Array:
        """Return the vectors of some texts; a text without a word that the model knows has one of zeros."""
        words = [_WORD.findall(text.lower()) for text in texts]
        with self._lock:
            self._look_up(dict.fromkeys(chain.from_iterable(words)))
            row = self._rows.__getitem__
            found = np.array([self._vectors.take(list(map(row, each)), axis=0).sum(axis=0) for each in words])
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.where(lengths, lengths, 1))

    def _look_up(self, words: Mapping[str, None]) -> None:
        """Keep the vectors of words, each the sum of those of its tokens."""
        new = [word for word in words if word not in self._rows]
        if len(self._rows) + len(new) > len(self._vectors):
            self._rows, new = {}, list(words)
            self._vectors = np.zeros((max(MAX_WORDS, len(new)), self.dimensions), np.float32)
        first = len(self._rows)
        encoded = self._tokenizer.encode_batch_fast(new, add_special_tokens=False)
        self._vectors[first : first + len(new)] = _sums(self._table, [tokens.ids for tokens in encoded])
        self._rows.update(zip(new, range(first, first + len(new)), strict=True))


def _sums(table: Array, lists: Sequence[Sequence[int]]) -> Array:
    """Return the sum of the rows of a table that each of many short lists names."""
    counts = np.fromiter(map(len, lists), np.intp, len(lists))
    found = np.zeros((len(lists), table.shape[1]), np.float32)
    if counts.any():
        rows = np.fromiter(chain.from_iterable(lists), np.intp, counts.sum())
        begins = (np.cumsum(counts) - counts)[counts > 0]
        found[counts > 0] = np.add.reduceat(table.take(rows, axis=0), begins, dtype=np.float32)
    return found


def read_table(file: Path) -> tuple[Array, int]:
    """Map the table of a safetensors file into memory, and return it with a checksum of the file.

    The file is the length of a header, the header in JSON, and the numbers, at the offsets that the header says.

    Raises:
        SettingsError: The file has no such table.
    """
    try:
        with file.open("rb") as source:
            data = mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ)
        begin = 8 + int.from_bytes(data[:8], "little")
        header = json.loads(data[8:begin])
        entry = next(header[name] for name in TABLE_NAMES if name in header)
        (rows, columns), (start, _) = entry["shape"], entry["data_offsets"]
        table = np.frombuffer(data, TYPES[entry["dtype"]], rows * columns, begin + start).reshape(rows, columns)
    except (ValueError, KeyError, StopIteration, TypeError) as error:
        raise SettingsError(
            f"{file}: has no table of vectors ({type(error).__name__}: {error}); "
            "set semantic_model to a folder that model2vec wrote"
        ) from None
    return table, xxhash.xxh3_64_intdigest(data)
