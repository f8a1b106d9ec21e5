"""The demo's months, foretold as they would have been on three days of each, and held against the bills that came."""

from datetime import date

import pytest

from portal.auth.reach import Reach
from portal.billing_month.queries import so_far
from portal.billing_month.records import MonthSoFar
from portal.demo.people import AINO, KARIN, LIISA, MIKKO, RIIKKA
from portal.demo.register import party_id
from portal.invoices import queries as invoices
from portal.kit.clock import DAY, next_month
from tests.people import user

pytestmark = pytest.mark.sqlite
HOUSEHOLDS = (AINO, KARIN, LIISA, MIKKO, RIIKKA)


@pytest.fixture
def db(demo):
    with demo.reading() as db:
        yield db


def whose(member):
    return user(Reach(frozenset({party_id(member)})))


@pytest.mark.parametrize(("day", "mean_error"), [(6, 0.075), (16, 0.06), (26, 0.03)])
def test_a_bill_is_foretold_well_and_its_range_holds(db, day, mean_error):
    errors, held = [], []
    for member in HOUSEHOLDS:
        for month in range(1, 10):  # those of October are not all made
            first = date(2026, month, 1)
            foretold = so_far(db, whose(member), first.replace(day=day)).foretold
            bills = invoices.of_days(db, whose(member), first, next_month(first) - DAY, 9)
            if foretold is None or not bills:
                continue
            billed = sum(bill.total.cents for bill in bills)
            errors.append(abs(foretold.total.cents - billed) / billed)
            held.append(foretold.lowest.cents <= billed <= foretold.highest.cents)
    assert len(errors) > 35
    assert sum(errors) / len(errors) < mean_error
    assert sum(held) / len(held) > 0.85


def test_the_last_day_of_a_month_comes_to_its_bill(db):
    """All but a day is known: what is left is a thirtieth of the month."""
    month = so_far(db, whose(KARIN), date(2026, 9, 30))
    (bill,) = invoices.of_days(db, whose(KARIN), date(2026, 9, 1), date(2026, 9, 30), 9)
    assert month.days.last == date(2026, 9, 29)
    assert 0.95 < month.total.cents / bill.total.cents < 1
    assert abs(month.foretold.total.cents - bill.total.cents) < bill.total.cents * 0.02


def test_the_parts_come_to_the_total(db):
    for member in HOUSEHOLDS:
        month = so_far(db, whose(member), date(2026, 10, 20))
        assert isinstance(month, MonthSoFar)
        assert sum(amount.cents for _, amount in month.parts) == month.total.cents


def test_the_part_of_another_seller_is_left_out_and_said(db):
    lacking = {member: so_far(db, whose(member), date(2026, 10, 20)).lacks for member in HOUSEHOLDS}
    assert lacking[RIIKKA] == "sales"
    assert lacking[AINO] is None
