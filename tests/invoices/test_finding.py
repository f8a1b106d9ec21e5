"""An invoice is found by its number or reference, and the list is saved as a file: of one's own invoices alone."""

import csv
import io

import pytest
from sqlmodel import col, select

from portal.invoices.models import Invoice
from tests.markup import words


@pytest.fixture
def bill(register, books):
    with register.database.reading() as db:
        return db.exec(select(Invoice).where(col(Invoice.id) == books.unpaid)).one()


def spaced(digits):
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


@pytest.mark.parametrize("by", ["number", "reference", "spaced"])
def test_an_invoice_is_found_by_what_stands_on_it(aino, bill, by):
    typed = spaced(bill.reference) if by == "spaced" else getattr(bill, by)
    answer = aino.browser.get("/invoices", params={"q": typed})
    assert f'href="/invoices/{bill.id}"' in answer.text.partition('id="bills"')[0].partition('id="found"')[2]


@pytest.mark.parametrize("typed", ["Lasku-12 b", "LASKU-12 B", "lasku-12 b"])
def test_an_invoice_is_found_by_a_number_with_letters_and_spaces(aino, register, bill, typed):
    with register.database.writing() as db:
        bill.number = "Lasku-12 b" if typed == "Lasku-12 b" else "Lasku-12b"
        db.merge(bill)
    answer = aino.browser.get("/invoices", params={"q": typed})
    assert f'href="/invoices/{bill.id}"' in answer.text.partition('id="bills"')[0].partition('id="found"')[2]


def test_what_no_database_can_hold_finds_nothing(aino, bill):
    assert "Millään laskulla ei ole" not in words(aino.browser.open("/invoices?q=%00"))
    for typed in ("9%000", "%ED%A0%BD", "9" * 4096):
        assert "Millään laskulla ei ole" in words(aino.browser.open(f"/invoices?q={typed}"))


def test_what_no_invoice_has_is_said_and_stays_in_the_field(aino, bill):
    answer = aino.browser.open("/invoices?q=%3Cb%3E99")
    assert "Millään laskulla ei ole numeroa tai viitettä <b>99" in words(answer)
    assert 'value="&lt;b&gt;99"' in answer.text


def test_an_invoice_of_somebody_else_is_not_found(mikko, register, bill):
    register.bill(mikko.party, None, bill.period_to, cents=4390)
    answer = mikko.browser.get("/invoices", params={"q": bill.number})
    assert "Millään laskulla ei ole" in words(answer)
    assert str(bill.id) not in answer.text


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
