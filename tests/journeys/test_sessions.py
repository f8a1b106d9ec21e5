"""One session in two tabs: it ends when neither is used, and not before."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlmodel import col, select

from portal.auth.models import SignedSession
from portal.kit import clock
from portal.kit.db import Database
from tests.journeys.conftest import new_page, sign_in

pytestmark = pytest.mark.xdist_group("journeys-1")

WALL = re.compile("/sign-in")
WARNING = "Oletko vielä paikalla?"
WORDS = "Mittari näyttää nollaa."


@pytest.fixture
def tab(chrome, demo):
    """A tab of a browser in which somebody has just signed in; the clock in its pages can be moved."""
    with new_page(chrome, demo) as page:
        page.clock.install()
        sign_in(page, "Aino Mäkelä")
        yield page


@pytest.fixture
def rest(demo):
    """Lets the newest session rest: it was last used so long ago."""
    database = Database(f"sqlite:///{demo.log.parent / 'data' / 'portal.db'}")

    def unused_for(**long):
        with database.writing() as db:
            newest = db.exec(select(SignedSession).order_by(col(SignedSession.created_at).desc())).first()
            newest.seen_at = clock.now() - timedelta(**long)

    yield unused_for
    database.engine.dispose()


def write(page):
    page.goto("/messages/new")
    page.get_by_label("Viesti", exact=True).fill(WORDS)


def test_a_tab_that_rests_stays_as_it_is_while_another_is_used(tab):
    write(tab)
    other = tab.context.new_page()
    other.goto("/overview")
    with tab.expect_response("**/session") as asked:
        tab.clock.fast_forward("16:00")
    assert asked.value.json()["left_s"] > 800
    expect(tab.get_by_label("Viesti", exact=True)).to_have_value(WORDS)
    expect(tab.get_by_role("dialog", name=WARNING)).to_be_hidden()
    assert tab.url.endswith("/messages/new")


def test_a_warning_comes_only_where_no_tab_was_used_and_staying_is_what_enter_does(tab, rest):
    write(tab)
    rest(minutes=13, seconds=30)
    tab.clock.fast_forward("13:10")
    expect(tab.get_by_role("dialog", name=WARNING)).to_be_visible()
    expect(tab.get_by_role("button", name="Jatka asiointia")).to_be_focused()
    with tab.expect_response("**/session") as told:
        tab.keyboard.press("Enter")
    assert told.value.request.method == "POST"
    assert told.value.json()["left_s"] > 800
    expect(tab.get_by_role("dialog", name=WARNING)).to_be_hidden()
    expect(tab.get_by_label("Viesti", exact=True)).to_have_value(WORDS)


def test_a_warning_goes_when_another_tab_is_used(tab, rest):
    rest(minutes=13, seconds=30)
    tab.clock.fast_forward("13:10")
    expect(tab.get_by_role("dialog", name=WARNING)).to_be_visible()
    other = tab.context.new_page()
    other.goto("/invoices")
    tab.clock.fast_forward("00:10")
    expect(tab.get_by_role("dialog", name=WARNING)).to_be_hidden()


def test_typing_is_use(tab, rest):
    write(tab)
    rest(minutes=10)
    tab.clock.fast_forward("01:01")
    with tab.expect_response("**/session") as told:
        tab.get_by_label("Viesti", exact=True).press_sequentially("!")
    assert told.value.request.method == "POST"
    assert told.value.json()["left_s"] > 800


def test_when_the_session_has_ended_nothing_is_left_to_read_in_any_tab(tab, rest):
    tab.goto("/invoices")
    rest(minutes=16)
    tab.clock.fast_forward("13:10")
    tab.wait_for_url(WALL)
    expect(tab.get_by_role("heading", name="Kirjaudu", exact=False).first).to_be_visible()


def test_signing_out_in_one_tab_empties_the_others(tab):
    tab.goto("/invoices")
    other = tab.context.new_page()
    other.goto("/overview")
    other.get_by_role("button", name="Kirjaudu ulos").first.click()
    other.wait_for_url(WALL)
    tab.wait_for_url(WALL)


def come_back(page):
    """Through the bank again, from where the wall stands now."""
    page.get_by_role("button", name="Testipankki").click()
    page.get_by_role("button", name="Aino Mäkelä").click()
    page.wait_for_url(re.compile(r"/messages/new\?"))
    expect(page.get_by_text("Kirjoittamasi on tallessa")).to_be_visible()
    expect(page.get_by_label("Viesti", exact=True)).to_have_value(WORDS)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_form_sent_too_late_is_shown_again_with_its_words(chrome, demo, rest, scripts):
    with new_page(chrome, demo, java_script_enabled=scripts) as page:
        sign_in(page, "Aino Mäkelä")
        write(page)
        rest(minutes=16)
        page.get_by_role("button", name="Lähetä").click()
        page.wait_for_url(WALL)
        expect(page.get_by_text("Kirjoittamasi säilyy tunnin")).to_be_visible()
        come_back(page)
        page.get_by_label("Aihe", exact=True).select_option(index=1)
        page.get_by_label("Otsikko", exact=True).fill("Mittari")
        page.get_by_role("button", name="Lähetä").click()
        page.wait_for_url(lambda address: "/messages/" in address and "/new" not in address)
        expect(page.get_by_text(WORDS).first).to_be_visible()


def test_what_stands_in_a_tab_that_empties_itself_is_not_lost(tab, rest):
    write(tab)
    rest(minutes=16)
    tab.clock.fast_forward("13:10")
    tab.wait_for_url(WALL)
    come_back(tab)
