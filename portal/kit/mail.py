"""Sending mail: by SMTP (RFC 5321) over verified TLS, or into a folder where nobody is to be written to."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from portal.kit import private
from portal.kit.durable import write_whole
from portal.kit.hosts import is_here

TIMEOUT_S = 20.0
POLICY = b"5.7."  # RFC 3463: the server objects to us, not to the address; mended by the operator, so it is tried again


class Security(StrEnum):
    """How mail is protected on its way to the server; the schemes of PORTAL_SMTP_URL."""

    NONE = "smtp"
    STARTTLS = "smtp+starttls"
    TLS = "smtps"


USUAL_PORTS = {Security.NONE: 25, Security.STARTTLS: 587, Security.TLS: 465}


@dataclass(frozen=True)
class MailServer:
    """A mail server, and how we sign in there."""

    security: Security
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def at(cls, url: str) -> "MailServer":
        """The server of an address such as smtp+starttls://user:password@mail.example.fi:587.

        Raises ValueError.
        """
        parts = urlsplit(url)
        if parts.scheme not in set(Security) or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError("not the address of a mail server")
        security = Security(parts.scheme)
        port = parts.port or USUAL_PORTS[security]
        return cls(security, parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""))

    @property
    def is_open_on_the_way(self) -> bool:
        """Whether letters, and a password, would cross the network as they are."""
        return self.security is Security.NONE and not is_here(self.host)


class NotSent(Exception):
    """A message did not leave; the text is a code for the log and holds nothing personal."""


class NoSuchAddress(NotSent):
    """The server will never take a message to this address."""


class Carrier(Protocol):
    """Takes messages on their way, until it is closed."""

    def carry(self, message: EmailMessage) -> None:
        """Hand a message over.

        Raises NoSuchAddress where trying again is of no use, else NotSent.
        """

    def close(self) -> None:
        """Let go of whatever is held open."""


@dataclass(frozen=True)
class MailFolder:
    """A carrier that leaves each message as an .eml file, for demo and test."""

    folder: Path

    def carry(self, message: EmailMessage) -> None:
        """Write a message under the name of its Message-ID; the same message twice is one file."""
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        try:
            private.folder(self.folder)
            write_whole(self.folder / f"{name}.eml", message.as_bytes())
        except OSError as failed:
            raise NotSent(_code(failed)) from None

    def close(self) -> None:
        """Nothing is held open."""


class Smtp:
    """A carrier that keeps one connection, opened for the first message."""

    def __init__(self, server: MailServer, trust: ssl.SSLContext | None = None) -> None:
        """Take the server, and whose certificates are believed: by default, those that the system believes."""
        self._server, self._trust = server, trust
        self._client: smtplib.SMTP | None = None

    def open(self) -> None:
        """Connect and sign in, where that is not yet done.

        Raises NotSent.
        """
        try:
            self._client = self._client or _connected(self._server, self._trust or ssl.create_default_context())
        except (OSError, smtplib.SMTPException) as failed:
            raise NotSent(_code(failed)) from None

    def carry(self, message: EmailMessage) -> None:
        """Hand a message over."""
        self.open()
        assert self._client is not None  # noqa: S101 - open() has seen to it
        try:
            self._client.send_message(message)
        except smtplib.SMTPNotSupportedError:
            raise NoSuchAddress("address not supported by the server") from None
        except smtplib.SMTPRecipientsRefused as refused:
            code, words = next(iter(refused.recipients.values()))
            lost = code >= 500 and POLICY not in words
            raise (NoSuchAddress if lost else NotSent)(f"recipient refused with {code}") from None
        except (OSError, smtplib.SMTPException) as failed:
            self.close()
            raise NotSent(_code(failed)) from None

    def close(self) -> None:
        """Say good-bye, if the server still listens."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(OSError, smtplib.SMTPException):
                client.quit()
            client.close()


def _connected(server: MailServer, trust: ssl.SSLContext) -> smtplib.SMTP:
    if server.security is Security.TLS:
        client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=trust)
    else:
        client = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    try:
        if server.security is Security.STARTTLS:
            client.starttls(context=trust)
        if server.user:
            client.login(server.user, server.password)
    except (OSError, smtplib.SMTPException):
        client.close()
        raise
    return client


def _code(failed: Exception) -> str:
    """What went wrong, without the server's own words, which may repeat an address."""
    number = getattr(failed, "smtp_code", None)
    return f"{type(failed).__name__} {number}" if number else type(failed).__name__
