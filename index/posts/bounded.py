"""Read posts in another process, which is ended where one of them takes too much time or memory.

A parser can be busy for hours with a few lines, in one call that nothing in its own process interrupts. The limits are
the kernel's: they end the process in the midst of any call, and the next post is read by a new one.
"""

import gc
import os
import resource
import signal
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

from ..errors import PostError
from ..model import Source

READ_SECONDS = 20
"""Seconds of computing for one post. The slowest of 8,000 real posts takes half a second."""
WAIT_SECONDS = 60
"""Seconds until a post has to be read, whatever the machine does meanwhile; a network drive can be gone."""
READ_MEMORY = 1_000_000_000
"""Bytes for one post beside what the process has; 10 MB of HTML, the largest that is read, take less than half."""

_OUT_OF_MEMORY = 77
"""The exit status of a process that has no memory left."""
_NO_TIME = frozenset((-signal.SIGPROF, -signal.SIGALRM))
_SHORTEN = "shorten it, or keep it from being read by `exclude`"

ReadT = TypeVar("ReadT")


def read_bounded(read: Callable[[Source], ReadT], sources: Sequence[Source]) -> Iterator[ReadT | PostError]:
    """Yield what a function makes of each post, in order, or the reason why it cannot be read.

    The function runs in another process; whatever it raises is the reason, as is a limit that it exceeds.
    """
    done = 0
    while done < len(sources):
        for outcome in _read_in_process(read, sources[done:]):
            done += 1
            yield outcome


def _read_in_process(read: Callable[[Source], ReadT], sources: Sequence[Source]) -> Iterator[ReadT | PostError]:
    """Yield outcomes until all posts are read, or until one has ended the process."""
    # A fork has the parsers loaded already; to load them again takes as long as reading fifty posts.
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(receiver, sender, read, sources), daemon=True)
    process.start()
    sender.close()
    try:
        for source in sources:
            try:
                outcome = receiver.recv()
            except EOFError:
                process.join()
                yield PostError(source.path, _reason(process.exitcode or 0))
                return
            yield outcome
    finally:
        receiver.close()
        process.kill()
        process.join()


def _reason(status: int) -> str:
    if status in _NO_TIME:
        return f"took longer than {READ_SECONDS if status == -signal.SIGPROF else WAIT_SECONDS} s to read; {_SHORTEN}"
    if status == _OUT_OF_MEMORY:
        return f"needed more than {READ_MEMORY // 1_000_000:,} MB of memory to be read; {_SHORTEN}"
    how = signal.Signals(-status).name if status < 0 else f"status {status}"
    return f"ended the process that read it ({how}); please report it, and keep it from being read by `exclude`"


def _work(receiver: Connection, sender: Connection, read: Callable[[Source], ReadT], sources: Sequence[Source]) -> None:
    # Only the first process may hold this end: when it is killed, sending fails and this process ends too.
    receiver.close()
    # The first process hears Ctrl-C as well, and ends this one; it may have handlers of its own for the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for ending in (signal.SIGTERM, signal.SIGPROF, signal.SIGALRM):
        signal.signal(ending, signal.SIG_DFL)
    _limit_memory()
    # What is loaded stays as long as the process: no collection has to look at it.
    gc.freeze()
    try:
        for source in sources:
            _set_timers(READ_SECONDS, WAIT_SECONDS)
            outcome = _outcome(read, source)
            _set_timers(0, 0)
            sender.send(outcome)
    except BrokenPipeError:
        return
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)


def _outcome(read: Callable[[Source], ReadT], source: Source) -> ReadT | PostError:
    try:
        return read(source)
    except PostError as error:
        return error
    except MemoryError:
        raise
    except Exception as error:  # whatever a post does to a parser, the others are read
        fault = f"cannot be read, by a fault of the reader ({type(error).__name__}: {error}); please report it"
        return PostError(source.path, fault)


def _set_timers(computing: float, waiting: float) -> None:
    """Have the kernel end this process after so many seconds; 0 for never."""
    signal.setitimer(signal.ITIMER_PROF, computing)
    signal.setitimer(signal.ITIMER_REAL, waiting)


def _limit_memory() -> None:
    """Limit the address space to what is taken and `READ_MEMORY`, where the system says how much is taken."""
    try:
        taken = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    except OSError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = taken + READ_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit if most == resource.RLIM_INFINITY else min(limit, most), most))
