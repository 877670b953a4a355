"""Models of meaning: their files, texts as vectors, and posts in pieces."""

import json
import math
import sys

import numpy as np
import pytest
from model2vec import StaticModel
from tokenizers import Tokenizer

from backmatter.index.errors import SettingsError
from backmatter.index.semantic.model import INSTALL, SemanticModel, check_model, find_model, load_model
from backmatter.index.semantic.pieces import MAX_PIECES, PIECE_LENGTH, pieces
from backmatter.index.settings import Settings
from tests.build import post
from tests.meaning import vectors_of, write_model

LONG = "word " * 300


@pytest.fixture
def folder(tmp_path):
    return write_model(tmp_path / "model")


@pytest.mark.parametrize(("kind", "name"), [("F32", "embeddings"), ("F16", "embeddings"), ("F16", "embedding.weight")])
def test_texts_about_the_same_are_nearer_than_others(tmp_path, kind, name):
    model = load_model(write_model(tmp_path, kind=kind, name=name))
    car, automobile, fruit = model.embed(["my car", "An AUTOMOBILE, parked.", "apple pear"])
    assert car @ automobile > 0.8
    assert abs(car @ fruit) < 0.1
    assert np.linalg.norm(car) == pytest.approx(1, abs=1e-3)


def test_a_text_without_a_known_word_has_no_direction(folder):
    assert not load_model(folder).embed(["", "xyzzy", "…"]).any()
    assert SemanticModel(folder).embed_query("xyzzy") is None


def test_more_words_than_are_kept_have_the_same_vectors(folder, monkeypatch):
    texts = ["car fruit", "clock heap", "pear time apple", "car"]
    expected = load_model(folder).embed(texts)
    monkeypatch.setattr("backmatter.index.semantic.static_model.MAX_WORDS", 2)
    model = load_model(folder)
    assert np.array_equal(np.concatenate([model.embed([text]) for text in texts]), expected)


def test_models_have_the_same_id_if_they_have_the_same_contents(tmp_path):
    first, same = (load_model(write_model(tmp_path / name)) for name in "ab")
    other = load_model(write_model(tmp_path / "c", {"car": [1.0] * 64}))
    assert first.id == same.id != other.id


def _safetensors(shapes):
    header, size = {}, 0
    for name, shape in shapes.items():
        kind, width = ("I64", 8) if name == "mapping" else ("F32", 4)
        end = size + width * math.prod(shape)
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [size, end]}
        size = end
    written = json.dumps(header).encode()
    return len(written).to_bytes(8, "little") + written + bytes(size)


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("model.safetensors", None, "No such file"),
        ("tokenizer.json", None, "No such file"),
        ("model.safetensors", b"", "has no table of vectors"),
        ("model.safetensors", b"\x02\0\0\0\0\0\0\0{}", "has no table of vectors"),
        ("model.safetensors", b"\xff" * 64, "has no table of vectors"),
        ("tokenizer.json", b"{}", "is not a tokenizer"),
        ("model.safetensors", _safetensors({"embeddings": (2, 64)}), "has vectors for 2 of 14 tokens"),
        (
            "model.safetensors",
            _safetensors({"embeddings": (14, 64), "weights": (3,)}),
            "has vectors for 3 of 14 tokens",
        ),
        ("model.safetensors", _safetensors({"embeddings": (0, 64), "mapping": (14,)}), "a row that is not there"),
        ("model.safetensors", _safetensors({"embeddings": (14,)}), "a table of 1 dimensions"),
    ],
)
def test_a_model_that_cannot_be_used_is_said_with_the_next_step(folder, file, content, said, caplog):
    (folder / file).unlink() if content is None else (folder / file).write_bytes(content)
    with pytest.raises(SettingsError, match=f"{file}.*{said}.*set semantic_model to a folder"):
        load_model(folder)
    assert SemanticModel(folder).embed_query("car") is None
    assert SemanticModel(folder).embed_post(post(text="car")) is None
    assert "posts are found by their words alone" in caplog.text
    assert said in check_model(Settings(semantic=True, semantic_model=folder))


