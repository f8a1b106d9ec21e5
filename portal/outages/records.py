"""An outage as people read of it: what queries build, pages hand on and templates ask."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from portal.contracts.kinds import Names
from portal.kit.clock import day_of
from portal.kit.i18n import Text, counted, text
from portal.kit.labels import Label
from portal.kit.money import Money
from portal.outages.kinds import OPEN, OutageKind, OutageState
from portal.outages.labels import STATES
from portal.outages.rules import percent
from portal.sites.commodities import Commodity

HOUR: Final = timedelta(hours=1)
HEAD: Final = (
    *("id", "number", "energy", "kind", "state", "starts_at", "expected_until", "ended_at"),
    *("cause_fi", "cause_sv", "cause_en", "compensated"),
)
"""The columns of an outage that `head` takes."""


@dataclass(frozen=True, slots=True)
class OutageHead:
    """An outage; `cause` is None where nothing is told of it."""

    id: UUID
    number: str
    commodity: Commodity
    kind: OutageKind
    state: OutageState
    starts_at: datetime
    expected_until: datetime | None
    ended_at: datetime | None
    cause: Names | None
    compensated: bool

    @property
    def title(self) -> Text:
        """What it is."""
        trade = self.commodity.trade
        return (trade.work if self.kind is OutageKind.WORK else trade.fault) or self.commodity.label.words

    @property
    def label(self) -> Label:
        """Where it stands."""
        return STATES[self.state]

    @property
    def is_open(self) -> bool:
        """Whether it is going on, or is still to come."""
        return self.state in OPEN

    @property
    def is_ongoing(self) -> bool:
        """Whether it is going on."""
        return self.state is OutageState.ONGOING

    @property
    def is_planned(self) -> bool:
        """Whether it is work that was announced."""
        return self.kind is OutageKind.WORK


@dataclass(frozen=True, slots=True)
class PublicOutage:
    """An outage as anybody may read of it: in which postcodes, and at how many sites."""

    head: OutageHead
    postcodes: tuple[str, ...]
    sites: int

    @property
    def how_many(self) -> Text | None:
        """How many customers it leaves without energy, None where only its area is known."""
        if not self.sites:
            return None
        return counted("%(n)s site is without energy", "%(n)s sites are without energy", self.sites)


@dataclass(frozen=True, slots=True)
class OutageHere:
    """An open outage at one of the person's sites; not `is_certain` where only the area is known to be touched."""

    head: OutageHead
    site_id: UUID
    street: str
    postcode: str
    is_certain: bool

    @property
    def sentence(self) -> Text:
        """What it means for the site."""
        if not self.is_certain:
            return text("There is an outage in postcode area %(postcode)s. It may concern you.", postcode=self.postcode)
        if self.head.is_ongoing:
            return text("%(street)s is without supply.", street=self.street)
        return text("%(street)s will be without supply for a while.", street=self.street)


@dataclass(frozen=True, slots=True)
class PastOutage:
    """An outage that a site felt from its beginning to its end.

    compensation: what the law gives for it, in euros; None where there is no right, or the annual fee is not known
    """

    head: OutageHead
    starts_at: datetime
    ended_at: datetime
    compensation: Money | None = None

    @property
    def lasted(self) -> timedelta:
        """How long it lasted."""
        return self.ended_at - self.starts_at

    @property
    def said(self) -> Text:
        """The same in words, in hours and minutes."""
        hours, rest = divmod(self.lasted, HOUR)
        return text("%(hours)s h %(minutes)s min", hours=hours, minutes=rest // timedelta(minutes=1))

    @property
    def percent(self) -> int:
        """How many per cent of the annual network fee it gives a right to; 0 for none."""
        if self.head.commodity is not Commodity.ELECTRICITY or not self.head.compensated:
            return 0
        return percent(self.lasted, day_of(self.ended_at))


def head(*row: Any) -> OutageHead:  # noqa: ANN401 - the columns of HEAD
    """An outage of its columns."""
    outage_id, number, commodity, kind, state, starts_at, expected_until, ended_at, fi, sv, en, compensated = row
    cause = Names(fi, sv, en) if fi else None
    named = Commodity(commodity), OutageKind(kind), OutageState(state)
    return OutageHead(outage_id, number, *named, starts_at, expected_until, ended_at, cause, bool(compensated))
