"""Slow visitors are cut off, prompt ones are not, over a real connection."""

import socket
import time
from contextlib import contextmanager, suppress
from threading import Thread

import pytest
import uvicorn

from portal.operating.receiving import Prompt
from tests.running import PATIENCE_S

WHOLE = b"POST / HTTP/1.1\r\nHost: portal.test\r\nContent-Length: 4\r\n\r\nbody"
HALVES = {
    "nothing at all": b"",
    "half a header": WHOLE[:20],
    "a header without its body": WHOLE[:-4],
    "half a body": WHOLE[:-2],
}


class Hasty(Prompt):
    """For those who are cut off."""

    within_s = 0.5


class Patient(Prompt):
    """For those who are not: a busy machine may keep them waiting, too."""

    within_s = 3


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


@contextmanager
def served(protocol):
    """Where a server answers that speaks so, until the block is left."""
    config = uvicorn.Config(
        echo, http=protocol, log_config=None, lifespan="off", access_log=False, timeout_keep_alive=PATIENCE_S
    )
    server, listening = uvicorn.Server(config), socket.create_server(("127.0.0.1", 0))
    serving = Thread(target=server.run, kwargs={"sockets": [listening]})
    serving.start()
    yield listening.getsockname()
    server.should_exit = True
    serving.join()


@pytest.fixture(scope="module")
def hasty():
    with served(Hasty) as address:
        yield address


@pytest.fixture(scope="module")
def patient():
    with served(Patient) as address:
        yield address


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
def test_whoever_sends_no_whole_request_is_cut_off(hasty, half):
    with socket.create_connection(hasty, timeout=PATIENCE_S) as connection:
        with suppress(ConnectionError):  # a busy machine sends when it is too late
            connection.sendall(half)
        assert said(connection) == b""


@pytest.mark.parametrize("half", [WHOLE[:1], WHOLE[:-4]], ids=["a byte", "a header"])
def test_nor_may_a_later_request_come_in_halves(patient, half):
    with socket.create_connection(patient, timeout=PATIENCE_S) as connection:
        connection.sendall(WHOLE)
        assert said(connection).endswith(b"body")
        connection.sendall(half)
        assert said(connection) == b""


def drip(connection):
    for _ in range(200):
        connection.sendall(b"P")
        time.sleep(0.1)


def test_drop_by_drop_is_too_slow(hasty):
    with socket.create_connection(hasty, timeout=PATIENCE_S) as connection, pytest.raises(ConnectionError):
        drip(connection)


def test_whoever_is_prompt_may_rest_between_requests(patient):
    with socket.create_connection(patient, timeout=PATIENCE_S) as connection:
        connection.sendall(WHOLE)
        assert said(connection).startswith(b"HTTP/1.1 200")
        time.sleep(Patient.within_s + 0.5)
        connection.sendall(WHOLE)
        assert said(connection).startswith(b"HTTP/1.1 200")


def test_others_do_not_notice(patient):
    idle = [socket.create_connection(patient, timeout=PATIENCE_S) for _ in range(50)]
    for one in idle:
        one.sendall(WHOLE[:20])
    with socket.create_connection(patient, timeout=PATIENCE_S) as connection:
        connection.sendall(WHOLE)
        assert said(connection).startswith(b"HTTP/1.1 200")
    for one in idle:
        one.close()
