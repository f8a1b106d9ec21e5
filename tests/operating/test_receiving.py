"""Slow visitors are cut off, prompt ones are not, over a real connection."""

import socket
import time
from threading import Thread

import pytest
import uvicorn

from portal.operating.receiving import Prompt

WHOLE = b"POST / HTTP/1.1\r\nHost: portal.test\r\nContent-Length: 4\r\n\r\nbody"
HALVES = {
    "nothing at all": b"",
    "half a header": WHOLE[:20],
    "a header without its body": WHOLE[:-4],
    "half a body": WHOLE[:-2],
}


class Hasty(Prompt):
    within_s = 0.5


async def echo(_scope, receive, send):
    """Answers with the body, as soon as it is there."""
    body, message = b"", {"more_body": True}
    while message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message["body"]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def address():
    config = uvicorn.Config(echo, http=Hasty, log_config=None, lifespan="off", access_log=False)
    server, listening = uvicorn.Server(config), socket.create_server(("127.0.0.1", 0))
    serving = Thread(target=server.run, kwargs={"sockets": [listening]})
    serving.start()
    yield listening.getsockname()
    server.should_exit = True
    serving.join()


def said(connection):
    """Everything up to the end of an answer, or of the connection."""
    heard = b""
    while not heard.endswith(b"body"):
        try:
            piece = connection.recv(4096)
        except ConnectionResetError:
            return heard
        if not piece:
            return heard
        heard += piece
    return heard


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_whoever_sends_no_whole_request_is_cut_off(address, half):
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall(half)
        assert said(connection) == b""


@pytest.mark.parametrize("half", [WHOLE[:1], WHOLE[:-4]], ids=["a byte", "a header"])
def test_nor_may_a_later_request_come_in_halves(address, half):
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall(WHOLE)
        assert said(connection).endswith(b"body")
        connection.sendall(half)
        assert said(connection) == b""


def drip(connection):
    for _ in range(200):
        connection.sendall(b"P")
        time.sleep(0.1)


def test_drop_by_drop_is_too_slow(address):
    with socket.create_connection(address, timeout=30) as connection, pytest.raises(ConnectionError):
        drip(connection)


def test_whoever_is_prompt_may_rest_between_requests(address):
    with socket.create_connection(address, timeout=30) as connection:
        for _ in range(2):
            connection.sendall(WHOLE)
            assert said(connection).startswith(b"HTTP/1.1 200")
            time.sleep(3 * Hasty.within_s)


def test_others_do_not_notice(address):
    idle = [socket.create_connection(address, timeout=30) for _ in range(50)]
    for one in idle:
        one.sendall(WHOLE[:20])
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall(WHOLE)
        assert said(connection).startswith(b"HTTP/1.1 200")
    for one in idle:
        one.close()
