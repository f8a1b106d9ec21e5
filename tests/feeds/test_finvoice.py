"""Bills that come as Finvoice: taken in as the feed's own, and refused in one sentence where they cannot be."""

import io
import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from portal.feeds import finvoice_file
from portal.feeds.rows import batches, kind_of, read
from portal.feeds.schema import kind_named, schema
from portal.feeds.sources import NotAFeed, Source
from portal.invoices.models import Invoice, InvoiceLine
from portal.kit.feed import Refusal
from tests.data import real
from tests.feeds.conftest import lines, row

GOLDEN = Path(__file__).parent / "finvoice"
BILL = (GOLDEN / "bill-3.0.xml").read_text(encoding="utf-8")
TWO = (GOLDEN / "two-of-2.0-and-1.3.xml").read_bytes()
REGISTER = ("customers", "sites", "metering_points", "products", "contracts")
EPI = "EpiDetails/EpiPaymentInstructionDetails"
CHECK_DIGITS = "must be a Finnish reference or an RF reference without spaces, its check digits right"
NO_CUSTOMER = "InvoiceDetails/SellersBuyerIdentifier is missing; it is the customer's number at the seller"
AMOUNT = 'Amount AmountCurrencyIdentifier="EUR">'
ALL_TAKEN = "accepted=1 unchanged=0 refused=0"


@pytest.fixture
def register(take_in_kinds):
    """What the golden bills refer to."""
    rows = {kind: schema(kind_named(kind))["examples"] for kind in REGISTER}
    assert take_in_kinds(**rows).code == 0


@pytest.fixture
def told(portal, tmp_path):
    """Hand over a file; the import's answer."""

    def tell(content, name="bills.xml"):
        (tmp_path / "feeds").mkdir(exist_ok=True)
        path = tmp_path / "feeds" / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return portal("import", path)

    return tell


def changed(*changes, bill=BILL):
    for old, new in changes:
        assert old in bill
        bill = bill.replace(old, new)
    return bill


def in_latin(encoding="ISO-8859-1", bill=BILL):
    return bill.replace("UTF-8", encoding).encode(encoding)


def entry(text):
    """What a message makes, read as an import reads it."""
    return read(kind_named("invoices"), text.encode())


def source(content):
    return Source("bills.xml", Path(), len(content), lambda: io.BytesIO(content))


def test_a_message_becomes_the_bill_that_the_feed_would_make(register, told, database):
    answer = told(BILL)
    assert (answer.code, answer.last) == (0, ALL_TAKEN)
    with database.reading() as db:
        bill = db.exec(select(Invoice)).one()
        energy, fee = db.exec(select(InvoiceLine).order_by(InvoiceLine.position)).all()
    assert (bill.number, bill.kind, bill.reference, bill.payee) == (
        "910001",
        "invoice",
        "1234561",
        "Esimerkki Energia Oy",
    )
    assert (bill.net_cents, bill.vat_cents, bill.total_cents) == (4151, 1059, 5210)
    assert bill.site_id is not None
    assert (energy.name_fi, energy.quantity_mwh, energy.unit) == ("Sähköenergia", 412_350_000, "kWh")
    assert (energy.unit_price, energy.net_cents) == (Decimal("8.49"), 3501)
    assert energy.contract_id is not None
    assert (fee.quantity, fee.unit, fee.unit_price) == (1, "month", Decimal("6.5"))
    assert told(BILL).last == "accepted=0 unchanged=1 refused=0"


def test_the_row_of_the_feed_that_says_the_same_changes_nothing(register, told, take_in):
    told(BILL)
    said = entry(BILL).model_dump(mode="json")
    as_text = {"quantity": str, "unit_price": str, "vat_percent": str}
    for line in said["lines"]:
        line |= {name: None if line[name] is None else make(line[name]) for name, make in as_text.items()}
    assert take_in("bills.jsonl", said).last == "accepted=0 unchanged=1 refused=0"


