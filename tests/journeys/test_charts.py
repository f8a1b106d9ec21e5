"""Charts speak to eyes: a bar tells its figures while a mouse, a finger or the keyboard is on it, a phone shows all."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.places import AINO

pytestmark = pytest.mark.xdist_group("journeys-1")

DAY, MONTH, YEAR = "/consumption?at=2026-10-14", "/consumption?at=2026-10", "/consumption?at=2026"
PHONES = ({"width": 320, "height": 640}, {"width": 390, "height": 844})
TOLD = """() => [...document.querySelectorAll(".bar__told")]
    .filter(one => getComputedStyle(one).display !== "none")
    .map(one => [...one.children].map(line => line.textContent.replace(/\\s/g, " ")))"""
OUTSIDE = """() => { const card = document.querySelector(".chart").closest(".card").getBoundingClientRect();
    return [...document.querySelectorAll(".chart text, .chart rect")]
        .map(one => [one.getBoundingClientRect(), one.outerHTML.slice(0, 80)])
        .filter(([box]) => box.width && (box.left < card.left - 1 || box.right > card.right + 1))
        .map(([box, source]) => source); }"""
COVERED = """() => { const boxes = [...document.querySelectorAll(".chart__plot > g:last-child text")]
        .map(one => one.getBoundingClientRect());
    return boxes.flatMap((one, at) => boxes.slice(at + 1)
        .filter(other => other.left < one.right && one.left < other.right && other.top < one.bottom - 2
            && one.top < other.bottom - 2)).length; }"""
LINES = re.compile(r"ke 14\.10\.: \d+,\d kWh \d+,\d\d €, 2025: \d+,\d kWh")


def told(page):
    """What bars tell now, each in one line."""
    return [" ".join(lines) for lines in page.evaluate(TOLD)]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_bar_tells_value_euros_and_last_year_on_hover_and_focus(opened, scripts):
    with opened(AINO, java_script_enabled=scripts) as page:
        page.goto(MONTH)
        assert told(page) == []
        bar = page.locator("a.bar[href*='2026-10-14']")
        bar.hover()
        (line,) = told(page)
        assert LINES.fullmatch(line)
        page.mouse.move(0, 0)
        assert told(page) == []
        bar.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        assert told(page) == [line]
        page.locator("a.bar[href*='2026-10-20']").hover()
        (other,) = told(page)  # never two at once
        assert other.startswith("ti 20.10.")


def test_a_finger_sees_first_and_opens_then(opened):
    with opened(AINO, viewport=PHONES[0], has_touch=True) as page:
        page.goto(MONTH)
        bar = page.locator("a.bar[href*='2026-10-14']")
        bar.tap()
        expect(page.locator("#announcements")).to_contain_text("ke 14.10.2026")
        assert page.url.endswith(MONTH)
        assert [LINES.fullmatch(line) is not None for line in told(page)] == [True]
        bar.tap()
        page.wait_for_url("**at=2026-10-14*")


def test_without_a_script_a_tap_opens_and_the_page_says_the_value_first(opened):
    with opened(AINO, viewport=PHONES[0], has_touch=True, java_script_enabled=False) as page:
        page.goto(DAY)
        bar = page.locator("a.bar >> nth=17")
        named = bar.get_attribute("aria-label")
        bar.tap()
        page.wait_for_url("**at=2026-10-14T17*")
        first = page.locator("#view .card >> nth=0").locator(":is(.sentence, .stat)").first
        assert first.inner_text().casefold() == named.casefold()


@pytest.mark.parametrize("phone", PHONES, ids=lambda size: str(size["width"]))
def test_a_day_a_month_and_a_year_fit_a_phone(opened, phone):
    with opened(AINO, viewport=phone, has_touch=True) as page:
        for path in (DAY, MONTH, YEAR, "/consumption?at=2026-10-25", "/consumption?from=2026-08-01&to=2026-10-01"):
            page.goto(path)
            assert page.evaluate(OUTSIDE) == []
            assert page.evaluate(COVERED) == 0
            bars = page.locator(".bar")
            for at in {0, bars.count() // 3, bars.count() - 1}:
                bars.nth(at).hover()
                assert page.evaluate(OUTSIDE) == [], at


def test_nothing_is_told_on_paper(opened):
    with opened(AINO) as page:
        page.goto(MONTH)
        page.locator("a.bar[href*='2026-10-14']").hover()
        page.emulate_media(media="print")
        assert told(page) == []
