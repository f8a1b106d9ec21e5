"""Answers that are made while they are sent, for as long as somebody takes them."""

from collections.abc import Callable, Generator, Mapping

import anyio
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from portal.kit.db import Database

Pieces = Generator[bytes, None, None]
Made = Callable[[Database], Pieces]
"""How a large answer is made, piece by piece. It opens its own transactions, and none is open between two pieces:
whoever reads slowly would hold it."""


class Stream(StreamingResponse):
    """Sends pieces, each made in one of a few threads when the one before it has left.

    When the visitor goes away no more are made; the generator is closed in any case.
    """

    def __init__(
        self, pieces: Pieces, threads: anyio.CapacityLimiter, *, media_type: str, headers: Mapping[str, str]
    ) -> None:
        super().__init__((), media_type=media_type, headers=headers)
        self.pieces, self.threads = pieces, threads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the pieces; to HEAD, none."""
        if scope["method"] == "HEAD":
            self.pieces.close()
        try:
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(self.pieces.close, limiter=self.threads)

    async def stream_response(self, send: Send) -> None:
        """Send one piece after the other."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        while (piece := await anyio.to_thread.run_sync(next, self.pieces, None, limiter=self.threads)) is not None:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
