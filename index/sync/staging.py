"""Read and stage posts, in this process or over all cores.

A worker has its share of the files read, under limits, and stages the posts by itself; only what became of each file
comes back. A worker that dies takes the whole run with it before anything is committed.
"""

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import Pipe, Process
from multiprocessing.connection import wait
from typing import Any

from .. import posts
from ..engines.base import Staged
from ..errors import BackmatterError, PostError
from ..model import Claim, Post, PostWarning, Source
from ..posts.page_matching import BuiltPages
from ..settings import Settings

# Starting a process and loading what it needs takes as long as reading about so many posts.
WORTH_A_PROCESS = 100


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one file: staged under an address, held back for a reason until some time, or failed.

    `claim` is the built page that it was matched with.
    `unchanged` tells that the index has what was read, and that nothing was staged.
    `hidden` tells of a failed one whether its head says, as far as it can be read, that it is not public.
    """

    path: str
    slug: str = ""
    fingerprint: str = ""
    unchanged: bool = False
    held_back: str = ""
    until: datetime | None = None
    failure: PostError | None = None
    hidden: bool = False
    claim: Claim | None = None
    warnings: tuple[PostWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads posts by some settings, at one moment.

    Attributes:
        site: The built site that judges the posts, where there is one.
        fingerprints: Those of the posts that the index has; a built page is only known by what is read of it.
    """

    settings: Settings
    now: datetime
    site: BuiltPages | None = None
    fingerprints: Mapping[str, str] = field(default_factory=dict)

    def read_all(self, sources: Sequence[Source], report: Callable[[Fate], object]) -> Iterator[Post]:
        """Read posts, report what becomes of each, and yield those that readers may find."""
        wanted = []
        for source in sources:
            if source.given.unbuilt and "unbuilt" in self.settings.hold_back:
                report(Fate(source.path, held_back=source.given.unbuilt))
            else:
                wanted.append(source)
        sources = wanted
        for source, outcome in zip(sources, posts.read_within_limits(sources, self.settings, self.site), strict=True):
            if isinstance(outcome, PostError):
                report(Fate(source.path, failure=outcome, hidden=posts.hides_itself(source)))
            elif reason := posts.held_back(outcome, self.now, self.settings.hold_back):
                scheduled = outcome.date if outcome.date and outcome.date > self.now else None
                claim, warnings = outcome.claim, outcome.warnings
                report(Fate(source.path, held_back=reason, until=scheduled, claim=claim, warnings=warnings))
            elif self.fingerprints.get(source.path) == outcome.fingerprint:
                report(Fate(source.path, slug=outcome.slug, unchanged=True, claim=outcome.claim))
            else:
                yield outcome
                report(
                    Fate(
                        source.path,
                        slug=outcome.slug,
                        fingerprint=outcome.fingerprint,
                        claim=outcome.claim,
                        warnings=outcome.warnings,
                    )
                )


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
    posts.load_parsers()
    processes: dict[Any, Process] = {}
    for share in shares:
        receiver, sender = Pipe(duplex=False)
        process = Process(target=_work, args=(sender, [*processes, receiver], reader, stage, share))
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
    # The first process hears Ctrl-C as well, and ends this one, which ends the one that reads for it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    # What is loaded stays as long as the process: no collection has to look at it.
    gc.freeze()
    try:
        sender.send(("staged", stage(reader.read_all(share, lambda fate: sender.send(("fate", fate))))))
    except BrokenPipeError:
        return
    except Exception as error:
        sender.send(("error", error))
