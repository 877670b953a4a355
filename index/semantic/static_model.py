"""A static model: a table with a vector for each token; a text is the sum of those of its words.

It has no layers, so that a text costs little more than looking up its words. Files are as model2vec writes them.
"""

import json
import math
import mmap
import re
import threading
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
import xxhash

from ..errors import SettingsError
from ..segment.arrays import Array
from .tokenizer import NEXT_STEP, read_tokenizer

# Kana and ideographs are looked up one by one, since a run of them is hardly ever written twice; a word of other
# scripts that is longer than this is data, and is looked up in parts.
_WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{1,32}")

# Words whose vectors are kept: 50 MB with 256 numbers each, which only a run that indexes comes near.
MAX_WORDS = 50_000

# The names of the two files, those by which tools write the table, and the types of numbers in it.
VECTORS_NAME, TOKENIZER_NAME = "model.safetensors", "tokenizer.json"
TABLE_NAMES = ("embeddings", "embedding.weight")
TYPES = {"F16": "<f2", "F32": "<f4", "F64": "<f8", "I8": "i1", "I32": "<i4", "I64": "<i8"}


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

    is_fast = True

    def __init__(self, files: ModelFiles) -> None:
        self._tokenizer, tokenizer = read_tokenizer(files.tokenizer)
        self._vectors_of, digest = token_vectors_in(files.table)
        self._check_size(files)
        self._unknown = unknown_token(tokenizer)
        self.dimensions = self._vectors_of.table.shape[1]
        self.id = f"{digest:016x}{xxhash.xxh3_64_hexdigest(tokenizer)}"
        self._lock = threading.Lock()
        # The system gives memory for those rows alone that are written to.
        self._vectors = np.zeros((MAX_WORDS, self.dimensions), np.float32)
        self._rows: dict[str, int] = {}

    def _check_size(self, files: ModelFiles) -> None:
        tokens, most = self._vectors_of.tokens, self._tokenizer.get_vocab_size()
        if tokens < most:
            raise SettingsError(f"{files.table}: has vectors for {tokens} of {most} tokens; {NEXT_STEP}")

    def embed_query(self, text: str) -> Array:
        """Return the vector of a query; zeros if the model knows none of its words."""
        return np.asarray(self.embed([text])[0])

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
        known = [[token for token in tokens.ids if token != self._unknown] for tokens in encoded]
        self._vectors[first : first + len(new)] = self._vectors_of.sums(known)
        self._rows.update(zip(new, range(first, first + len(new)), strict=True))


def unknown_token(tokenizer: bytes) -> int | None:
    """Return the number of the token that stands for what a tokenizer does not know; it says nothing of a text."""
    model = json.loads(tokenizer)["model"]
    vocabulary, name = model.get("vocab", {}), model.get("unk_token")
    return vocabulary.get(name) if isinstance(vocabulary, dict) else model.get("unk_id")


class TokenVectors(NamedTuple):
    """The vectors of tokens.

    Attributes:
        table: A vector in each row.
        weights: What each token counts; None where all count alike.
        rows: The row of each token, where several share one; None where each has its own.
    """

    table: Array
    weights: Array | None = None
    rows: Array | None = None

    @property
    def tokens(self) -> int:
        """How many tokens have a vector."""
        return min(
            len(each) for each in (self.table if self.rows is None else self.rows, self.weights) if each is not None
        )

    def sums(self, lists: Sequence[Sequence[int]]) -> Array:
        """Return the sum of the vectors of each of many short lists of tokens."""
        counts = np.fromiter(map(len, lists), np.intp, len(lists))
        found = np.zeros((len(lists), self.table.shape[1]), np.float32)
        if counts.any():
            tokens = np.fromiter(chain.from_iterable(lists), np.intp, counts.sum())
            vectors = self.table.take(tokens if self.rows is None else self.rows[tokens], axis=0)
            if self.weights is not None:
                vectors = vectors * self.weights[tokens, None].astype(np.float32)
            begins = (np.cumsum(counts) - counts)[counts > 0]
            found[counts > 0] = np.add.reduceat(vectors, begins, dtype=np.float32)
        return found


def has_table(file: Path) -> bool:
    """Check whether a safetensors file is of a static model, and not of layers."""
    try:
        with file.open("rb") as source:
            header = json.loads(source.read(int.from_bytes(source.read(8), "little")))
    except (OSError, ValueError, OverflowError, MemoryError):
        return False
    return any(name in header for name in TABLE_NAMES)


def token_vectors_in(file: Path) -> tuple[TokenVectors, int]:
    """Map the vectors of a safetensors file into memory, and return them with a checksum of the file.

    The file is the length of a header, the header in JSON, and the numbers, at the offsets that the header says.
    model2vec writes `weights` and `mapping` beside the table where it has made several tokens share a row.

    Raises:
        SettingsError: The file has no such table.
    """
    try:
        with file.open("rb") as source:
            data = mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ)
        begin = 8 + int.from_bytes(data[:8], "little")
        header = json.loads(data[8:begin])

        def tensor(name: str) -> Array:
            entry = header[name]
            start, size = begin + entry["data_offsets"][0], math.prod(entry["shape"])
            return np.frombuffer(data, TYPES[entry["dtype"]], size, start).reshape(entry["shape"])

        table = tensor(next(name for name in TABLE_NAMES if name in header))
        weights, rows = (tensor(name) if name in header else None for name in ("weights", "mapping"))
        if table.ndim != 2 or any(each is not None and each.ndim != 1 for each in (weights, rows)):
            raise ValueError(f"a table of {table.ndim} dimensions")
        if rows is not None and not 0 <= rows.min(initial=0) <= rows.max(initial=0) < len(table):
            raise ValueError("a row that is not there")
    except (ValueError, KeyError, StopIteration, TypeError) as error:
        raise SettingsError(f"{file}: has no table of vectors ({type(error).__name__}: {error}); {NEXT_STEP}") from None
    return TokenVectors(table, weights, rows), xxhash.xxh3_64_intdigest(data)
