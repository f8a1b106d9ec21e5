"""What a household does, from the sign-in to the Back button after it; with scripts and without."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Error, expect

from tests.journeys.conftest import new_page, sign_in


def test_sign_in_look_around_and_sign_out(page):
    sign_in(page, "Aino Mäkelä")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Aino")
    page.get_by_role("link", name="Näytä lasku", exact=True).click()
    page.wait_for_url(re.compile(r"/invoices/[0-9a-f-]{36}$"))
    expect(page.get_by_text("Viitenumero").first).to_be_visible()
    page.get_by_role("navigation", name="Päävalikko").get_by_role("link", name="Sopimukset").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sopimukset")
    page.get_by_role("banner").get_by_role("button", name="Kirjaudu ulos").click()
    page.wait_for_url(re.compile(r"/sign-in\?"))
    page.go_back()
    expect(page.get_by_text("Mäkelä")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text("Kirjaudu sisään")


def test_cancelling_at_the_bank_comes_back_quietly(page):
    page.goto("/invoices")
    page.get_by_role("button", name="Testipankki").click()
    page.locator("button[name=cancel]").click()
    page.wait_for_url(re.compile(r"/sign-in\?"))
    expect(page.get_by_role("status").first).to_contain_text("Keskeytit")
    page.get_by_role("button", name="Testipankki").click()
    page.get_by_role("button", name="Aino Mäkelä").click()
    page.wait_for_url("**/invoices")


def test_from_a_year_to_an_hour_and_back(page):
    sign_in(page, "Aino Mäkelä")
    page.goto("/consumption?at=2026")
    page.locator("a.bar[href*='at=2026-10']").first.click()
    page.wait_for_url("**/consumption?*at=2026-10*")
    expect(page.get_by_role("heading", name=re.compile("lokakuu 2026", re.IGNORECASE)).first).to_be_visible()
    page.locator("a.bar[href*='at=2026-10-14']").first.click()
    page.wait_for_url("**/consumption?*at=2026-10-14*")
    page.locator("a.bar[href*='at=2026-10-14T17']").first.click()
    page.wait_for_url("**/consumption?*at=2026-10-14T17*")
    for back in ("2026-10-14", "2026-10", "2026"):
        page.evaluate("document.documentElement.dataset.left = ''")
        with suppress(Error):  # htmx loads the page again, which `go_back` takes for a failure
            page.go_back()
        expect(page.locator("html[data-left]")).to_have_count(0)  # the address changes before the page does
        page.wait_for_url(re.compile(rf"/consumption\?.*at={back}(&|$)"))
    expect(page.locator("a.bar[href*='at=2026-10']").first).to_be_visible()


def test_a_consent_is_given_and_withdrawn_at_once(page):
    sign_in(page, "Aino Mäkelä")
    page.goto("/consents")
    box = page.locator("input[type=checkbox][name*='automated']").first
    was = box.is_checked()
    for wish in (not was, was):
        save = page.get_by_role("button", name="Tallenna")
        with page.expect_response(lambda answer: answer.request.method == "POST" and "/consents" in answer.url):
            box.set_checked(wish, force=True)
            if save.count() and save.first.is_visible():
                save.first.click()
        page.goto("/consents")
        expect(page.locator("input[type=checkbox][name*='automated']").first).to_be_checked(checked=wish)
    page.goto("/consents/history")
    expect(page.get_by_role("listitem").first).to_be_visible()


def test_the_language_is_kept(page):
    sign_in(page, "Karin Lindholm")
    expect(page.locator("html")).to_have_attribute("lang", "sv")  # as the register says, though the browser is Finnish
    page.get_by_role("banner").get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("banner").get_by_role("button", name="SV").click()
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    page.goto("/invoices")
    expect(page.get_by_role("heading", level=1)).to_have_text("Fakturor")


@pytest.mark.parametrize("complaint", ["console.error('told')", "setTimeout(() => { throw Error('told') })"])
def test_a_complaint_in_any_tab_fails_its_journey(chrome, demo, complaint):
    journey = new_page(chrome, demo)
    tab = journey.__enter__().context.new_page()
    tab.goto("/sign-in")
    tab.evaluate(complaint)
    tab.evaluate("new Promise(setTimeout)")
    with pytest.raises(AssertionError, match="told"):
        journey.__exit__(None, None, None)
