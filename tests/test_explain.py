"""Why a post stands where it does: every number of a score, which follows from its parts."""

from math import prod
from pathlib import Path

import pytest
import yaml

from backmatter.index.engines import open_engine
from backmatter.index.engines.base import Snapshot
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.errors import InputError
from backmatter.index.model import Explanation
from backmatter.index.query.analysed import analyse
from backmatter.index.ranking import BM25, K1
from backmatter.index.search.explain import explain
from backmatter.index.search.search import search
from backmatter.index.settings import Settings
from backmatter.index.sync.sync import sync
from tests.build import apply, post

CLOSE = 1e-4
QUERIES = [entry["query"] for entry in yaml.safe_load((Path(__file__).parent / "queries.yaml").read_text("utf-8"))]
MORE = ["cache OR mutex -redis", '"cache line" go', "alloc* tag:go", "title:go time", "café naïve", "k8s", "cahce lnie"]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    content = Path(__file__).parents[1] / "content"
    settings = Settings(content=(content,), index=tmp_path_factory.mktemp("journal"))
    sync(open_engine(settings), settings)
    return open_engine(settings).snapshot()


def follows(part: Explanation) -> float:
    """Work out a number from its parts."""
    values = [inner.value for inner in part.parts]
    if part.how == BM25:
        idf, tf = values
        return idf * tf * (K1 + 1) / (tf + K1)
    if part.how == "weight × tf":
        return float(part.name.rpartition(" × ")[2]) * values[0]
    return {"": part.value, "sum": sum(values), "product": prod(values)}[part.how]


def check(part: Explanation) -> None:
    assert follows(part) == pytest.approx(part.value, abs=CLOSE), part
    for inner in part.parts:
        check(inner)


@pytest.mark.parametrize("query", QUERIES + MORE)
def test_every_number_of_a_score_follows_from_its_parts(snapshot, query):
    for hit in search(snapshot, analyse(query), explain=True).hits:
        assert hit.explanation is not None
        assert hit.explanation.value == pytest.approx(hit.score, abs=CLOSE)
        check(hit.explanation)


def test_a_score_names_the_words_and_where_they_stand(tmp_path):
    engine = WhooshEngine(tmp_path)
    text = "A goroutine and another goroutine."
    apply(engine, [post("a.md", text, ("Goroutines", "More."), title="Goroutine"), post("b.md", "Nothing.")])
    [hit] = search(engine.snapshot(), analyse("goroutine"), explain=True).hits
    [word] = hit.explanation.parts[0].parts
    assert (word.name, [part.name for part in word.parts]) == ("goroutine", ["idf", "tf"])
    counted = {part.name: {number.name: number.value for number in part.parts} for part in word.parts[1].parts}
    assert counted["title"] == {"weight": 4, "frequency": 1}
    assert counted["headings"] == {"weight": 2, "frequency": 1}
    assert counted["prose"] == {"weight": 1, "frequency": 2, "length": pytest.approx(1, abs=0.5)}


def test_nothing_is_explained_where_nothing_is_ranked(snapshot):
    for results in (
        search(snapshot, analyse(""), explain=True),
        search(snapshot, analyse("cache", sort="newest"), explain=True),
    ):
        assert [hit.explanation for hit in results.hits if hit.explanation] == []


@pytest.mark.parametrize(
    ("query", "path", "rank", "missing"),
    [
        ("false sharing", "understanding-cpu-caches-in-go.md", 1, ()),
        ("SKIP LOCKED", "building-production-ready-background-workers-in-python.md", 1, ()),
        ("SKIP LOCKED", "just-about-go-time.md", None, ("SKIP", "LOCKED")),
    ],
)
def test_a_post_has_a_rank_or_lacks_words(snapshot, query, path, rank, missing):
    explained = explain(snapshot, analyse(query), path)
    assert (explained.rank, explained.missing) == (rank, missing)
    assert (explained.hit.path if explained.hit else None) == (path if rank else None)


def test_a_rank_is_the_place_in_the_list(snapshot):
    hits = search(snapshot, analyse("go memory")).hits
    assert [explain(snapshot, analyse("go memory"), hit.path).rank for hit in hits] == list(range(1, len(hits) + 1))


def test_what_was_corrected_is_explained_as_it_was_searched(snapshot):
    explained = explain(snapshot, analyse("monotonc"), "just-about-go-time.md")
    assert (explained.query, explained.rank) == ("monotonic", 1)


def test_a_post_that_is_not_there_is_named(snapshot):
    with pytest.raises(InputError, match=r"^nothing\.md: is not in the index"):
        explain(snapshot, analyse("cache"), "nothing.md")
