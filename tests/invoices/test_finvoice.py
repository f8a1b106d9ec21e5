"""An invoice as Finvoice: valid by the schema, the figures of the invoice, and the same whoever asks for it."""

import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from sqlmodel import col, select

from portal.brand import DEMO_BRAND
from portal.cli import main
from portal.contracts.kinds import ContractKind, Names
from portal.contracts.pricing import Vat
from portal.customers.models import Party
from portal.feeds import rows
from portal.feeds.schema import kind_named
from portal.invoices import queries
from portal.invoices.finvoice import filename, written
from portal.invoices.kinds import InvoiceKind, LineUnit
from portal.invoices.models import Invoice
from portal.invoices.payment import rf_reference
from portal.invoices.records import Buyer, InvoiceHead, InvoiceSubject, Line, Source, WholeInvoice
from portal.kit.db import Database
from portal.kit.energy import from_kwh
from portal.kit.i18n import Language
from portal.kit.money import Money
from portal.sites.commodities import Commodity
from tests.contracts.register import BIC, IBAN, PAYEE, line, somebody
from tests.data import real

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
PERCENT = Decimal("25.5")
BUYER = Buyer(
    customer_number="100200",
    name="Aino Mäkelä",
    business_id=None,
    language=Language.FI,
    street="Koivukatu 4 A 7",
    postcode="33100",
    town="Tampere",
    country="FI",
)


def a_line(name="Energia", net=3925, quantity="462.318", unit=LineUnit.KWH, price="8.49", percent=PERCENT):
    energy = from_kwh(Decimal(quantity)) if unit is LineUnit.KWH else None
    return Line(
        source=None,
        code="energy",
        name=Names(name, f"{name} sv", f"{name} en"),
        first=FIRST,
        last=LAST,
        quantity=Decimal(quantity) if quantity else None,
        energy=energy,
        unit=unit,
        unit_price=Decimal(price) if price else None,
        vat_percent=percent,
        net=Money(net),
        estimated=False,
    )


def an_invoice(*lines, kind=InvoiceKind.INVOICE, number="900001", refers_to=None, **facts):
    lines = lines or (a_line(),)
    net = sum(one.net.cents for one in lines)
    vat = round(net * 255 / 1000)
    subject = InvoiceSubject()
    amounts = Money(net + vat), Money(0), Money(0)
    head = InvoiceHead(None, number, kind, subject, None, date(2026, 11, 5), date(2026, 11, 26), FIRST, LAST, *amounts)
    usual = {
        "head": head,
        "party_id": None,
        "net": Money(net),
        "vat": Money(vat),
        "reference": "1234561",
        "iban": IBAN,
        "bic": BIC,
        "payee": PAYEE,
        "estimated": False,
        "read_by": None,
        "refers_to": refers_to,
        "lines": lines,
        "vats": (Vat(PERCENT, Money(net), Money(vat)),),
        "received": (),
    }
    return WholeInvoice(**usual | facts)


def read(invoice, buyer=BUYER, seller=DEMO_BRAND):
    return etree.fromstring(written(invoice, buyer, seller))


def text(root, path):
    (one,) = root.iterfind(f".//{path}")
    return one.text


def texts(root, path):
    return [one.text for one in root.iterfind(f".//{path}")]


def figure(said):
    return Decimal(said.replace(",", "."))


def figures(root, path):
    return [figure(said) for said in texts(root, path)]


@pytest.fixture(scope="module")
def schema():
    return etree.XMLSchema(etree.parse(real("finvoice/Finvoice3.0.xsd")))


@pytest.fixture(scope="module")
def files(seeded_sqlite):
    """Every bill of the demo's households, and the file that it makes."""
    database = Database(f"sqlite:///{seeded_sqlite}")
    with database.reading() as db:
        of_people = select(Invoice).join(Party).where(Party.kind == "person").order_by(col(Invoice.number))
        found = [(bill, made(db, bill)) for bill in db.exec(of_people)]
    database.engine.dispose()
    return found


