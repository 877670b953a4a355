"""The misspelt queries that typing mistakes are measured with."""

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.misspelt import EDITS, main, misspell


@pytest.mark.parametrize(
    ("text", "changed"),
    [("a type in go", 0), ("garbage collection in go", 2), ("sync.Mutex", 1), ("", 0), ("1.22.3", 0)],
)
def test_each_word_of_five_letters_or_more_is_misspelt(text: str, changed: int):
    misspelt = misspell(text, Random(1))  # noqa: S311
    assert sum(a != b for a, b in zip(text.split(), misspelt.split(), strict=True)) == changed


@given(
    word=st.text("abc", min_size=5, max_size=12), random=st.randoms(use_true_random=False), edit=st.sampled_from(EDITS)
)
def test_an_edit_changes_a_word_and_keeps_its_first_letter(word: str, random: Random, edit):
    misspelt = edit(word, random.randrange(1, len(word)), random)
    assert misspelt != word
    assert misspelt[0] == word[0]
    assert abs(len(misspelt) - len(word)) <= 1


def test_a_file_of_queries_is_misspelt_alike_each_time(tmp_path, monkeypatch):
    queries, out = tmp_path / "queries.jsonl", tmp_path / "misspelt.jsonl"
    queries.write_text('{"id": "q1", "text": "garbage collection", "ignore": ["a.md"]}\n', "utf-8")
    monkeypatch.setattr("sys.argv", ["misspelt", str(queries), str(out)])
    main()
    first = out.read_text("utf-8")
    main()
    assert out.read_text("utf-8") == first
    misspelt = json.loads(first)
    assert (misspelt["id"], misspelt["ignore"]) == ("q1", ["a.md"])
    assert misspelt["text"] != "garbage collection"
