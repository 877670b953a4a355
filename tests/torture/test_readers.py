"""While the index changes again and again, every reader's answer is whole, and of the one generation that it names."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Event

from backmatter.index.sync.sync import sync
from backmatter.index.tools.backup import backup, restore
from tests.conftest import Journal, make_journal
from tests.serving import ask, open_files, running, until, workers
from tests.torture import THOROUGH

GENERATIONS = 300 if THOROUGH else 30
SYNCS = 50 if THOROUGH else 10
READERS = 8 if THOROUGH else 4
# Every so many generations, the index is built anew, or restored from a backup.
REBUILD, RESTORE = 5, 7
# Posts that every state changes together; one more comes and the one before it goes.
TOGETHER = ("north", "east", "south", "west")


def post(name: str, state: int) -> str:
    return f"# {name.title()} of {state}\n\nThe common word, here in state {state}.\n\n## Again\n\nStill {state}.\n"


def posts_of(state: int) -> dict[str, str]:
    return {f"{name}.md": post(name, state) for name in (*TOGETHER, f"only{state}")}


class History:
    """Makes generations; `states` has the state of the posts in each, before a reader can see it."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.states: dict[int, int] = {}

    def next(self) -> None:
        """Make a generation: of changed posts, or of the same ones from a backup."""
        generation = len(self.states) + 1
        state = self.states.get(generation - 1, 0)
        if generation > 1 and generation % RESTORE == 0:
            self.states[generation] = state
            file = self._journal.content.parent / "backup.zip"
            backup(self._journal.engine, self._journal.settings, file)
            _, made = restore(self._journal.engine, self._journal.settings, file, force=True)
        else:
            self.states[generation] = state + 1
            self._write(state + 1)
            is_full = generation % REBUILD == 0
            made = sync(self._journal.engine, self._journal.settings, full=is_full).generation
        assert made == generation

    def _write(self, state: int) -> None:
        (self._journal.content / f"only{state - 1}.md").unlink(missing_ok=True)
        for path, text in posts_of(state).items():
            (self._journal.content / path).write_text(text, "utf-8")


class Reader:
    """Asks again and again, as a program and with a browser, and takes down what is amiss."""

    def __init__(self, port: int, number: int, states: dict[int, int]) -> None:
        self._port, self._number, self._states = port, number, states
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
        state = self._states[results["generation"]]
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


def deleted_files(pid: int, directory: Path) -> list[str]:
    return [file for file in open_files(pid) if file.startswith(str(directory)) and file.endswith(" (deleted)")]


def test_readers_see_no_error_and_no_mixture_beside_runs_rebuilds_and_restores(tmp_path: Path):
    journal = make_journal(tmp_path, {})
    journal.content.mkdir()
    history = History(journal)
    history.next()
    stop = Event()
    with running(tmp_path) as (_, port), ThreadPoolExecutor(READERS) as pool:
        readings = [pool.submit(Reader(port, number, history.states).read_until, stop) for number in range(READERS)]
        try:
            for _ in range(GENERATIONS):
                history.next()
        finally:
            stop.set()
        readers = [reading.result() for reading in readings]
    assert [reader.amiss for reader in readers] == [[]] * READERS
    # Nobody goes back in time, whichever worker answers, and many generations are read while they last.
    assert all(reader.seen == sorted(reader.seen) for reader in readers)
    assert len({state for reader in readers for state in reader.seen}) > GENERATIONS / 4


def test_a_server_keeps_no_file_of_a_generation_that_nobody_reads(tmp_path: Path):
    journal = make_journal(tmp_path, {})
    journal.content.mkdir()
    history = History(journal)
    history.next()

    def has_let_go() -> bool:
        """Ask, until each worker has been, and has the newest generation alone."""
        generation = json.loads(ask(port, "/api/v1/search?q=common")[1])["generation"]
        held = [deleted_files(pid, journal.settings.index) for pid in workers(process, port)]
        return generation == max(history.states) and held == [[], []]

    with running(tmp_path) as (process, port):
        for _ in range(SYNCS):
            history.next()
            until(has_let_go)
