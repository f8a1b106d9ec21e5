"""What a broker says about itself: where its endpoints are, and which keys it signs with. None of it is taken on trust.

Every function here is pure and raises `Unreachable` for a document that must not be used.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from joserfc.util import urlsafe_b64decode

from portal.auth.brokers import BrokerProfile, Request
from portal.auth.oidc.claims import numeric_date
from portal.auth.oidc.envelope import json_object, signed_object
from portal.auth.oidc.keys import SMALLEST_BITS
from portal.auth.reasons import Reason, Stopped
from portal.kit.outgoing import Unreachable

VISIBLE: Final = re.compile(r"[\x21-\x7e]+")  # ASCII without blanks

SET_ALGS = ("RS256", "PS256")
SET_TYPES = (None, "jwk-set+jwt", "JWS", "JWT")  # the standard's, and what brokers were seen to send

BrokerKey = RSAKey | ECKey
BrokerKeys = Mapping[str, BrokerKey]
"""A broker's signing keys by key id."""

BY_RSA = ("RS256", "PS256")
BY_CURVE = ("ES256",)


@dataclass(frozen=True)
class Metadata:
    """Where a broker's endpoints are, and whether it promises to name itself in its answers (RFC 9207)."""

    authorization_endpoint: str
    token_endpoint: str
    keys_uri: str
    pushed_endpoint: str | None
    names_itself: bool


def discovery_address(profile: BrokerProfile) -> str | None:
    """Where the broker's discovery document is, or None where the profile gives every endpoint itself."""
    given = (profile.authorization_endpoint, profile.token_endpoint, profile.signed_jwks_uri or profile.jwks_uri)
    is_whole = all(given) and (profile.request is Request.JAR or profile.pushed_authorization_request_endpoint)
    return None if is_whole else f"{profile.issuer.rstrip('/')}/.well-known/openid-configuration"


def metadata(profile: BrokerProfile, document: bytes) -> Metadata:
    """The endpoints, from the profile first and then from a discovery document (OpenID Connect Discovery 1.0, 4.3).

    An empty document will do for a profile that gives everything itself.
    """
    said = _json(document) if document else {"issuer": profile.issuer}
    if said.get("issuer") != profile.issuer:
        raise Unreachable(f"{profile.name}: the discovery document is another issuer's")
    return Metadata(
        profile.authorization_endpoint or _endpoint(profile, said.get("authorization_endpoint")),
        profile.token_endpoint or _endpoint(profile, said.get("token_endpoint")),
        profile.signed_jwks_uri or profile.jwks_uri or _endpoint(profile, said.get("jwks_uri")),
        _pushed(profile, said) if profile.request is Request.PAR else None,
        said.get("authorization_response_iss_parameter_supported") is True,
    )


def keys(profile: BrokerProfile, document: bytes, now: datetime) -> BrokerKeys:
    """The broker's usable keys, from its key set or, where the profile pins an entity key, from its signed one.

    Keys for other uses, of other kinds, without an id or too short are passed over; private parts are dropped.
    """
    said = _json(document) if profile.entity_key is None else _signed_set(profile, document, now)
    listed = said.get("keys")
    if not isinstance(listed, list):
        raise Unreachable(f"{profile.name}: the key set has no keys")
    return {key_id: key for jwk in listed for key_id, key in _usable(jwk, profile).items()}


def _signed_set(profile: BrokerProfile, document: bytes, now: datetime) -> Mapping[str, Any]:
    """The claims of a signed key set, after the checks of OpenID Federation 1.0, 5.2.1, under the pinned key."""
    try:
        signed = document.decode("ascii").strip()
        pinned = RSAKey.import_key(profile.entity_key or {})
        kind = json_object(urlsafe_b64decode(signed.partition(".")[0].encode()), Reason.JWS_FORM).get("typ")
        said = signed_object(signed, pinned, SET_ALGS)
    except (Stopped, JoseError, ValueError) as refused:
        raise Unreachable(f"{profile.name}: the key set is not signed by the pinned key") from refused
    if kind not in SET_TYPES or not said.get("iss") == said.get("sub") == profile.keys_entity:
        raise Unreachable(f"{profile.name}: the signed key set is another entity's")
    if not _is_valid_at(said, now.timestamp(), profile.leeway_s):
        raise Unreachable(f"{profile.name}: the signed key set is not valid now")
    return said


def _is_valid_at(said: Mapping[str, Any], now: float, leeway: int) -> bool:
    issued, expires = numeric_date(said.get("iat")), numeric_date(said.get("exp"))
    return issued is not None and expires is not None and issued - leeway <= now < expires + leeway


def _usable(jwk: object, profile: BrokerProfile) -> dict[str, BrokerKey]:
    """A key that an agreed algorithm can verify by, under its id; else nothing."""
    try:
        match jwk:
            case {"kty": "RSA", "kid": str(key_id), "n": str(n), "e": str(e), **rest}:
                is_long = len(urlsafe_b64decode(n.encode()).lstrip(b"\0")) * 8 >= SMALLEST_BITS
                if is_long and _is_agreed(rest, BY_RSA, profile):
                    return {key_id: RSAKey.import_key({"kty": "RSA", "n": n, "e": e, "kid": key_id})}
            case {"kty": "EC", "kid": str(key_id), "crv": "P-256", "x": str(x), "y": str(y), **rest}:
                if _is_agreed(rest, BY_CURVE, profile):
                    return {key_id: ECKey.import_key({"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": key_id})}
            case _:
                return {}
    except (JoseError, ValueError):
        return {}
    return {}


def _is_agreed(jwk: Mapping[Any, object], algorithms: Sequence[str], profile: BrokerProfile) -> bool:
    """Whether a key that says so much of itself is for signatures, by one of some algorithms that the profile takes."""
    agreed = [algorithm for algorithm in algorithms if algorithm in profile.signing_algs]
    return jwk.get("use", "sig") == "sig" and bool(agreed) and jwk.get("alg", agreed[0]) in agreed


def _pushed(profile: BrokerProfile, said: Mapping[str, Any]) -> str:
    given = profile.pushed_authorization_request_endpoint
    return given or _endpoint(profile, said.get("pushed_authorization_request_endpoint"))


def _endpoint(profile: BrokerProfile, url: object) -> str:
    """An address that the broker says, at a host that the profile knows: nobody else is called, whatever it says."""
    schemes = {"https", "http"} if profile.allow_http else {"https"}
    said = _split(url)
    if not isinstance(url, str) or said is None or said.scheme not in schemes or not said.hostname:
        raise Unreachable(f"{profile.name}: an endpoint is missing or not https")
    if not profile.is_known(said.hostname):
        raise Unreachable(f"{profile.name}: an endpoint is at {said.hostname}, which its endpoint_hosts do not name")
    return url


def _split(url: object) -> SplitResult | None:
    """An address in its parts; None where it has signs or a port that none has (RFC 3986, 2 and 3.2), or a user."""
    if not isinstance(url, str) or not VISIBLE.fullmatch(url):
        return None
    try:
        said = urlsplit(url)
        port = said.port  # looked at only when it is asked for
    except ValueError:
        return None
    return None if port == 0 or "@" in said.netloc else said


def _json(document: bytes) -> Mapping[str, Any]:
    try:
        return json_object(document, Reason.BROKER_DOWN)
    except Stopped as refused:
        raise Unreachable("a document that is not a JSON object") from refused
