"""Deploy hooks, against the real server: what is accepted, what is refused, and what comes of it."""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest

from backmatter.app.routes.reindex import MAX_BODY
from backmatter.index.settings import Settings
from backmatter.index.sync.jobs import Jobs
from backmatter.index.sync.webhook import sign
from tests.bench.machine import family
from tests.conftest import POSTS, make_journal
from tests.serving import PATIENCE, ask, running, until

SECRET = "an example".replace(" ", "-") * 2
HOOK = "/api/v1/reindex"
BEARER = {"Authorization": f"Bearer {SECRET}"}
Json = dict[str, object]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hooked")
    make_journal(folder, POSTS)
    return folder


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    with running(folder, BACKMATTER_HOOKS_SECRET=SECRET) as (_, port):
        yield port


def deliver(port: int, body: bytes, signature: str | None = None) -> tuple[int, Json]:
    """Send a hook as GitHub does."""
    response, text = ask(port, HOOK, "POST", body, **{"X-Hub-Signature-256": signature or sign(SECRET, body)})
    return response.status, json.loads(text)


def ended(port: int, job: Json) -> Json:
    """Wait for a job's end."""
    address = f"{HOOK}/{job['id']}"
    until(lambda: json.loads(ask(port, address)[1])["state"] in ("done", "failed"))
    return json.loads(ask(port, address)[1])


def found(port: int, words: str) -> int:
    return json.loads(ask(port, f"/api/v1/search?q={words}")[1])["total"]


def write(folder: Path, name: str, text: str) -> None:
    (folder / "content" / name).write_text(text, "utf-8")


def test_a_signed_hook_makes_a_new_post_found(folder, port):
    write(folder, "bird.md", "# Birds\n\nA hummingbird hovers.\n")
    body = b'{"ref": "refs/heads/main"}'
    response, text = ask(port, HOOK, "POST", body, **{"X-Hub-Signature-256": sign(SECRET, body)})
    job = json.loads(text)
    assert (response.status, response.headers["Location"]) == (202, f"{HOOK}/{job['id']}")
    done = ended(port, job)
    assert (done["state"], done["cause"], done["posts"]["added"]) == ("done", "hook", 1)
    assert {found(port, "hummingbird") for _ in range(10)} == {1}


def test_the_secret_itself_is_accepted_again_and_again(port):
    for _ in range(2):
        response, text = ask(port, HOOK, "POST", **BEARER)
        assert response.status == 202
        assert ended(port, json.loads(text))["state"] == "done"


def test_the_signature_is_the_one_that_github_documents():
    # https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    expected = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert sign("It's a Secret to Everybody", b"Hello, World!") == expected


def at(age: timedelta) -> int:
    return int((datetime.now(UTC) - age).timestamp())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": "sha256="},
        {"X-Hub-Signature-256": "sha256=" + "0" * 64},
        {"X-Hub-Signature-256": sign("another secret", b"{}")},
        {"X-Hub-Signature-256": sign(SECRET, b"{} ")},
        {"X-Hub-Signature-256": sign(SECRET, b"{}").upper()},
        {"X-Hub-Signature-256": "\xff\xfe"},
        {"X-Hub-Signature": "sha1=" + "0" * 40},
        {"Authorization": "Bearer "},
        {"Authorization": f"Bearer {SECRET}x"},
        {"Authorization": SECRET},
        {"Authorization": "Bearer \xff"},
        {"Authorization": "Bearer no", "X-Hub-Signature-256": sign(SECRET, b"{}")},
    ],
)
def test_a_forged_hook_is_refused(port, headers):
    response, text = ask(port, HOOK, "POST", b"{}", **headers)
    assert (response.status, json.loads(text)["code"]) == (401, "hook_unsigned")
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_hook_that_is_replayed_is_refused_whatever_delivery_it_says_it_is(port):
    body = b'{"after": "4f1c"}'
    assert deliver(port, body)[0] == 202
    signed = {"X-Hub-Signature-256": sign(SECRET, body), "X-GitHub-Delivery": "another"}
    response, text = ask(port, HOOK, "POST", body, **signed)
    assert (response.status, json.loads(text)["code"]) == (409, "hook_replayed")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"timestamp": at(timedelta(minutes=1))}, 202),
        ({"timestamp": at(timedelta(days=2))}, 403),
        ({"timestamp": (datetime.now(UTC) - timedelta(days=2)).isoformat()}, 403),
        ({"repository": {"pushed_at": at(timedelta(hours=2))}}, 202),
        ({"repository": {"pushed_at": at(timedelta(days=2))}}, 403),
        ({"repository": {"pushed_at": "2011-01-26T19:06:43Z"}}, 403),
        ({"repository": {"full_name": "no/time"}}, 202),
        ({"timestamp": "yesterday"}, 202),
        ({"timestamp": 10**30}, 202),
        ([1, 2], 202),
    ],
)
def test_a_hook_that_says_it_is_old_is_refused(port, body, status):
    answer = deliver(port, json.dumps(body).encode())
    assert answer[0] == status
    assert status == 202 or answer[1]["code"] == "hook_stale"


