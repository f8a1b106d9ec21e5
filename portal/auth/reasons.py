"""Why an identification stopped: stable codes for log and metrics. What a person reads stands in pages.py."""

from enum import StrEnum


class Reason(StrEnum):
    """A stable code each; operators and tests rely on them."""

    # The way there.
    TOO_MANY = "ftn.too_many"
    BANK_UNKNOWN = "ftn.bank_unknown"
    BROKER_DOWN = "ftn.broker_down"
    PUSH = "ftn.push"
    # The way back.
    PARAMETERS = "ftn.parameters"
    STATE_UNKNOWN = "ftn.state_unknown"
    STATE_EXPIRED = "ftn.state_expired"
    BINDING_MISSING = "ftn.binding_missing"
    PROFILE_CHANGED = "ftn.profile_changed"
    ISS_PARAMETER = "ftn.iss_parameter"
    SPENT = "ftn.spent"
    CANCELLED = "ftn.cancelled"
    BROKER_ERROR = "ftn.broker_error"
    # The token call.
    TOKEN_CALL = "ftn.token_call"  # noqa: S105 - a code
    CODE_REFUSED = "ftn.code_refused"
    TOKEN_ANSWER = "ftn.token_answer"  # noqa: S105 - a code
    TOKEN_TYPE = "ftn.token_type"  # noqa: S105 - a code
    DPOP = "ftn.dpop"
    # The token's envelope: JWE around JWS.
    JWE_FORM = "ftn.jwe_form"
    JWE_ALG = "ftn.jwe_alg"
    JWE_ENC = "ftn.jwe_enc"
    JWE_ZIP = "ftn.jwe_zip"
    JWE_CRIT = "ftn.jwe_crit"
    JWE_TYP = "ftn.jwe_typ"
    JWE_KEY = "ftn.jwe_key"
    JWE_HEADER = "ftn.jwe_header"
    JWS_FORM = "ftn.jws_form"
    JWS_ALG = "ftn.jws_alg"
    JWS_CRIT = "ftn.jws_crit"
    JWS_TYP = "ftn.jws_typ"
    JWS_KID = "ftn.jws_kid"
    JWS_SIGNATURE = "ftn.jws_signature"
    # A logout token, beside what is asked of every token.
    LOGOUT_EVENT = "ftn.logout_event"
    LOGOUT_NONCE = "ftn.logout_nonce"
    LOGOUT_OF = "ftn.logout_of"
    LOGOUT_JTI = "ftn.logout_jti"
    # Its claims.
    ISS = "ftn.iss"
    AUD = "ftn.aud"
    AZP = "ftn.azp"
    SUB = "ftn.sub"
    EXP = "ftn.exp"
    IAT = "ftn.iat"
    NBF = "ftn.nbf"
    NONCE = "ftn.nonce"
    AT_HASH = "ftn.at_hash"
    C_HASH = "ftn.c_hash"
    ACR = "ftn.acr"
    AMR = "ftn.amr"
    AUTH_TIME = "ftn.auth_time"
    IDENTITY_CODE = "ftn.identity_code"
    BIRTH_DATE = "ftn.birth_date"
    REPLAY = "ftn.replay"
    OTHER_PERSON = "ftn.other_person"


class Stopped(Exception):
    """The identification goes no further. Holds the reason, and nothing that came from the person or the broker."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def demand(holds: bool, otherwise: Reason) -> None:  # noqa: FBT001 - a condition, not a switch
    """Raise Stopped unless a condition holds."""
    if not holds:
        raise Stopped(otherwise)
