"""A bill on paper: what its PDF says and shows, that programs and screen readers can read it, and who may see what."""

import io
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from lxml import etree
from sqlmodel import col, select

from portal import app
from portal.auth.reach import Grant, Level, Reach, Theme
from portal.brand import DEMO_BRAND
from portal.customers.models import Party
from portal.invoices import finvoice, printed, queries
from portal.invoices.codes import payment_codes
from portal.invoices.models import Invoice
from portal.invoices.origins import origins
from portal.invoices.payment import Payable, epc_text
from portal.invoices.printed import Printing
from portal.invoices.scope import as_told
from portal.kit import formats
from portal.kit.i18n import Language
from portal.kit.money import Money
from tests.contracts.register import somebody
from tests.days import UNTIL
from tests.people import user

pytestmark = pytest.mark.sqlite

DPI = 300
AINO, KARIN = "30112045", "30125530"
LARGEST = 150_000
SAMPLE = ("Aino Mäkelä", "Karin Lindholm", "Mikko Korhonen", "Esimerkkikiinteistöt Oy")


class Made:
    """A bill of the demo, and its PDF."""

    def __init__(self, db, bill, language=None):
        who = somebody(bill.party_id)
        self.invoice = queries.by_id(db, who, bill.id)
        self.buyer = queries.buyer(db, who, self.invoice)
        self.language = language or self.buyer.language
        printing = Printing(self.invoice, self.buyer, origins(db, self.invoice))
        self.document = printed.document(printing, DEMO_BRAND, UNTIL, self.language)
        self.body = app.typesetter(DEMO_BRAND).pdf(self.document)
        self.text = " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(self.body))
        self.flat = " ".join(self.text.split())


def unpaid(number):
    found = select(Invoice).join(Party).where(Party.customer_number == number, Invoice.kind == "invoice")
    return found.where(Invoice.paid_cents < Invoice.total_cents, col(Invoice.credited_cents) == 0).limit(1)


@pytest.fixture(scope="module")
def aino_s(demo):
    with demo.reading() as db:
        return Made(db, db.exec(unpaid(AINO)).one())


@pytest.fixture(scope="module")
def karin_s(demo):
    with demo.reading() as db:
        return Made(db, db.exec(unpaid(KARIN)).one())


@pytest.fixture(scope="module")
def pdf(aino_s):
    with pikepdf.open(io.BytesIO(aino_s.body)) as opened:
        yield opened


