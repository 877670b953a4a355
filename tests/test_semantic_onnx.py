"""Sentence models in ONNX: real graphs, run by onnxruntime, and what is wrong with a folder."""

import sys

import numpy as np
import pytest

from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.errors import SettingsError
from backmatter.index.query.analysed import analyse
from backmatter.index.search.search import search
from backmatter.index.semantic import onnx_model
from backmatter.index.semantic.model import SemanticModel, check_model, load_model
from backmatter.index.settings import Settings
from tests.build import apply, post
from tests.meaning_onnx import write_onnx_model


@pytest.mark.parametrize(
    ("output", "name"),
    [
        ("tokens", "model.onnx"),
        ("sentence", "model.onnx"),
        ("tokens", "onnx/model.onnx"),
        ("tokens", "onnx/model_quantized.onnx"),
    ],
)
def test_texts_about_the_same_are_nearer_than_others(tmp_path, output, name):
    model = load_model(write_onnx_model(tmp_path, output=output, name=name))
    car, automobile, fruit = model.embed(["car", "automobile", "apple"])
    assert car @ automobile > 0.8
    assert abs(car @ fruit) < 0.1
    assert np.linalg.norm(car) == pytest.approx(1, abs=1e-3)


def test_texts_of_different_lengths_have_the_vectors_that_each_has_alone(tmp_path):
    model = load_model(write_onnx_model(tmp_path))
    texts = ["car", "car apple time", "time clock", *["pear"] * 20]
    assert np.allclose(model.embed(texts), [model.embed([text])[0] for text in texts], atol=1e-6)


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [
        ({"pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False}, "mean"),
        ({"pooling_mode_mean_tokens": False, "pooling_mode_cls_token": True}, "first"),
        ({"pooling_mode": "cls"}, "first"),
        ({"pooling_mode": "mean"}, "mean"),
        ({}, "mean"),
    ],
)
def test_the_vectors_of_tokens_become_one_as_the_folder_says(tmp_path, pooling, expected):
    model = load_model(write_onnx_model(tmp_path, **{"1_Pooling__config": pooling}))
    both, car, apple = model.embed(["car apple", "car", "apple"])
    assert (both @ car == pytest.approx(1, abs=1e-3)) == (expected == "first")
    assert (both @ apple > 0.5) == (expected == "mean")


def test_what_stands_before_a_query_and_a_text_is_read(tmp_path):
    prompts = {"prompts": {"query": "fruit ", "document": "time "}}
    model = load_model(write_onnx_model(tmp_path, config_sentence_transformers=prompts))
    fruit, time = load_model(write_onnx_model(tmp_path / "plain")).embed(["fruit", "time"])
    assert model.embed_query("") @ fruit == pytest.approx(1, abs=1e-3)
    assert model.embed([""])[0] @ time == pytest.approx(1, abs=1e-3)


def test_no_more_tokens_are_read_than_the_model_takes(tmp_path):
    model = load_model(write_onnx_model(tmp_path, sentence_bert_config={"max_seq_length": 1}))
    assert np.array_equal(model.embed_query("car apple"), model.embed_query("car"))


def test_models_have_the_same_id_if_they_have_the_same_contents(tmp_path):
    first, same, cls, other = (
        load_model(write_onnx_model(tmp_path / name, vectors, **files))
        for name, vectors, files in (
            ("a", None, {}),
            ("b", None, {}),
            ("c", None, {"1_Pooling__config": {"pooling_mode": "cls"}}),
            ("d", {"car": [1.0] * 64}, {}),
        )
    )
    assert first.id == same.id
    assert len({first.id, cls.id, other.id}) == 3


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("model.onnx", b"", r"model.onnx: cannot be run"),
        ("model.onnx", b"\x08\x09" * 40, r"model.onnx: cannot be run"),
        ("model.onnx", None, "No such file"),
        ("tokenizer.json", None, "No such file"),
        ("tokenizer.json", b"{}", "tokenizer.json: is not a tokenizer"),
        ("1_Pooling/config.json", b"{", "config.json: is not JSON"),
        ("1_Pooling/config.json", b'{"pooling_mode_lasttoken": true}', "its pooling"),
        ("1_Pooling/config.json", b'{"pooling_mode": "max"}', "its pooling is max"),
        ("modules.json", b'[{"type": "sentence_transformers.models.Dense"}]', "has a layer outside of its graph"),
    ],
)
def test_a_folder_that_cannot_be_used_is_said_with_the_next_step(tmp_path, file, content, said, caplog):
    folder = write_onnx_model(tmp_path / "model")
    path = folder / file
    path.parent.mkdir(exist_ok=True)
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(SettingsError, match=f"{said}.*(copy the model|use a model|set semantic_model)"):
        load_model(folder)
    assert SemanticModel(folder).embed_query("car") is None
    assert "posts are found by their words alone" in caplog.text
    assert check_model(Settings(semantic=True, semantic_model=folder))


def test_a_runtime_that_is_not_installed_is_said(tmp_path, monkeypatch):
    folder = write_onnx_model(tmp_path)
    monkeypatch.delitem(sys.modules, "backmatter.index.semantic.onnx_model", raising=False)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(SettingsError, match=r"needs onnxruntime; .*backmatter\[semantic-onnx\]"):
        load_model(folder)


def test_a_query_or_a_post_that_takes_too_long_goes_without_a_vector(tmp_path, monkeypatch, caplog):
    folder = write_onnx_model(tmp_path)
    model = SemanticModel(folder)
    assert model.embed_query("car") is not None
    write_onnx_model(tmp_path / "endless", is_endless=True)
    loaded = load_model(folder)
    loaded._session = onnx_model._session(tmp_path / "endless/model.onnx")
    monkeypatch.setattr("backmatter.index.semantic.model._loaded", lambda _: loaded)
    monkeypatch.setattr(onnx_model, "QUERY_SECONDS", 0.05)
    monkeypatch.setattr(onnx_model, "POST_SECONDS", 0.1)
    assert model.embed_query("automobile") is None
    assert model.embed_post(post("long.md", "car")) is None
    assert "a query is answered by its words alone, since it takes longer than 0.05 s" in caplog.text
    assert "long.md stays without vectors, since it takes longer than 0.1 s" in caplog.text


def test_an_index_is_made_and_searched_with_it(tmp_path):
    engine = WhooshEngine(tmp_path / "index", SemanticModel(write_onnx_model(tmp_path / "model")))
    apply(engine, [post("car.md", "vehicle"), post("fruit.md", "apple pear")])
    hits = search(engine.snapshot(), analyse("automobile xyzzy", exact=True)).hits
    assert [(hit.path, hit.by_meaning) for hit in hits] == [("car.md", True)]
