"""Who comes when too many wait already is told so at once, and the others get their answers in time.

Without it everybody waits, and by the time a page is made nobody reads it any more: under load that does not end, a
portal that turns nobody away answers nobody.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.kit.headers import Count, Served, bare_dressing, uncounted
from portal.kit.i18n import Language
from portal.kit.limits import ALIVE, SAFE
from portal.kit.threads import Threads
from portal.kit.visits import language_of

LONGEST_S: Final = 0.3  # that a page may wait for its turn
LONGEST_TO_SEND_S: Final = 2.0  # the same for a form, whose sender has begun something
ALWAYS: Final = frozenset({ALIVE, "/sign-out"})  # asked by whoever watches over the process, or wants to be safe
FROM_MEMORY: Final = ("/static/", "/.well-known/", "/oidc/")  # nobody waits for these, browsers and brokers need them
RETURN: Final = "/sign-in/return"  # who comes back from the bank has begun something, too
RETRY_AFTER_S: Final = b"5"
TOLD_EVERY_S: Final = 1.0

log = logging.getLogger("portal.admission")

Pages = Mapping[Language, bytes]
"""What is said to those who are turned away, a whole page in each language."""


class Admission:
    """Turns away whoever would wait too long for one of the threads.

    It stands before everything else and answers from memory: a refusal must cost next to nothing. So it has no number
    and no line of its own in the log, which tells once a second how many there were.
    """

    def __init__(
        self,
        app: ASGIApp,
        threads: Threads,
        pages: Pages,
        count: Count = uncounted,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the app, the threads in which it works, what is said, who counts, and a clock in seconds."""
        self.app, self.threads, self.pages, self.count, self.now = app, threads, pages, count, now
        self._begun = {language: _begun(language, page) for language, page in pages.items()}
        self._untold, self._told_at = 0, 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 503 from memory, or pass the request on."""
        if scope["type"] == "http" and self.threads.wait_s > _patience_s(scope["method"], scope["path"]):
            await self._turn_away(scope, send)
        else:
            await self.app(scope, receive, send)

    async def _turn_away(self, scope: Scope, send: Send) -> None:
        language = language_of(Request(scope))
        await send(self._begun[language])
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else self.pages[language]})
        self.count(Served("-", HTTPStatus.SERVICE_UNAVAILABLE, 0.0, {}))
        self._tell()

    def _tell(self) -> None:
        self._untold += 1
        if self.now() - self._told_at >= TOLD_EVERY_S:
            log.warning(json.dumps({"event": "busy", "refused": self._untold}))
            self._untold, self._told_at = 0, self.now()


def _patience_s(method: str, path: str) -> float:
    """How long a request may wait for its turn."""
    if path in ALWAYS or path.startswith(FROM_MEMORY):
        return float("inf")
    return LONGEST_S if method in SAFE and not path.startswith(RETURN) else LONGEST_TO_SEND_S


def _begun(language: Language, page: bytes) -> Message:
    told = (
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-language", language.encode()),
        (b"content-length", str(len(page)).encode()),
        (b"retry-after", RETRY_AFTER_S),
    )
    headers = [*told, *bare_dressing()]
    return {"type": "http.response.start", "status": HTTPStatus.SERVICE_UNAVAILABLE, "headers": headers}
