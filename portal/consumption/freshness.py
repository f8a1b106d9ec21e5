"""How fresh readings are: how far they reach, by when more come, what is late and by whom, which meter is silent.

The readings of a day are due by the end of the next one (those that come by the month by the end of the next month),
however often within the day they come.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from portal.consumption.selection import Point
from portal.kit.clock import DAY, HELSINKI, day_of, next_month, start_of
from portal.kit.intervals import QUARTER_S, Intervals, instant_of, start_quarter
from portal.sites.models import Rhythm

SILENT_AFTER: Final = 2 * DAY  # past due
QUARTER: Final = timedelta(seconds=QUARTER_S)
SIXES: Final = (time(6), time(12), time(18))  # with midnight, the ends of six hours; clocks change at none of them


@dataclass(frozen=True, slots=True)
class Limit:
    """By when something should come."""

    at: datetime

    @property
    def day(self) -> date | None:
        """The day that ends then; None within a day."""
        return None if start_of(day_of(self.at)) < self.at else day_of(self.at) - DAY


@dataclass(frozen=True, slots=True)
class Awaited:
    """A metering point whose next readings are awaited: it is connected, and held today.

    until: how far its readings reach; where none has come since it was connected, since when they are awaited
    has_sent: whether any has come since then
    """

    point: Point
    until: datetime
    has_sent: bool

    @property
    def reaches(self) -> datetime:
        """When the newest quarter hour begins of which there is a reading."""
        return self.until - QUARTER

    @property
    def due(self) -> datetime:
        """The end of the time in which more must have come."""
        by_day = Rhythm.DAY if self.point.rhythm is Rhythm.SIX_HOURS else self.point.rhythm
        return _end(by_day, _end(by_day, self.until))

    @property
    def last_day(self) -> date:
        """The last day of that time."""
        return day_of(self.due) - DAY

    def next_by(self, now: datetime) -> datetime:
        """The end of the time in which more should come next, as often as it comes."""
        rhythm = self.point.rhythm
        return max(_end(rhythm, _end(rhythm, self.until)), _end(rhythm, now))

    def is_late(self, now: datetime) -> bool:
        """Whether more should have come by now."""
        return self.due <= now

    def is_silent(self, now: datetime) -> bool:
        """Whether it has been late for so long that its meter may be out of order."""
        return self.due + SILENT_AFTER <= now


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far readings reach, and what is awaited.

    until: the instant up to which every point has sent them, but for silent ones beside others; None without any
    next_by: the end of the time in which the next ones should come; None where all are late or none is awaited
    late: what should have sent more by now, the longest wait first; without what is silent
    silent: what has sent nothing for so long that its meter may be out of order, the longest wait first
    on_time: the others
    """

    until: datetime | None
    next_by: Limit | None = None
    late: tuple[Awaited, ...] = ()
    silent: tuple[Awaited, ...] = ()
    on_time: tuple[Awaited, ...] = ()

    @property
    def reaches(self) -> datetime | None:
        """When the newest quarter hour begins of which there are readings."""
        return self.until - QUARTER if self.until else None


def freshness(points: Iterable[Point], parties: frozenset[UUID], now: datetime) -> Freshness:
    """How fresh the readings of points are that the parties hold today; of former ones when they hold none now.

    A point that has ended or is disconnected keeps nobody waiting.
    """
    points = list(points)
    every = sorted(filter(None, (_awaited(point, parties, now) for point in points)), key=lambda one: one.until)
    silent = [one for one in every if one.is_silent(now)]
    on_time = [one for one in every if not one.is_late(now)]
    return Freshness(
        until=_until(points, parties, every, silent),
        next_by=Limit(min(one.next_by(now) for one in on_time)) if on_time else None,
        late=tuple(one for one in every if one.is_late(now) and not one.is_silent(now)),
        silent=tuple(silent),
        on_time=tuple(on_time),
    )


def is_coarse(point: Point, readings: Intervals) -> bool:
    """Whether the newest of some readings is of a whole hour where quarters are meant.

    Older ones may well be: meters learnt to tell quarters one after the other.
    """
    return bool(len(readings)) and int(readings.length[-1]) * QUARTER > timedelta(minutes=point.minutes or 60)


def _awaited(point: Point, parties: frozenset[UUID], now: datetime) -> Awaited | None:
    """The point as it is awaited.

    None for what is cut off or not held today, and for a point that never sent a reading and of which the
    register does not say that it will: of its first series, for the others depend on more than the meter.
    """
    held, today = point.held_by(parties), day_of(now)
    if point.is_cut_off(today) or not held or not held[-1][0] <= today <= held[-1][1]:
        return None
    if point.first_quarter is None and (point.rhythm is None or point.looked_at):
        return None
    connected = [days.last for days in point.cut_off if days.last and days.last <= today]
    since = start_quarter(max([held[-1][0], *connected]))
    until = point.known_until(parties) or 0
    return Awaited(point, instant_of(max(until, since)), has_sent=until > since)


def _until(
    points: Iterable[Point], parties: frozenset[UUID], every: Iterable[Awaited], silent: Sequence[Awaited]
) -> datetime | None:
    sent = [one for one in every if one.has_sent]
    if sent:
        return min((one.until for one in sent if one not in silent), default=max(one.until for one in sent))
    reach = [until for point in points if (until := point.known_until(parties))]
    return instant_of(max(reach)) if reach else None


def _end(rhythm: Rhythm | None, at: datetime) -> datetime:
    """When the six hours, the day or the month of an instant end in Helsinki; its day where no rhythm is known."""
    day = day_of(at)
    if rhythm is Rhythm.MONTH:
        return start_of(next_month(day))
    if rhythm is Rhythm.SIX_HOURS:
        sixes = (datetime.combine(day, six, HELSINKI) for six in SIXES)
        return next((six.astimezone(at.tzinfo) for six in sixes if six > at), start_of(day + DAY))
    return start_of(day + DAY)
