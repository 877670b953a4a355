"""The OpenSearch engine when nodes die, two writers compete, responses are lost or the client fails."""

import inspect
import logging
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import urlsplit

import opensearchpy
import pytest
from opensearchpy.helpers import errors

from backmatter.app import create_app
from backmatter.index.engines import open_engine
from backmatter.index.engines.opensearch import lock
from backmatter.index.engines.opensearch.builds import Build, swap
from backmatter.index.engines.opensearch.catalogue import Catalogue
from backmatter.index.engines.opensearch.cluster import FAILURES, Access, Cluster, meaning
from backmatter.index.engines.opensearch.engine import OpenSearchEngine
from backmatter.index.engines.opensearch.mapping import MARK
from backmatter.index.engines.opensearch.query_dsl import Compiler
from backmatter.index.errors import BackmatterError, IndexLocked, IndexOutdated, IndexUnavailable
from backmatter.index.model import Health, Post
from backmatter.index.query.parser import parse
from backmatter.index.ranking import LOOKED_AT_TWICE
from backmatter.index.settings import OpenSearchSettings, ServerSettings, Settings
from backmatter.index.sync.sync import sync
from backmatter.index.tools.doctor import examine
from tests.build import apply, post
from tests.cluster import Node, access, cluster, wait_for
from tests.insights import TOKEN

# How a process ends that is killed.
DEAD = 137

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
    assert "opensearch.hosts" in str(meaning(opensearchpy.ConnectionError("N/A", "refused", OSError())))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("monotonic", {"term": {"stem": {"value": "monoton"}}}),
        ('"sync pool"', {"match_phrase": {"exact": {"query": "sync\npool"}}}),
        ("tag:Go", {"term": {"tag": "go"}}),
        ("title:clocks", {"term": {"stem_title": {"value": "clock"}}}),
        ("", {"match_all": {}}),
    ],
)
def test_a_query_tree_becomes_this_query(text: str, expected: dict[str, object]) -> None:
    assert Compiler(("en",)).compile(parse(text)) == expected


def test_the_health_of_the_cluster_is_told_by_everything_that_watches(nodes: list[Node], tmp_path: Path) -> None:
    engine = OpenSearchEngine(access(nodes), "watched", shards=3, replicas=1)
    apply(engine, POSTS[:3])
    _wait_until_copied(nodes)
    settings = Settings(content=(tmp_path,), index=tmp_path / "index", server=ServerSettings(metrics_token=TOKEN))
    client = create_app(settings, engine).test_client()

    def told() -> tuple[object, str, dict[str, float]]:
        ready = client.get("/readyz").json["cluster"]
        doctor = next(each.level for each in examine(engine, settings) if each.check == "cluster")
        figures = re.findall(
            r"^backmatter_cluster_(\S+) (\S+)$",
            client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text,
            re.MULTILINE,
        )
        return ready, doctor, {name: float(value) for name, value in figures}

    colours = {'status{status="green"}': 1, 'status{status="yellow"}': 0, 'status{status="red"}': 0}
    ready = {"status": "green", "nodes": 3, "unassigned": 0}
    assert told() == (ready, "ok", {**colours, "nodes": 3, "unassigned_shards": 0})
    nodes[-1].kill()
    try:
        wait_for(nodes[:-1], 2)
        assert engine.health() == Health("yellow", 2, 2)
        colours |= {'status{status="green"}': 0, 'status{status="yellow"}': 1}
        ready = {"status": "yellow", "nodes": 2, "unassigned": 2}
        assert told() == (ready, "warning", {**colours, "nodes": 2, "unassigned_shards": 2})
    finally:
        nodes[-1].start()
        wait_for(nodes, 3)


def test_a_cluster_that_does_not_answer_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As many attempts as ever, without ten seconds of waiting for each of five questions.
    monkeypatch.setattr("backmatter.index.engines.opensearch.cluster.RETRY_DELAYS", (0, 0, 0, 0, 0))
    engine = OpenSearchEngine(Access(("http://127.0.0.1:9",), timeout=1), "nowhere")
    settings = Settings(content=(tmp_path,), index=tmp_path / "index", server=ServerSettings(metrics_token=TOKEN))
    client = create_app(settings, engine).test_client()
    assert client.get("/readyz").json["code"] == "index_unavailable"
    assert "backmatter_cluster_nodes 0.0" in client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert {each.level for each in examine(engine, settings) if each.check in ("index", "cluster")} == {"fault"}


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


