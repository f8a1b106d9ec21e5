"""The summary of a contract and the confirmation of a request on paper: what they say, in the reader's language."""

import io

import pikepdf
import pypdfium2
import pytest

from tests.browser import hidden
from tests.contracts.register import Register
from tests.requests.conftest import Home, begin, fill_in, send

pytestmark = pytest.mark.sqlite


@pytest.fixture
def home(database, aino):
    return Home(Register(database), aino)


def read(answer):
    """What a PDF says, and how it is built."""
    assert answer.headers["content-type"] == "application/pdf"
    pages = pypdfium2.PdfDocument(answer.content)
    said = " ".join(" ".join(page.get_textpage().get_text_range() for page in pages).split())
    return said.replace("\u00a0", " "), pikepdf.open(io.BytesIO(answer.content))


def test_a_contract_is_summed_up(aino, home):
    said, built = read(aino.browser.get(f"/contracts/{home.sales}/pdf"))
    for told in ("Sopimuksen yhteenveto", "Vakaa · Esimerkkikatu 4", "Irtisanomisaikasi", "toistaiseksi", "Tilanne"):
        assert told in said
    assert str(built.Root.Lang) == "fi"
    assert built.Root.MarkInfo.Marked
    page = aino.browser.open(f"/contracts/{home.sales}")
    aino.browser.post("/language", data=hidden(page.text) | {"language": "sv"})
    said, built = read(aino.browser.get(f"/contracts/{home.sales}/pdf"))
    assert "Sammandrag av avtalet" in said
    assert str(built.Root.Lang) == "sv"


def test_a_request_is_confirmed_once_it_was_sent(aino, mikko, home):
    draft = begin(aino.browser, "billing-rhythm", customer=aino.party)
    assert aino.browser.get(f"{draft}/pdf").status_code == 404
    fill_in(aino.browser, draft, "quarterly", "15")
    assert send(aino.browser, draft).status_code == 303
    said, built = read(aino.browser.get(f"{draft}/pdf"))
    for told in ("Palvelupyynnön vahvistus", "Joka kolmas kuukausi", "Vastaamme viimeistään"):
        assert told in said
    assert built.Root.MarkInfo.Marked
    assert mikko.browser.get(f"{draft}/pdf").status_code == 404


def test_nobody_else_reads_them(mikko, home):
    assert mikko.browser.get(f"/contracts/{home.sales}/pdf").status_code == 404
