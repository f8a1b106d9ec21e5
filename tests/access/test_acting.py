"""For whom somebody acts: a new session at each change, nobody foreign, and a mandate that ends shuts doors at once."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import update
from sqlmodel import col

from portal.auth.actions import SESSION_COOKIE
from portal.customers.models import Mandate, MandateSite
from portal.demo.people import AINO, JUHA, LANDLORD, LIISA, SANNA, VEIKKO
from portal.demo.register import party_id
from portal.kit.clock import day_of
from portal.kit.i18n import Language, translate
from portal.privacy.rules import Right
from tests import days
from tests.access.cast import switched
from tests.browser import Browser, hidden
from tests.seeded import copied_house

pytestmark = pytest.mark.xdist_group("access")

COMPANY, RELATIVE = party_id(LANDLORD), party_id(VEIKKO)


@pytest.fixture
def house(seeded_sqlite, tmp_path):
    """The demo's portal, with mandates that a test may end."""
    with copied_house(seeded_sqlite, tmp_path) as house:
        yield house


def open_for(house, member) -> Browser:
    return house.open_for(member.persona.identity_code, member.name)


def refused(browser, party):
    answer = browser.submit("/act-as", {"party": str(party)}, page="/overview")
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers


def test_a_foreign_party_is_not_there_and_the_session_stays_as_it_was(house):
    liisa = switched(house, open_for(house, LIISA), RELATIVE)
    bill = bill_of(liisa)
    for other in (party_id(AINO), COMPANY, "00000000-0000-4000-8000-000000000000", "x", ""):
        refused(liisa, other)
    assert bill_of(liisa) == bill


def test_each_change_begins_a_new_session_and_the_old_one_is_dead_at_once(house):
    browser = open_for(house, LIISA)
    seen = {browser.cookies[SESSION_COOKIE]}
    for party in (RELATIVE, party_id(LIISA), RELATIVE):
        old = Browser(house.app, cookies={SESSION_COOKIE: browser.cookies[SESSION_COOKIE]})
        browser = switched(house, browser, party)
        seen.add(browser.cookies[SESSION_COOKIE])
        assert old.get("/overview").headers["location"].startswith("/sign-in")
    assert len(seen) == 4


def test_what_a_mandate_does_not_cover_is_no_error_and_has_no_number(house):
    sanna = switched(house, open_for(house, SANNA), COMPANY)
    page = sanna.get("/consents")
    assert page.status_code == 403
    assert "Valtuutesi ei kata tätä" in page.text
    assert 'href="/mandates"' in page.text
    assert page.headers["x-request-id"] not in page.text


OF_ANOTHER = (
    *("/consents", "/consents/history", "/authorisations", "/authorisations/new", "/messages", "/messages/new"),
    *("/privacy", "/privacy/data", "/privacy/log", "/privacy/requests", "/privacy/package"),
    *(f"/privacy/requests/new?kind={right}" for right in Right),
    *("/account", "/account/contact", "/account/address", "/account/billing"),
)
THEIRS = {  # what only the customer has, as it is told to the customer
    Language.EN: r"\b(yours?|yourself|my|about you|to you)\b",
    Language.FI: r"\b(sinu\w*|oma(?! Datahub)|tietosi|kulutustasi|laskusi|sopimuksesi|mittarisi)\b",
    Language.SV: r"\b(din|ditt|dina|dig|om dig)\b",
}

OF_WHO_ACTS = (  # what is still the person's own while they act
    "To your own matters",
    "Your language",
    "This is your own choice and does not change the language of the invoices of whoever you act for.",
    "We do not keep which device it is. A session ends by itself when it has not been used for 15 minutes.",
    "Your request",
    "You prohibit these yourself. A prohibition takes effect at once, without a request.",
    "You prohibit marketing, research and surveys yourself. A prohibition takes effect at once, without a request.",
    "You confirm with your bank first. It is made at once, in a minute at most.",
    (
        "We answer within a month. If we have to ask you something, the clock is stopped until you answer. "
        "If we need more time, at most two months more, we tell you so and why within the first month."
    ),
)


@pytest.mark.parametrize("language", Language)
def test_what_is_another_customers_is_never_called_the_persons_own(house, language):
    liisa = house.open_for(LIISA.persona.identity_code, LIISA.name, language=language, proved_minutes_ago=0)
    liisa.cookies = switched(house, liisa, RELATIVE).cookies
    own, said = {translate(one, language) for one in OF_WHO_ACTS}, set()
    for path in OF_ANOTHER:
        source = liisa.open(path).text
        main = source[source.index('<div class="acting"') : source.index("</main>")]
        lines = unescape(re.sub(r"<[^>]+>", "\n", main)).splitlines()
        told = {line.strip() for line in lines} - own
        said |= {f"{path}: {line}" for line in told if re.search(THEIRS[language], line, re.IGNORECASE)}
    assert not said, "\n".join(sorted(said))


def test_a_form_of_the_old_session_is_refused_in_the_new_one(house):
    before = open_for(house, LIISA)
    old = hidden(before.get("/overview").text)
    liisa = switched(house, before, RELATIVE)
    assert liisa.post("/act-as", data=old | {"party": str(party_id(LIISA))}).status_code == 403


@pytest.mark.parametrize("days", [1, 400])
def test_a_mandate_that_ends_shuts_the_doors_at_the_very_next_request(house, days):
    liisa = switched(house, open_for(house, LIISA), RELATIVE)
    bill = bill_of(liisa)
    assert liisa.get(bill).status_code == 200
    end(house, RELATIVE, days)
    assert liisa.get(bill).status_code == 404
    assert bill_of(liisa) != bill
    refused(liisa, RELATIVE)


def test_a_mandate_that_has_not_begun_opens_nothing(house):
    with house.database.writing() as db:
        tomorrow = day_of(days.now()) + timedelta(days=1)
        db.execute(update(Mandate).where(col(Mandate.grantor_id) == RELATIVE).values(valid_from=tomorrow))
    refused(open_for(house, LIISA), RELATIVE)


def test_a_mandate_counts_on_its_last_day(house):
    end(house, RELATIVE, 0)
    switched(house, open_for(house, LIISA), RELATIVE)


def test_a_mandate_narrowed_is_narrow_at_the_very_next_request(house):
    juha = switched(house, open_for(house, JUHA), COMPANY)
    assert juha.get("/contracts").status_code == 200
    with house.database.writing() as db:
        db.execute(update(Mandate).where(col(Mandate.grantee_id) == party_id(JUHA)).values(themes="billing"))
    assert juha.get("/contracts").status_code == 403
    assert juha.get("/consents").status_code == 403
    assert juha.get("/invoices").status_code == 200


def test_a_site_taken_out_of_a_mandate_is_gone_at_the_very_next_request(house):
    sanna = switched(house, open_for(house, SANNA), COMPANY)
    bill = bill_of(sanna)
    assert sanna.get(bill).status_code == 200
    with house.database.writing() as db:
        db.execute(MandateSite.__table__.delete())
    assert sanna.get(bill).status_code == 404
    assert "/invoices/" not in sanna.open("/invoices").text.partition("<main")[2]


def bill_of(browser) -> str:
    """The address of the first bill on one's list."""
    return re.search(r'href="(/invoices/[0-9a-f-]{36})"', browser.open("/invoices").text)[1]


def end(house, grantor, days_ago):
    """Have a party's mandates end some days ago."""
    with house.database.writing() as db:
        last = day_of(days.now()) - timedelta(days=days_ago)
        db.execute(update(Mandate).where(col(Mandate.grantor_id) == grantor).values(valid_to=last))
