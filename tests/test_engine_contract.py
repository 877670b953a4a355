"""The contract of an engine, checked for each engine."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from backmatter.index.analysis import terms
from backmatter.index.engines.base import Engine, Match, Snapshot
from backmatter.index.engines.opensearch.engine import OpenSearchEngine
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.errors import IndexLocked, IndexMissing
from backmatter.index.model import Facet, Holding, Post
from backmatter.index.query.analysed import analyse
from backmatter.index.query.parser import parse
from backmatter.index.query.tree import And, Everything, Filter, Node, Phrase, Variants, Word, any_of, wanted
from backmatter.index.query.word_forms import with_forms
from backmatter.index.ranking import REWARDS
from backmatter.index.search.search import search
from tests.build import apply, day, post

Opened = Callable[[str], Engine]

JOURNAL = [
    post(
        "time.md",
        "Clocks are running. The monotonic clock never jumps.",
        ("Wall clocks", "A leap second repeats itself, says the naïve programmer."),
        code="start := time.Now()",
        title="Just About Go Time",
        tags=("go", "time"),
        author="Mara Lindqvist",
        date=day("2026-05-08"),
        summary="The absurdity of human calendars.",
        facets={"series": ("Go Memory", "Clocks"), "rating": ("10",), "seen": ("2026-05-09",)},
    ),
    post(
        "docker.md",
        "Mount the code instead of baking it in: a container that runs needs no second image.",
        title="Stop Rebuilding Images",
        tags=("docker", "background workers"),
        facets={"series": ("clocks", 'The "Zürich" talks'), "rating": ("9.5", "-2", "7.0")},
        author="Ben Okafor",
        date=day("2026-02-21"),
    ),
    post(
        "cache.md",
        "The hot loop walks one cache line after the other.",
        ("Row-major order", "Walking by columns misses the cache. It runs slowly."),
        title="A Love Letter to the L1 Cache",
        tags=("go", "cpu-cache"),
        aliases=("2019/l1", "old cache"),
        facets={"series": ("Go Memory",), "rating": ("none",), "seen": ("2025-12-31",)},
        author="Mara Lindqvist",
        date=day("2025-06-09"),
    ),
    post("undated.md", "日本語の文章。生命周期と Rust の話。", title="時計", language="ja"),
]


ENGINES = ["whoosh", pytest.param("opensearch", marks=pytest.mark.cluster)]


@pytest.fixture(params=ENGINES)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    """Opens an index by its name; the same one by the same name."""
    return opener(request, tmp_path)


@pytest.fixture
def engine(opened: Opened) -> Engine:
    return opened("index")


@pytest.fixture(params=ENGINES, scope="module")
def snapshot(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The journal above, indexed once for all tests that only read it."""
    engine = opener(request, tmp_path_factory.mktemp("journal"))("index")
    apply(engine, JOURNAL)
    return engine.snapshot()


def opener(request: pytest.FixtureRequest, folder: Path) -> Opened:
    if request.param == "whoosh":
        return lambda name: WhooshEngine(folder / name)
    place = request.getfixturevalue("opensearch")
    journal = uuid4().hex
    return lambda name: OpenSearchEngine(place, f"{journal}-{name}", replicas=0)


def paths(snapshot: Snapshot, query: str, **options: object) -> list[str]:
    found = snapshot.find(parse(query), **options)  # type: ignore[arg-type]
    assert found.total >= len(found.matches)
    return [match.article.path for match in found.matches]


def marked(match: Match) -> list[str]:
    return [match.cut(*span) for span in zip(match.spans.starts, match.spans.ends, strict=True)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("monotonic", {"time.md"}),
        ("MONOTONIC", {"time.md"}),
        ("naive", {"time.md"}),
        ("naïve", {"time.md"}),
        ("run", {"time.md", "docker.md", "cache.md"}),
        ("walked", {"cache.md"}),
        ("monotonic clock", {"time.md"}),
        ("monotonic cache", set()),
        ("monotonic OR cache", {"time.md", "cache.md"}),
        ("run -cache", {"time.md", "docker.md"}),
        ("run -tag:go", {"docker.md"}),
        ('"monotonic clock"', {"time.md"}),
        ('"clock monotonic"', set()),
        ('"other walking"', set()),
        ('"never jumps a leap"', set()),
        ("mono*", {"time.md"}),
        ("walk* -letter", set()),
        ("go time", {"time.md"}),
        ("absurdity", {"time.md"}),
        ("row-major", {"cache.md"}),
        ("second", {"time.md", "docker.md"}),
        ("title:letter", {"cache.md"}),
        ("title:clock", set()),
        ("now in:code", {"time.md"}),
        ("leap in:code", set()),
        ("tag:go", {"time.md", "cache.md"}),
        ("tag:GO", {"time.md", "cache.md"}),
        ('tag:"background workers"', {"docker.md"}),
        ("tag:background", set()),
        ('author:"mara lindqvist"', {"time.md", "cache.md"}),
        ("author:lindqvist", {"time.md", "cache.md"}),
        ("author:mar", set()),
        ("year:2026", {"time.md", "docker.md"}),
        ("after:2026-03", {"time.md"}),
        ("before:2026-03", {"docker.md", "cache.md"}),
        ("after:2025-06-09 before:2025-06-10", {"cache.md"}),
        ("before:2025-06-09", set()),
        ("生命", {"undated.md"}),
        ("Rust 生命周期", {"undated.md"}),
        ("生命 monotonic", set()),
        ("->", set()),
        ("-> clock", set()),
        ("zebra", set()),
    ],
)
def test_a_query_finds_these_posts_and_no_others(snapshot: Snapshot, query: str, expected: set[str]) -> None:
    assert set(paths(snapshot, query)) == expected


