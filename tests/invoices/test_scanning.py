"""A payer holds a scanner to the screen: the codes of a bill are read on a desktop and a tablet, light and dark."""

import io
from contextlib import contextmanager
from datetime import timedelta

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser import ORIGIN
from tests.install import chromium

pytestmark = pytest.mark.sqlite


@pytest.fixture(scope="module")
def window():
    """A browser without a network: every answer comes from the portal of the test."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


def answer_from(client):
    def answer(route):
        found = client.get(route.request.url.removeprefix(ORIGIN))
        kept = {name: value for name, value in found.headers.items() if name != "content-encoding"}
        route.fulfill(status=found.status_code, headers=kept, body=found.content)

    return answer


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "density"), [(1440, 1), (1440, 2), (768, 1), (768, 2)])
def test_a_scanner_reads_both_codes(window, register, aino, width, density, scheme):
    with shown(window, register, aino, width, density, scheme) as page:
        read = [scanned(paper) for paper in page.locator(".paper").all()]
    assert [code.format for code in read] == [zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128]
    assert read[0].text.startswith("BCD\n002\n1\nSCT\nNDEAFIHH\n")
    assert read[1].text.startswith("4211234560000078500009499")


@pytest.mark.parametrize("width", [390, 360])
def test_a_phone_which_cannot_scan_itself_shows_what_is_copied(window, register, aino, width):
    with shown(window, register, aino, width, 2, "light") as page:
        assert not any(paper.is_visible() for paper in page.locator(".paper").all())


@contextmanager
def shown(window, register, aino, width, density, scheme):
    """A bill in a window."""
    bill = register.bill(aino.party, None, aino.today, cents=9499, due_on=aino.today + timedelta(days=13))
    context = window.new_context(
        viewport={"width": width, "height": 900}, device_scale_factor=density, color_scheme=scheme
    )
    context.route("**/*", answer_from(aino.browser))
    page = context.new_page()
    page.goto(f"{ORIGIN}/invoices/{bill}")
    yield page
    context.close()


def scanned(paper):
    """The one code that a scanner finds on a white ground."""
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(paper.screenshot())))
    return found
