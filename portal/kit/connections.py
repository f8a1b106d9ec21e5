"""Connections with visitors: whoever sends or reads too slowly, on purpose or not, is cut off."""

import asyncio
import socket
import struct
from collections.abc import Sequence
from typing import Any, Final

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from portal.kit.headers import dressing

RECEIPT_S: Final = 15.0
DELIVERY_S: Final = 15.0
SLOWEST: Final = 1024  # bytes a second: a tenth of what the slowest mobile connections carry
GRACE_S: Final = 8  # for requests under way at SIGTERM; containers are killed after ten
KEEP_ALIVE_S: Final = 75  # longer than proxies keep theirs: it is not us who close a connection about to be used
AT_ONCE: Final = struct.pack("ii", 1, 0)  # on, and no second of lingering
RECEIVED: Final = frozenset({h11.DONE, h11.MUST_CLOSE, h11.CLOSED})


def served(app: ASGIApp, *, proxies: Sequence[str] = (), **where: Any) -> uvicorn.Config:  # noqa: ANN401
    """How an app is served. What `X-Forwarded-For` says counts only where it comes from one of the proxies."""
    return uvicorn.Config(
        app,
        http=TimedProtocol,
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=[*proxies],
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=KEEP_ALIVE_S,
        **where,
    )


class TimedProtocol(H11Protocol):
    """Speaks HTTP with those who are prompt.

    uvicorn waits for ever for the rest of a request, and for whoever does not read the answer. A connection has so
    many seconds from its beginning, and from the first byte of each later request, until the request is there; the
    answer may take longer. What has been answered has to be fetched: in so many seconds all that waits, or `SLOWEST`.
    Between requests uvicorn's own keep-alive counts.
    """

    received_within_s = RECEIPT_S
    fetched_within_s = DELIVERY_S
    _due: asyncio.TimerHandle | None = None
    _fetched: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begin to count."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)  # writing pauses while anything waits to be fetched
        self._count()

    def data_received(self, data: bytes) -> None:
        """Take what has come; more of the same request buys no more time."""
        super().data_received(data)
        if self.conn.their_state in RECEIVED:
            self._uncount()
        elif self._due is None:
            self._count()

    def pause_writing(self) -> None:
        """Wait for a reader, who has so long for what waits."""
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        """All of it was fetched."""
        self._unwatch()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._uncount()
        self._unwatch()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, in our own dress: uvicorn does so before any layer of ours is asked."""
        body = f"{msg}\n".encode()
        said = (b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body))
        head = h11.Response(
            status_code=400, headers=[*said, *dressing(), (b"connection", b"close")], reason=b"Bad Request"
        )
        for event in (head, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _count(self) -> None:
        self._due = self.loop.call_later(self.received_within_s, self.transport.abort)

    def _uncount(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _watch(self) -> None:
        self._fetched = self.loop.call_later(
            self.fetched_within_s, self._look_at_reader, self.transport.get_write_buffer_size()
        )

    def _unwatch(self) -> None:
        if self._fetched is not None:
            self._fetched.cancel()
            self._fetched = None

    def _look_at_reader(self, waited: int) -> None:
        if waited - self.transport.get_write_buffer_size() >= SLOWEST * self.fetched_within_s:
            self._watch()
            return
        held: socket.socket = self.transport.get_extra_info("socket")
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)  # else the system waits for the reader instead
        self.transport.abort()
