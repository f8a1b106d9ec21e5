"""A real portal and a real bank on this machine's loopback, and a real browser in front of them."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlmodel import col, update

from portal.auth.models import SignedSession
from portal.auth.rules import CONFIRMATION
from portal.kit import clock
from portal.kit.db import Database
from tests import running
from tests.install import chromium
from tests.journeys.estate import grown
from tests.journeys.places import Proof
from tests.running import CHROMIUM_FLAGS, PATIENCE_S, Demo
from tests.settings import DATA_KEYS

FRESH_S = 300
expect.set_options(timeout=PATIENCE_S * 1000)
LANGUAGE_COOKIE, SESSION_COOKIE = "__Host-language", "__Host-sid"
Opened = Callable[..., AbstractContextManager[Page]]


@pytest.fixture(scope="session")
def demo(seeded_sqlite, tmp_path_factory):
    """The demo as `make demo` starts it, with all sites of its company, though most without readings."""
    with changed_demo(seeded_sqlite, tmp_path_factory.mktemp("demo"), grown) as demo:
        yield demo


@contextmanager
def changed_demo(seeded: Path, folder: Path, change: Callable[[Path], None]) -> Iterator[Demo]:
    """A demo whose database was changed before it began."""
    data = folder / "seeded"
    data.mkdir()
    shutil.copy(seeded, data / "portal.db")
    change(data / "portal.db")
    kept = DATA_KEYS | {"PORTAL_SECRET_KEYS": "s" * 48}
    (data / "secrets.env").write_text("".join(f"{name}={value}{os.linesep}" for name, value in kept.items()))
    with running.demo(folder, seeded=data) as demo:
        yield demo


@pytest.fixture(scope="module")
def chrome():
    """A headless Chromium. Playwright keeps an event loop running, which no test of another module may meet."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def page(chrome, demo, request):
    """A page of a new browser, with scripts and without; it fails on anything that the browser complains about."""
    with new_page(chrome, demo, java_script_enabled=request.param) as page:
        yield page


class Sessions:
    """The session of each demo person; one that a slow machine might find ended is begun anew."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._kept: dict[str, tuple[str, float]] = {}

    def of(self, who: str, chrome: Browser) -> str:
        """The cookie of a session that lives."""
        cookie, begun = self._kept.get(who, ("", 0.0))
        if not cookie or time.monotonic() - begun > FRESH_S:
            cookie = _new(chrome, self._demo, who)
            self._kept[who] = cookie, time.monotonic()
        return cookie

    def prove(self, cookie: str, proof: Proof) -> None:
        """Let a session's proof of identity be of now, or too old to change anything with."""
        now = clock.now()
        at = now if proof is Proof.JUST_NOW else now - 2 * CONFIRMATION
        is_theirs = col(SignedSession.token_hash) == sha256(cookie.encode()).digest()
        database = Database(f"sqlite:///{self._demo.database}")
        with database.writing() as db:
            db.exec(update(SignedSession).where(is_theirs).values(confirmed_at=at))
        database.engine.dispose()


@pytest.fixture(scope="session")
def sessions(demo) -> Sessions:
    """The sessions of those who have signed in through the bank before."""
    return Sessions(demo)


@pytest.fixture
def opened(chrome, demo, sessions) -> Opened:
    """Opens a new browser in which a demo person is signed in already, in a language."""

    @contextmanager
    def open_(
        who: str | None, language: str = "fi", proof: Proof = Proof.JUST_NOW, **options: object
    ) -> Iterator[Page]:
        with new_page(chrome, demo, **options) as page:
            _set(page, demo, LANGUAGE_COOKIE, language)
            if who is not None:
                cookie = sessions.of(who, chrome)
                sessions.prove(cookie, proof)
                _set(page, demo, SESSION_COOKIE, cookie)
            yield page

    return open_


@pytest.fixture
def speak(demo) -> Callable[[Page, str], None]:
    """Chooses the language of a browser."""
    return lambda page, language: _set(page, demo, LANGUAGE_COOKIE, language)


@contextmanager
def new_page(chrome: Browser, demo: Demo, **options: object) -> Iterator[Page]:
    """A page of a new browser; it notes complaints of any tab: refused scripts, broken requests, foreign hosts."""
    context = chrome.new_context(base_url=demo.portal, locale="fi-FI", **options)
    complaints = []

    def asked(request):
        if not request.url.startswith((demo.portal, demo.bank, "data:")):
            complaints.append(f"asked {request.url}")

    def said(message):
        gone = ("/nowhere", "/account/confirm-email", "/mandates/accept")  # 404 and 410, on purpose
        expected = message.location["url"].endswith(gone)
        refused = "status of 422" in message.text  # a form that is shown again
        if message.type == "error" and not expected and not refused:
            complaints.append(f"{message.text} {message.location['url']}")

    context.on("console", said)
    context.on("weberror", lambda uncaught: complaints.append(str(uncaught.error)))
    context.on("request", asked)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    yield page
    context.close()
    assert complaints == []


def sign_in(page: Page, name: str, *, start: str = "/") -> None:
    """Through the bank wall and the test bank, as a person; the first steps are skipped."""
    page.goto(start)
    portal = page.url.partition("/sign-in")[0]
    page.get_by_role("button", name="Testipankki").click()
    page.get_by_role("button", name=name).click()
    page.wait_for_url(lambda address: address.startswith(portal) and "/sign-in" not in address)
    page.goto("/overview")


def _new(chrome: Browser, demo: Demo, who: str) -> str:
    with new_page(chrome, demo) as page:
        sign_in(page, who)
        return next(one["value"] for one in page.context.cookies() if one["name"] == SESSION_COOKIE)


def _set(page: Page, demo: Demo, name: str, value: str) -> None:
    where = {"url": demo.portal.replace("http:", "https:"), "secure": True, "httpOnly": True}
    page.context.add_cookies([{"name": name, "value": value, **where}])