def test_of_a_post_that_is_staged_twice_the_last_one_counts(engine: Engine) -> None:
    for rebuild in (False, True):
        with engine.writer(rebuild=rebuild) as writer:
            staged = [writer.stage([post(path="a.md", slug=slug, text=f"word {slug}")]) for slug in ("short", "long")]
            writer.commit(staged)
        snapshot = engine.snapshot()
        assert (paths(snapshot, "word"), paths(snapshot, "short")) == (["a.md"], [])
        assert {path: holding.slug for path, holding in snapshot.holdings().items()} == {"a.md": "long"}


def test_a_word_in_the_title_counts_more_than_one_in_the_text(engine: Engine) -> None:
    apply(
        engine, [post("text.md", "padding of a struct " * 3, title="Else"), post("title.md", "else", title="Padding")]
    )
    assert paths(engine.snapshot(), "padding") == ["title.md", "text.md"]


def test_of_two_posts_that_say_the_same_the_newer_comes_first(engine: Engine) -> None:
    dates = {
        "undated.md": None,
        "old.md": day("2019-05-08"),
        "new.md": day("2026-05-08"),
        "older.md": day("2018-05-08"),
    }
    apply(engine, [post(path, "padding of a struct", title="Same", date=date) for path, date in dates.items()])
    assert paths(engine.snapshot(), "padding") == ["new.md", "old.md", "older.md", "undated.md"]


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (Variants(Word("zebra"), ()), []),
        (Variants(Word("zebra"), ((Word("monotonic"), 0.5),)), ["time.md"]),
        (Variants(Word("sleep"), ((Word("leap"), 0.1), (Phrase("bakes it in"), 1.0))), ["time.md"]),
        (And((Word("run"), Variants(Word("kontainer"), ((Word("container"), 0.5),)))), ["docker.md"]),
    ],
)
def test_variants_find_what_any_of_them_finds(snapshot: Snapshot, node: Node, expected: list[str]) -> None:
    assert [match.article.path for match in snapshot.find(node).matches] == expected


def test_a_variant_counts_less_than_what_was_typed_and_both_are_marked(engine: Engine) -> None:
    apply(engine, [post("typed.md", "k8s runs"), post("other.md", "kubernetes runs"), post("x.md", "Nothing")])
    query = Variants(Word("k8s"), ((Word("kubernetes"), 0.5),))
    first, second = engine.snapshot().find(query).matches
    assert (first.article.path, second.article.path) == ("typed.md", "other.md")
    assert [marked(first), marked(second)] == [["k8s"], ["kubernetes"]]
    assert first.score > second.score > 0


def test_everything_is_every_post(snapshot: Snapshot) -> None:
    assert snapshot.find(Everything()).total == len(JOURNAL)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("newest", ["time.md", "docker.md", "cache.md", "undated.md"]),
        ("oldest", ["cache.md", "docker.md", "time.md", "undated.md"]),
    ],
)
def test_posts_sort_by_date_and_undated_ones_come_last(snapshot: Snapshot, sort: str, expected: list[str]) -> None:
    assert paths(snapshot, "", sort=sort) == expected


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_pages_together_are_the_whole_list(snapshot: Snapshot, sort: str) -> None:
    whole = paths(snapshot, "run", sort=sort)
    assert [path for n in range(4) for path in paths(snapshot, "run", sort=sort, offset=n, limit=1)] == whole


@pytest.mark.parametrize("sort", ["relevance", "newest"])
def test_a_page_far_behind_the_last_match_is_empty(snapshot: Snapshot, sort: str) -> None:
    assert paths(snapshot, "run", sort=sort, offset=20_000, limit=10) == []


def test_facets_count_every_match_and_not_only_the_page(snapshot: Snapshot) -> None:
    facets = snapshot.find(parse("run"), limit=1).facets
    assert facets["tag"] == (
        Facet("go", 2),
        Facet("background workers", 1),
        Facet("cpu-cache", 1),
        Facet("docker", 1),
        Facet("time", 1),
    )
    assert facets["year"] == (Facet("2026", 2), Facet("2025", 1))
    assert facets["language"] == (Facet("en", 3),)