def made(db, bill):
    who = somebody(bill.party_id)
    invoice = queries.by_id(db, who, bill.id)
    return invoice, written(invoice, queries.buyer(db, who, invoice), DEMO_BRAND)


@pytest.mark.sqlite
def test_every_bill_of_the_demo_s_households_is_valid(schema, files):
    assert {bill.kind for bill, _ in files} == set(InvoiceKind)
    for bill, (_, body) in files:
        assert schema.validate(etree.fromstring(body)), f"{bill.number}: {schema.error_log}"


@pytest.mark.sqlite
def test_every_bill_of_the_demo_s_households_adds_up_when_it_is_read_back(files):
    for bill, (invoice, body) in files:
        root = etree.fromstring(body)
        rows, bases = figures(root, "RowVatExcludedAmount"), figures(root, "VatBaseAmount")
        net, vat = figure(text(root, "InvoiceTotalVatExcludedAmount")), figure(text(root, "InvoiceTotalVatAmount"))
        asked = figure(text(root, "EpiInstructedAmount"))
        assert len(rows) == len(invoice.lines)
        assert sum(rows) == sum(bases) == net == figure(text(root, "RowsTotalVatExcludedAmount"))
        assert sum(figures(root, "VatRateAmount")) == vat
        assert net + vat == asked == figure(text(root, "InvoiceTotalVatIncludedAmount"))
        assert asked * 100 == bill.total_cents


@pytest.mark.sqlite
def test_a_row_says_how_many_at_which_price_to_the_last_decimal(files):
    for _, (invoice, body) in files:
        for row, told in zip(etree.fromstring(body).iterfind("InvoiceRow"), invoice.lines, strict=True):
            counted, price = told.counted, row.find("UnitPriceAmount")
            assert (price is None) == (counted is None)
            if counted:
                base = Decimal(row.findtext("UnitPriceBaseQuantity") or 1)
                cents = counted.unit is LineUnit.KWH
                assert figure(price.text) / base == (counted.each / 100 if cents else counted.each)
                assert figure(row.findtext("InvoicedQuantity")) == counted.figure
                assert price.get("UnitPriceUnitCode") == row.find("InvoicedQuantity").get("QuantityUnitCode")


def read_back(body):
    """The row of the feed that a file makes, as an import reads it."""
    return rows.read(kind_named("invoices"), body)


def in_one_language(invoice, language):
    """The bill as its file tells it: names in one language, energy in the unit that its page has."""
    lines = []
    for one in invoice.lines:
        name, counted = one.name.said(language), one.counted
        figures = (counted.figure, counted.unit, counted.each) if counted else (None, None, None)
        number = one.source.number if one.source else None
        days = one.first, one.last
        lines.append((number, one.code, name, *days, *figures, one.vat_percent, one.net, one.estimated))
    return lines


def without_lines(invoice):
    return replace(invoice, lines=(), head=replace(invoice.head, subject=InvoiceSubject()))


@pytest.mark.sqlite
def test_a_file_that_is_read_back_is_the_same_bill(seeded_sqlite, tmp_path, files, monkeypatch, capsys):
    """All of them come in one file to a register that has the bills: what they say stays as it stands.

    Collection, of which they say nothing, is over then (docs/feeds.md).
    """
    copied = tmp_path / "copy.db"
    shutil.copy(seeded_sqlite, copied)
    monkeypatch.setenv("PORTAL_DATABASE_URL", f"sqlite:///{copied}")
    (tmp_path / "bills.xml").write_bytes(b"".join(body for _, (_, body) in files))
    assert main(["import", str(tmp_path / "bills.xml")]) == 0
    assert "refused=0" in capsys.readouterr().out
    database = Database(f"sqlite:///{copied}")
    with database.reading() as db:
        for bill, (invoice, _) in files:
            who = somebody(bill.party_id)
            again, language = queries.by_id(db, who, bill.id), queries.buyer(db, who, invoice).language
            assert in_one_language(again, language) == in_one_language(invoice, language)
            uncollected = replace(invoice, head=replace(invoice.head, in_collection_since=None), collector=None)
            assert without_lines(again) == without_lines(uncollected)
    database.engine.dispose()


