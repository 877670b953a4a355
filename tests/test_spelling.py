"""Misspelt words are put right, and words that are there never get worse for it."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backmatter.index.engines.base import Snapshot
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.query.analysed import analyse
from backmatter.index.search.search import search
from backmatter.index.search.spelling import Spelling, edits
from tests.build import apply, post

# Many posts have these; each of the others stands in one.
COMMON = (
    "Keep the meeting under cover: react over there, and the container runtime of kubernetes leaks no goroutine.",
    "A data race in the scheduler; the scheduling of a goroutine is over, and they react under cover and keep meeting.",
)
RARE = (
    post("keet.md", "A keet bird is the mascot."),
    post("hover.md", "Cards hover above the page."),
    post("preact.md", "Preact renders hooks."),
    post("stack.md", "The call stack grows."),
    post("stock.md", "The stock market falls."),
    post("typo.md", "The kuberentes scheduler is misspelt."),
    post("umlaut.md", "Über die Speicherverwaltung und Garbage."),
    post("greek.md", "Η διαχείριση μνήμης."),
)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    engine = WhooshEngine(tmp_path_factory.mktemp("spelling"))
    apply(engine, [*(post(f"{number}.md", COMMON[number % 2]) for number in range(80)), *RARE])
    return engine.snapshot()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("gorotine", "goroutine"),
        ("goruotine", "goroutine"),
        ("gooroutine", "goroutine"),
        ("gorout1ne", None),
        ("kuberntes", "kubernetes"),
        ("kubenrets", "kubernetes"),
        ("Kuberntes, contianer!", "kubernetes, container!"),
        ("gorotine contianer schedular", "goroutine container scheduler"),
        ("gorotine -contianer", "goroutine -contianer"),
        ("leeks gorotine", "leaks goroutine"),
        ("gorotine-contianer", "goroutine-container"),
        ("datarace", "data race"),
        ("speichervewaltung", "speicherverwaltung"),
        ("διαχιεριση", "διαχειριση"),
        ("call steck", "call stack"),
        ("steck market", "stock market"),
        # Found by its stem.
        ("kubernets", None),
        # Too short, or too far off.
        ("covr", None),
        ("kovre", None),
        ("oberkubernets", None),
        ("lontaine", None),
        # Never in quotes, fields, code, digits and symbols.
        ('"gorotine"', None),
        ('gorotine "gorotine leaks"', 'goroutine "gorotine leaks"'),
        ("title:gorotine", None),
        ("gorotine in:code", None),
        ("gorotine tag:gorotine", "goroutine tag:gorotine"),
        ("runtime.Gorotine", None),
        ("--gorotine", None),
        ("$gorotine", None),
        ("gorotine*", None),
        ("gorotine_x", None),
        ("x = gorotine", None),
        ("run(gorotine)", None),
        ("Gorotine", "goroutine"),
        ("KUBERNTES", "kubernetes"),
        ("goRotine", None),
        ("HTTPSchedular", None),
        # Beside other words it is a name, each part of which may be misspelt.
        ("HTTPSchedular leaks", "HTTPscheduler leaks"),
        ("", None),
        ("生命周期", None),
    ],
)
def test_doubtful_words_are_put_right(snapshot: Snapshot, typed: str, expected: str | None):
    assert Spelling(snapshot, analyse(typed)).right() == expected


@pytest.mark.parametrize("word", ["keet", "hover", "preact"])
def test_a_word_that_is_there_is_never_replaced_or_outranked_by_a_commoner_neighbour(snapshot: Snapshot, word: str):
    results = search(snapshot, analyse(word))
    assert [hit.path for hit in results.hits] == [f"{word}.md"]
    assert (results.correction, results.did_you_mean) == (None, None)


def test_a_query_that_finds_nothing_is_searched_as_it_is_spelt_in_the_journal(snapshot: Snapshot):
    results = search(snapshot, analyse("gorotine contianer"))
    assert (results.query, results.correction, results.did_you_mean) == (
        "gorotine contianer",
        "goroutine container",
        None,
    )
    assert results.complete == search(snapshot, analyse("goroutine container")).complete == 40
    assert "<mark>goroutine</mark>" in results.hits[0].passage.html


def test_a_rare_word_is_searched_and_a_far_commoner_one_offered(snapshot: Snapshot):
    results = search(snapshot, analyse("kuberentes"))
    assert [hit.path for hit in results.hits] == ["typo.md"]
    assert (results.correction, results.did_you_mean) == (None, "kubernetes")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("covr", "cover"),
        ("kovre", None),
        ("contner", "container"),
        ("kubrnets", "kubernetes"),
        ("contna", None),
        ("stck", None),
        ("rac", None),
        ("keeb", "keep"),
        ("kontAner", None),
    ],
)
def test_a_short_word_is_only_offered_where_one_is_clear(snapshot: Snapshot, typed: str, expected: str | None):
    results = search(snapshot, analyse(typed))
    assert (results.correction, results.did_you_mean) == (None, expected)


LONG = "who would ever want a data race over there when gorotine containers meet under cover with kubernetes"


def test_in_a_long_question_a_word_that_no_post_has_is_left_out_and_its_correction_offered(snapshot: Snapshot):
    results = search(snapshot, analyse(LONG))
    assert (results.correction, results.did_you_mean) == (None, LONG.replace("gorotine", "goroutine"))
    assert "gorotine" in results.hits[0].missing


def test_a_query_can_be_searched_exactly_as_it_is_typed(snapshot: Snapshot):
    results = search(snapshot, analyse("gorotine", exact=True))
    assert (results.total, results.correction, results.did_you_mean) == (0, None, None)


@pytest.mark.parametrize(("length", "expected"), [(0, 0), (1, 0), (4, 0), (5, 1), (8, 1), (9, 2), (64, 2)])
def test_longer_words_may_have_more_mistakes(length: int, expected: int):
    assert edits("x" * length) == expected


WORDS = ("goroutine", "kubernetes", "container", "scheduler", "meeting")


@given(word=st.sampled_from(WORDS), at=st.integers(1, 8), letter=st.sampled_from("aeioxyz"), kind=st.integers(0, 3))
def test_one_edit_anywhere_but_in_the_first_letter_is_put_right(snapshot, word, at, letter, kind):
    at = min(at, len(word) - 1)
    head, tail = word[:at], word[at:]
    typed = [head + tail[1:], head + letter + tail[1:], head + letter + tail, head + tail[1:2] + tail[:1] + tail[2:]][
        kind
    ]
    assume(typed != "kuberentes")  # a post has it, so that it is not doubted
    assert search(snapshot, analyse(typed)).total >= search(snapshot, analyse(word)).total > 0
