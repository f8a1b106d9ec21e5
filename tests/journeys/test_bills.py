"""A bill leaves no void in any width, whatever has become of it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, delete

from portal.invoices.models import Payment
from portal.kit.db import Database
from tests.days import UNTIL
from tests.journeys.conftest import sign_in
from tests.journeys.layout import DESKTOP, HOLES, VOIDS, WIDTHS
from tests.journeys.places import AINO, JUHA, KARIN

pytestmark = pytest.mark.xdist_group("journeys-1")

LIISA, RIIKKA = "Liisa Hakala", "Riikka Salonen"
VOID_PX = 220  # a little more than what stands beside a figure and the words below it
UNPAID = "Avoin|Erääntyy pian|Erääntynyt"  # by the day on which one looks
BILLS = (
    (AINO, "sähkö", UNPAID),
    (AINO, "kaukolämpö", "Maksettu"),
    (AINO, "lämmönsiirtimen huoltokäynti", "Maksettu"),
    (AINO, "hyvityslasku", "Hyvitetty"),
    (JUHA, "sähkö, kaukolämpö", "Maksettu"),
    (KARIN, "sähkö", UNPAID),
    (KARIN, "maksumuistutus", "Maksettu"),
    (LIISA, "sähkö", "Maksettu liikaa"),
    (RIIKKA, "sähkönsiirto, kaukojäähdytys", UNPAID),
    (RIIKKA, "hyvityslasku", "Hyvityslasku"),
    (RIIKKA, "päivystyskäynti", "Hyvitetty"),
    (RIIKKA, "kaasulaitteiden tarkastus", "Perinnässä"),
)


@pytest.mark.parametrize(("who", "about", "status"), BILLS)
def test_a_bill_leaves_no_void(opened, who, about, status):
    with opened(who, reduced_motion="reduce") as page:
        show(page, about)
        assert re.fullmatch(status, page.locator(".pagehead .badge").inner_text())
        assert voids(page) == {}


def test_a_bill_that_a_reminder_followed_leaves_no_void(opened):
    with opened(KARIN, reduced_motion="reduce") as page:
        show(page, "maksumuistutus")
        page.locator("#pay dd a").click()
        expect(page.locator("#pay dt").first).to_contain_text("Maksumuistutus")
        assert voids(page) == {}


def test_a_bill_that_is_paid_in_part_leaves_no_void(opened, demo):
    with opened(RIIKKA, reduced_motion="reduce") as page:
        show(page, "sähkönsiirto, kaukojäähdytys")
        with paid_in_part(demo.database, UUID(page.url.rpartition("/")[2])):
            page.reload()
            expect(page.locator("#pay .pay .stat__note").first).to_contain_text("1,00")
            assert voids(page) == {}


def show(page: Page, about: str) -> None:
    """Open the newest bill about something; its name begins with its days."""
    page.goto("/invoices")
    page.get_by_role("link", name=re.compile(rf"^[\w. ]+, {about}")).first.click()
    page.locator("#pay").wait_for()
    page.evaluate("document.fonts.ready.then(() => true)")


def voids(page: Page) -> dict[int, list[str]]:
    """What is empty in a page, by the width of the window."""
    found = {}
    for width in WIDTHS:
        page.set_viewport_size(DESKTOP | {"width": width})
        found[width] = page.evaluate(HOLES) + page.evaluate(VOIDS, VOID_PX)
    return {width: here for width, here in found.items() if here}


@contextmanager
def paid_in_part(path: Path, invoice_id: UUID) -> Iterator[None]:
    """A euro has come for a bill, until the block is left: others look at it too."""
    database = Database(f"sqlite:///{path}")
    with database.writing() as db:
        db.add(Payment(number="a euro", invoice_id=invoice_id, paid_on=UNTIL, cents=100))
    try:
        yield
    finally:
        with database.writing() as db:
            db.exec(delete(Payment).where(col(Payment.number) == "a euro"))
        database.engine.dispose()


def test_the_list_and_its_pdfs_are_saved_with_scripts_and_without(page):
    sign_in(page, "Aino Mäkelä")
    for words, ending in (("Lataa CSV", "csv"), ("Lataa XLSX", "xlsx")):
        page.goto("/invoices?show=open")
        with page.expect_download() as saved:
            page.get_by_role("link", name=words).click()
        assert saved.value.suggested_filename.endswith(f".{ending}")
    page.get_by_role("link", name="Lataa PDF-tiedostot").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Tallenna tiedosto").click()
    assert re.fullmatch(r"laskut-[\d-]+\.zip", saved.value.suggested_filename)
    [name] = ZipFile(saved.value.path()).namelist()
    assert re.fullmatch(r"[\d-]{10}-lasku-\d+\.pdf", name)
