"""The test bank's back channel: pushed requests, and one ID token for a code, for the client that proves itself."""

import asyncio
import gzip
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.util import urlsafe_b64encode
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from portal.auth.oidc.request import challenge
from portal.auth.rules import TEST_PEOPLE, identity_code
from portal.demo.bank_client import Client, called
from portal.demo.bank_memory import LEVEL, Bank, Login, SignedIn
from portal.demo.bank_mischief import BIRTH_DATE, IDENTITY_CODE, Change, Claims, Mischief, replaced, without
from portal.demo.bank_refusal import Refusal
from portal.demo.bank_tokens import Keys, id_token

CODE_VALID = timedelta(seconds=60)
TOKEN_VALID_S = 600
PUSHED_VALID_S = 90
PUSHED_PREFIX = "urn:ietf:params:oauth:request_uri:"
HANGS_S = 60.0


async def push(bank: Bank, request: Request) -> Response:
    """Keep a request for a short while (RFC 9126)."""
    if Mischief.PUSH_FAILS in bank.mischief:
        return JSONResponse({"error": "temporarily_unavailable"}, 503)
    if Mischief.PUSH_STRANGE in bank.mischief:
        return JSONResponse({"request_uri": 7}, 201)
    form = await _form(request)
    try:
        client = await _authenticated(bank, form)
    except Refusal as refusal:
        return _refused(refusal)
    uri = PUSHED_PREFIX + secrets.token_urlsafe(24)
    bank.pushed[client.client_id, uri] = form.get("request", "")
    return JSONResponse({"request_uri": uri, "expires_in": PUSHED_VALID_S}, 201)


async def token(bank: Bank, request: Request) -> Response:
    """Give the ID token for a code."""
    form = await _form(request)
    try:
        client = await _authenticated(bank, form)
        if client.is_bound:
            how = bank.codes[form["code"]].how if form.get("code") in bank.codes else frozenset[Mischief]()
            client.proofs.check(request.headers.get("dpop"), "POST", f"{bank.issuer}/token", how)
        login = _redeemed(bank, client, form)
    except Refusal as refusal:
        return _refused(refusal)
    if Mischief.TOKEN_HANGS in login.how:
        await asyncio.sleep(HANGS_S)
    for mischief in login.how & STRANGE_ANSWERS.keys():
        return STRANGE_ANSWERS[mischief]()
    return JSONResponse(await _answer(bank, login), headers={"Cache-Control": "no-store"})


async def _authenticated(bank: Bank, form: Mapping[str, str]) -> Client:
    """The relying party that really sent a form. Raises Refusal."""
    client = bank.client(called(form))
    await client.authenticate(form, bank.issuer)
    return client


def _redeemed(bank: Bank, client: Client, form: Mapping[str, str]) -> Login:
    """The login that a code stands for. OP says invalid_request, not invalid_grant, for a used code."""
    login = bank.codes.pop(form.get("code", ""), None)
    if login is None or login.client is not client or Mischief.TOKEN_CODE_USED in login.how:
        raise Refusal("invalid_request", "the code is unknown or used")
    if form.get("grant_type") != "authorization_code" or bank.now() > login.proved_at + CODE_VALID:
        raise Refusal("invalid_grant", "the code is too old")
    if form.get("redirect_uri") != login.request["redirect_uri"]:
        raise Refusal("invalid_grant", "redirect_uri")
    if not hmac.compare_digest(challenge(form.get("code_verifier", "")), login.request["code_challenge"]):
        raise Refusal("invalid_grant", "code_verifier")
    return login


async def _answer(bank: Bank, login: Login) -> dict[str, object]:
    if Mischief.KEY_ROTATED_JUST_BEFORE in login.how:
        bank.keys.rotate()
    keys = await keys_for(bank, login.client)
    access_token = secrets.token_urlsafe(24)
    claims = _claims(bank, login) | {"at_hash": half_hash(access_token)}
    bank.signed_in.append(SignedIn(login.client, login.persona, str(claims["sub"]), str(claims["sid"])))
    answer: dict[str, object] = {
        "access_token": access_token,
        "token_type": "DPoP" if login.client.is_bound else "Bearer",
        "expires_in": TOKEN_VALID_S,
        "id_token": id_token(claims, keys, login.how),
    }
    for mischief in login.how & CHANGED_ANSWERS.keys():
        CHANGED_ANSWERS[mischief](answer)
    return answer


