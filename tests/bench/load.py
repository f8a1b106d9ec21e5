"""Sixteen visitors who ask for one page without a pause, and what that costs the server."""

import asyncio
import os
import socket
import statistics
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.request import Request, urlopen

CONNECTIONS = 16
SECONDS = 2.0
ANSWERS = 2000  # at least: a hundredth of fewer says little
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Load:
    """Requests per second, the 99th percentile of waiting, and the server's CPU seconds for one request."""

    per_s: float
    p99_s: float
    cpu_s: float


def median(loads) -> Load:
    """Of several runs."""
    return Load(
        *(statistics.median(values) for values in zip(*((o.per_s, o.p99_s, o.cpu_s) for o in loads), strict=True))
    )


@contextmanager
def server(command, **options):
    """A server on a port of its own, as (port, process); `PORT` in its command is filled in."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    process = subprocess.Popen([str(part).replace("PORT", str(port)) for part in command], **options)
    try:
        _wait(port, process)
        yield port, process
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def apart(process):
    """The server on the first core, whoever asks on the second, where there are two."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        os.sched_setaffinity(0, {cores[1]})
        os.sched_setaffinity(process.pid, {cores[0]})
        for task in Path(f"/proc/{process.pid}/task").iterdir():
            os.sched_setaffinity(int(task.name), {cores[0]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, set(cores))


def measure(port, process, path, cookie) -> Load:
    """One run against a server, and those that it has started itself."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nAccept-Language: fi\r\n\r\n".encode()
    before = _cpu_s(process.pid)
    waits, seconds = asyncio.run(_ask(port, request))
    return Load(
        len(waits) / seconds, sorted(waits)[int(len(waits) * 0.99)], (_cpu_s(process.pid) - before) / len(waits)
    )


def cpu_s(port, process, path, cookie, count) -> float:
    """The server's CPU seconds for one request, of so many one after another."""
    headers = {"Cookie": cookie, "Accept-Language": "fi"}
    asking, before = HTTPConnection("localhost", port, timeout=30), _cpu_s(process.pid)
    for _ in range(count):
        asking.request("GET", path, headers=headers)
        answer = asking.getresponse()
        assert answer.status == 200, answer.status
        answer.read()
    asking.close()
    return (_cpu_s(process.pid) - before) / count


async def _ask(port, request):
    waits, started = [], time.perf_counter()
    await asyncio.gather(*(_visit(port, request, waits, started + SECONDS) for _ in range(CONNECTIONS)))
    return waits, time.perf_counter() - started


async def _visit(port, request, waits, ends):
    reader, writer = await asyncio.open_connection("localhost", port)
    while time.perf_counter() < ends or len(waits) < ANSWERS:
        asked = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head[:200]
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
        waits.append(time.perf_counter() - asked)
        if b"connection: close" in head.lower():
            writer.close()
            reader, writer = await asyncio.open_connection("localhost", port)
    writer.close()


def _wait(port, process):
    ends = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < ends:
        try:
            return socket.create_connection(("localhost", port)).close()
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("a server of the bench did not start")


def _cpu_s(process):
    """CPU seconds of a process and its children, alive now."""
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    children = [int(child) for task in tasks for child in task.read_text().split()]
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK + sum(map(_cpu_s, children))


def first_answer(port, path, cookie=""):
    """Ask once, over a connection of its own."""
    with urlopen(Request(f"http://localhost:{port}{path}", headers={"Cookie": cookie}), timeout=30) as answer:
        assert answer.status == 200
