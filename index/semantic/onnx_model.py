"""A sentence model in ONNX: layers that read a text's tokens together, run by onnxruntime on one core.

Folders are as sentence-transformers and Optimum write them: the graph, `tokenizer.json`, and beside them how the
vectors of the tokens become one (`1_Pooling/config.json`) and what stands before a query (`prompts`).
"""

import json
from collections.abc import Sequence
from pathlib import Path
from threading import Timer
from typing import Any, NamedTuple

import numpy as np
import onnxruntime
import xxhash

from ..errors import SettingsError
from ..segment.arrays import Array
from .tokenizer import NEXT_STEP, read_tokenizer

# Where tools put the graph, the most exact first.
GRAPHS = ("model.onnx", "onnx/model.onnx", "model_quantized.onnx", "onnx/model_quantized.onnx")
# Tokens of a text that are read: the time that layers take grows faster than their number. A piece has some 200.
MAX_READ_TOKENS = 256
# Pieces that are read at once: more take memory and save no time on one core.
BATCH = 8
# Seconds after which a query is answered by its words, and a post stays without vectors; a query takes some hundredths
# of a second, and a long post one or two seconds.
QUERY_SECONDS, POST_SECONDS = 1.0, 60.0

# Only errors of onnxruntime are logged, and these are raised anyway.
_FATAL = 4
# Ways to make one vector of those of tokens, by their names in a model's folder: whether the first is taken.
POOLING = {"cls": True, "cls_token": True, "mean": False, "mean_tokens": False}
_KNOWN_MODULES = ("Transformer", "Pooling", "Normalize")


class TookTooLong(Exception):
    """A text could not be read in time."""


class Reading(NamedTuple):
    """How a model's folder wants texts to be read, and the vectors of their tokens to become one.

    Attributes:
        max_tokens: Tokens that are read.
        takes_first: Whether the first token's vector is the text's, or else their mean.
        query, document: What stands before a query, and before a text that is searched.
    """

    max_tokens: int
    takes_first: bool
    query: str
    document: str


class OnnxModel:
    """Turns texts into unit vectors; threads may share it.

    Attributes:
        id: Tells models apart, by their contents.
    """

    is_fast = False

    def __init__(self, graph: Path, folder: Path) -> None:
        self._tokenizer, tokenizer = read_tokenizer(folder / "tokenizer.json")
        self._reading = reading_of(folder)
        self._tokenizer.enable_truncation(self._reading.max_tokens)
        self._tokenizer.enable_padding()
        try:
            self._session = _session(graph)
            self._inputs = [each.name for each in self._session.get_inputs()]
            names = [each.name for each in self._session.get_outputs()]
            self._output = "sentence_embedding" if "sentence_embedding" in names else names[0]
            self.dimensions = len(self.embed_query("a"))
        except Exception as error:  # the library raises nothing more precise
            said = " ".join(str(error).split())  # some versions end it with a new line
            raise SettingsError(f"{graph}: cannot be run ({said}); {NEXT_STEP}") from None
        digest = xxhash.xxh3_64(graph.read_bytes())
        digest.update(repr(self._reading).encode())
        self.id = f"{digest.hexdigest()}{xxhash.xxh3_64_hexdigest(tokenizer)}"

    def embed(self, texts: Sequence[str]) -> Array:
        """Return the vectors of the texts of one post.

        Raises:
            TookTooLong: They take longer than POST_SECONDS.
        """
        return self._embed([self._reading.document + text for text in texts], POST_SECONDS)

    def embed_query(self, text: str) -> Array:
        """Return the vector of a query.

        Raises:
            TookTooLong: It takes longer than QUERY_SECONDS.
        """
        return np.asarray(self._embed([self._reading.query + text], QUERY_SECONDS)[0])

    def _embed(self, texts: Sequence[str], seconds: float) -> Array:
        options = onnxruntime.RunOptions()
        options.log_severity_level = _FATAL
        timer = Timer(seconds, setattr, (options, "terminate", True))
        timer.start()
        try:
            parts = [self._run(texts[start : start + BATCH], options) for start in range(0, len(texts), BATCH)]
        except Exception as error:
            if options.terminate:
                raise TookTooLong(f"takes longer than {seconds:g} s") from error
            raise
        finally:
            timer.cancel()
        found = np.concatenate(parts)
        return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12), np.float32)

    def _run(self, texts: Sequence[str], options: Any) -> Array:
        encoded = self._tokenizer.encode_batch(list(texts))
        given = {
            "input_ids": np.array([tokens.ids for tokens in encoded], np.int64),
            "attention_mask": np.array([tokens.attention_mask for tokens in encoded], np.int64),
            "token_type_ids": np.array([tokens.type_ids for tokens in encoded], np.int64),
        }
        [found] = self._session.run([self._output], {name: given[name] for name in self._inputs}, options)
        if found.ndim == 2:
            return np.asarray(found)
        if self._reading.takes_first:
            return np.asarray(found[:, 0])
        mask = given["attention_mask"][..., None]
        return np.asarray((found * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1))


def _session(graph: Path) -> Any:
    options = onnxruntime.SessionOptions()
    # Each process that indexes or serves has its own model, and they share the cores.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _FATAL
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def graph_in(folder: Path) -> Path | None:
    """Return the ONNX file of a model's folder, None without one."""
    return next((folder / name for name in GRAPHS if (folder / name).is_file()), None)


def reading_of(folder: Path) -> Reading:
    """Read how texts are to be read, from the files beside a model.

    Raises:
        SettingsError: It wants what is not there.
    """
    pooling = _read_json(folder / "1_Pooling/config.json")
    mode = pooling.get("pooling_mode") or next(
        (
            name.removeprefix("pooling_mode_")
            for name, is_on in pooling.items()
            if name != "pooling_mode" and is_on is True
        ),
        "mean",
    )
    takes_first = str(mode).startswith("cls")
    if not takes_first and not str(mode).startswith("mean_tokens"[: len(str(mode))]):
        raise SettingsError(f"{folder}: its pooling is {mode}, which is not supported; use a model with mean or cls")
    modules = _read_json(folder / "modules.json") or []
    others = [each["type"] for each in modules if not each["type"].endswith(_KNOWN_MODULES)]
    if others:
        raise SettingsError(f"{folder}: has a layer outside of its graph ({others[0]}); use a model without one")
    longest = _read_json(folder / "sentence_bert_config.json").get("max_seq_length") or MAX_READ_TOKENS
    prompts = _read_json(folder / "config_sentence_transformers.json").get("prompts") or {}
    document = prompts.get("document") or prompts.get("passage") or ""
    return Reading(min(int(longest), MAX_READ_TOKENS), POOLING[mode], prompts.get("query") or "", document)


def _read_json(file: Path) -> Any:
    """Return what a file beside a model holds; nothing where there is none."""
    if not file.is_file():
        return {}
    try:
        return json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise SettingsError(f"{file}: is not JSON ({error}); copy the model again") from None
