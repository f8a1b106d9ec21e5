"""Nothing is cut in any width where names, places and mail addresses are as long as they may be, where something waits
to be confirmed or brought up to date, and where a form comes back with what is to be mended."""

import re

import pytest
from playwright.sync_api import Page
from sqlmodel import update

from portal.auth.models import Account
from portal.kit.db import Database
from tests.journeys.conftest import Sessions, changed_demo
from tests.journeys.layout import EVERYTHING, SOME_WIDTHS, cut
from tests.journeys.places import AINO, JUHA, PLACES
from tests.journeys.stretched import MAIL, NAME, stretched

pytestmark = pytest.mark.xdist_group("journeys-stretched")

STRETCHED = [place for place in PLACES if place.who in {AINO, JUHA} and place.path != "/nowhere"]
LANGUAGES = ("fi", "sv", "en") if EVERYTHING else ("sv",)
FORMS = ("/account/contact", "/account/address", "/messages/new", "/authorisations/new")


@pytest.fixture(scope="module")
def demo(seeded_sqlite, tmp_path_factory):
    """The demo with the longest words."""
    with changed_demo(seeded_sqlite, tmp_path_factory.mktemp("stretched"), stretched) as demo:
        yield demo


@pytest.fixture(scope="module")
def sessions(demo, chrome):
    """The sessions of two people whose names are as long, and of whom one has changed how she is reached."""
    sessions = Sessions(demo)
    for who in (AINO, JUHA):
        sessions.of(who, chrome)
    database = Database(f"sqlite:///{demo.database}")
    with database.writing() as db:
        db.exec(update(Account).values(given_names=NAME, family_name=NAME))
    database.engine.dispose()
    return sessions


@pytest.fixture
def waiting(opened):
    """What was changed on the account waits: for its letter, and for the register."""
    with opened(AINO) as page:
        page.goto("/account/contact")
        page.locator("main [name=email]").fill(MAIL.replace("a", "c", 1))
        page.locator("main [name=phone]").fill("040 765 4321")
        page.locator("main form[action='/account/contact'] button").first.click()
        page.wait_for_url(re.compile(r"/account(\?|$)"))


@pytest.mark.parametrize("place", STRETCHED, ids=str)
def test_nothing_is_cut(opened, speak, place):
    with opened(place.who, proof=place.proof, reduced_motion="reduce") as page:
        for language in LANGUAGES:
            speak(page, language)
            place.open(page)
            assert cut(page, SOME_WIDTHS) == []


@pytest.mark.usefixtures("waiting")
def test_nothing_that_waits_is_cut(opened, speak):
    with opened(AINO, reduced_motion="reduce") as page:
        for language in LANGUAGES:
            speak(page, language)
            page.goto("/account")
            assert page.locator("dd .badge").count() == 1
            assert page.locator(".notice--warn").count() == 1
            assert cut(page) == []


@pytest.mark.parametrize("path", FORMS)
def test_nothing_that_is_to_be_mended_is_cut(opened, path):
    with opened(AINO, "sv", reduced_motion="reduce") as page:
        page.goto(path)
        emptied(page)
        page.locator(f"main form[action='{path}'] button").last.click()
        page.locator(".errors").wait_for()
        assert cut(page, SOME_WIDTHS) == []


def emptied(page: Page) -> None:
    """Every field of a form left empty, or with what it cannot take."""
    for field in page.locator("main form input:is([type=text], [type=email], [type=tel]), main form textarea").all():
        field.fill(NAME if field.get_attribute("type") in {"email", "tel"} else "")
