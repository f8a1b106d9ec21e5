"""What every page keeps to, measured: names, headings, titles, icons, target sizes, that nothing is cut in any width,
forced colours, print, and that nothing is left in the browser."""

import os
from collections.abc import Iterator

from playwright.sync_api import Page

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
WIDTHS = (320, 390, 768, 1024, 1280, 1366, 1440, 1920)  # 320 px: 1280 enlarged four times, WCAG 2.2 SC 1.4.10
SERVICE = "Esimerkki Energia"
EVERYTHING = bool(os.environ.get("PORTAL_SOAK"))  # `make soak` asks for everything in each combination
SOME_WIDTHS = WIDTHS if EVERYTHING else (320, 1024, 1366)  # the least room, and columns that just fit
FINGER_PX, MOUSE_PX = 44, 24
BAR_PX = 8  # of a month of days on a phone

UNFOLD = """() => { document.getElementById("more")?.showPopover();
    for (const one of document.querySelectorAll("details")) one.open = true; }"""
FOLD = """() => { document.getElementById("more")?.hidePopover();
    for (const one of document.querySelectorAll("details")) one.open = false; }"""

# Controls that are too small, WCAG 2.2 SC 2.5.5 for fingers and 2.5.8 for mice. A link among other words is as high as
# its line: exempt. The bars of a chart that fits a phone are narrow: the table below it has a link for each.
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

# An icon that the build did not find takes its place and shows nothing.
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

# Words, icons and controls that are not seen whole: cut by what hides its overflow, out of reach of a scroller, spilt
# out of their box, beyond the window, or broken where no hyphen shows it (those of up to 30 letters, but for names);
# and what scrolls sideways without a keyboard or a sign. Three dots say themselves that they cut. Without motion a
# change of size is laid out at once.
CUT = """() => {
    // A part of a word between its soft hyphens counts as one; a hyphen that is shown belongs to the letter after it.
    const WORD = /(?<![^\\s\\u00ad])\\p{L}{2,30}(?=\\u00ad|[.,:;?!]?(?:\\s|$))/gu;
    const found = new Set(), root = document.documentElement, range = document.createRange(), styles = new Map();
    const style = one => styles.get(one) ?? styles.set(one, getComputedStyle(one)).get(one);
    const hides = value => value === "hidden" || value === "clip";
    const scrolls = value => value === "auto" || value === "scroll";
    const isSeen = one => !one.closest(".vh, option")
        && one.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const name = one => `${one.tagName.toLowerCase()}.${one.getAttribute("class") ?? ""}`;
    const judge = (box, first, words) => {
        const said = words.trim().replace(/\\s+/g, " ").slice(0, 60);
        const say = (what, one) => found.add(`${what} ${name(one)}: ${said}`);
        let isInFlow = !first.closest("svg");
        for (let up = first; up !== root; up = up.parentElement) {
            const { display, position, overflowX, overflowY, textOverflow, clipPath } = style(up);
            if (["inline", "contents"].includes(display) || up instanceof SVGElement && up.tagName !== "svg") continue;
            if (clipPath.startsWith("inset")) return;
            const edge = up.getBoundingClientRect();
            const isWider = box.left < edge.left - 1 || box.right > edge.right + 1;
            const isHigher = box.top < edge.top - 1 || box.bottom > edge.bottom + 1;
            if (hides(overflowX) && isWider || hides(overflowY) && isHigher)
                return textOverflow === "ellipsis" || say("cut by", up);
            if (scrolls(overflowX) || scrolls(overflowY)) {
                const from = box.left - edge.left - up.clientLeft + up.scrollLeft;
                if (from < -1 || from + box.width > up.scrollWidth + 1) return say("out of reach in", up);
                box = edge;
            } else if (isInFlow && isWider) return say("spilt out of", up);
            isInFlow &&= !["absolute", "fixed"].includes(position);
            if (position === "fixed") break;
        }
        if (box.left < -1 || box.right > root.clientWidth + 1) say("beyond the window", first);
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        if (!text.data.trim() || !isSeen(text.parentElement)) continue;
        range.selectNodeContents(text);
        judge(range.getBoundingClientRect(), text.parentElement, text.data);
        if (range.getClientRects().length < 2 || text.parentElement.closest(".switcher__name")) continue;
        for (const { 0: word, index } of text.data.matchAll(WORD)) {
            range.setStart(text, index + (text.data[index - 1] === "\\u00ad"));
            range.setEnd(text, index + word.length);
            if (range.getClientRects().length > 1) found.add(`broken: ${word}`);
        }
    }
    for (const one of document.querySelectorAll(".icon, img, button, select, textarea, input:not([type=hidden])"))
        if (isSeen(one)) judge(one.getBoundingClientRect(), one.parentElement, one.outerHTML);
    for (const one of document.querySelectorAll("body *")) {
        if (!scrolls(style(one).overflowX) || one.scrollWidth <= one.clientWidth + 1 || !isSeen(one)) continue;
        if (!one.matches("[role=region][tabindex='0']")) found.add(`scrolls without a keyboard: ${name(one)}`);
        if (!style(one).backgroundAttachment.includes("local")) found.add(`scrolls without a sign: ${name(one)}`);
    }
    if (root.scrollWidth > root.clientWidth) found.add(`scrolls by ${root.scrollWidth - root.clientWidth} px`);
    return [...found];
}"""

