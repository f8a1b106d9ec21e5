"""The payment services that the portal can be told of: a profile each, read from TOML."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from portal.kit.complaints import Complaint

BUILT_IN: Final = Path(__file__).parent / "profiles"


class BadPaymentProfile(Complaint):
    """A profile that cannot be used; the message is one sentence: the file, the field, the reason."""


class PaymentProfile(BaseModel):
    """Where a payment service is.

    origins: every origin that a form leading to its page may be redirected through; without any, that of the address
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    address: str = Field(pattern=r"^https?://[^\s/?#]+(/[^\s?#]*[^\s/?#])?$")
    origins: tuple[str, ...] = ()
    allow_http: bool = False


@dataclass(frozen=True)
class PaymentAccount:
    """The utility's account at a payment service, and the secret that both sign with."""

    profile: PaymentProfile
    account: str
    secret: str = field(repr=False)


def load(name: str, address: str | None = None) -> PaymentProfile:
    """The profile of a built-in name or of a TOML file's path; an address given here comes first.

    Raises BadPaymentProfile.
    """
    path = Path(name) if name.endswith(".toml") else BUILT_IN / f"{name}.toml"
    try:
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
        profile = PaymentProfile.model_validate(fields | ({"address": address} if address else {}))
    except OSError:
        raise BadPaymentProfile(f"{name}: no such payment service; your own is named by its .toml file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as damaged:
        raise BadPaymentProfile(f"{name}: not a TOML file: {damaged}") from damaged
    except ValidationError as refused:
        first = refused.errors(include_url=False)[0]
        raise BadPaymentProfile(f"{name}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    plain = [url for url in (profile.address, *profile.origins) if urlsplit(url).scheme != "https"]
    if plain and not profile.allow_http:
        raise BadPaymentProfile(f"{name}: {plain[0]} is not https; for trials, allow_http = true permits that")
    return profile