FACETS = ("series", "rating", "seen")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('series:"go memory"', {"time.md", "cache.md"}),
        ("Series:CLOCKS", {"time.md", "docker.md"}),
        ("-series:clocks run", {"cache.md"}),
        ("series:clocks series:missing", set()),
        ("series:clocks OR seen:2025-12-31", {"time.md", "docker.md", "cache.md"}),
        ("rating:9.5", {"docker.md"}),
        ("rating:9..11", {"time.md", "docker.md"}),
        ("rating:10..", {"time.md"}),
        ("rating:..0", {"docker.md"}),
        ("rating:none", {"cache.md"}),
        ("rating:10.0", {"time.md"}),
        ("rating:7", {"docker.md"}),
        ('series:"the \\"zürich\\" talks"', {"docker.md"}),
        ('series:"The \\"Zurich\\" talks"', {"docker.md"}),
        ("seen:2026-01..", {"time.md"}),
        ("seen:2025-12..2026-5", {"time.md", "cache.md"}),
        ("seen:..2025-12", {"cache.md"}),
        ("seen:2025-12..2026-04", {"cache.md"}),
        ("seen:2026-01-01..2026-12-31", {"time.md"}),
        ("-rating:..100 run", {"cache.md"}),
    ],
)
def test_a_key_finds_the_posts_with_a_value_or_with_one_in_a_range(
    snapshot: Snapshot, query: str, expected: set[str]
) -> None:
    found = snapshot.find(parse(query, FACETS))
    assert {match.article.path for match in found.matches} == expected


def test_a_boost_multiplies_a_score_and_is_explained(engine: Engine) -> None:
    posts = [post(f"{name}.md", "A word of the sea.") for name in ("a", "b", "c")]
    apply(engine, [posts[0], replace(posts[1], boost=2.0)])
    apply(engine, [replace(posts[2], boost=0.5)])
    found = engine.snapshot().find(parse("word sea")).matches
    assert [match.article.path for match in found] == ["b.md", "a.md", "c.md"]
    [double, plain, half] = (match.score for match in found)
    assert (double / plain, half / plain) == (pytest.approx(2, rel=1e-3), pytest.approx(0.5, rel=1e-3))
    for match in found:
        assert sum(part.value for part in match.explanation.parts) == pytest.approx(match.score, rel=1e-4)
    assert [part.name for part in found[0].explanation.parts][-1] == "boost"


def test_values_of_keys_are_counted_as_they_are_written(snapshot: Snapshot) -> None:
    facets = snapshot.find(parse("run"), limit=1).facets
    assert facets["series"] == (Facet("Clocks", 2), Facet("Go Memory", 2), Facet('The "Zürich" talks', 1))
    assert {facet.value for facet in facets["rating"]} == {"10", "9.5", "-2", "none", "7.0"}
    assert set(facets) == {"tag", "year", "language", *FACETS}


def test_spellings_of_a_value_are_counted_as_one_in_that_of_most_posts(engine: Engine) -> None:
    written = ("go", "Go", "GO", "Go", "3", "3.0", "3.0", "Zürich", "Zurich")
    apply(engine, [post(f"{n}.md", "Text.", facets={"series": (text,)}) for n, text in enumerate(written[:4])])
    apply(engine, [post(f"{n}.md", "Text.", facets={"series": (text,)}) for n, text in enumerate(written[4:], 4)])
    expected = (Facet("Go", 4), Facet("3.0", 3), Facet("Zurich", 1), Facet("Zürich", 1))
    assert engine.snapshot().find(Everything(), limit=1).facets["series"] == expected


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("rating", ["docker.md", "time.md", "cache.md", "undated.md"]),
        ("-rating", ["cache.md", "time.md", "docker.md", "undated.md"]),
        ("series", ["docker.md", "cache.md", "time.md", "undated.md"]),
        ("seen", ["cache.md", "time.md", "docker.md", "undated.md"]),
        ("missing", ["cache.md", "docker.md", "time.md", "undated.md"]),
    ],
)
def test_a_key_is_an_order_in_which_posts_without_it_come_last(
    snapshot: Snapshot, sort: str, expected: list[str]
) -> None:
    assert paths(snapshot, "", sort=sort) == expected
    assert [path for n in range(4) for path in paths(snapshot, "", sort=sort, offset=n, limit=1)] == expected


TITLES = [
    post("controller.md", "A loop that watches the state.", title="Controller"),
    post("stateless.md", "Keep no state.", title="The state of the cluster"),
    post(
        "controllers.md",
        "A controller watches. A controller of controllers is a controller. " * 20,
        ("Controller", "The controller and its cluster."),
        ("State of a cluster", "The state of the cluster is what the controller reads. " * 20),
        title="Controllers",
    ),
    post(
        "scaling.md",
        "アプリケーションの公開とスケーリング。" * 30,
        ("アプリケーションの公開", "公開。"),
        title="複数のインスタンスの実行",
    ),
    post("expose.md", "はじめに。", title="アプリケーションの公開"),
]


