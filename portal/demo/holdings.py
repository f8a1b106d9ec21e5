"""What a customer has at a site: contracts that share a bill, metering points and what they send."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import SQLModel

from portal.contracts.models import Contract
from portal.demo.readings import Defect, Metering
from portal.demo.register import HeldFrom
from portal.kit.energy import Energy
from portal.kit.intervals import Quality


@dataclass(frozen=True)
class Misread:
    """A line that charges more energy than was used: of which contract, under which code, and how much too much."""

    contract: Contract
    code: str
    too_much: Energy


@dataclass(frozen=True)
class BillingAccount:
    """Contracts that share a bill every month, and how the bills are paid.

    serial: what its bills are numbered by
    issued_days_ago: about how long before today the newest bill was made
    unpaid, late: bills that nobody paid, and days by which others were paid late, both by number, 0 for the newest
    early: how many days before the due date others are paid, give or take a few
    most: how many bills back the billing system still tells of; 0 for all
    misread: lines that are wrong on purpose, by the number of their bill
    as_known: whether readings that were corrected later were not yet so when bills were made; otherwise they were
    """

    serial: int
    contracts: tuple[Contract, ...]
    issued_days_ago: int
    unpaid: frozenset[int] = frozenset()
    late: Mapping[int, int] = field(default_factory=dict)
    early: int = 0
    most: int = 0
    misread: Mapping[int, Misread] = field(default_factory=dict)
    as_known: bool = False

    @property
    def party_id(self) -> UUID:
        """Who is billed."""
        return self.contracts[0].party_id

    @property
    def site_id(self) -> UUID:
        """The site that is billed for."""
        return self.contracts[0].site_id


@dataclass(frozen=True)
class Holding:
    """A site as its customer holds it: register rows, what its meters send, how it is billed."""

    stay: HeldFrom
    rows: tuple[SQLModel, ...]
    meterings: Mapping[UUID, Metering]
    accounts: tuple[BillingAccount, ...]


def days_ago(today: date, days: int, quality: Quality, from_hour: float = 0, to_hour: float = 24) -> Defect:
    """A defect some days before today."""
    return Defect(quality, today - timedelta(days=days), from_hour, to_hour)


def this_month(today: date, day: int) -> int:
    """About so many days ago, but not in a month that is billed already."""
    return min(day, max(today.day - 1, 2))
