"""Relying parties register themselves with a test bank that stands alone (RFC 7591).

What they said is kept as they said it, a file each, so that their ids last as long as the bank's folder.
"""

import json
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from portal.auth.brokers import SecurityProfile, Url
from portal.auth.oidc.envelope import json_object
from portal.auth.reasons import Reason, Stopped
from portal.demo.bank_client import Client, Registration
from portal.demo.bank_memory import Bank
from portal.demo.bank_refusal import Refusal, demand
from portal.kit import private

MOST_ADDRESSES = 20
URL = TypeAdapter(Url)
INVALID = "invalid_client_metadata"


class RegisteredClients:
    """The relying parties of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __iter__(self) -> Iterator[Registration]:
        """Each that has registered. Raises Refusal for a file that nobody could have sent."""
        for path in sorted(self._folder.glob("*.json")):
            yield registration(path.stem, json.loads(path.read_text(encoding="utf-8")))

    def add(self, said: Mapping[str, Any]) -> Registration:
        """Take one in, under a new id. Raises Refusal."""
        client_id = f"rp-{secrets.token_hex(8)}"
        registered = registration(client_id, said)
        private.folder(self._folder)
        (self._folder / f"{client_id}.json").write_text(json.dumps(said, indent=1), encoding="utf-8")
        return registered


def registration(client_id: str, said: Mapping[str, Any]) -> Registration:
    """What a relying party says of itself (RFC 7591, 2), as far as the bank asks. Raises Refusal."""
    addresses = said.get("redirect_uris")
    if not isinstance(addresses, list) or not 0 < len(addresses) <= MOST_ADDRESSES:
        raise Refusal("invalid_redirect_uri", f"redirect_uris: a list of 1 to {MOST_ADDRESSES} addresses")
    method = said.get("token_endpoint_auth_method", "private_key_jwt")
    demand(method == "private_key_jwt", INVALID, "token_endpoint_auth_method: private_key_jwt")
    bound = said.get("dpop_bound_access_tokens", False)
    demand(isinstance(bound, bool), INVALID, "dpop_bound_access_tokens: true or false")
    logout = said.get("backchannel_logout_uri")
    return Registration(
        client_id,
        tuple(_address(one, "invalid_redirect_uri", "redirect_uris") for one in addresses),
        _keys(said),
        SecurityProfile.FAPI2 if bound else SecurityProfile.FTN,
        None if logout is None else _address(logout, INVALID, "backchannel_logout_uri"),
    )


async def register(bank: Bank, known: RegisteredClients, request: Request) -> Response:
    """Take a relying party in: 201 with its id, 400 with what is wrong (RFC 7591, 3.2)."""
    try:
        said = json_object(await request.body(), Reason.PARAMETERS)
        registered = known.add(said)
    except Stopped:
        return JSONResponse({"error": INVALID, "error_description": "not a JSON object"}, 400)
    except Refusal as refusal:
        return JSONResponse({"error": refusal.error, "error_description": refusal.says}, 400)
    bank.clients[registered.client_id] = Client(registered, bank.connect, bank.now)
    agreed = {
        "client_id": registered.client_id,
        "client_id_issued_at": int(bank.now().timestamp()),
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": registered.signing_algs[0],
        "request_object_signing_alg": registered.signing_algs[0],
        "id_token_signed_response_alg": registered.signed_response_alg,
    }
    return JSONResponse({**said, **agreed}, 201, {"Cache-Control": "no-store"})


def _address(said: object, error: str, name: str) -> str:
    try:
        return URL.validate_python(said)
    except ValidationError:
        raise Refusal(error, f"{name}: absolute addresses without a fragment") from None


def _keys(said: Mapping[str, Any]) -> str | KeySet:
    """Its key set, or the address of it: one of both."""
    jwks, at = said.get("jwks"), said.get("jwks_uri")
    demand((jwks is None) != (at is None), INVALID, "jwks or jwks_uri: one of both")
    if jwks is None:
        return _address(at, INVALID, "jwks_uri")
    try:
        return KeySet.import_key_set(jwks)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise Refusal(INVALID, "jwks: a JWK set with an RSA key to encrypt for and one to sign with") from None
