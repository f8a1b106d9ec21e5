"""What is turned away before anything looks at it: strange hosts, foreign origins, oversized bodies.

An unsafe method needs `Sec-Fetch-Site: same-origin`, or, from a client without that header, an `Origin` that is ours
(OWASP ASVS 5.0, 3.5.1). The form token is the second line, in kit/web. Where another company's server posts, a request
may name neither, as no browser does: nothing that a browser bears is read there, so nobody can be made to send it.
"""

from collections.abc import Collection, Mapping, Sequence
from re import Pattern

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.kit.errors import TooLarge
from portal.kit.headers import exchange

SAFE = {"GET", "HEAD", "OPTIONS"}
BODY_BYTES = 1_048_576
ALIVE = "/livez"  # asked for by whoever starts containers, under any name


class TurnAway:
    """Lets through what may be for us.

    `roomy` are the paths whose forms may be larger, and how many bytes; `called` those to which other servers post.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        origin: str,
        hosts: Collection[str],
        roomy: Mapping[Pattern[str], int] | None = None,
        called: Sequence[Pattern[str]] = (),
    ) -> None:
        self.app, self.origin, self.hosts, self.roomy = app, origin, frozenset(hosts), roomy or {}
        self.called = called

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 400, 403 or 413, or pass the request on with its body counted."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope, Headers(scope=scope))
        if refusal is None:
            await self.app(scope, _counted(receive, self._most(scope)), send)
        else:
            exchange(scope).notes["refused"] = str(refusal.status_code)
            await refusal(scope, receive, send)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        if "content-length" in headers and "transfer-encoding" in headers:
            # Two ends of one body: a proxy may have taken the other, so what follows is not taken for a request
            # (RFC 9112, 6.1).
            return PlainTextResponse("The request has two lengths.", 400, {"Connection": "close"})
        if _host(headers) not in self.hosts and scope["path"] != ALIVE:
            return PlainTextResponse("This address is not served here.", 400)
        if scope["method"] not in SAFE and not self._is_ours(scope["path"], headers):
            return PlainTextResponse("The request came from another site, so nothing was done.", 403)
        if int(headers.get("content-length", "0") or 0) > self._most(scope):
            return PlainTextResponse("More was sent than we take in.", 413)
        return None

    def _most(self, scope: Scope) -> int:
        """How many bytes the body of a request may have."""
        return next((most for path, most in self.roomy.items() if path.match(scope["path"])), BODY_BYTES)

    def _is_ours(self, path: str, headers: Headers) -> bool:
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is None and origin is None:
            return any(one.match(path) for one in self.called)
        return site == "same-origin" if site is not None else origin == self.origin


def _host(headers: Headers) -> str:
    """The host without its port; an IPv6 address keeps its brackets."""
    host = headers.get("host", "").lower()
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host


def _counted(receive: Receive, most: int) -> Receive:
    taken = 0

    async def counting() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise TooLarge
        return message

    return counting
