"""The roles of docs/cluster.md, granted by OpenSearch's own security plugin."""

import logging
from collections.abc import Iterator

import msgspec
import pytest

from backmatter.index.engines.opensearch.cluster import Access
from backmatter.index.engines.opensearch.engine import OpenSearchEngine
from backmatter.index.errors import IndexUnavailable
from backmatter.index.query.analysed import analyse
from backmatter.index.search.search import search
from tests.build import apply, post
from tests.secured import PASSWORD, secured


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Access]:
    with secured(tmp_path_factory.mktemp("secured")) as access:
        yield access


def engine(access: Access, user: str, name: str = "journal") -> OpenSearchEngine:
    return OpenSearchEngine(msgspec.structs.replace(access, user=user, password=PASSWORD), name, replicas=0)


def test_the_roles_of_the_documentation_are_enough_to_write_and_to_search(
    guarded: Access, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, "opensearch")
    monkeypatch.setattr("backmatter.index.engines.opensearch.writer.UNMERGED", 0)
    writing = engine(guarded, "writer")
    posts = [post(f"p{n}.md", f"monotonic clock number{n}") for n in range(30)]
    apply(writing, posts)
    apply(writing, [post("p1.md", "a changed clock")], ["p2.md"])
    apply(writing, posts, rebuild=True)
    apply(writing, [], ["p0.md"])
    for user in ("writer", "reader"):
        front = engine(guarded, user)
        found = search(front.snapshot(), analyse("monotonic number7"))
        assert (found.hits[0].path, front.snapshot().stats().posts, front.health().status) == ("p7.md", 29, "green")
    assert "/_forcemerge" in caplog.text
    assert "/_msearch" in caplog.text
    assert "status:403" not in caplog.text


@pytest.mark.parametrize(("user", "name"), [("reader", "journal"), ("writer", "other")])
def test_a_reader_writes_nothing_and_a_writer_nothing_of_another_journal(guarded: Access, user: str, name: str) -> None:
    with pytest.raises(IndexUnavailable, match="give the user the right to read and write the index"):
        apply(engine(guarded, user, name), [post("p.md", "monotonic")])
