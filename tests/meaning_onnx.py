"""Small sentence models in ONNX for tests, made with the onnx package: the vectors of the tokens, looked up."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tests.meaning import vectors_of, write_model

Output = Literal["tokens", "sentence"]
ENDLESS = 2**40


def write_onnx_model(
    folder: Path,
    vectors: Mapping[str, Sequence[float]] | None = None,
    *,
    output: Output = "tokens",
    name: str = "model.onnx",
    is_endless: bool = False,
    **files: Any,
) -> Path:
    """Write a model into a folder, with further files as JSON by their names, and return the folder."""
    vectors = vectors or vectors_of()
    write_model(folder, vectors)
    (folder / "model.safetensors").unlink()
    table = np.array([np.zeros(64), *vectors.values()], np.float32)
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["looked_up"])]
    nodes += _endless() if is_endless else [helper.make_node("Identity", ["looked_up"], ["found"])]
    shape: list[str | int] = ["texts", "tokens", 64]
    if output == "sentence":
        nodes.append(helper.make_node("ReduceMean", ["found", "axis"], ["sentence_embedding"], keepdims=0))
        shape = ["texts", 64]
    else:
        nodes.append(helper.make_node("Identity", ["found"], ["last_hidden_state"]))
    graph = helper.make_graph(
        nodes,
        "model",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])],
        [helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(table, "table"), numpy_helper.from_array(np.array([1], np.int64), "axis")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, folder / name)
    for file, content in files.items():
        path = folder / file.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".json").write_text(json.dumps(content), "utf-8")
    return folder


def _endless() -> list[onnx.NodeProto]:
    """Return nodes that add to the vectors for days."""
    body = helper.make_graph(
        [
            helper.make_node("Add", ["before", "before"], ["after"]),
            helper.make_node("Identity", ["goes_on"], ["goes_on_still"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("number", TensorProto.INT64, []),
            helper.make_tensor_value_info("goes_on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("before", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("goes_on_still", TensorProto.BOOL, []),
            helper.make_tensor_value_info("after", TensorProto.FLOAT, None),
        ],
    )
    times = numpy_helper.from_array(np.array(ENDLESS, np.int64), "times")
    return [
        helper.make_node("Constant", [], ["times"], value=times),
        helper.make_node("Loop", ["times", "", "looked_up"], ["found"], body=body),
    ]
