"""Why readings were corrected: what was told of it, else what the delivery shows."""

from datetime import timedelta

import pytest

from portal.consumption import corrections, recording
from portal.consumption.kinds import Cause
from portal.consumption.models import RevisionReason
from portal.consumption.rules import replaces_estimates
from portal.kit.intervals import Quality
from portal.sites.kinds import ReadingType
from tests.asked import asking
from tests.consumption.readings import Reading, every, intervals, make_point
from tests.consumption.test_history import days_of
from tests.consumption.test_store import MONTH, NOW

DAY = timedelta(days=1)
EST, OK, REVISED = Quality.EST, Quality.OK, Quality.REVISED


def readings(day, milliwatt_hours=0, quality=Quality.OK):
    told = every(day, day, milliwatt_hours=lambda quarter: quarter * 0 + milliwatt_hours)
    told.quality[:] = quality
    return told


@pytest.fixture
def point(db):
    """A point of which two days were estimated."""
    point = make_point(db)
    for day in (MONTH, MONTH + DAY):
        recording.record(db, point, readings(day, 100, EST), NOW)
    return point


def why(db, point, days, told_at, cause, **more):
    first, last = days
    told = {"first_day": first, "last_day": last, "told_at": told_at, "cause": cause, "reading_type": "BN01", **more}
    db.flush()
    db.add(RevisionReason(metering_point_id=point, **told))
    db.flush()


def reasons(db, point, kind=ReadingType.METERED):
    return [
        [(one.cause, one.note) for one in change.reasons] for change in corrections.of_days(db, [days_of(point, kind)])
    ]


@pytest.mark.parametrize(
    ("quality", "now", "cause"),
    [(EST, OK, Cause.ESTIMATE_REPLACED), (EST, REVISED, None), (OK, OK, None)],
    ids=["measured since", "corrected", "measured before"],
)
def test_where_nobody_tells_the_delivery_shows_why(db, quality, now, cause):
    point = make_point(db)
    recording.record(db, point, readings(MONTH, 100, quality), NOW)
    recording.record(db, point, readings(MONTH, 200, now), NOW + DAY)
    assert reasons(db, point) == [[(cause, None)]]


def test_what_is_told_of_the_days_is_the_reason(db, point):
    recording.record(db, point, readings(MONTH, 200), NOW + DAY)
    why(db, point, (MONTH - DAY, MONTH), NOW + DAY, Cause.METER_FAULT, note="Mittari vaihdettiin.")
    why(db, point, (MONTH + DAY, MONTH + DAY), NOW + DAY, Cause.OTHER)
    why(db, point, (MONTH, MONTH), NOW + DAY, Cause.OTHER, reading_type="BN02")
    why(db, make_point(db), (MONTH, MONTH), NOW + DAY, Cause.OTHER)
    assert reasons(db, point) == [[(Cause.METER_FAULT, "Mittari vaihdettiin.")]]


def test_each_delivery_has_the_reason_that_was_told_nearest_to_it(db, point):
    for days, milliwatt_hours in ((1, 200), (9, 300)):
        recording.record(db, point, readings(MONTH, milliwatt_hours), NOW + days * DAY)
    why(db, point, (MONTH, MONTH), NOW + 2 * DAY, Cause.COMMUNICATION_FAULT)
    why(db, point, (MONTH, MONTH), NOW + 8 * DAY, Cause.WRONG_CONSTANT)
    assert reasons(db, point) == [[(Cause.WRONG_CONSTANT, None)], [(Cause.COMMUNICATION_FAULT, None)]]


def test_days_that_one_delivery_corrects_may_have_reasons_of_their_own(db, point):
    both = every(MONTH, MONTH + DAY, milliwatt_hours=lambda quarter: quarter * 0 + 300)
    recording.record(db, point, both, NOW + DAY)
    why(db, point, (MONTH, MONTH), NOW + DAY, Cause.METER_FAULT)
    why(db, point, (MONTH + DAY, MONTH + DAY), NOW + DAY, Cause.METER_CHANGED)
    assert reasons(db, point) == [[(Cause.METER_FAULT, None), (Cause.METER_CHANGED, None)]]


def test_reasons_are_asked_for_once_and_only_where_something_was_corrected(db, database, point):
    recording.record(db, point, readings(MONTH + 2 * DAY, 100), NOW + DAY)
    with asking(database) as asked:
        assert reasons(db, point) == []
    assert not [one for one in asked if "revision_reason" in one]
    for days, milliwatt_hours in ((1, 200), (9, 300)):
        recording.record(db, point, readings(MONTH, milliwatt_hours), NOW + days * DAY)
    with asking(database) as asked:
        assert len(reasons(db, point)) == 2
    assert len([one for one in asked if "revision_reason" in one]) == 1


def test_only_values_that_changed_tell_what_the_delivery_replaces():
    before = intervals([Reading(0, 1, 100, OK), Reading(1, 1, 100, EST), Reading(2, 1, 100, EST)])
    since = intervals([Reading(0, 1, 100, OK), Reading(1, 1, 300, OK), Reading(2, 1, 100, EST)])
    assert replaces_estimates(before, since)
    assert not replaces_estimates(before, before)
    assert not replaces_estimates(since, before)


def test_a_reason_is_about_days_of_helsinki(db, point):
    """What is corrected of a day ends with it, though the instant after it belongs to the next."""
    recording.record(db, point, readings(MONTH, 200), NOW + DAY)
    why(db, point, (MONTH + DAY, MONTH + DAY), NOW + 9 * DAY, Cause.OTHER)
    assert reasons(db, point) == [[(Cause.ESTIMATE_REPLACED, None)]]
