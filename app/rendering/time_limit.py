"""A limit on the computing for one page, within the process that answers.

Parsers and lexers can take time that grows faster than what they read, and a worker answers nobody meanwhile. A signal
interrupts Python between two instructions, and regular expressions in the midst of one.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread

# Seconds until the exception is raised again, where it came in a place that lets none through.
REPEAT = 0.1

_is_running = False


class TimeExceeded(BaseException):
    """The block has computed for too long; no library takes this for an error of its own."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Limit the computing in a block; without effect outside of the main thread, which alone hears signals.

    Raises:
        TimeExceeded: It has computed for so many seconds.
    """
    global _is_running
    if current_thread() is not main_thread():
        yield
        return
    signal.signal(signal.SIGVTALRM, _stop)
    _is_running = True
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, REPEAT)
    try:
        yield
    finally:
        _is_running = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _stop(*_: object) -> None:
    if _is_running:
        raise TimeExceeded
