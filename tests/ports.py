"""Ports for servers of tests: none that the system hands out by itself, and none twice.

A port that was free a moment ago may be taken by any connection that goes out in the meantime, if it is one of those
that the system gives to them (from 32768 on Linux, from 49152 on macOS). Each worker of pytest has its own below.
"""

import itertools
import os
import socket

FIRST, EACH = 20_000, 1_500  # eight workers fit
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
_BEGIN = os.getpid() % EACH  # so that two runs beside each other seldom ask for the same
_MINE = itertools.cycle(FIRST + _WORKER * EACH + (_BEGIN + step) % EACH for step in range(EACH))


def free_port() -> int:
    """A port at which nobody listens, and which no other test of this run will be given soon."""
    return next(port for port in _MINE if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: one that has ended is no hindrance
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