@pytest.mark.parametrize("newer", [False, True], ids=["changed", "built anew"])
@pytest.mark.parametrize("stale", [False, True], ids=["changing", "building"])
def test_a_writer_that_was_taken_for_dead_changes_nothing(
    opensearch: Access, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stale: bool, newer: bool
) -> None:
    # A process that is held up gives no sign of life.
    monkeypatch.setattr(lock, "RENEWAL", 3_600)
    one, other = (OpenSearchEngine(opensearch, named(tmp_path), replicas=0) for _ in range(2))
    apply(one, POSTS[:2])
    with one.writer(rebuild=stale) as writer:
        staged = [writer.stage([post("stale.md", "monotonic")])]
        _let_the_lock_run_out(opensearch, named(tmp_path))
        with other.writer(rebuild=newer) as newer_writer:
            fresh = [newer_writer.stage([post("fresh.md", "monotonic")])]
            with suppress(BackmatterError):
                staged.append(writer.stage([post("late.md", "monotonic")]))
            newer_writer.commit(fresh, ["p1.md"])
        with pytest.raises(IndexLocked, match="has taken over"):
            writer.commit(staged, ["p0.md"])
    kept = {"fresh.md"} if newer else {"fresh.md", "p0.md"}
    assert set(other.snapshot().holdings()) == kept
    apply(one, [post("next.md", "monotonic")])
    found = other.snapshot().find(parse("monotonic")).matches
    assert {match.article.path for match in found} == set(one.snapshot().holdings()) == kept | {"next.md"}


def _let_the_lock_run_out(place: Access, index: str) -> None:
    past = {"doc": {"until": 0}}
    Cluster(place)(lambda client: client.update(index=f"{index}-lock", id="writer", body=past))


def test_what_a_dead_writer_has_sent_is_in_no_later_generation(opensearch: Access, tmp_path: Path) -> None:
    engine = OpenSearchEngine(opensearch, named(tmp_path), replicas=0)
    apply(engine, POSTS[:2])
    dying = get_context("spawn").Process(target=_die_writing, args=(opensearch, named(tmp_path)))
    dying.start()
    dying.join()
    assert dying.exitcode == DEAD
    with pytest.raises(IndexLocked, match="another process is writing"):
        apply(engine, [])
    _let_the_lock_run_out(opensearch, named(tmp_path))
    for number in (2, 3):
        apply(engine, [POSTS[number]])
        assert set(engine.snapshot().holdings()) == {each.path for each in POSTS[: number + 1]}


def _die_writing(place: Access, index: str) -> None:
    with OpenSearchEngine(place, index, replicas=0).writer() as writer:
        writer.stage([post("half.md", "monotonic"), POSTS[1]])
        os._exit(DEAD)


def test_a_build_that_was_killed_is_finished_by_the_next_run_which_sends_only_the_rest(
    opensearch: Access, tmp_path: Path
) -> None:
    dying = get_context("spawn").Process(target=_die_building, args=(opensearch, named(tmp_path)))
    dying.start()
    dying.join()
    assert dying.exitcode == DEAD
    _let_the_lock_run_out(opensearch, named(tmp_path))
    engine = OpenSearchEngine(opensearch, named(tmp_path), replicas=0)
    wanted = [post("p0.md", "changed", fingerprint="g"), *POSTS[1:29], *POSTS[30:33]]
    with engine.writer() as writer:
        # An address that was taken meanwhile changes back.
        passing = [post("p1.md", "passing", fingerprint="h"), *wanted[:1], *wanted[2:]]
        writer.commit([writer.stage(passing), writer.stage(wanted[1:2])])
    snapshot = engine.snapshot()
    assert set(snapshot.holdings()) == {each.path for each in wanted}
    assert [snapshot.find(parse(word)).total for word in ("monotonic", "changed", "passing")] == [31, 1, 0]
    stats = Cluster(opensearch)(lambda client: client.indices.stats(index=named(tmp_path), metric="indexing"))
    # What was sent before, what changed, what changed back, what is new, and the mark.
    assert stats["_all"]["primaries"]["indexing"]["index_total"] == 30 + 1 + 1 + 3 + 1