def test_it_is_pdf_a_3a_and_pdf_ua_1(pdf):
    with pdf.open_metadata() as told:
        kept = {name: told[name] for name in ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part")}
    assert kept == {"pdfaid:part": "3", "pdfaid:conformance": "A", "pdfuaid:part": "1"}
    (intent,) = pdf.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    assert intent.DestOutputProfile.N == 3


def test_it_is_tagged_in_its_language_with_its_title(pdf, aino_s):
    assert bool(pdf.Root.MarkInfo.Marked)
    assert str(pdf.Root.Lang) == "fi"
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    assert str(pdf.docinfo.Title) == aino_s.document.title
    assert str(pdf.docinfo.CreationDate).startswith(f"D:{aino_s.invoice.head.issued_on:%Y%m%d}")
    kinds = list(tags(pdf.Root.StructTreeRoot))
    assert {"/H1", "/H2", "/P", "/Table", "/TR", "/TH", "/TD", "/Figure"} <= {kind for kind, _ in kinds}
    assert next(kind for kind, _ in kinds if kind in {"/H1", "/H2"}) == "/H1"
    assert all(words for kind, words in kinds if kind == "/Figure"), "a picture has its text"
    assert len([kind for kind, _ in kinds if kind == "/TH"]) == 5


def tags(element):
    """Each element of the structure in its order: what it is, and its alternative text."""
    if isinstance(element, pikepdf.Array):
        for one in element:
            yield from tags(one)
    elif isinstance(element, pikepdf.Dictionary):
        if "/S" in element:
            yield str(element.S), str(element.get("/Alt", ""))
        if "/K" in element:
            yield from tags(element.K)


def test_the_e_invoice_goes_with_it(pdf, aino_s):
    (attached,) = pdf.Root.AF
    assert attached.AFRelationship == "/Alternative"
    assert attached.EF.F.Subtype == "/application/xml"
    name = finvoice.filename(aino_s.invoice.head)
    assert pdf.attachments[name].get_file().read_bytes() == finvoice.written(aino_s.invoice, aino_s.buyer, DEMO_BRAND)


def test_fonts_are_whole_and_our_own(pdf):
    names = {str(font.BaseFont).partition("+")[2] for font in fonts(pdf)}
    assert names <= {"Figtree-Regular", "Figtree-SemiBold"}, "no font of the machine"


def fonts(pdf):
    for page in pdf.pages:
        yield from page.Resources.Font.values()


@pytest.mark.parametrize("made", ["aino_s", "karin_s"])
def test_a_scanner_reads_the_codes_of_the_bill(made, request):
    made = request.getfixturevalue(made)
    codes = payment_codes(made.invoice, UNTIL)
    page = pypdfium2.PdfDocument(made.body)[0].render(scale=DPI / 72).to_pil()
    found = {code.format: code.text for code in zxingcpp.read_barcodes(page)}
    invoice = made.invoice
    late = invoice.head.is_late(UNTIL)
    due_on = None if late else invoice.head.due_on
    paid = Payable(invoice.payee, invoice.iban, invoice.bic, invoice.reference, invoice.head.open_amount, due_on)
    assert found == {zxingcpp.BarcodeFormat.Code128: codes.digits, zxingcpp.BarcodeFormat.QRCode: epc_text(paid)}


def test_it_reads_from_who_it_is_for_to_how_it_is_paid_and_then_line_by_line(aino_s):
    slip = aino_s.document.content.slip
    order = [
        "Aino Mäkelä",
        "Laskun numero",
        aino_s.invoice.head.number,
        "Maksettavaa",
        slip.amount.replace("\u00a0", " "),
        "Mistä lasku muodostuu",
        "Kysymykset ja reklamaatiot",
        "kuluttajariita.fi",
        "Maksutiedot",
        slip.iban.replace("\u00a0", " "),
        "Laskuerittely",
        "Yhteensä ilman",
    ]
    at = 0
    for words in order:
        at = aino_s.flat.find(words, at)
        assert at >= 0, words


def test_it_says_by_whom_where_and_for_how_long_energy_is_supplied(aino_s):
    assert aino_s.invoice.sources
    for contract in aino_s.invoice.sources:
        assert f"Käyttöpaikka {contract.gsrn}" in aino_s.flat
        assert f"Sopimus {contract.number}" in aino_s.flat
    assert "irtisanomisaikasi" in aino_s.flat
    assert "toistaiseksi" in aino_s.flat


def billing_alone(*also, sites=None):
    return user(Reach(frozenset(), (Grant(frozenset({Theme.BILLING, *also}), sites, Level.SEE),)))


def facts(invoice, buyer, today=UNTIL):
    groups = printed.document(Printing(invoice, buyer, ()), DEMO_BRAND, today, Language.FI).content.groups
    return [fact for group in groups for fact in group.facts]


def test_who_may_not_see_contracts_reads_nothing_of_them(aino_s):
    told = as_told(billing_alone(), aino_s.invoice)
    assert facts(told, aino_s.buyer) == []
    written = finvoice.written(told, aino_s.buyer, DEMO_BRAND)
    assert not any(one.number.encode() in written for one in aino_s.invoice.sources)
    assert facts(aino_s.invoice, aino_s.buyer)


def test_who_may_see_contracts_of_other_sites_alone_reads_nothing_of_these(aino_s):
    elsewhere, here = UUID(int=1), aino_s.invoice.sources[0].site_id
    assert (
        facts(as_told(billing_alone(Theme.CONTRACTS, sites=frozenset({elsewhere})), aino_s.invoice), aino_s.buyer) == []
    )
    assert as_told(billing_alone(Theme.CONTRACTS, sites=frozenset({here})), aino_s.invoice) == aino_s.invoice


def test_who_may_see_consumption_reads_what_is_measured_and_no_terms(aino_s):
    told = as_told(billing_alone(Theme.CONSUMPTION), aino_s.invoice)
    assert {one.gsrn for one in told.sources} == {one.gsrn for one in aino_s.invoice.sources}
    assert {(one.number, one.validity) for one in told.sources} == {(None, None)}


def test_what_is_used_is_the_same_for_whoever_may_not_know_where(aino_s):
    assert as_told(billing_alone(), aino_s.invoice).used == aino_s.invoice.used


def test_it_says_where_the_energy_came_from(aino_s):
    year = UNTIL.year - 1
    assert f"Energialähteet ja päästöt Sähkö {year} Uusiutuvat energialähteet" in aino_s.flat
    assert "100 % Hiilidioksidi" in aino_s.flat.replace("\xa0", " ")


def test_what_is_on_its_way_is_not_asked_for_again(aino_s):
    head = aino_s.invoice.head
    paid = replace(aino_s.invoice, head=replace(head, on_the_way=head.open_amount))
    content = printed.document(Printing(paid, aino_s.buyer, ()), DEMO_BRAND, UNTIL, Language.FI).content
    assert (content.slip, content.due) == (None, None)
    assert content.note.said(Language.FI).startswith("Olet maksanut täällä")
    part = replace(aino_s.invoice, head=replace(head, on_the_way=Money(100)))
    content = printed.document(Printing(part, aino_s.buyer, ()), DEMO_BRAND, UNTIL, Language.FI).content
    assert content.slip.amount == content.asked.value == formats.money(head.open_amount - Money(100))


def test_every_line_and_every_rate_of_vat_is_on_it(aino_s):
    for group in aino_s.document.content.groups:
        for line in group.lines:
            assert line.name in aino_s.flat
            assert line.net.replace("\u00a0", " ") in aino_s.flat
    for rate in aino_s.invoice.vats:
        assert f"{rate.vat.euros:.2f}".replace(".", ",") in aino_s.flat
    assert rate.percent == Decimal("25.5")


@pytest.mark.parametrize("number", [AINO, KARIN])
@pytest.mark.parametrize("language", Language)
def test_it_is_all_in_one_language(demo, number, language):
    with demo.reading() as db:
        made = Made(db, db.exec(unpaid(number)).one(), language)
    heading = {"fi": "Lasku", "sv": "Faktura", "en": "Invoice"}[language]
    assert heading in made.flat
    payer = {"fi": "Maksaja", "sv": "Betalare", "en": "Payer"}
    assert [word in made.flat for word in payer.values()] == [word == payer[language] for word in payer.values()]


def test_every_bill_of_some_people_makes_a_small_file_of_its_own(demo):
    with demo.reading() as db:
        of = select(Invoice).join(Party).where(col(Party.name).in_(SAMPLE)).order_by(Invoice.number)
        bills = db.exec(of).all()
        some = {(bill.kind, bill.party_id, bill.paid_cents == bill.total_cents, bill.estimated): bill for bill in bills}
        made = [Made(db, bill) for bill in some.values()]
    assert len({one.body for one in made}) == len(some) > 6
    assert max(len(one.body) for one in made) <= LARGEST
    for one in made:
        assert one.invoice.head.number in one.flat
        assert (one.document.content.slip is None) == (not one.invoice.head.open_amount)


@pytest.mark.skipif(shutil.which("verapdf") is None, reason="veraPDF is not installed on this machine")
@pytest.mark.parametrize("flavour", ["3a", "ua1"])
def test_verapdf_finds_nothing(aino_s, tmp_path, flavour):
    path = tmp_path / "bill.pdf"
    path.write_bytes(aino_s.body)
    told = subprocess.run(["verapdf", "--flavour", flavour, path], capture_output=True, check=True)
    found = etree.fromstring(told.stdout).iterfind(".//validationReport")
    assert all(report.get("isCompliant") == "true" for report in found)


def test_it_is_downloaded_under_a_name_in_the_language(books, aino, house):
    for language, name in (("fi", "lasku"), ("sv", "faktura"), ("en", "invoice")):
        browser = house.open_for(aino.code, aino.name, language=language)
        answer = browser.get(f"/invoices/{books.unpaid}/pdf")
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"].startswith(f'attachment; filename="{name}-')
        assert "no-store" in answer.headers["cache-control"]
        assert answer.content.startswith(b"%PDF-1.7")


def test_the_page_of_a_bill_leads_to_it(books, aino):
    page = aino.browser.get(f"/invoices/{books.unpaid}").text
    assert f'href="/invoices/{books.unpaid}/pdf"' in page


def test_a_stranger_finds_nothing(books, mikko):
    assert mikko.browser.get(f"/invoices/{books.unpaid}/pdf").status_code == 404


def test_what_was_paid_has_nothing_to_pay_it_with(books, aino):
    body = aino.browser.get(f"/invoices/{books.paid}/pdf").content
    text = pypdfium2.PdfDocument(body)[0].get_textpage().get_text_range()
    assert "Lasku on maksettu" in text
    assert "Virtuaaliviivakoodi" not in text


def test_a_part_that_was_paid_is_asked_for_no_more(books, register, aino):
    register.payment(books.unpaid, 4000, aino.today - timedelta(days=1))
    body = aino.browser.get(f"/invoices/{books.unpaid}/pdf").content
    text = " ".join(pypdfium2.PdfDocument(body)[0].get_textpage().get_text_range().split())
    assert "Maksettavaa 54,99 €" in text
    assert "40,00 €" in text
