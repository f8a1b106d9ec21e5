"""The identification brokers we may send a person to: one profile each, read from TOML and checked."""

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from portal.auth.rules import Checksum, CodePolicy
from portal.kit.complaints import Complaint
from portal.kit.i18n import Language

BUILT_IN = Path(__file__).parent / "profiles"
TRIAL_ASSURANCE = "loatest"  # acr values of test identifications, as http://ftn.ficora.fi/2017/loatest2


class BadProfile(Complaint):
    """A broker profile that cannot be used; the message is one sentence: the file, the field, the reason."""


class Request(StrEnum):
    """How the signed request object reaches the broker."""

    JAR = "jar"  # in the front channel (RFC 9101)
    PAR = "par"  # pushed beforehand (RFC 9126)


class Audience(StrEnum):
    """What the broker wants as the audience of our client assertion."""

    TOKEN_ENDPOINT = "token_endpoint"  # noqa: S105 - the name of a field
    ISSUER = "issuer"


class IssParameter(StrEnum):
    """Whether an authorization response without `iss` (RFC 9207) is taken."""

    IF_PRESENT = "if-present"
    REQUIRED = "required"


class BankParameter(StrEnum):
    """By which request parameter the broker learns of the chosen bank."""

    FTN_IDP_ID = "ftn_idp_id"
    ACR_VALUES = "acr_values"


class SecurityProfile(StrEnum):
    """Whose rules a broker and we hold to; a profile that breaks them is refused."""

    FTN = "ftn"  # the Finnish Trust Network's
    FAPI2 = "fapi2"  # beside it, FAPI 2.0 Security Profile, 5.3.3 and 5.4


class TokenBinding(StrEnum):
    """To what the broker binds its access token, so that a thief cannot use it."""

    NONE = "none"
    DPOP = "dpop"  # a key that we prove to hold (RFC 9449)


class Freshness(StrEnum):
    """What shows that a step-up really was a new authentication."""

    AUTH_TIME = "auth_time"  # we send max_age=0 and require auth_time
    TRANSACTION = "transaction"  # the broker knows no max_age; its new token for our new nonce must do


