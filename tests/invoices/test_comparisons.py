"""The bills of the demo beside earlier ones: what made the difference adds up, and the weather is told of heat."""

from datetime import date

import pytest
from sqlmodel import col, select

from portal.auth.reach import EVERYTHING, Grant, Level, Reach, Theme
from portal.contracts.kinds import ContractKind
from portal.demo.people import AINO, REGISTERED
from portal.demo.register import party_id
from portal.invoices import queries
from portal.invoices.comparisons import Beside, Lacks, comparisons
from portal.invoices.kinds import Cause, InvoiceKind
from portal.invoices.models import Invoice
from portal.kit.i18n import Language
from tests.people import user

pytestmark = pytest.mark.sqlite
BILLS_ALONE = Grant(frozenset({Theme.BILLING}), None, Level.SEE)


@pytest.fixture
def db(demo):
    with demo.reading() as db:
        yield db


def compared(db, member, *grants):
    """The ordinary bills of somebody since the autumn of 2025 with what they are compared with."""
    who = user(Reach(frozenset({party_id(member)}), grants or (EVERYTHING,)))
    mine = col(Invoice.party_id) == party_id(member)
    ids = db.exec(select(Invoice.id).where(mine, col(Invoice.period_from) >= date(2025, 9, 1))).all()
    bills = [queries.by_id(db, who, one) for one in ids]
    return [(bill, comparisons(db, who, bill)) for bill in bills]


@pytest.mark.parametrize("member", REGISTERED, ids=lambda one: one.persona.given_names)
def test_what_made_the_difference_adds_up(db, member):
    for bill, found in compared(db, member):
        for one in found.each if found else ():
            assert sum((part.cents for _, _, part in one.rows), one.earlier.head.total.cents) == bill.head.total.cents


def test_every_monthly_bill_has_one_before_it_and_one_of_a_year_before(db):
    monthly = [found for bill, found in compared(db, AINO) if bill.read_by]
    assert len(monthly) > 20
    for found in monthly:
        assert [one.beside for one in found.each] == [Beside.YEAR, Beside.PREVIOUS]
        assert found.lacks is None


def test_the_weather_is_told_of_heat_but_not_in_summer(db):
    seen = set()
    for bill, found in compared(db, AINO):
        heated = any(line.source and line.source.kind is ContractKind.HEAT for line in bill.lines)
        for one in found.each if found else ():
            summer = any(bill_.head.first.month in {6, 7, 8} for bill_ in (bill, one.earlier))
            assert (one.heating is not None) == (heated and not summer)
            seen.add((heated, summer))
            if one.heating:
                told = {words.said(Language.EN): of for words, of, _ in one.rows}
                assert told["Weather"].said(Language.EN).startswith("degree days:")
    assert len(seen) == 4


def test_who_sees_bills_alone_gets_no_weather_and_no_way_to_the_readings(db):
    for _, found in compared(db, AINO, BILLS_ALONE):
        for one in found.each if found else ():
            assert one.heating is None
            assert Cause.WEATHER not in one.change.parts
            assert not one.days


def test_a_note_or_a_job_is_compared_with_nothing_and_a_change_of_contracts_is_said(db):
    every = [pair for member in REGISTERED for pair in compared(db, member)]
    assert all(found is None for bill, found in every if bill.head.kind is not InvoiceKind.INVOICE or not bill.read_by)
    assert {found.lacks for _, found in every if found} == {None, Lacks.OTHER_CONTRACTS}
