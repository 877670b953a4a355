"""What a half-typed query already means."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backmatter.index.engines.base import Snapshot
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.query.analysed import analyse
from backmatter.index.search.suggest import MAX_COMPLETIONS, MAX_SUGGESTIONS, suggest
from tests.bench.typed import beginning
from tests.build import apply, post

JOURNAL = [
    post("time.md", "The monotonic clock never jumps.", ("Wall clocks", "A leap second."), title="Just About Go Time"),
    post("docker.md", "Mount the code instead.", title="Stop Rebuilding Images"),
    post("cache.md", "The hot loop walks one line, and the clock waits.", title="A Love Letter to the L1 Cache"),
    post("data.md", "Reads and writes at once.", ("Go race detector", "Run it."), title="Data Race Detector"),
    post("races.md", "A data race detector finds them.", title="Introducing the Go Race Detector"),
    post("garbage.md", "Pauses.", ("Garbage collection in Go", "It marks."), title="Garbage Collection, Explained"),
    post("heap.md", "Its escape analysis decides. The escape analysis, a pass, is fast.", title="Heap"),
    post("stack.md", "What escape analysis decides stays. Escape hatches are rare.", title="Stack"),
    post("uhr.md", "Zeit.", title="時計の話", language="ja"),
]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    engine = WhooshEngine(tmp_path_factory.mktemp("suggest"))
    apply(engine, JOURNAL)
    return engine.snapshot()


def lines(snapshot: Snapshot, text: str, *kinds: str) -> list[str]:
    """Give the suggestions of some kinds, each by what a reader sees of it."""
    found = [line for line in suggest(snapshot, analyse(text)) if line.kind in kinds]
    return [f"{line.title} > {line.section}" if line.section else line.title for line in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mono", ["Just About Go Time"]),
        ("lea", ["Just About Go Time > Wall clocks"]),
        ("wall cl", ["Just About Go Time > Wall clocks"]),
        ("clock lea", ["Just About Go Time > Wall clocks"]),
        ("letter", ["A Love Letter to the L1 Cache"]),
        # The title that begins so comes before those that have the words.
        ("data race d", ["Data Race Detector", "Introducing the Go Race Detector"]),
        ("go race", ["Introducing the Go Race Detector", "Data Race Detector > Go race detector"]),
        # Misspelt, from five letters on, in the word being typed as well.
        ("garbaeg coll", ["Garbage Collection, Explained"]),
        ("garbage colelct", ["Garbage Collection, Explained"]),
        ("detecotr", ["Data Race Detector", "Introducing the Go Race Detector"]),
        ("rebiuld", ["Stop Rebuilding Images"]),
        ("dtaa", []),
        ("時計", ["時計の話"]),
        ("zebra", []),
        ("", []),
        ("  ", []),
        ("-tag:go", []),
    ],
)
def test_articles_and_sections_are_suggested(snapshot: Snapshot, text: str, expected: list[str]):
    assert lines(snapshot, text, "article", "section") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("garb", ["garbage", "garbage collection"]),
        ("race", ["race detector"]),
        ("go ra", ["go race", "go race detector"]),
        ("Stop  reb", ["stop rebuilding", "stop rebuilding images"]),
        ("stop rebuilding images", []),
        ("mono", []),
        ("zebra", []),
        # Nothing but texts goes on so, and of what several of them say, the most frequent first.
        ("esca", ["escape", "escape analysis", "escape analysis decides"]),
        ("escape h", []),
    ],
)
def test_a_query_goes_on_as_titles_headings_and_frequent_phrases_do(snapshot: Snapshot, text: str, expected: list[str]):
    found = [line for line in suggest(snapshot, analyse(text)) if line.kind == "completion"]
    assert [line.query for line in found] == expected
    assert all((line.title, line.section, line.url) == (line.query, "", "") for line in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mono", ("Just About Go Time", "The <mark>monotonic</mark> clock never jumps.")),
        ("lea", ("Wall clocks", "A <mark>leap</mark> second.")),
        ("wall cl", ("<mark>Wall</mark> <mark>clocks</mark>", "")),
        ("stop reb", ("<mark>Stop</mark> <mark>Rebuilding</mark> Images", "")),
        (
            "them fi",
            ("Introducing the Go Race Detector", "…\u00a0data race detector <mark>finds</mark> <mark>them</mark>."),
        ),
        ("時計", ("<mark>時計</mark>の話", "")),
    ],
)
def test_a_suggestion_says_why_it_is_there(snapshot: Snapshot, text: str, expected: tuple[str, str]):
    first = suggest(snapshot, analyse(text))[0]
    assert (first.html, first.passage) == expected


def test_a_long_sentence_is_shown_from_shortly_before_the_word(tmp_path):
    text = "One two three four five six seven eight nine <ten> & eleven and then a heron waits at the shore of it."
    engine = WhooshEngine(tmp_path)
    apply(engine, [post("birds.md", text, title="Birds")])
    assert suggest(engine.snapshot(), analyse("hero"))[0].passage == (
        "…\u00a0eleven and then a <mark>heron</mark> waits at the shore of it."
    )


def test_tags_and_years_are_suggested_as_filters(tmp_path):
    engine = WhooshEngine(tmp_path)
    apply(
        engine,
        [
            post("a.md", title="A", tags=("go", "data-race"), date=datetime(2025, 3, 1, tzinfo=UTC)),
            post("b.md", title="B", tags=("go", "Databases"), date=datetime(2026, 3, 1, tzinfo=UTC)),
            post("c.md", title="C", tags=("go", "Databases")),
        ],
    )
    snapshot = engine.snapshot()

    def narrowing(text: str) -> list[tuple[str, str, int]]:
        return [(line.kind, line.title, line.count) for line in suggest(snapshot, analyse(text)) if line.count]

    assert narrowing("data") == [("tag", "Databases", 2), ("tag", "data-race", 1)]
    assert narrowing("race") == [("tag", "data-race", 1)]
    assert narrowing("202") == [("year", "2026", 1), ("year", "2025", 1)]
    assert narrowing("2") == narrowing("x") == []
    assert narrowing("") == [("tag", "go", 3), ("tag", "Databases", 2), ("tag", "data-race", 1)]


@pytest.mark.parametrize("path", ["time", "docker", "cache", "data", "races", "garbage"])
def test_an_article_is_suggested_before_its_title_is_whole(snapshot: Snapshot, path: str):
    whole = snapshot.post(path)
    assert whole is not None
    assert whole.url in [line.url for line in suggest(snapshot, analyse(beginning(whole.title, 0.6)))[:5]]


def test_suggestions_are_as_many_as_asked_for(snapshot: Snapshot):
    assert len(suggest(snapshot, analyse("the"), limit=2)) == 2


TEXTS = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(["go", "garbaeg", '"', "OR", "-", "*", "title:", "時", "\ud800", "g", "tag:go", "in:code"]),
        max_size=6,
    ).map(" ".join),
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
def test_any_text_has_at_most_eight_suggestions_each_once(snapshot: Snapshot, text: str):
    found = suggest(snapshot, analyse(text))
    assert len(found) <= MAX_SUGGESTIONS
    assert len(found) == len(set(found))
    assert sum(line.kind == "completion" for line in found) <= MAX_COMPLETIONS