def _https_or_http(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http"} or not parts.hostname or parts.fragment:
        raise ValueError("must be an absolute https address")
    return url


Url = Annotated[str, AfterValidator(_https_or_http)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MethodNames(_Frozen):
    """A name in the three languages."""

    fi: str
    sv: str
    en: str

    def said(self, language: Language) -> str:
        """The name in one language."""
        return {Language.FI: self.fi, Language.SV: self.sv, Language.EN: self.en}[language]


class Bank(_Frozen):
    """A bank or other identification method, by the id that the broker knows it by."""

    id: str = Field(min_length=1, max_length=80)
    name: MethodNames


class ClaimNames(_Frozen):
    """Where the broker's ID token says who the person is."""

    identity_code: str = "urn:oid:1.2.246.21"
    family_name: str = "urn:oid:2.5.4.4"
    given_names: str = "urn:oid:1.2.246.575.1.14"
    birth_date: str = "urn:oid:1.3.6.1.5.5.7.9.1"
    display_name: str = "urn:oid:2.16.840.1.113730.3.1.241"


FAPI2: Final[Mapping[str, object]] = {
    "authorization_endpoint": None,  # endpoints come from the discovery document alone
    "token_endpoint": None,
    "pushed_authorization_request_endpoint": None,
    "request": Request.PAR,
    "request_signing_alg": "PS256",
    "assertion_audience": Audience.ISSUER,
    "pkce": True,
    "iss_parameter": IssParameter.REQUIRED,
    "token_binding": TokenBinding.DPOP,
}
"""What a profile must say that holds to FAPI 2.0."""


ONLY_SHOWN: Final = {
    "back_channel_logout",
    "banks",
    "form_action",
    "provider",
    "spname_length",
    "spname_parameter",
    "wall",
}
"""What a profile says of other things than whom to believe who comes back."""


class BrokerProfile(_Frozen):
    """Everything that differs between brokers. Fields and defaults are those of the public contract."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    issuer: Url
    client_id: str = Field(min_length=1, max_length=200)
    entity_id: Url | None = None
    authorization_endpoint: Url | None = None
    token_endpoint: Url | None = None
    jwks_uri: Url | None = None
    pushed_authorization_request_endpoint: Url | None = None
    signed_jwks_uri: Url | None = None
    endpoint_hosts: tuple[str, ...] = ()
    entity_key: dict[str, Any] | None = None
    request: Request = Request.JAR
    assertion_audience: Audience = Audience.TOKEN_ENDPOINT
    scope: str = Field(default="openid", pattern=r"\bopenid\b")
    acr_values: tuple[str, ...] = ("http://ftn.ficora.fi/2017/loa2",)
    accepted_acr: tuple[str, ...] = ("http://ftn.ficora.fi/2017/loa2", "http://ftn.ficora.fi/2017/loa3")
    security_profile: SecurityProfile = SecurityProfile.FTN
    request_signing_alg: Literal["RS256", "PS256"] = "RS256"
    token_binding: TokenBinding = TokenBinding.NONE
    signing_algs: tuple[Literal["RS256", "PS256", "ES256"], ...] = Field(default=("RS256",), min_length=1)
    encryption_algs: tuple[Literal["RSA-OAEP", "RSA-OAEP-256"], ...] = Field(default=("RSA-OAEP",), min_length=1)
    encryption_encs: tuple[Literal["A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM"], ...] = Field(
        default=("A128CBC-HS256",), min_length=1
    )
    pkce: bool = True
    iss_parameter: IssParameter = IssParameter.IF_PRESENT
    freshness: Freshness = Freshness.AUTH_TIME
    sign_in_max_age_s: int | None = Field(default=None, ge=1, le=3600)
    leeway_s: int = Field(default=10, ge=0, le=60)
    form_action: tuple[Url, ...] = ()
    spname_parameter: str | None = None
    spname_length: int = Field(default=40, ge=1, le=200)
    bank_parameter: BankParameter = BankParameter.FTN_IDP_ID
    back_channel_logout: bool = False
    cancel_errors: tuple[str, ...] = ("cancel", "access_denied")
    wall: str | None = None
    provider: MethodNames | None = None
    allow_http: bool = False
    strict_identity_code: bool = True
    temporary_identity_codes: bool = True  # outside of production
    banks: tuple[Bank, ...] = ()
    claims: ClaimNames = ClaimNames()

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.pushed_authorization_request_endpoint and self.request is Request.JAR:
            raise ValueError('request must be "par" where pushed_authorization_request_endpoint is given')
        if bool(self.signed_jwks_uri) != bool(self.entity_key):
            raise ValueError("signed_jwks_uri and entity_key, the public key (JWK) that you pin, go together")
        if self.sign_in_max_age_s and self.freshness is Freshness.TRANSACTION:
            raise ValueError('sign_in_max_age_s needs freshness = "auth_time"')
        if self.security_profile is SecurityProfile.FAPI2:
            self._holds_to_fapi2()
        if not self.allow_http and (plain := [url for url in self._urls() if urlsplit(url).scheme != "https"]):
            raise ValueError(f"{plain[0]} is not https; for trials, allow_http = true above [[banks]] permits that")
        return self

    def _holds_to_fapi2(self) -> None:
        """As FAPI 2.0 Security Profile, 5.3.3 and 5.4 ask of a client. Raises ValueError."""
        for name, value in FAPI2.items():
            if getattr(self, name) != value:
                raise ValueError(f'{name} must be {json.dumps(value)} where security_profile = "fapi2"')
        if "RS256" in self.signing_algs:
            raise ValueError('signing_algs must be of "PS256" and "ES256" where security_profile = "fapi2"')

    def is_known(self, host: str) -> bool:
        """Whether endpoints that the broker says itself may be at a host."""
        return host in {urlsplit(self.issuer).hostname, *self.endpoint_hosts}

    def _urls(self) -> Iterator[str]:
        named = (
            self.issuer,
            self.entity_id,
            self.authorization_endpoint,
            self.token_endpoint,
            self.jwks_uri,
            self.pushed_authorization_request_endpoint,
            self.signed_jwks_uri,
            self.wall_url,
        )
        yield from (url for url in named if url is not None)
        yield from self.form_action

    @property
    def wall_url(self) -> str | None:
        """The address of the embedded list of banks's document; `{issuer}` and `{client_id}` in it are filled in."""
        if self.wall is None:
            return None
        return self.wall.replace("{issuer}", self.issuer.rstrip("/")).replace("{client_id}", self.client_id)

    @property
    def mark(self) -> bytes:
        """By which rules people are sent there and believed, as SHA-256: another one where any of them changes."""
        return hashlib.sha256(self.model_dump_json(exclude=ONLY_SHOWN).encode()).digest()

    @property
    def form_origins(self) -> tuple[str, ...]:
        """Every origin that a sign-in form may be redirected through; by default the issuer's."""
        return self.form_action or (origin(self.issuer),)

    @property
    def keys_entity(self) -> str:
        """The entity that must have signed the broker's key set."""
        return self.entity_id or self.issuer

    @property
    def oldest_proof(self) -> timedelta | None:
        """How old the bank's own sign-in may be when a person signs in here; None where that is left to the broker."""
        return None if self.sign_in_max_age_s is None else timedelta(seconds=self.sign_in_max_age_s)

    @property
    def codes(self) -> CodePolicy:
        """Which identity codes of this broker are taken."""
        checksum = Checksum.REQUIRED if self.strict_identity_code else Checksum.PASSED_OVER
        return CodePolicy(checksum, highest_individual=999 if self.temporary_identity_codes else 899)


def origin(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def load(name: str, *, issuer: str | None = None, client_id: str | None = None) -> BrokerProfile:
    """The profile of a built-in name or of a TOML file's path; an issuer or client id given here comes first.

    A file that says `like = "telia"` says only what differs from that built-in profile. Raises BadProfile.
    """
    fields = _read(name)
    if "like" in fields:
        fields = _read(str(fields.pop("like"))) | fields
    given = {"issuer": issuer, "client_id": client_id}
    return from_fields(name, fields | {key: value for key, value in given.items() if value})


def _read(name: str) -> dict[str, Any]:
    path = Path(name) if name.endswith(".toml") else BUILT_IN / f"{name}.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as missing:
        hint = (
            missing.strerror if path == Path(name) else "a profile of your own is named by the path of its .toml file"
        )
        raise BadProfile(f"{name}: no such broker profile ({hint})") from missing
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as damaged:
        raise BadProfile(f"{name}: not a TOML file: {damaged}") from damaged


_FIELDS = frozenset(BrokerProfile.model_fields)
GIVEN_BY = {"issuer": "PORTAL_BROKER_ISSUER", "client_id": "PORTAL_BROKER_CLIENT_ID"}
"""What built-in profiles leave open."""


def from_fields(source: str, fields: dict[str, Any]) -> BrokerProfile:
    """The profile that a parsed TOML document makes. Raises BadProfile, naming the first bad field."""
    try:
        return BrokerProfile.model_validate(fields)
    except ValidationError as refused:
        first = refused.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden" and first["loc"][0] == "banks" and first["loc"][-1] in _FIELDS:
            reason = "it is not of a bank: write it above the first [[banks]], for all that follows belongs to the bank"
        if first["type"] == "missing" and place in GIVEN_BY:
            reason = f"{GIVEN_BY[place]} says it for the first profile, a file of your own for each (docs/operating.md)"
        raise BadProfile(f"{source}: {place}: {reason}" if place else f"{source}: {reason}") from None


def load_all(
    names: Sequence[str], *, issuer: str | None = None, client_id: str | None = None
) -> tuple[BrokerProfile, ...]:
    """The profiles of `PORTAL_BROKER_PROFILE`; issuer and client id replace those of the first, the default one.

    Raises BadProfile.
    """
    first, *others = names
    profiles = (load(first, issuer=issuer, client_id=client_id), *map(load, others))
    if len({profile.name for profile in profiles}) < len(profiles):
        raise BadProfile("PORTAL_BROKER_PROFILE: two profiles have the same name")
    return profiles


def for_production(profile: BrokerProfile) -> BrokerProfile:
    """The profile as production uses it: identity codes of real people only, checked to the last character.

    Raises BadProfile for plain http and for test levels of assurance.
    """
    if profile.allow_http:
        raise BadProfile(f"{profile.name}: allow_http is refused in production; it is for trials (PORTAL_ENV=test)")
    if trial := [acr for acr in (*profile.acr_values, *profile.accepted_acr) if TRIAL_ASSURANCE in acr]:
        raise BadProfile(f"{profile.name}: {trial[0]} is a level for tests, refused in production (PORTAL_ENV=test)")
    return profile.model_copy(update={"strict_identity_code": True, "temporary_identity_codes": False})
