"""A bill in collection: it says so, whom to ask, and asks for nothing here; and which customers have which board."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from portal.contracts.kinds import ContractKind
from portal.customers.models import Party
from portal.invoices.advice import who_helps
from portal.invoices.importing import InvoiceEntry
from portal.invoices.rules import Shares, shared_out, shared_out_together
from portal.kit.i18n import Language
from portal.kit.money import Money, total
from portal.requests import finding
from portal.requests.kinds.due_date import DUE_DATE
from portal.requests.subjects import InvoiceSubject
from portal.terms import PaymentTerms
from tests.contracts.register import somebody
from tests.invoices.test_changes import HEAT, NETWORK, SALES, bill, line, source
from tests.markup import found, words

LAST = date(2026, 6, 30)
AGENCY = "Esimerkki Perintä Oy, 010 000 0000"
AMOUNTS = st.integers(0, 10**6).map(Money)


@pytest.fixture
def collected(aino, register):
    since = LAST + timedelta(days=70)
    return register.bill(
        aino.party, register.site(), LAST, cents=9499, number="K1", in_collection_since=since, collector=AGENCY
    )


@pytest.mark.sqlite
def test_a_bill_in_collection_is_not_paid_here_and_says_whom_to_ask(aino, register, collected):
    due = register.bill(aino.party, register.site(), aino.today, cents=1000, number="L1")
    listed = words(aino.browser.open("/invoices?show=collection"), "//table")
    assert "Löytyneet laskut 94,99 € perinnässä" in listed
    assert "Perinnässä" in listed
    assert "Maksettavaa" not in listed
    every = words(aino.browser.open("/invoices"))
    assert "Maksettavaa 10,00 € 94,99 € perinnässä" in every
    assert f"/invoices/{due}#pay" in aino.browser.open("/overview").text, "the next one is to be paid"
    page = aino.browser.open(f"/invoices/{collected}")
    said = words(page)
    for told in ("94,99 € on ollut perinnässä 8.9.2026 alkaen", AGENCY, "Eräpäivää ei voi siirtää", "velkaneuvonta"):
        assert told in said
    for asks in ("data-copy=", f"/invoices/{collected}/pay", "/requests/new/due-date", "/requests/new/payment-plan"):
        assert asks not in page.text
    rows = aino.browser.get("/invoices/download?show=collection").text.splitlines()
    assert rows[1].endswith("Perinnässä;94,99;0,00;0,00;0,00;0,00;94,99")


def test_what_can_be_paid_is_told_of_however_many_bills_are_in_collection(aino, register):
    for days in (70, 80, 90, 100):
        since = LAST + timedelta(days=days)
        register.bill(aino.party, register.site(), LAST, in_collection_since=since, collector=AGENCY)
    due = register.bill(aino.party, register.site(), aino.today, cents=1000)
    for page in ("/overview", "/invoices"):
        assert f"/invoices/{due}#pay" in found(aino.browser.open(page), "//main//a/@href")


@pytest.mark.sqlite
def test_debt_counselling_is_for_persons(aino, collected, database):
    with database.writing() as db:
        db.get_one(Party, aino.party).kind = "company"
    said = words(aino.browser.open(f"/invoices/{collected}"))
    assert "kerro siitä heti" in said
    assert "velkaneuvonta" not in said


@pytest.mark.sqlite
def test_its_due_date_cannot_be_moved_and_what_has_come_ends_it(aino, register, collected, database):
    terms = PaymentTerms(days=14, late_days=400, parts=4, parts_late_days=400)

    def hindrance():
        with database.reading() as db:
            about = finding.by_id(db, somebody(aino.party), InvoiceSubject, collected, terms, aino.today)
            return DUE_DATE.hindrance(about, aino.today).said(Language.EN)

    assert hindrance().startswith("This invoice is in collection.")
    register.payment(collected, 9499, aino.today)
    assert hindrance() == "Nothing is left to pay of this invoice."
    assert "Perinnässä" not in words(aino.browser.open(f"/invoices/{collected}"), "//main")


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"collector": AGENCY}, "collector is told, but not in_collection_since"),
        ({"in_collection_since": "2026-11-26"}, "in_collection_since is not after due_on"),
        ({"in_collection_since": "2027-01-26", "kind": "credit"}, "credit note"),
    ],
)
def test_a_collection_that_cannot_be_is_refused(told, reason):
    row = json.loads(Path("tests/feeds/golden/invoices.jsonl").read_text(encoding="utf-8").splitlines()[0])
    if told.get("kind"):
        row |= {"net_cents": 0, "vat_cents": 0, "total_cents": 0, "lines": [], "vat": []}
    with pytest.raises(ValidationError, match=reason):
        InvoiceEntry.model_validate_json(json.dumps(row | told))


@given(AMOUNTS, AMOUNTS, AMOUNTS, st.booleans())
def test_what_is_left_is_shared_out_to_the_cent(left, on_the_way, disputed, collects):
    shares = shared_out(left, on_the_way, disputed, is_in_collection=collects)
    each = (shares.asked, shares.on_the_way, shares.disputed, shares.collected)
    assert total(each) == left
    assert min(each) >= Money(0)
    assert not (shares.asked and collects)
    assert shares.disputed <= disputed
    assert shared_out_together(left + Money(500), [shares]) == Shares(shares.asked + Money(500), *each[1:])


CONNECTION = source(ContractKind.CONNECTION, 5)
COMPANIES = [
    ((SALES,), ["Energy Market Disputes Board"], ["district court", "Consumer"]),
    ((HEAT,), ["district court", "metered and billed"], ["Disputes Board.", "Consumer", "electricity"]),
    ((SALES, NETWORK, HEAT), ["Energy Market Disputes Board", "district court"], ["Consumer"]),
    ((CONNECTION,), ["Energy Market Disputes Board", "supervises the electricity market"], ["district court"]),
    ((SALES, None), ["Energy Market Disputes Board"], ["district court"]),
    ((None,), ["district court"], ["Energy Market Disputes Board", "supervises"]),
]


@pytest.mark.parametrize(("things", "told", "not_told"), COMPANIES)
def test_a_company_is_told_of_the_board_that_there_is_and_of_the_court_where_there_is_none(things, told, not_told):
    invoice = bill(*(line(of, 1000, 1) for of in things), is_a_companys=True)
    said = " ".join(one.said(Language.EN) for one in who_helps(invoice))
    assert [one for one in told if one not in said] == []
    assert [one for one in not_told if one in said] == []


def test_a_person_has_the_same_board_for_everything():
    for things in (SALES, HEAT, None):
        said = " ".join(one.said(Language.EN) for one in who_helps(bill(line(things, 1000, 1))))
        assert "Consumer Disputes Board" in said
        assert "district court" not in said
