"""axe-core finds nothing on any page: three languages, phone and desktop, light and dark."""

import os
from pathlib import Path

import pytest

from tests.journeys.places import NO_PAGES, PLACES, addresses

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
FINDINGS = """async (rules) => (await axe.run(document, {
    resultTypes: ["violations"], preload: false, ...(rules && { runOnly: { type: "rule", values: rules } }),
})).violations.map(found => [found.id, found.nodes.map(node => `${node.target.join(" ")} ${node.failureSummary}`)])"""
COLOURS = ["color-contrast", "link-in-text-block"]  # all that a colour scheme can change, and no language does
EVERYTHING = bool(os.environ.get("PORTAL_SOAK"))  # `make soak` asks for each rule in each combination


def rules(scheme: str) -> list[str] | None:
    """Which rules to try; None for all of them."""
    return None if scheme == "light" or EVERYTHING else COLOURS


def schemes(language: str) -> tuple[str, ...]:
    """In which colours to look at a page in a language."""
    return ("light", "dark") if language == "fi" or EVERYTHING else ("light",)


SHARED = [
    pytest.param(place, marks=pytest.mark.xdist_group(f"journeys-{number % 2}"), id=str(place))
    for number, place in enumerate(PLACES)
]


def test_every_page_is_among_the_places():
    missing = addresses() - {place.route for place in PLACES} - NO_PAGES.keys()
    assert not missing, f"add to PLACES or NO_PAGES of tests/journeys/places.py: {sorted(missing)}"
    gone = ({place.route for place in PLACES} | NO_PAGES.keys()) - addresses() - {"/nowhere"}
    assert not gone, f"take out of tests/journeys/places.py: {sorted(gone)}"


@pytest.mark.parametrize("place", SHARED)
def test_axe_finds_nothing(opened, speak, place):
    found = {}
    with opened(place.who, bypass_csp=True, reduced_motion="reduce") as page:  # axe evaluates its own code
        page.context.add_init_script(path=AXE)
        for language in ("fi", "sv", "en"):
            speak(page, language)
            for scheme in schemes(language):
                # A fresh load: Chromium keeps some computed colours of the old scheme when it is only emulated anew.
                page.emulate_media(color_scheme=scheme)
                place.open(page) if scheme == "light" else page.reload()
                for size in (PHONE, DESKTOP):
                    page.set_viewport_size(size)
                    if violations := page.evaluate(FINDINGS, rules(scheme)):
                        found[f"{language} {scheme} {size['width']}"] = violations
    assert found == {}
