"""axe-core finds nothing on any page: three languages, phone and desktop, light and dark; nor do our own measures.

Finnish in light colours is tried by every rule in both sizes, in dark by those on colours. The other languages change
words alone: Swedish is looked at on a phone, English on a desktop. `make soak` tries all in each combination.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.journeys.layout import DESKTOP, EVERYTHING, HOLES, PHONE, WIDTHS, measured, measured_for_mice
from tests.journeys.places import AINO, JUHA, PLACES, Place

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


def sizes(language: str) -> tuple[ViewportSize, ...]:
    """In which windows to look at a page in a language."""
    return {"sv": (PHONE,), "en": (DESKTOP,)}.get("" if EVERYTHING else language, (PHONE, DESKTOP))


SHARED = [
    pytest.param(place, marks=pytest.mark.xdist_group(f"journeys-{number % 2}"), id=str(place))
    for number, place in enumerate(PLACES)
]


@pytest.mark.parametrize("place", SHARED)
def test_a_page_is_for_everybody(opened, speak, place):
    found = {}
    for has_touch, languages in ((True, ("fi",)), (False, ("sv", "en"))):
        as_axe_needs = {"bypass_csp": True, "reduced_motion": "reduce"}  # it evaluates its own code
        with opened(place.who, proof=place.proof, has_touch=has_touch, **as_axe_needs) as page:
            page.context.add_init_script(path=AXE)
            for language in languages:
                speak(page, language)
                found |= findings(page, place, language)
    assert found == {}


def findings(page: Page, place: Place, language: str) -> dict[str, object]:
    """What is wrong with a page in a language, by colours and width."""
    found = {}
    for scheme in schemes(language):
        # A fresh load: Chromium keeps some computed colours of the old scheme when it is only emulated anew.
        page.emulate_media(color_scheme=scheme)
        place.open(page) if scheme == "light" else page.reload()
        for size in sizes(language):
            page.set_viewport_size(size)
            if violations := page.evaluate(FINDINGS, rules(language, scheme)):
                found[f"{language} {scheme} {size['width']}"] = violations
        if (language, scheme) in MEASURES:
            found |= MEASURES[language, scheme](page)
    return found


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
