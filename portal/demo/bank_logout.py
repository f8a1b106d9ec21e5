"""Somebody signs out at the test bank: it tells every relying party to which they had signed in by it."""

import secrets
from collections.abc import Set as AbstractSet

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from portal.demo.bank_back import keys_for
from portal.demo.bank_memory import Bank, SignedIn
from portal.demo.bank_mischief import LOGOUT, Claims, Mischief
from portal.demo.bank_tokens import id_token, logout_token

VALID_S = 120


async def sign_out(bank: Bank, request: Request) -> Response:
    """Sign out whoever the field `persona` names by their identity code; a line for each answer to a logout token."""
    form, how = await request.form(), bank.mischief_of_one_login()
    leaving = [one for one in bank.signed_in if one.persona.identity_code == form.get("persona")]
    bank.signed_in = [one for one in bank.signed_in if one not in leaving]
    answers = [answer for one in leaving for answer in await _tell(bank, one, how)]
    return PlainTextResponse("".join(f"{answer}\n" for answer in answers))


async def _tell(bank: Bank, one: SignedIn, how: AbstractSet[Mischief]) -> list[str]:
    keys = await keys_for(bank, one.client)
    write = id_token if Mischief.LOGOUT_AN_ID_TOKEN in how else logout_token
    token = write(_claims(bank, one, how), keys, how)
    return [await one.client.tell(token) for _ in range(2 if Mischief.LOGOUT_TWICE in how else 1)]


def _claims(bank: Bank, one: SignedIn, how: AbstractSet[Mischief]) -> Claims:
    """As OpenID Connect Back-Channel Logout 1.0, 2.4 has them: the person, or one session of theirs."""
    now = int(bank.now().timestamp())
    said: Claims = {"iss": bank.issuer, "aud": one.client.client_id, "iat": now, "exp": now + VALID_S}
    said |= {"sid": one.session} if Mischief.LOGOUT_BY_SESSION in how else {"sub": one.subject}
    if Mischief.LOGOUT_AN_ID_TOKEN in how:
        return said | {"nonce": secrets.token_urlsafe(16)}
    return said | {"jti": secrets.token_urlsafe(16), "events": {LOGOUT: {}}}
