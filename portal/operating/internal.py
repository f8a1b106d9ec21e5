"""The internal port: `/readyz` and `/metrics` on 127.0.0.1, from a thread of the process that was started.

It is a socket of its own: nothing of it can be reached through the public port.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from sqlalchemy.exc import SQLAlchemyError

from portal import migrations
from portal.app import ROOT
from portal.kit.db import Database

LOOPBACK = "127.0.0.1"
BUILT = ("figtree-latin-wght.woff2", "htmx.min.js", "hx-csp.min.js", "icons.svg", "portal.css")  # by `make setup`


@dataclass(frozen=True)
class InternalAnswer:
    """An answer: its status, and its text."""

    status: HTTPStatus
    text: str


@contextmanager
def internal_port(port: int, answers: Mapping[str, Callable[[], InternalAnswer]]) -> Iterator[int]:
    """Answer at these paths while the block lasts; gives the port, which may be asked for as 0.

    Raises OSError where the port cannot be had.
    """
    with ThreadingHTTPServer((LOOPBACK, port), _handler(answers)) as server:
        worker = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        worker.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            worker.join()


def readiness(database: Database) -> InternalAnswer:
    """200 where requests can be served, else 503 with what is missing, a sentence a line."""
    missing = [*unready_database(database), *missing_files()]
    if missing:
        return InternalAnswer(HTTPStatus.SERVICE_UNAVAILABLE, "\n".join(missing) + "\n")
    return InternalAnswer(HTTPStatus.OK, "ready\n")


def unready_database(database: Database) -> Iterator[str]:
    """What keeps the database from being served, a sentence each."""
    try:
        state = migrations.state(database.engine)
    except SQLAlchemyError:
        yield "The database does not answer; see that it runs and that its address (PORTAL_DATABASE_...) leads to it."
        return
    if state is not migrations.SchemaState.CURRENT:
        yield "The database does not have the schema of this version; `portal migrate` brings it up to date."


def missing_files() -> Iterator[str]:
    """What browsers would miss, a sentence each."""
    for name in BUILT:
        if not (ROOT / "static" / "vendor" / name).is_file():
            yield f"static/vendor/{name} is missing; `make setup` makes it."


def _handler(answers: Mapping[str, Callable[[], InternalAnswer]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 5  # for whoever connects and says nothing

        def do_GET(self) -> None:
            answer = answers.get(self.path)
            said = answer() if answer else InternalAnswer(HTTPStatus.NOT_FOUND, "There is nothing here.\n")
            body = said.text.encode()
            self.send_response_only(said.status)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: object) -> None:
            """Nothing: whoever asks does so every few seconds."""

    return Handler
