"""`portal serve`: one process or several, the internal port beside them, and an end that loses no request.

With several workers the process that was started serves nobody itself: it watches over the others, adds up what they
count, and answers at the internal port.
"""

import asyncio
import json
import logging
import multiprocessing
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from multiprocessing.context import SpawnProcess
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from portal import VERSION
from portal.app import create_app
from portal.kit import clock
from portal.kit.connections import GRACE_S, served
from portal.kit.db import Database
from portal.kit.logs import to_standard_error
from portal.kit.metrics import Counts, Meter, gathered, share
from portal.kit.threads import Threads
from portal.operating.internal import InternalAnswer, internal_port, readiness
from portal.operating.measures import counting, text, watch
from portal.operating.sockets import bound, take_nobody_new
from portal.settings import Settings

log = logging.getLogger("portal.serving")

LINGER_S = 0.9  # in which requests on their way are read; a visitor who was not heard calls again after a second


def serve(settings: Settings, database: Database, host: str, port: int, workers: int) -> None:
    """Serve in so many processes until SIGTERM or SIGINT.

    Raises OSError where the port or the internal port cannot be had.
    """
    meter, threads = Meter(), Threads()
    watch(meter, threads)
    # raises what would fail later
    app = create_app(settings, database, count=counting(meter), threads=threads)
    with bound(host, port) as listening:
        log.info(json.dumps(_begins(database, host, port, workers)))
        if workers == 1:
            with inside(settings, database, lambda: meter.counts, lambda: [os.getpid()]):
                _run(app, listening, settings.proxies)
            return
        with tempfile.TemporaryDirectory(prefix="portal-meters-") as folder:
            crew = _Crew(settings, listening, Path(folder))
            with inside(settings, database, crew.counts, crew.processes):
                crew.work(workers)


def _begins(database: Database, host: str, port: int, workers: int) -> Mapping[str, object]:
    """What whoever starts the portal reads first: what runs, where it listens, on which kind of database."""
    at = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    told = {"version": VERSION, "at": at, "workers": workers, "database": database.engine.dialect.name}
    return {"event": "serving", **told}


@contextmanager
def inside(
    settings: Settings, database: Database, counts: Callable[[], Counts], processes: Callable[[], Sequence[int]]
) -> Iterator[None]:
    """Answer at the internal port while the block lasts; port 0 is none."""
    if not settings.internal_port:
        yield
        return
    counted = Database(settings.databases.report) if settings.databases.has_roles else database
    answers: Mapping[str, Callable[[], InternalAnswer]] = {
        "/readyz": partial(readiness, database),
        "/metrics": lambda: InternalAnswer(HTTPStatus.OK, text(counts(), settings, counted, processes(), clock.now())),
    }
    with internal_port(settings.internal_port, answers):
        yield


class Server(uvicorn.Server):
    """A server that, when told to stop, still answers whatever had reached it, and then ends as if by itself."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take SIGTERM and SIGINT as the order to stop, and not again afterwards."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take nobody new, read what is on its way, tell everybody that this was the last answer, then stop."""
        for listening in sockets or []:
            take_nobody_new(listening)
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        await asyncio.sleep(LINGER_S)
        await super().shutdown(sockets)


def _run(app: ASGIApp, listening: socket.socket, proxies: Sequence[str]) -> None:
    Server(served(app, proxies=proxies)).run(sockets=[listening])


class _Crew:
    """Several processes that serve at one socket."""

    def __init__(self, settings: Settings, listening: socket.socket, folder: Path) -> None:
        self._settings, self._listening, self._folder = settings, listening, folder
        self._members: list[SpawnProcess] = []

    def work(self, workers: int) -> None:
        """Keep so many at work until SIGTERM or SIGINT; one that dies is replaced."""
        ending = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ending.set())
        self._members = [self._hired() for _ in range(workers)]
        while not ending.wait(0.5):
            self._members = [one if one.is_alive() else self._replaced(one) for one in self._members]
        take_nobody_new(self._listening)
        for one in self._members:
            one.terminate()
        for one in self._members:
            one.join(GRACE_S + 2)
            one.kill()

    def processes(self) -> Sequence[int]:
        """The ids of those at work, and of who watches over them."""
        return [os.getpid(), *(one.pid for one in self._members if one.pid)]

    def counts(self) -> Counts:
        """What all of them have counted."""
        return gathered(self._folder, self.processes())

    def _replaced(self, gone: SpawnProcess) -> SpawnProcess:
        log.error(json.dumps({"event": "worker", "ended": gone.exitcode}))  # nobody else would tell of it
        return self._hired()

    def _hired(self) -> SpawnProcess:
        context = multiprocessing.get_context("spawn")
        member = context.Process(target=_work, args=(self._settings, self._listening, self._folder))
        member.start()
        return member


def _work(settings: Settings, listening: socket.socket, folder: Path) -> None:
    """Serve as one of several, for as long as the process lives that started us."""
    to_standard_error()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    meter, threads = Meter(), Threads()
    watch(meter, threads)
    share(meter, folder)
    app = create_app(settings, Database(settings.database_url), count=counting(meter), threads=threads)
    _run(app, listening, settings.proxies)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
