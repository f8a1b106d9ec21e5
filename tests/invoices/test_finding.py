"""An invoice is found by its number or reference, and the list is saved as a file: of one's own invoices alone."""

import csv
import io
import re
from datetime import date
from uuid import UUID
from zipfile import ZipFile

import pytest
from sqlmodel import col, select

from portal.invoices.models import Invoice
from portal.sites.models import MeteringPoint
from tests.contracts.register import line
from tests.markup import words

OCTOBER, SEPTEMBER = date(2026, 10, 31), date(2026, 9, 30)
NOTHING = "Millään laskulla ei ole"


@pytest.fixture
def bill(register, books):
    with register.database.reading() as db:
        return db.exec(select(Invoice).where(col(Invoice.id) == books.unpaid)).one()


def spaced(digits):
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def found(browser, **asked):
    """The ids of the bills that the list shows, in its order."""
    listed = browser.get("/invoices", params=asked).text.partition('id="bills"')[2]
    return [UUID(one) for one in re.findall('<a href="/invoices/([0-9a-f-]{36})">', listed)]


@pytest.mark.parametrize("by", ["number", "reference", "spaced"])
def test_an_invoice_is_found_by_what_stands_on_it(aino, bill, by):
    typed = spaced(bill.reference) if by == "spaced" else getattr(bill, by)
    assert found(aino.browser, q=typed) == [bill.id]


@pytest.mark.parametrize("typed", ["Lasku-12 b", "LASKU-12 B", "lasku-12 b"])
def test_an_invoice_is_found_by_a_number_with_letters_and_spaces(aino, register, bill, typed):
    with register.database.writing() as db:
        bill.number = "Lasku-12 b" if typed == "Lasku-12 b" else "Lasku-12b"
        db.merge(bill)
    assert found(aino.browser, q=typed) == [bill.id]


def test_what_no_database_can_hold_finds_nothing(aino, bill):
    assert NOTHING not in words(aino.browser.open("/invoices?q=%00"))
    for typed in ("9%000", "%ED%A0%BD", "9" * 4096):
        assert NOTHING in words(aino.browser.open(f"/invoices?q={typed}"))


def test_what_no_invoice_has_is_said_and_stays_in_the_field(aino, bill):
    answer = aino.browser.open("/invoices?q=%3Cb%3E99")
    assert f"{NOTHING} numeroa, viitettä tai kohteen osoitetta, jossa on ”<b>99”" in words(answer)
    assert 'value="&lt;b&gt;99"' in answer.text


def test_an_invoice_of_somebody_else_is_not_found(mikko, register, bill):
    register.bill(mikko.party, register.site("Mikontie 1"), bill.period_to, cents=4390)
    assert found(mikko.browser, q=bill.number) == []
    assert found(mikko.browser, q="koivukatu") == []


@pytest.fixture
def two(mikko, register):
    """Bills of two sites: electricity that is overdue, and heat that was paid too much."""
    home, cottage = register.site("Äijälänkatu 4 B"), register.site("Rantatie 1")
    point = register.point(home)
    sales = register.contract(mikko.party, home, point, register.product("sales"))
    heat = register.contract(mikko.party, cottage, None, register.product("heat"), "heat")
    late = register.bill(mikko.party, home, OCTOBER, lines=[line(sales, 5000)], cents=5000, due_on=date(2026, 11, 2))
    paid = register.bill(mikko.party, cottage, SEPTEMBER, lines=[line(heat, 9000)], cents=9000)
    register.payment(paid, 9500, OCTOBER)
    with register.database.reading() as db:
        return late, paid, db.get(MeteringPoint, point).gsrn


def test_invoices_are_found_by_the_site_that_they_are_for(mikko, two):
    late, paid, gsrn = two
    assert found(mikko.browser, q="äijälänkatu 4") == found(mikko.browser, q="ÄIJÄLÄN") == [late]
    assert found(mikko.browser, q=gsrn) == [late]
    assert found(mikko.browser, q="tampere") == [late, paid]
    assert found(mikko.browser, q="äijälänkatu rantatie") == []


def test_invoices_are_found_by_their_energy_and_state_and_ordered(mikko, two):
    late, paid, _ = two
    assert found(mikko.browser, energy="electricity") == [late]
    assert found(mikko.browser, energy="heat") == [paid]
    assert found(mikko.browser, energy="gas") == []
    assert found(mikko.browser, show="overpaid") == [paid]
    assert found(mikko.browser, show="due") == found(mikko.browser, show="reminder") == []
    assert found(mikko.browser, sort="amount") == [paid, late]
    assert found(mikko.browser, sort="due") == [paid, late]
    assert found(mikko.browser, energy="heat", show="overpaid", year="2026", q="rantatie", sort="due") == [paid]
    assert found(mikko.browser, energy="lava", sort="luck", show="?", year="MMXX") == [late, paid]


def test_the_sums_are_those_of_what_is_found(mikko, two):
    said = words(mikko.browser.open("/invoices?energy=electricity"))
    assert "Löytyneet laskut Maksettavaa 50,00 € 50,00 € 1 lasku" in said
    assert "Yhteensä 1 lasku 50,00 €" in said


def test_the_search_waits_behind_a_fold_until_it_is_used(mikko, two):
    assert '<details class="more">' in mikko.browser.open("/invoices").text
    assert '<details class="more" open>' in mikko.browser.open("/invoices?q=rantatie").text


def test_what_is_found_is_saved_as_it_is_ordered(mikko, two):
    assert [row["Summa, €"] for row in saved(mikko.browser, "/invoices/download?sort=amount")] == ["90,00", "50,00"]
    assert [row["Summa, €"] for row in saved(mikko.browser, "/invoices/download?q=rantatie")] == ["90,00"]


def saved(browser, address="/invoices/download"):
    answer = browser.get(address)
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_the_file_holds_every_invoice_of_the_filter_with_euros_as_numbers(aino, bill, books):
    rows = saved(aino.browser)
    assert len(rows) == 3
    (mine,) = [row for row in rows if row["Laskun numero"].strip('="') == bill.number]
    assert (mine["Summa, €"], mine["Maksettu, €"], mine["Maksettavaa, €"]) == ("94,99", "0,00", "94,99")
    assert [row["Maksettavaa, €"] for row in saved(aino.browser, "/invoices/download?show=paid")] == ["0,00", "0,00"]
    assert saved(aino.browser, "/invoices/download?year=1999") == []


def test_the_same_rows_come_as_a_workbook(aino, books):
    answer = aino.browser.get("/invoices/download?format=xlsx&show=open")
    assert answer.headers["content-type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert answer.headers["content-disposition"].endswith('.xlsx"')
    sheet = ZipFile(io.BytesIO(answer.content)).read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 2
    assert "<v>94.99</v>" in sheet
    assert "Laskun numero" in sheet
