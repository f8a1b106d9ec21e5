"""The test bank's front channel: a signed request comes in, a person says who they are, an answer goes back."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from portal.auth.brokers import SecurityProfile
from portal.demo.bank_client import Client
from portal.demo.bank_memory import BANKS, Asked, Bank, Login
from portal.demo.bank_mischief import STRANGER, Mischief
from portal.demo.bank_refusal import Refusal
from portal.demo.people import Persona
from portal.kit.html import Page
from portal.kit.i18n import choose as choose_language

Parameters = list[tuple[str, str]]


@dataclass(frozen=True)
class Choose(Page):
    """Who are you today? A button for each persona, and one to cancel."""

    template = "demo/bank.html"
    bank: str
    service: str
    personas: Sequence[Persona]
    action: str


@dataclass(frozen=True)
class Refused(Page):
    """Why the bank does not even ask."""

    template = "demo/refused.html"
    status = 400
    says: str


async def authorize(bank: Bank, request: Request) -> Response:
    """Take a signed request and ask who it is."""
    try:
        client = bank.client(request.query_params.get("client_id"))
        said = await _request(bank, client, dict(request.query_params))
    except Refusal as refusal:
        language = choose_language(None, request.headers.get("accept-language"))
        return bank.page(request, Refused(str(refusal)), language)
    interaction = secrets.token_urlsafe(16)
    bank.asked[interaction] = Asked(client, said, bank.mischief_of_one_login())
    language = choose_language(said["ui_locales"], None)
    chosen = BANKS.get(str(said.get("ftn_idp_id", "")), BANKS["fi-demo"])
    page = Choose(chosen[language], str(said.get("ftn_spname", "")), bank.personas, f"/interaction/{interaction}")
    return bank.page(request, page, language, client.registered.origins)


async def choose(bank: Bank, request: Request) -> Response:
    """Take the person's choice and send them back to the portal."""
    asked = bank.asked.pop(request.path_params["interaction"], None)
    if asked is None:
        return PlainTextResponse("This login is over.", 400)
    form = await request.form()
    persona = next((one for one in bank.personas if one.identity_code == form.get("persona")), None)
    if persona is None:
        return _back(bank, asked, {"error": "cancel", "error_description": "user cancel"})
    code = secrets.token_urlsafe(24)
    bank.codes[code] = Login(asked.client, asked.request, asked.how, persona, bank.now())
    return _back(bank, asked, {"code": code})


async def _request(bank: Bank, client: Client, given: Mapping[str, str]) -> Mapping[str, Any]:
    """The claims of the request, by value or pushed before; beside it only the client id is taken.

    In FAPI 2.0 it is pushed always (5.3.2.2).
    """
    match sorted(given):
        case ["client_id", "request"] if client.registered.security is SecurityProfile.FTN:
            return await client.request(given["request"], bank.issuer)
        case ["client_id", "request_uri"] if (client.client_id, given["request_uri"]) in bank.pushed:
            return await client.request(bank.pushed.pop((client.client_id, given["request_uri"])), bank.issuer)
        case names:
            raise Refusal("invalid_request", f"not a client_id and one known request: {names}")


def _back(bank: Bank, asked: Asked, answer: Mapping[str, str]) -> Response:
    parameters = [*answer.items(), ("state", asked.request["state"]), ("iss", bank.issuer)]
    for mischief in asked.how & BACK.keys():
        parameters = BACK[mischief](parameters)
    return RedirectResponse(f"{asked.request['redirect_uri']}?{urlencode(parameters)}", 303)


def _without(*names: str) -> Callable[[Parameters], Parameters]:
    return lambda parameters: [(name, value) for name, value in parameters if name not in names]


def _with(name: str, value: str) -> Callable[[Parameters], Parameters]:
    return lambda parameters: [*_without(name)(parameters), (name, value)]


BACK: Mapping[Mischief, Callable[[Parameters], Parameters]] = {
    Mischief.ANSWER_ISS_WRONG: _with("iss", STRANGER),
    Mischief.ANSWER_ISS_MISSING: _without("iss"),
    Mischief.ANSWER_STATE_WRONG: _with("state", "of-somebody-else"),
    Mischief.ANSWER_STATE_MISSING: _without("state"),
    Mischief.ANSWER_STATE_TWICE: lambda parameters: [*parameters, ("state", "another")],
    Mischief.ANSWER_CODE_AND_ERROR: _with("error", "access_denied"),
    Mischief.ANSWER_NEITHER: _without("code"),
    Mischief.ANSWER_ERROR: lambda parameters: _with("error", "server_error")(_without("code")(parameters)),
    Mischief.ANSWER_CODE_WRONG: _with("code", "of-somebody-else"),
    Mischief.ANSWER_CODE_LONG: _with("code", "c" * 50_000),
    Mischief.ANSWER_STATE_LONG: _with("state", "s" * 2001),
    Mischief.ANSWER_IN_A_JWT: lambda _: [("response", "eyJhbGciOiJub25lIn0.e30.")],
}
