"""The compiled loops find, score and reward the same as NumPy does, to the last bit, and refuse what is damaged."""

import ctypes
import os
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backmatter.index import kernels, ranking
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.kernels import TABLE, WIDTHS, Kernels, building
from backmatter.index.model import Post
from backmatter.index.query.analysed import analyse
from backmatter.index.retrieval import at_once, matches, occurrences, places, rescoring, sections, top, windows
from backmatter.index.segment import segment
from tests.build import apply, post
from tests.programs import require

FOLDER = Path(kernels.__file__).parent
SOURCE = (FOLDER / building.KERNEL_SOURCE).read_text("utf-8")
# What `make torture` adds, so that each access outside an array ends the tests.
OPTIONS = os.environ.get("KERNEL_OPTIONS", "").split()

WORDS = [
    "pool",
    "pools",
    "worker",
    "workers",
    "pooling",
    "re-index",
    "reindex",
    "go",
    "the",
    "Pool-Größe",
    "時間",
    "pooled",
]
TEXTS = st.lists(st.sampled_from([*WORDS, "bread", "salt."]), max_size=30).map(" ".join)
TERMS = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(WORDS).map("-{}".format),
    st.sampled_from(["po*", "work*", "title:pool", "code:go", "tag:go", "language:de", "salt OR bread", "nothing"]),
    st.sampled_from(['"go pool worker"', 'title:"pool worker"', 'title:"the go pool"', '"pool pool"']),
    st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS)).map('"{0[0]} {0[1]}"'.format),
)
# Three segments whose posts have equal scores, and take turns in the order of paths.
TIED = [([post(f"{n}.md", "pool worker", title="Pool") for n in range(first, 12, 3)], []) for first in range(3)]
QUERIES = st.lists(TERMS, min_size=1, max_size=5).map(" ".join)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """The library, compiled for these tests."""
    require("cc")
    folder = tmp_path_factory.mktemp("kernels")
    shutil.copy(FOLDER / building.KERNEL_SOURCE, folder)
    made = building.build(folder, OPTIONS)
    assert made
    return kernels.load_library(made)


@st.composite
def commits(draw: st.DrawFn) -> list[tuple[list[Post], list[str]]]:
    """Draw commits, which make segments of posts in two languages, some of which later ones replace or delete.

    Texts are often the same: then scores are equal, and long ones are copies of each other.
    """
    numbers, boosts = st.integers(0, 11), draw(st.sampled_from([[1.0], [1.0], [1.0, 1.0, 1.5]]))
    texts = st.one_of(TEXTS, st.sampled_from(["pool worker", "the go pool worker " * 40]))

    def drawn(number: int) -> Post:
        return post(
            f"{number}.md",
            draw(texts),
            *[(draw(TEXTS)[:40], draw(TEXTS)) for _ in range(draw(st.integers(0, 3)))],
            title=draw(TEXTS)[:30] or "Untitled",
            code=draw(st.sampled_from(["", "go pool(worker)"])),
            tags=draw(st.sampled_from([(), ("go",), ("worker pool",)])),
            language=draw(st.sampled_from(["en", "de"])),
            boost=draw(st.sampled_from(boosts)),
        )

    return [
        ([drawn(number) for number in draw(st.lists(numbers, unique=True, max_size=8))], [f"{draw(numbers)}.md"])
        for _ in range(draw(st.integers(1, 3)))
    ]


def answers(folder: Path, loaded: ctypes.CDLL | None, queries: list[str], limit: int) -> list[Any]:
    """Return all that is found for some queries, with the compiled loops or without."""
    snapshot = WhooshEngine(folder).snapshot()
    found = []
    for text in queries:
        query = analyse(text)
        for sort, wider in (("relevance", query.relaxed), ("relevance", None), ("newest", query.relaxed)):
            page = snapshot.find(query.required, wider=wider, title=query.terms, sort=sort, limit=limit)
            matches = [
                (m.article.path, m.score, m.explanation, m.spans, m.window(), m.window(is_code=True), m.copies)
                for m in page.matches
            ]
            found.append((text, sort, page.total, page.complete, page.facets, matches))
    assert all((part.kernels is None) == (loaded is None) for part in snapshot.segments)
    return found


