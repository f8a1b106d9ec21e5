"""Authlib's OAuth client as brokers need it: the token call and the pushed request, each authenticated by a new JWT.

Authlib 1.9 repeats one jti in `PrivateKeyJWT(claims=...)` and names no key, so signing is ours; it has no DPoP, so the
proofs are ours too (`dpop.py`). The rest is Authlib's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import anyio
import httpx2
from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError
from authlib.oauth2.rfc7523 import PrivateKeyJWT

from portal.auth.oidc import dpop
from portal.auth.oidc.dpop import Proofs, Proved
from portal.auth.oidc.envelope import json_object
from portal.auth.reasons import Reason, Stopped, demand
from portal.kit.outgoing import KIB, Bounded, Connect

TOKEN_CALL_S = 10.0
PUSH_S = 5.0
LARGEST_ANSWER = 64 * KIB
PRIVATE_KEY_JWT = "private_key_jwt"
BEARER = "bearer"
REFUSED = {httpx2.codes.BAD_REQUEST, httpx2.codes.UNAUTHORIZED}


@dataclass(frozen=True)
class Credentials:
    """Who calls, how, and what proves it; `assertion` makes a new one at each call."""

    client_id: str
    assertion: Callable[[], str]
    connect: Connect
    proofs: Proofs | None = None  # where the access token is bound to a key


@dataclass(frozen=True)
class Grant:
    """What an ID token is given for."""

    code: str
    redirect_uri: str
    verifier: str | None  # the PKCE verifier, where the broker uses PKCE


@dataclass(frozen=True)
class Granted:
    """What a code was worth. The access token is for holding the ID token against it, and for nothing else."""

    id_token: str
    access_token: str | None


async def exchange(credentials: Credentials, endpoint: str, grant: Grant) -> Granted:
    """The tokens for a code: one call of at most ten seconds, no redirect. Raises Stopped.

    There is a second try in one case only: the broker wants its own nonce in the proof that our key is ours.
    """
    proof = {"code_verifier": grant.verifier} if grant.verifier else {}
    try:
        with anyio.fail_after(TOKEN_CALL_S):
            async with _Client.of(credentials, TOKEN_CALL_S) as client:
                answer = await client.fetch_token(
                    endpoint,
                    auth=client.proof_of_client(),
                    grant_type="authorization_code",
                    code=grant.code,
                    redirect_uri=grant.redirect_uri,
                    **proof,
                )
    except OAuthError:
        raise Stopped(Reason.CODE_REFUSED) from None
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError):
        raise Stopped(Reason.TOKEN_CALL) from None
    return _granted(answer, BEARER if credentials.proofs is None else dpop.TOKEN_TYPE)


async def push(credentials: Credentials, endpoint: str, request: str) -> str:
    """The address under which the broker keeps a pushed request (RFC 9126, 2.2). Raises Stopped."""
    try:
        with anyio.fail_after(PUSH_S):
            async with _Client.of(credentials, PUSH_S) as client:
                form = {"client_id": credentials.client_id, "request": request}
                answer = await client.post(endpoint, data=form, auth=client.client_auth(PRIVATE_KEY_JWT))
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError):
        raise Stopped(Reason.PUSH) from None
    given = json_object(answer.content, Reason.PUSH).get("request_uri")
    if answer.status_code != httpx2.codes.CREATED or not isinstance(given, str):
        raise Stopped(Reason.PUSH)
    return given


def _granted(answer: Mapping[str, Any], agreed: str) -> Granted:
    """The tokens in an answer of the agreed kind, in any case (RFC 6749, 5.1; RFC 9449, 5)."""
    match answer:
        case {"id_token": str(id_token), "token_type": str(kind)}:
            demand(kind.lower() == agreed, Reason.TOKEN_TYPE)
            access_token = answer.get("access_token")
            return Granted(id_token, access_token if isinstance(access_token, str) else None)
        case {"id_token": str()}:
            raise Stopped(Reason.TOKEN_TYPE)
        case _:
            raise Stopped(Reason.TOKEN_ANSWER)


class _Client(AsyncOAuth2Client):  # type: ignore[misc]  # Authlib has no types
    """A client for one call; whatever it learns goes with it."""

    proofs: Proofs | None

    @classmethod
    def of(cls, credentials: Credentials, seconds: float) -> Self:
        client = cls(
            client_id=credentials.client_id,
            token_endpoint_auth_method=PRIVATE_KEY_JWT,
            transport=Bounded(credentials.connect(), LARGEST_ANSWER),
            timeout=seconds,
            follow_redirects=False,
        )
        client.register_client_auth_method(_AlwaysNew(credentials.assertion))
        client.proofs = credentials.proofs
        return client

    def proof_of_client(self) -> httpx2.Auth:
        """Who calls, and that they hold the key to which the token is to be bound, where it is."""
        client = self.client_auth(PRIVATE_KEY_JWT)
        return client if self.proofs is None else Proved(client, self.proofs)

    def parse_response_token(self, response: httpx2.Response) -> Mapping[str, Any]:
        """Read the status before the body; brokers differ in the error's name, so it is not read.

        Nor is anything that we do not need: Authlib stumbles over an `expires_in` that is no number.
        """
        demand(self.proofs is None or dpop.said_error(response) not in dpop.REFUSALS, Reason.DPOP)
        if response.status_code in REFUSED:
            raise OAuthError(str(response.status_code))
        response.raise_for_status()
        answer = json_object(response.content, Reason.TOKEN_ANSWER)
        demand("error" not in answer, Reason.CODE_REFUSED)
        return answer


class _AlwaysNew(PrivateKeyJWT):  # type: ignore[misc]  # Authlib has no types
    """Authlib's private_key_jwt with an assertion that is made for this one call and names its key."""

    def __init__(self, assertion: Callable[[], str]) -> None:
        super().__init__()
        self._assertion = assertion

    def sign(self, auth: object, token_endpoint: str) -> str:  # noqa: ARG002 - Authlib's signature
        return self._assertion()