@pytest.mark.parametrize(
    ("title", "path"),
    [
        ("Controller", "controller.md"),
        ("controllers", "controllers.md"),
        ("The state of the cluster", "stateless.md"),
        ("“the STATE of the cluster?”", "stateless.md"),
        ("アプリケーションの公開", "expose.md"),
    ],
)
def test_the_post_with_the_query_as_its_title_comes_first(engine: Engine, title: str, path: str) -> None:
    apply(engine, TITLES)
    query = analyse(title)
    found = engine.snapshot().find(query.required, wider=query.relaxed, title=query.terms)
    assert found.matches[0].article.path == path


def test_of_the_posts_with_a_prefix_the_best_comes_first_however_many_there_are(engine: Engine) -> None:
    podiums = [post(f"a{number:03}.md", "A speaker stands on a podium.") for number in range(300)]
    running = [post(f"r{number:03}.md", "Running late.") for number in range(300)]
    best = [post("z.md", "A pod is a pod.", title="Pod"), post("zz.md", "Running and running.", title="Running")]
    apply(engine, [*podiums, *running, *best])
    for prefix, first in (("pod*", "z.md"), ("runni*", "zz.md"), ("title:po*", "z.md")):
        assert paths(engine.snapshot(), prefix)[0] == first


def test_spans_are_where_the_words_of_the_query_stand(snapshot: Snapshot) -> None:
    [match] = snapshot.find(parse("clock leap -zebra")).matches
    assert marked(match) == ["Clocks", "clock", "leap"]
    assert match.spans.terms == [0, 0, 1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [('"monotonic clock"', ["monotonic clock"]), ("mono*", ["monotonic"]), ("time.now", ["time.Now"])],
)
def test_a_phrase_is_one_span(snapshot: Snapshot, query: str, expected: list[str]) -> None:
    [match] = snapshot.find(parse(query)).matches
    assert marked(match) == expected


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Re re-index it; re-indexing.", "reindex", ["re-index", "re-indexing"]),
        ("Re re-index it; re-indexing.", "reindexing", ["re-index", "re-indexing"]),
        ("The state-of-the-art in a state.", "stateoftheart", ["state-of-the-art"]),
        ("The state-of-the-art in a state.", "stateof*", ["state-of-the-art"]),
        ("An e-mail, e.g. e-mails.", "email", ["e-mail", "e-mails"]),
        ("A max_open_conns max.", "maxopenconns", ["max_open_conns"]),
        ("Caches and a cache.", "caching", ["Caches", "cache"]),
        ("夜空の月と空気", "空", ["空", "空"]),
        ("锁很慢", "锁", ["锁"]),
    ],
)
def test_what_is_found_is_marked_whole(engine: Engine, text: str, query: str, expected: list[str]) -> None:
    apply(engine, [post("marks.md", text), *JOURNAL])
    matches = engine.snapshot().find(with_forms(parse(query))).matches
    [match] = [match for match in matches if match.article.path == "marks.md"]
    assert marked(match) == expected


@pytest.mark.parametrize(("query", "expected"), [("??", ["??", "??"]), ("→", ["→"]), ("!!", ["!!"]), ("in", ["in"])])
def test_an_operator_is_marked_itself(engine: Engine, query: str, expected: list[str]) -> None:
    apply(engine, [post("nullish.md", "Use `a ?? b` in it; x→y. At the end name!! and ??"), *JOURNAL[1:]])
    [match] = [match for match in engine.snapshot().find(parse(query)).matches if match.article.path == "nullish.md"]
    assert marked(match) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("hot loop walks", True),
        ("The HOT loop", True),
        ("one cache line after the other.", True),
        ("Walking by columns", True),
        ("Walking", False),
        ("cache", False),
        ("->", False),
        ("", False),
    ],
)
def test_a_match_knows_which_words_stand_only_once_in_it(engine: Engine, words: str, expected: bool) -> None:
    text = "The hot loop walks one cache line after the other."
    apply(engine, [post("cache.md", text, ("Walking a row", "Walking by columns misses the cache.")), *JOURNAL[:2]])
    (match,) = engine.snapshot().find(parse("columns")).matches
    assert match.is_unique(words) is expected


@pytest.mark.parametrize(
    ("query", "clause", "expected"),
    [
        ("clock OR zebra", "clock", True),
        ("clock OR zebra", "zebra", False),
        ("clock OR zebra", "clock OR zebra", True),
        ("clock zebra OR leap", "clock zebra", False),
    ],
)
def test_a_match_says_whether_it_has_a_clause(snapshot: Snapshot, query: str, clause: str, expected: bool) -> None:
    wider = any_of(list(wanted(parse(query))))
    [match] = [m for m in snapshot.find(wider).matches if m.article.path == "time.md"]
    assert match.has(parse(clause)) is expected


