"""A first visit weighs at most 65 KB in at most eight requests, a drill-down 8 KB."""

import gzip
import re
import urllib.error
import urllib.request

import pytest

from tests.journeys.places import AINO, JUHA, PLACES

pytestmark = pytest.mark.xdist_group("journeys-1")

KB = 1024
FIRST_VISIT, REQUESTS, HTML, DRILL_DOWN = 65 * KB, 8, 12 * KB, 8 * KB
HEAVY = [place for place in PLACES if place.who in {AINO, JUHA}]


def test_every_first_visit_is_light(opened, demo):
    """The files are those of one visit in a browser; each page is fetched as browsers do, and weighed as it came."""
    with opened(AINO) as page:
        answers = []
        page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - Playwright wants a function
        page.goto("/overview", wait_until="networkidle")
        files = sum(one.request.sizes()["responseBodySize"] for one in answers if "/static/" in one.url)
        assert len(answers) <= REQUESTS, [answer.url for answer in answers]
    heavy = {}
    for who in (AINO, JUHA):
        with opened(who) as page:
            cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
        for path in {path for place in HEAVY for path in paths(demo, cookies, place)}:
            size = len(fetched(demo, cookies, path))
            if size > HTML or size + files > FIRST_VISIT:
                heavy[f"{who}: {path}"] = (size, size + files)
    assert heavy == {}, f"files weigh {files}; pages in bytes, alone and in all: {heavy}"


def paths(demo, cookies, place):
    """Where a place is for somebody; nowhere when they have nothing of that kind."""
    if place.by is None:
        return [place.path]
    listed = gzip.decompress(fetched(demo, cookies, place.by)).decode()
    return re.findall(place.path.replace("{id}", "[0-9a-f-]{36}"), listed)[:1]


def fetched(demo, cookies, path):
    """What comes over the wire, still packed; errors are pages too."""
    asked = urllib.request.Request(demo.portal + path, headers={"Cookie": cookies, "Accept-Encoding": "gzip"})
    try:
        with urllib.request.urlopen(asked) as answer:
            return answer.read()
    except urllib.error.HTTPError as refused:
        return refused.read()


def test_a_drill_down_is_light(opened):
    with opened(AINO) as page:
        page.goto("/consumption?at=2026")
        for at in ("2026-10", "2026-10-14", "2026-10-14T17"):
            with page.expect_response(lambda answer: "/consumption?" in answer.url) as answer:
                page.locator(f"a.bar[href*='at={at}']").first.click()
            assert answer.value.request.sizes()["responseBodySize"] <= DRILL_DOWN, at
            page.wait_for_url(f"**/consumption?*at={at}*")
