"""Proof that we hold the key to which the broker binds its access token (DPoP, RFC 9449).

The access token is dropped as soon as it has come, so the key lives for one token call and is kept nowhere.
"""

import re
import secrets
from collections.abc import Callable, Generator
from datetime import datetime

import httpx2
from joserfc import jwt
from joserfc.jwk import ECKey

from portal.auth.oidc.envelope import json_object
from portal.auth.reasons import Reason, Stopped

ALG = "ES256"
TYPE = "dpop+jwt"
HEADER = "DPoP"
TOKEN_TYPE = "dpop"  # noqa: S105 - a kind
NONCE_WANTED = "use_dpop_nonce"
REFUSALS = (NONCE_WANTED, "invalid_dpop_proof")
NONCE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,512}")  # NQCHAR (RFC 9449, 8.1), and no more than a header bears


class Proofs:
    """The proofs of one token call, by a key that is made for it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._key, self._now = ECKey.generate_key("P-256"), now

    def proof(self, method: str, address: str, nonce: str | None) -> str:
        """A new proof for one request (RFC 9449, 4.2); `nonce` is what the server has asked for, if it has."""
        header = {"typ": TYPE, "alg": ALG, "jwk": self._key.as_dict(private=False)}
        to = httpx2.URL(address).copy_with(query=None, fragment=None)
        said = {"jti": secrets.token_urlsafe(24), "htm": method, "htu": str(to), "iat": int(self._now().timestamp())}
        return jwt.encode(header, said | ({"nonce": nonce} if nonce else {}), self._key)


class Proved(httpx2.Auth):
    """A client's authentication with a proof beside it.

    Where the server asks for a nonce of its own it is asked once more, with a new assertion (RFC 9449, 8).
    """

    requires_request_body = True
    requires_response_body = True

    def __init__(self, client: httpx2.Auth, proofs: Proofs) -> None:
        self._client, self._proofs = client, proofs

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """The request with its proof, and a second one where the answer asks for it."""
        answer = yield self._with_proof(request, None)
        nonce = wanted_nonce(answer)
        if nonce is not None:
            yield self._with_proof(request, nonce)

    def _with_proof(self, request: httpx2.Request, nonce: str | None) -> httpx2.Request:
        proved = next(self._client.auth_flow(request))
        proved.headers[HEADER] = self._proofs.proof(request.method, str(request.url), nonce)
        return proved


def wanted_nonce(answer: httpx2.Response) -> str | None:
    """The nonce that a token endpoint asks for, if it does and names one that can be sent."""
    nonce = answer.headers.get("DPoP-Nonce", "")
    return nonce if said_error(answer) == NONCE_WANTED and NONCE.fullmatch(nonce) else None


def said_error(answer: httpx2.Response) -> object:
    """The error of an answer that refuses (RFC 6749, 5.2); None where it has none."""
    if answer.status_code not in {httpx2.codes.BAD_REQUEST, httpx2.codes.UNAUTHORIZED}:
        return None
    try:
        return json_object(answer.content, Reason.TOKEN_ANSWER).get("error")
    except Stopped:
        return None