@pytest.mark.parametrize("header", ["", "X-Hub-Signature-256: sha256=\r\n", "Authorization: Bearer no\r\n"])
def test_who_shows_no_secret_is_refused_before_the_body_is_there(port, header):
    head = f"POST {HOOK} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n{header}\r\n{{}}"
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(head.encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 401")


def test_a_signed_body_that_is_nested_deep_is_one_without_a_time(port):
    assert deliver(port, b"[" * 2_000 + b"]" * 2_000)[0] == 202


LARGE = b" " * (MAX_BODY + 1)


@pytest.mark.parametrize(
    ("header", "body", "status"),
    [
        (f"Content-Length: {len(LARGE)}", b"", b"413"),
        ("Transfer-Encoding: chunked", b"%x\r\n" % len(LARGE), b"411"),
    ],
    ids=["as it says", "as it does not say"],
)
def test_a_body_that_is_too_large_is_refused(port, header, body, status):
    head = f"POST {HOOK} HTTP/1.1\r\nHost: a\r\nX-Hub-Signature-256: {sign(SECRET, LARGE)}\r\n{header}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(head.encode() + body)
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 " + status)


@pytest.mark.parametrize("name", ["x", "..%2f..%2fetc", "%00", "' OR 1=1 --".replace(" ", "%20")])
def test_a_job_that_nobody_asked_for_is_not_found(port, name):
    assert ask(port, f"{HOOK}/{name}")[0].status == 404


def test_without_a_secret_there_is_no_hook(tmp_path):
    make_journal(tmp_path, POSTS)
    with running(tmp_path, workers=1) as (_, port):
        statuses = {ask(port, HOOK, method, b"{}", **BEARER)[0].status for method in ("GET", "POST")}
        assert statuses == {404}


def test_who_asks_while_a_job_waits_is_given_that_job(tmp_path):
    with Jobs.open(tmp_path / "jobs.sqlite") as jobs:
        first = jobs.ask("clock")
        assert jobs.ask("clock") == first
        assert (jobs.ask("hook").id, jobs.waiting().cause) == (first.id, "hook")
        assert jobs.ask("clock").cause == "hook"
        jobs.save(first.started_now())
        assert jobs.ask("hook").id != first.id


def test_posts_come_and_go_by_the_clock_without_anybody_asking(tmp_path):
    soon = (datetime.now(UTC) + timedelta(seconds=5)).isoformat()
    comes = f"---\ntitle: Comes\ndate: {soon}\n---\nA partridge.\n"
    goes = f"---\ntitle: Goes\nexpires: {soon}\n---\nA dodo.\n"
    make_journal(tmp_path, {"comes.md": comes, "goes.md": goes})
    with running(tmp_path) as (_, port):
        assert (found(port, "partridge"), found(port, "dodo")) == (0, 1)
        until(lambda: (found(port, "partridge"), found(port, "dodo")) == (1, 0))
    assert datetime.now(UTC).isoformat() >= soon


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, timeout=PATIENCE)


def test_a_hook_pulls_the_clone_that_the_settings_name(tmp_path):
    origin = tmp_path / "origin"
    origin.mkdir()
    git(origin, "init")
    (origin / "one.md").write_text("# One\n\nA wagtail.\n", "utf-8")
    git(origin, "add", ".")
    git(origin, "commit", "-m", "one")
    git(tmp_path, "clone", str(origin), "content")
    with running(tmp_path, BACKMATTER_HOOKS_SECRET=SECRET, BACKMATTER_HOOKS_PULL="content") as (_, port):
        (origin / "two.md").write_text("# Two\n\nA kingfisher.\n", "utf-8")
        git(origin, "add", ".")
        git(origin, "commit", "-m", "two")
        assert ended(port, deliver(port, b"1")[1])["state"] == "done"
        assert found(port, "kingfisher") == 1
        git(origin, "commit", "--amend", "-m", "rewritten")
        failed = ended(port, deliver(port, b"2")[1])
        assert failed["state"] == "failed"
        assert str(failed["message"]).startswith("hooks.pull: git pull in content failed: ")


