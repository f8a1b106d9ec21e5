"""What customers may change about how they are reached and billed, and how long such a change outlives the register."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from itertools import takewhile
from typing import Final

from portal.kit import formats
from portal.kit.i18n import Language

HOME_COUNTRY: Final = "FI"


class Matter(StrEnum):
    """What a change is about."""

    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    BILLING = "billing"
    LANGUAGE = "language"


class Channel(StrEnum):
    """How bills come (Datahub AI01-AI08)."""

    PAPER = "AI01"
    ELECTRONIC = "AI02"
    E_INVOICE = "AI03"
    EMAIL = "AI04"
    OMAPOSTI = "AI05"
    DIRECT_DEBIT = "AI06"
    MOBILE = "AI07"
    OTHER = "AI08"


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where a customer's post goes; the country is ISO 3166-1 alpha-2."""

    street: str
    postcode: str
    town: str
    country: str

    def said(self, language: Language) -> str:
        """All of it on one line; the country is named where it is another one."""
        place = f"{self.street}, {self.postcode} {self.town}"
        return place if self.country == HOME_COUNTRY else f"{place}, {formats.country(self.country, language)}"


@dataclass(frozen=True, slots=True)
class Billing:
    """How a customer's bills come, and the customer's own reference on them.

    Bills by e-mail go to the preferred address unless one of their own is named.
    """

    channel: Channel
    email: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """What the register said in a matter when a customer asked for something else, and what they asked for."""

    before: str
    after: str
    at: datetime


def outstanding(register: str, changes: Sequence[ChangeRequest]) -> ChangeRequest | None:
    """The change that the register has yet to follow, None where it has followed or gone another way.

    `changes` are those of one matter that count, oldest first. The newest outlives a feed that still says what the
    register said before it, or what an earlier change of the same run asked for: the utility takes them in one by one.
    Anything else is newer than the change: somebody told customer service.
    """
    if not changes:
        return None
    newest = changes[-1]
    run = takewhile(lambda change: change.before == newest.before, reversed(changes))
    on_the_way = {newest.before, *(change.after for change in run)} - {newest.after}
    return newest if register in on_the_way else None


def written(value: PostalAddress | Billing | None) -> str:
    """A value as one text that tells two of them apart; empty for none."""
    return json.dumps(asdict(value), ensure_ascii=False, sort_keys=True) if value else ""


def address(text: str) -> PostalAddress | None:
    """The address that was written."""
    return PostalAddress(**json.loads(text)) if text else None


def billing(text: str) -> Billing | None:
    """The way of billing that was written."""
    said = json.loads(text) if text else None
    return Billing(Channel(said["channel"]), said["email"], said["reference"]) if said else None
