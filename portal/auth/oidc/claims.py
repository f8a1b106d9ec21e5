"""What a broker's ID token must say before we believe who came (OpenID Connect Core 1.0, 3.1.3.7; FTN profile).

Each check is a function of its own and raises `Stopped` with its own reason.
"""

import hashlib
import hmac
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeGuard

from joserfc.util import urlsafe_b64encode

from portal.auth.brokers import BrokerProfile, Freshness
from portal.auth.reasons import Reason, Stopped, demand
from portal.auth.rules import IdentityCode, NotAnIdentityCode, identity_code

OLDEST_S = 300  # how long ago a token may have been issued
LONGEST_NAME = 200

Claims = Mapping[str, object]


@dataclass(frozen=True)
class Expected:
    """What the token of one journey has to agree with."""

    nonce: str
    now: datetime
    code: str
    access_token: str | None = None  # what came beside the ID token
    fresh_since: datetime | None = None  # set where the person was asked for a proof no older than this


@dataclass(frozen=True)
class Identity:
    """A person as their bank vouches for them."""

    code: IdentityCode
    given_names: str
    family_name: str
    acr: str
    amr: str
    proved_at: datetime  # when the bank last saw them prove it, as the token says
    issuer: str
    subject: str  # not persistent; for remembering the token, and for the broker's word that they signed out there
    issued_at: int
    nonce: str
    session: str | None = None  # the broker's own (`sid`), where it names it


def identity(claims: Claims, profile: BrokerProfile, expected: Expected) -> Identity:
    """The person that verified claims speak of. Raises Stopped with the reason of the first check that fails."""
    for check in CHECKS:
        check(claims, profile, expected)
    names = profile.claims
    return Identity(
        code=_code(claims, profile),
        given_names=_name(claims, names.given_names),
        family_name=_name(claims, names.family_name) or _name(claims, names.display_name),
        acr=_text(claims, "acr"),
        amr=_methods(claims),
        proved_at=_proved_at(claims, expected.now),
        issuer=profile.issuer,
        subject=_text(claims, "sub"),
        issued_at=int(_seconds(claims, "iat", Reason.IAT)),
        nonce=expected.nonce,
        session=name_of(claims, "sid"),
    )


def issuer_is_exact(claims: Claims, profile: BrokerProfile, _: Expected) -> None:
    """`iss` is the issuer, to the last character."""
    demand(claims.get("iss") == profile.issuer, Reason.ISS)


def audience_is_us(claims: Claims, profile: BrokerProfile, _: Expected) -> None:
    """`aud` is us and nobody beside us, alone or as a list of one."""
    demand(claims.get("aud") in (profile.client_id, [profile.client_id]), Reason.AUD)


def authorised_party_is_us(claims: Claims, profile: BrokerProfile, _: Expected) -> None:
    """`azp` is us, where it stands."""
    demand(claims.get("azp", profile.client_id) == profile.client_id, Reason.AZP)


def subject_is_there(claims: Claims, _: BrokerProfile, __: Expected) -> None:
    """`sub` is some text."""
    subject = claims.get("sub")
    demand(isinstance(subject, str) and subject != "", Reason.SUB)


def is_not_expired(claims: Claims, profile: BrokerProfile, expected: Expected) -> None:
    """`exp` is in the future, the broker's clock being a little off at most."""
    demand(_seconds(claims, "exp", Reason.EXP) > expected.now.timestamp() - profile.leeway_s, Reason.EXP)


def is_issued_just_now(claims: Claims, profile: BrokerProfile, expected: Expected) -> None:
    """`iat` is at most five minutes ago and not in the future."""
    now = expected.now.timestamp()
    demand(now - OLDEST_S <= _seconds(claims, "iat", Reason.IAT) <= now + profile.leeway_s, Reason.IAT)


def is_valid_already(claims: Claims, profile: BrokerProfile, expected: Expected) -> None:
    """`nbf` is not in the future, where it stands."""
    if "nbf" in claims:
        demand(_seconds(claims, "nbf", Reason.NBF) <= expected.now.timestamp() + profile.leeway_s, Reason.NBF)


def nonce_is_ours(claims: Claims, _: BrokerProfile, expected: Expected) -> None:
    """`nonce` is the one that this journey began with."""
    nonce = claims.get("nonce")
    demand(isinstance(nonce, str) and hmac.compare_digest(nonce.encode(), expected.nonce.encode()), Reason.NONCE)


def access_token_is_the_one(claims: Claims, _: BrokerProfile, expected: Expected) -> None:
    """`at_hash`, where it stands, is that of the access token that came beside it (OpenID Connect Core 1.0, 3.1.3.8).

    One that speaks of a token that did not come holds no more than a wrong one.
    """
    if "at_hash" in claims:
        demand(expected.access_token is not None and _holds(claims["at_hash"], expected.access_token), Reason.AT_HASH)


