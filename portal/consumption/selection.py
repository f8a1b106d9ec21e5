"""What somebody looks at: which energy of which sites over which time, and the metering points behind it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from portal.consumption import periods
from portal.consumption.periods import Day, Period
from portal.consumption.rules import Compare, due
from portal.kit.errors import NotThere
from portal.kit.intervals import instant_of
from portal.kit.ranges import Range, merged
from portal.sites.kinds import Commodity
from portal.sites.models import Connection

ALWAYS: Final = Range(periods.All.first)
CONNECTED: Final = Connection.CONNECTED


@dataclass(frozen=True, slots=True)
class HeldDays:
    """The days on which a party holds a site, as far as the portal's years reach."""

    party_id: UUID
    first: date
    last: date

    @property
    def days(self) -> Range:
        """The same days as a range."""
        return Range.of_days(self.first, self.last)


@dataclass(frozen=True, slots=True)
class Point:
    """A metering point that somebody may see, on the days on which it is held.

    days: those on which it exists
    first_quarter, until_quarter: between which there are readings, whoever held the site; None without any
    """

    id: UUID
    gsrn: str
    energy: Commodity
    site_id: UUID
    site_number: str
    site_name: str | None
    street: str
    held_days: tuple[HeldDays, ...]
    first_quarter: int | None
    until_quarter: int | None
    days: Range = ALWAYS
    connection: Connection = Connection.CONNECTED

    def held_by(self, parties: frozenset[UUID]) -> Sequence[tuple[date, date]]:
        """The days of the point on which any of the parties holds the site, as first and last; in time order, apart."""
        held = merged(held_days.days for held_days in self.held_days if held_days.party_id in parties)
        there = filter(None, (days & self.days for days in held))
        return [(days.start, days.last or periods.All.last) for days in there]

    def is_held_by(self, parties: frozenset[UUID], today: date) -> bool:
        """Whether any of the parties holds the site today."""
        return any(today in held_days.days for held_days in self.held_days if held_days.party_id in parties)

    def known_until(self, parties: frozenset[UUID]) -> int | None:
        """The quarter before which there are readings that the parties may see; None where there are none."""
        held = self.held_by(parties)
        if self.first_quarter is None or self.until_quarter is None or not held:
            return None
        until = min(self.until_quarter, Day(held[-1][1]).ends)
        return until if until > max(self.first_quarter, Day(held[0][0]).begins) else None


@dataclass(frozen=True, slots=True)
class ViewRequest:
    """What an address asks for; None where it leaves the choice to us."""

    period: Period | None = None
    energy: Commodity | None = None
    site_id: UUID | None = None
    compare: Compare = Compare.DATE

    @staticmethod
    def read(query: Mapping[str, str]) -> "ViewRequest":
        """What a query string asks for, with any of at, from and to, energy, site, compare.

        Raises NotThere for what does not exist, NoSuchPeriod among it.
        """
        try:
            return ViewRequest(
                period=_period(query),
                energy=Commodity(query["energy"]) if "energy" in query else None,
                site_id=UUID(query["site"]) if query.get("site") else None,
                compare=Compare(query.get("compare", Compare.DATE)),
            )
        except ValueError:
            raise NotThere from None


@dataclass(frozen=True, slots=True)
class Selection:
    """What is looked at. `points` are those of the energy and site; `choices` all that could be looked at instead."""

    period: Period
    energy: Commodity
    compare: Compare
    site_id: UUID | None
    points: tuple[Point, ...]
    choices: tuple[Point, ...]

    @property
    def energies(self) -> Sequence[Commodity]:
        """What the chosen site (or all of them) has, in a fixed order."""
        there = {point.energy for point in self.choices if self.site_id in {None, point.site_id}}
        return [energy for energy in Commodity if energy in there]

    @property
    def sites(self) -> Sequence[Point]:
        """One point of each site, in the order of their streets."""
        return list({point.site_id: point for point in reversed(self.choices)}.values())[::-1]


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far readings reach.

    until: the instant up to which every point that is still held has sent them; None when none has sent any
    late: how many points should have sent more by now
    """

    until: datetime | None
    late: int


def freshness(points: Iterable[Point], parties: frozenset[UUID], today: date) -> Freshness:
    """How far the readings of points reach that the parties hold today; of former ones when they hold none now.

    A point that has ended or is disconnected keeps nobody waiting.
    """
    reach = [(point, until) for point in points if (until := point.known_until(parties))]
    now = [until for point, until in reach if point.connection is CONNECTED and point.held_by(parties)[-1][1] >= today]
    until = min(now) if now else max((until for _, until in reach), default=None)
    late = sum(until < Day(due(today)).ends for until in now)
    return Freshness(instant_of(until) if until else None, late)


def _period(query: Mapping[str, str]) -> Period | None:
    if "at" in query:
        return periods.read(query["at"])
    if "from" in query and "to" in query:
        return periods.read_span(query["from"], query["to"])
    return None
