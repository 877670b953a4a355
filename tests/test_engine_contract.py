"""What every engine does, whatever it is made of."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from index.engine import Engine, Match, Snapshot
from index.engines.opensearch.engine import OpenSearchEngine
from index.engines.whoosh.engine import WhooshEngine
from index.errors import IndexLocked, IndexMissing
from index.model import Facet, Holding, Post
from index.query import And, Everything, Filter, Node, Phrase, Variants, Word, parse
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
    ),
    post(
        "docker.md",
        "Mount the code instead of baking it in: a container that runs needs no second image.",
        title="Stop Rebuilding Images",
        tags=("docker", "background workers"),
        author="Ben Okafor",
        date=day("2026-02-21"),
    ),
    post(
        "cache.md",
        "The hot loop walks one cache line after the other.",
        ("Row-major order", "Walking by columns misses the cache. It runs slowly."),
        title="A Love Letter to the L1 Cache",
        tags=("go", "cpu-cache"),
        author="Mara Lindqvist",
        date=day("2025-06-09"),
    ),
    post("undated.md", "日本語の文章。生命周期と Rust の話。", title="時計", language="ja"),
]


@pytest.fixture(params=["whoosh", "opensearch"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    """Opens an index by its name; the same one by the same name."""
    if request.param == "whoosh":
        return lambda name: WhooshEngine(tmp_path / name)
    place = request.getfixturevalue("opensearch")
    journal = uuid4().hex
    return lambda name: OpenSearchEngine(place, f"{journal}-{name}", replicas=0)


@pytest.fixture
def engine(opened: Opened) -> Engine:
    return opened("index")


@pytest.fixture
def snapshot(engine: Engine) -> Snapshot:
    apply(engine, JOURNAL)
    return engine.snapshot()


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
        ("-> clock", {"time.md"}),
        ("zebra", set()),
    ],
)
def test_a_query_finds_these_posts_and_no_others(snapshot: Snapshot, query: str, expected: set[str]) -> None:
    assert set(paths(snapshot, query)) == expected


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
    assert match.once(words) is expected


def test_a_match_carries_its_post_unchanged(snapshot: Snapshot) -> None:
    [match] = snapshot.find(parse("monotonic")).matches
    whole = JOURNAL[0]
    assert all(getattr(match.article, name) == getattr(whole, name) for name in ("title", "sections", "tags", "date"))
    assert match.cut(0, len(whole.text)) == whole.text
    assert match.cut(11, 18) == whole.text[11:18]
    assert snapshot.post("cache") == JOURNAL[2]
    assert snapshot.post("nowhere") is None


def test_holdings_tell_what_is_held(snapshot: Snapshot) -> None:
    assert snapshot.holdings() == {p.path: Holding("f", "s", p.slug, None) for p in JOURNAL}


def test_stats_count_what_is_held(snapshot: Snapshot) -> None:
    stats = snapshot.stats()
    assert (stats.posts, stats.sections, stats.newest) == (4, 6, day("2026-05-08"))
    assert stats.languages == {"en": 3, "ja": 1}
    assert min(stats.words, stats.terms, stats.bytes) > 0


def test_the_vocabulary_is_the_words_of_the_index(snapshot: Snapshot) -> None:
    assert snapshot.vocabulary("mon") == {"monotonic": 1}
    assert snapshot.vocabulary("runs") == {"runs": 2}


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
    assert engine.snapshot().telling("a", 2) == ["goroutine", "channel"]
    assert not {"zebra", "2026"} & set(engine.snapshot().telling("a", 100))
    assert list(engine.snapshot().telling("nowhere", 5)) == []


def test_telling_terms_are_told_over_many_commits(engine: Engine) -> None:
    apply(
        engine, [post("b.md", "The channel and the goroutine."), post("c.md", "The bread."), post("d.md", "The salt.")]
    )
    apply(engine, [post("a.md", "The goroutine! A goroutine, the zebra."), post("e.md", "The zebra.")])
    apply(engine, [], ["e.md"])
    assert engine.snapshot().telling("a", 1) == ["goroutine"]


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
        with engine.writing() as writing:
            generations.append(writing.commit([writing.stage(JOURNAL[:1])], after=after))
    assert generations == [8, 9]
    assert engine.snapshot().generation == 9