@settings(max_examples=60, deadline=None)
@example(history=[([post("0.md")], [])], queries=["tag:go"], ranked=150, limit=20)
@example(history=TIED, queries=["pool", "worker pool"], ranked=4, limit=3)
@given(
    history=commits(),
    queries=st.lists(QUERIES, min_size=1, max_size=8),
    ranked=st.sampled_from([150, 4]),
    limit=st.sampled_from([20, 3]),
)
def test_compiled_loops_answer_as_numpy_does_to_the_last_bit(
    compiled, tmp_path_factory, history, queries, ranked, limit
):
    folder = tmp_path_factory.mktemp("index")
    for put, deleted in history:
        apply(WhooshEngine(folder), put, deleted)
    with pytest.MonkeyPatch.context() as patch:
        for module in (at_once, top):
            patch.setattr(module, "LOOKED_AT_TWICE", ranked)
        patch.setattr(segment, "library", lambda: compiled)
        found = answers(folder, compiled, queries, limit)
        patch.setattr(segment, "library", lambda: None)
        assert found == answers(folder, None, queries, limit)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A generation of forty posts."""
    engine = WhooshEngine(tmp_path_factory.mktemp("forty"))
    texts = [" ".join(WORDS[n % 5 :] + WORDS[: n % 7]) for n in range(40)]
    apply(engine, [post(f"{n}.md", text, (text[:20], text), code="go pool") for n, text in enumerate(texts)])
    return engine.snapshot()


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from([name for name in TABLE if name != "alive"]),
    at=st.floats(0, 1, exclude_max=True),
    value=st.one_of(st.integers(0, 2**16), st.integers(0, 2**64 - 1)),
    size=st.sampled_from([0.0, 0.5, 1.0, 1.0]),
    query=QUERIES,
)
def test_damaged_arrays_never_lead_outside_of_them(compiled, snapshot, name, at, value, size, query):
    [own] = snapshot.segments
    whole = own.view(np.ones(own.docs, bool), 30.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segment, "library", lambda: compiled)
        assert whole.kernels
    arrays = dict(whole.kernels.arrays)
    damaged = arrays[name][: round(len(arrays[name]) * size)].copy()
    if len(damaged):
        damaged[int(at * len(damaged))] = np.array(value, np.uint64).astype(damaged.dtype)
    whole.__dict__["kernels"] = Kernels(compiled, arrays | {name: damaged})
    patch = pytest.MonkeyPatch()
    patch.setattr(snapshot, "segments", [whole])
    try:
        for match in snapshot.find(analyse(query).required, limit=40).matches:
            match.window()  # The sanitizers see what is read.
    except (IndexError, MemoryError):
        pass
    finally:
        patch.undo()


def test_a_post_that_is_not_there_is_the_error_of_numpy(compiled, snapshot):
    [own] = snapshot.segments
    arrays = {name: np.zeros(3, f"u{WIDTHS.get(name, 4)}") for name in TABLE}
    arrays |= {"norm": np.ones(3, np.float32), "alive": None}
    loops = Kernels(compiled, arrays)
    docs = np.array([0, 3])
    with pytest.raises(IndexError):
        own.norm[:3].take(docs)
    with pytest.raises(IndexError):
        loops.match_all([kernels.post_list(kernels.post_row(docs))])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("K1", ranking.K1),
        ("NEARLY_WHOLE", ranking.NEARLY_WHOLE),
        ("BEGINNING_WORDS", occurrences.BEGINNING_WORDS),
        ("CLAUSE_BITS", places.CLAUSE_BITS),
        ("WORDS_BITS", places.WORDS_BITS),
        ("LEAF_BITS", places.LEAF_BITS),
        ("MAX_CLAUSES", rescoring.MAX_RESCORED_CLAUSES),
        ("MAX_OCCURRENCES", matches.MAX_OCCURRENCES),
        ("IN_WINDOW", sections.WINDOW),
        ("BEGUN", sections.BEGINNING),
        ("DETAIL", sections.DETAIL),
        ("DETAIL_LEVEL", sections.DETAIL_LEVEL),
        ("PASSAGE_LENGTH", sections.PASSAGE_LENGTH),
        ("WHOLE", sections.WHOLE),
        ("WINDOW_LENGTH", windows.WINDOW_LENGTH),
        ("LIGHT", windows.LIGHT),
    ],
)
def test_numbers_of_the_source_are_those_of_the_ranking(name: str, value: float):
    assert re.search(rf"\b{name} = {value}[,; ]", SOURCE)


def test_the_source_is_at_most_728_lines():
    """What chooses windows is a sixth of it, and saves a seventh of a search for two words."""
    assert len(SOURCE.splitlines()) <= 728
