"""The same over real sockets, with real servers, and once in a real portal's own words."""

import re
import socket
from contextlib import asynccontextmanager, nullcontext
from urllib.parse import urlsplit

import anyio
import httpx2
import pytest
import uvicorn

from portal.kit import clock, outgoing
from portal.kit.db import Database
from portal.kit.outgoing import Unreachable
from tests.bank import AINO, PROFILE, World, hidden, own_keys

pytestmark = pytest.mark.anyio


class Browser:
    """A browser that, as Chromium on this machine, sends Secure cookies over http too; it follows no redirect."""

    def __init__(self, client):
        self._client, self._cookies = client, {}

    async def __call__(self, method, address, **more):
        held = self._cookies.setdefault(urlsplit(address).netloc, {})
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in held.items())} if held else {}
        answer = await self._client.request(
            method, address, headers=headers | {"Sec-Fetch-Site": "same-origin"}, **more
        )
        for name, value in re.findall(r"(__Host-\w+)=([^;]*)", ", ".join(answer.headers.get_list("set-cookie"))):
            held[name] = value
        return answer


def free_socket():
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    return taken


@asynccontextmanager
async def running(app, taken):
    """A server on a socket, for as long as the block lasts."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    server.capture_signals = nullcontext
    async with anyio.create_task_group() as beside:
        beside.start_soon(server.serve, [taken])
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await anyio.sleep(0.01)
        try:
            yield
        finally:
            server.should_exit = True


async def test_a_person_signs_in(sqlite_url):
    ours, theirs = free_socket(), free_socket()
    portal, bank = (f"http://127.0.0.1:{taken.getsockname()[1]}" for taken in (ours, theirs))
    profile = PROFILE.model_copy(update={"issuer": bank})
    world = World(Database(sqlite_url), clock.now, profile, own_keys(), portal, network=outgoing.connect)
    async with running(world.portal_app, ours), running(world.bank_app, theirs), httpx2.AsyncClient() as client:
        browse = Browser(client)
        wall = await browse("GET", f"{portal}/sign-in")
        left = await browse(
            "POST", f"{portal}/sign-in/bank", data=hidden(wall.text, "/sign-in/bank") | {"bank": "fi-demo"}
        )
        asked = await browse("GET", left.headers["location"])
        action = re.search(r'action="([^"]+)"', asked.text)[1]
        told = await browse("POST", f"{bank}{action}", data={"persona": AINO.persona.identity_code})
        back = await browse("GET", told.headers["location"])
        assert (back.status_code, back.headers["location"]) == (303, "/overview")
        assert (await browse("GET", f"{portal}/overview")).text == "Aino Mäkelä, ConfirmedUser"


async def test_nobody_answers():
    taken = free_socket()
    address = f"http://127.0.0.1:{taken.getsockname()[1]}/"
    taken.close()
    with pytest.raises(Unreachable):
        await outgoing.get(address, outgoing.connect, seconds=1, max_bytes=10)


async def test_an_answer_that_never_ends_is_given_up_in_time_and_in_size():
    async def drip(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(20):
            await send({"type": "http.response.body", "body": b" " * 100, "more_body": True})
            await anyio.sleep(0.05)

    taken = free_socket()
    address = f"http://127.0.0.1:{taken.getsockname()[1]}/"
    async with running(drip, taken):
        for limits in ({"seconds": 0.3, "max_bytes": 100_000}, {"seconds": 10, "max_bytes": 500}):
            with pytest.raises(Unreachable):
                await outgoing.get(address, outgoing.connect, **limits)