def _die_building(place: Access, index: str) -> None:
    with OpenSearchEngine(place, index, replicas=0).writer() as writer:
        writer.stage(POSTS[:30])
        os._exit(DEAD)


def test_a_journal_on_a_cluster_needs_no_directory_for_an_index(opensearch: Access, tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "clock.md").write_text("# Clocks\n\nMonotonic.\n")
    (tmp_path / "content" / "draft.md").write_text("---\ntitle: Draft\ndraft: true\n---\n")
    settings = Settings(
        content=(tmp_path / "content",),
        index=tmp_path / "nowhere" / "index",
        engine="opensearch",
        opensearch=OpenSearchSettings(hosts=opensearch.hosts, index=named(tmp_path), replicas=0),
    )
    first, again = (sync(open_engine(settings), settings) for _ in range(2))
    assert (first.added, again.unchanged, again.generation) == (["clock.md"], 1, 1)


def test_a_new_index_is_merged_by_the_first_run_that_finds_it_old_enough_though_no_post_changed(
    opensearch: Access, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "opensearch")
    engine = OpenSearchEngine(opensearch, named(tmp_path), replicas=0)
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "clock.md").write_text("# Clocks\n\nMonotonic.\n")
    settings = Settings(content=(tmp_path / "content",), index=tmp_path / "index")
    sync(engine, settings)
    assert sync(engine, settings).unchanged
    assert "/_forcemerge" not in caplog.text
    monkeypatch.setattr("backmatter.index.engines.opensearch.writer.UNMERGED", 0)
    sync(engine, settings, full=True)
    assert "/_forcemerge" not in caplog.text
    for _ in range(3):
        assert sync(engine, settings).generation == 2
    assert caplog.text.count("/_forcemerge") == 1
    assert engine.snapshot().find(parse("monotonic")).total == 1


