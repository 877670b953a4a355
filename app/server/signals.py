"""Signals that stop a worker: the server that started it decides when.

systemd signals every process of a service at once, a terminal every process of a group. A worker that stopped by itself
would look to the server like one that crashed.
"""

import os
import signal
import sys
from math import inf
from multiprocessing import parent_process
from threading import Thread
from time import monotonic

# What a terminal or a supervisor sends to all processes. A window that is closed stops none of ours.
GROUP_SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP}
# Seconds in which the server, if it got the same signal, stops its workers. It may seem not to: of two signals that
# arrive at once, only the first one is seen.
SERVER_GRACE = 2.0
# Seconds between two looks at whether the server is alive: one that is killed stops nobody.
ORPHAN_CHECK = 0.5


def leave_stopping_to_server() -> None:
    """Have signals stop this process only if its parent sends them, does so soon, or is gone.

    Called while the process has one thread, as every thread inherits what is blocked.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "darwin":  # Cannot tell who sent a signal; a terminal's are ignored all the same.
        signal.pthread_sigmask(signal.SIG_BLOCK, GROUP_SIGNALS - {signal.SIGTERM})
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, GROUP_SIGNALS)
    # Not the parent of this moment: the server may have been killed while this process started.
    server = parent_process()
    Thread(target=_await_stop, args=(server.pid if server else os.getppid(),), daemon=True).start()


def _await_stop(server: int) -> None:
    deadline = inf
    while os.getppid() == server and monotonic() < deadline:
        received = signal.sigtimedwait(GROUP_SIGNALS, ORPHAN_CHECK)
        if received and received.si_signo != signal.SIGHUP:
            deadline = min(deadline, monotonic() + SERVER_GRACE)
            if received.si_pid == server:
                break
    # The handler that the process has by now gets the signal, whichever thread it arrives in.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    signal.raise_signal(signal.SIGTERM)