@given(
    net=st.integers(-(10**9), 10**9),
    vat=st.integers(-(10**8), 10**8),
    percent=st.decimals("0", "99", places=2),
    quantity=st.decimals("-999999", "999999", places=6),
    price=st.decimals("-9999", "9999", places=6),
    unit=st.sampled_from(LineUnit),
)
def test_any_figures_are_read_back_as_they_were_written(net, vat, percent, quantity, price, unit):
    invoice = an_invoice(a_line(net=net, quantity=str(quantity), unit=unit, price=str(price), percent=percent))
    kind = InvoiceKind.CREDIT if net + vat < 0 else InvoiceKind.INVOICE
    head = replace(invoice.head, kind=kind, total=Money(net + vat))
    told = replace(invoice, head=head, net=Money(net), vat=Money(vat), vats=(Vat(percent, Money(net), Money(vat)),))
    entry = read_back(written(told, BUYER, DEMO_BRAND))
    (line,) = entry.lines
    assert (line.quantity, line.unit, line.unit_price) == (quantity, unit, price)
    assert (line.net_cents, line.vat_percent) == (net, percent)
    assert (entry.kind, entry.net_cents, entry.vat_cents, entry.total_cents) == (kind, net, vat, net + vat)


@pytest.mark.parametrize("kwh", ["0.000001", "1234.567891", "9999999.999999"])
def test_heat_that_is_told_by_the_megawatt_hour_is_read_back_to_the_last_milliwatt_hour(kwh):
    heat = Source(None, ContractKind.HEAT, Names("L", "V", "H"), Commodity.HEAT, None, None, None, number="700009")
    told = replace(a_line(quantity=kwh, price="7.123456"), source=heat)
    (line,) = read_back(written(an_invoice(told), BUYER, DEMO_BRAND)).lines
    assert (line.unit, line.quantity, line.unit_price) == (LineUnit.KWH, Decimal(kwh), Decimal("7.123456"))
    assert line.contract_number == "700009"


def test_what_is_longer_than_its_field_is_read_back_whole():
    number = "A-" + "7" * 30 + "-260001"
    entry = read_back(written(an_invoice(number=number, payee="P" * 70), BUYER, DEMO_BRAND))
    assert (entry.invoice_number, entry.payee) == (number, "P" * 70)


def test_it_says_what_the_bill_says():
    root = read(an_invoice())
    assert (root.tag, root.get("Version")) == ("Finvoice", "3.0")
    golden = {
        "SellerPartyIdentifier": "7654321-2",
        "SellerOrganisationName": "Esimerkki Energia Oy",
        "SellerOrganisationTaxCode": "FI76543212",
        "SellerTownName": "Tampere",
        "SellerAccountID": "FI2112345600000785",
        "SellerBic": "NDEAFIHH",
        "BuyerOrganisationName": "Aino Mäkelä",
        "BuyerStreetName": "Koivukatu 4 A 7",
        "BuyerPostCodeIdentifier": "33100",
        "InvoiceTypeCode": "INV01",
        "InvoiceTypeCodeUN": "380",
        "InvoiceTypeText": "Lasku",
        "OriginCode": "Copy",
        "InvoiceNumber": "900001",
        "InvoiceDate": "20261105",
        "InvoicingPeriodStartDate": "20261001",
        "InvoicingPeriodEndDate": "20261031",
        "SellersBuyerIdentifier": "100200",
        "InvoiceTotalVatExcludedAmount": "39,25",
        "InvoiceTotalVatAmount": "10,01",
        "InvoiceTotalVatIncludedAmount": "49,26",
        "VatRatePercent": "25,5",
        "VatCode": "S",
        "InvoiceDueDate": "20261126",
        "ArticleName": "Energia",
        "InvoicedQuantity": "462,318",
        "UnitPriceAmount": "0,0849",
        "RowUsedQuantity": "462,318",
        "RowPreviousMeterReadingDate": "20261001",
        "RowLatestMeterReadingDate": "20261031",
        "RowVatRatePercent": "25,5",
        "RowVatExcludedAmount": "39,25",
        "EpiBfiIdentifier": "NDEAFIHH",
        "EpiNameAddressDetails": "Esimerkki Energia Oy",
        "EpiAccountID": "FI2112345600000785",
        "EpiRemittanceInfoIdentifier": "1234561",
        "EpiInstructedAmount": "49,26",
        "EpiDateOptionDate": "20261126",
    }
    assert {path: text(root, path) for path in golden} == golden
    assert root.find(".//InvoicedQuantity").attrib == {"QuantityUnitCode": "kWh", "QuantityUnitCodeUN": "KWH"}
    assert root.find(".//EpiRemittanceInfoIdentifier").get("IdentificationSchemeName") == "SPY"
    assert root.find(".//InvoiceDate").get("Format") == "CCYYMMDD"