def test_a_run_reads_no_holdings_from_the_cluster_unless_another_machine_has_written(
    opensearch: Access, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def machine(name: str) -> OpenSearchEngine:
        return OpenSearchEngine(opensearch, named(tmp_path), replicas=0, directory=tmp_path / name)

    read: list[str] = []
    scan = Catalogue.scan

    def counting(self: Catalogue, index: str, query: dict[str, object], fields: tuple[str, ...] = (), **page: int):
        read.extend(fields)
        return scan(self, index, query, fields, **page)

    monkeypatch.setattr(Catalogue, "scan", counting)
    apply(machine("one"), POSTS[:3])
    apply(machine("one"), [post("p1.md", "changed", fingerprint="g"), POSTS[3]], ["p2.md", "nowhere.md"])
    held = machine("one").inspect().holdings
    assert "fingerprint" not in read
    assert held == machine("other").inspect().holdings
    assert set(held) == {"p0.md", "p1.md", "p3.md"}
    assert held["p1.md"].fingerprint == "g"
    apply(machine("other"), [POSTS[4]])
    read.clear()
    assert machine("one").inspect().holdings == machine("other").inspect().holdings
    assert read.count("fingerprint") == 1
    kept = tmp_path / "one" / "cluster-holdings.msgpack"
    kept.write_bytes(kept.read_bytes()[:-1])
    assert set(machine("one").inspect().holdings) == {"p0.md", "p1.md", "p3.md", "p4.md"}


@pytest.mark.parametrize(
    ("put", "deleted", "requests"),
    [
        ([post("p1.md", "changed", fingerprint="g")], [], ["read", "lock", "begin", "look up", "send", "publish"]),
        ([post("new.md", "added")], [], ["read", "lock", "begin", "send", "publish"]),
        ([], ["p2.md"], ["read", "lock", "begin", "look up", "send", "publish"]),
    ],
    ids=["changed", "added", "deleted"],
)
@pytest.mark.parametrize("count", [3, 300])
def test_a_run_makes_as_few_requests_however_many_posts_there_are(
    opensearch: Access,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    count: int,
    put: list[Post],
    deleted: list[str],
    requests: list[str],
) -> None:
    def engine() -> OpenSearchEngine:
        return OpenSearchEngine(opensearch, named(tmp_path), replicas=0, directory=tmp_path)

    apply(engine(), POSTS[:count])
    caplog.set_level(logging.INFO, "opensearch")
    caplog.clear()
    running = engine()
    running.inspect()
    apply(running, put, deleted)
    assert len([record for record in caplog.records if record.name == "opensearch"]) == len(requests)
    expected = {each.path for each in [*POSTS[:count], *put]} - {*deleted}
    assert set(engine().snapshot().holdings()) == expected
    assert engine().snapshot().find(parse("")).total == len(expected)


def test_posts_with_some_of_the_words_come_by_the_same_request_where_few_are_known_to_have_all(
    opensearch: Access, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    colours = [
        post(f"{colour}{n}.md", f"{colour} number{n}") for colour in ("red", "blue") for n in range(LOOKED_AT_TWICE)
    ]
    engine = OpenSearchEngine(opensearch, named(tmp_path), replicas=0)
    apply(engine, [*colours, post("both.md", "red blue")])
    snapshot = engine.snapshot()
    snapshot.find(parse("red"))
    caplog.set_level(logging.INFO, "opensearch")

    def asked(required: str, wider: str) -> tuple[list[str], str, int]:
        caplog.clear()
        found = snapshot.find(parse(required), wider=parse(wider))
        paths = [urlsplit(record.args[1]).path for record in caplog.records if record.name == "opensearch"]
        return [path.rpartition("/")[2] for path in paths], found.matches[0].article.path, found.complete

    many = LOOKED_AT_TWICE + 1
    assert asked("blue number7", "blue OR number7") == (["_msearch", "_search"], "blue7.md", 1)
    assert asked("red blue", "red OR blue") == (["_search", "_search", "_search"], "both.md", 1)
    assert asked("red", "red OR blue") == (["_search", "_search"], "both.md", many)


def test_an_index_of_another_version_is_built_anew(opensearch: Access, tmp_path: Path) -> None:
    old, new = (OpenSearchEngine(opensearch, named(tmp_path), replicas=0) for _ in range(2))
    apply(old, POSTS[:2])
    reading = old.snapshot()
    outdated = {"doc": {"format": "another"}}
    Cluster(opensearch)(lambda client: client.update(index=named(tmp_path), id=MARK, body=outdated))
    with pytest.raises(IndexOutdated, match="run: backmatter index"):
        new.snapshot()
    assert old.snapshot() is reading
    assert apply(new, POSTS[:3], rebuild=True) == 2
    assert len(new.snapshot().holdings()) == 3


def test_a_process_of_an_earlier_version_answers_from_its_index_and_writes_into_no_other(
    opensearch: Access, tmp_path: Path
) -> None:
    old, new = (OpenSearchEngine(opensearch, named(tmp_path), replicas=0) for _ in range(2))
    apply(old, POSTS[:2])
    with new.writer(rebuild=True) as writer:
        staged = writer.stage(POSTS[:3])
        assert old.snapshot().find(parse("monotonic")).total == 2
        writer.commit([staged])
    reading = old.snapshot()
    later = {"doc": {"format": "a later one"}}
    Cluster(opensearch)(lambda client: client.update(index=named(tmp_path), id=MARK, body=later))
    apply(new, POSTS[:4], rebuild=True)
    Cluster(opensearch)(lambda client: client.update(index=named(tmp_path), id=MARK, body=later))
    assert old.snapshot() is reading
    assert old.snapshot().find(parse("monotonic")).total == 3
    with pytest.raises(IndexOutdated, match="another version"):
        apply(old, [POSTS[4]])


def test_an_alias_swap_whose_answer_is_lost_keeps_the_new_index(
    opensearch_engine: OpenSearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(opensearch_engine, POSTS[:3])

    def lost(catalogue: Catalogue, old: str | None, build: Build) -> None:
        swap(catalogue, old, build)
        raise IndexUnavailable("the answer is lost")

    monkeypatch.setattr("backmatter.index.engines.opensearch.writer.swap", lost)
    assert apply(opensearch_engine, POSTS[:2], rebuild=True) == 2
    assert len(opensearch_engine.snapshot().holdings()) == 2


@pytest.fixture
def opensearch_engine(opensearch: Access, tmp_path: Path) -> OpenSearchEngine:
    return OpenSearchEngine(opensearch, named(tmp_path), replicas=0)


def named(folder: Path) -> str:
    """Return a name for an index of this test."""
    return re.sub(r"\W+", "", folder.name.lower())
