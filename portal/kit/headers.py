"""The outermost layer: a number for each request, the security headers on every answer, and one log line.

Sources: OWASP ASVS 5.0 V3.4; the Content-Security-Policy and Trusted Types recipe of docs/decisions/0006.
"""

import json
import logging
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.kit.rates import network

log = logging.getLogger("portal.requests")

PERMISSIONS = (
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), "
    "midi=(), payment=(), usb=(), xr-spatial-tracking=(), publickey-credentials-get=(self), "
    "publickey-credentials-create=(self), clipboard-write=(self)"
)
FIXED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Permissions-Policy": PERMISSIONS,
}


@dataclass(slots=True)
class Exchange:
    """One request and its answer, as the layers tell each other about it."""

    number: str  # the reference a person can quote to customer service
    nonce: str
    form_action: tuple[str, ...] = ()
    notes: dict[str, str] = field(default_factory=dict)  # stable reason codes for the log; never personal data


@dataclass(frozen=True, slots=True)
class Served:
    """One answered request, for those who count: its route's pattern, status, duration, and reason codes."""

    route: str
    status: int
    seconds: float
    notes: Mapping[str, str]


Count = Callable[[Served], None]


def uncounted(_served: Served) -> None:
    """Nobody counts."""


def exchange(scope: Scope) -> Exchange:
    """The exchange of a request."""
    found: Exchange = scope["portal.exchange"]
    return found


def dressing() -> Sequence[tuple[bytes, bytes]]:
    """The headers of an answer that is given before there is an exchange: to what is no HTTP."""
    headers = MutableHeaders(raw=[])
    _dress(headers, Exchange(_number(), secrets.token_urlsafe(16)))
    return headers.raw


def bare_dressing() -> Sequence[tuple[bytes, bytes]]:
    """The headers of an answer that is the same for everybody: it has no number, and no script may run in it."""
    headers = MutableHeaders(raw=[])
    _fix(headers, policy(None, ()))
    return headers.raw


def policy(nonce: str | None, form_action: tuple[str, ...]) -> str:
    """The Content-Security-Policy of one answer; without a nonce no script may run."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}'" if nonce else "script-src 'none'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            " ".join(("form-action 'self'", *form_action)),
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "object-src 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types htmx",
            "report-uri /csp-report",
        )
    )


class Outermost:
    """Wraps the whole portal; the last to see an answer, and the one that says so when there is none."""

    def __init__(self, app: ASGIApp, count: Count = uncounted) -> None:
        self.app, self.count = app, count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its `Exchange`, and dress the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        this = scope["portal.exchange"] = Exchange(_number(), secrets.token_urlsafe(16))
        started, status = time.perf_counter(), 0

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _dress(MutableHeaders(scope=message), this)
            await send(message)

        try:
            await self.app(scope, receive, dressed)
        except Exception:
            # The person has the error page, or gets these words, with the number that finds this line.
            log.exception(json.dumps({"request": this.number, "event": "failed"}))
            if not status:
                words = f"Something went wrong on our side. Reference number: {this.number}\n"
                await PlainTextResponse(words, 500)(scope, receive, dressed)
        finally:
            served = Served(_route(scope), status, time.perf_counter() - started, this.notes)
            _log(scope, this.number, served)
            self.count(served)


def _dress(headers: MutableHeaders, this: Exchange) -> None:
    _fix(headers, policy(this.nonce, this.form_action))
    headers["X-Request-Id"] = this.number


def _fix(headers: MutableHeaders, policy: str) -> None:
    headers["Content-Security-Policy"] = policy
    for name, value in FIXED.items():
        headers[name] = value
    headers.setdefault("Cache-Control", "no-store")


def _number() -> str:
    """Eight letters and digits that can be read aloud: no 0, 1, I, L, O, U."""
    symbols = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
    picked = "".join(secrets.choice(symbols) for _ in range(8))
    return f"{picked[:4]}-{picked[4:]}"


def _route(scope: Scope) -> str:
    """The route's pattern, never the address itself, which may hold an id or a token."""
    return getattr(scope.get("route"), "path", "-")


def _log(scope: Scope, number: str, served: Served) -> None:
    """One line per request. Where there is something to look into, it also tells by whom and from which network."""
    line = {
        "request": number,
        "method": scope["method"],
        "route": served.route,
        "status": served.status,
        "ms": round(served.seconds * 1000, 1),
    }
    log.info(json.dumps({**line, **served.notes, **(_from(scope) if served.notes else {})}))


def _from(scope: Scope) -> dict[str, str]:
    """The network that a request came from, never the whole address, and the account, as the audit names it."""
    client, person = scope.get("client"), scope.get("state", {}).get("person")
    told = {"network": network(client[0]) if client else None, "account": person.known_as if person else None}
    return {name: value for name, value in told.items() if value}