def test_a_match_carries_its_post_unchanged(snapshot: Snapshot) -> None:
    [match] = snapshot.find(parse("monotonic")).matches
    whole = JOURNAL[0]
    assert all(getattr(match.article, name) == getattr(whole, name) for name in ("title", "sections", "tags", "date"))
    assert match.cut(0, len(whole.text)) == whole.text
    assert match.cut(11, 18) == whole.text[11:18]
    assert snapshot.post("cache") == JOURNAL[2]
    assert snapshot.post("nowhere") is None


def test_a_post_is_found_by_an_address_that_it_had(snapshot):
    assert [snapshot.moved(alias) for alias in ("2019/l1", "old cache", "2019", "cache")] == [
        "cache",
        "cache",
        None,
        None,
    ]


def test_holdings_tell_what_is_held(snapshot: Snapshot) -> None:
    assert snapshot.holdings() == {p.path: Holding("f", "s", p.slug, None) for p in JOURNAL}


def test_stats_count_what_is_held(snapshot: Snapshot) -> None:
    stats = snapshot.stats()
    assert (stats.posts, stats.sections, stats.newest) == (4, 6, day("2026-05-08"))
    assert stats.languages == {"en": 3, "ja": 1}
    assert min(stats.words, stats.terms, stats.bytes) > 0


COMPOUNDS = [
    post("whole.md", "Die Verwaltung ist gut.", title="Titel", language="de"),
    post(
        "part.md",
        "Die Speicherverwaltungen. Das Wochenende, die Logdatei mit Fehlermeldung.",
        title="Titel",
        language="de",
    ),
    post(
        "parts.md", "Ein Log. Eine Woche, ein laufender Speicher, eine Datei, ein Fehler.", title="Titel", language="de"
    ),
    post("dutch.md", "Het geheugenbeheer en het beheer.", title="Titel", language="nl"),
    post("swedish.md", "Minneshantering. Ett minne.", title="Titel", language="sv"),
    post("english.md", "A transport, and a kindergarten. A port; speicherkarte.", title="Title", language="en"),
]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Verwaltung", ["whole.md", "part.md"]),
        ("Verwaltungen", ["whole.md", "part.md"]),
        ("Speicher", ["parts.md", "part.md"]),
        ("Datei", ["parts.md", "part.md"]),
        ("Woche", ["parts.md", "part.md"]),
        ("Fehler", ["parts.md", "part.md"]),
        ("Meldung", ["part.md"]),
        ("minne", ["swedish.md"]),
        ("hantering", ["swedish.md"]),
        ("geheugen", ["dutch.md"]),
        ("stein", []),
        ("garten", []),
        ("port", ["english.md"]),
    ],
)
def test_compounds_are_found_by_their_parts_below_whole_words(engine: Engine, query: str, expected: list[str]) -> None:
    apply(engine, COMPOUNDS)
    results = search(engine.snapshot(), analyse(query, exact=True))
    assert [hit.path for hit in results.hits if hit.path in {post.path for post in COMPOUNDS}] == expected


def test_parts_of_a_word_are_marked_only_where_the_word_is_not_whole(engine: Engine) -> None:
    texts = {"whole.md": "A multi-agent system of many agents.", "parts.md": "Another agent; multi is half."}
    apply(engine, [post(path, text) for path, text in texts.items()])
    query = analyse("multi-agent")
    matches = engine.snapshot().find(query.required, wider=query.relaxed).matches
    assert {match.article.path: set(marked(match)) for match in matches} == {
        "whole.md": {"multi-agent"},
        "parts.md": {"agent", "multi"},
    }


def test_the_vocabulary_is_the_words_of_the_index(snapshot: Snapshot) -> None:
    assert snapshot.vocabulary("mon") == {"monotonic": 1}
    assert snapshot.vocabulary("runs") == {"runs": 2}


def test_document_frequencies_are_of_the_terms_that_are_asked_for(snapshot: Snapshot) -> None:
    assert snapshot.document_frequencies(["runs", "zebra", "monotonic", "runs"]) == {
        "runs": 2,
        "zebra": 0,
        "monotonic": 1,
    }
    assert snapshot.document_frequencies([]) == {}


def test_an_engine_without_an_index_says_what_to_do(engine: Engine) -> None:
    with pytest.raises(IndexMissing, match="backmatter index"):
        engine.snapshot()


def test_a_first_commit_that_fails_leaves_no_index(engine: Engine) -> None:
    def broken() -> Iterator[Post]:
        raise RuntimeError
        yield

    with pytest.raises(RuntimeError):
        apply(engine, broken())
    with pytest.raises(IndexMissing):
        engine.snapshot()


def test_an_empty_index_answers(engine: Engine) -> None:
    apply(engine, [])
    snapshot = engine.snapshot()
    assert snapshot.find(parse("word")).total == snapshot.find(Everything()).total == snapshot.stats().posts == 0