@pytest.mark.sqlite
def test_messages_of_old_versions_come_in_latin_letters_and_after_a_frame(register, told, database):
    assert told(BILL).code == 0
    answer = told(TWO, "two.xml")
    assert (answer.code, answer.last) == (0, "accepted=2 unchanged=0 refused=0")
    with database.reading() as db:
        credit, job = (
            db.exec(select(Invoice).where(Invoice.number == number)).one() for number in ("910002", "910003")
        )
        names = {line.name_fi for line in db.exec(select(InvoiceLine))}
    assert (credit.kind, credit.total_cents, credit.refers_to) == ("credit", -5210, "910001")
    assert (job.kind, job.reference, job.due_on.isoformat()) == ("invoice", "RF341234561", "2026-12-06")
    assert {"Hyvitys, 41,51 €", "Öljyn vaihto"} < names


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "content",
    [
        BILL.encode(),
        b"\xef\xbb\xbf" + BILL.encode(),
        in_latin(),
        in_latin("ISO-8859-15"),
        BILL.replace("\n", "").encode(),
    ],
)
def test_the_same_message_is_the_same_bill_in_every_encoding(content):
    ((_, raw),) = next(batches(source(content)))
    assert read(kind_named("invoices"), raw) == entry(BILL)


@pytest.mark.sqlite
def test_a_message_that_is_wrong_is_refused_beside_the_file_with_its_line_and_stops_no_other(register, told, refused):
    wrong = changed(("100001", "999999"), ("910001", "910009"))
    answer = told(BILL + wrong)
    assert (answer.code, answer.last) == (1, "accepted=1 unchanged=0 refused=1")
    ((line, reason, text),) = refused("bills.xml")
    assert (line, reason) == (str(BILL.count("\n") + 1), "unknown customer 999999")
    assert text == wrong.rstrip("\n")


REFUSED = [
    (
        [('Version="3.0"', 'Version="1.2"')],
        "Finvoice of version 1.2 is not read; send 3.0, 2.01, 2.0, 1.3",
    ),
    ([("INV01", "REM01")], "InvoiceDetails/InvoiceTypeCode is neither INV01, a bill, nor INV02, a credit note"),
    ([("Original<", "Cancel<")], "InvoiceDetails/OriginCode is Cancel; take a bill back with a credit note"),
    (
        [("    <SellersBuyerIdentifier>100001</SellersBuyerIdentifier>\n", "")],
        NO_CUSTOMER,
    ),
    ([("20261105</InvoiceDate", "20261131</InvoiceDate")], 'InvoiceDetails/InvoiceDate is no day such as "20261130"'),
    (
        [('EUR">52,10</InvoiceTotal', 'SEK">52,10</InvoiceTotal')],
        "InvoiceDetails/InvoiceTotalVatIncludedAmount is not in EUR; bills are taken in euros only",
    ),
    (
        [('EUR">6,50</Unit', 'SEK">6,50</Unit')],
        "InvoiceRow 2: UnitPriceAmount is not in EUR; bills are taken in euros only",
    ),
    ([("35,01<", "35.01<")], 'InvoiceRow 1: RowVatExcludedAmount is no number such as "39,25"'),
    ([("35,01<", "35,015<")], 'InvoiceRow 1: RowVatExcludedAmount is no amount of whole cents such as "39,25"'),
    (
        [(f"    <RowVatExcluded{AMOUNT}6,50</RowVatExcludedAmount>\n", "")],
        "InvoiceRow 2: RowVatExcludedAmount is missing; it is what the row charges without VAT",
    ),
    (
        [('QuantityUnitCode="kk" QuantityUnitCodeUN="MON"', 'QuantityUnitCode="h"')],
        "InvoiceRow 2: InvoicedQuantity counts none of KWH, MWH, MTQ, KWT, K3, MON, DAY, C62 (UNECE Recommendation 20)",
    ),
    (
        [('"kWh">100</UnitPriceBase', '"kWh">0</UnitPriceBase')],
        "InvoiceRow 1: UnitPriceBaseQuantity is less than 1; it is for how many of the unit the price is",
    ),
    (
        [("52,10</Epi", "62,10</Epi")],
        f"{EPI}/EpiInstructedAmount is not InvoiceTotalVatIncludedAmount; send one sum",
    ),
    (
        [("1234561<", "1234562<")],
        f"reference (EpiRemittanceInfoIdentifier): {CHECK_DIGITS}",
    ),
    ([("FI37", "FI38")], "iban (EpiAccountID): must be an IBAN without spaces, its check digits right"),
    ([("10,59</InvoiceTotalVat", "10,60</InvoiceTotalVat")], "net_cents and vat_cents do not add up to total_cents"),
    ([("6,50</RowVat", "6,51</RowVat")], "the lines do not add up to net_cents"),
    ([("41,51</VatBase", "41,50</VatBase")], "vat does not hold the sum of the lines of each rate once"),
]