@pytest.mark.parametrize("named", [True, False])
def test_an_extra_that_is_not_installed_is_said_and_posts_are_found_by_their_words(folder, monkeypatch, named):
    for module in ("tokenizers", "backmatter.index.semantic.tokenizer", "backmatter.index.semantic.static_model"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    settings = Settings(semantic=True, semantic_model=folder if named else None)
    assert check_model(settings) == "semantic = true needs tokenizers; " + INSTALL.format("semantic")
    assert SemanticModel(settings.semantic_model).embed_query("car") is None


def test_there_is_a_model_only_where_meaning_is_asked_for(folder):
    assert find_model(Settings(semantic_model=folder)) is None
    assert find_model(Settings(semantic=True, semantic_model=folder)) == SemanticModel(folder)
    assert check_model(Settings(semantic=True, semantic_model=folder)) == ""


def test_a_package_has_the_model_where_none_is_named(folder, tmp_path, monkeypatch):
    package = tmp_path / "wordllama"
    for name, inner in (
        ("model.safetensors", "weights/l2_supercat_256.safetensors"),
        ("tokenizer.json", "tokenizers/l2_supercat_tokenizer_config.json"),
    ):
        (package / inner).parent.mkdir(parents=True)
        (folder / name).rename(package / inner)
    (package / "__init__.py").write_text("raise AssertionError('it is not imported')")
    monkeypatch.syspath_prepend(tmp_path)
    assert load_model(None).embed(["car"]).any()


@pytest.mark.parametrize(
    ("text", "sections", "starts"),
    [
        ("Lead.", (), [0]),
        ("", (), [0]),
        ("Lead.", (("One", "Text."), ("Two", "")), [0, 6, 12]),
        (LONG, (), [0, 1005]),
        ("x" * 2_500, (), [0, 1000, 2000]),
        ("x" * 20_000, (), [PIECE_LENGTH * number for number in range(MAX_PIECES)]),
    ],
)
def test_posts_are_cut_into_sections_and_long_sections_into_parts(text, sections, starts):
    cut = list(pieces(post("a.md", text, *sections, title="Title")))
    assert [piece.start for piece in cut] == starts
    assert all(piece.words.startswith("Title ") for piece in cut)


def test_a_piece_has_its_heading_and_ends_behind_a_word():
    first, second, third = pieces(post("a.md", "Lead.", ("Clocks", "ticking " * 150), title="Time"))
    assert (first.words, second.words[:20]) == ("Time  Lead.\n", "Time Clocks ticking ")
    assert second.words.endswith("ticking ")
    assert third.words.startswith("Time Clocks ticking")


@pytest.mark.parametrize("text", ["時計", "計時", "時-計", "x時y計z"])
def test_text_without_spaces_is_looked_up_by_its_characters(tmp_path, text):
    model = load_model(write_model(tmp_path, {"時": [1.0] + [0.0] * 63, "計": [0.0] * 63 + [1.0]}))
    assert model.embed([text])[0, [0, -1]].tolist() == pytest.approx([0.5**0.5] * 2)


def _model2vec(folder, **given):
    words = {"[UNK]": np.ones(64), **vectors_of()}
    write_model(folder / "plain")
    tokenizer = Tokenizer.from_file(str(folder / "plain/tokenizer.json"))
    vectors = np.array([words[name] for name in words], np.float32)
    model = StaticModel(given.pop("vectors", vectors), tokenizer, normalize=True, **given)
    model.save_pretrained(folder / "saved")
    return model, folder / "saved"


_ROWS = len(vectors_of()) + 1
_RANDOM = np.random.default_rng(1)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"weights": _RANDOM.random(_ROWS).astype(np.float32)},
        {"weights": _RANDOM.random(_ROWS)},
        {
            "vectors": _RANDOM.normal(size=(4, 64)).astype(np.float16),
            "token_mapping": np.arange(_ROWS) % 4,
            "weights": _RANDOM.random(_ROWS).astype(np.float16),
        },
        {"vectors": _RANDOM.normal(size=(4, 64)), "token_mapping": (np.arange(_ROWS) % 4).astype(np.int32)},
        {"vectors": _RANDOM.integers(-127, 127, (_ROWS, 64)).astype(np.int8)},
    ],
    ids=["plain", "weights", "weights-F64", "shared-rows-F16", "shared-rows-F64", "int8"],
)
def test_what_model2vec_writes_gives_the_vectors_that_model2vec_gives(tmp_path, given):
    theirs, folder = _model2vec(tmp_path, **given)
    ours = load_model(folder)
    texts = ["car automobile xyzzy", "apple", "clock hour heap", "time time rubbish", "xyzzy"]
    assert np.allclose(ours.embed(texts), theirs.encode(texts), atol=2e-3)