async def keys_for(bank: Bank, client: Client) -> Keys:
    """By which keys the bank writes tokens for a relying party now."""
    client_key = await client.encryption_key()
    public = client_key.public_key
    assert isinstance(public, rsa.RSAPublicKey)  # noqa: S101 - what an RSAKey holds
    alg = client.registered.signed_response_alg
    return Keys(alg, bank.keys.of(alg), public, str(client_key.kid), str(client_key.get("alg")))


def half_hash(token: str) -> str:
    """The left half of a token's SHA-256 (OpenID Connect Core 1.0, 3.1.3.6)."""
    return urlsafe_b64encode(hashlib.sha256(token.encode()).digest()[:16]).decode()


def _claims(bank: Bank, login: Login) -> Claims:
    who, now = login.persona, int(bank.now().timestamp())
    return {
        "iss": bank.issuer,
        "sub": secrets.token_urlsafe(16),
        "sid": secrets.token_urlsafe(16),
        "aud": login.client.client_id,
        "iat": now,
        "exp": now + TOKEN_VALID_S,
        "auth_time": int(login.proved_at.timestamp()),
        "nonce": login.request["nonce"],
        "acr": LEVEL,
        "amr": ["test-bank"],
        IDENTITY_CODE: who.identity_code,
        BIRTH_DATE: identity_code(who.identity_code, TEST_PEOPLE).born.isoformat(),
        "urn:oid:2.5.4.4": who.family_name,
        "urn:oid:1.2.246.575.1.14": who.given_names,
        "urn:oid:2.16.840.1.113730.3.1.241": f"{who.family_name} {who.given_names}",
    }


def _refused(refusal: Refusal) -> Response:
    status = 401 if refusal.error == "invalid_client" else 400
    headers = {"DPoP-Nonce": refusal.nonce} if refusal.nonce else {}
    return JSONResponse({"error": refusal.error, "error_description": refusal.says}, status, headers)


async def _form(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


OTHER_TYPES = {"Bearer": "DPoP", "DPoP": "Bearer"}
CHANGED_ANSWERS: Mapping[Mischief, Change] = {
    Mischief.TOKEN_TYPE_MAC: replaced(token_type="mac"),  # noqa: S106 - a kind
    Mischief.TOKEN_TYPE_MISSING: without("token_type"),
    Mischief.TOKEN_TYPE_IN_CAPITALS: lambda answer: answer.update(token_type=f"{answer['token_type']}".upper()),
    Mischief.TOKEN_TYPE_OTHER: lambda answer: answer.update(token_type=OTHER_TYPES[f"{answer['token_type']}"]),
    Mischief.TOKEN_WITHOUT_EXPIRES_IN: without("expires_in"),
    Mischief.TOKEN_WITHOUT_ACCESS_TOKEN: without("access_token"),
}
STRANGE_ANSWERS: Mapping[Mischief, Callable[[], Response]] = {
    Mischief.TOKEN_FAILS: lambda: PlainTextResponse("out of order", 500),
    Mischief.TOKEN_REDIRECTS: lambda: RedirectResponse("/token", 307),
    Mischief.TOKEN_HUGE: lambda: JSONResponse({"id_token": "a" * 100_000}),
    Mischief.TOKEN_COMPRESSED: lambda: Response(
        gzip.compress(b'{"id_token": "a.b.c.d.e"}'), headers={"Content-Encoding": "gzip"}
    ),
    Mischief.TOKEN_NOT_JSON: lambda: PlainTextResponse("Have a nice day"),
    Mischief.TOKEN_DEEP: lambda: Response("[" * 30_000),
    Mischief.TOKEN_A_LIST: lambda: JSONResponse(["id_token"]),
    Mischief.TOKEN_WITHOUT_ID_TOKEN: lambda: JSONResponse({"access_token": "a", "token_type": "Bearer"}),
}
