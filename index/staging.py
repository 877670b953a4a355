"""Posts read and staged, in this process or over all cores.

A worker reads its share of the files and stages the posts by itself; only what became of each file comes back. A
worker that dies takes the whole run with it before anything is committed.
"""

import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import Pipe, Process
from multiprocessing.connection import wait
from typing import Any

from index import posts
from index.engine import Staged
from index.errors import BackmatterError, PostError
from index.model import Post, Source
from index.settings import Settings

# Starting a process and loading what it needs takes as long as reading about so many posts.
WORTH_A_PROCESS = 100


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one file: staged under an address, held back for a reason until some time, or failed."""

    path: str
    slug: str = ""
    held_back: str = ""
    until: datetime | None = None
    failure: PostError | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads posts by some settings, at one moment."""

    settings: Settings
    now: datetime

    def read(self, source: Source) -> tuple[Fate, Post | None]:
        """Read one post, and decide whether readers may find it."""
        try:
            post = posts.read(source, self.settings)
        except PostError as error:
            return Fate(source.path, failure=error), None
        except Exception as error:  # whatever a post does to a parser, the others are read
            fault = f"cannot be read, by a fault of the reader ({type(error).__name__}: {error}); please report it"
            return Fate(source.path, failure=PostError(source.path, fault)), None
        reason = posts.held_back(post, self.now, self.settings.hold_back)
        if reason:
            scheduled = post.date if post.date and post.date > self.now else None
            return Fate(post.path, held_back=reason, until=scheduled), None
        return Fate(post.path, slug=post.slug), post

    def read_all(self, sources: Iterable[Source], report: Callable[[Fate], object]) -> Iterator[Post]:
        """Read posts, report what becomes of each, and give those that readers may find."""
        for source in sources:
            fate, post = self.read(source)
            if post:
                yield post
            report(fate)


Stage = Callable[[Iterable[Post]], Staged]


def stage_all(
    reader: Reader, stage: Stage, sources: Sequence[Source], report: Callable[[Fate], object]
) -> list[Staged]:
    """Read and stage posts, over several processes where there are enough of them.

    Raises:
        BackmatterError: A process ended before it was done.
    """
    workers = min(os.cpu_count() or 1, len(sources) // WORTH_A_PROCESS)
    if workers < 2:
        return [stage(reader.read_all(sources, report))]
    return _in_processes(reader, stage, [sources[number::workers] for number in range(workers)], report)


def _in_processes(
    reader: Reader, stage: Stage, shares: Sequence[Sequence[Source]], report: Callable[[Fate], object]
) -> list[Staged]:
    processes: dict[Any, Process] = {}
    for share in shares:
        receiver, sender = Pipe(duplex=False)
        process = Process(target=_work, args=(sender, [*processes, receiver], reader, stage, share), daemon=True)
        process.start()
        sender.close()
        processes[receiver] = process
    try:
        return _collect(list(processes), report)
    finally:
        for process in processes.values():
            process.terminate()
            process.join()


def _collect(receivers: list[Any], report: Callable[[Fate], object]) -> list[Staged]:
    """Report fates as they come in, until every worker has sent what it staged."""
    staged = []
    while receivers:
        for ready in wait(receivers):
            receiver: Any = ready
            try:
                kind, value = receiver.recv()
            except (EOFError, OSError):
                raise BackmatterError("a process that read posts ended early; nothing was written; try again") from None
            if kind == "fate":
                report(value)
            elif kind == "error":
                raise value
            else:
                staged.append(value)
                receivers.remove(receiver)
    return staged


def _work(sender: Any, receivers: Sequence[Any], reader: Reader, stage: Stage, share: Sequence[Source]) -> None:
    # Ends that only the first process may hold: when it is killed, sending fails and this process ends too, instead of
    # waiting forever with the index's lock.
    for receiver in receivers:
        receiver.close()
    # The first process hears Ctrl-C as well, and ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        sender.send(("staged", stage(reader.read_all(share, lambda fate: sender.send(("fate", fate))))))
    except BrokenPipeError:
        return
    except Exception as error:
        sender.send(("error", error))
