"""By keyboard alone, with a visible focus at each stop: sign in, pay, look into consumption, decide, write, switch."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import new_page, sign_in

pytestmark = pytest.mark.xdist_group("journeys-0")

MOST_STOPS = 90
SEEN = """one => {
    const style = getComputedStyle(one), hit = one.querySelector(".bar__hit"), box = one.getBoundingClientRect();
    const drawn = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
        || hit && getComputedStyle(hit).stroke !== "none" && parseFloat(getComputedStyle(hit).strokeWidth) >= 2;
    return drawn && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
}"""


def tab_to(page: Page, wanted: Locator) -> Locator:
    """Press Tab until something has the focus; every stop on the way shows that it has it."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        here = page.locator(":focus")
        if here.count() == 0:  # the browser's own bar
            continue
        assert here.evaluate(SEEN), f"no visible focus: {here.evaluate('one => one.outerHTML.slice(0, 200)')}"
        if wanted.evaluate("one => one === document.activeElement"):
            return wanted
    raise AssertionError(f"{wanted} is not reached within {MOST_STOPS} stops")


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    tab_to(page, wanted)
    page.keyboard.press(key)


@pytest.fixture
def page(opened):
    """The page of a person who acts for a relative too."""
    with opened("Liisa Hakala") as page:
        yield page


def test_the_way_in(chrome, demo):
    with new_page(chrome, demo) as page:
        page.goto("/sign-in")
        press(page, page.get_by_role("button", name="Testipankki"))
        page.wait_for_url(f"{demo.bank}/**")
        page.get_by_role("button", name="Liisa Hakala").press("Enter")
        page.wait_for_url(f"{demo.portal}/**")
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_past_the_menu_to_a_bill_and_its_payment(opened):
    with opened("Aino Mäkelä") as page:
        page.goto("/overview")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Siirry suoraan sisältöön")).to_be_focused()
        page.keyboard.press("Enter")
        press(page, page.get_by_role("link", name="Maksa", exact=True))
        page.wait_for_url("**/invoices/*#pay")
        page.context.grant_permissions(["clipboard-write"])
        press(page, page.locator("[data-copy]").first)
        expect(page.locator("#announcements")).not_to_be_empty()


def test_from_a_year_to_a_day(page):
    page.goto("/consumption?at=2026")
    for at in ("2026-10", "2026-10-14"):
        press(page, page.locator(f"a.bar[href*='at={at}']").first)
        page.wait_for_url(f"**/consumption?*at={at}*")
        expect(page.locator(":is(h1, h2):focus")).to_have_count(1)


def test_a_consent(page):
    page.goto("/consents")
    box = page.locator("main input[type=checkbox]").first
    was = box.is_checked()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        press(page, box, "Space")
    page.goto("/consents")
    expect(page.locator("main input[type=checkbox]").first).to_be_checked(checked=not was)


def test_a_message(page):
    page.goto("/messages/new")
    tab_to(page, page.locator("main [name=topic]"))
    page.keyboard.type("Lasku")
    tab_to(page, page.locator("main [name=subject]"))
    page.keyboard.type("Kysymys laskusta")
    tab_to(page, page.locator("main [name=body]"))
    page.keyboard.type("Mistä lasku koostuu?")
    press(page, page.get_by_role("button", name="Lähetä"))
    page.wait_for_url(re.compile(r"/messages/[0-9a-f-]{36}"))


def test_acting_for_another(chrome, demo):
    with new_page(chrome, demo) as page:  # a session of its own: the switch ends the old one
        sign_in(page, "Liisa Hakala")
        press(page, page.locator("summary:visible").first)
        press(page, page.get_by_role("button", name=re.compile("Veikko Rantanen")).first)
        expect(page.get_by_text("Asioi: Liisa Hakala").locator("visible=true")).to_have_count(1)
