"""The ways in which the test bank can misbehave, so that every check of the portal can be seen to hold.

The claims' mischief is a table of changes; the rest is looked up by name where it is done.
"""

import math
from collections.abc import Callable, Mapping
from enum import StrEnum

Claims = dict[str, object]
Change = Callable[[Claims], object]

STRANGER = "https://stranger.example"


class Mischief(StrEnum):
    """One misbehaviour each. Those of documents last until they are taken back, the others for one login."""

    # The redirect back to the portal.
    ANSWER_ISS_WRONG = "answer.iss-wrong"
    ANSWER_ISS_MISSING = "answer.iss-missing"
    ANSWER_STATE_WRONG = "answer.state-wrong"
    ANSWER_STATE_MISSING = "answer.state-missing"
    ANSWER_STATE_TWICE = "answer.state-twice"
    ANSWER_CODE_AND_ERROR = "answer.code-and-error"
    ANSWER_NEITHER = "answer.neither"
    ANSWER_ERROR = "answer.error"
    ANSWER_CODE_WRONG = "answer.code-wrong"
    ANSWER_CODE_LONG = "answer.code-long"
    ANSWER_STATE_LONG = "answer.state-long"
    ANSWER_IN_A_JWT = "answer.in-a-jwt"
    # The token endpoint.
    TOKEN_FAILS = "token.fails"  # noqa: S105 - names, all of them
    TOKEN_HANGS = "token.hangs"  # noqa: S105
    TOKEN_REDIRECTS = "token.redirects"  # noqa: S105
    TOKEN_HUGE = "token.huge"  # noqa: S105
    TOKEN_COMPRESSED = "token.compressed"  # noqa: S105
    TOKEN_NOT_JSON = "token.not-json"  # noqa: S105
    TOKEN_DEEP = "token.deep"  # noqa: S105
    TOKEN_A_LIST = "token.a-list"  # noqa: S105
    TOKEN_WITHOUT_ID_TOKEN = "token.without-id-token"  # noqa: S105
    TOKEN_WITHOUT_ACCESS_TOKEN = "token.without-access-token"  # noqa: S105
    TOKEN_CODE_USED = "token.code-used"  # noqa: S105
    TOKEN_TYPE_MAC = "token.type-mac"  # noqa: S105
    TOKEN_TYPE_MISSING = "token.type-missing"  # noqa: S105
    TOKEN_TYPE_IN_CAPITALS = "token.type-in-capitals"  # noqa: S105
    TOKEN_WITHOUT_EXPIRES_IN = "token.without-expires-in"  # noqa: S105
    TOKEN_TYPE_OTHER = "token.type-other"  # noqa: S105 - bound where it must not be, and not where it must
    # The proof of a key to which the access token is bound.
    DPOP_WITHOUT_NONCE = "dpop.without-nonce"
    DPOP_NONCE_AGAIN = "dpop.nonce-again"
    DPOP_NONCE_UNNAMED = "dpop.nonce-unnamed"
    DPOP_NONCE_UNSENDABLE = "dpop.nonce-unsendable"
    DPOP_NONCE_LONG = "dpop.nonce-long"
    DPOP_PROOF_REFUSED = "dpop.proof-refused"
    # The encryption.
    JWE_NONE = "jwe.none"
    JWE_RSA15 = "jwe.rsa15"
    JWE_OTHER_ENC = "jwe.other-enc"
    JWE_ZIP = "jwe.zip"
    JWE_CRIT = "jwe.crit"
    JWE_TYP_LOGOUT = "jwe.typ-logout"
    JWE_OTHER_KEY = "jwe.other-key"
    JWE_DAMAGED = "jwe.damaged"
    JWE_HEADER_ISS = "jwe.header-iss"
    JWE_HEADER_AUD = "jwe.header-aud"
    JWE_HEADER_AGREES = "jwe.header-agrees"
    JWE_WITHOUT_KID = "jwe.without-kid"
    JWE_UNKNOWN_KID = "jwe.unknown-kid"
    JWE_TWICE = "jwe.twice"
    # The signature.
    JWS_NONE = "jws.none"
    JWS_HS256 = "jws.hs256"
    JWS_ES256 = "jws.es256"
    JWS_PS256 = "jws.ps256"
    JWS_RS256 = "jws.rs256"
    JWS_WITHOUT_KID = "jws.without-kid"
    JWS_UNKNOWN_KID = "jws.unknown-kid"
    JWS_OTHER_KEY = "jws.other-key"
    JWS_EMBEDDED_KEY = "jws.embedded-key"
    JWS_DAMAGED = "jws.damaged"
    JWS_CRIT = "jws.crit"
    JWS_TYP_LOGOUT = "jws.typ-logout"
    JWS_TYP_ACCESS_TOKEN = "jws.typ-access-token"  # noqa: S105
    JWS_TYP_A_LIST = "jws.typ-a-list"
    JWS_TYP_IN_SMALL_LETTERS = "jws.typ-in-small-letters"
    JWS_A_LIST = "jws.a-list"
    JWS_LONE_SURROGATE = "jws.lone-surrogate"
    JWS_HEADER_FULL_OF_KEYS = "jws.header-full-of-keys"
    KEY_ROTATED_JUST_BEFORE = "jws.key-rotated-just-before"
    # The claims.
    ISS_WRONG = "claims.iss-wrong"
    ISS_WITH_SLASH = "claims.iss-with-slash"
    ISS_MISSING = "claims.iss-missing"
    AUD_WRONG = "claims.aud-wrong"
    AUD_WITH_STRANGER = "claims.aud-with-stranger"
    AUD_EMPTY = "claims.aud-empty"
    AUD_BLANK = "claims.aud-blank"
    AUD_MISSING = "claims.aud-missing"
    AUD_LIST_OF_ONE = "claims.aud-list-of-one"
    AZP_WRONG = "claims.azp-wrong"
    SUB_MISSING = "claims.sub-missing"
    SUB_EMPTY = "claims.sub-empty"
    SUB_A_NUMBER = "claims.sub-a-number"
    EXP_PAST = "claims.exp-past"
    EXP_MISSING = "claims.exp-missing"
    EXP_A_TEXT = "claims.exp-a-text"
    IAT_WEEK_AGO = "claims.iat-week-ago"
    IAT_AHEAD = "claims.iat-ahead"
    IAT_MISSING = "claims.iat-missing"
    IAT_TRUE = "claims.iat-true"
    IAT_NOT_A_NUMBER = "claims.iat-not-a-number"
    TIMES_WITH_FRACTIONS = "claims.times-with-fractions"
    CLOCK_EIGHT_SECONDS_AHEAD = "claims.clock-eight-seconds-ahead"
    NBF_AHEAD = "claims.nbf-ahead"
    NONCE_WRONG = "claims.nonce-wrong"
    NONCE_MISSING = "claims.nonce-missing"
    AT_HASH_WRONG = "claims.at-hash-wrong"
    AT_HASH_A_NUMBER = "claims.at-hash-a-number"
    AT_HASH_MISSING = "claims.at-hash-missing"
    C_HASH_WRONG = "claims.c-hash-wrong"
    ACR_LOW = "claims.acr-low"
    ACR_MISSING = "claims.acr-missing"
    AMR_A_NUMBER = "claims.amr-a-number"
    AUTH_TIME_A_TEXT = "claims.auth-time-a-text"
    AUTH_TIME_AHEAD = "claims.auth-time-ahead"
    AUTH_TIME_HOUR_AGO = "claims.auth-time-hour-ago"
    AUTH_TIME_MISSING = "claims.auth-time-missing"
    CODE_MISSING = "claims.code-missing"
    CODE_ELSEWHERE = "claims.code-elsewhere"
    CODE_MALFORMED = "claims.code-malformed"
    CODE_BAD_CHECKSUM = "claims.code-bad-checksum"
    BIRTH_DATE_OTHER = "claims.birth-date-other"
    # The logout token; what is wrong with other tokens can be wrong with it too.
    LOGOUT_BY_SESSION = "logout.by-session"
    LOGOUT_AN_ID_TOKEN = "logout.an-id-token"  # noqa: S105
    LOGOUT_TWICE = "logout.twice"
    LOGOUT_EVENT_MISSING = "logout.event-missing"
    LOGOUT_EVENT_OTHER = "logout.event-other"
    LOGOUT_EVENT_A_TEXT = "logout.event-a-text"
    LOGOUT_EVENTS_A_LIST = "logout.events-a-list"
    LOGOUT_WITH_NONCE = "logout.with-nonce"
    LOGOUT_OF_NOBODY = "logout.of-nobody"
    LOGOUT_JTI_MISSING = "logout.jti-missing"
    # The documents.
    DISCOVERY_DOWN = "document.discovery-down"
    DISCOVERY_OTHER_ISSUER = "document.discovery-other-issuer"
    DISCOVERY_HUGE = "document.discovery-huge"
    DISCOVERY_REDIRECTS = "document.discovery-redirects"
    KEYS_DOWN = "document.keys-down"
    KEYS_STRANGE = "document.keys-strange"
    SIGNED_KEYS_BY_STRANGER = "document.signed-keys-by-stranger"
    SIGNED_KEYS_OF_STRANGER = "document.signed-keys-of-stranger"
    SIGNED_KEYS_EXPIRED = "document.signed-keys-expired"
    PUSH_FAILS = "document.push-fails"
    PUSH_STRANGE = "document.push-strange"
    WALL_DOWN = "document.wall-down"
    WALL_HANGS = "document.wall-hangs"
    WALL_HOSTILE = "document.wall-hostile"
    WALL_DISTURBED = "document.wall-disturbed"

    @property
    def lasts(self) -> bool:
        """Whether it goes on until it is taken back."""
        return self.value.startswith("document.")


LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
IDENTITY_CODE = "urn:oid:1.2.246.21"
BIRTH_DATE = "urn:oid:1.3.6.1.5.5.7.9.1"
HOUR_S, WEEK_S = 3600, 7 * 86_400


def replaced(**changes: object) -> Change:
    """Claims with other values."""
    return lambda claims: claims.update(changes)


def without(name: str) -> Change:
    """Claims without one of them."""
    return lambda claims: claims.pop(name)


def shifted(seconds: int, *names: str) -> Change:
    """Claims whose times lie elsewhere."""

    def shift(claims: Claims) -> None:
        for name in names:
            claims[name] = int(str(claims["iat"])) + seconds

    return shift


def with_fractions(*names: str) -> Change:
    """Claims whose times are numbers with a fraction, as RFC 7519, 2 allows."""

    def change(claims: Claims) -> None:
        for name in names:
            claims[name] = float(str(claims[name])) + 0.25

    return change


def distributed(name: str) -> Change:
    """Claims of which one is said to be had from another server (OpenID Connect Core 1.0, 5.6.2)."""

    def change(claims: Claims) -> None:
        del claims[name]
        claims.update(_claim_names={name: "there"}, _claim_sources={"there": {"endpoint": f"{STRANGER}/claims"}})

    return change


CHANGES: Mapping[Mischief, Change] = {
    Mischief.ISS_WRONG: replaced(iss=STRANGER),
    Mischief.ISS_WITH_SLASH: lambda claims: claims.update(iss=f"{claims['iss']}/"),
    Mischief.ISS_MISSING: without("iss"),
    Mischief.AUD_WRONG: replaced(aud="stranger"),
    Mischief.AUD_WITH_STRANGER: lambda claims: claims.update(aud=[claims["aud"], "stranger"], azp=claims["aud"]),
    Mischief.AUD_EMPTY: lambda claims: claims.update(aud=[], azp=claims["aud"]),
    Mischief.AUD_BLANK: replaced(aud=""),
    Mischief.AUD_MISSING: without("aud"),
    Mischief.AUD_LIST_OF_ONE: lambda claims: claims.update(aud=[claims["aud"]]),
    Mischief.AZP_WRONG: replaced(azp="stranger"),
    Mischief.SUB_MISSING: without("sub"),
    Mischief.SUB_EMPTY: replaced(sub=""),
    Mischief.SUB_A_NUMBER: replaced(sub=12),
    Mischief.EXP_PAST: shifted(-HOUR_S, "exp"),
    Mischief.EXP_MISSING: without("exp"),
    Mischief.EXP_A_TEXT: lambda claims: claims.update(exp=str(claims["exp"])),
    Mischief.IAT_WEEK_AGO: shifted(-WEEK_S, "iat"),
    Mischief.IAT_AHEAD: shifted(60, "iat"),
    Mischief.IAT_MISSING: without("iat"),
    Mischief.IAT_TRUE: replaced(iat=True),
    Mischief.IAT_NOT_A_NUMBER: replaced(iat=math.nan),
    Mischief.TIMES_WITH_FRACTIONS: with_fractions("iat", "exp", "auth_time"),
    Mischief.CLOCK_EIGHT_SECONDS_AHEAD: shifted(8, "auth_time", "iat"),
    Mischief.NBF_AHEAD: shifted(60, "nbf"),
    Mischief.NONCE_WRONG: replaced(nonce="of-somebody-else"),
    Mischief.NONCE_MISSING: without("nonce"),
    Mischief.AT_HASH_WRONG: replaced(at_hash="of-another-token"),
    Mischief.AT_HASH_A_NUMBER: replaced(at_hash=7),
    Mischief.AT_HASH_MISSING: without("at_hash"),
    Mischief.C_HASH_WRONG: replaced(c_hash="of-another-code"),
    Mischief.ACR_LOW: replaced(acr="http://ftn.ficora.fi/2017/loatest1"),
    Mischief.ACR_MISSING: without("acr"),
    Mischief.AMR_A_NUMBER: replaced(amr=3),
    Mischief.AUTH_TIME_A_TEXT: replaced(auth_time="today"),
    Mischief.AUTH_TIME_AHEAD: shifted(60, "auth_time"),
    Mischief.AUTH_TIME_HOUR_AGO: shifted(-HOUR_S, "auth_time"),
    Mischief.AUTH_TIME_MISSING: without("auth_time"),
    Mischief.CODE_MISSING: without(IDENTITY_CODE),
    Mischief.CODE_ELSEWHERE: distributed(IDENTITY_CODE),
    Mischief.CODE_MALFORMED: replaced(**{IDENTITY_CODE: "1234567890"}),
    Mischief.CODE_BAD_CHECKSUM: lambda claims: claims.update({IDENTITY_CODE: f"{claims[IDENTITY_CODE]}"[:-1] + "Z"}),
    Mischief.BIRTH_DATE_OTHER: replaced(**{BIRTH_DATE: "1901-01-01"}),
}
LOGOUT_CHANGES: Mapping[Mischief, Change] = {
    Mischief.LOGOUT_EVENT_MISSING: without("events"),
    Mischief.LOGOUT_EVENT_OTHER: replaced(events={f"{STRANGER}/event": {}}),
    Mischief.LOGOUT_EVENT_A_TEXT: replaced(events={LOGOUT: "yes"}),
    Mischief.LOGOUT_EVENTS_A_LIST: replaced(events=[LOGOUT]),
    Mischief.LOGOUT_WITH_NONCE: replaced(nonce="n"),
    Mischief.LOGOUT_OF_NOBODY: without("sub"),
    Mischief.LOGOUT_JTI_MISSING: without("jti"),
}
