"""The test bank: an OpenID Provider of the Finnish Trust Network's shape, for demo and tests only.

It is as strict as a broker in what it takes, and gives what it should, unless it is told to misbehave.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache, partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from portal.auth.brokers import SecurityProfile
from portal.demo import bank_back, bank_documents, bank_front, bank_logout
from portal.demo.bank_client import Client, Registration
from portal.demo.bank_keys import BankKeys
from portal.demo.bank_memory import Bank
from portal.demo.bank_mischief import Mischief
from portal.demo.bank_registration import RegisteredClients, register
from portal.demo.people import Persona
from portal.kit import clock, outgoing
from portal.kit.html import Html
from portal.kit.outgoing import Connect

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
CLIENT_ID = "portal"


def create_bank(
    *,
    issuer: str,
    clients: Iterable[Registration],
    personas: Sequence[Persona],
    keys: BankKeys | None = None,
    connect: Connect = outgoing.connect,
    now: Callable[[], datetime] = clock.now,
) -> Starlette:
    """The bank as an ASGI app, `state.bank` being its memory. Keys are made anew unless given.

    Where its clients are those who have registered themselves, others may do so too.
    """
    at_work = {client.client_id: Client(client, connect, now) for client in clients}
    bank = Bank(issuer, at_work, personas, keys or BankKeys(issuer), _html(), connect, now)
    app = Starlette(
        routes=[*routes(bank), *(_registration(bank, clients) if isinstance(clients, RegisteredClients) else ())]
    )
    app.state.bank = bank
    return app


def of_portal(base_url: str, security: SecurityProfile = SecurityProfile.FTN, *, broker: str = "demo") -> Registration:
    """A portal of ours as the bank registers it, that knows the bank by the name of a profile."""
    return Registration(
        CLIENT_ID,
        (f"{base_url}/sign-in/return",),
        f"{base_url}/.well-known/jwks.json",
        security,
        f"{base_url}/sign-out/back-channel/{broker}",
    )


@cache
def _html() -> Html:
    return Html(TEMPLATES, lambda _language: "Test Bank")


def routes(bank: Bank) -> list[Route]:
    """Every address of the bank."""
    documents = {
        "/.well-known/openid-configuration": bank_documents.discovery,
        "/.well-known/openid-federation": bank_documents.statement,
        "/jwks": bank_documents.jwks,
        "/signed-jwks": bank_documents.signed_jwks,
        "/api/embedded-ui/{client_id}": bank_documents.wall,
        "/privacy-info": bank_documents.privacy,
        "/authorize": bank_front.authorize,
        "/test/misbehave": ways_to_misbehave,
    }
    posts = {
        "/interaction/{interaction}": bank_front.choose,
        "/par": bank_back.push,
        "/token": bank_back.token,
        "/test/misbehave": misbehave,
        "/test/sign-out": bank_logout.sign_out,
    }
    return [
        *(Route(path, partial(endpoint, bank)) for path, endpoint in documents.items()),
        *(Route(path, partial(endpoint, bank), methods=["POST"]) for path, endpoint in posts.items()),
        Route("/bank.css", css),
        Route("/favicon.ico", nothing),
    ]


def _registration(bank: Bank, known: RegisteredClients) -> list[Route]:
    return [Route("/register", partial(register, bank, known), methods=["POST"])]


async def ways_to_misbehave(bank: Bank, request: Request) -> Response:  # noqa: ARG001 - the shape of an endpoint
    """Every way in which the bank can misbehave, a line each."""
    return PlainTextResponse("".join(f"{how}\n" for how in Mischief))


async def misbehave(bank: Bank, request: Request) -> Response:
    """Be told how to misbehave: a field `how` for each way; none means to behave."""
    form = await request.form()
    try:
        bank.misbehave(*(Mischief(str(how)) for how in form.getlist("how")))
    except ValueError as unknown:
        return PlainTextResponse(f"{unknown}\n", 400)
    return PlainTextResponse("".join(f"{how}\n" for how in sorted(bank.mischief)))


async def css(request: Request) -> Response:  # noqa: ARG001 - the shape of an endpoint
    """The look of the bank's pages."""
    return Response((TEMPLATES / "demo" / "bank.css").read_text(encoding="utf-8"), media_type="text/css")


async def nothing(request: Request) -> Response:  # noqa: ARG001
    """What browsers ask for without being told to."""
    return Response(status_code=204)
