"""What a bill was made by, and what its readings come to since they were corrected."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlmodel import delete

from portal.consumption import recording
from portal.consumption.corrected_sums import CorrectedSum, corrected_sums
from portal.consumption.models import Revision
from portal.kit.clock import start_of
from portal.kit.energy import Energy
from portal.kit.intervals import Quality
from portal.sites.kinds import ReadingType
from tests.asked import asking
from tests.consumption.readings import every, make_point

DAY = timedelta(days=1)
FIRST, MIDDLE, LAST = date(2026, 10, 1), date(2026, 10, 15), date(2026, 10, 31)
ISSUED = date(2026, 10, 20)


@dataclass(frozen=True)
class Billed:
    """The first half of October of a point."""

    point_id: UUID
    reading_type: ReadingType | None = None
    first: date = FIRST
    last: date = MIDDLE


def readings(first, last=None, milliwatt_hours=1000):
    return every(first, last or first, milliwatt_hours=lambda quarter: quarter * 0 + milliwatt_hours)


def arrive(db, point, day, told, kind=ReadingType.METERED):
    recording.record(db, point, told, start_of(day), kind)


def found(db, point):
    (one,) = corrected_sums(db, [Billed(point)], ISSUED)
    return one


@pytest.fixture
def billed(db, point):
    """A point whose readings were there when it was billed."""
    arrive(db, point, MIDDLE + DAY, readings(FIRST, MIDDLE))
    return point


def test_what_was_corrected_before_the_invoice_was_not_corrected_after_it(db, billed):
    """Whatever else of the month comes later, and though some of it is told as revised from the beginning."""
    arrive(db, billed, date(2026, 10, 17), readings(date(2026, 10, 3), milliwatt_hours=3000))
    rest = readings(MIDDLE + DAY, LAST)
    rest.quality[:] = Quality.REVISED
    arrive(db, billed, date(2026, 11, 1), rest)
    assert found(db, billed) is None
    arrive(db, billed, date(2026, 11, 2), readings(MIDDLE + DAY, milliwatt_hours=9000))
    assert found(db, billed) is None, "that is not billed"


def test_what_was_corrected_since_is_told_with_what_was_known(db, billed):
    arrive(db, billed, date(2026, 10, 17), readings(date(2026, 10, 3), milliwatt_hours=3000))
    arrive(db, billed, date(2026, 11, 1), readings(date(2026, 10, 4), milliwatt_hours=2000))
    one = found(db, billed)
    assert (one.known, one.now) == (Energy((15 * 1000 + 2000) * 96), Energy((15 * 1000 + 3000) * 96))
    assert len(one.reasons) == 1


def test_of_readings_that_were_missing_nobody_knows_what_they_came_to(db, point):
    arrive(db, point, MIDDLE + DAY, readings(FIRST + DAY, MIDDLE))
    arrive(db, point, date(2026, 11, 1), readings(FIRST + DAY, milliwatt_hours=2000))
    assert found(db, point) is None
    arrive(db, point, date(2026, 11, 2), readings(FIRST))
    assert found(db, point).known is None


def test_of_months_that_were_kept_before_former_values_were_nobody_knows_when_they_were_corrected(db, billed):
    arrive(db, billed, date(2026, 10, 17), readings(date(2026, 10, 3), milliwatt_hours=3000))
    db.exec(delete(Revision))
    arrive(db, billed, date(2026, 11, 1), readings(MIDDLE + DAY, LAST))
    assert found(db, billed) == CorrectedSum(known=None, now=Energy(17 * 1000 * 96), reasons=[])


def test_what_is_billed_is_read_at_once_however_many_points_there_are(db, database):
    asked = []
    for count in (1, 3):
        points = [make_point(db) for _ in range(count)]
        for point in points:
            arrive(db, point, MIDDLE + DAY, readings(FIRST, MIDDLE))
            arrive(db, point, date(2026, 11, 1), readings(FIRST, milliwatt_hours=2000))
        with asking(database) as statements:
            every_one = corrected_sums(db, [Billed(point) for point in points], ISSUED)
        assert [one.now for one in every_one] == [Energy(16 * 1000 * 96)] * count
        asked.append(len(statements))
    assert asked == [4, 4]  # what came since, former values, those of today, and why


def test_of_what_nothing_came_since_nothing_is_read(db, database, billed):
    with asking(database) as statements:
        assert corrected_sums(db, [Billed(billed), Billed(make_point(db))], ISSUED) == [None, None]
        assert corrected_sums(db, [], ISSUED) == []
    assert len([one for one in statements if one.startswith("SELECT")]) == 1
