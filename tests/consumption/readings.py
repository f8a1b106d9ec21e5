"""Builders of readings, and the naive way to keep and sum them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import uuid4

import numpy as np
from hypothesis import strategies as st

from portal.consumption.formats import datahub_file
from portal.consumption.formats.datahub import Reader, RefusedLine, SeriesReadings
from portal.consumption.formats.datahub_file import Spans
from portal.kit.clock import day_of, first_of_month
from portal.kit.intervals import Intervals, Quality, day_starts, instant_of
from portal.sites.models import MeteringPoint

NO_VALUE = Quality.MISSING
FORMS = (  # of the readings of an hour: where each begins, and its length
    ((0, 4),),
    ((0, 4),),
    ((0, 1), (1, 1), (2, 1), (3, 1)),
    ((0, 1), (1, 1), (2, 1), (3, 1)),
    ((1, 1), (2, 1)),
    ((0, 1), (3, 1)),
)
VALUES = st.integers(-2, 2).map(lambda number: number * 250)
QUALITIES = st.sampled_from((Quality.OK, Quality.OK, NO_VALUE, Quality.EST, Quality.REVISED, Quality.PMISSING))
ESTIMATED = {Quality.EST, Quality.UNCERTAIN, Quality.E21, Quality.E56}
MISSING = {Quality.MISSING, Quality.PMISSING}


@dataclass(frozen=True, order=True)
class Reading:
    """One interval, its length in quarters; `revised` is not looked at when a reading arrives."""

    quarter: int
    length: int
    milliwatt_hours: int
    quality: Quality = Quality.OK
    revised: bool = False


@dataclass(frozen=True)
class Export:
    """What a Datahub file says. `repeated` counts the lines that only say again what an earlier one said."""

    series: tuple[SeriesReadings, ...]
    refused: tuple[RefusedLine, ...]
    repeated: int


def read(content, size=datahub_file.PIECE, portion=10**9, **options):
    """What a file says, read in pieces of so many bytes and told in portions of so many readings."""
    with datahub_file.opened(Reader(content[:4096], **options), in_pieces(content, size)) as file:
        spans = Spans.boundless(len(file.series))
        portions = [file.told(series, spans) for series in file.portions(portion)]
        told = {number: intervals for portion in portions for number, intervals in portion.series}
        series = [
            SeriesReadings(file.series[number][0], told[number], file.series[number][1])
            for number in sorted(told, key=file.first_lines.__getitem__)
        ]
        contradicting = {line for portion in portions for line in portion.contradicting}
        refused = tuple(file.refused(spans, lambda *_: "outside"))
    assert contradicting <= {line.number for line in refused}
    lines = sum(portion.lines for portion in portions)
    return Export(tuple(series), refused, lines - sum(map(len, told.values())) - len(contradicting))


def in_pieces(content, size):
    """Pieces of about so many bytes that end where a line does."""
    while content:
        ends = content.find(b"\n", size) + 1 or len(content)
        yield content[:ends]
        content = content[ends:]


def intervals(readings):
    """Readings as arrays."""
    rows = np.array(
        [(one.quarter, one.length, one.milliwatt_hours, one.quality) for one in readings], np.int64
    ).reshape(-1, 4)
    return Intervals(rows[:, 0].copy(), rows[:, 1].copy(), rows[:, 2].copy(), rows[:, 3].astype(np.uint8))


def listed(known):
    """Arrays as readings."""
    columns = (known.quarter, known.length, known.milliwatt_hours, known.quality)
    return [
        Reading(quarter, length, milliwatt_hours, Quality(quality))
        for quarter, length, milliwatt_hours, quality in zip(*(column.tolist() for column in columns), strict=True)
    ]


def every(first, last, length=1, milliwatt_hours=None):
    """All quarters, or hours, of the days from first to last; `milliwatt_hours` makes the value of a quarter."""
    starts = day_starts(first, last)
    quarter = np.arange(starts[0], starts[-1], length)
    values = np.full(len(quarter), 1000) if milliwatt_hours is None else milliwatt_hours(quarter)
    return Intervals(quarter, np.full(len(quarter), length), values, np.zeros(len(quarter), np.uint8))


def make_point(db):
    """A metering point of electricity that stands nowhere."""
    point = MeteringPoint(id=uuid4(), gsrn=f"{uuid4().int % 10**18:018}", energy="electricity")
    db.add(point)
    return point.id


@st.composite
def loads(draw, hours, most=6):
    """Readings that arrive together: of some hours, each as a whole or some of its quarters."""
    told = dict(draw(st.lists(st.tuples(st.sampled_from(hours), st.sampled_from(FORMS)), max_size=most)))
    return [
        Reading(hour * 4 + at, length, draw(VALUES) if quality is not NO_VALUE else 0, quality)
        for hour, form in sorted(told.items())
        for at, length in form
        for quality in [draw(QUALITIES)]
    ]


class Naive:
    """Keeps readings in a dictionary, one at a time, hour by hour."""

    def __init__(self):
        self.hours = {}  # hour -> its readings

    def record(self, arriving):
        """(accepted, unchanged, revised, contradicting)"""
        counts = np.zeros(4, np.int64)
        for hour, readings in groupby(arriving, key=lambda one: one.quarter // 4):
            counts += self._hour(hour, list(readings))
        return tuple(counts.tolist())

    def _hour(self, hour, came):
        was = self.hours.get(hour, [])
        if was and is_whole(was) != is_whole(came):
            return self._told_otherwise(hour, was, came)
        accepted = revised = 0
        known = {one.quarter: one for one in was}
        for one in came:
            before = known.get(one.quarter)
            if before is None or changes(before, one):
                corrects = (
                    before is not None and before.quality != NO_VALUE and before.milliwatt_hours != one.milliwatt_hours
                )
                marked = corrects or (before is not None and before.revised)
                known[one.quarter] = Reading(one.quarter, one.length, one.milliwatt_hours, one.quality, marked)
                accepted += 1
                revised += corrects
        self.hours[hour] = sorted(known.values())
        return np.array([accepted, len(came) - accepted, revised, 0])

    def _told_otherwise(self, hour, was, came):
        if weight(came) <= weight(was):
            contradicts = weight(came) == 2 and came[0].milliwatt_hours != sum(one.milliwatt_hours for one in was)
            return np.array([0, len(came), 0, contradicts])
        corrects = (
            is_whole(was) and weight(was) > 0 and was[0].milliwatt_hours != sum(one.milliwatt_hours for one in came)
        )
        marked = corrects or any(one.revised for one in was)
        self.hours[hour] = [Reading(one.quarter, one.length, one.milliwatt_hours, one.quality, marked) for one in came]
        return np.array([len(came), 0, len(came) if corrects else 0, 0])

    @property
    def readings(self):
        return [one for hour in sorted(self.hours) for one in self.hours[hour]]

    def figures(self, of):
        """Figures summed by `of` a day: mWh, quarters measured, estimated, missing, revised."""
        sums = defaultdict(lambda: np.zeros(5, np.int64))
        for one in self.readings:
            sums[of(day_of(instant_of(one.quarter)))] += figures(one)
        return sums

    @property
    def by_day(self):
        return self.figures(lambda day: day)

    @property
    def by_month(self):
        return self.figures(first_of_month)


def figures(one):
    """One reading's figures."""
    measured = one.quality not in ESTIMATED | MISSING
    flags = (measured, one.quality in ESTIMATED, one.quality in MISSING, one.revised or one.quality == Quality.REVISED)
    return np.array([one.milliwatt_hours, *(one.length * flag for flag in flags)])


def is_whole(readings):
    return readings[0].length == 4


def weight(readings):
    """How much an hour's readings tell: nothing, some quarters, all as one, all four quarters."""
    valued = sum(one.quality != NO_VALUE for one in readings)
    if is_whole(readings):
        return 2 * valued
    return {0: 0, 4: 3}.get(valued, 1)


def changes(before, one):
    """Whether a reading differs from the one before it, and has more to say than that its value is missing."""
    if one.quality == NO_VALUE:
        return False
    return (before.milliwatt_hours, before.quality) != (one.milliwatt_hours, one.quality)


def days(first, last):
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


NOVEMBER = date(2026, 11, 1), date(2026, 11, 30)
