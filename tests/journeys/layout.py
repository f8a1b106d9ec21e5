"""What every page keeps to, measured: names, titles, target sizes, reflow at 320 px, forced colours, print."""

from playwright.sync_api import Page

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
NARROW = {"width": 320, "height": 640}  # 1280 px enlarged four times, WCAG 2.2 SC 1.4.10
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

PRINTED = """() => [...document.querySelectorAll("nav, .topbar, .side, .tabbar, .btn")]
    .filter(one => one.checkVisibility()).map(one => one.outerHTML.slice(0, 90))"""


def measured(page: Page) -> dict[str, list]:
    """What is wrong with a page that is open in light colours, by what it is; nothing that holds is in it."""
    wrong = {"misnamed": page.evaluate(MISNAMED)}
    page.set_viewport_size(PHONE)
    wrong["small on a phone"] = page.evaluate(SMALL, LEAST_PX)
    wrong["title"] = [] if page.title().endswith(f" – {SERVICE}") else [page.title()]
    page.set_viewport_size(NARROW)
    wrong["wide"] = page.evaluate(WIDE)
    page.set_viewport_size(DESKTOP)
    wrong["small on a desktop"] = page.evaluate(SMALL, LEAST_PX)
    page.emulate_media(forced_colors="active")
    wrong["vanished"] = page.evaluate(VANISHED)
    page.emulate_media(forced_colors="none", media="print")
    wrong["printed"] = page.evaluate(PRINTED)
    wrong["not printed"] = [] if page.locator("main h1").first.is_visible() else ["the heading"]
    page.emulate_media(media="screen")
    return {what: found for what, found in wrong.items() if found}
