"""The feed of register readings: which are kept, which are doubtful, which cannot be, and what to do about it."""

import pytest
from sqlmodel import select

from portal.consumption.registers.models import RegisterReading
from portal.feeds.rows import read
from portal.feeds.schema import kind_named
from tests.feeds.conftest import lines, row

KIND = "register_readings"
GAS, HEAT, FORMER = "643000000000000030", "643000000000000023", "643000000000000047"
METER = row("metering_points")["meters"][0]
HANGS = {"installed_on": "2020-01-01", "removed_on": None}


def told(on, reading, **changes):
    return row(KIND, read_on=on, reading=reading, read_at=None, digits=None) | changes


@pytest.fixture
def points(take_in_kinds):
    """A point whose meter was changed; one of gas, one of heat; one that is there for a while only."""
    new, exchanger = METER | {"serial": "NEW-1", **HANGS, "installed_on": "2026-05-02"}, {"kind": "heat_exchanger"}
    of = {"site_number": None, "valid_from": None, "valid_to": None}
    rows = [
        row("metering_points", meters=[METER, new], **of),
        row("metering_points", gsrn=GAS, energy="gas", meters=[METER | HANGS], **of),
        row(
            "metering_points",
            gsrn=HEAT,
            energy="heat",
            meters=[METER | HANGS, METER | HANGS | exchanger | {"serial": "LX"}],
            **of,
        ),
        row("metering_points", gsrn=FORMER, meters=[METER | HANGS], **of)
        | {"valid_from": "2026-01-01", "valid_to": "2026-01-31"},
    ]
    assert take_in_kinds(metering_points=rows).code == 0


def kept(database):
    with database.reading() as db:
        found = db.exec(select(RegisterReading).order_by(RegisterReading.read_on))
        return [(str(one.read_on), f"{one.reading:f}") for one in found]


def test_readings_are_kept_exactly_and_known_again(points, take_in, database):
    rows = [told("2025-01-01", "0.000001"), told("2025-02-01", "123456789.654321")]
    assert take_in("r.jsonl", *rows).last == "accepted=2 unchanged=0 refused=0"
    assert take_in("r.jsonl", *rows).last == "accepted=0 unchanged=2 refused=0"
    assert kept(database) == [("2025-01-01", "0.000001"), ("2025-02-01", "123456789.654321")]


def test_a_reading_may_be_corrected(points, take_in, database):
    take_in("r.jsonl", told("2025-01-01", "100"))
    assert take_in("r.jsonl", told("2025-01-01", "101")).last == "accepted=1 unchanged=0 refused=0"
    assert kept(database) == [("2025-01-01", "101.000000")]


def test_a_change_of_meter_is_two_readings_of_one_day(points, take_in):
    rows = [told("2026-05-02", "48211.5"), told("2026-05-02", "0", serial="NEW-1")]
    assert take_in("r.jsonl", *rows).last == "accepted=2 unchanged=0 refused=0"


def test_a_lower_reading_is_taken_in_as_doubtful_whichever_comes_first(points, take_in, doubtful, database):
    said = (
        "reading: 90 on 2025-02-01 is less than 100 on 2025-01-01; correct one of them, or send digits if the register "
        "turned over"
    )
    take_in("a.jsonl", told("2025-02-01", "90"))
    answer = take_in("b.jsonl", told("2025-01-01", "100"))
    assert (answer.code, answer.last) == (0, "accepted=1 unchanged=0 refused=0")
    assert [reason for _, reason, _ in doubtful("b.jsonl")] == [said]
    take_in("c.jsonl", told("2025-02-01", "90"))
    assert [reason for _, reason, _ in doubtful("c.jsonl")] == [said]
    assert len(kept(database)) == 2


def test_a_register_that_turned_over_is_not_doubtful(points, take_in, tmp_path):
    rows = [told("2025-01-01", "99990", digits=5), told("2025-02-01", "12", digits=5)]
    assert take_in("r.jsonl", *rows).last == "accepted=2 unchanged=0 refused=0"
    assert not (tmp_path / "feeds/r.jsonl.doubtful.csv").exists()


def test_another_unit_than_before_is_doubtful(points, take_in, doubtful):
    rows = [told("2025-01-01", "1"), told("2025-02-01", "2", unit="MWh")]
    take_in("r.jsonl", *rows)
    assert {reason for _, reason, _ in doubtful("r.jsonl")} == {
        "unit: MWh on 2025-02-01 does not follow kWh on 2025-01-01; correct one of them"
    }


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "changes",
    [
        {"gsrn": GAS, "unit": "m3"},
        {"gsrn": GAS, "unit": "kWh"},
        {"gsrn": HEAT, "unit": "MWh"},
        {"gsrn": HEAT, "counts": "volume", "unit": "m3"},
        {"counts": "night"},
    ],
)
def test_each_meter_counts_in_units_of_its_own(points, take_in, changes):
    assert take_in("r.jsonl", told("2025-01-01", "1", **changes)).code == 0


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"gsrn": "643000000000000054"}, "unknown metering point 643000000000000054"),
        (
            {"serial": "X-1"},
            "serial: metering point 643000000000000016 has no meter X-1; correct it, or send the meter",
        ),
        ({"gsrn": HEAT, "serial": "LX"}, f"serial: metering point {HEAT} has no meter LX; "),
        (
            {"read_on": "2019-03-13"},
            "read_on: lies before meter E450-1234567 was hung on 2019-03-14; correct it, or installed_on",
        ),
        (
            {"read_on": "2026-05-03"},
            "read_on: lies after meter E450-1234567 was taken down on 2026-05-02; correct it, or removed_on",
        ),
        ({"gsrn": GAS, "unit": "m3", "read_on": "2126-01-01"}, "read_on: lies after today, "),
        ({"gsrn": FORMER, "read_on": "2025-12-31"}, "read_on: lies before the first day of the metering point, 2026-0"),
        ({"gsrn": FORMER, "read_on": "2026-02-01"}, "read_on: lies after the last day of the metering point, 2026-01-"),
        ({"unit": "m3"}, "unit: the total register of a meter of electricity counts in kWh or MWh, not m3"),
        ({"gsrn": HEAT, "counts": "volume"}, "unit: the volume register of a meter of heat counts in m3, not kWh"),
        ({"counts": "volume", "unit": "m3"}, "counts: a meter of electricity has none of volume; send total"),
    ],
)
def test_what_cannot_be_is_refused(points, take_in, refused, database, changes, reason):
    assert take_in("r.jsonl", told("2025-01-01", "1") | changes).code == 1
    assert refused("r.jsonl")[0][1].startswith(reason)
    assert kept(database) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"reading": "-1"}, "reading: must be digits with at most 6 after a point"),
        ({"reading": "1.0000001"}, "reading: must be digits with at most 6 after a point"),
        ({"reading": 1}, "reading: Input should be a valid string"),
        ({"digits": 4}, "reading has more than the 4 digits that the register has"),
        ({"digits": 2}, "digits: Input should be greater than or equal to 3"),
        ({"read_at": "2026-05-02T21:20:00Z"}, "read_at lies on 2026-05-03, not on read_on; days are those of Helsinki"),
        ({"read_how": "guessed"}, "read_how: Input should be 'customer', "),
        ({"unit": "J"}, "unit: Input should be 'kWh', 'MWh' or 'm3'"),
    ],
)
def test_a_row_that_does_not_hold_together_is_refused(changes, reason):
    assert reason in read(kind_named(KIND), lines(row(KIND, **changes)).encode()).reason
