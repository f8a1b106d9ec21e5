"""Every bill of the demo is checked: each line follows from readings and prices, but one line of one bill."""

import pytest
from sqlmodel import col, select

from portal.auth.reach import Reach
from portal.bill_check import queries
from portal.bill_check.rules import Outcome, Why
from portal.demo.people import KARIN, LANDLORD, REGISTERED, RIIKKA
from portal.demo.register import party_id
from portal.invoices import queries as invoices
from portal.invoices.models import Invoice
from portal.kit.energy import MILLIWATT_HOURS_PER_KWH
from portal.kit.money import Money
from tests.people import user

pytestmark = pytest.mark.sqlite
WRONG = "260252806"  # README.md names it, and tests/demo/test_seed.py recomputes it


@pytest.fixture
def db(demo):
    with demo.reading() as db:
        yield db


def checks_of(db, member, *which):
    """The checks of a customer's bills as they themselves see them, the oldest first."""
    who = user(Reach(frozenset({party_id(member)})))
    mine = select(Invoice.id).where(Invoice.party_id == party_id(member), *which).order_by(col(Invoice.issued_on))
    return [queries.check(db, who, invoices.by_id(db, who, invoice)) for invoice in db.exec(mine)]


def metered(check):
    return check.invoice.read_by is not None


@pytest.mark.parametrize("member", REGISTERED, ids=lambda one: one.persona.given_names)
def test_every_bill_of_a_household_ticks_but_the_wrong_one(db, member):
    for check in checks_of(db, member):
        if not metered(check) or check.invoice.head.number == WRONG:
            continue
        outcomes = {(one.line.code, one.outcome, one.why) for one in check.lines if one.outcome is not Outcome.AGREES}
        assert not outcomes, check.invoice.head.number
        assert check.is_added_up
        assert not check.absent
        assert not check.difference


def test_the_company_s_bills_tick(db):
    sample = col(Invoice.number).in_([f"{month}{60000 + site}" for month in (2403, 2509, 2611) for site in (0, 10, 40)])
    checks = checks_of(db, LANDLORD, sample)
    assert len(checks) >= 6
    for check in checks:
        assert len(check.agreeing) == len(check.lines), check.invoice.head.number
        assert check.is_added_up


def test_the_wrong_line_is_caught_to_the_cent(db):
    (check,) = checks_of(db, RIIKKA, Invoice.number == WRONG)
    (wrong,) = check.differing
    (right,) = wrong.anew
    assert (wrong.line.code, wrong.line.name.en) == ("energy", "Natural gas")
    assert (wrong.line.energy - right.energy).milliwatt_hours == 100 * MILLIWATT_HOURS_PER_KWH
    assert wrong.difference == Money(837)
    assert check.difference == Money(1050)  # with VAT of 25.5 % on the sum of its lines
    assert len(check.agreeing) == len(check.lines) - 1
    assert check.is_added_up  # in itself


def test_what_was_corrected_after_the_bill_is_told_apart(db):
    newest = checks_of(db, KARIN)[-1]
    (readings,) = newest.readings
    assert readings.was_known
    assert not newest.differing
    (corrected,) = [day for day in readings.marked_days if day.then != day.now]
    assert newest.total_now == newest.total + newest.change_since
    assert newest.change_since
    assert (corrected.now > corrected.then) == (newest.change_since > Money(0))


def test_credit_notes_reminders_and_jobs_say_what_can_be_checked(db):
    others = [check for member in REGISTERED for check in checks_of(db, member) if not metered(check)]
    assert len(others) >= 5
    for check in others:
        about = Why.ANOTHER_INVOICE if check.invoice.refers_to else Why.NO_CONTRACT
        assert {(one.outcome, one.why) for one in check.lines} == {(Outcome.UNCHECKED, about)}
        assert check.is_added_up
