"""What a logout token must say before sessions end by it (OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6).

Its encryption and signature are those of an ID token; each check of its claims is a function that raises `Stopped`.
"""

from dataclasses import dataclass
from datetime import datetime

from portal.auth.brokers import BrokerProfile
from portal.auth.oidc import claims
from portal.auth.oidc.claims import Claims, Expected, name_of
from portal.auth.reasons import Reason, Stopped, demand

EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True)
class SignedOut:
    """Who has signed out at a broker: a person by its name for them, or one session of theirs."""

    issuer: str
    subject: str | None
    session: str | None
    token: str  # the id of the token that says so, which is good once


def signed_out(said: Claims, profile: BrokerProfile, now: datetime) -> SignedOut:
    """Whom the verified claims of a logout token sign out. Raises Stopped."""
    expected = Expected(nonce="", now=now, code="")
    claims.issuer_is_exact(said, profile, expected)
    claims.audience_is_us(said, profile, expected)
    claims.is_not_expired(said, profile, expected)
    claims.is_issued_just_now(said, profile, expected)
    _is_of_its_event(said)
    demand("nonce" not in said, Reason.LOGOUT_NONCE)  # so that nobody passes an ID token off as one
    subject, session, token = name_of(said, "sub"), name_of(said, "sid"), name_of(said, "jti")
    demand(bool(subject or session), Reason.LOGOUT_OF)
    demand(bool(session) or "sid" not in said, Reason.LOGOUT_OF)  # of one session, which cannot be told: not of all
    if token is None:
        raise Stopped(Reason.LOGOUT_JTI)
    return SignedOut(profile.issuer, subject, session, token)


def _is_of_its_event(said: Claims) -> None:
    events = said.get("events")
    demand(isinstance(events, dict) and isinstance(events.get(EVENT), dict), Reason.LOGOUT_EVENT)