def code_is_the_one(claims: Claims, _: BrokerProfile, expected: Expected) -> None:
    """`c_hash`, where it stands, is that of the code that we gave for the token (OpenID Connect Core 1.0, 3.3.2.10)."""
    if "c_hash" in claims:
        demand(_holds(claims["c_hash"], expected.code), Reason.C_HASH)


def assurance_is_enough(claims: Claims, profile: BrokerProfile, _: Expected) -> None:
    """`acr` is a level of assurance that this installation takes."""
    demand(claims.get("acr") in profile.accepted_acr, Reason.ACR)


def proof_is_fresh(claims: Claims, profile: BrokerProfile, expected: Expected) -> None:
    """`auth_time` is not in the future, and not before we asked for a new proof, where we did."""
    if "auth_time" in claims:
        proved = _seconds(claims, "auth_time", Reason.AUTH_TIME)
        since = int(expected.fresh_since.timestamp()) - profile.leeway_s if expected.fresh_since else 1
        demand(since <= proved <= expected.now.timestamp() + profile.leeway_s, Reason.AUTH_TIME)
    elif expected.fresh_since and profile.freshness is Freshness.AUTH_TIME:
        raise Stopped(Reason.AUTH_TIME)


def code_and_birth_date_agree(claims: Claims, profile: BrokerProfile, _: Expected) -> None:
    """The identity code is one that we take, and the birth date, where it stands, is the one in the code.

    A token without an identity code, such as one of a foreign eID, is refused: persons are keyed by it.
    """
    code = _code(claims, profile)
    said = claims.get(profile.claims.birth_date)
    demand(said is None or said == code.born.isoformat() or _date(said) == code.born, Reason.BIRTH_DATE)


Check = Callable[[Claims, BrokerProfile, Expected], None]

CHECKS: tuple[Check, ...] = (
    issuer_is_exact,
    audience_is_us,
    authorised_party_is_us,
    subject_is_there,
    is_not_expired,
    is_issued_just_now,
    is_valid_already,
    nonce_is_ours,
    access_token_is_the_one,
    code_is_the_one,
    assurance_is_enough,
    proof_is_fresh,
    code_and_birth_date_agree,
)


def _code(claims: Claims, profile: BrokerProfile) -> IdentityCode:
    said = claims.get(profile.claims.identity_code)
    try:
        return identity_code(said if isinstance(said, str) else "", profile.codes)
    except NotAnIdentityCode:
        raise Stopped(Reason.IDENTITY_CODE) from None


def _date(said: object) -> date | None:
    """A date, also in the compact form that some brokers send: YYYYMMDD."""
    try:
        return date.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None


def _name(claims: Claims, claim: str) -> str:
    said = claims.get(claim)
    if not isinstance(said, str):
        return ""
    return " ".join("".join(filter(str.isprintable, said)).split())[:LONGEST_NAME]


def _methods(claims: Claims) -> str:
    """Amr as text: brokers send a list, and some a single name."""
    said = claims.get("amr", [])
    methods = [said] if isinstance(said, str) else said
    if not _is_texts(methods):
        raise Stopped(Reason.AMR)
    return " ".join(methods)[:LONGEST_NAME]


def _is_texts(said: object) -> TypeGuard[list[str]]:
    return isinstance(said, list) and all(isinstance(part, str) for part in said)


def _text(claims: Claims, claim: str) -> str:
    said = claims[claim]
    return said if isinstance(said, str) else ""


def _holds(said: object, token: str) -> bool:
    """Whether a hash claim is a token's: the left half of its SHA-256, as every signature that we take uses that."""
    half = hashlib.sha256(token.encode()).digest()[:16]
    return isinstance(said, str) and hmac.compare_digest(said.encode(), urlsafe_b64encode(half))


def name_of(claims: Claims, claim: str) -> str | None:
    """What a claim calls somebody or something, where it is some text of a length that can be kept."""
    said = claims.get(claim)
    return said if isinstance(said, str) and 0 < len(said) <= LONGEST_NAME * 2 else None


def numeric_date(said: object) -> float | None:
    """Seconds since 1970 where a value is a NumericDate: any finite number (RFC 7519, 2). True and False are none."""
    match said:
        case bool():
            return None
        case int():
            return said
        case float() if math.isfinite(said):
            return said
        case _:
            return None


def _seconds(claims: Claims, claim: str, otherwise: Reason) -> float:
    seconds = numeric_date(claims.get(claim))
    if seconds is None:
        raise Stopped(otherwise)
    return seconds


def _proved_at(claims: Claims, now: datetime) -> datetime:
    claim = "auth_time" if "auth_time" in claims else "iat"
    return min(now, datetime.fromtimestamp(_seconds(claims, claim, Reason.AUTH_TIME), UTC))