# Room of a grid that no card fills: below one that is shorter than its row, or beside the last.
HOLES = """() => [...document.querySelectorAll("main .grid")].flatMap(grid => {
    const whole = grid.getBoundingClientRect(), cards = [...grid.children].map(card => card.getBoundingClientRect());
    const below = cards.filter(card => !cards.some(one => one.top >= card.bottom) && card.bottom < whole.bottom - 1);
    const beside = cards.at(-1).right < whole.right - 1 ? [cards.at(-1)] : [];
    return [...below, ...beside].map(card => `${grid.className}: at ${card.right} x ${card.bottom}`);
})"""

# Where nothing is drawn in a square of some pixels, in a card or beside it: the corner of the first. Rows of a list or
# a table are drawn all the way, as a line goes below them.
VOIDS = """side => {
    const main = document.querySelector("main"), range = document.createRange();
    const cards = [...main.querySelectorAll(".card")].map(one => one.getBoundingClientRect());
    const bottom = Math.max(...cards.map(card => card.bottom)), right = Math.max(...cards.map(card => card.right));
    const whole = main.querySelectorAll("svg, img, input, button, .btn, .way, .notice, tr, dl > div, li");
    const boxes = [...whole].map(one => one.getBoundingClientRect());
    for (const { x, y, width, height } of cards)
        for (const edge of [[x, y, width, 1], [x, y + height, width, 1], [x, y, 1, height], [x + width, y, 1, height]])
            boxes.push(new DOMRect(...edge));
    const texts = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        range.selectNodeContents(texts.currentNode);
        if (texts.currentNode.data.trim()) boxes.push(...range.getClientRects());
    }
    for (let y = cards[0].top; y + side <= bottom; y += 8)
        for (let x = cards[0].left; x + side <= right; x += 8)
            if (!boxes.some(b => b.left < x + side && b.right > x && b.top < y + side && b.bottom > y))
                return [`${side} px at ${Math.round(x)} x ${Math.round(y)}`];
    return [];
}"""

# With forced colours a control is seen by its border, its text or its underline, never by its background alone.
VANISHED = """() => [...document.querySelectorAll("button, .btn, .input, input, select, textarea")]
    .filter(one => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && one.type !== "hidden")
    .filter(one => !one.innerText?.trim() && !one.querySelector("svg"))
    .filter(one => { const style = getComputedStyle(one);
        return style.borderTopStyle === "none" && style.outlineStyle === "none" && style.appearance === "none"; })
    .map(one => one.outerHTML.slice(0, 120))"""

ANOTHER_FONT = "font => document.documentElement.style.setProperty('--font', font)"

PRINTED = """() => [...document.querySelectorAll("nav, .topbar, .side, .tabbar, .btn")]
    .filter(one => one.checkVisibility()).map(one => one.outerHTML.slice(0, 90))"""


def measured(page: Page) -> dict[str, list]:
    """What is wrong with a page open on a touch screen in light colours, by what it is; nothing that holds is in it."""
    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    wrong = {"misnamed": page.evaluate(MISNAMED), "undrawn": page.evaluate(UNDRAWN), "left": page.evaluate(LEFT)}
    page.set_viewport_size(PHONE)
    page.evaluate(UNFOLD)
    wrong["small for fingers"] = page.evaluate(SMALL, [FINGER_PX, BAR_PX])
    wrong["headings"] = page.evaluate(UNORDERED)
    wrong["title"] = [] if page.title().endswith(f" – {SERVICE}") else [page.title()]
    wrong["cut where unfolded"] = cut(page, WIDTHS[:1])
    wrong["cut in another font"] = cut_in_another_font(page)
    page.evaluate(FOLD)
    wrong["cut"] = cut(page)
    page.set_viewport_size(DESKTOP)
    page.emulate_media(forced_colors="active")
    wrong["vanished"] = page.evaluate(VANISHED)
    page.emulate_media(forced_colors="none", media="print")
    wrong["printed"] = page.evaluate(PRINTED)
    wrong["not printed"] = [] if page.locator("main h1").first.is_visible() else ["the heading"]
    page.emulate_media(media="screen")
    return {what: found for what, found in wrong.items() if found}


def measured_for_mice(page: Page) -> dict[str, list]:
    """What is too small or cut on a page that was opened with a mouse."""
    assert page.evaluate("matchMedia('(pointer: fine)').matches")
    wrong = {"small for mice": page.evaluate(SMALL, [MOUSE_PX, MOUSE_PX]), "cut": cut(page, SOME_WIDTHS)}
    wrong["cut in another font"] = cut_in_another_font(page)
    return {what: found for what, found in wrong.items() if found}


def cut(page: Page, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """What is not seen whole in windows of some widths; the page is loaded once and stays as it was folded."""
    return list(_cut(page, widths))


def cut_in_another_font(page: Page) -> list[str]:
    """What is not seen whole in the narrowest window until our font has come; others are up to a fifth wider."""
    page.evaluate(ANOTHER_FONT, "sans-serif")
    found = cut(page, WIDTHS[:1])
    page.evaluate(ANOTHER_FONT, "")
    return found


def _cut(page: Page, widths: tuple[int, ...]) -> Iterator[str]:
    for width in widths:
        page.set_viewport_size({"width": width, "height": PHONE["height"]})
        yield from (f"{width} px: {found}" for found in page.evaluate(CUT))
