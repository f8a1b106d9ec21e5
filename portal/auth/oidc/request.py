"""What we sign for a broker: the request of one journey (JAR, RFC 9101), and who we are (private_key_jwt, RFC 7523)."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.util import urlsafe_b64encode

from portal.auth.brokers import BrokerProfile, Freshness, MethodNames, SecurityProfile
from portal.kit.i18n import Language

REQUEST_VALID = timedelta(minutes=5)
ASSERTION_VALID = timedelta(seconds=60)


@dataclass(frozen=True)
class Ask:
    """What one journey asks of the broker."""

    state: str
    nonce: str
    verifier: str
    bank: str
    language: Language
    oldest_proof: timedelta | None  # how long ago the person may have proved themselves to the bank; None: any time


@dataclass(frozen=True)
class ClientMetadata:
    """Who asks: where the person is to come back to, and the name that the bank shows them."""

    redirect_uri: str
    service_name: MethodNames


def request_object(profile: BrokerProfile, us: ClientMetadata, ask: Ask, key: RSAKey, now: datetime) -> str:
    """The signed request; nothing of it travels beside it."""
    claims = {
        "iss": profile.client_id,
        "aud": profile.issuer,
        "client_id": profile.client_id,
        "response_type": "code",
        "scope": profile.scope,
        "redirect_uri": us.redirect_uri,
        "state": ask.state,
        "nonce": ask.nonce,
        "ui_locales": ask.language.value,
    }
    return _signed({**claims, **_extras(profile, us, ask, now), **_times(now, REQUEST_VALID)}, key, profile)


def assertion(profile: BrokerProfile, audience: str, key: RSAKey, now: datetime) -> str:
    """A proof that we are the client: good for a minute and, by its jti, for one use."""
    claims = {"iss": profile.client_id, "sub": profile.client_id, "aud": audience}
    return _signed({**claims, **_times(now, ASSERTION_VALID)}, key, profile)


def challenge(verifier: str) -> str:
    """The S256 code challenge of a verifier (RFC 7636, 4.2)."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode()


def _extras(profile: BrokerProfile, us: ClientMetadata, ask: Ask, now: datetime) -> Mapping[str, object]:
    extras: dict[str, object] = {"acr_values": " ".join(profile.acr_values)}
    if ask.bank:
        # By acr_values the bank stands alone: a level of assurance beside it would let the broker choose another bank.
        extras[profile.bank_parameter] = ask.bank
    if profile.pkce:
        extras |= {"code_challenge": challenge(ask.verifier), "code_challenge_method": "S256"}
    if profile.spname_parameter:
        extras[profile.spname_parameter] = us.service_name.said(ask.language)[: profile.spname_length]
    if profile.security_profile is SecurityProfile.FAPI2:
        extras["nbf"] = int(now.timestamp())  # FAPI 2.0 Message Signing, 5.3.2, which a broker may hold to as well
    if ask.oldest_proof is not None and profile.freshness is Freshness.AUTH_TIME:
        extras["max_age"] = int(ask.oldest_proof.total_seconds())
    return extras


def _times(now: datetime, valid: timedelta) -> Mapping[str, object]:
    issued = int(now.timestamp())
    return {"iat": issued, "exp": issued + int(valid.total_seconds()), "jti": secrets.token_urlsafe(24)}


def _signed(claims: Mapping[str, object], key: RSAKey, profile: BrokerProfile) -> str:
    header = {"alg": profile.request_signing_alg, "kid": key.thumbprint()}
    return jwt.encode(header, dict(claims), key, algorithms=[profile.request_signing_alg])
