"""The feed of reasons for corrections: whose days they are about, and what is refused."""

import pytest
from sqlmodel import select

from portal.consumption.models import RevisionReason
from portal.feeds.rows import read
from portal.feeds.schema import kind_named
from tests.feeds.conftest import lines, row

HEAT = "643000000000000023"


@pytest.fixture
def points(take_in_kinds):
    """A metering point of electricity that ended, and one of heat."""
    there = {"site_number": None, "valid_from": "2026-01-01", "valid_to": "2026-11-01"}
    rows = [row("metering_points", **there), row("metering_points", gsrn=HEAT, energy="heat", site_number=None)]
    assert take_in_kinds(metering_points=rows).code == 0


def kept(database):
    with database.reading() as db:
        return [(str(one.first_day), one.cause, one.note) for one in db.exec(select(RevisionReason))]


def test_a_reason_is_kept_and_may_be_told_better(points, take_in, database):
    assert take_in("r.jsonl", row("revisions")).last == "accepted=1 unchanged=0 refused=0"
    assert take_in("r.jsonl", row("revisions")).last == "accepted=0 unchanged=1 refused=0"
    assert take_in("r.jsonl", row("revisions", reason="other", note=None)).last == "accepted=1 unchanged=0 refused=0"
    assert kept(database) == [("2026-10-20", "other", None)]


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"gsrn": HEAT[:-1] + "0"}, None),
        ({"gsrn": "643000000000000030"}, "unknown metering point 643000000000000030"),
        (
            {"gsrn": HEAT, "reading_type": "BN02"},
            "reading_type: a metering point of heat has no BN02; send one of BN01,",
        ),
        ({"told_at": "2126-11-19T07:15:00Z"}, "told_at: lies in the future; send when it was told, in UTC"),
        ({"gsrn": HEAT, "last_day": "2126-10-21"}, "last_day: lies after today, "),
        (
            {"first_day": "2025-12-01", "last_day": "2025-12-31"},
            "last_day: lies before the first day of the metering point, 2026-01-01; correct it, or valid_from in feed",
        ),
        (
            {"first_day": "2026-11-02", "last_day": "2026-11-02"},
            "first_day: lies after the last day of the metering point, 2026-11-01; correct it, or valid_to in feed",
        ),
    ],
)
def test_what_cannot_be_is_refused(points, take_in, refused, database, changes, reason):
    assert take_in("r.jsonl", row("revisions", **changes)).code == 1
    assert refused("r.jsonl")[0][1].startswith(reason or "gsrn: must be a GSRN")
    assert kept(database) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"last_day": "2026-10-19"}, "last_day is before first_day"),
        ({"reason": "magic"}, "reason: Input should be 'meter-fault', "),
        ({"reading_type": "BN99"}, "reading_type: Input should be 'BN01', "),
    ],
)
def test_a_row_that_does_not_hold_together_is_refused(changes, reason):
    assert reason in read(kind_named("revisions"), lines(row("revisions", **changes)).encode()).reason
