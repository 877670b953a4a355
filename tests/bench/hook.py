"""From a deploy hook to the first reader who finds the post, by the real server: two seconds at most are promised."""

import json
import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread
from time import perf_counter, sleep
from urllib.parse import quote

from backmatter.index.settings import ENV_PREFIX, Settings
from backmatter.index.sync.webhook import SIGNATURE, sign
from tests.bench import corpus
from tests.bench.bench import Bench, Figures
from tests.bench.client import HOST, Connection
from tests.bench.figures import Times, times
from tests.bench.http import served
from tests.bench.process import COMMAND, backmatter, environment
from tests.bench.tables import figure, table

POSTS = 10_000
TURNS = 20
# Readers who search all the time while something is published, in the second half.
READERS = 4
# Seconds between two looks; what is measured is longer by up to so much.
LOOK = 0.01
PATIENCE = 60.0


def measure(bench: Bench) -> Figures:
    """Publish posts one at a time, while nobody else asks and then while readers do."""
    settings, posts = _journal(bench)
    secret = secrets.token_hex()
    taken: dict[str, Times] = {}
    with served([COMMAND], {**environment(settings), f"{ENV_PREFIX}HOOK_SECRET": secret}) as (port, _):
        author = Author(settings.content[0], port, secret)
        author.publish("first")  # What carries out jobs may still be starting.
        for readers in (0, READERS):
            with _reading(port, [query.text for kind in bench.drawn.values() for query in kind], readers):
                for kind in ("new", "changed"):
                    name = f"{kind} post, {readers} readers"
                    taken[name] = times([author.publish(f"{readers}-{turn}") for turn in range(TURNS)])
    rows = [[name, str(t.count), figure(t.median), figure(t.p99)] for name, t in taken.items()]
    return Figures(table([f"hook to found, {posts:,} posts", "times", "median, ms", "slowest, ms"], rows), taken)


def _journal(bench: Bench) -> tuple[Settings, int]:
    """Index as many posts as the promise is of, or all where there are fewer; gives their number, too."""
    paths = [article.path for article in bench.articles]
    random.Random(bench.seed).shuffle(paths)  # noqa: S311 (drawn to be repeated, not to be secret)
    folder = bench.folder / "hook"
    settings = corpus.settings_for(folder / "content", folder / "index")
    for path in paths[:POSTS]:
        corpus.copy(bench.content / path, settings.content[0] / path)
    backmatter("index", settings)
    return settings, len(paths[:POSTS])


class Author:
    """Writes posts, tells the server, and looks for them as a reader does."""

    def __init__(self, content: Path, port: int, secret: str) -> None:
        self._content, self._port, self._secret = content, port, secret

    def publish(self, stem: str) -> float:
        """Write a post with a word that no other has; gives the seconds from the hook until it is found."""
        word = "".join(secrets.choice("bcdfghjklmnpqrtvwxz") for _ in range(16))
        (self._content / f"{stem}.md").write_text(f"# Published {stem}\n\nA word, {word}, is new.\n", "utf-8")
        started = perf_counter()
        self._tell(word.encode())
        while not self._finds(word):
            if perf_counter() - started > PATIENCE:
                raise RuntimeError(f"{word} was published and is not found")
            sleep(LOOK)
        return perf_counter() - started

    def _tell(self, body: bytes) -> None:
        status, text = self._ask("POST", "/api/v1/reindex", body, {SIGNATURE: sign(self._secret, body)})
        if status != 202:
            raise RuntimeError(f"the hook was answered with {status}: {text!r}")

    def _finds(self, word: str) -> bool:
        status, text = self._ask("GET", f"/api/v1/search?q={word}&exact=1")
        return status == 200 and json.loads(text)["total"] == 1

    def _ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Ask over a connection of its own, so that any worker may answer."""
        connection = HTTPConnection(HOST, self._port, timeout=PATIENCE)
        connection.request(method, path, body or None, headers or {})
        response = connection.getresponse()
        answer = response.status, response.read()
        connection.close()
        return answer


@contextmanager
def _reading(port: int, texts: list[str], readers: int) -> Iterator[None]:
    """Have readers search all the time, until the end of the block."""
    stop = Event()

    def read(number: int) -> None:
        connection, drawn = Connection(port), random.Random(number)  # noqa: S311 (drawn to be repeated)
        while not stop.is_set():
            connection.get(f"/search?q={quote(drawn.choice(texts))}")

    threads = [Thread(target=read, args=(number,)) for number in range(readers)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
