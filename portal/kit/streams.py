"""Answers that are made while they are sent, for as long as somebody takes them."""

import time
from collections.abc import Callable, Generator, Mapping
from enum import StrEnum
from typing import Final

import anyio
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from portal.kit.db import Database
from portal.kit.errors import Busy

Pieces = Generator[bytes, None, None]
"""What is sent, piece by piece. An empty piece sends nothing: it gives way to whoever waits for the same threads."""

Made = Callable[[Database], Pieces]
"""How a large answer is made. It opens its own transactions, and none is open when a piece is sent: whoever reads
slowly would hold it."""

Afterwards = Callable[[], None]
SLICE_S: Final = 0.02
LONGEST_QUEUE: Final = 32  # answers that wait for the same threads; whoever comes then is told to try again


class Pool(StrEnum):
    """The threads for what takes a while: files that are soon made, packages, documents, pictures that are opened."""

    FILES = "files"
    PACKAGES = "packages"
    DOCUMENTS = "documents"
    PICTURES = "pictures"


class Pace:
    """Says when a piece of work has kept its thread for long enough, and should give way."""

    def __init__(self, slice_s: float = SLICE_S) -> None:
        """Begin the first piece; a piece may keep its thread for so many seconds."""
        self._slice_s = slice_s
        self.again()

    @property
    def is_over(self) -> bool:
        """Whether the time of this piece is up."""
        return time.perf_counter() >= self._ends

    def again(self) -> None:
        """Begin the next piece."""
        self._ends = time.perf_counter() + self._slice_s


def nothing() -> None:
    """What is done after most answers."""


class Stream(StreamingResponse):
    """Sends pieces, each made in one of a few threads when the one before it has left. Many answers take turns there.

    The first is made before the answer begins: a Problem that it raises has its page, as any other. When the visitor
    goes away no more are made. In any case the generator is closed, and then `afterwards` called, both in one of those
    threads: they may ask the database.
    """

    def __init__(
        self,
        pieces: Pieces,
        threads: anyio.CapacityLimiter,
        afterwards: Afterwards = nothing,
        *,
        media_type: str,
        headers: Mapping[str, str],
    ) -> None:
        super().__init__((), media_type=media_type, headers=headers)
        self.pieces, self.threads, self.afterwards = pieces, threads, afterwards

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the pieces; to HEAD, none.

        Raises Busy where too many wait.
        """
        if scope["method"] == "HEAD":
            self.pieces.close()
        try:
            if self.threads.statistics().tasks_waiting >= LONGEST_QUEUE:
                raise Busy
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(self._end, limiter=self.threads)

    async def stream_response(self, send: Send) -> None:
        """Send one piece after the other."""
        piece = await self._next()
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        while piece is not None:
            if piece:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            piece = await self._next()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _next(self) -> bytes | None:
        return await anyio.to_thread.run_sync(next, self.pieces, None, limiter=self.threads)

    def _end(self) -> None:
        try:
            self.pieces.close()
        finally:
            self.afterwards()
