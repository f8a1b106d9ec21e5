"""axe-core finds nothing on any page: three languages, phone and desktop, light and dark; nor do our own measures."""

from pathlib import Path

import pytest

from tests.journeys.layout import DESKTOP, EVERYTHING, HOLES, PHONE, WIDTHS, measured, measured_for_mice
from tests.journeys.places import AINO, JUHA, PLACES

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
FINDINGS = """async (options) => (await axe.run(document, { resultTypes: ["violations"], preload: false, ...options }))
    .violations.map(found => [found.id, found.nodes.map(node => `${node.target.join(" ")} ${node.failureSummary}`)])"""
COLOURS = ["color-contrast", "link-in-text-block"]  # all that a colour scheme can change, and no language does
# What has not changed at once with the size of everything. The first line is what there is to change from.
GRADUAL = """() => {
    document.body.getBoundingClientRect();
    document.documentElement.style.fontSize = "200%";
    return document.getAnimations().map(one => `${one.transitionProperty} ${one.effect.target.outerHTML.slice(0, 60)}`);
}"""
MEASURES = {("fi", "light"): measured, ("sv", "light"): measured_for_mice}


def rules(language: str, scheme: str) -> dict[str, object]:
    """Which rules to try, as axe.run wants it."""
    if EVERYTHING or (language, scheme) == ("fi", "light"):
        return {}
    if scheme == "dark":
        return {"runOnly": {"type": "rule", "values": COLOURS}}
    return {"rules": {rule: {"enabled": False} for rule in COLOURS}}


def schemes(language: str) -> tuple[str, ...]:
    """In which colours to look at a page in a language."""
    return ("light", "dark") if language == "fi" or EVERYTHING else ("light",)


SHARED = [
    pytest.param(place, marks=pytest.mark.xdist_group(f"journeys-{number % 2}"), id=str(place))
    for number, place in enumerate(PLACES)
]


@pytest.mark.parametrize("place", SHARED)
def test_a_page_is_for_everybody(opened, speak, place):
    found = {}
    as_axe_needs = {"bypass_csp": True, "reduced_motion": "reduce"}  # it evaluates its own code
    with opened(place.who, proof=place.proof, **as_axe_needs) as page:
        page.context.add_init_script(path=AXE)
        pointer = page.context.new_cdp_session(page)
        for language in ("fi", "sv", "en"):
            speak(page, language)
            pointer.send("Emulation.setTouchEmulationEnabled", {"enabled": language == "fi"})
            for scheme in schemes(language):
                # A fresh load: Chromium keeps some computed colours of the old scheme when it is only emulated anew.
                page.emulate_media(color_scheme=scheme)
                place.open(page) if scheme == "light" else page.reload()
                for size in (PHONE, DESKTOP):
                    page.set_viewport_size(size)
                    if violations := page.evaluate(FINDINGS, rules(language, scheme)):
                        found[f"{language} {scheme} {size['width']}"] = violations
                if (language, scheme) in MEASURES:
                    found |= MEASURES[language, scheme](page)
    assert found == {}


def test_who_wants_no_motion_sees_a_change_of_size_at_once(opened):
    with opened(None, reduced_motion="reduce") as page:
        page.goto("/sign-in")
        assert page.evaluate(GRADUAL) == []


@pytest.mark.parametrize("who", [AINO, JUHA])
def test_the_overview_has_no_holes(opened, who):
    with opened(who, reduced_motion="reduce") as page:
        page.goto("/overview")
        for width in WIDTHS:
            page.set_viewport_size(DESKTOP | {"width": width})
            assert page.evaluate(HOLES) == [], width
