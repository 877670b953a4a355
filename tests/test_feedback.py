"""Long questions: what the best matches are about brings what is about the same."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from backmatter.index.engines.base import Snapshot
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.model import Hit
from backmatter.index.query.analysed import analyse
from backmatter.index.query.parser import parse
from backmatter.index.query.tree import conjuncts
from backmatter.index.query.word_forms import with_forms
from backmatter.index.retrieval.feedback import is_long, likeness
from backmatter.index.search.search import search
from tests.build import apply, post

QUESTION = "which garbage collector pauses threads longest while marking heap objects under memory pressure"
ABOUT = "pacer, mutator, tricolor, barriers, sweeping"
ANSWER = post("answer.md", f"{QUESTION}: {ABOUT}.")
ALIKE = post("alike.md", f"Of {ABOUT}. A garbage collector pauses threads.")
WORDS = QUESTION.split()
BY_CHANCE = [post(f"by-chance-{n}.md", f"Bread, salt, {' '.join(WORDS[n : n + 5])}.") for n in range(len(WORDS) - 5)]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    engine = WhooshEngine(tmp_path_factory.mktemp("index"))
    # What is alike lies in another segment than the answer.
    apply(engine, [ANSWER, *BY_CHANCE])
    apply(engine, [ALIKE])
    return engine.snapshot()


def test_what_is_about_the_same_as_the_answer_comes_before_what_has_more_of_the_words(snapshot: Snapshot):
    hits = search(snapshot, analyse(QUESTION), per_page=20, explain=True).hits
    ranked = [hit.path for hit in hits]
    assert ranked.index("answer.md") < ranked.index("alike.md") < ranked.index("by-chance-0.md")
    by_words = {hit.path: hit.score - _fed_back(hit) for hit in hits}
    assert by_words["alike.md"] < by_words["by-chance-0.md"]


def test_a_short_query_is_ranked_by_its_own_words_alone(snapshot: Snapshot):
    hits = search(snapshot, analyse("collector marking heap"), explain=True).hits
    assert [_fed_back(hit) for hit in hits] == [0] * len(hits)


def test_a_long_question_to_an_empty_index_finds_nothing(tmp_path: Path):
    engine = WhooshEngine(tmp_path)
    apply(engine, [])
    assert search(engine.snapshot(), analyse(QUESTION)).total == 0


def _fed_back(hit: Hit) -> float:
    assert hit.explanation
    return sum(part.value for part in hit.explanation.parts if part.name == "feedback")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (QUESTION, True),
        ("one two three four five six seven", False),
        ("what is one of the two that do not have three and four in a five for six", False),
        ("one two three four five six seven eight", True),
        ("コンテナのライフサイクルイベントへのハンドラー紐付け", False),
    ],
)
def test_a_question_is_long_by_the_words_that_say_something(query: str, expected: bool):
    assert is_long(conjuncts(with_forms(parse(query)))) is expected


FREQUENCIES = arrays(np.float32, (12, 6), elements=st.floats(0, 100, width=32))


@given(FREQUENCIES, arrays(np.float64, 12, elements=st.floats(0, 50)))
def test_likeness_is_a_share(frequencies, scores):
    found = likeness(frequencies, scores)
    assert ((found >= 0) & (found <= 1)).all()
