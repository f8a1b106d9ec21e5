"""What somebody looks at: which commodity of which sites over which time, how an address says it, and the points."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from portal.consumption import periods
from portal.consumption.periods import Period, Span
from portal.consumption.rules import Compare
from portal.kit.clock import DAY, day_of
from portal.kit.errors import NotThere
from portal.kit.intervals import instant_of, start_quarter
from portal.kit.ranges import Range, merged
from portal.sites.commodities import Commodity
from portal.sites.kinds import ReadingType
from portal.sites.models import Rhythm

PAGE: Final = "/consumption"
DOWNLOAD: Final = "/consumption/download"
ALWAYS: Final = Range(periods.All.first)


class Shown(StrEnum):
    """What can be shown beside the energy."""

    TEMPERATURE = "temperature"
    PRICE = "price"
    EUROS = "euros"


UNLESS_SAID: Final = frozenset({Shown.PRICE, Shown.EUROS})


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
class PointSeries:
    """What a metering point tells in one way, and the quarters between which it has, whoever held the site."""

    reading_type: ReadingType
    first_quarter: int
    until_quarter: int


@dataclass(frozen=True, slots=True)
class Point:
    """A metering point that somebody may see, on the days on which it is held.

    site_name: what its site is called today, where the person holds it today
    days: those on which it exists
    series: those of which there are readings
    cut_off: the days on which no energy could flow, the first and the last in part; an end is when it could again
    minutes, rhythm: how long its readings are meant to be, and how often they come; None where that is not known
    looked_at: which of them is looked at; None: the first that is energy, which is the metered one
    """

    id: UUID
    gsrn: str
    commodity: Commodity
    site_id: UUID
    site_number: str
    site_name: str | None
    street: str
    held_days: tuple[HeldDays, ...]
    series: tuple[PointSeries, ...] = ()
    days: Range = ALWAYS
    cut_off: tuple[Range, ...] = ()
    minutes: int | None = None
    rhythm: Rhythm | None = None
    looked_at: ReadingType | None = None

    @property
    def reading_type(self) -> ReadingType:
        """Of which series its readings are."""
        if self.looked_at:
            return self.looked_at
        return self.commodity.usual([one.reading_type for one in self.series]) or ReadingType.METERED

    @property
    def told(self) -> PointSeries | None:
        """The same series; None where there are no readings of it."""
        return self._of(self.reading_type)

    @property
    def first_quarter(self) -> int | None:
        """The first quarter of which there is a reading, whoever held the site; None without any."""
        return self.told.first_quarter if self.told else None

    @property
    def until_quarter(self) -> int | None:
        """The quarter after the last one; None without any."""
        return self.told.until_quarter if self.told else None

    @property
    def monthly_until(self) -> int | None:
        """The same of a point whose readings come by the month, 0 without any; None of others."""
        return (self.until_quarter or 0) if self.rhythm is Rhythm.MONTH else None

    @property
    def place(self) -> str:
        """Its site, as one chooses among several."""
        return f"{self.street}, {self.site_name}" if self.site_name else self.street

    @property
    def href(self) -> str:
        """The page of its newest month."""
        return f"{PAGE}?{urlencode({'energy': self.commodity, 'site': self.site_id})}"

    def seen_by(self, parties: frozenset[UUID]) -> "Point":
        """The same point with the series alone that have readings of days on which the parties hold its site.

        Where there are none, the metered one that ended before: a meter that sent readings once is missed.
        """
        held = [(start_quarter(first), start_quarter(last + DAY)) for first, last in self.held_by(parties)]
        seen = tuple(
            one
            for one in self.series
            if any(one.first_quarter < ends and begins < one.until_quarter for begins, ends in held)
        )
        if not seen and held:
            metered = self._of(ReadingType.METERED)
            seen = (metered,) if metered and metered.first_quarter < held[-1][1] else ()
        return self if len(seen) == len(self.series) else replace(self, series=seen)

    def told_by(self, reading_type: ReadingType | None) -> "Point":
        """The same point, with another of its series looked at; None: with the first."""
        return self if reading_type is self.looked_at else replace(self, looked_at=reading_type)

    @property
    def by_series(self) -> "Sequence[Point]":
        """The same point once for each of its series, in one order, with that looked at."""
        return [self.told_by(kind) for kind in ReadingType if self._of(kind)]

    def _of(self, reading_type: ReadingType) -> PointSeries | None:
        return next((one for one in self.series if one.reading_type is reading_type), None)

    def held_by(self, parties: frozenset[UUID]) -> Sequence[tuple[date, date]]:
        """The days of the point on which any of the parties holds the site, as first and last; in time order, apart."""
        held = merged(held_days.days for held_days in self.held_days if held_days.party_id in parties)
        there = filter(None, (days & self.days for days in held))
        return [(days.start, days.last or periods.All.last) for days in there]

    def is_cut_off(self, today: date) -> bool:
        """Whether no energy can flow when a day ends."""
        return any(today in days and today != days.last for days in self.cut_off)

    def is_held_by(self, parties: frozenset[UUID], today: date) -> bool:
        """Whether any of the parties holds the site today."""
        return any(today in held_days.days for held_days in self.held_days if held_days.party_id in parties)

    def known_until(self, parties: frozenset[UUID]) -> int | None:
        """The quarter before which there are readings that the parties may see; None where there are none."""
        known = self.known_quarters(parties)
        return known[1] if known else None

    def known_quarters(self, parties: frozenset[UUID]) -> tuple[int, int] | None:
        """The same with the first quarter, on the days on which they hold the site."""
        told, held = self.told, self.held_by(parties)
        if told is None or not held:
            return None
        first = max(told.first_quarter, start_quarter(held[0][0]))
        until = min(told.until_quarter, start_quarter(held[-1][1] + DAY))
        return (first, until) if first < until else None


@dataclass(frozen=True, slots=True)
class ViewRequest:
    """What an address asks for; None where it leaves the choice to us.

    show: what to show beside the energy; None where it says nothing of what there is
    reading_type: which series of the points
    """

    period: Period | None = None
    commodity: Commodity | None = None
    site_id: UUID | None = None
    compare: Compare = Compare.DATE
    show: frozenset[Shown] | None = None
    reading_type: ReadingType | None = None

    @staticmethod
    def read(query: Mapping[str, str]) -> "ViewRequest":
        """What a query string asks for, with any of at, from and to, energy, site, compare, show, series.

        Raises NotThere for what does not exist, NoSuchPeriod among it.
        """
        try:
            return ViewRequest(
                period=_period(query),
                commodity=Commodity(query["energy"]) if "energy" in query else None,
                site_id=UUID(query["site"]) if query.get("site") else None,
                compare=Compare(query.get("compare", Compare.DATE)),
                show=_shown(query.get("show")),
                reading_type=ReadingType(query["series"]) if "series" in query else None,
            )
        except ValueError:
            raise NotThere from None


@dataclass(frozen=True)
class Selection:
    """What is looked at, and the way to all that could be looked at instead.

    points: those of the commodity and site
    choices: all points that there are
    show: what is shown beside the energy; None where the address does not say
    reading_type: the series of the points that is looked at; None: the first of each
    """

    period: Period
    commodity: Commodity
    compare: Compare
    site_id: UUID | None
    points: tuple[Point, ...]
    choices: tuple[Point, ...]
    show: frozenset[Shown] | None = None
    reading_type: ReadingType | None = None

    @property
    def commodities(self) -> Sequence[Commodity]:
        """What the chosen site (or all of them) has, in a fixed order."""
        there = {point.commodity for point in self.choices if self.site_id in {None, point.site_id}}
        return [commodity for commodity in Commodity if commodity in there]

    @property
    def sites(self) -> Sequence[Point]:
        """One point of each site, in the order of their streets."""
        return list({point.site_id: point for point in reversed(self.choices)}.values())[::-1]

    def name_of(self, point_id: UUID) -> str:
        """One of the points, as one tells it from the others: its site and its number."""
        (point,) = [one for one in self.points if one.id == point_id]
        return f"{point.place}, {point.gsrn}"

    def shows(self, what: Shown) -> bool:
        """Whether something is to be shown beside the energy: prices and euros, unless the address says what."""
        return what in self._shown

    def href(self, period: Period) -> str:
        """The page of a period, with all else as it is."""
        return f"{PAGE}?{_time(period)}{self._rest}"

    def href_of(self, commodity: Commodity) -> str:
        """The page of another commodity."""
        return replace(self, commodity=commodity, reading_type=None).href(self.period)

    def href_told_by(self, reading_type: ReadingType | None) -> str:
        """The same page of another series; None: of the first."""
        return replace(self, reading_type=reading_type).href(self.period)

    @property
    def reading_types(self) -> Sequence[ReadingType]:
        """The series of energy that the points have, in the order of their commodity."""
        there = {one.reading_type for point in self.points for one in point.series}
        return [one for one in self.commodity.trade.series if one in there]

    def href_beside(self, compare: Compare) -> str:
        """The same page with another comparison."""
        return replace(self, compare=compare).href(self.period)

    @property
    def href_of_temperature(self) -> str:
        """The same page with the outdoor temperature beside the energy, or without it where it is there."""
        shown = self._shown ^ {Shown.TEMPERATURE}
        return replace(self, show=None if shown == UNLESS_SAID else shown).href(self.period)

    def file(self, period: Period, format_: str, resolution: str) -> str:
        """The file of a period, in a format, by the hour or the quarter."""
        return f"{DOWNLOAD}?{urlencode({'format': format_, 'resolution': resolution})}&{_time(period)}{self._rest}"

    @property
    def fields(self) -> Sequence[tuple[str, str]]:
        """Names and values of an address that keeps everything but the site."""
        return [*_times(self.period), *self._kept()]

    @property
    def _shown(self) -> frozenset[Shown]:
        return UNLESS_SAID if self.show is None else self.show

    @cached_property
    def _rest(self) -> str:
        """What follows the time in an address."""
        kept = urlencode([*self._kept(), *([("site", self.site_id)] if self.site_id else [])])
        return f"&{kept}" if kept else ""

    def _kept(self) -> Iterator[tuple[str, str]]:
        """What of the choice an address must say: of what there is only one, nothing."""
        if len(self.commodities) > 1:
            yield "energy", self.commodity
        if self.compare is not Compare.DATE:
            yield "compare", self.compare
        if self.reading_type:
            yield "series", self.reading_type
        if self.show is not None:
            yield "show", ",".join(what for what in Shown if what in self.show)


def days_with_readings(points: Sequence[Point], parties: frozenset[UUID]) -> Span | None:
    """The days of which there may be readings that the parties may see, from first to last; None without any."""
    until = [until for point in points if (until := point.known_until(parties))]
    since = [
        max(first, day_of(instant_of(point.first_quarter)))
        for point in points
        for first, _ in point.held_by(parties)
        if point.first_quarter is not None
    ]
    return Span(min(since), day_of(instant_of(max(until) - 1))) if since and until else None


def _period(query: Mapping[str, str]) -> Period | None:
    if "at" in query:
        return periods.read(query["at"])
    if "from" in query and "to" in query:
        return periods.read_span(query["from"], query["to"])
    return None


def _shown(asked: str | None) -> frozenset[Shown] | None:
    """`price,euros`, or nothing."""
    asked_for = frozenset(what for what in Shown if what in (asked or "").split(","))
    return asked_for if asked_for or asked == "" else None


def _times(period: Period) -> Sequence[tuple[str, str]]:
    """Names and values by which an address tells a period."""
    if isinstance(period, Span):
        return [("from", period.since.isoformat()), ("to", period.until.isoformat())]
    return [("at", period.at)]


def _time(period: Period) -> str:
    """The same as a part of an address; it needs no quoting."""
    return "&".join(map("=".join, _times(period)))
