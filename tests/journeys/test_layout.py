"""What every page keeps to, measured: names, titles, target sizes, reflow at 320 px, forced colours, print."""

import pytest

from tests.journeys.test_accessibility import DESKTOP, PHONE, SHARED

SERVICE = "Esimerkki Energia"
LEAST_PX = 24

# Controls that are too small, WCAG 2.2 SC 2.5.8. Links within texts and tables are as high as their line: exempt.
SMALL = """least => [...document.querySelectorAll("nav a, a.btn, button, input:not([type=hidden]), select, summary")]
    .filter(one => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .map(one => [(one.closest("label") ?? one).getBoundingClientRect(), one])
    .filter(([box]) => box.width > 1 && Math.min(box.width, box.height) < least - 0.5)
    .map(([box, one]) => `${one.outerHTML.slice(0, 90)} ${box.width.toFixed(1)} x ${box.height.toFixed(1)}`)"""

# The name that a screen reader says must hold the words that are seen, SC 2.5.3.
MISNAMED = """() => [...document.querySelectorAll("a[aria-label], button[aria-label], [role=button][aria-label]")]
    .filter(one => one.checkVisibility() && !one.closest("svg"))
    .map(one => [one.innerText.replace(/\\s+/g, " ").trim(), one.getAttribute("aria-label")])
    .filter(([seen, said]) => seen && !said.toLowerCase().includes(seen.toLowerCase()))"""

WIDE = """() => document.documentElement.scrollWidth <= 320 ? [] :
    [...document.querySelectorAll("body *")].filter(one => one.getBoundingClientRect().right > 321)
        .filter(one => !one.closest("[role=region][tabindex], .scroll, .vh, dialog"))
        .slice(0, 5).map(one => one.outerHTML.slice(0, 120))"""

# With forced colours a control is seen by its border, its text or its underline, never by its background alone.
VANISHED = """() => [...document.querySelectorAll("button, .btn, .input, input, select, textarea")]
    .filter(one => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && one.type !== "hidden")
    .filter(one => !one.innerText?.trim() && !one.querySelector("svg"))
    .filter(one => { const style = getComputedStyle(one);
        return style.borderTopStyle === "none" && style.outlineStyle === "none" && style.appearance === "none"; })
    .map(one => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("place", SHARED)
def test_a_page_is_for_everybody(opened, place):
    wrong = {}
    with opened(place.who, has_touch=True, viewport=PHONE) as page:
        place.open(page)
        wrong["misnamed"] = page.evaluate(MISNAMED)
        wrong["small on a phone"] = page.evaluate(SMALL, LEAST_PX)
        wrong["title"] = [] if page.title().endswith(f" – {SERVICE}") else [page.title()]
        page.set_viewport_size({"width": 320, "height": 640})
        wrong["wide"] = page.evaluate(WIDE)
        page.set_viewport_size(DESKTOP)
        wrong["small on a desktop"] = page.evaluate(SMALL, LEAST_PX)
        page.emulate_media(forced_colors="active")
        wrong["vanished"] = page.evaluate(VANISHED)
        page.emulate_media(forced_colors="none", media="print")
        wrong["printed"] = page.evaluate("""() => [...document.querySelectorAll("nav, .topbar, .side, .tabbar, .btn")]
            .filter(one => one.checkVisibility()).map(one => one.outerHTML.slice(0, 90))""")
        wrong["not printed"] = [] if page.locator("main h1").first.is_visible() else ["the heading"]
    assert {what: found for what, found in wrong.items() if found} == {}
