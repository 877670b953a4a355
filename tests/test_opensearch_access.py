"""Being let into a cluster over TLS, and what is said where one is not; no secret is ever part of it."""

import logging
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from backmatter.index.engines.opensearch.cluster import MADE_AHEAD, Access, Cluster
from backmatter.index.engines.opensearch.engine import OpenSearchEngine
from backmatter.index.errors import IndexUnavailable, SettingsError
from backmatter.index.query.analysed import analyse
from backmatter.index.query.parser import parse
from backmatter.index.search.search import search
from tests.build import apply, post
from tests.tls import PASSWORD, READER, TOKEN, USER, authority, gate

WRONG = "a-wrong-secret"


@pytest.fixture(scope="module")
def behind(opensearch: Access, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Access]:
    """Return the access through a TLS gate, without credentials."""
    certificate, key = authority(tmp_path_factory.mktemp("tls") / "own")
    with gate(opensearch.hosts[0].removeprefix("http://"), certificate, key) as url:
        yield Access((url,), ca=certificate, timeout=20)


def engine(access: Access, **changed: object) -> OpenSearchEngine:
    return OpenSearchEngine(msgspec.structs.replace(access, **changed), "behind", replicas=0)


@pytest.mark.parametrize("known", [{"user": USER, "password": PASSWORD}, {"token": TOKEN}], ids=["password", "token"])
def test_a_password_and_a_token_open_a_cluster_behind_tls(behind: Access, known: dict[str, str]) -> None:
    apply(engine(behind, **known), [post("clock.md", "monotonic")], rebuild=True)
    assert engine(behind, **known).snapshot().find(parse("monotonic")).total == 1


def test_who_may_only_read_and_search_serves_a_journal(behind: Access) -> None:
    apply(engine(behind, token=TOKEN), [post("clock.md", "monotonic")], rebuild=True)
    front = engine(behind, user=READER, password=PASSWORD)
    results = search(front.snapshot(), analyse("monotonic clck"))
    assert ([hit.path for hit in results.hits], front.snapshot().stats().posts) == (["clock.md"], 1)
    assert front.health().status == "green"


def test_nothing_but_the_indexes_of_its_name_is_touched(opensearch: Access, caplog: pytest.LogCaptureFixture) -> None:
    writing, other = (OpenSearchEngine(opensearch, name, replicas=0) for name in ("touched", "touched_not"))
    apply(other, [post("other.md", "monotonic")])
    caplog.set_level(logging.INFO, "opensearch")
    caplog.clear()
    apply(writing, [post("clock.md", "monotonic")], rebuild=True)
    apply(writing, [post("clock.md", "changed"), post("new.md", "monotonic")])
    apply(writing, [post("clock.md", "monotonic")], rebuild=True)
    search(writing.snapshot(), analyse("monotonic clck"))
    asked = {urlsplit(record.args[1]).path for record in caplog.records if record.name == "opensearch"}
    assert asked
    assert {path for path in asked if not re.match(r"/touched(-[^_/]+|-v-\*)?/", f"{path}/")} == {
        "/",
        "/_bulk",
        "/_aliases",
    }
    assert set(other.snapshot().holdings()) == {"other.md"}


@pytest.mark.parametrize(
    ("known", "advice"),
    [
        ({"user": USER, "password": WRONG}, "see to opensearch.user and opensearch.password, or opensearch.token"),
        ({"token": WRONG}, "see to opensearch.user and opensearch.password, or opensearch.token"),
        ({}, "see to opensearch.user and opensearch.password, or opensearch.token"),
        ({"user": USER, "password": PASSWORD, "ca": None}, "see that opensearch.ca names the authority"),
        ({"user": READER, "password": PASSWORD}, "give the user the right to read and write the index"),
    ],
    ids=["wrong password", "wrong token", "nobody", "unknown authority", "no right"],
)
def test_who_is_not_let_in_reads_what_to_do_and_no_secret(
    behind: Access, caplog: pytest.LogCaptureFixture, known: dict[str, object], advice: str
) -> None:
    caplog.set_level(logging.DEBUG)
    refused = engine(behind, **known)
    with pytest.raises(IndexUnavailable, match=advice) as caught:
        apply(refused, [post("clock.md", "monotonic")])
    _has_no_secret(f"{caught.value} {caught.value.__cause__!r} {caplog.text} {vars(refused)} {refused.location}")


def _has_no_secret(said: str) -> None:
    assert not [secret for secret in (PASSWORD, TOKEN, WRONG) if secret in said]


def test_a_certificate_of_another_authority_or_for_another_machine_is_not_trusted(
    behind: Access, opensearch: Access, tmp_path: Path
) -> None:
    other, _ = authority(tmp_path / "other")
    with pytest.raises(IndexUnavailable, match=r"self-signed certificate.*opensearch\.ca"):
        engine(behind, token=TOKEN, ca=other).snapshot()
    own, key = authority(tmp_path / "elsewhere", "DNS:elsewhere.example.org")
    with (
        gate(opensearch.hosts[0].removeprefix("http://"), own, key) as url,
        pytest.raises(IndexUnavailable, match=r"IP address mismatch.*opensearch\.ca"),
    ):
        engine(Access((url,), token=TOKEN, ca=own, timeout=20)).snapshot()


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "No such file"), ("not a certificate", "it contains no certificate")]
)
def test_a_file_without_a_certificate_is_named(tmp_path: Path, content: str | None, reason: str) -> None:
    if content:
        (tmp_path / "ca.pem").write_text(content)
    asked = engine(Access(("https://127.0.0.1:9",), ca=tmp_path / "ca.pem"))
    with pytest.raises(SettingsError, match=rf"opensearch\.ca = .*ca\.pem.*{reason}"):
        asked.snapshot()


def test_no_more_documents_are_made_than_fit_ahead_of_a_cluster_that_does_not_answer() -> None:
    made = count()
    actions = ({"_index": "journal", "_id": str(number), "_source": {"text": "a" * 500_000}} for number in made)
    with pytest.raises(IndexUnavailable, match="run"):
        Cluster(Access(("http://127.0.0.1:1",), timeout=1)).bulk(actions)
    # Eleven are more than a request of 5 MB takes.
    assert next(made) <= 2 * MADE_AHEAD + 11
