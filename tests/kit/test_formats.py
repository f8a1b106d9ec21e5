"""Numbers, energy, days and hours as each language writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from portal.kit import formats
from portal.kit.energy import Energy, from_kwh
from portal.kit.i18n import Language
from portal.kit.money import Money, rounded, total

FI, SV, EN = Language.FI, Language.SV, Language.EN
FRIDAY = date(2026, 12, 4)
MORNING = datetime(2026, 11, 21, 7, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cents", "said"), [(9499, "94,99 €"), (123456, "1 234,56 €"), (-187, "−1,87 €"), (0, "0,00 €"), (5, "0,05 €")]
)
def test_money(cents, said):
    assert formats.money(Money(cents)) == said.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("kwh", "said"),
    [
        ("0.46", "0,46 kWh"),
        ("9.999999", "10,00 kWh"),
        ("23.44", "23,4 kWh"),
        ("297.4", "297 kWh"),
        ("9057.93", "9 058 kWh"),
        ("12340", "12,3 MWh"),
        ("-4.2", "−4,20 kWh"),
        ("0", "0 kWh"),
    ],
)
def test_energy(kwh, said):
    assert formats.kwh(from_kwh(Decimal(kwh))) == said.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("kwh", "said"),
    [
        ("0.46", "0,46 kWh"),
        ("9.999999", "10,00 kWh"),
        ("23.44", "23,44 kWh"),
        ("555.36", "555,4 kWh"),
        ("999.96", "1 000 kWh"),
        ("9057.93", "9 058 kWh"),
        ("12344", "12,34 MWh"),
        ("753429.2", "753,4 MWh"),
        ("6069360", "6 069,4 MWh"),
        ("-522.94", "−522,9 kWh"),
        ("0", "0 kWh"),
    ],
)
def test_energy_beside_that_of_another_year_has_four_figures(kwh, said):
    assert formats.kwh_compared(from_kwh(Decimal(kwh))) == said.replace(" ", "\u00a0")


def test_energy_on_a_bill_has_two_decimals():
    assert formats.kwh_exact(from_kwh(Decimal("9057.93"))) == "9\u00a0057,93\u00a0kWh"


def test_energy_finer_than_a_milliwatt_hour_is_refused():
    with pytest.raises(ValueError, match="finer"):
        from_kwh(Decimal("0.0000001"))
    assert from_kwh(Decimal("-0.000001")) == Energy(-1)


@pytest.mark.parametrize(("price", "said"), [("8.49", "8,49"), ("2.7937", "2,7937"), ("9", "9,00"), ("0.5", "0,50")])
def test_a_price_keeps_its_decimals(price, said):
    assert formats.cents_per_kwh(Decimal(price)) == f"{said}\u00a0c/kWh"


@pytest.mark.parametrize(("value", "said"), [("12", "12 %"), ("25.5", "25,5 %"), ("24.0", "24 %"), ("-1", "−1 %")])
def test_percent(value, said):
    assert formats.percent(Decimal(value)) == said.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("language", "full", "short", "weekday", "month", "within"),
    [
        (FI, "4.12.2026", "4.12.", "pe 4.12.2026", "joulukuu 2026", "joulukuussa"),
        (SV, "4.12.2026", "4.12", "fre 4.12.2026", "december 2026", "i december"),
        (EN, "4 Dec 2026", "4 Dec", "Fri 4 Dec 2026", "December 2026", "in December"),
    ],
)
def test_days(language, full, short, weekday, month, within):
    plain = [
        formats.full_date(FRIDAY, language),
        formats.day_month(FRIDAY, language),
        formats.weekday_date(FRIDAY, language),
        formats.month_year(FRIDAY, language),
        formats.in_month(FRIDAY, language),
    ]
    assert [said.replace("\u00a0", " ") for said in plain] == [full, short, weekday, month, within]


@pytest.mark.parametrize(
    ("language", "said"),
    [(FI, "21.11.2026 klo 9.05"), (SV, "21.11.2026 kl. 09.05"), (EN, "21 Nov 2026 at 09:05")],
)
def test_an_instant_is_said_in_helsinki_time(language, said):
    assert formats.instant(MORNING, language).replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 10, 1), date(2026, 10, 31), "1.–31.10.2026"),
        (date(2026, 9, 15), date(2026, 10, 14), "15.9.–14.10.2026"),
        (date(2025, 12, 1), date(2026, 1, 31), "1.12.2025–31.1.2026"),
        (date(2026, 10, 1), date(2026, 10, 1), "1.10.2026"),
    ],
)
def test_a_range_says_once_what_both_days_share(first, last, said):
    assert formats.date_range(first, last, FI) == said


@pytest.mark.parametrize(("exact", "cents"), [("0.5", 1), ("-0.5", -1), ("1.4999", 1), ("2.5", 3)])
def test_cents_are_rounded_half_up(exact, cents):
    assert rounded(Decimal(exact)) == Money(cents)


def test_nothing_sums_to_zero():
    assert total([]) == Money(0)
    assert total([Money(1), -Money(3)]) == Money(-2)


def test_a_machine_reads_an_instant_to_the_second():
    """HTML knows milliseconds at most, and nobody needs them."""
    assert formats.iso(datetime(2026, 11, 21, 12, 0, 0, 340926, UTC)) == "2026-11-21T14:00:00+02:00"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("+358401234567", "+358 40 123 4567"),
        ("+35840123456", "+358 40 12 3456"),
        ("+35891234567", "+358 9 123 4567"),
        ("+46701234567", "+46 70 123 45 67"),
        ("+390612345678", "+39 06 1234 5678"),
        ("vaihde", "vaihde"),
    ],
)
def test_a_phone_number_is_said_in_groups(number, said):
    assert formats.phone(number) == said.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Aino Mäkelä", "AM"), ("Åsa Maria Öberg", "ÅÖ"), ("malli", "MM"), ("Esimerkkikiinteistöt Oy", "EO"), ("", "")],
)
def test_initials_are_those_of_the_first_and_the_last_word(name, letters):
    assert formats.initials(name) == letters
