import pytest

from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.query.analysed import analyse
from backmatter.index.query.tree import MAX_CLAUSES, Filter, Not, Phrase, Word, conjuncts, leaves
from backmatter.index.search.long_questions import MAX_REPEATS, bounded
from backmatter.index.search.search import search
from tests.build import apply, post

COMMON = [f"common{n}" for n in range(40)]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    engine = WhooshEngine(tmp_path_factory.mktemp("index"))
    everywhere = " ".join(COMMON)
    engine_posts = [post(f"{n}.md", everywhere) for n in range(20)]
    apply(
        engine, [*engine_posts, post("rare.md", "A sundial shows the hour."), post("twice.md", f"{everywhere} gnomon")]
    )
    return engine.snapshot()


def kept(snapshot, text):
    return [clause.text for clause in conjuncts(bounded(analyse(text), snapshot).tree) if isinstance(clause, Word)]


def test_a_question_that_can_be_looked_up_keeps_all_of_its_words(snapshot):
    text = " ".join([*COMMON[: MAX_CLAUSES - 3], "sundial", "sundial"])
    assert bounded(analyse(text), snapshot).tree == analyse(text).tree


@pytest.mark.parametrize("filler", [COMMON, COMMON * 9, [f"unknown{n}" for n in range(300)]])
def test_the_rarest_words_of_a_long_question_are_searched_however_far_back_they_stand(snapshot, filler):
    text = " ".join([*filler, "gnomon", "sundial"])
    assert kept(snapshot, text)[-2:] == ["gnomon", "sundial"]
    assert search(snapshot, analyse(text)).hits[0].path in ("rare.md", "twice.md")


def test_a_word_that_a_question_repeats_stays_before_one_that_it_has_once(snapshot):
    text = " ".join([*COMMON, *COMMON[-3:] * 9])
    words = kept(snapshot, text)
    assert [words.count(word) for word in COMMON[-3:]] == [MAX_REPEATS] * 3
    assert len(set(words)) == MAX_CLAUSES


def test_operators_are_kept_before_words(snapshot):
    text = " ".join([*COMMON, '"shows the hour"', "-gnomon", "tag:go", "sundial OR dial"])
    clauses = conjuncts(bounded(analyse(text), snapshot).tree)
    assert {Phrase("shows the hour"), Not(Word("gnomon")), Filter("tag", "go")} <= set(clauses)
    assert len(clauses) < MAX_CLAUSES


@pytest.mark.parametrize(
    "text",
    [
        " OR ".join(COMMON * 9),
        " ".join(f'"{word} x"' for word in COMMON * 9),
        " ".join(f"title:{word}" for word in COMMON * 9),
        " ".join(f"-{word}" for word in COMMON * 9),
    ],
)
def test_of_too_many_operators_the_first_are_read(snapshot, text):
    assert bounded(analyse(text), snapshot).tree == analyse(text).tree
    assert len(leaves(analyse(text).tree)) == MAX_CLAUSES
