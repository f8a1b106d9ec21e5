"""axe-core finds nothing on any page: three languages, phone and desktop, light and dark."""

from pathlib import Path

import pytest

from tests.journeys.conftest import new_page, sign_in

AXE = Path(__file__).parent.parent.parent / "node_modules" / "axe-core" / "axe.min.js"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
FINDINGS = """async () => (await axe.run()).violations.map(
    found => [found.id, found.nodes.map(node => `${node.target.join(" ")} ${node.failureSummary}`)])"""
PATHS = (
    "/overview",
    "/consumption?at=2026",
    "/consumption",
    "/consumption?at=2026-W46",
    "/consumption?at=2026-11-14",
    "/consumption?at=2026-11-14T17",
    "/consumption?energy=heat",
    "/invoices",
    "/contracts",
    "/consents",
    "/consents/history",
    "/nowhere",
)
FIRST_OF = ("/invoices", "/contracts")


@pytest.fixture(scope="module", params=["fi", "sv", "en"])
def visitor(chrome, demo, request):
    """A signed-in page in one language. The policy is lifted for axe alone: it evaluates its own code."""
    with new_page(chrome, demo, bypass_csp=True) as page:
        sign_in(page, "Aino Mäkelä")
        page.context.add_cookies(
            [
                {
                    "name": "__Host-language",
                    "value": request.param,
                    "url": demo.portal.replace("http:", "https:"),
                    "secure": True,
                    "httpOnly": True,
                }
            ]
        )
        yield page


def findings(page):
    """What axe complains of, by size and scheme. Each scheme is a fresh load: Chromium keeps some computed colours
    of the old scheme when it is only emulated anew."""
    found = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.reload()
        page.add_script_tag(path=AXE)
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            if violations := page.evaluate(FINDINGS):
                found[f"{size['width']} {scheme}"] = violations
    return found


@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing(visitor, path):
    visitor.goto(path)
    assert findings(visitor) == {}


@pytest.mark.parametrize("path", FIRST_OF)
def test_axe_finds_nothing_on_one_of_a_list(visitor, path):
    visitor.goto(path)
    visitor.locator(f"main a[href^='{path}/']").first.click()
    visitor.wait_for_url(f"**{path}/*")
    assert findings(visitor) == {}


@pytest.mark.parametrize("path", PATHS)
def test_a_narrow_page_does_not_scroll_sideways(visitor, path):
    visitor.set_viewport_size({"width": 320, "height": 640})
    visitor.goto(path)
    assert visitor.evaluate("document.documentElement.scrollWidth") <= 320


def test_axe_finds_nothing_on_the_bank_wall(chrome, demo):
    with new_page(chrome, demo, bypass_csp=True) as page:
        page.goto("/sign-in")
        assert findings(page) == {}


def test_nothing_stays_in_the_browser(visitor):
    visitor.goto("/overview")
    assert visitor.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
