"""A small model of meaning for tests, as model2vec writes it: a topic is a direction, and its words point there."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, models, pre_tokenizers

TOPICS = ("car automobile vehicle", "fruit apple pear", "clock time hour", "memory heap garbage rubbish")
UNKNOWN = "[UNK]"


def vectors_of(topics: Sequence[str] = TOPICS) -> dict[str, list[float]]:
    """Return a vector for each word; a topic has one direction, and each word a small part of its own."""
    words = [(number, word) for number, topic in enumerate(topics) for word in topic.split()]
    table = np.zeros((len(words), 64), np.float32)
    for row, (number, _) in enumerate(words):
        table[row, number], table[row, len(topics) + row] = 1, 0.3
    return {word: vector.tolist() for (_, word), vector in zip(words, table, strict=True)}


def write_model(
    folder: Path, vectors: Mapping[str, Sequence[float]] | None = None, *, kind: str = "F32", name: str = "embeddings"
) -> Path:
    """Write a model into a folder, and return the folder."""
    vectors = vectors or vectors_of()
    folder.mkdir(parents=True, exist_ok=True)
    table = np.array([np.zeros(64), *vectors.values()], {"F16": np.float16, "F32": np.float32}.get(kind, np.float32))
    entry = {"dtype": kind, "shape": table.shape, "data_offsets": [0, table.nbytes]}
    header = json.dumps({name: entry}).encode()
    (folder / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + table.tobytes())
    words = {UNKNOWN: 0, **{word: number for number, word in enumerate(vectors, 1)}}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder
