"""What the test bank remembers: who asked what, which codes are out, how it has been told to misbehave."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from portal.demo.bank_client import Client
from portal.demo.bank_keys import BankKeys
from portal.demo.bank_mischief import Mischief
from portal.demo.bank_refusal import Refusal
from portal.demo.people import Persona
from portal.kit.access import Anyone
from portal.kit.html import Here, Html, Page
from portal.kit.i18n import Language
from portal.kit.outgoing import Connect

LEVEL = "http://ftn.ficora.fi/2017/loatest2"

BANKS: Mapping[str, Mapping[Language, str]] = {
    "fi-demo": {Language.FI: "Testipankki", Language.SV: "Testbanken", Language.EN: "Test Bank"},
    "fi-saari": {Language.FI: "Saaripankki", Language.SV: "Öbanken", Language.EN: "Island Bank"},
    "fi-harju": {Language.FI: "Harjupankki", Language.SV: "Åsbanken", Language.EN: "Ridge Bank"},
    "fi-tunturi": {Language.FI: "Tunturipankki", Language.SV: "Fjällbanken", Language.EN: "Fell Bank"},
    "fi-mobile": {
        Language.FI: "Mobiili\N{SOFT HYPHEN}varmenne",
        Language.SV: "Mobil\N{SOFT HYPHEN}certifikat",
        Language.EN: "Mobile certificate",
    },
}


@dataclass(frozen=True)
class Asked:
    """What a relying party has asked for, and how the bank will behave."""

    client: Client
    request: Mapping[str, Any]
    how: frozenset[Mischief]


@dataclass
class Login:
    """One person at the bank: who asked, for what, how the bank will behave, who they turned out to be."""

    client: Client
    request: Mapping[str, Any]
    how: frozenset[Mischief]
    persona: Persona
    proved_at: datetime


@dataclass(frozen=True)
class SignedIn:
    """Somebody who has signed in to a relying party by the bank, under the names that their ID token bore."""

    client: Client
    persona: Persona
    subject: str
    session: str


@dataclass
class Bank:
    """The bank's state; it lives as long as the process."""

    issuer: str
    clients: dict[str, Client]
    personas: Sequence[Persona]
    keys: BankKeys
    html: Html
    connect: Connect
    now: Callable[[], datetime]
    mischief: set[Mischief] = field(default_factory=set)
    pushed: dict[tuple[str, str], str] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)
    codes: dict[str, Login] = field(default_factory=dict)
    signed_in: list[SignedIn] = field(default_factory=list)

    def misbehave(self, *how: Mischief) -> None:
        """Misbehave at the next login, and in documents until told otherwise; nothing means: behave again."""
        self.mischief = set(how)

    def mischief_of_one_login(self) -> frozenset[Mischief]:
        """What has been asked for the next login, which this is."""
        once = frozenset(mischief for mischief in self.mischief if not mischief.lasts)
        self.mischief -= once
        return once

    def client(self, client_id: str | None) -> Client:
        """The relying party of an id. Raises Refusal."""
        client = self.clients.get(client_id or "")
        if client is None:
            raise Refusal("invalid_client", "client_id")
        return client

    def page(self, request: Request, page: Page, language: Language, leads_to: Sequence[str] = ()) -> Response:
        """A page of the bank's own; its form leads back to who has asked and nowhere else."""
        here = Here(language, request.url.path, str(request.url), "", "", Anyone())
        forms = " ".join(("'self'", *leads_to))
        policy = f"default-src 'none'; style-src 'self'; form-action {forms}; base-uri 'none'"
        headers = {"Content-Security-Policy": f"{policy}; frame-ancestors 'none'", "Cache-Control": "no-store"}
        return HTMLResponse(self.html.render(page, here), page.status, headers)
