"""What only the engine on a cluster does: nodes that die, two writers, answers that are lost, failures with a name."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import opensearchpy
import pytest
from opensearchpy.helpers import errors

from index.engines.opensearch.cluster import FAILURES, Cluster, meaning
from index.engines.opensearch.compiling import compiled
from index.engines.opensearch.engine import OpenSearchEngine
from index.errors import BackmatterError, IndexUnavailable
from index.model import Post
from index.query import parse
from tests.build import apply, post
from tests.cluster import Node, access, cluster, wait_for

POSTS = [post(f"p{number}.md", f"monotonic clock number{number}") for number in range(300)]


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Node]]:
    with cluster(tmp_path_factory.mktemp("nodes"), nodes=3) as running:
        yield running


def test_every_failure_of_the_client_is_one_of_ours() -> None:
    classes = {
        value
        for module in (opensearchpy.exceptions, errors)
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Exception)
    }
    assert classes == set(FAILURES)
    assert all(issubclass(kind, BackmatterError) for kind, _ in FAILURES.values())


def test_a_full_disk_and_a_node_that_is_not_there_say_what_to_do() -> None:
    assert "free some space" in str(meaning(opensearchpy.TransportError(429, "disk usage exceeded flood-stage", {})))
    assert "opensearch_hosts" in str(meaning(opensearchpy.ConnectionError("N/A", "refused", OSError())))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("monotonic", {"term": {"stem": {"value": "monoton"}}}),
        ('"sync pool"', {"match_phrase": {"exact": {"query": "sync\npool"}}}),
        ("alloc*", {"prefix": {"exact": {"value": "alloc"}}}),
        ("tag:Go", {"term": {"tag": "go"}}),
        ("title:clocks", {"term": {"stem_title": {"value": "clock"}}}),
        ("", {"match_all": {}}),
    ],
)
def test_a_query_tree_becomes_this_query(text: str, expected: dict[str, object]) -> None:
    assert compiled(parse(text), ["en"]) == expected


def test_a_node_dies_during_a_thousand_searches_and_during_a_build_and_nothing_is_lost(nodes: list[Node]) -> None:
    engine = OpenSearchEngine(access(nodes), "dying", shards=2, replicas=1)
    apply(engine, POSTS)
    _wait_until_copied(nodes)
    for number in range(1_000):
        if number == 100:
            nodes[-1].kill()
        found = engine.snapshot().find(parse(f"number{number % 300}"), limit=1)
        assert [match.article.path for match in found.matches] == [f"p{number % 300}.md"]
    nodes[-1].start()
    wait_for(nodes, 3)
    _wait_until_copied(nodes)

    def dying() -> Iterator[Post]:
        for number, one in enumerate(POSTS):
            if number == 150:
                nodes[-1].kill()
            yield one

    assert apply(engine, dying(), rebuild=True) == 2
    assert len(engine.snapshot().holdings()) == engine.snapshot().find(parse("monotonic")).total == 300


def _wait_until_copied(nodes: list[Node]) -> None:
    health = Cluster(access(nodes))(
        lambda client: client.cluster.health(params={"wait_for_status": "green", "timeout": "60s"}, request_timeout=70)
    )
    assert health["status"] == "green"


def test_an_alias_swap_whose_answer_is_lost_keeps_the_new_index(
    opensearch_engine: OpenSearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(opensearch_engine, POSTS[:3])
    swap = opensearch_engine._catalogue.swap

    def lost(old: str | None, new: str) -> None:
        swap(old, new)
        raise IndexUnavailable("the answer is lost")

    monkeypatch.setattr(opensearch_engine._catalogue, "swap", lost)
    assert apply(opensearch_engine, POSTS[:2], rebuild=True) == 2
    assert len(opensearch_engine.snapshot().holdings()) == 2


@pytest.fixture
def opensearch_engine(opensearch: object, tmp_path: Path) -> OpenSearchEngine:
    return OpenSearchEngine(opensearch, tmp_path.name.lower(), replicas=0)  # type: ignore[arg-type]
