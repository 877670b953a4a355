"""A reader's words in, results out."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backmatter.index.engines.base import Snapshot
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.model import Results
from backmatter.index.query.analysed import analyse
from backmatter.index.query.parser import OPERATORS
from backmatter.index.query.tree import SORTS, Filter
from backmatter.index.search.curation import Editorial
from backmatter.index.search.in_post import words_in
from backmatter.index.search.search import search, ways_on
from tests.build import apply, day, post

JOURNAL = [
    post(
        "time.md",
        "The monotonic clock never jumps.",
        ("Wall clocks", "A leap second repeats itself."),
        title="Just About Go Time",
        tags=("go", "time"),
        author="Mara Lindqvist",
        date=day("2026-05-08"),
    ),
    post(
        "docker.md",
        "Mount the code instead of baking it in.",
        code="docker run -v .:/src golang",
        title="Stop Rebuilding Images",
        tags=("docker",),
        author="Ben Okafor",
        date=day("2026-02-21"),
    ),
    post(
        "cache.md",
        "The hot loop walks one cache line after the other, and the clock of the processor waits.",
        title="A Love Letter to the L1 Cache",
        tags=("go", "cpu-cache"),
        author="Mara Lindqvist",
        date=day("2025-06-09"),
    ),
    post("undated.md", "Nothing but a remark on <script>alert(1)</script> & gardening.", title="<b>Notes</b>"),
]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    engine = WhooshEngine(tmp_path_factory.mktemp("search"))
    apply(engine, JOURNAL)
    return engine.snapshot()


def paths(results: Results) -> list[str]:
    return [hit.path for hit in results.hits]


def test_a_hit_says_all_that_a_list_shows(snapshot: Snapshot):
    results = search(snapshot, analyse("leap"))
    [hit] = results.hits
    assert (results.query, results.total, results.page, results.per_page) == ("leap", 1, 1, 10)
    assert (results.generation, results.relaxed, results.correction) == (1, False, None)
    assert (hit.path, hit.url, hit.title) == ("time.md", "/articles/time", "Just About Go Time")
    assert (hit.date, hit.tags, hit.author) == (datetime(2026, 5, 8, tzinfo=UTC), ("go", "time"), "Mara Lindqvist")
    assert hit.score > 0
    assert (hit.passage.section, hit.passage.url) == ("Wall clocks", "/articles/time#wall-clocks")
    assert hit.passage.html == "A <mark>leap</mark> second repeats itself."


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["time.md", "docker.md", "cache.md", "undated.md"]),
        ("   ", ["time.md", "docker.md", "cache.md", "undated.md"]),
        ("tag:go", ["time.md", "cache.md"]),
        ("year:2026", ["time.md", "docker.md"]),
        ("-tag:go", ["docker.md", "undated.md"]),
        ("before:2026-03", ["docker.md", "cache.md"]),
    ],
)
def test_without_words_one_browses_the_newest_first(snapshot: Snapshot, query: str, expected: list[str]):
    results = search(snapshot, analyse(query))
    assert paths(results) == expected
    assert not any(hit.score for hit in results.hits)
    assert not any("<mark>" in hit.passage.html for hit in results.hits)


@pytest.mark.parametrize(
    ("query", "expected", "relaxed"),
    [
        ("monotonic clock", {"time.md", "cache.md"}, False),
        ("monotonic gardening", {"time.md", "undated.md"}, True),
        ("monotonic zebra", {"time.md"}, True),
        ("zebra unicorn", set(), False),
        ("zebra", set(), False),
        ('"clock monotonic" leap', {"time.md"}, True),
        ('"clock monotonic"', set(), False),
        ('"clock monotonic" "leap hour"', set(), False),
        ('"clock monotonic" title:go zebra', {"time.md"}, True),
        ('"clock monotonic" leap -gardening tag:none', set(), False),
        ("monotonic-zebra", {"time.md"}, True),
        ('"monotonic clock" zebra', {"time.md"}, True),
        ("title:go zebra", {"time.md"}, True),
        ("monotonic gardening tag:go", {"time.md"}, True),
        ("monotonic gardening tag:none", set(), False),
        ("monotonic gardening -leap", {"undated.md"}, True),
        ("zebra OR unicorn clock", {"time.md", "cache.md"}, True),
    ],
)
def test_posts_with_some_words_are_given_too_but_what_is_quoted_is_given_up_last_and_a_field_never(
    snapshot, query, expected, relaxed
):
    results = search(snapshot, analyse(query))
    assert (set(paths(results)), results.relaxed) == (expected, relaxed)


def test_of_partial_matches_those_with_more_words_come_first(snapshot: Snapshot):
    results = search(snapshot, analyse("clock cache line monotonic-zebra"))
    assert paths(results) == ["cache.md", "time.md"]
    assert results.relaxed


@pytest.mark.parametrize(
    ("query", "unfinished", "expected"),
    [
        ("monoto", "monoto", {"time.md"}),
        ("clock monot", "monot", {"time.md", "cache.md"}),
        ("title:lett", "lett", {"cache.md"}),
        ("gardening OR zebr", None, {"undated.md"}),
        ("monotonic", None, {"time.md"}),
        ("walk", None, {"cache.md"}),
        ("monot gardening", None, {"undated.md"}),
        ('"monot"', None, set()),
        ("zebra", None, set()),
        ("202", None, set()),
        ("clock -monot", None, {"time.md", "cache.md"}),
    ],
)
def test_half_a_word_at_the_end_finds_whole_ones_where_nothing_is_found_as_typed(
    snapshot: Snapshot, query: str, unfinished: str | None, expected: set[str]
):
    results = search(snapshot, analyse(query))
    assert (results.unfinished, set(paths(results))) == (unfinished, expected)
    assert search(snapshot, analyse(query, exact=True)).unfinished is None


def test_an_article_has_marks_where_half_a_word_found_it(snapshot: Snapshot):
    assert words_in(snapshot, analyse("clock monot"), "time.md") == ("monotonic", "clock")
    assert words_in(snapshot, analyse("clock monotonic"), "time.md") == ("monotonic", "clock")
    assert words_in(snapshot, analyse("clock zebra"), "time.md") == ("clock",)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("monotonic", [()]),
        ("monotonic gardening", [("gardening",), ("monotonic",)]),
        ("the monotonic zebra", [("zebra",)]),
        ("monotonic zebra OR unicorn", [("zebra OR unicorn",)]),
        ("monotonic zeb*", [("zeb*",)]),
        ("monotonic-zebra leap", [("monotonic-zebra",)]),
        ("monotonic zebra -leap", []),
        ("monotonic zebra tag:go", [("zebra",)]),
    ],
)
def test_a_result_names_the_words_that_it_lacks(snapshot: Snapshot, query: str, expected: list[tuple[str, ...]]):
    assert [hit.missing for hit in search(snapshot, analyse(query)).hits] == expected


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("newest", ["time.md", "cache.md"]), ("oldest", ["cache.md", "time.md"])],
)
def test_hits_sort_by_date(snapshot: Snapshot, sort, expected: list[str]):
    assert paths(search(snapshot, analyse("clock", sort=sort))) == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ((), {"time.md", "cache.md"}),
        ((Filter("tag", "go"),), {"time.md", "cache.md"}),
        ((Filter("tag", "GO"), Filter("year", "2026")), {"time.md"}),
        ((Filter("tag", "docker"),), set()),
        ((Filter("tag", "no such"),), set()),
    ],
)
def test_filters_narrow(snapshot: Snapshot, filters: tuple[Filter, ...], expected: set[str]):
    assert set(paths(search(snapshot, analyse("clock", filters=filters)))) == expected


def test_pages_together_are_the_whole_list_and_beyond_them_is_nothing(snapshot: Snapshot):
    pages = [search(snapshot, analyse(""), page=page, per_page=3) for page in (1, 2, 3, 10**9)]
    assert [paths(page) for page in pages] == [["time.md", "docker.md", "cache.md"], ["undated.md"], [], []]
    assert {page.total for page in pages} == {4}
    assert pages[0].facets == pages[2].facets


def test_what_a_post_says_is_escaped(snapshot: Snapshot):
    [hit] = search(snapshot, analyse("alert")).hits
    assert "&lt;script&gt;<mark>alert</mark>(1)&lt;/script&gt; &amp; gardening" in hit.passage.html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("monotonik", ("monotonic",)),
        ("monotonic clokc", ("monotonic clock",)),
        ("gardning -zebra", ("gardening",)),
        ("monotonic tag:docker", ("monotonic",)),
        ('"clock monotonic"', ("clock monotonic",)),
        ("xyzzyxyzzy", ()),
        ("", ()),
        ("tag:nothing", ()),
    ],
)
def test_where_nothing_is_found_there_is_a_way_on(snapshot: Snapshot, text: str, expected: tuple[str, ...]):
    assert ways_on(snapshot, analyse(text)) == expected


GRAMMAR = ['"', "-", "OR", "*", "(", ":", "\\", "tag:", "year:", "in:code", "before:", "title:", "2026", "%", "生命"]
QUERIES = st.one_of(
    st.text(),
    st.lists(st.sampled_from([*GRAMMAR, "clock", "cache", "zebra", "\ud800", "\0"]), max_size=12).map(" ".join),
    st.lists(st.sampled_from([*GRAMMAR, "clock", "leap"]), max_size=8).map("".join),
    st.sampled_from([operator.example for operator in OPERATORS]),
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=QUERIES, sort=st.sampled_from(SORTS), page=st.integers(1, 3))
def test_any_string_is_a_query(snapshot: Snapshot, query: str, sort, page: int):
    results = search(snapshot, analyse(query, sort=sort), page=page, per_page=2)
    assert len(results.hits) == max(0, min(2, results.total - 2 * (page - 1)))
    assert results.total <= len(JOURNAL)
    assert all("<script" not in hit.passage.html for hit in results.hits)
    assert all(search(snapshot, analyse(way)).total for way in ways_on(snapshot, analyse(query)))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("docker run -v", ["docker.md"]),
        ("docker run -V", ["docker.md"]),
        # What no post has after that word is excluded, and so is what is in quotes.
        ("docker -v", []),
        ('docker run -"v"', []),
        ("clock -leap", ["cache.md"]),
    ],
)
def test_a_flag_that_a_post_has_after_the_word_before_it_is_asked_for(snapshot: Snapshot, query: str, expected):
    results = search(snapshot, analyse(query))
    assert paths(results)[: results.complete] == expected


def test_a_text_without_spaces_that_has_a_synonym_lists_what_has_a_part_of_it(tmp_path):
    engine = WhooshEngine(tmp_path)
    apply(engine, [post("a.md", "時間の設定"), post("b.md", "設定です"), post("c.md", "時間です")])
    query = analyse("時間の設定です")
    found = search(engine.snapshot(), query, editorial=Editorial(synonyms={query.terms: ("clock",)}))
    assert {hit.path: bool(hit.missing) for hit in found.hits} == {"a.md": False, "b.md": True, "c.md": True}
