"""Paying later and in parts: what a bill must be, which days are offered, and that parts come to it to the cent."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.invoices import banking_days
from portal.invoices.kinds import InvoiceKind
from portal.invoices.records import InvoiceHead
from portal.invoices.records import InvoiceSubject as BilledFor
from portal.kit.i18n import Language
from portal.kit.money import Money, total
from portal.outbox.models import OutboxEvent
from portal.requests.asking import Answers
from portal.requests.fields import Wrong
from portal.requests.kinds.due_date import DUE_DATE
from portal.requests.kinds.payment_plan import PAYMENT_PLAN, parts
from portal.requests.models import ServiceRequest
from portal.requests.subjects import InvoiceSubject
from portal.terms import PaymentTerms
from tests import markup
from tests.people import AINO
from tests.requests.conftest import begin, fill_in, rows, send
from tests.requests.values import TODAY, WHOSE

TERMS = PaymentTerms(days=14, late_days=0, parts=4, parts_late_days=30)
DAY = timedelta(days=1)


def bill(due_on=date(2026, 11, 30), cents=10000, paid=0, kind=InvoiceKind.INVOICE, **more):
    head = InvoiceHead(
        id=uuid4(),
        number="260252806",
        kind=kind,
        subject=BilledFor(),
        street="Esimerkkikatu 4",
        issued_on=date(2026, 11, 9),
        due_on=due_on,
        first=date(2026, 10, 1),
        last=date(2026, 10, 31),
        total=Money(cents),
        paid=Money(paid),
        credited=Money(0),
    )
    usual = {"at_site": None, "is_reminded": False, "granted": frozenset(), "terms": TERMS}
    return InvoiceSubject(**WHOSE, invoice=head, **usual | more)


HINDERED = [
    (bill(kind=InvoiceKind.REMINDER), "invoices only", "invoices only"),
    (bill(kind=InvoiceKind.CREDIT, cents=-10000), "invoices only", "invoices only"),
    (bill(paid=10000), "Nothing is left to pay", "Nothing is left to pay"),
    (bill(is_reminded=True), "have sent a reminder", "have sent a reminder"),
    (bill(granted=frozenset({"due-date"})), "prolonged once already", "prolonged once already"),
    (bill(granted=frozenset({"payment-plan"})), "prolonged once already", "prolonged once already"),
    (bill(due_on=TODAY - 2 * DAY), "The due date passed on", None),
    (bill(due_on=TODAY - 31 * DAY), "The due date passed on", "The due date passed on"),
    (bill(terms=PaymentTerms(0, 0, 4, 30)), "can no longer be moved", None),
    (bill(terms=PaymentTerms(14, 0, 1, 30)), None, "agreed by phone"),
]


@pytest.mark.sqlite
@pytest.mark.parametrize(("about", "moved", "parted"), HINDERED)
def test_a_bill_that_cannot_be_paid_later_says_why(about, moved, parted):
    for kind, says in ((DUE_DATE, moved), (PAYMENT_PLAN, parted)):
        reason = kind.hindrance(about, TODAY)
        assert (says in reason.said(Language.EN)) if says else reason is None


@pytest.mark.sqlite
def test_a_bill_that_falls_due_is_moved_by_two_weeks_at_most():
    about = bill()
    assert DUE_DATE.hindrance(about, TODAY) is None
    (question,) = DUE_DATE.questions(about, Answers(), TODAY)
    assert (question.field.first, question.field.last) == (date(2026, 12, 1), date(2026, 12, 14))
    assert question.suggested == "2026-12-14"
    for day in ("30.11.2026", "5.12.2026", "6.12.2026", "15.12.2026"):  # due; Saturday; Independence Day; too late
        with pytest.raises(Wrong):
            question.field.kept({"answer": day})


@pytest.mark.sqlite
@given(st.dates(TODAY, date(2029, 12, 31)), st.integers(0, 60), st.integers(0, 10))
def test_every_day_that_is_offered_is_a_banking_day_after_the_due_date(due_on, days, passed):
    today = due_on - passed * DAY
    about = bill(due_on=due_on, terms=PaymentTerms(days, 0, 4, 30))
    if DUE_DATE.hindrance(about, today):
        return
    (question,) = DUE_DATE.questions(about, Answers(), today)
    question.field.check(question.suggested)
    chosen = date.fromisoformat(question.suggested)
    assert due_on < chosen <= due_on + days * DAY
    assert banking_days.is_banking_day(chosen)


@pytest.mark.sqlite
@given(st.integers(1, 10**9), st.integers(2, 12), st.dates(TODAY, date(2029, 12, 31)))
def test_parts_come_to_the_bill_to_the_cent_on_banking_days(cents, number, first):
    planned = parts(Money(cents), number, first)
    amounts = [part.amount for part in planned]
    assert total(amounts) == Money(cents)
    assert max(amounts) - min(amounts) <= Money(1)
    assert all(banking_days.is_banking_day(part.due_on) for part in planned)
    assert sorted({part.due_on for part in planned}) == [part.due_on for part in planned]


@pytest.mark.sqlite
@given(st.dates(date(2026, 9, 1), date(2027, 12, 31)), st.integers(-40, 30))
def test_a_plan_suggests_a_day_that_it_takes(today, ahead):
    about = bill(due_on=today + ahead * DAY)
    for question in PAYMENT_PLAN.questions(about, Answers(), today):
        if question.suggested:
            question.field.check(question.suggested)


# On the pages


@pytest.fixture
def invoice(home, register, aino):
    """A bill of Aino's of 100.01 euros that falls due in ten days."""
    return register.bill(aino.party, home.site, date(2026, 10, 31), due_on=aino.today + 10 * DAY, cents=10001)


