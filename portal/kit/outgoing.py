"""Calls to other servers, such as brokers: short, small, never redirected, on a connection of their own."""

import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from functools import cache
from typing import TypeGuard

import anyio
import httpx2

Connect = Callable[[], httpx2.AsyncBaseTransport]
"""How calls leave the house: a new transport for each; tests hand in one that leads to their own bank."""

KIB = 1024


class Unreachable(Exception):
    """The other server is down, slow, or answers something that nobody should read."""


def connect() -> httpx2.AsyncBaseTransport:
    """A transport over the network, trusting the system's certificate authorities."""
    return httpx2.AsyncHTTPTransport(verify=_trust())


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


class Bounded(httpx2.AsyncBaseTransport):
    """Passes a request on, and refuses an answer that is too large or compressed (and so of unknown size)."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, max_bytes: int) -> None:
        self._inner, self._max_bytes = inner, max_bytes

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, its body counted while it is read. Raises httpx2.ReadError where it grows too large."""
        request.headers["Accept-Encoding"] = "identity"
        response = await self._inner.handle_async_request(request)
        stream = response.stream
        if response.headers.get("Content-Encoding", "identity") != "identity" or not _is_async(stream):
            raise httpx2.ReadError("an answer in a form that was not asked for")
        response.stream = _Counted(stream, self._max_bytes)
        return response

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream, max_bytes: int) -> None:
        self._inner, self._left = inner, max_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            self._left -= len(chunk)
            if self._left < 0:
                raise httpx2.ReadError("an answer larger than we read")
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


def _is_async(stream: object) -> TypeGuard[httpx2.AsyncByteStream]:
    return isinstance(stream, httpx2.AsyncByteStream)


async def get(url: str, connect: Connect, *, seconds: float, max_bytes: int) -> bytes:
    """The body of a 200 answer. Raises Unreachable for any other, and when time or size run out."""
    response = await send("GET", url, connect, seconds=seconds, max_bytes=max_bytes)
    if response.status_code != httpx2.codes.OK:
        raise Unreachable(f"status {response.status_code} at {url}")
    return response.content


async def send(  # noqa: PLR0913 - a request, and what bounds its answer
    method: str,
    url: str,
    connect: Connect,
    *,
    seconds: float,
    max_bytes: int,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> httpx2.Response:
    """The answer to a request, whatever its status. Raises Unreachable when time or size run out."""
    transport = Bounded(connect(), max_bytes)
    try:
        with anyio.fail_after(seconds):
            async with httpx2.AsyncClient(transport=transport, timeout=seconds) as client:
                return await client.request(method, url, headers=headers, content=body)
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as failed:
        raise Unreachable(f"{type(failed).__name__} at {url}") from failed
