"""What the author says: words that stand for each other, and posts that come first."""

from dataclasses import replace
from pathlib import Path

import pytest

from backmatter.index.engines.base import Snapshot
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.errors import SettingsError
from backmatter.index.query import synonyms
from backmatter.index.query.analysed import analyse
from backmatter.index.search.curation import Editorial, load_editorial
from backmatter.index.search.search import search
from backmatter.index.settings import Settings
from tests.build import apply, post

POSTS = [
    post("short.md", "The k8s cluster runs.", tags=("go",)),
    post("long.md", "A kubernetes cluster runs."),
    post("gc.md", "The gc pauses."),
    post("garbage.md", "Garbage collection pauses the program."),
    post("apart.md", "A collection of garbage."),
    post("mutex.md", "A mutex is held."),
    post("lock.md", "A lock is held."),
    post("one.md", "The runtime panics; a database is open."),
    post("two.md", "At run time it panics; the data base is open."),
    post("Upper.md", "Pinned by the author."),
]
LIST = synonyms.parse_synonyms(
    "k8s = kubernetes\ngc = garbage collection  # memory\n\n# nothing\nmutex => lock\n", "list"
).synonyms


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    engine = WhooshEngine(tmp_path_factory.mktemp("editorial"))
    apply(engine, [replace(one, title="A post") for one in POSTS])
    return engine.snapshot()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("k8s", ["short.md", "long.md"]),
        ("kubernetes", ["long.md", "short.md"]),
        ("K8s cluster", ["short.md", "long.md"]),
        ("k8s OR mutex", ["short.md", "mutex.md", "lock.md", "long.md"]),
        ("gc", ["gc.md", "garbage.md"]),
        ("gc pauses", ["gc.md", "garbage.md"]),
        ("garbage collection", ["apart.md", "garbage.md", "gc.md"]),
        ("garbage", ["apart.md", "garbage.md"]),
        ("mutex", ["mutex.md", "lock.md"]),
        ("lock", ["lock.md"]),
        # What is quoted, in a field or excluded is what it is.
        ('"k8s"', ["short.md"]),
        ("title:k8s", []),
        ("cluster -k8s", ["long.md"]),
        # Words that are written in one or in two.
        ("run time panics", ["two.md", "one.md"]),
        ("data base", ["two.md", "one.md"]),
    ],
)
def test_synonyms_are_found_behind_what_was_typed(snapshot: Snapshot, query: str, expected: list[str]):
    results = search(snapshot, analyse(query), editorial=Editorial(LIST))
    assert sorted(hit.path for hit in results.hits[: results.complete]) == sorted(expected)
    assert not expected or results.hits[0].path in expected[:2]
    assert not results.relaxed


def test_a_synonym_is_marked_and_counts_less_than_the_word_itself(snapshot: Snapshot):
    first, second = search(snapshot, analyse("k8s"), editorial=Editorial(LIST)).hits
    assert [hit.passage.html for hit in (first, second)] == [
        "The <mark>k8s</mark> cluster runs.",
        "A <mark>kubernetes</mark> cluster runs.",
    ]
    assert first.score > second.score


@pytest.mark.parametrize("line", ["kubernetes", "k8s =", "= k8s", "a => b => c", "a = = b", "% = b"])
def test_a_line_that_is_no_synonym_is_named(tmp_path: Path, line: str):
    file = tmp_path / "synonyms.txt"
    file.write_text(f"# ours\n{line}\n", "utf-8")
    with pytest.raises(SettingsError, match=r"synonyms\.txt:2: .* is no synonym"):
        load_editorial(Settings(synonyms=file))


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(SettingsError, match=r"nowhere\.txt: cannot be read"):
        load_editorial(Settings(synonyms=tmp_path / "nowhere.txt"))


def test_the_authors_list_is_added_to_the_one_that_comes_along(tmp_path: Path):
    file = tmp_path / "synonyms.txt"
    file.write_text("k8s => kube\n", "utf-8")
    assert set(load_editorial(Settings(synonyms=file)).synonyms["k8s",]) == {"kubernetes", "kube"}
    assert load_editorial(Settings(synonyms=file, builtin_synonyms=False)).synonyms == {("k8s",): ("kube",)}
    assert load_editorial(Settings(builtin_synonyms=False)).synonyms == {}


def test_the_list_that_comes_along_says_nothing_twice():
    pairs = [(typed, other) for typed, others in synonyms.builtin_synonyms().items() for other in others]
    assert len(pairs) > 60
    assert len(pairs) == len(set(pairs))


PINS = load_editorial(
    Settings(pins=(("Cluster", "Upper.md"), ("runs", "long.md"), ("gone", "gone.md")), builtin_synonyms=False)
)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (" cluster ", ["Upper.md", "short.md", "long.md"]),
        ("CLUSTER", ["Upper.md", "short.md", "long.md"]),
        ("cluster runs", ["long.md", "short.md", "two.md"]),
        ("runs", ["long.md", "short.md", "two.md"]),
        ("gone", []),
    ],
)
def test_a_pinned_post_comes_first_for_its_query_and_once(snapshot: Snapshot, query: str, expected: list[str]):
    results = search(snapshot, analyse(query), editorial=PINS)
    assert sorted(hit.path for hit in results.hits) == sorted(expected)
    assert [hit.path for hit in results.hits][:1] == expected[:1]
    assert [hit.pinned for hit in results.hits] == [hit.path == PINS.pinned(analyse(query)) for hit in results.hits]
    assert results.total == len(expected)


def test_pages_with_a_pinned_post_are_the_whole_list(snapshot: Snapshot):
    pages = [search(snapshot, analyse("runs"), page=page, per_page=1, editorial=PINS).hits for page in (1, 2, 3, 4)]
    assert [len(hits) for hits in pages] == [1, 1, 1, 0]
    assert pages[0][0].path == "long.md"
    assert len({hit.path for hits in pages for hit in hits}) == 3


def test_filters_and_another_order_are_stronger_than_a_pin(snapshot: Snapshot):
    tagged = search(snapshot, analyse("cluster tag:go"), editorial=PINS)
    assert [hit.path for hit in tagged.hits] == ["short.md"]
    assert not any(hit.pinned for hit in search(snapshot, analyse("cluster", sort="newest"), editorial=PINS).hits)


def test_a_pinned_post_that_is_not_there_is_named(snapshot: Snapshot):
    assert PINS.missing(snapshot) == ["gone.md"]
