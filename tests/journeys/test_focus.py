"""After each swap the keyboard stands at the beginning of what is new, in sight, and the status region has said what it
is; where somebody types or switches, the keyboard stays. After a refused form it stands at what is to be mended."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.layout import PHONE
from tests.journeys.places import AINO, JUHA

pytestmark = pytest.mark.xdist_group("journeys-1")

TEMPLATES = Path(__file__).parents[2] / "templates"
TARGET = re.compile(r"""ui\.(?:goes|posts|fetches|pager)\([^"}]*?(?:"[^"]*"[^"}]*?)*?, "(\w+)"\)|hx-target="#(\w+)\"""")
UNASKED = {
    "history",
    "reading",
    "run",
    "withdrawal",
}  # they fetch themselves while somebody does something else, and keep quiet
LIKE_OTHERS = {
    "cases",
    "decisions",
    "entries",
    "paging",
    "reads",
    "requests",
}  # pages of a list, as those of contracts are

# Not behind a bar that stays, nor off the screen: at its upper left, past round corners, it is what one would touch.
IN_SIGHT = """one => {
    const box = one.getBoundingClientRect();
    return one.contains(document.elementFromPoint(Math.max(box.left, 0) + 24, box.top + 8));
}"""
IN_ORDER = "one => !one.matches('a, button, input, select') || one.tabIndex === 0"


@dataclass(frozen=True)
class Swap:
    """Which control of a page one uses by which key, what region htmx swaps, and where the focus is to stand then."""

    region: str
    control: str
    lands: str
    key: str = "Enter"


PERIOD = "#view #period"
JOURNEYS = {
    (JUHA, "/invoices"): (
        Swap("bills", "#bills .pager [rel=next]", "#bills h2"),
        Swap("bills", "#show", "#show", key="ArrowDown"),
    ),
    (AINO, "/invoices"): (Swap("month", "#month a", "#month h2 >> nth=0"),),
    (JUHA, "/invoices?show=open&year=2025"): (Swap("bills", ".empty a", "#bills h2"),),
    (JUHA, "/contracts"): (Swap("contracts", ".pager [rel=next]", "#contracts h2 >> nth=0"),),
    (JUHA, "/sites"): (
        Swap("found", "#q", "#q", key="a"),
        Swap("listed", "#found .sort >> nth=1", "#found [data-focus]"),
        Swap("listed", "#found .pager [rel=next]", "#found [data-focus]"),
        Swap("found", "#show", "#show", key="ArrowDown"),
        Swap("grouped", "#by", "#by", key="ArrowDown"),
    ),
    (AINO, "/messages"): (
        Swap("inbox", "#inbox nav a >> nth=1", "#inbox h2 >> nth=0"),
        Swap("inbox", "#q", "#inbox h2 >> nth=0"),
    ),
    (AINO, "/outages?postcode=00000"): (Swap("current", "#postcode", "#current h2 >> nth=0"),),
    (AINO, "/consents"): (  # and back
        Swap("outages", "#outages [role=switch] >> nth=0", "#outages [role=switch] >> nth=0", key="Space"),
        Swap("outages", "#outages [role=switch] >> nth=0", "#outages [role=switch] >> nth=0", key="Space"),
    ),
    (AINO, "/consumption?at=2026"): (
        Swap("view", "a.bar[href*='at=2026-10']", PERIOD),
        Swap("view", ".period a >> nth=0", PERIOD),
        Swap("view", ".toolbar nav.seg:not(.seg--fill) a >> nth=2", PERIOD),
        Swap("view", "a.bar >> nth=3", "#view #hour"),
        Swap("view", "section:has(#hour) a.btn >> nth=0", "#view #hour"),
        Swap("view", ".seg--fill a >> nth=1", "#view :is(#hour, #period)[data-focus]"),
    ),
}


@pytest.mark.parametrize("who", [AINO, JUHA])
def test_the_keyboard_stands_at_what_is_new(opened, who):
    with opened(who, viewport=PHONE) as page:
        for (whose, path), swaps in JOURNEYS.items():
            if whose == who:
                page.goto(path)
                for swap in swaps:
                    use(page, swap)


def use(page: Page, swap: Swap) -> None:
    """Do it, wait until something is said, and look where the focus is."""
    page.evaluate("document.getElementById('announcements').textContent = ''")
    page.locator(swap.control).first.press(swap.key)
    expect(page.locator("#announcements"), f"{swap} says nothing").not_to_be_empty()
    expect(page.locator(swap.lands), f"{swap} loses the focus").to_be_focused()
    assert page.locator(swap.lands).evaluate(IN_SIGHT), f"{swap} leaves the focus out of sight"
    assert page.locator(swap.lands).evaluate(IN_ORDER), f"{swap} takes a control out of the order of Tab"


def test_a_style_that_something_else_set_is_not_written_again(opened):
    with opened(JUHA) as page:  # as extensions of browsers do with fields; the browser would complain
        page.goto("/sites")
        page.locator("#order").evaluate("one => { one.style.caretColor = 'auto'; }")
        use(page, Swap("listed", "#found .sort >> nth=1", "#found [data-focus]"))


def test_every_region_is_swapped_here():
    found = {name for path in TEMPLATES.rglob("*.html") for pair in TARGET.findall(path.read_text()) for name in pair}
    used = {swap.region for swaps in JOURNEYS.values() for swap in swaps} - {"outages"}  # its target is a variable
    assert found - {""} == used | UNASKED | LIKE_OTHERS, "add a Swap for what is new, or take out what is gone"


@pytest.mark.parametrize("path", ["/messages/new", "/authorisations/new"])
def test_a_refused_form_leads_to_its_fields(opened, path):
    with opened(AINO, viewport=PHONE) as page:
        page.goto(path)
        page.locator(f"main form[action='{path}'] button").last.press("Enter")
        expect(page.locator(".errors")).to_be_focused()
        assert page.locator(".errors").evaluate(IN_SIGHT)
        field = page.locator(".errors a").first.get_attribute("href")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.locator(":focus").evaluate("(one, id) => one.matches(id)", field), field
