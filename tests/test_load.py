"""While the index changes again and again, every reader's answer is whole, and of the one generation that it names."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Event

from index.sync import sync
from tests.conftest import Journal, make_journal
from tests.serving import ask, running

GENERATIONS = 200
READERS = 4
# Posts that every generation changes together; one more comes and the one before it goes.
TOGETHER = ("north", "east", "south", "west")


def post(name: str, state: int) -> str:
    return f"# {name.title()} of {state}\n\nThe common word, here in state {state}.\n\n## Again\n\nStill {state}.\n"


def posts_of(state: int) -> dict[str, str]:
    """Give what one generation holds; it has the number of its state."""
    return {f"{name}.md": post(name, state) for name in (*TOGETHER, f"only{state}")}


def publish(journal: Journal, state: int) -> None:
    """Change all posts, and commit once."""
    (journal.content / f"only{state - 1}.md").unlink(missing_ok=True)
    for path, text in posts_of(state).items():
        (journal.content / path).write_text(text, "utf-8")
    assert sync(journal.engine, journal.settings).generation == state


class Reader:
    """Asks again and again, as a program and with a browser, and takes down what is amiss."""

    def __init__(self, port: int, number: int) -> None:
        self._port, self._number = port, number
        self.seen: list[int] = []
        self.amiss: list[str] = []

    def read_until(self, stop: Event) -> "Reader":
        for turn in count():
            if stop.is_set():
                return self
            # Some queries are asked by all, so that a worker remembers the answer, and some only once.
            query = "common" if turn % 2 else f"common+OR+reader{self._number}turn{turn}"
            self._as_program(query)
            self._with_browser(query)
        raise AssertionError

    def _as_program(self, query: str) -> None:
        response, text = ask(self._port, f"/api/v1/search?q={query}")
        if response.status != 200:
            self.amiss.append(f"{response.status}: {text}")
            return
        results = json.loads(text)
        state = results["generation"]
        self.seen.append(state)
        self._expect(sorted(posts_of(state)), sorted(hit["path"] for hit in results["hits"]))
        self._expect([state] * 5, [_last_number(hit["title"]) for hit in results["hits"]])
        self._expect({state}, {_last_number(hit["passage"]["text"]) for hit in results["hits"]})

    def _with_browser(self, query: str) -> None:
        response, page = ask(self._port, f"/search?q={query}")
        states = re.findall(r"(?:North|East|South|West|Only\d+) of (\d+)", page)
        if response.status != 200:
            self.amiss.append(f"{response.status}: {page}")
            return
        self._expect((5, 1), (len(states), len(set(states))))
        self.seen += map(int, states[:1])

    def _expect(self, right: object, found: object) -> None:
        if found != right:
            self.amiss.append(f"{found} instead of {right}")


def _last_number(text: str) -> int:
    return int(re.findall(r"\d+", text)[-1])


def test_readers_see_no_error_and_no_mixture_through_200_generations(tmp_path: Path):
    journal = make_journal(tmp_path, {})
    journal.content.mkdir()
    publish(journal, 1)
    stop = Event()
    with running(tmp_path) as (_, port), ThreadPoolExecutor(READERS) as pool:
        readings = [pool.submit(Reader(port, number).read_until, stop) for number in range(READERS)]
        try:
            for state in range(2, GENERATIONS + 1):
                publish(journal, state)
        finally:
            stop.set()
        readers = [reading.result() for reading in readings]
    assert [reader.amiss for reader in readers] == [[]] * READERS
    # Nobody goes back in time, whichever worker answers, and many generations are read while they last.
    assert all(reader.seen == sorted(reader.seen) for reader in readers)
    assert len({state for reader in readers for state in reader.seen}) > GENERATIONS / 4
