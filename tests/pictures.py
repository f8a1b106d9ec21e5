"""Takes the README's pictures from the demo: `make pictures`. They are of made-up people, as everything in the demo."""

import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from portal.demo.people import AINO, JUHA, Member
from tests.install import chromium
from tests.running import CHROMIUM_FLAGS, ROOT, Demo, demo

FOLDER = ROOT / "docs" / "pictures"
COLOURS = 128  # flat pages need no more, and a picture is a third of the size


@dataclass(frozen=True)
class Shot:
    """One picture: whose page, how wide, in which scheme."""

    name: str
    who: Member
    path: str
    width: int = 1280
    height: int = 860
    scheme: str = "light"


SHOTS = (
    Shot("overview", AINO, "/overview"),
    Shot("consumption", AINO, "/consumption?at=2026-10"),
    Shot("sites", JUHA, "/sites", height=1180),
    Shot("privacy", AINO, "/privacy"),
    Shot("consents-phone", AINO, "/consents", 390, 844, "dark"),
    Shot("consumption-phone", AINO, "/consumption?at=2026-11-19", 390, 844),
)


def take(browser: Browser, portal: Demo, shot: Shot) -> None:
    """Sign in, open the page, keep what is seen."""
    context = browser.new_context(
        base_url=portal.portal,
        locale="fi-FI",
        viewport={"width": shot.width, "height": shot.height},
        color_scheme=shot.scheme,
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_role("button", name="Testipankki").click()
    page.locator(f'[name=persona][value="{shot.who.persona.identity_code}"]').click()
    page.wait_for_url("**/overview")
    skip = page.locator('form[action="/welcome/skip"] button')
    if skip.count():
        skip.click()
    page.goto(shot.path, wait_until="networkidle")
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    context.close()
    picture.quantize(COLOURS).save(FOLDER / f"{shot.name}.png", optimize=True)


def main() -> None:
    """Take all pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, demo(Path(folder)) as portal, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        for shot in SHOTS:
            take(browser, portal, shot)
            print(FOLDER / f"{shot.name}.png")
        browser.close()


if __name__ == "__main__":
    main()