class Listening(HTTPServer):
    """Somebody who wants to know."""

    def __init__(self) -> None:
        self.heard: Queue[tuple[str, bytes]] = Queue()
        super().__init__(("127.0.0.1", 0), Hearing)


class Hearing(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.put((self.headers["X-Hub-Signature-256"], body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_somebody_is_told_of_a_new_generation_and_of_nothing_else(tmp_path):
    journal = make_journal(tmp_path, POSTS)
    listener = Listening()
    Thread(target=listener.serve_forever, daemon=True).start()
    webhook = f"http://127.0.0.1:{listener.server_port}/"
    with running(tmp_path, BACKMATTER_HOOKS_SECRET=SECRET, BACKMATTER_HOOKS_WEBHOOK=webhook) as (_, port):
        ended(port, deliver(port, b"nothing is new")[1])
        write(tmp_path, "new.md", "# New\n\nA word.\n")
        ended(port, deliver(port, b"something is new")[1])
        signature, body = listener.heard.get(timeout=PATIENCE)
    listener.shutdown()
    listener.server_close()
    assert signature == sign(SECRET, body)
    generation = journal.engine.snapshot().generation
    assert json.loads(body) == {"generation": generation, "added": ["new.md"], "updated": [], "deleted": []}
    assert listener.heard.empty()


def test_a_listener_that_is_not_there_is_said_in_the_job_and_stops_nothing(tmp_path):
    make_journal(tmp_path, POSTS)
    with running(tmp_path, BACKMATTER_HOOKS_SECRET=SECRET, BACKMATTER_HOOKS_WEBHOOK="http://127.0.0.1:9/") as (_, port):
        write(tmp_path, "new.md", "# New\n\nA wagtail.\n")
        job = ended(port, deliver(port, b"new")[1])
        address = f"{HOOK}/{job['id']}"
        until(lambda: "did not take the message" in ask(port, address)[1])
        assert (job["state"], found(port, "wagtail")) == ("done", 1)


def test_a_job_of_a_server_that_was_killed_is_done_by_the_next_one(tmp_path):
    make_journal(tmp_path, POSTS)
    jobs_file = Settings(index=tmp_path / "index").jobs_file
    with running(tmp_path, BACKMATTER_HOOKS_SECRET=SECRET, workers=1) as (process, port):
        write(tmp_path, "new.md", "# New\n\nA wagtail.\n")
        # While somebody else is writing, the job waits for that.
        with make_journal(tmp_path, {}).engine.writer():
            _, job = deliver(port, b"new")
            until(lambda: json.loads(ask(port, f"{HOOK}/{job['id']}")[1])["state"] == "running")
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)
    with Jobs.open(jobs_file) as jobs:
        assert jobs.running().id == job["id"]
    with running(tmp_path, BACKMATTER_HOOKS_SECRET=SECRET) as (_, port):
        assert ended(port, job)["state"] == "done"
        assert found(port, "wagtail") == 1


def test_a_job_whose_process_is_killed_has_failed_and_the_next_hook_makes_up_for_it(tmp_path):
    journal = make_journal(tmp_path, POSTS)
    with running(tmp_path, BACKMATTER_HOOKS_SECRET=SECRET) as (process, port):
        ended(port, deliver(port, b"what carries out jobs is there")[1])
        write(tmp_path, "new.md", "# New\n\nA wagtail.\n")
        with journal.engine.writer():
            before = set(family(process.pid))
            _, job = deliver(port, b"new")
            until(lambda: json.loads(ask(port, f"{HOOK}/{job['id']}")[1])["state"] == "running")
            (working,) = set(family(process.pid)) - before
            os.kill(working, signal.SIGKILL)
            failed = ended(port, job)
        assert failed["message"] == "its process ended early; the index is as it was, try again"
        assert (found(port, "wagtail"), found(port, "cache")) == (0, 2)
        assert ended(port, deliver(port, b"again")[1])["state"] == "done"
        assert found(port, "wagtail") == 1
