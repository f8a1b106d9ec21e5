"""Requests are received whole within a time; whoever is slower, on purpose or not, is cut off."""

import asyncio
from typing import Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

RECEIPT_S: Final = 15.0
RECEIVED: Final = frozenset({h11.DONE, h11.MUST_CLOSE, h11.CLOSED})


class Prompt(H11Protocol):
    """Speaks HTTP with those who are prompt.

    uvicorn waits for ever for the rest of a header or body. A connection has so many seconds from its beginning, and
    from the first byte of each later request, until the request is there; the answer may take longer. Between
    requests uvicorn's own keep-alive counts.
    """

    within_s = RECEIPT_S
    _due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begin to count."""
        super().connection_made(transport)
        self._count()

    def data_received(self, data: bytes) -> None:
        """Take what has come; more of the same request buys no more time."""
        super().data_received(data)
        if self.conn.their_state in RECEIVED:
            self._uncount()
        elif self._due is None:
            self._count()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._uncount()
        super().connection_lost(exc)

    def _count(self) -> None:
        self._due = self.loop.call_later(self.within_s, self.transport.abort)

    def _uncount(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None
