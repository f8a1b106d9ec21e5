"""A part of a bill is disputed: by a message that keeps its context, until it is answered; the rest falls due."""

import json
from datetime import timedelta
from decimal import Decimal

import jsonschema
import pytest
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.customers.models import Party
from portal.invoices import disputes, queries
from portal.invoices.disputes import line_at, with_vat
from portal.invoices.models import InvoiceDispute
from portal.invoices.rules import Status
from portal.kit.feed import ImportContext
from portal.kit.money import Money
from portal.messages.actions import InvoiceDisputed
from portal.messages.importing import keep_messages
from portal.messages.models import MessageThread
from portal.outbox.models import OutboxEvent
from portal.payments import queries as payments
from tests import days
from tests.contracts.register import Register, somebody
from tests.invoices.books import Books
from tests.markup import found, said, words
from tests.messages.conftest import entry
from tests.messages.test_pages import form
from tests.people import vault

pytestmark = pytest.mark.sqlite


@pytest.fixture
def register(database):
    return Register(database)


@pytest.fixture
def books(register, aino):
    return Books(register, aino)


def address(bill, **asked):
    return f"/messages/new?invoice={bill}" + "".join(f"&{name}={value}" for name, value in asked.items())


def sent(browser, bill, **typed):
    """Send the form of a bill as it comes, with what is typed into it."""
    told = {"topic": "billing", "subject": "Lasku", "body": "Miksi näin paljon?"} | typed
    return browser.post("/messages/new", data=form(browser, address(bill), **told))


def kept(database, what=InvoiceDispute):
    with database.reading() as db:
        return db.exec(select(what)).all()


def thread(database):
    return next(one for one in kept(database, MessageThread) if one.invoice_id)


def answered(database, customer="1001"):
    about = thread(database)
    soon = days.now() + timedelta(minutes=1)
    row = entry("A1", customer, "answer", soon, thread_number=about.number, invoice_number=None)
    with database.writing() as db:
        [verdict] = keep_messages(db, [row], ImportContext(vault, soon), lambda _db, _parties: ())
    return verdict


def test_the_form_knows_the_bill_its_lines_and_what_was_found(aino, books):
    page = aino.browser.open(address(books.unpaid, place=1, cents=1234))
    assert '<option value="1" selected>' in page.text
    assert 'value="12,34"' in page.text
    [line, *_] = found(page, "//select[@name='place']/option[@value]")[1:]
    assert said(line).endswith("49,26 €"), "as the page of the bill tells it, and the amount beside it is with VAT"
    assert "49,26" in found(page, "//input[@name='subject']/@value")[0]
    assert 'name="body"' in page.text
    assert "12,34" not in aino.browser.open(address(books.unpaid, place="x", cents="-1")).text
    assert aino.browser.open(address(books.unpaid, place=99, cents=5)).status_code == 200


def test_a_company_reads_the_lines_without_vat_as_its_bill_does(aino, books, database):
    with database.writing() as db:
        db.get_one(Party, aino.party).kind = "company"
    [line, *_] = found(aino.browser.open(address(books.unpaid)), "//select[@name='place']/option[@value]")[1:]
    assert said(line).endswith("39,25 € (ilman alv:tä)")


def test_a_question_disputes_nothing(aino, books, database):
    assert sent(aino.browser, books.unpaid).status_code == 303
    assert kept(database) == []
    assert "Olet riitauttanut" not in words(aino.browser.open(f"/invoices/{books.unpaid}"))


def test_what_is_disputed_is_told_to_the_utility_and_need_not_be_paid(aino, books, database):
    assert sent(aino.browser, books.unpaid, place="1", disputed="44,99").status_code == 303
    [one] = kept(database)
    assert (one.place, one.cents, one.is_open, one.invoice_id) == (1, 4499, True, books.unpaid)
    [event] = [one for one in kept(database, OutboxEvent) if one.kind == "invoice.disputed"]
    told = json.loads(event.payload)
    jsonschema.validate(told, InvoiceDisputed.model_json_schema())
    assert (told["disputed_cents"], told["undisputed_cents"], told["line"]) == (4499, 5000, 1)
    assert told["thread_number"] == thread(database).number
    assert told["customer_number"] == "1001"
    [act] = [one for one in kept(database, AuditEntry) if one.act == "invoice.disputed"]
    assert (act.object_id, act.party_id) == (str(books.unpaid), aino.party)
    shown = aino.browser.open(f"/invoices/{books.unpaid}")
    for told in ("Olet riitauttanut laskusta 44,99 €", "Muu osa, 50,00 €, erääntyy", "ei tarvitse maksaa"):
        assert told in words(shown)
    assert f"/messages/{one.thread_id}" in shown.text
    assert 'data-copy="50,00"' in shown.text


