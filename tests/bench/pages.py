"""What a signed-in page costs: over its template from memory, and in yardsticks.

`python -m tests.bench.pages portal|template URL PORT COOKIE` serves the page, or its template alone.
"""

import asyncio
import os
import statistics
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from urllib.parse import urlsplit

import uvicorn

from portal import migrations
from portal.auth.actions import SESSION_COOKIE
from portal.demo import seed
from portal.demo.company import Scale
from portal.demo.people import AINO
from portal.kit.db import Database
from tests.bench import load
from tests.bench.yardstick import Yardstick
from tests.browser import ORIGIN
from tests.counted import counted, showing
from tests.people import House, vault
from tests.settings import DATA_KEYS

PAGES = 60
PATH = "/overview"
MAIN = {
    "overview": PATH,
    "invoices": "/invoices",
    "contracts": "/contracts",
    "a month of consumption": "/consumption?at=2026-10",
}
WARM = 5  # rounds before those that count
HOST = urlsplit(ORIGIN).netloc.encode()
UNTIL = date(2026, 11, 21)


@dataclass(frozen=True)
class Cost:
    """CPU seconds of a page, of its template alone, and of the yardstick between them, each once in every round."""

    page_s: tuple[float, ...]
    template_s: tuple[float, ...]
    yardstick_s: tuple[float, ...]

    @property
    def yardsticks(self):
        """The median of what the rounds took in yardsticks: whatever else the machine did then, it did to both."""
        return statistics.median(page / yard for page, yard in zip(self.page_s, self.yardstick_s, strict=True))

    def __str__(self):
        page, template = min(self.page_s) * 1e3, min(self.template_s) * 1e3
        median = statistics.median(self.page_s) * 1e3
        return f"{self.yardsticks:.1f} yardsticks; least {page:.2f} ms, median {median:.2f}; template {template:.2f}"


class Portal:
    """The portal on a seeded database, with one customer signed in."""

    def __init__(self, url, cookie=None, scale=Scale.SAMPLE):
        self.url, self.database = url, Database(url)
        self.house = House(self.database)
        self.cookie = cookie or self._seeded(scale)
        self._kept = {}

    def _seeded(self, scale):
        migrations.upgrade(self.database.engine)
        seed.seed(self.database, vault(), UNTIL, scale)
        return self.house.cookie(AINO.persona.identity_code, AINO.name)

    def least_cpu_s(self, address, who=AINO):
        """CPU seconds of one page, asked for through the whole stack by one of the demo's people: the least of many."""
        return self.least_s(address, who, time.process_time)

    def least_s(self, address, who=AINO, clock=time.perf_counter):
        """The same by another clock: all that passes, the time of PostgreSQL, too."""
        cookie = self.house.cookie(who.persona.identity_code, who.name)
        return asyncio.run(self._least(address, cookie, clock))

    async def _least(self, address, cookie, clock):
        taken = []
        for _ in range(WARM + PAGES):
            started = clock()
            await self._ask(address, cookie)
            taken.append(clock() - started)
        return min(taken[WARM:])

    async def _ask(self, address=PATH, cookie=None):
        """Ask as a server does, without a client whose own cost would be counted too."""
        headers = [
            (b"host", HOST),
            (b"accept-encoding", b"gzip"),
            (b"cookie", f"{SESSION_COOKIE}={cookie or self.cookie}".encode()),
        ]
        path, _, query = address.partition("?")
        scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "https"}
        where = {"path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": ""}
        known = {"headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2)}
        sent = []

        async def send(message):
            sent.append(message)

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        await self.house.app(scope | where | known, receive, send)
        assert sent[0]["status"] == 200, sent[0]

    def kept(self, path=PATH):
        """The page's values, taken while it is shown once."""
        if path not in self._kept:
            with showing(self.house.app) as shown:
                asyncio.run(self._ask(path))
            self._kept[path] = shown[-1]
        return self._kept[path]

    def in_yardsticks(self, rounds):
        """What each of the main pages costs, its template alone, and the yardstick, by turns of a few milliseconds."""
        return {name: self.cost(path, rounds) for name, path in MAIN.items()}

    def cost(self, path, rounds):
        """The same of any page."""
        return asyncio.run(self._cost(path, self.kept(path), rounds))

    async def _cost(self, path, kept, rounds):
        yardstick, (html, page, here), taken = Yardstick(), kept, []
        for _ in range(WARM + rounds):
            ticks = [time.process_time()]
            await self._ask(path)
            ticks.append(time.process_time())
            html.render(page, here).encode()
            ticks.append(time.process_time())
            yardstick.render()
            ticks.append(time.process_time())
            taken.append([end - begin for begin, end in pairwise(ticks)])
        return Cost(*zip(*taken[WARM:], strict=True))

    def counts(self, path=PATH):
        """What can be counted of a page."""
        return counted(self.house.app, self.database, lambda: asyncio.run(self._ask(path)))

    def loads(self, rounds):
        """The page, and its template from memory, under load by turns, on a core of their own."""
        with ExitStack() as until_done:
            servers = [until_done.enter_context(self.serving(kind)) for kind in ("portal", "template")]
            for _, process in servers:
                until_done.enter_context(load.apart(process))
            cookie = f"{SESSION_COOKIE}={self.cookie}"
            runs = [[load.measure(*one, PATH, cookie) for one in servers] for _ in range(rounds)]
        return [load.median(of_one) for of_one in zip(*runs, strict=True)]

    def serving(self, kind):
        """A process that serves the portal, or the template alone."""
        command = [sys.executable, "-m", "tests.bench.pages", kind, self.url, "PORT", self.cookie]
        return load.server(command, env=os.environ | DATA_KEYS)


def _template_app(portal):
    """Renders the page's template from memory, and nothing else."""
    html, page, here = portal.kept()

    async def app(_scope, _receive, send):
        body = html.render(page, here).encode()
        headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


def main():
    """Serve until terminated."""
    kind, url, port, cookie = sys.argv[1:]
    portal = Portal(url, cookie)
    app = portal.house.app if kind == "portal" else _template_app(portal)
    uvicorn.run(app, host="localhost", port=int(port), log_level="error", access_log=False, lifespan="off")


if __name__ == "__main__":
    main()
