"""The two layers around an ID token's claims: encrypted for us (JWE, RFC 7516), signed by the broker (JWS, RFC 7515).

What a header says never widens what the profile allows, and a key in a header is never used.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry, decrypt_compact
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry, deserialize_compact
from joserfc.util import urlsafe_b64decode

from portal.auth.brokers import BrokerProfile
from portal.auth.oidc.claims import Claims
from portal.auth.reasons import Reason, Stopped, demand

LONGEST_HEADER = 16_384  # certificates in a header are passed over, not choked on
TYPES = (None, "jwt")  # of a token that is nothing but an ID token; media types have no case (RFC 7515, 4.1.9)
LOGOUT_TYPES = (*TYPES, "logout+jwt")  # OpenID Connect Back-Channel Logout 1.0, 2.4
REPEATED = ("iss", "aud")  # claims that may stand in the outer header too (RFC 7519, 5.3)

Header = dict[str, Any]


class _Encryption(JWERegistry):
    max_protected_header_length = LONGEST_HEADER


class _Signature(JWSRegistry):
    max_header_length = LONGEST_HEADER
    max_payload_length = 262_144


@dataclass(frozen=True)
class Unsealed:
    """A decrypted token: the outer header, and the signed token inside, not yet verified."""

    header: Header
    signed: str


def unseal(token: str, profile: BrokerProfile, ours: Sequence[RSAKey], types: Sequence[str | None] = TYPES) -> Unsealed:
    """Decrypt a token with the key it names, or else with each of our living keys. Raises Stopped."""
    demand(token.count(".") == 4, Reason.JWE_FORM)
    header = _header(token, Reason.JWE_FORM)
    demand(header.get("alg") in profile.encryption_algs, Reason.JWE_ALG)
    demand(header.get("enc") in profile.encryption_encs, Reason.JWE_ENC)
    demand("zip" not in header, Reason.JWE_ZIP)
    demand("crit" not in header, Reason.JWE_CRIT)
    demand(_type(header) in types, Reason.JWE_TYP)
    registry = _Encryption(algorithms=[*profile.encryption_algs, *profile.encryption_encs], strict_check_header=False)
    for key in [key for key in ours if key.kid == header.get("kid")] or ours:
        inside = _decrypted(token, key, registry)
        if inside is not None:
            return Unsealed(header, inside)
    raise Stopped(Reason.JWE_KEY)


def signing_key_id(signed: str, profile: BrokerProfile, types: Sequence[str | None] = TYPES) -> str:
    """Which of the broker's keys a signed token claims to be signed with. Raises Stopped."""
    demand(signed.count(".") == 2, Reason.JWS_FORM)
    header = _header(signed, Reason.JWS_FORM)
    demand(header.get("alg") in profile.signing_algs, Reason.JWS_ALG)
    demand("crit" not in header, Reason.JWS_CRIT)
    demand(_type(header) in types, Reason.JWS_TYP)
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not key_id:
        raise Stopped(Reason.JWS_KID)
    return key_id


def verified(unsealed: Unsealed, key: RSAKey | ECKey, profile: BrokerProfile) -> Claims:
    """The claims of a token that this key of the broker's really signed. Raises Stopped."""
    claims = signed_object(unsealed.signed, key, profile.signing_algs)
    for name in REPEATED:
        demand(name not in unsealed.header or unsealed.header[name] == claims.get(name), Reason.JWE_HEADER)
    return claims


def signed_object(signed: str, key: RSAKey | ECKey, algorithms: Sequence[str]) -> Claims:
    """The JSON object that a key really signed, by one of some algorithms. Raises Stopped."""
    registry = _Signature(algorithms=list(algorithms), strict_check_header=False)
    try:
        payload = deserialize_compact(signed, key, registry=registry).payload
    except (JoseError, ValueError, TypeError):
        raise Stopped(Reason.JWS_SIGNATURE) from None
    return json_object(payload or b"", Reason.JWS_FORM)


def json_object(raw: bytes, otherwise: Reason) -> Header:
    """A JSON object in real Unicode; a nesting too deep to read is none either. Raises Stopped."""
    try:
        value = json.loads(raw)
        json.dumps(value, ensure_ascii=False).encode()  # raises for the lone surrogates that JSON can smuggle in
    except (ValueError, RecursionError):
        raise Stopped(otherwise) from None
    if not isinstance(value, dict):
        raise Stopped(otherwise)
    return value


def _decrypted(token: str, key: RSAKey, registry: JWERegistry) -> str | None:
    try:
        plain = decrypt_compact(token, key, registry=registry).plaintext
        return plain.decode("ascii") if plain else None
    except (JoseError, ValueError, TypeError):
        return None


def _type(header: Header) -> object:
    """What a token says it is, so that one made for another purpose is not taken for ours (RFC 8725, 3.11)."""
    said = header.get("typ")
    return said.lower() if isinstance(said, str) else said


def _header(token: str, otherwise: Reason) -> Header:
    try:
        raw = urlsafe_b64decode(token.partition(".")[0].encode("ascii"))
    except ValueError:
        raise Stopped(otherwise) from None
    return json_object(raw, otherwise)
