"""Many bills as PDFs in one file: which, how they are called, one at a time, and what could not be typeset."""

import io
import re
from dataclasses import replace
from zipfile import ZipFile

import pypdfium2
import pytest
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.auth import leases
from portal.auth.leases import Lease
from portal.auth.models import Account, PackageLease
from portal.brand import DEMO_BRAND
from portal.invoices import archive, queries
from portal.invoices.archive import Printer
from portal.invoices.filters import InvoiceFilter
from portal.kit.i18n import Language
from portal.kit.typesetting import CompilerGone, NotTypeset
from portal.payments import queries as payments
from tests import days
from tests.contracts.register import somebody
from tests.days import UNTIL
from tests.markup import words

pytestmark = pytest.mark.sqlite
PAGE = "/invoices/pdfs"


def saved(browser, asked="", **form):
    answer = browser.submit(PAGE + asked, form, page=PAGE + asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    return answer.headers["content-disposition"], ZipFile(io.BytesIO(answer.content))


def text_of(body):
    return " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(body))


class Press:
    """Typesets as it is told: each document's title, or the fault that comes first."""

    def __init__(self, *faults):
        self.faults, self.pressed = list(faults), []

    def pdf(self, document):
        self.pressed.append(document)
        if self.faults and (fault := self.faults.pop(0)):
            raise fault
        return document.title.encode()


def printer(aino, press, payments=payments):
    return Printer(somebody(aino.party), payments, DEMO_BRAND, press, Language.FI, UNTIL)


def test_each_bill_of_the_selection_is_a_pdf_called_by_its_day_and_number(aino, books):
    said, zipped = saved(aino.browser)
    assert re.search(r'filename="laskut-\d{4}-\d\d-\d\d\.zip"', said)
    assert len(zipped.namelist()) == 3
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d-lasku-\w+\.pdf", name) for name in zipped.namelist())
    assert all(zipped.read(name).startswith(b"%PDF-") for name in zipped.namelist())
    [name] = saved(aino.browser, "?show=open")[1].namelist()
    assert re.search(r"lasku-(\w+)\.pdf", name)[1] in text_of(zipped.read(name))


def test_a_selection_without_bills_has_no_file(aino, books):
    assert "Valinnoillasi ei löytynyt laskuja" in words(aino.browser.open(f"{PAGE}?year=1999"))
    assert aino.browser.submit(f"{PAGE}?year=1999", {}, page=PAGE).status_code == 409
    assert aino.browser.submit(PAGE, {"part": "2"}, page=PAGE).status_code == 409


def test_many_bills_come_in_several_files(aino, register, books, monkeypatch):
    for module in ("portal.invoices.archive.MOST", "portal.invoices.pages.MOST"):
        monkeypatch.setattr(module, 2)
    page = aino.browser.open(PAGE)
    assert "Tallenna laskut 1–2" in words(page)
    assert "Tallenna laskut 3–3" in words(page)
    first, second = (set(saved(aino.browser, part=part)[1].namelist()) for part in "12")
    assert (len(first), len(second), first & second) == (2, 1, set())


def test_one_is_on_its_way_at_a_time_and_the_next_when_it_has_ended(aino, books, database):
    with database.writing() as db:
        lease = Lease(db.exec(select(Account.id)).one(), days.now())
        assert leases.hold(db, lease, days.now())
    refused = aino.browser.submit(PAGE, {}, page=PAGE)
    assert refused.status_code == 429
    assert "toista suurta tiedostoa" in words(refused)
    leases.give_back(database, lease)
    saved(aino.browser)
    with database.reading() as db:
        assert db.exec(select(PackageLease)).all() == []


def test_it_is_written_down_who_took_how_many(aino, books, database):
    saved(aino.browser, "?show=open")
    with database.reading() as db:
        [taken] = db.exec(select(AuditEntry).where(AuditEntry.act == archive.DOWNLOADED)).all()
    assert (taken.party_id, taken.account_id is not None, taken.details) == (aino.party, True, '{"count":"1"}')


def test_each_customer_number_reads_how_many_of_its_own_were_taken(aino, register, books, database):
    other, site = register.party(), register.site()
    register.bill(other, site, books.last, cents=100, number="other")
    none = register.party()
    with database.writing() as db:
        who = somebody(aino.party, other, none)
        page = queries.sums(db, who, InvoiceFilter(), UNTIL).stretches(0, 100)
        heads = queries.latest(db, who, InvoiceFilter(), page, UNTIL)
        archive.begin(db, replace(who, account_id=db.exec(select(Account.id)).one()), heads, days.now())
    with database.reading() as db:
        taken = db.exec(select(AuditEntry).where(AuditEntry.act == archive.DOWNLOADED)).all()
    assert {one.party_id: one.details for one in taken} == {aino.party: '{"count":"3"}', other: '{"count":"1"}'}


def test_nobody_elses_bills_are_in_it(aino, mikko, books, database):
    assert mikko.browser.submit(PAGE, {}, page=PAGE).status_code == 409
    with database.reading() as db:
        assert queries.whole(db, somebody(mikko.party), [books.unpaid]) == []


def test_a_bill_that_cannot_be_typeset_is_named_in_a_note(aino, books, database):
    press = Press(None, NotTypeset("why"), CompilerGone(), None)
    ids = [books.unpaid, books.paid, books.earlier]
    first, last, note = archive.files(database, ids, printer(aino, press))
    with database.reading() as db:
        numbers = [one.head.number for one in queries.whole(db, somebody(aino.party), ids)]
    assert numbers[0] in first.name
    assert numbers[2] in last.name, "a compiler that died is replaced"
    assert note.name == "lue-minut.txt"
    said = b"".join(note.pieces).decode()
    assert said.startswith("Näistä laskuista ei voitu tehdä PDF-tiedostoa")
    assert said.splitlines()[1:] == [numbers[1]]


def test_two_bills_of_a_day_whose_numbers_differ_in_signs_alone_have_two_names(aino, register, books, database):
    ids = [
        register.bill(aino.party, books.site, books.last, cents=100, number=number) for number in ("A/1", "A-1", "A 1")
    ]
    names = [file.name for file in archive.files(database, ids, printer(aino, Press()))]
    assert len(set(names)) == 3
    assert [name.partition("lasku-")[2] for name in names] == ["A-1.pdf", "A-1-2.pdf", "A-1-3.pdf"]


def test_what_is_being_booked_is_not_asked_for_in_it_either(aino, books, database):
    class AllPaidHere:
        def told(self, db, who, heads):
            return [replace(head, on_the_way=head.open_amount) for head in payments.told(db, who, heads)]

    for made, asks in ((payments, True), (AllPaidHere(), False)):
        press = Press()
        list(archive.files(database, [books.unpaid], printer(aino, press, made)))
        [document] = press.pressed
        assert (document.content.slip is not None) is asks
