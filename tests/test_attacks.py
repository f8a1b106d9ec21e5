"""What a hostile pair of eyes has tried, and what once gave way."""

import io
import socket
import zipfile
from contextlib import closing
from threading import Thread

import httpx2
import pytest
import uvicorn

from portal import app
from portal.auth.oidc import client
from portal.auth.reasons import Reason, Stopped
from portal.feeds import sources
from portal.feeds.sources import NotAFeed
from portal.kit.connections import served
from portal.kit.db import Database
from tests.running import PATIENCE_S
from tests.settings import settings

SIGN_OUT = (
    b"POST /sign-out HTTP/1.1\r\nHost: portal.test\r\nSec-Fetch-Site: same-origin\r\n"
    b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
)
SMUGGLED = b"GET /livez HTTP/1.1\r\nHost: portal.test\r\n\r\n"
STRANGE = {
    "no number at all": b'{"id_token": "a.b.c.d.e", "token_type": "Bearer", "expires_in": 1e400}',
    "a list": b'{"id_token": "a.b.c.d.e", "token_type": "Bearer", "expires_at": []}',
    "an object": b'{"id_token": "a.b.c.d.e", "token_type": "Bearer", "expires_in": {}}',
}


@pytest.fixture
def port(sqlite_url):
    """Where the portal answers, served as it is in the field."""
    portal = app.create_app(settings(), Database(sqlite_url))
    server = uvicorn.Server(served(portal, lifespan="off"))
    listening = socket.create_server(("127.0.0.1", 0))
    serving = Thread(target=server.run, kwargs={"sockets": [listening]})
    serving.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    serving.join()


def test_a_request_with_two_lengths_is_refused_and_nothing_after_it_is_read(port):
    with closing(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)) as caller:
        caller.sendall(SIGN_OUT + SMUGGLED)
        answers = b"".join(iter(lambda: caller.recv(65536), b""))
    assert answers.startswith(b"HTTP/1.1 400 ")
    assert answers.count(b"HTTP/1.1 ") == 1


@pytest.mark.anyio
@pytest.mark.parametrize("answer", STRANGE.values(), ids=STRANGE)
async def test_of_a_brokers_answer_only_what_is_needed_is_read(answer):
    bank = httpx2.MockTransport(lambda _: httpx2.Response(200, content=answer))
    credentials = client.Credentials("portal", lambda: "assertion", lambda: bank)
    grant = client.Grant("code", "https://portal.test/sign-in/return", "verifier")
    granted = await client.exchange(credentials, "https://bank.test/token", grant)
    assert granted == client.Granted("a.b.c.d.e", access_token=None)


@pytest.mark.anyio
async def test_an_error_beside_an_id_token_is_an_error():
    answer = b'{"id_token": "a.b.c.d.e", "error": "invalid_grant"}'
    bank = httpx2.MockTransport(lambda _: httpx2.Response(200, content=answer))
    credentials = client.Credentials("portal", lambda: "assertion", lambda: bank)
    grant = client.Grant("code", "https://portal.test/sign-in/return", "verifier")
    with pytest.raises(Stopped) as stopped:
        await client.exchange(credentials, "https://bank.test/token", grant)
    assert stopped.value.reason is Reason.CODE_REFUSED


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return bytearray(packed.getvalue())


def test_a_bomb_under_another_name_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "MOST_BYTES", 1000)
    (tmp_path / "a.zip").write_bytes(zipped(("rows.jsonl", b"{}\n"), ("readme.txt", bytes(1001))))
    with pytest.raises(NotAFeed, match="holds more than is taken at once"):
        sources.found([tmp_path])


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_both_read(tmp_path):
    (tmp_path / "a.zip").write_bytes(zipped(("rows.jsonl", b"1\n"), ("rows.jsonl", b"2\n")))
    assert [list(source.lines()) for source in sources.found([tmp_path])] == [[b"1"], [b"2"]]


def test_a_members_name_moves_no_cursor(tmp_path):
    (tmp_path / "a.zip").write_bytes(zipped(("a\x1b[2J\nb.jsonl", b"{}\n")))
    assert [source.name for source in sources.found([tmp_path])] == ["a.zip.a[2Jb.jsonl"]


def test_a_damaged_lzma_archive_is_named_as_damaged(tmp_path):
    packed = zipped(("rows.jsonl", b'{"number": "1"}\n' * 1000), method=zipfile.ZIP_LZMA)
    packed[60] ^= 255
    (tmp_path / "a.zip").write_bytes(packed)
    with pytest.raises(NotAFeed, match="damaged"):
        sources.found([tmp_path])