def test_putting_a_post_again_replaces_it(engine: Engine) -> None:
    apply(engine, JOURNAL)
    apply(engine, [replace(JOURNAL[0], text="Sundials", sections=JOURNAL[0].sections[:1], code=())])
    snapshot = engine.snapshot()
    assert paths(snapshot, "sundials") == ["time.md"]
    assert paths(snapshot, "monotonic") == []
    assert snapshot.find(Everything()).total == len(JOURNAL)


def test_a_deleted_post_is_gone_everywhere(engine: Engine) -> None:
    apply(engine, JOURNAL)
    apply(engine, [], ["time.md", "never-was.md"])
    snapshot = engine.snapshot()
    assert paths(snapshot, "monotonic") == []
    assert snapshot.post("time") is None
    assert "time.md" not in snapshot.holdings()
    assert Facet("time", 1) not in snapshot.find(Everything()).facets["tag"]


def test_a_rebuild_replaces_everything(engine: Engine) -> None:
    apply(engine, JOURNAL)
    apply(engine, JOURNAL[:1], rebuild=True)
    assert set(engine.snapshot().holdings()) == {"time.md"}


def test_many_small_commits_end_as_one_large_one_does(engine: Engine, opened: Opened) -> None:
    for one in JOURNAL:
        apply(engine, [one])
    apply(engine, [JOURNAL[1]])
    whole = opened("whole")
    apply(whole, JOURNAL)
    for query in ("run", "go", "cache", "tag:go"):
        assert set(paths(engine.snapshot(), query)) == set(paths(whole.snapshot(), query))


def test_every_commit_is_a_new_generation_and_a_held_snapshot_stays_as_it_was(engine: Engine) -> None:
    apply(engine, JOURNAL)
    before = engine.snapshot()
    assert engine.snapshot() is before
    generation = apply(engine, [post("new.md", "monotonic")])
    assert generation > before.generation
    assert paths(before, "monotonic") == ["time.md"]
    assert engine.snapshot().generation == generation
    assert set(paths(engine.snapshot(), "monotonic")) == {"time.md", "new.md"}


def test_an_engine_sees_what_another_one_committed(engine: Engine, opened: Opened) -> None:
    apply(engine, JOURNAL)
    engine.snapshot()
    apply(opened("index"), [post("new.md", "sundial")])
    assert paths(engine.snapshot(), "sundial") == ["new.md"]


def test_a_failure_while_posts_come_in_leaves_the_last_generation(engine: Engine) -> None:
    apply(engine, JOURNAL)
    before = engine.snapshot().generation

    def broken() -> Iterator[Post]:
        yield post("new.md", "sundial")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        apply(engine, broken())
    assert engine.snapshot().generation == before
    assert apply(engine, [post("new.md", "sundial")]) == before + 1


def test_a_second_writer_is_told_to_wait(engine: Engine, opened: Opened) -> None:
    def meanwhile() -> Iterator[Post]:
        with pytest.raises(IndexLocked, match="another process is writing"):
            apply(opened("index"), [post("other.md", "x")])
        yield post("new.md", "x")

    apply(engine, meanwhile())
    assert set(engine.snapshot().holdings()) == {"new.md"}


def test_a_language_filter_narrows(snapshot: Snapshot) -> None:
    assert [m.article.path for m in snapshot.find(Filter("language", "JA")).matches] == ["undated.md"]


def test_telling_terms_are_those_that_a_post_has_often_and_few_others_have(engine: Engine) -> None:
    apply(
        engine,
        [
            post("a.md", "The goroutine and the channel, 2026. A goroutine! The only zebra.", tags=("go",)),
            post("b.md", "The channel and the goroutine of 2026."),
            post("c.md", "The channel, and bread."),
            post("d.md", "The bread, and salt."),
            post("e.md", "The water, and salt."),
            post("f.md", "The flour, and salt."),
        ],
    )
    assert engine.snapshot().key_terms("a", 2) == ["goroutine", "channel"]
    assert not {"zebra", "2026"} & set(engine.snapshot().key_terms("a", 100))
    assert list(engine.snapshot().key_terms("nowhere", 5)) == []


def test_telling_terms_are_told_over_many_commits(engine: Engine) -> None:
    apply(
        engine, [post("b.md", "The channel and the goroutine."), post("c.md", "The bread."), post("d.md", "The salt.")]
    )
    apply(engine, [post("a.md", "The goroutine! A goroutine, the zebra."), post("e.md", "The zebra.")])
    apply(engine, [], ["e.md"])
    assert engine.snapshot().key_terms("a", 1) == ["goroutine"]


def test_a_post_that_was_replaced_counts_once(engine: Engine) -> None:
    others = [post(f"{name}.md", "The salt.") for name in "bcd"]
    apply(engine, [post("a.md", "The zebra and the salt."), *others])
    apply(engine, [post("a.md", "The zebra and the salt, again.")])
    assert engine.snapshot().document_frequencies(["zebra", "salt"]) == {"zebra": 1, "salt": 4}
    assert "zebra" not in engine.snapshot().key_terms("a", 10)


