"""`python -m tests.lighthouse`: the four scores of the pages people open first; exit code 1 where one is short.

`python -m tests.lighthouse /sites /help` measures other pages.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.install import chromium
from tests.running import CHROMIUM_FLAGS, Demo, demo

FOLDER = Path(__file__).parent
WALL = "/sign-in"
PAGES = ("/overview", "/consumption", "/invoices/{id}", "/sites", "/messages")
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
HEADINGS = ("page", "performance", "accessibility", "best practices", "SEO")


@dataclass(frozen=True)
class Measured:
    """A page's four scores of 100, and what took from them."""

    page: str
    scores: Sequence[int]
    short: Sequence[str]


def signed_in(portal: str, name: str) -> tuple[str, str]:
    """A session cookie of a demo person as a header says it, and the address of their newest bill."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        page = browser.new_page(base_url=portal, locale="fi-FI")
        page.goto("/invoices")
        page.get_by_role("button", name="Testipankki").click()
        page.get_by_role("button", name=name).click()
        page.wait_for_url("**/invoices")
        bill = page.locator("main a[href^='/invoices/']").first.get_attribute("href")
        cookies = [f"{one['name']}={one['value']}" for one in page.context.cookies() if one["name"] == "__Host-sid"]
        browser.close()
    return "; ".join(cookies), bill.partition("#")[0]


def measured(portal: str, pages: Sequence[str], cookie: str) -> Iterator[Measured]:
    """The scores of each page, as it is measured."""
    given = {
        "PORTAL_COOKIE": cookie,
        "PORTAL_CHROMIUM": chromium() or _of_playwright(),
        "PORTAL_CHROMIUM_FLAGS": " ".join(["--headless=new", *CHROMIUM_FLAGS]),
    }
    command = ["node", "measure.mjs", *(portal + page for page in pages)]
    with subprocess.Popen(command, cwd=FOLDER, stdout=subprocess.PIPE, text=True, env=os.environ | given) as lighthouse:
        for page, line in zip(pages, lighthouse.stdout, strict=True):
            result = json.loads(line)
            elsewhere = [] if result["reached"] == result["address"] else [f"led to {result['reached']}"]
            yield Measured(ID.sub("{id}", page), result["scores"], elsewhere + result["short"])


def _of_playwright() -> str:
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def report(running: Demo, asked: Sequence[str]) -> int:
    """Print the table line by line; 1 where a page is short of 100 anywhere."""
    cookie, bill = signed_in(running.portal, "Aino Mäkelä")
    private = [page.replace("/invoices/{id}", bill) for page in asked or PAGES]
    print("  ".join(heading.ljust(44 if heading == "page" else 0) for heading in HEADINGS))
    worst = 100
    for signs_in, pages in (("", [] if asked else [WALL]), (cookie, private)):
        for one in measured(running.portal, pages, signs_in) if pages else ():
            scores = (f"{score:{len(name)}}" for score, name in zip(one.scores, HEADINGS[1:], strict=True))
            reasons = one.short if min(one.scores) < 100 else ()
            print(f"{one.page:44}  {'  '.join(scores)}", *(f"    {why}" for why in reasons), sep="\n", flush=True)
            worst = min(worst, *one.scores)
    return int(worst < 100)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="portal-lighthouse-") as folder, demo(Path(folder)) as running:
        sys.exit(report(running, sys.argv[1:]))
