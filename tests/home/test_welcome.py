"""The first steps: what was found, what is confirmed, what may be skipped; and help for those without a contract."""

import re

import pytest

from portal.auth.models import Account
from portal.customers import lookups as customers
from portal.customers.models import ContactChange
from portal.kit.i18n import Language
from portal.kit.web import LANGUAGE_COOKIE
from tests.account.test_pages import act_for, company, plain, rows  # noqa: F401 - a fixture
from tests.people import AINO, KARIN, OONA

pytestmark = pytest.mark.sqlite

STEPS = ("/welcome", "/welcome/contact", "/welcome/billing")
REACHED = {"email": "aino@example.fi", "phone": "", "language": "fi"}


@pytest.fixture
def aino(house, aino):
    house.contact(aino.party, email="aino@example.fi")
    return aino


def is_first(house):
    return 'href="/welcome"' in house.open_for(AINO, "Aino Mäkelä").open("/overview").text


def test_the_steps_hold_together_in_every_language(house, aino):
    for language in Language:
        browser = house.open_for(AINO, "Aino Mäkelä", language=language)
        for path in STEPS:
            assert 'action="/sign-out" id="sign-out"' in browser.open(path).text


def test_nobody_is_sent_to_sign_in(nobody):
    for path in STEPS:
        assert nobody.get(path).headers["location"] == f"/sign-in?next={path}"


def test_one_is_told_what_was_found_and_goes_on_step_by_step(house, aino):
    assert is_first(house)
    page = plain(aino.browser.open("/welcome"))
    assert "Tervetuloa, Aino" in page
    assert "1001" in page
    assert "Ei vielä laskuja" in page
    answer = aino.browser.submit("/welcome/contact", REACHED, page="/welcome/contact")
    assert answer.headers["location"] == "/welcome/billing"
    answer = aino.browser.submit("/welcome/billing", {"channel": "AI05", "language": "fi"}, page="/welcome/billing")
    assert "Kaikki on valmista. Kiitos." in plain(aino.browser.open(answer.headers["location"]))
    assert not is_first(house)
    assert [change.matter for change in rows(house, ContactChange)] == ["billing"]


def test_later_is_an_answer(house, aino):
    answer = aino.browser.submit("/welcome/skip", page="/welcome")
    assert "Emme kysy näitä uudelleen." in plain(aino.browser.open(answer.headers["location"]))
    assert not is_first(house)
    welcomed = rows(house, Account)[0].welcomed_at
    aino.browser.submit("/welcome/skip", page="/welcome")
    assert rows(house, Account)[0].welcomed_at == welcomed


def test_each_step_leads_past_itself(aino):
    assert 'href="/welcome/contact"' in aino.browser.open("/welcome").text
    assert 'href="/welcome/billing"' in aino.browser.open("/welcome/contact").text
    assert 'action="/welcome/skip"' in aino.browser.open("/welcome/billing").text


def test_a_new_number_asks_for_a_proof_and_waits_for_it(house, aino):
    typed = REACHED | {"phone": "040 123 4567", "language": "sv"}
    answer = aino.browser.submit("/welcome/contact", typed, page="/welcome/contact")
    assert answer.headers["location"] == "/confirm?next=/welcome/contact"
    assert [account.language for account in rows(house, Account)] == ["sv"]
    proved = house.open_for(AINO, "Aino Mäkelä", proved_minutes_ago=0)
    page = proved.open("/welcome/contact")
    assert 'value="+358401234567"' in page.text
    answer = proved.submit("/welcome/contact", typed, page="/welcome/contact")
    assert answer.headers["location"] == "/welcome/billing"
    assert {change.matter for change in rows(house, ContactChange)} == {"language", "phone"}


def test_wrong_input_is_shown_again(house, aino):
    answer = aino.browser.submit("/welcome/contact", REACHED | {"phone": "12"}, page="/welcome/contact")
    assert answer.status_code == 422
    assert re.search(r'id="phone"[^>]* value="12"', answer.text)
    assert aino.browser.submit("/welcome/billing", {"channel": "?"}, page="/welcome/billing").status_code == 422
    assert is_first(house)


def test_whoever_acts_for_another_is_told_for_whom_they_may(house, aino, company):  # noqa: F811
    act_for(house, aino.browser, company, aino.party)
    assert "Aino Mäkelä" in plain(aino.browser.open("/welcome"))


def test_somebody_without_a_number_is_helped(house):
    oona = house.open_for(OONA, "Oona Virtanen")
    page = oona.open("/welcome")
    assert "Emme vielä löytäneet asiakasnumeroa nimelläsi" in plain(page)
    for link in ("/messages/new", "/help", "tel:"):
        assert f'href="{link}' in page.text
    for path in STEPS[1:]:
        assert oona.get(path).headers["location"] == "/welcome"
        assert oona.submit(path, REACHED, page="/welcome").headers["location"] == "/welcome"


def karin(house, **more):
    """A customer whom the register serves in Swedish, with a Finnish browser."""
    house.customer(KARIN, "Karin Lindholm", "1003", language="sv")
    house.language = customers.language
    browser = house.open_for(KARIN, "Karin Lindholm", **more)
    browser.language = "sv"
    return browser


def test_the_registers_language_comes_before_the_browsers(house):
    assert '<html lang="sv"' in karin(house).open("/overview").text


def test_a_language_that_was_chosen_comes_before_the_registers(house):
    browser = karin(house)
    browser.cookies.set(LANGUAGE_COOKIE, "en")
    assert '<html lang="en"' in browser.get("/overview").text


def test_a_stranger_is_served_in_the_browsers_language(house):
    house.language = customers.language
    assert '<html lang="en"' in house.open_for(OONA, "Oona Virtanen", language="en").open("/overview").text


@pytest.mark.parametrize("chosen", ["fi", "sv", "en"])
def test_the_first_visit_preselects_the_persons_own_language(house, chosen):
    browser = karin(house)
    browser.cookies.set(LANGUAGE_COOKIE, chosen)
    for step in ("/welcome/contact", "/welcome/billing"):
        page = browser.get(step).text
        assert re.search(r'name="language" value="sv"[^>]* checked|value="sv"[^>]* selected', page), step