@pytest.mark.sqlite
@pytest.mark.parametrize(("changes", "reason"), REFUSED)
def test_what_is_wrong_in_a_message_is_said_with_its_place_and_what_to_do(changes, reason):
    assert entry(changed(*changes)).reason == reason


@pytest.mark.sqlite
def test_what_bills_of_the_feed_are_refused_for_messages_are_too(register, told, refused):
    twice = changed(("35,01<", "45,01<"), ("41,51<", "51,51<"), ("10,59<", "13,14<"), ("52,10<", "64,65<"))
    assert told(twice).code == 1
    assert [reason for _, reason, _ in refused("bills.xml")] == ["lines.0: net_cents is not quantity times unit_price"]


BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(10))
LEFT_OUT = [
    (
        changed(("<Finvoice ", f"<!DOCTYPE Finvoice [{BOMB}]>\n<Finvoice "), ("Perusmaksu", "&a9;")),
        "has a DOCTYPE in the document of line 1, which no Finvoice has; send it without one",
    ),
    (
        changed(
            ("<Finvoice ", '<!DOCTYPE Finvoice [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<Finvoice '),
            ("Perusmaksu", "&x;"),
        ),
        "has a DOCTYPE in the document of line 1, which no Finvoice has; send it without one",
    ),
    (
        changed(("<Finvoice ", '<!DOCTYPE Finvoice SYSTEM "http://localhost:1/finvoice.dtd">\n<Finvoice ')),
        "has a DOCTYPE in the document of line 1, which no Finvoice has; send it without one",
    ),
    (in_latin().replace(b"ISO-8859-1", b"UTF-8"), "says on line 1 that it is UTF-8, but it is not"),
    (BILL.replace("UTF-8", "ISO-8859-15").encode(), "says on line 1 that it is ISO-8859-15, but it is UTF-8"),
    (b"\xef\xbb\xbf" + in_latin(), "says on line 1 that it is ISO-8859-1, but it is UTF-8"),
    (
        in_latin().replace(b"Kiitos", b"\x80\x84"),
        "says on line 1 that it is ISO-8859-1, but holds bytes that are no letters there (Windows-1252?)",
    ),
    (
        BILL.replace("UTF-8", "UTF-7").encode(),
        "says on line 1 that it is UTF-7; UTF-8, ISO-8859-1, ISO-8859-15 are read",
    ),
    (BILL.encode("utf-16"), "is in UTF-16; save it as UTF-8"),
    (BILL[: len(BILL) // 2], "is XML, but what begins on line 1 is no whole Finvoice message; fetch it again"),
    (BILL.replace("<InvoiceDetails>", ""), "is no XML that can be read: something is wrong on line 31; fetch it again"),
    (
        BILL.replace("&", "").replace("Perusmaksu", "&nbsp;"),
        "is no XML that can be read: something is wrong on line 46",
    ),
    (BILL + "<x/>\n" + BILL, "is no XML that can be read"),
    (TWO[: TWO.index(b"<?xml")], "holds a SOAP frame without a Finvoice message after it"),
    (
        "<feed xmlns='http://www.w3.org/2005/Atom'></feed>",
        "is XML, but what begins on line 1 is no whole Finvoice message",
    ),
]


@pytest.mark.sqlite
@pytest.mark.parametrize(("content", "why"), LEFT_OUT)
def test_a_file_that_cannot_be_what_it_says_is_refused_whole_in_one_sentence(told, tmp_path, content, why):
    answer = told(content)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"bills.xml {why}")
    assert answer.err.count("\n") == 1
    assert [path.name for path in (tmp_path / "feeds").iterdir()] == ["bills.xml"]


@pytest.mark.sqlite
def test_a_message_that_comes_after_others_and_is_broken_leaves_out_all_of_them(register, told, database):
    assert told(BILL + BILL[:400]).code == 2
    with database.reading() as db:
        assert db.exec(select(Invoice)).all() == []


@pytest.mark.sqlite
def test_a_message_in_a_file_of_rows_is_no_row_and_stops_no_other(register, take_in):
    answer = take_in("bills.jsonl", row("invoices"), "<!DOCTYPE x>\n", "<Finvoice>\n")
    assert (answer.code, answer.last) == (1, "accepted=1 unchanged=0 refused=2")


@pytest.mark.sqlite
def test_a_folder_s_messages_come_after_what_they_refer_to(portal, tmp_path):
    folder = tmp_path / "all"
    folder.mkdir()
    for kind in REGISTER:
        (folder / f"{kind}.jsonl").write_text(lines(*schema(kind_named(kind))["examples"]), encoding="utf-8")
    (folder / "a-bill.xml").write_text(BILL, encoding="utf-8")
    assert portal("import", folder).code == 0


@pytest.mark.sqlite
def test_a_real_message_is_read_as_far_as_it_is_a_bill_for_energy():
    """It bills hours of advice and a charge outside its rows, and knows the buyer by a business id alone."""
    text = real("finvoice/gobl-example-invoice-3.0.xml").read_text(encoding="utf-8")
    assert "InvoicedQuantity counts none of" in entry(text).reason
    in_pieces = text.replace('"HUR"', '"C62"')
    assert entry(in_pieces).reason == NO_CUSTOMER
    known = in_pieces.replace("<OrderId", "<SellersBuyerIdentifier>1</SellersBuyerIdentifier><OrderId", 1)
    assert entry(known).reason == "the lines do not add up to net_cents"


class Long:
    """A file of very many messages, made while it is read."""

    def __init__(self, message, times):
        self.message, self.left, self.rest = message, times, b""

    def read(self, size):
        while len(self.rest) < size and self.left:
            self.left -= 1
            self.rest += self.message
        given, self.rest = self.rest[:size], self.rest[size:]
        return given

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        return None


def why(read):
    """What reading comes to, or why it ends."""
    try:
        return read()
    except NotAFeed as refused:
        return str(refused)


def most_held(message, times=48):
    """How many bytes of memory it takes at most to read a file of a message many times over, and how it ends."""
    file = Source("bills.xml", Path(), 0, lambda: Long(message, times))
    assert kind_of(file) == kind_named("invoices")
    tracemalloc.start()
    try:
        ends = why(lambda: sum(1 for _ in finvoice_file.messages(file)))
        return tracemalloc.get_traced_memory()[1], ends
    finally:
        tracemalloc.stop()


@pytest.mark.sqlite
def test_memory_holds_a_message_of_a_file_and_never_the_file():
    held, read_whole = most_held(BILL.encode() + b" " * 2**20)
    assert read_whole == 48
    assert held < 16 * 2**20
    held, refused = most_held(b"<Finvoice>" + b"x" * 2**20)
    assert refused == "has no end of a Finvoice message within 4194304 bytes of line 1"
    assert held < 16 * 2**20


@pytest.mark.sqlite
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.integers(0, len(BILL)))
def test_no_bytes_within_a_message_make_anything_but_a_bill_or_a_sentence(noise, at):
    content = BILL.encode()
    file = source(content[:at] + noise + content[at:])
    every = why(lambda: [read(kind_named("invoices"), raw) for batch in batches(file) for _, raw in batch])
    assert isinstance(every, str) or all(isinstance(one, Refusal) or one.lines for one in every)


@pytest.mark.sqlite
def test_elements_within_elements_without_end_are_no_harm():
    deep = "<a>" * 100_000 + "</a>" * 100_000
    assert entry(changed(("<ArticleName>Perusmaksu", f"{deep}<ArticleName>Perusmaksu"))) == entry(BILL)
