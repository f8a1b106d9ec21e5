"""A post office for tests: a real SMTP server (RFC 5321) on 127.0.0.1, with STARTTLS, TLS, passwords and bad moods."""

import asyncio
import ipaddress
import ssl
import threading
import time
from datetime import timedelta
from email import message_from_bytes, policy
from enum import StrEnum
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.kit import clock
from portal.kit.mail import Security
from portal.outbox.letters import Signature
from tests.running import PATIENCE_S

SIGNATURE = Signature(
    lambda language: f"Esimerkki Energia {language} – åäö", "palvelu@example.fi", "https://portal.test"
)
"""In whose name the letters of tests go out."""


class Mood(StrEnum):
    """How the post office answers to a recipient; the words are SMTP's."""

    KIND = "250 OK"
    UNKNOWN = "550 5.1.1 No such user here"
    BUSY = "451 4.3.0 Try again later"
    RUDE = ""  # hangs up without a word


class Post:
    """Takes letters for as long as the block lasts; `letters` are those taken so far, as email messages."""

    def __init__(self, security=Security.NONE, mood=Mood.KIND):
        self.security, self.mood = security, mood
        self.letters, self.recipients, self.passwords = [], [], []

    @property
    def url(self):
        return f"{self.security}://127.0.0.1:{self.port}"

    def wait_for(self, number):
        """The letters, once so many have come."""
        ends = time.monotonic() + PATIENCE_S
        while len(self.letters) < number and time.monotonic() < ends:
            time.sleep(0.02)
        assert len(self.letters) >= number, f"{len(self.letters)} of {number} letters came"
        return self.letters

    def __enter__(self):
        started = threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._open(started),))
        self._thread.start()
        assert started.wait(PATIENCE_S)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join()

    async def _open(self, started):
        self._loop, self._closing, self._talks = asyncio.get_running_loop(), asyncio.Event(), set()
        tls = _own_tls() if self.security is Security.TLS else None
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await self._closing.wait()
        server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _talk(self, reader, writer):
        self._talks.add(asyncio.current_task())
        try:
            await self._converse(reader, writer)
        except (ConnectionError, ssl.SSLError, asyncio.CancelledError):
            pass
        finally:
            self._talks.discard(asyncio.current_task())
            writer.close()

    async def _converse(self, reader, writer):
        writer.write(b"220 post.test ESMTP\r\n")
        while line := (await reader.readline()).decode().strip():
            verb, rest = line[:4].upper(), line[5:]
            if verb == "DATA":
                await self._take(reader, writer)
                continue
            answer = self._answer(verb, rest)
            if not answer:
                return
            writer.write(answer.replace("\n", "\r\n").encode() + b"\r\n")
            if verb == "STAR":  # TTLS
                await writer.start_tls(_own_tls())

    def _answer(self, verb, rest):
        """What is said to a command; nothing means that the line is cut."""
        match verb:
            case "EHLO":
                offer = "250-STARTTLS\n" if self.security is Security.STARTTLS else ""
                return f"250-post.test\n{offer}250 AUTH PLAIN"
            case "AUTH":
                self.passwords.append(rest)
                return "235 Welcome"
            case "RCPT":
                self.recipients.append(rest)
                return self.mood
        return "220 Go ahead" if verb == "STAR" else "250 OK"

    async def _take(self, reader, writer):
        writer.write(b"354 Go ahead\r\n")
        body = await reader.readuntil(b"\r\n.\r\n")
        self.letters.append(message_from_bytes(body[:-3].replace(b"\n..", b"\n."), policy=policy.default))
        writer.write(b"250 Taken\r\n")


@pytest.fixture
def post():
    """A post office without TLS that takes every letter."""
    with Post() as office:
        yield office


def trust() -> ssl.SSLContext:
    """What a client needs to believe this post office."""
    return ssl.create_default_context(cadata=_certificate()[0].decode())


def _own_tls():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "post.pem"
        file.write_bytes(b"".join(_certificate()))
        context.load_cert_chain(file)
    return context


@cache
def _certificate():
    """A certificate for 127.0.0.1 that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "post.test")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return certificate.public_bytes(pem), private
