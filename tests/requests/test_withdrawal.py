"""Withdrawing from a contract: for whom, until which day, and what becomes of it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import update

from portal.contracts.kinds import ContractKind
from portal.contracts.models import Contract
from portal.invoices import banking_days
from portal.kit.clock import DAY
from portal.kit.i18n import Language
from portal.outbox.mail import MAIL, letter_in
from portal.outbox.models import OutboxEvent
from portal.requests.asking import Answers
from portal.requests.kinds.withdrawal import WITHDRAWAL, last_day
from portal.requests.models import ServiceRequest
from tests import markup
from tests.requests.conftest import begin, fill_in, rows, send
from tests.requests.values import TODAY, about, contract

pytestmark = pytest.mark.sqlite

LAST_DAYS = [  # signed on, the last day
    (date(2026, 11, 9), date(2026, 11, 23)),  # a Monday
    (date(2026, 11, 7), date(2026, 11, 23)),  # the 21st is a Saturday
    (date(2026, 11, 22), date(2026, 12, 7)),  # the 6th of December is a Sunday, and Independence Day
    (date(2026, 12, 10), date(2026, 12, 28)),  # Christmas Eve, Christmas, a weekend
    (date(2026, 6, 5), date(2026, 6, 22)),  # Midsummer Eve
]


@pytest.mark.parametrize(("signed_on", "last"), LAST_DAYS)
def test_the_day_of_the_contract_does_not_count_and_a_holiday_is_no_last_day(signed_on, last):
    assert last_day(contract(signed_on=signed_on)) == last


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_nobody_has_less_than_fourteen_days(signed_on):
    last = last_day(contract(signed_on=signed_on))
    assert timedelta(14) <= last - signed_on <= timedelta(14 + 5)
    assert banking_days.is_banking_day(last)


HINDERED = [
    (contract(signed_on=TODAY), None),
    (contract(signed_on=TODAY - timedelta(14)), None),
    (contract(signed_on=TODAY - timedelta(17)), "ended on 18 Nov 2026"),
    (contract(first=TODAY - DAY), None),  # nobody has told when it was made
    (contract(), "ended on"),
    (contract(signed_on=TODAY, is_a_persons=False), "no right"),
    (contract(ContractKind.CONNECTION, signed_on=TODAY), "no right"),
    (contract(ContractKind.PURCHASE, signed_on=TODAY), "no right"),
    (contract(ContractKind.HEAT, signed_on=TODAY), None),
    (contract(signed_on=TODAY, last=TODAY), None),
]


@pytest.mark.parametrize(("held", "says"), HINDERED)
def test_it_is_a_consumers_right_for_fourteen_days(held, says):
    reason = WITHDRAWAL.hindrance(about(held), TODAY)
    assert (reason is None) if says is None else says in reason.said(Language.EN).replace("\u00a0", " ")


def test_the_others_that_were_made_with_it_are_asked_for_and_no_reason():
    network, old = contract(ContractKind.NETWORK, number="2", signed_on=TODAY), contract(ContractKind.HEAT, number="3")
    subject = about(contract(signed_on=TODAY), network, old)
    assert [one.code for one in WITHDRAWAL.questions(subject, Answers(), TODAY)] == ["also-2"]
    assert WITHDRAWAL.questions(about(contract(signed_on=TODAY)), Answers(), TODAY) == []


@pytest.mark.parametrize(("kind", "sentences"), [(ContractKind.SALES, 3), (ContractKind.HEAT, 2)])
def test_whoever_withdraws_reads_what_becomes_of_money_and_of_the_supply(kind, sentences):
    promised = WITHDRAWAL.promise(about(contract(kind, signed_on=TODAY)), Answers(), TODAY)
    assert len(promised.means) == sentences
    assert promised.answer_by == date(2026, 11, 24)


# On the pages


@pytest.fixture
def new(register, home, aino):
    """A contract that Aino made three days ago, of her network."""
    made = aino.today - timedelta(days=3)
    return register.contract(*home.where, register.product("network", "Uusi siirto"), "network", signed_on=made)


def test_two_presses_withdraw_and_the_receipt_says_what_and_when(house, aino, home, new):
    house.contact(aino.party, email="aino@example.fi")
    page = aino.browser.open(f"/contracts/{new}")
    assert "Voit peruuttaa sopimuksen syytä ilmoittamatta 2.12.2026 asti." in markup.words(page, "//main")
    assert f"/requests/new/withdrawal?contract={new}" in markup.found(page, "//main//a/@href")
    draft = begin(aino.browser, "withdrawal", contract=new)
    checked = aino.browser.open(draft)
    assert markup.words(checked, "//h1") == "Peruuta sopimus"
    assert "Uusi siirto, Esimerkkikatu 4" in markup.words(checked, "//dl")
    assert "Vahvista peruutus" in markup.words(checked, "//main//button[contains(@class, 'primary')]")
    assert send(aino.browser, draft).headers["location"] == draft
    assert [one.state for one in rows(house.database, ServiceRequest)] == ["received"]
    (receipt,) = [letter_in(one) for one in rows(house.database, OutboxEvent) if one.kind == MAIL]
    assert "Peruuta sopimus, Uusi siirto, Esimerkkikatu 4 (" in receipt.body
    assert "21.11.2026" in receipt.body


def test_the_receipt_names_what_goes_with_it_and_each_contract_by_its_number(house, register, aino, home, new):
    house.contact(aino.party, email="aino@example.fi")
    heat = register.product("heat", "Uusi lämpö")
    register.contract(*home.where, heat, "heat", signed_on=aino.today)
    draft = begin(aino.browser, "withdrawal", contract=new)
    fill_in(aino.browser, draft, "yes")
    send(aino.browser, draft)
    (number,) = [one.number for one in rows(house.database, Contract) if one.id == new]
    (receipt,) = [letter_in(one) for one in rows(house.database, OutboxEvent) if one.kind == MAIL]
    assert f"Uusi siirto, Esimerkkikatu 4 ({number})." in receipt.body
    assert "Peruutatko myös sopimuksen Uusi lämpö (Kaukolämpö)? Kyllä" in receipt.body


def test_who_has_withdrawn_is_not_offered_it_again(house, aino, home, new):
    draft = begin(aino.browser, "withdrawal", contract=new)
    send(aino.browser, draft)
    with house.database.writing() as db:
        db.exec(update(ServiceRequest).values(state="done"))
    page = aino.browser.open(f"/contracts/{new}")
    assert "withdrawal" not in " ".join(markup.found(page, "//main//a/@href"))
    again = aino.browser.open(f"/requests/new/withdrawal?contract={new}")
    assert "Olet jo peruuttanut sopimuksen." in markup.words(again, "//main")
    assert not markup.found(aino.browser.open("/overview"), "//section[@aria-labelledby='needs']")


def test_who_loses_their_seller_by_the_way_reads_that_supply_may_be_cut():
    sales = contract(ContractKind.SALES, number="2", signed_on=TODAY)
    subject = about(contract(ContractKind.NETWORK, signed_on=TODAY), sales)
    means = [len(WITHDRAWAL.promise(subject, Answers({"also-2": also}), TODAY).means) for also in ("yes", "no")]
    assert means == [3, 2]


def test_an_old_contract_has_no_such_button(aino, home):
    page = aino.browser.open(f"/contracts/{home.sales}")
    assert "withdrawal" not in " ".join(markup.found(page, "//main//a/@href"))
    start = aino.browser.open(f"/requests/new/withdrawal?contract={home.sales}")
    assert "Sopimuksen peruuttamisoikeus päättyi" in markup.words(start, "//main")