def test_spans_tell_which_headings_have_the_words_of_the_query(engine: Engine) -> None:
    apply(
        engine, [post("a.md", "Lead.", ("Stopping", "Text."), ("Other", ""), ("Stop a worker", "Text."), title="Stop")]
    )
    [match] = engine.snapshot().find(parse("stop OR worker")).matches
    assert sorted(match.spans.headings) == [(0, 0), (2, 0), (2, 1)]
    assert match.spans.starts == []


def test_all_posts_come_back_as_they_were_given(snapshot: Snapshot):
    assert sorted(snapshot.posts(), key=lambda post: post.path) == sorted(JOURNAL, key=lambda post: post.path)


def test_a_generation_comes_after_the_one_that_is_there_and_after_another_one(engine: Engine):
    apply(engine, JOURNAL)
    generations = []
    for after in (7, 3):
        with engine.writer() as writer:
            generations.append(writer.commit([writer.stage(JOURNAL[:1])], after=after))
    assert generations == [8, 9]
    assert engine.snapshot().generation == 9


OLD = post(
    "blog/old.md", "Retries in a loop. Retries without jitter.", title="Retries in a loop", date=day("2020-01-01")
)
MIDDLE = post("blog/middle.md", "Of retries.", title="Backoff", slug="backoff", date=day("2022-01-01"))
NEW = post("blog/new.md", "Retries, at last.", title="Jitter", url="/2024/jitter/", date=day("2019-01-01"))


@pytest.mark.parametrize(
    ("by", "supersedes"),
    [
        (("blog/new.md",), ()),
        (("new.md",), ()),
        (("../blog/new",), ()),
        (("/2024/jitter",), ()),
        (("/2024/jitter/index.html#there",), ()),
        (("jitter",), ()),
        (("nowhere.md", "Jitter"), ()),
        ((), ("blog/old.md",)),
        ((), ("Retries in a  LOOP",)),
        ((), ("nowhere", "old.md")),
    ],
)
def test_a_successor_ranks_above_what_it_supersedes_however_it_is_named(engine: Engine, by, supersedes):
    apply(engine, [replace(OLD, superseded_by=by), MIDDLE])
    apply(engine, [replace(NEW, supersedes=supersedes)])
    snapshot = engine.snapshot()
    assert snapshot.succession.latest["blog/old.md"].path == "blog/new.md"
    paths = [match.article.path for match in snapshot.find(parse("retries")).matches]
    assert paths.index("blog/new.md") < paths.index("blog/old.md")


def test_a_line_of_successors_ranks_newest_first_and_its_scores_descend(engine: Engine):
    apply(engine, [replace(OLD, superseded_by=("backoff",)), MIDDLE, replace(NEW, supersedes=("backoff",))])
    snapshot = engine.snapshot()
    assert {path: found.path for path, found in snapshot.succession.latest.items()} == {
        "blog/old.md": "blog/new.md",
        "blog/middle.md": "blog/new.md",
    }
    matches = snapshot.find(parse("retries")).matches
    assert [match.article.path for match in matches] == ["blog/new.md", "blog/middle.md", "blog/old.md"]
    assert [match.score for match in matches] == sorted((match.score for match in matches), reverse=True)
    assert all(
        match.score == pytest.approx(sum(part.value for part in match.explanation.parts), abs=1e-4) for match in matches
    )


@pytest.mark.parametrize(
    "posts",
    [
        [replace(OLD, superseded_by=("blog/old.md",))],
        [replace(OLD, superseded_by=("nowhere", "Jitter"))],
        [replace(OLD, superseded_by=("backoff",)), replace(MIDDLE, superseded_by=("old.md",))],
        [replace(OLD, supersedes=("backoff",)), replace(MIDDLE, supersedes=("old.md",))],
    ],
)
def test_what_is_not_there_or_comes_back_to_itself_succeeds_nothing(engine: Engine, posts):
    apply(engine, posts)
    assert not engine.snapshot().succession


def test_a_removed_successor_succeeds_nothing(engine: Engine):
    apply(engine, [replace(OLD, superseded_by=("new.md",)), NEW])
    apply(engine, [], ["blog/new.md"])
    assert not engine.snapshot().succession


LONG = "The same article about retries stays under its old address, word for word. " * 4
TWINS = [
    post("a-old.md", LONG, title="Retries", date=day("2020-01-01"), tags=("old",)),
    post("b-new.md", LONG.replace(". ", ".\n"), title="Retries", date=day("2024-01-01")),
    post("c-other.md", f"{LONG} It says more.", title="Retries", date=day("2021-01-01")),
]