@pytest.mark.sqlite
def test_a_due_date_is_moved_from_the_page_of_the_bill_without_the_bank(house, aino, invoice):
    page = aino.browser.open(f"/invoices/{invoice}")
    assert f"/requests/new/due-date?invoice={invoice}" in markup.found(page, "//main//a/@href")
    draft = begin(aino.browser, "due-date", invoice=invoice)
    assert markup.found(aino.browser.open(draft), "//input[@name='answer']/@value") == ["15.12.2026"]
    fill_in(aino.browser, draft, "14.12.2026")
    assert send(aino.browser, draft).headers["location"] == draft
    assert "Jos hyväksymme pyynnön, maksat laskun 14.12.2026" in markup.words(aino.browser.open(draft), "//main")
    (event,) = [one.payload for one in rows(house.database, OutboxEvent) if one.kind == "request.sent"]
    assert '"invoice_number":"' in event


@pytest.mark.sqlite
def test_a_plan_is_signed_with_the_bank_and_shows_each_part(house, aino, invoice):
    proved = house.open_for(AINO, aino.name, proved_minutes_ago=1)
    draft = begin(proved, "payment-plan", invoice=invoice)
    fill_in(proved, draft, "3", "1.12.2026")
    said = markup.words(proved.open(draft), "//main")
    assert "1.12.2026: 33,34 €" in said
    assert "4.1.2027: 33,34 €" in said
    assert "1.2.2027: 33,33 €" in said
    send(proved, draft)
    assert [one.state for one in rows(house.database, ServiceRequest)] == ["received"]


@pytest.mark.sqlite
def test_a_bill_whose_due_date_was_moved_once_is_not_moved_again(house, aino, invoice):
    draft = begin(aino.browser, "due-date", invoice=invoice)
    fill_in(aino.browser, draft, "14.12.2026")
    send(aino.browser, draft)
    with house.database.writing() as db:
        row = db.get_one(ServiceRequest, rows(house.database, ServiceRequest)[0].id)
        row.state = "done"
        db.add(row)
    page = aino.browser.open(f"/requests/new/payment-plan?invoice={invoice}")
    assert "maksuaikaa on jo pidennetty kerran" in markup.words(page, "//main")


@pytest.mark.sqlite
def test_bills_to_choose_from_are_those_to_be_paid(aino, invoice, home, register):
    assert "Aloita" in markup.words(aino.browser.open("/requests/new/due-date"), "//main")  # there is only one
    register.bill(aino.party, home.site, date(2026, 9, 30))
    page = aino.browser.open("/requests/new/due-date")
    assert f"/requests/new/due-date?invoice={invoice}" in markup.found(page, "//main//a/@href")
