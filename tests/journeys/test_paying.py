"""Paying an overdue invoice, from the button to the receipt; with scripts and without."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import changed_demo, sign_in

PAYMENT = re.compile(r"/payments/[0-9a-f-]{36}$")


@pytest.fixture(scope="module")
def demo(seeded_sqlite, tmp_path_factory):
    """A demo of its own: what is paid in it is unpaid in the others."""
    with changed_demo(seeded_sqlite, tmp_path_factory.mktemp("paying"), lambda _path: None) as demo:
        yield demo


@pytest.fixture
def payer(request, page):
    """Somebody with an unpaid invoice, another one with scripts than without; the page shows their invoice."""
    scripts = "no-scripts" not in request.node.name
    sign_in(page, "Karin Lindholm" if scripts else "Aino Mäkelä")
    page.get_by_role("banner").get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto("/invoices")
    page.get_by_role("link", name="Pay", exact=True).click()
    page.wait_for_url(re.compile(r"/invoices/[0-9a-f-]{36}#pay$"))
    return page


def test_cancelling_and_then_paying_leads_to_a_receipt(payer):
    payer.get_by_role("button", name=re.compile("^Pay .* now$")).click()
    payer.wait_for_url("**/checkout/pay/*")
    payer.locator("button[name=cancel]").click()
    payer.wait_for_url(PAYMENT)
    expect(payer.get_by_role("status").first).to_contain_text("nothing was paid")
    payer.get_by_role("link", name="Pay the invoice").click()
    payer.get_by_role("button", name=re.compile("^Pay .* now$")).click()
    payer.wait_for_url("**/checkout/pay/*")
    payer.locator("button[name=pay]").click()
    payer.wait_for_url(PAYMENT)
    expect(payer.get_by_role("heading", level=1)).to_have_text("Receipt of payment")
    payer.get_by_role("link", name="Show the invoice").click()
    expect(payer.get_by_text("Paid, being booked").first).to_be_visible()
    expect(payer.get_by_role("button", name=re.compile("^Pay .* now$"))).to_have_count(0)
