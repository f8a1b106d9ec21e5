"""Acting for another: chosen, shown, looked at again on every request, written down."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.auth.actions import SESSION_COOKIE
from portal.auth.models import SignedSession
from portal.auth.reach import Theme
from portal.customers.models import ContactChange, Mandate, MandateSite, Party
from portal.kit import clock
from portal.sites.models import Occupancy, Site
from tests.browser import hidden
from tests.markup import found
from tests.people import AINO

pytestmark = pytest.mark.sqlite


@pytest.fixture
def aino(house, aino):
    """A customer with a home, so that she is in her own matters when she comes."""
    settle(house, aino.party, "Kotikatu 1", "500001")
    return aino


@pytest.fixture
def company(house):
    """A company with two sites."""
    with house.database.writing() as db:
        party = Party(customer_number="2001", kind="company", name="Esimerkkikiinteistöt Oy")
        db.add(party)
    return party.id


def settle(house, party, street, number):
    """A site that a party has held for a year."""
    with house.database.writing() as db:
        site = Site(number=number, street=street, postcode="20100", town="Turku")
        db.add(site)
        db.flush()
        since = clock.day_of(house.now) - timedelta(days=365)
        db.add(Occupancy(site_id=site.id, party_id=party, since=since))
    return site.id


def give(house, grantor, grantee, *sites, **changes):
    today = clock.day_of(house.now)
    whole = {"themes": ",".join(Theme), "every_site": not sites, "level": "manage", "valid_from": today}
    with house.database.writing() as db:
        mandate = Mandate(grantor_id=grantor, grantee_id=grantee, **(whole | changes))
        db.add(mandate)
        db.flush()
        db.add_all(MandateSite(mandate_id=mandate.id, site_id=site) for site in sites)
    return mandate.id


def act_as(browser, party):
    return browser.submit("/act-as", {"party": str(party)}, page="/overview")


def head(browser):
    """The name in the head of a page."""
    return found(browser.get("/overview"), "//*[@class='switcher__name']/b/text()")[0]


def test_one_switches_to_a_company_and_back_without_signing_in_anew(house, aino, company):
    give(house, company, aino.party)
    assert head(aino.browser) == "Aino Mäkelä"
    answer = act_as(aino.browser, company)
    assert (answer.status_code, answer.headers["location"]) == (303, "/overview")
    page = aino.browser.get("/overview")
    assert head(aino.browser) == "Esimerkkikiinteistöt Oy"
    assert "Aino Mäkelä" in page.text
    act_as(aino.browser, aino.party)
    assert head(aino.browser) == "Aino Mäkelä"


def test_each_switch_is_a_new_session_and_the_old_one_is_dead(house, aino, company):
    give(house, company, aino.party)
    answer = act_as(aino.browser, company)
    assert answer.cookies[SESSION_COOKIE]
    with house.database.reading() as db:
        old, new = db.exec(select(SignedSession).order_by(SignedSession.ended_at.is_(None))).all()
    assert old.ended_at is not None
    assert (new.ended_at, new.expires_at, new.confirmed_at) == (None, old.expires_at, old.confirmed_at)


def test_nobody_acts_for_whom_gave_them_no_mandate(house, aino, company):
    for party in (company, uuid4(), "x", ""):
        answer = act_as(aino.browser, party)
        assert (answer.status_code, answer.cookies.get(SESSION_COOKIE)) == (404, None)
    assert head(aino.browser) == "Aino Mäkelä"


def test_a_mandate_that_ends_closes_the_door_at_once(house, aino, company):
    mandate = give(house, company, aino.party, valid_from=clock.day_of(house.now) - timedelta(days=9))
    act_as(aino.browser, company)
    assert head(aino.browser) == "Esimerkkikiinteistöt Oy"
    with house.database.writing() as db:
        db.get_one(Mandate, mandate).valid_to = clock.day_of(house.now) - timedelta(days=1)
    assert head(aino.browser) == "Aino Mäkelä"


def test_a_limited_mandate_shows_its_pages_only_and_says_why(house, aino, company):
    site = settle(house, company, "Mallikatu 3", "500002")
    give(house, company, aino.party, site, themes="billing", level="see")
    act_as(aino.browser, company)
    assert aino.browser.get("/invoices").status_code == 200
    for path in ("/contracts", "/consumption", "/consents", "/consents/history"):
        answer = aino.browser.get(path)
        assert answer.status_code == 403, path
        assert "valtuutesi" in answer.text.lower()
    assert 'href="/contracts"' not in aino.browser.get("/overview").text


def test_who_has_no_home_of_their_own_begins_with_whom_they_act_for(house, company):
    clerk = house.customer(AINO, "Aino Mäkelä", "1001")
    give(house, company, clerk)
    assert head(house.open_for(AINO, "Aino Mäkelä")) == "Esimerkkikiinteistöt Oy"


def test_what_is_done_and_seen_for_another_is_written_down(house, aino, company):
    give(house, company, aino.party)
    aino.browser.get("/invoices")
    act_as(aino.browser, company)
    aino.browser.get("/invoices")
    with house.database.reading() as db:
        acts = db.exec(select(AuditEntry).where(AuditEntry.party_id == company).order_by(AuditEntry.number)).all()
    assert [(one.act, one.object_kind) for one in acts] == [("acting.begun", "party"), ("looked", "/invoices")]
    assert {one.account_id for one in acts} != {None}


def test_a_form_for_a_customer_whose_mandate_has_ended_changes_nothing_of_ones_own(house, aino, company):
    mandate = give(house, company, aino.party)
    act_as(aino.browser, company)
    shown = hidden(aino.browser.get("/account/address").text)
    with house.database.writing() as db:
        ended = db.get_one(Mandate, mandate)
        ended.valid_from = ended.valid_to = ended.valid_from - timedelta(days=1)
    typed = {"street": "Yrityskatu 1", "postcode": "33100", "town": "Tampere", "country": "FI"}
    assert aino.browser.post("/account/address", data=shown | typed).status_code == 403
    with house.database.reading() as db:
        assert not db.exec(select(ContactChange)).all()


def test_a_page_that_answers_a_form_is_written_down_too(house, aino, company):
    give(house, company, aino.party)
    act_as(aino.browser, company)
    answer = aino.browser.submit("/account/address", {"street": ""}, page="/welcome")
    assert answer.status_code == 422
    with house.database.reading() as db:
        looks = db.exec(select(AuditEntry.object_kind).where(AuditEntry.act == "looked")).all()
    assert looks[-1] == "/account/address"
