"""What we publish about ourselves, signed with our entity key (OpenID Federation 1.0, 3.1 and 5.2.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from joserfc import jwt

from portal.auth.oidc.keys import SIGNING_ALG, OwnKeys, public

VALID = timedelta(hours=25)


@dataclass(frozen=True)
class RelyingPartyFacts:
    """Who we are to brokers. `entity` is our base address, without a slash at its end."""

    entity: str
    organisation: str
    redirect_uris: Sequence[str]
    encryption_alg: str = "RSA-OAEP"
    encryption_enc: str = "A128CBC-HS256"
    signed_response_alg: str = "RS256"
    logout_uri: str | None = None
    signing_algs: Sequence[str] = (SIGNING_ALG,)  # ours, of each broker, the default one's first

    @property
    def signed_jwks_uri(self) -> str:
        """Where our signed key set is."""
        return f"{self.entity}/oidc/signed-jwks"


def signed_jwks(keys: OwnKeys, facts: RelyingPartyFacts, now: datetime) -> str:
    """Our key set as a JWT of type jwk-set+jwt, valid for 25 hours."""
    return _signed(keys, "jwk-set+jwt", facts, now, keys.published(facts.encryption_alg, facts.signing_algs))


def entity_statement(keys: OwnKeys, facts: RelyingPartyFacts, now: datetime) -> str:
    """What we are and how we speak, as a JWT of type entity-statement+jwt, valid for 25 hours."""
    about: dict[str, object] = {
        "redirect_uris": list(facts.redirect_uris),
        "application_type": "web",
        "client_registration_types": [],
        "response_types": ["code"],
        "grant_types": ["authorization_code"],
        "id_token_signed_response_alg": facts.signed_response_alg,
        "id_token_encrypted_response_alg": facts.encryption_alg,
        "id_token_encrypted_response_enc": facts.encryption_enc,
        "request_object_signing_alg": facts.signing_algs[0],
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": facts.signing_algs[0],
        "organization_name": facts.organisation,
        "signed_jwks_uri": facts.signed_jwks_uri,
    }
    if facts.logout_uri:
        about |= {"backchannel_logout_uri": facts.logout_uri, "backchannel_logout_session_required": False}
    entity = {"keys": [public(keys.entity, "sig", SIGNING_ALG)]}
    claims = {"jwks": entity, "metadata": {"openid_relying_party": about}}
    return _signed(keys, "entity-statement+jwt", facts, now, claims)


def _signed(keys: OwnKeys, kind: str, facts: RelyingPartyFacts, now: datetime, claims: Mapping[str, object]) -> str:
    header = {"alg": SIGNING_ALG, "typ": kind, "kid": keys.entity.thumbprint()}
    issued = {"iss": facts.entity, "sub": facts.entity, "iat": int(now.timestamp())}
    expires = {"exp": int((now + VALID).timestamp())}
    return jwt.encode(header, {**issued, **expires, **claims}, keys.entity)
