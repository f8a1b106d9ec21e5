"""What every page keeps to, measured: names, headings, titles, icons, target sizes, reflow at 320 px, forced colours,
print, and that nothing is left in the browser."""

from playwright.sync_api import Page

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
NARROW = {"width": 320, "height": 640}  # 1280 px enlarged four times, WCAG 2.2 SC 1.4.10
SERVICE = "Esimerkki Energia"
FINGER_PX, MOUSE_PX = 44, 24

UNFOLD = """() => { document.getElementById("more")?.showPopover();
    for (const one of document.querySelectorAll("details")) one.open = true; }"""
FOLD = """() => { document.getElementById("more")?.hidePopover();
    for (const one of document.querySelectorAll("details")) one.open = false; }"""

# Controls that are too small, WCAG 2.2 SC 2.5.5 for fingers and 2.5.8 for mice. A link among other words is as high as
# its line: exempt. The bars of a chart keep the width for mice: the table below it has a link for each.
SMALL = """([least, bars]) => {
    const amongWords = one => {
        if (getComputedStyle(one).display !== "inline") return false;
        let block = one.parentElement;
        while (getComputedStyle(block).display === "inline") block = block.parentElement;
        const rest = block.cloneNode(true);
        rest.querySelectorAll("a, button, .vh").forEach(part => part.remove());
        return /[\\p{L}\\d]/u.test(rest.textContent);
    };
    const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]";
    return [...document.querySelectorAll(controls)]
        .filter(one => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !amongWords(one))
        .map(one => [(one.closest("label") ?? one).getBoundingClientRect(), one, one.closest("svg") ? bars : least])
        .filter(([box, one, px]) => box.width > 1 && Math.min(box.width, box.height) < px - 0.5)
        .map(([box, one]) => `${one.outerHTML.slice(0, 90)} ${box.width.toFixed(1)} x ${box.height.toFixed(1)}`);
}"""

# One h1, which comes first, and no level left out on the way down.
UNORDERED = """() => {
    const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
        .filter(one => one.checkVisibility()).map(one => Number(one.tagName[1]));
    const wrong = levels.flatMap((level, at) => level > (levels[at - 1] ?? 0) + 1 ? [`h${level} at ${at}`] : []);
    return levels.filter(level => level === 1).length === 1 ? wrong : ["not one h1", ...wrong];
}"""

# An icon that static/icons.txt forgot takes its place and shows nothing.
UNDRAWN = """() => [...document.querySelectorAll("svg.icon use")]
    .filter(one => one.checkVisibility() && one.getBoundingClientRect().width === 0).map(one => one.outerHTML)"""

LEFT = """async () => Object.entries({
    local: localStorage.length, session: sessionStorage.length, cookies: document.cookie.length,
    databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
}).filter(([what, count]) => count)"""

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
    """What is wrong with a page open on a touch screen in light colours, by what it is; nothing that holds is in it."""
    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    wrong = {"misnamed": page.evaluate(MISNAMED), "undrawn": page.evaluate(UNDRAWN), "left": page.evaluate(LEFT)}
    page.set_viewport_size(PHONE)
    page.evaluate(UNFOLD)
    wrong["small for fingers"] = page.evaluate(SMALL, [FINGER_PX, MOUSE_PX])
    wrong["headings"] = page.evaluate(UNORDERED)
    wrong["title"] = [] if page.title().endswith(f" – {SERVICE}") else [page.title()]
    page.set_viewport_size(NARROW)
    wrong["wide"] = page.evaluate(WIDE)
    page.evaluate(FOLD)
    page.set_viewport_size(DESKTOP)
    page.emulate_media(forced_colors="active")
    wrong["vanished"] = page.evaluate(VANISHED)
    page.emulate_media(forced_colors="none", media="print")
    wrong["printed"] = page.evaluate(PRINTED)
    wrong["not printed"] = [] if page.locator("main h1").first.is_visible() else ["the heading"]
    page.emulate_media(media="screen")
    return {what: found for what, found in wrong.items() if found}


def measured_for_mice(page: Page) -> dict[str, list]:
    """What is too small on a page that was opened with a mouse."""
    assert page.evaluate("matchMedia('(pointer: fine)').matches")
    small = page.evaluate(SMALL, [MOUSE_PX, MOUSE_PX])
    return {"small for mice": small} if small else {}
