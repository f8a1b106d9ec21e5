"""Slow visitors are cut off, prompt ones are not, over a real connection."""

import select
import socket
import time
from contextlib import contextmanager, suppress
from threading import Thread

import pytest
import uvicorn

from portal.kit import connections
from portal.kit.connections import TimedProtocol
from portal.kit.headers import FIXED
from tests.running import PATIENCE_S

WHOLE = b"POST / HTTP/1.1\r\nHost: portal.test\r\nContent-Length: 4\r\n\r\nbody"
SMALL, MUCH = 1 << 16, 1 << 21
HALVES = {
    "nothing at all": b"",
    "half a header": WHOLE[:20],
    "a header without its body": WHOLE[:-4],
    "half a body": WHOLE[:-2],
}


class Hasty(TimedProtocol):
    """For those who are cut off."""

    received_within_s = fetched_within_s = 0.5


class Patient(TimedProtocol):
    """For those who are not: a busy machine may keep them waiting, too."""

    received_within_s, fetched_within_s = 3, 6


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


async def much(_scope, _receive, send):
    """Answers with more than a system keeps for a reader."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % MUCH)]})
    await send({"type": "http.response.body", "body": bytes(MUCH)})


@contextmanager
def answering(protocol, app=echo):
    """Where a server answers that speaks so, until the block is left."""
    config = connections.served(app, lifespan="off")
    config.http, config.timeout_keep_alive = protocol, PATIENCE_S
    server, listening = uvicorn.Server(config), socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
    serving = Thread(target=server.run, kwargs={"sockets": [listening]})
    serving.start()
    yield listening.getsockname()
    server.should_exit = True
    serving.join()


@pytest.fixture(scope="module")
def hasty():
    with answering(Hasty) as address:
        yield address


@pytest.fixture(scope="module")
def patient():
    with answering(Patient) as address:
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
        time.sleep(Patient.received_within_s + 0.5)
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


def reader(address):
    """Somebody who has asked, with little room for the answer."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
    connection.settimeout(PATIENCE_S)
    connection.connect(address)
    connection.sendall(WHOLE)
    return connection


def test_whoever_does_not_read_the_answer_is_cut_off():
    with answering(Hasty, much) as address, reader(address) as connection:
        cut = select.poll()
        cut.register(connection, 0)  # errors and ends are told in any case
        assert cut.poll(PATIENCE_S * 1000), "still held"


def test_whoever_reads_slowly_gets_all_of_it():
    with answering(Patient, much) as address, reader(address) as connection:
        began, heard = time.monotonic(), 0
        while heard < MUCH:
            heard += len(connection.recv(1 << 15))
            time.sleep(max(0.0, 1.3 * Patient.fetched_within_s * heard / MUCH - (time.monotonic() - began)))


def test_what_is_no_http_is_refused_in_our_dress(hasty):
    with socket.create_connection(hasty, timeout=PATIENCE_S) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nno header\r\n\r\n")
        heard = b"".join(iter(lambda: connection.recv(65536), b""))
    assert heard.startswith(b"HTTP/1.1 400 ")
    head = dict(line.split(": ", 1) for line in heard.decode().partition("\r\n\r\n")[0].split("\r\n")[1:])
    named = {name.lower(): value for name, value in head.items()}
    assert {name.lower(): value for name, value in FIXED.items()}.items() <= named.items()
    assert named["cache-control"] == "no-store"
    assert named["content-security-policy"].startswith("default-src 'none'")
    assert named["connection"] == "close"


async def whose(scope, _receive, send):
    """Answers with the address that the request is taken to come from."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": f"{scope['client'][0]} {scope['scheme']}".encode()})


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [
        ([], b"127.0.0.1 http"),
        (["127.0.0.1"], b"192.0.2.7 https"),
        (["10.0.0.0/8", "127.0.0.0/24"], b"192.0.2.7 https"),
        (["10.0.0.1"], b"127.0.0.1 http"),
    ],
)
@pytest.mark.anyio
async def test_only_a_proxy_that_is_named_may_say_who_comes(proxies, seen, monkeypatch):
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")  # which uvicorn alone would heed
    config = connections.served(whose, proxies=proxies, lifespan="off")
    config.load()
    said = []
    scope = {
        "type": "http",
        "client": ("127.0.0.1", 5000),
        "scheme": "http",
        "headers": [(b"x-forwarded-for", b"192.0.2.7"), (b"x-forwarded-proto", b"https")],
    }

    async def send(message):
        said.append(message.get("body"))

    await config.loaded_app(scope, None, send)
    assert said[-1] == seen
