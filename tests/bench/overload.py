"""More visitors than can be served, who do not wait for each other: how many get an answer that they still read.

The server has one core, the visitors another. They ask for a mix of pages, at a rate of their own.
"""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle

from tests.bench.load import apart

PAGES = ("/overview", "/invoices", "/contracts", "/consumption?at=2026-10")
READ_S = 1.0  # an answer that takes longer is of no use
SECONDS = 6
CLOSED = 16
REST_S = 10


@dataclass(frozen=True)
class Answers:
    """What visitors got: how many pages a second within `READ_S`, how many refusals a second, the waits of pages."""

    per_s: float
    refused_per_s: float
    waits: list[float]

    @property
    def p95_s(self):
        return sorted(self.waits)[int(len(self.waits) * 0.95)] if self.waits else float("inf")


class Visitors:
    """Ask one server, over connections that are kept and as many more as are needed."""

    def __init__(self, port, cookie):
        head = f"Host: localhost\r\nCookie: {cookie}\r\nAccept-Encoding: gzip\r\nAccept-Language: fi\r\n\r\n"
        self.port, self.idle = port, []
        self.requests = cycle([f"GET {page} HTTP/1.1\r\n{head}".encode() for page in PAGES])

    def at_peak(self):
        """A few who each wait for their answer before they ask again."""
        return asyncio.run(self._closed(CLOSED, SECONDS))

    def alone(self):
        """One of them."""
        return asyncio.run(self._closed(1, 3))

    def at_rate(self, per_s):
        """So many a second, whatever they get."""
        return asyncio.run(self._open(per_s))

    async def _closed(self, number, seconds):
        answers, ends = [], time.perf_counter() + seconds
        self.idle = []

        async def visit():
            while time.perf_counter() < ends:
                await self._ask(answers)

        await asyncio.gather(*(visit() for _ in range(number)))
        return _told(answers, seconds)

    async def _open(self, per_s):
        answers, asked, started = [], set(), time.perf_counter()
        self.idle = []
        while (elapsed := time.perf_counter() - started) < SECONDS:
            due = int(elapsed * per_s) - len(asked)
            asked |= {asyncio.create_task(self._ask(answers)) for _ in range(due)}
            await asyncio.sleep(0.005)
        _, late = await asyncio.wait(asked, timeout=READ_S)
        for one in late:
            one.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return _told(answers, SECONDS)

    async def _ask(self, answers):
        begun = time.perf_counter()
        with suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = self.idle.pop() if self.idle else await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(next(self.requests))
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(int(length.split(b":")[1]))
            answers.append((int(head[9:12]), time.perf_counter() - begun))
            self.idle.append((reader, writer))


def _told(answers, seconds):
    waits = [wait for status, wait in answers if status == 200]
    return Answers(
        sum(wait <= READ_S for wait in waits) / seconds,
        sum(status == 503 for status, _ in answers) / seconds,
        waits,
    )


def measured(port, process, cookie):
    """At the peak of what can be served, at three and ten times of it, and one visitor before and some time after."""
    visitors = Visitors(port, cookie)
    with apart(process):
        visitors.at_peak()
        before, peak = visitors.alone(), visitors.at_peak()
        over = [(times, visitors.at_rate(times * peak.per_s)) for times in (3, 10)]
        time.sleep(REST_S)
        return peak, over, before, visitors.alone()
