"""Each reason for which an answer of the bank is refused, met in a browser: a page that says what to do, and nobody in.

The same without a browser, with every way to misbehave: tests/auth/test_hostile_bank.py.
"""

import re

import httpx2
import pytest
from playwright.sync_api import expect

from portal.auth.pages.sign_in_return import NOT_ACCEPTED, WORDS
from portal.auth.reasons import Reason
from portal.demo.bank_mischief import Mischief
from portal.kit.i18n import Language
from tests.auth.test_hostile_bank import BY_FTN, EVERYWHERE
from tests.running import PATIENCE_S

pytestmark = pytest.mark.xdist_group("journeys-0")

NUMBER = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
ONE_OF_EACH = {reason: how for table in (*EVERYWHERE, BY_FTN) for how, reason in table.values()}


@pytest.fixture
def stranger(chrome, demo):
    """A page of a new browser in which nobody has signed in."""
    context = chrome.new_context(base_url=demo.portal, locale="fi-FI")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    yield page
    context.close()
    misbehave(demo)


def misbehave(demo, *how: Mischief):
    """Tell the bank how to misbehave at the next sign-in; not at all, if nothing is said."""
    httpx2.post(f"{demo.bank}/test/misbehave", data={"how": [*how]}).raise_for_status()


def to_bank(page, then="/invoices"):
    page.goto(f"/sign-in?next={then}")
    page.get_by_role("button", name="Testipankki").click()


def be_aino(page):
    page.get_by_role("button", name="Aino Mäkelä").click()


def nobody_is_in(page, reason):
    """The page says what to do, and the number by which the log tells why."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Tunnistautuminen ei onnistunut")
    expect(page.get_by_text(WORDS.get(reason, NOT_ACCEPTED).said(Language.FI))).to_be_visible()
    expect(page.get_by_text(NUMBER).first).to_be_visible()
    assert "__Host-sid" not in {cookie["name"] for cookie in page.context.cookies()}


@pytest.mark.parametrize("reason", ONE_OF_EACH, ids=lambda reason: reason.name)
def test_what_the_bank_answers_wrongly_is_refused(stranger, demo, reason):
    misbehave(demo, ONE_OF_EACH[reason])
    to_bank(stranger)
    be_aino(stranger)
    nobody_is_in(stranger, reason)
    stranger.goto("/invoices")
    expect(stranger).to_have_url(re.compile(r"/sign-in\?next="))


def test_after_a_refusal_one_click_leads_to_the_banks_again(stranger, demo):
    misbehave(demo, Mischief.NONCE_WRONG)
    to_bank(stranger)
    be_aino(stranger)
    nobody_is_in(stranger, Reason.NONCE)
    stranger.locator("main a[href^='/sign-in']").first.click()
    stranger.get_by_role("button", name="Testipankki").click()
    be_aino(stranger)
    expect(stranger).to_have_url(re.compile(r"/invoices$"))


def test_who_comes_back_in_another_browser_is_sent_to_the_first(stranger):
    to_bank(stranger)
    stranger.context.clear_cookies(name="__Host-binding")
    be_aino(stranger)
    nobody_is_in(stranger, Reason.BINDING_MISSING)


def test_an_answer_that_was_used_signs_nobody_in_again(stranger):
    to_bank(stranger)
    with stranger.expect_request("**/sign-in/return?*") as came_back:
        be_aino(stranger)
    expect(stranger).to_have_url(re.compile(r"/invoices$"))
    stranger.context.clear_cookies(name="__Host-sid")
    stranger.goto(came_back.value.url)
    nobody_is_in(stranger, Reason.SPENT)