def test_of_copies_the_newest_is_listed_and_names_the_others(engine: Engine):
    for twin in TWINS:
        apply(engine, [twin])
    found = engine.snapshot().find(parse("retries"), wider=parse("retries OR nothing"))
    assert sorted(match.article.path for match in found.matches) == ["b-new.md", "c-other.md"]
    assert {match.article.path: [copy.path for copy in match.copies] for match in found.matches} == {
        "b-new.md": ["a-old.md"],
        "c-other.md": [],
    }
    assert found.total == 2


@pytest.mark.parametrize("options", [{}, {"sort": "newest"}])
def test_copies_count_once_among_all_matches_and_by_date(engine: Engine, request, options):
    if isinstance(engine, OpenSearchEngine):
        reason = "the cluster counts and orders all matches by itself, and compares the texts of the fetched ones alone"
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    apply(engine, TWINS)
    found = engine.snapshot().find(parse("retries"), **options)
    assert (found.total, sorted(match.article.path for match in found.matches)) == (2, ["b-new.md", "c-other.md"])


@pytest.mark.parametrize(("rewards", "first"), [({}, "a.md"), ({"tags": 1.0}, "b.md")])
def test_rewards_say_what_a_match_is_worth(engine: Engine, rewards, first):
    apply(engine, [post("a.md", "Of text.", title="Retries"), post("b.md", "Of text.", tags=("retries",))])
    match, _ = engine.snapshot().find(parse("retries"), rewards={**REWARDS, **rewards}).matches
    assert match.article.path == first


def test_a_copy_is_listed_where_only_it_matches(engine: Engine):
    apply(engine, TWINS)
    [match] = engine.snapshot().find(And((parse("retries"), Filter("tag", "old")))).matches
    assert (match.article.path, [*match.copies]) == ("a-old.md", [])


def test_of_copies_one_is_left_when_the_other_is_removed(engine: Engine):
    apply(engine, TWINS)
    apply(engine, [], ["b-new.md"])
    assert "a-old.md" in {match.article.path for match in engine.snapshot().find(parse("retries")).matches}


def test_of_translations_the_one_in_the_readers_language_is_listed_and_names_the_others(engine: Engine):
    languages = {"a.md": "en", "a.de.md": "de", "a.fr.md": "fr"}
    apply(engine, [post(path, "Retries.", language=own, translated="a") for path, own in languages.items()])
    for query in (parse("retries"), And((parse("retries"), Everything()))):
        [match] = engine.snapshot().find(query, wider=parse("retries OR nothing"), language="de-AT").matches
        assert match.article.path == "a.de.md"
        assert sorted(other.path for other in match.translations) == ["a.fr.md", "a.md"]
    assert len(engine.snapshot().find(parse("retries")).matches) == 3


def test_the_language_of_a_reader_is_that_of_posts_or_a_related_one_or_none(engine: Engine):
    apply(engine, [post(f"{own}.md", "Retries.", language=own) for own in ("en", "pt-BR", "zh-Hans")])
    asked = ("en", "EN-us", "pt-br", "pt-PT", "zh", "fr", "")
    found = [engine.snapshot().nearest_language(language) for language in asked]
    assert found == ["en", "en", "pt-BR", "pt-BR", "zh-Hans", "", ""]


def test_posts_of_one_language_are_no_translations(engine: Engine):
    apply(engine, [post("a.md", "Retries.", translated="a"), post("b.md", "Retries.", translated="a")])
    assert len(engine.snapshot().find(parse("retries"), language="en").matches) == 2


def test_short_texts_are_no_copies(engine: Engine):
    apply(engine, [post("a.md", "Retries."), post("b.md", "Retries.")])
    assert engine.snapshot().find(parse("retries")).total == 2


YEARLY = [
    post(f"{year}.md", "Release notes of the compiler.", title="Release notes", date=day(f"{year}-02-01"))
    for year in (2021, 2024, 2019, 2022)
]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("latest release notes", "2024.md"),
        ("neueste release notes", "2024.md"),
        ("release notes 2019", "2019.md"),
        ("release notes 2020", "2021.md"),
        ("release notes 2035", "2024.md"),
    ],
)
def test_dates_weigh_where_a_query_asks_for_a_year_or_what_is_latest(engine: Engine, query: str, first: str):
    apply(engine, YEARLY)
    apply(engine, [post("other.md", "Release notes of the compiler, the release and the notes.", title="Undated")])
    words = parse("release notes")
    assert engine.snapshot().find(words, title=terms(query)).matches[0].article.path == first


def test_queries_that_do_not_ask_for_dates_keep_their_order(engine: Engine):
    apply(engine, [*YEARLY, post("long.md", "Release notes. " * 9, title="Release notes", date=day("2001-01-01"))])
    words, snapshot = parse("release notes"), engine.snapshot()
    plain, asked = (
        [(match.article.path, match.score) for match in snapshot.find(words, title=title).matches]
        for title in ((), ("new", "release", "notes", "1.24"))
    )
    assert plain == asked
