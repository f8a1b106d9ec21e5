"""What was used between readings of a register: ordinary ones, turned over, wrong, and at a change of meter."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.consumption.kinds import ReadHow, Register, RegisterUnit
from portal.consumption.registers.models import RegisterReading
from portal.consumption.registers.records import read_register
from portal.consumption.registers.rules import RegisterValue, counted, in_order, is_change, used
from portal.sites.commodities import Commodity
from tests.markup import words

DAY = timedelta(days=1)
FIRST, SECOND = date(2026, 1, 1), date(2026, 2, 1)


def value(figure, on=FIRST, serial="A", digits=None, unit=RegisterUnit.KWH):
    return RegisterValue(serial, Register.TOTAL, on, Decimal(figure), unit, ReadHow.CUSTOMER, digits)


@pytest.mark.parametrize(
    ("before", "now", "digits", "expected"),
    [
        ("100", "250.5", None, "150.5"),
        ("100", "100", None, "0"),
        ("99990", "12", 5, "22"),
        ("99999.999999", "0", 5, "0.000001"),
        ("99990", "12", None, None),
        ("12345", "12335", 5, None),  # misread: it would have counted all but ten
        ("50000", "0", 5, None),  # half of all that it can
        ("50001", "0", 5, "49999"),
    ],
)
def test_what_a_register_counted(before, now, digits, expected):
    found = counted(value(before, digits=digits), value(now, SECOND, digits=digits))
    assert found == (expected and Decimal(expected))


def test_another_meter_or_unit_counts_something_else():
    assert counted(value(1), value(2, SECOND, "B")) is None
    assert counted(value(1), value(2, SECOND, unit=RegisterUnit.MWH)) is None


def test_nothing_is_used_while_a_meter_is_changed():
    assert is_change(value(100), value(0, serial="B"))
    assert not is_change(value(100), value(0, FIRST + DAY, "B"))
    assert not is_change(value(100), value(200))


def test_what_is_used_goes_on_through_a_change_of_meter():
    read = [value(0, SECOND, "B"), value(700, SECOND), value(90, SECOND + DAY, "B"), value(500)]
    assert [(one.serial, one.value) for one in in_order(read)] == [("A", 500), ("A", 700), ("B", 0), ("B", 90)]
    assert used(in_order(read)) == 290


@pytest.mark.parametrize(
    "read",
    [
        [],
        [value(1)],
        [value(5), value(4, SECOND)],
        [value(5), value(0, SECOND, "B")],  # from when to when neither hung, nobody knows what was used
    ],
    ids=["none", "one", "lower", "a gap between meters"],
)
def test_what_readings_do_not_tell_is_not_known(read):
    assert used(in_order(read)) is None


@given(st.lists(st.integers(0, 49_999), min_size=1, max_size=20), st.integers(0, 99_999))
def test_a_register_of_five_digits_tells_what_was_used_however_often_it_turns(amounts, begins):
    read, figure = [value(begins, digits=5)], begins
    for number, amount in enumerate(amounts, start=1):
        figure = (figure + amount) % 100_000
        read.append(value(figure, FIRST + number * DAY, digits=5))
    assert used(in_order(read)) == sum(amounts)


def test_a_page_tells_the_newest_reading_first_and_what_each_counted():
    read = [value(500), value(700, SECOND), value(0, SECOND, "B"), value(90, SECOND + DAY, "B")]
    register = read_register("1", Commodity.GAS, read[::-1])
    assert [(line.read.serial, line.counted, line.is_first) for line in register.lines] == [
        ("B", 90, False),
        ("B", None, True),
        ("A", 200, False),
        ("A", None, True),
    ]
    assert (register.since, register.until, register.counted) == (FIRST, SECOND + DAY, 290)


def test_the_page_of_a_site_has_the_newest_reading_first_and_electricity_before_gas(register, aino):
    site = register.site()
    register.occupancy(aino.party, site, since=FIRST)
    for energy, unit in (("gas", "m3"), ("electricity", "kWh")):
        point = register.point(site, energy)
        for on, figure in ((FIRST - DAY, "1"), (FIRST, "100.5"), (SECOND, "200.75")):
            told = {"serial": "A", "counts": "total", "read_on": on, "reading": Decimal(figure), "read_how": "utility"}
            register.add(RegisterReading(metering_point_id=point, unit=unit, **told))
    said = words(aino.browser.open(f"/sites/{site}"), "//*[@aria-labelledby='registers']")
    assert said == (
        "Mittarilukemat "
        "Sähkö · Kokonaislukema käytetty 1.1.–1.2.2026: 100,25 kWh "
        "200,75 kWh 1.2.2026 · luettu paikan päällä · A käytetty 100,25 kWh "
        "100,5 kWh 1.1.2026 · luettu paikan päällä · A mittarin ensimmäinen "
        "Maakaasu · Kokonaislukema käytetty 1.1.–1.2.2026: 100,25 m³ "
        "200,75 m³ 1.2.2026 · luettu paikan päällä · A käytetty 100,25 m³ "
        "100,5 m³ 1.1.2026 · luettu paikan päällä · A mittarin ensimmäinen Ilmoita mittarilukema"
    )