def test_it_declares_utf_8_and_is_the_same_every_time():
    body = written(an_invoice(), BUYER, DEMO_BRAND)
    assert body.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<Finvoice Version=\"3.0\">")
    assert "Mäkelä".encode() in body
    assert body == written(an_invoice(), BUYER, DEMO_BRAND)


def test_a_credit_note_pays_back_and_nothing_falls_due(schema):
    root = read(an_invoice(a_line(net=-3925), kind=InvoiceKind.CREDIT, refers_to="900000"))
    assert schema.validate(root), schema.error_log
    assert text(root, "InvoiceTypeCode") == "INV02"
    assert text(root, "InvoiceTypeCodeUN") == "381"
    assert text(root, "InvoiceTypeText") == "Hyvityslasku"
    assert text(root, "OriginalInvoiceNumber") == "900000"
    assert text(root, "RowVatExcludedAmount") == "-39,25"
    assert text(root, "VatRateAmount") == "-10,01"
    assert text(root, "EpiInstructedAmount") == "-49,26"
    assert texts(root, "InvoiceDueDate") == []


def test_a_reminder_is_a_bill_of_its_own_with_lines_that_count_nothing(schema):
    lines = (
        a_line("Maksumuistutus", 500, "1", LineUnit.PIECE, "5", Decimal(0)),
        a_line("Viivästyskorko", 81, None, None, None, Decimal(0)),
    )
    facts = {"vat": Money(0), "vats": (Vat(Decimal(0), Money(581), Money(0)),)}
    told = an_invoice(*lines, kind=InvoiceKind.REMINDER, refers_to="900000", **facts)
    root = read(replace(told, head=replace(told.head, total=Money(581))))
    assert schema.validate(root), schema.error_log
    assert (text(root, "InvoiceTypeCode"), text(root, "InvoiceTypeText")) == ("INV01", "Maksumuistutus")
    assert texts(root, "UnitPriceAmount") == ["5,00"]
    assert texts(root, "RowVatRatePercent") == ["0", "0"]
    assert texts(root, "VatCode") == []


@pytest.mark.parametrize(
    ("price", "said", "base"),
    [
        ("8.49", "0,0849", None),
        ("10", "0,10", None),
        ("2.253", "0,02253", None),
        ("7.1234", "0,71234", "10"),
        ("7.123456", "71,23456", "1000"),
        ("-1.5", "-0,015", None),
    ],
)
def test_a_price_of_many_decimals_is_that_of_more_of_the_unit(price, said, base):
    root = read(an_invoice(a_line(price=price)))
    assert text(root, "UnitPriceAmount") == said
    assert root.findtext(".//UnitPriceBaseQuantity") == base


def test_a_company_has_its_business_id_and_reads_its_language():
    buyer = replace(BUYER, name="Asunto Oy", business_id="7654321-2", language=Language.SV)
    root = read(an_invoice(), buyer)
    assert text(root, "BuyerPartyIdentifier") == "7654321-2"
    assert text(root, "ArticleName") == "Energia sv"
    assert text(root, "InvoiceTypeText") == "Faktura"