def test_of_a_bill_that_is_disputed_as_a_whole_nothing_is_asked_for(aino, books, database):
    sent(aino.browser, books.unpaid, disputed="94.99 €")
    for page in (f"/invoices/{books.unpaid}", "/invoices", "/overview"):
        shown = aino.browser.open(page)
        assert "Riitautettu" in words(shown), page
        assert f"/invoices/{books.unpaid}/pay" not in shown.text, page
        assert f"/invoices/{books.unpaid}#pay" not in shown.text, page


def test_an_answer_ends_it_writing_on_opens_it_again_and_closing_ends_it(aino, books, database):
    sent(aino.browser, books.unpaid, disputed="10")
    page = f"/messages/{thread(database).id}"
    assert answered(database) == "accepted"
    assert [one.is_open for one in kept(database)] == [False]
    assert "Olet riitauttanut" not in words(aino.browser.open(f"/invoices/{books.unpaid}"))
    assert aino.browser.post(page, data=form(aino.browser, page, body="En ole samaa mieltä.")).status_code == 303
    assert [one.is_open for one in kept(database)] == [True]
    assert aino.browser.submit(f"{page}/close", {}, page=page).status_code == 303
    assert [one.is_open for one in kept(database)] == [False]


@pytest.mark.parametrize("wrong", ["0", "-5", "95,00", "paljon", "1,234", "1e3", "9" * 30])
def test_what_cannot_be_disputed_is_said_and_every_word_is_kept(aino, books, database, wrong):
    answer = sent(aino.browser, books.unpaid, disputed=wrong, place="2", body="Omat sanani")
    assert answer.status_code == 422
    assert "enintään laskun loppusumma 94,99 €" in words(answer)
    assert "Omat sanani" in answer.text
    assert f'value="{wrong}"' in answer.text
    assert '<option value="2" selected>' in answer.text
    assert kept(database) == []
    assert [one for one in kept(database, MessageThread) if one.invoice_id] == []


def test_a_form_that_comes_twice_disputes_once(aino, books, database):
    typed = form(aino.browser, address(books.unpaid), topic="billing", subject="L", body="B", disputed="5")
    for _ in range(2):
        assert aino.browser.post("/messages/new", data=typed).status_code == 303
    assert len(kept(database)) == 1


def test_anothers_bill_cannot_be_disputed(mikko, books, database):
    assert mikko.browser.get(address(books.unpaid)).status_code == 404
    typed = {"invoice": str(books.unpaid), "topic": "billing", "subject": "L", "body": "B", "disputed": "5"}
    answer = mikko.browser.post("/messages/new", data=form(mikko.browser, "/messages/new", **typed))
    assert answer.status_code == 404
    assert kept(database) == []


def test_two_complaints_about_one_bill_add_up_and_never_beyond_what_is_left(aino, register, books, database):
    sent(aino.browser, books.unpaid, disputed="40")
    register.payment(books.unpaid, 5000, aino.today)
    sent(aino.browser, books.unpaid, disputed="20")
    with database.reading() as db:
        whole = queries.by_id(db, somebody(aino.party), books.unpaid)
        [head] = payments.told(db, somebody(aino.party), [whole.head])
        assert [one.amount for one in disputes.open_of(db, somebody(aino.party), whole)] == [Money(4000), Money(2000)]
    assert (head.disputed, head.to_pay, head.status(aino.today)) == (Money(6000), Money(0), Status.DISPUTED)


def test_the_list_the_thread_and_the_file_tell_what_is_due_and_what_is_disputed(aino, register, books, database):
    other = register.bill(aino.party, books.site, books.last, cents=1000, number="X1")
    sent(aino.browser, books.unpaid, disputed="44,99")
    for page in ("/invoices", "/invoices?show=open", "/invoices?q=Esimerkkikatu"):
        shown = words(aino.browser.open(page))
        assert "Maksettavaa 60,00 €" in shown, page
        assert "44,99 € riitautettu" in shown, page
    about = words(aino.browser.open(f"/messages/{thread(database).id}"))
    assert "Maksettavaa 50,00 €" in about
    assert "44,99 € riitautettu" in about
    rows = aino.browser.get("/invoices/download?show=open").text.splitlines()
    assert any(row.endswith("94,99;0,00;50,00;0,00;44,99;0,00") for row in rows), rows
    with database.reading() as db:
        assert {head.id for head in payments.set_aside(db, somebody(aino.party))} == {books.unpaid}, other


def test_the_page_of_a_bill_leads_to_the_form(aino, books):
    shown = aino.browser.open(f"/invoices/{books.unpaid}")
    assert "Kysy tai reklamoi" in words(shown)
    assert f'href="{address(books.unpaid)}"' in shown.text


def test_a_line_with_its_vat(register, aino, books, database):
    with database.reading() as db:
        invoice = queries.by_id(db, somebody(aino.party), books.unpaid)
    first = line_at(invoice, 1)
    assert first.vat_percent == Decimal("25.5")
    assert with_vat(Money(1000), first) == Money(1255)
    assert with_vat(Money(-1), first) == Money(-1)
    assert (line_at(invoice, None), line_at(invoice, 99)) == (None, None)