def test_an_rf_reference_is_said_to_be_one(schema):
    root = read(an_invoice(reference=rf_reference("1234561")))
    assert schema.validate(root), schema.error_log
    assert root.find(".//EpiRemittanceInfoIdentifier").get("IdentificationSchemeName") == "ISO"


def test_who_has_no_address_has_none_there(schema):
    root = read(an_invoice(), replace(BUYER, street=None, postcode=None, town=None, country=None))
    assert schema.validate(root), schema.error_log
    assert texts(root, "BuyerPostalAddressDetails") == []


def test_what_is_longer_than_its_field_stays_valid_and_the_number_is_there_whole(schema):
    number = "A-" + "7" * 30 + "-260001"
    buyer = replace(BUYER, name="Pitkä nimi " * 18, street="Pitkäkatu " * 19, town="T" * 100, business_id="7654321-2")
    lines = (a_line("Rivi " * 20, quantity="12345678.123456", unit=LineUnit.M3, price="1"),)
    root = read(an_invoice(*lines, number=number, payee="P" * 70), buyer)
    assert schema.validate(root), schema.error_log
    assert text(root, "InvoiceNumber") == number[-20:]
    assert text(root, "SellerReferenceIdentifier") == number
    assert " ".join(texts(root, "BuyerOrganisationName")) == buyer.name.strip()
    assert text(root, "InvoicedQuantity") == "12345678,12346"


def test_what_means_something_in_xml_and_what_xml_cannot_hold_breaks_nothing(schema):
    told = "<b>&amp; \"'\x00\x0b\x1b\ud800\ufffe]]>"
    root = read(an_invoice(a_line(told), payee=told), replace(BUYER, name=told, street=told))
    assert schema.validate(root), schema.error_log
    kept = "<b>&amp; \"'" + "\ufffd" * 5 + "]]>"
    assert text(root, "ArticleName") == text(root, "BuyerOrganisationName") == kept


@given(words=st.text(st.characters(exclude_categories=()), max_size=300))
def test_any_words_make_a_valid_file(schema, words):
    buyer = replace(BUYER, name=words, street=words, postcode=words[:20], town=words[:100])
    root = read(an_invoice(a_line(words[:100]), payee=words[:70], number=words[:40]), buyer)
    assert schema.validate(root), f"{words!r}: {schema.error_log}"


@given(
    quantity=st.decimals("-99999999", "99999999", places=6),
    price=st.decimals("-99999999", "99999999", places=6),
    net=st.integers(-(2**31), 2**31),
    unit=st.sampled_from(LineUnit),
)
def test_any_figures_make_a_valid_file(schema, quantity, price, net, unit):
    root = read(an_invoice(a_line(net=net, quantity=str(quantity), unit=unit, price=str(price))))
    assert schema.validate(root), schema.error_log


def test_a_bill_without_lines_is_valid(schema):
    root = read(replace(an_invoice(), lines=(), vats=(), net=Money(0), vat=Money(0)))
    assert schema.validate(root), schema.error_log


@pytest.mark.parametrize(("number", "name"), [("261148213", "finvoice-261148213.xml"), ('ä"/\n9', "finvoice--9.xml")])
def test_the_file_has_a_plain_name(number, name):
    assert filename(an_invoice(number=number).head) == name


def test_a_customer_downloads_a_bill_and_the_page_leads_there(aino, register):
    bill = register.bill(aino.party, register.site(), LAST, lines=[line(None, 10000)])
    assert f'href="/invoices/{bill}/finvoice"' in aino.browser.open(f"/invoices/{bill}").text
    answer = aino.browser.get(f"/invoices/{bill}/finvoice")
    assert answer.headers["content-type"] == "application/xml"
    assert 'filename="finvoice-' in answer.headers["content-disposition"]
    assert text(etree.fromstring(answer.content), "BuyerOrganisationName") == "Aino Mäkelä"


def test_a_stranger_s_bill_is_not_there(mikko, aino, register):
    bill = register.bill(aino.party, None, LAST)
    assert mikko.browser.get(f"/invoices/{bill}/finvoice").status_code == 404
