"""Mandates given here: invited by e-mail, accepted after the bank, narrowed, extended, ended: the very next request."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import col, delete, select, update

from portal import app
from portal.audit.models import AuditEntry
from portal.auth import actions as sessions
from portal.auth.models import LoginTransaction, SignedSession
from portal.customers.jobs import INVITATION_KEPT, forget_invitations
from portal.customers.models import (
    ContactDetail,
    Mandate,
    MandateEnd,
    MandateInvitation,
    MandateInvitationSite,
    MandateSite,
    Party,
)
from portal.kit.jobs import Shift
from portal.kit.mail import MailServer, Smtp
from portal.organisation.mandates import actions
from portal.organisation.mandates.lookups import hash_of
from portal.organisation.mandates.rules import INVITATIONS_A_DAY
from portal.outbox.jobs import mailing
from portal.outbox.models import OutboxEvent
from portal.sites.models import Occupancy, Site
from tests import days, markup
from tests.browser import Browser, hidden
from tests.people import AINO, KARIN, MIKKO, OONA, on_both
from tests.post import SIGNATURE, Mood, Post
from tests.postgres import as_app

pytestmark = pytest.mark.sqlite

LINK = re.compile(r"https://portal\.test(/mandates/accept/(\S+))")
COOKIE = "__Host-invitation"


@pytest.fixture
def home(house, aino):
    """Aino's two sites."""
    with house.database.writing() as db:
        sites = [Site(number=f"50000{n}", street=f"Kotikatu {n}", postcode="20100", town="Turku") for n in (1, 2)]
        db.add_all(sites)
        db.flush()
        db.add_all(
            Occupancy(site_id=site.id, party_id=aino.party, since=aino.today - timedelta(days=99)) for site in sites
        )
    house.contact(aino.party, email="aino@example.fi")
    return [site.id for site in sites]


@pytest.fixture
def proved(house, aino, home):
    """Aino's browser, just after she has proved who she is."""
    return house.open_for(AINO, "Aino Mäkelä", proved_minutes_ago=0)


@pytest.fixture
def invited(house):
    """Oona, who is no customer, just after she has proved who she is."""
    return house.open_for(OONA, "Oona Virtanen", proved_minutes_ago=0)


def plain(answer):
    return markup.words(answer, "//main")


def rows(house, table):
    with house.database.reading() as db:
        return db.exec(select(table)).all()


def asked(aino, **other):
    """What Aino asks for, unless said otherwise: everything about consumption, to be seen, for a year."""
    usual = {
        "giver": str(aino.party),
        "name": "Oona Virtanen",
        "email": "oona@example.fi",
        "themes": ["consumption"],
        "sites": ["all"],
        "level": "see",
        "since": aino.today.isoformat(),
        "until": (aino.today + timedelta(days=364)).isoformat(),
        "language": "fi",
    }
    return usual | other


def give(browser, form, step="give"):
    return browser.submit("/mandates/new", form | {"step": step}, page="/mandates/new")


def mail(house):
    """The letters that wait, carried by a real SMTP server."""
    with Post() as office:
        server = MailServer.at(office.url)
        mailing(lambda: Smtp(server), SIGNATURE).run(Shift(house.database, days.now))
    return office.letters


def link(house):
    """The path of the newest invitation's link, and its token."""
    found = [LINK.search(letter.get_content()) for letter in mail(house)]
    [match] = [one for one in found if one]
    return match[1], match[2]


def accept(browser, path):
    went = browser.submit(path, page=path)
    assert went.status_code == 303, went.text
    assert went.headers["location"] == "/mandates/accept"
    return browser.submit("/mandates/accept", page="/mandates/accept")


def mandated(house, aino, proved, invited, **other):
    """A mandate that Oona has accepted; its id."""
    assert give(proved, asked(aino, **other)).status_code == 303
    answer = accept(invited, link(house)[0])
    assert answer.status_code == 303, plain(answer)
    return re.match(r"/mandates/([0-9a-f-]{36})\?news=accepted", answer.headers["location"])[1]


def act(browser, party):
    answer = browser.submit("/act-as", {"party": str(party)}, page="/mandates")
    assert answer.status_code == 303, answer.text


def end(browser, mandate):
    return browser.submit(f"/mandates/{mandate}/end", page=f"/mandates/{mandate}")


def change(browser, mandate, **form):
    path = f"/mandates/{mandate}/change"
    return browser.submit(path, form, page=path)


def mandate_in(answer):
    return re.match(r"/mandates/([0-9a-f-]{36})\?", answer.headers["location"])[1]


def opened_by_nobody(nobody, path):
    """What stands under a link before anybody is known: no more than in the letter, and the way to the bank."""
    for _ in range(2):  # programs that look for viruses open links, too
        page = nobody.open(path)
        assert "Aino Mäkelä" in plain(page)
        for untold in ("Kotikatu", "1001", "oona@example.fi"):
            assert untold not in plain(page)
    nobody.submit(path, page=path)
    assert nobody.get("/mandates/accept").headers["location"] == "/sign-in?next=/mandates/accept"


# Giving and accepting


@on_both
def test_an_invitation_goes_by_mail_and_becomes_a_mandate_of_whom_the_bank_knows(house, aino, proved, invited, nobody):
    """With a real SMTP server: the letter's own link, opened by whoever reads that mailbox."""
    preview = give(proved, asked(aino), step="check")
    assert preview.status_code == 200
    for told in ("Oona Virtanen", "oona@example.fi", "Kulutus", "Saa katsoa", "Kaikki kohteet"):
        assert told in plain(preview)
    assert rows(house, MandateInvitation) == []
    assert give(proved, asked(aino)).headers["location"] == "/mandates?news=invited"
    assert "oona@example.fi" in plain(proved.open("/mandates"))

    [letter] = mail(house)
    assert letter["To"] == "oona@example.fi"
    body = letter.get_content()
    for told in ("Aino Mäkelä", "Oona Virtanen", "Kulutus", "14"):
        assert told in body or told == "14"
    for untold in (AINO, "Kotikatu", "1001"):
        assert untold not in body
    path, token = LINK.search(body).groups()
    [row] = rows(house, MandateInvitation)
    assert row.token_hash == hash_of(token)

    opened_by_nobody(nobody, path)
    answer = accept(invited, path)
    assert "news=accepted" in answer.headers["location"]
    [mandate] = rows(house, Mandate)
    assert (mandate.grantor_id, mandate.grantee_id, mandate.holder_name) == (aino.party, None, "Oona Virtanen")
    assert (mandate.themes, mandate.level, mandate.every_site) == ("consumption", "see", True)
    assert "Olet hyväksynyt" in plain(invited.open(answer.headers["location"]))

    [told] = mail(house)
    assert told["To"] == "aino@example.fi"
    assert "Oona Virtanen" in told.get_content()
    act(invited, aino.party)
    assert "Kotikatu" in plain(invited.open("/sites"))
    assert invited.get("/invoices").status_code == 403
    assert "Oona Virtanen" in plain(proved.open("/mandates"))


def test_a_link_works_once_and_one_that_is_not_ours_never(house, aino, proved, invited, mikko):
    give(proved, asked(aino))
    path, token = link(house)
    accept(invited, path)
    other = house.open_for(MIKKO, "Mikko Korhonen", proved_minutes_ago=0)
    for dead in (path, f"{path}x", "/mandates/accept/x", "/mandates/accept/%C3%A4"):
        assert "ei ole enää voimassa" in plain(other.open(dead, status=410))
    sent = hidden(other.get("/mandates").text)
    for odd in ("%E2%82%AC", "%0d%0a", "x", token[1:], "a" * 9000):
        answer = other.post(f"/mandates/accept/{odd}", data=sent)
        assert (answer.status_code, "set-cookie" in answer.headers) == (410, False)
    other.cookies.set(COOKIE, token)
    assert other.open("/mandates/accept", status=410)
    answer = other.post("/mandates/accept", data=hidden(other.get("/mandates").text))
    assert answer.status_code == 410
    assert len(rows(house, Mandate)) == 1


@on_both
def test_an_invitation_is_withdrawn_by_a_press(house, aino, proved, invited):
    give(proved, asked(aino))
    path, _ = link(house)
    [row] = rows(house, MandateInvitation)
    invited.get(path)
    for _ in range(2):
        answer = proved.submit(f"/mandates/invitations/{row.id}/withdraw", page="/mandates")
        assert answer.headers["location"] == "/mandates?news=withdrawn"
    assert "ei ole enää voimassa" in plain(invited.open(path, status=410))
    assert "oona@example.fi" not in plain(proved.open("/mandates"))


def test_an_invitation_expires_after_two_weeks_and_with_its_last_day(house, aino, proved, invited):
    give(proved, asked(aino))
    path, _ = link(house)
    with house.database.writing() as db:
        db.exec(select(MandateInvitation)).one().expires_at = house.now
    assert invited.get(path).status_code == 410
    assert "Päättynyt määräpäivänä" in plain(proved.open("/mandates"))
    with house.database.writing() as db:
        row = db.exec(select(MandateInvitation)).one()
        row.expires_at, row.valid_from = house.now + timedelta(days=9), aino.today - timedelta(days=9)
        row.valid_to = aino.today - timedelta(days=1)
    assert invited.get(path).status_code == 410


def test_nobody_accepts_what_they_sent_themselves(house, aino, proved):
    give(proved, asked(aino))
    path, _ = link(house)
    proved.submit(path, page=path)
    assert "Lähetit kutsun itse" in plain(proved.open("/mandates/accept"))
    answer = proved.post("/mandates/accept", data=hidden(proved.get("/mandates").text))
    assert answer.status_code == 409
    assert rows(house, Mandate) == []


def test_who_accepts_under_another_name_holds_it_and_the_giver_is_told_plainly(house, aino, proved):
    give(proved, asked(aino, name="Veikko Rantanen"))
    other = house.open_for(KARIN, "Karin Lindholm", proved_minutes_ago=0)
    accept(other, link(house)[0])
    [mandate] = rows(house, Mandate)
    page = plain(proved.open(f"/mandates/{mandate.id}"))
    assert "Eri nimi kuin kirjoitit" in page
    assert "Veikko Rantanen" in page
    assert "Karin Lindholm" in page
    [letter] = mail(house)
    assert "Karin Lindholm" in letter.get_content()
    assert end(proved, mandate.id).headers["location"] == "/mandates?news=ended"


def test_an_invitation_dies_with_the_right_of_whoever_sent_it(house, aino, proved, invited):
    company = Party(id=uuid4(), customer_number="2001", kind="company", name="Esimerkki Oy", business_id="7654321-2")
    everything = {"themes": "billing,consumption,contracts,moves", "every_site": True, "level": "manage"}
    admin = Mandate(grantor_id=company.id, grantee_id=aino.party, valid_from=aino.today, **everything)
    with house.database.writing() as db:
        db.add(company)
        db.flush()
        db.add(admin)
    act(proved, company.id)
    give(proved, asked(aino, giver=str(company.id)))
    path, _ = link(house)
    with house.database.writing() as db:
        db.exec(select(Mandate)).one().valid_to = aino.today
        db.exec(select(Mandate)).one().valid_from = aino.today - timedelta(days=9)
        db.exec(select(Mandate)).one().valid_to = aino.today - timedelta(days=1)
    answer = accept(invited, path)
    assert answer.status_code == 410


@on_both
def test_of_fifty_who_accept_at_once_one_gets_the_mandate(house, aino, proved, invited):
    give(proved, asked(aino))
    _, token = link(house)
    portal = as_app(house.database)
    with portal.reading() as db:
        who = sessions.recogniser(app._reach(days.now))(db, invited.cookies, days.now()).person

    def press(_):
        try:
            with portal.seen_by(who.sight).writing() as db:
                actions.accept(db, who, token, days.now())
        except actions.InvitationOver:
            return "over"
        return "accepted"

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(press, range(50)))
    assert (answers.count("accepted"), answers.count("over")) == (1, 49)
    assert len(rows(house, Mandate)) == 1


@pytest.mark.parametrize("number_of_sites", [0, 1])
def test_the_same_invitation_is_sent_once_while_it_waits(house, aino, proved, home, number_of_sites):
    form = asked(aino, sites=[str(site) for site in home[:number_of_sites]] or ["all"])
    told = [give(proved, form).headers["location"].partition("news=")[2] for _ in range(2)]
    assert told == ["invited", "waits"]
    assert len(rows(house, MandateInvitation)) == 1
    assert len([row for row in rows(house, OutboxEvent) if row.kind == "mail"]) == 1
    with house.database.writing() as db:
        db.exec(update(MandateInvitation).values(expires_at=days.now()))
    assert give(proved, form).headers["location"] == "/mandates?news=invited", "an old link does not work"


def test_so_many_invitations_are_sent_in_a_day(house, aino, proved):
    for number in range(INVITATIONS_A_DAY):
        assert give(proved, asked(aino, email=f"oona{number}@example.fi")).status_code == 303
    assert give(proved, asked(aino, email="one.more@example.fi")).status_code == 429


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "Maksa heti: evil.example"},
        {"name": "Maksa evil.example"},
        {"name": "Soita 0700 123123"},
        {"email": "oona"},
        {"themes": []},
        {"themes": ["nothing"]},
        {"sites": []},
        {"sites": ["x"]},
        {"sites": ["all", str(uuid4())]},
        {"sites": [str(uuid4())]},
        {"level": "all"},
        {"since": "2020-01-01"},
        {"since": "1.1.2031", "until": ""},
        {"since": "9.9.2027", "until": "8.9.2027"},
        {"until": "soon"},
        {"language": "de"},
    ],
)
@pytest.mark.parametrize("step", ["check", "give"])
def test_what_cannot_be_given_is_said_beside_its_field_and_typed_words_stay(house, aino, proved, wrong, step):
    [field] = list(wrong)[:1]
    answer = give(proved, asked(aino) | wrong, step)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    if field != "email":
        assert "oona@example.fi" in answer.text
    assert rows(house, MandateInvitation) == []


def test_another_giver_is_nobodys_to_choose(house, aino, proved, mikko):
    assert give(proved, asked(aino, giver=str(mikko.party))).status_code == 422
    assert rows(house, MandateInvitation) == []


def test_going_back_from_the_check_keeps_everything(aino, proved, home):
    answer = give(proved, asked(aino, sites=[str(home[0])], level="manage"), step="change")
    assert answer.status_code == 200
    assert f'value="{home[0]}" checked' in answer.text
    assert 'value="manage" checked' in answer.text


def test_a_mandate_for_some_sites_opens_these(house, aino, proved, invited, home):
    mandated(house, aino, proved, invited, sites=[str(home[0])])
    [limit] = rows(house, MandateSite)
    assert limit.site_id == home[0]
    assert [one.site_id for one in rows(house, MandateInvitationSite)] == [home[0]]
    act(invited, aino.party)
    page = plain(invited.open("/sites"))
    assert "Kotikatu 1" in page
    assert "Kotikatu 2" not in page
    [given] = [json.loads(row.payload) for row in rows(house, OutboxEvent) if row.kind == "mandate.given"]
    assert given["sites"] == ["500001"]


def test_several_mandates_of_one_day_hold_together_each_as_a_row_of_its_own(house, aino, proved, invited, home):
    first = mandated(house, aino, proved, invited, sites=[str(home[0])])
    mandated(house, aino, proved, invited, themes=["billing"])
    assert len(rows(house, Mandate)) == 2
    act(invited, aino.party)
    assert invited.get("/invoices").status_code == 200
    end(proved, first)
    assert invited.get("/invoices").status_code == 200
    assert invited.get("/consumption").status_code == 403


# The very next request


@on_both
def test_an_ended_mandate_opens_nothing_from_the_very_next_request_on(house, aino, proved, invited):
    mandate = mandated(house, aino, proved, invited)
    mail(house)
    act(invited, aino.party)
    assert invited.get("/consumption").status_code == 200
    for _ in range(2):
        assert end(proved, mandate).headers["location"] == "/mandates?news=ended"
    assert "Kotikatu" not in plain(invited.open("/sites"))
    assert invited.submit("/act-as", {"party": str(aino.party)}, page="/mandates").status_code == 404
    assert [one.how for one in rows(house, MandateEnd)] == ["ended"]
    [letter] = mail(house)
    assert (letter["To"], "Aino Mäkelä" in letter.get_content()) == ("oona@example.fi", True)
    assert "Päättynyt" in plain(proved.open(f"/mandates/{mandate}"))


@on_both
def test_a_holder_gives_a_mandate_up_whomever_they_act_for(house, aino, proved, invited):
    mandate = mandated(house, aino, proved, invited)
    mail(house)
    act(invited, aino.party)
    assert end(invited, mandate).headers["location"] == "/mandates?news=ended"
    assert [one.how for one in rows(house, MandateEnd)] == ["left"]
    [letter] = mail(house)
    assert (letter["To"], "Oona Virtanen" in letter.get_content()) == ("aino@example.fi", True)
    assert "Kotikatu" not in plain(invited.open("/sites"))


@on_both
def test_a_narrowed_mandate_opens_less_from_the_very_next_request_on(house, aino, proved, invited, home):
    mandate = mandated(house, aino, proved, invited, themes=["consumption", "billing"], level="manage")
    mail(house)
    act(invited, aino.party)
    last = (aino.today + timedelta(days=9)).isoformat()
    answer = change(proved, mandate, themes=["consumption"], sites=[str(home[1])], level="see", until=last)
    new = mandate_in(answer)
    assert invited.get("/invoices").status_code == 403
    page = plain(invited.open("/sites"))
    assert "Kotikatu 2" in page
    assert "Kotikatu 1" not in page
    [row] = [one for one in rows(house, Mandate) if str(one.id) == new]
    assert (row.themes, row.level, row.every_site, str(row.replaces_id)) == ("consumption", "see", False, mandate)
    assert row.valid_to.isoformat() == last
    [letter] = mail(house)
    assert letter["To"] == "oona@example.fi"
    kinds = [row.kind for row in rows(house, OutboxEvent) if row.kind != "mail"]
    assert sorted(kinds) == ["mandate.ended", "mandate.given", "mandate.given"]
    assert "oona@example.fi" in plain(proved.open(f"/mandates/{new}"))


def test_a_mandate_is_extended_before_it_ends_and_by_its_giver(house, aino, proved, invited):
    soon = (aino.today + timedelta(days=3)).isoformat()
    mandate = mandated(house, aino, proved, invited, until=soon)
    same = {"themes": ["consumption"], "sites": ["all"], "level": "see"}
    assert invited.get(f"/mandates/{mandate}/change").status_code == 404
    longer = mandate_in(change(proved, mandate, until="", **same))
    [row] = [one for one in rows(house, Mandate) if str(one.id) == longer]
    assert row.valid_to is None
    assert change(proved, longer, until="", **same).headers["location"] == f"/mandates/{longer}?news=same"
    assert len(rows(house, Mandate)) == 2
    end(proved, longer)
    assert change(proved, longer, until=soon, **same).status_code == 422


@pytest.mark.parametrize(
    "wider",
    [{"themes": ["consumption", "billing"]}, {"level": "manage"}, {"sites": ["all"]}, {"until": "2026-01-01"}],
)
def test_a_mandate_is_not_widened(house, aino, proved, home, wider):
    field, invited = next(iter(wider)), house.open_for(OONA, "Oona Virtanen", proved_minutes_ago=0)
    mandate = mandated(house, aino, proved, invited, sites=[str(home[0])])
    same = {"themes": ["consumption"], "sites": [str(home[0])], "level": "see", "until": ""}
    answer = change(proved, mandate, **(same | wider))
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert len(rows(house, Mandate)) == 1


def test_narrowing_keeps_to_the_givers_sites_and_says_what_it_means_by_all(house, aino, proved, invited, home, mikko):
    mandate = mandated(house, aino, proved, invited)
    with house.database.writing() as db:
        site = Site(number="700001", street="Vieraskatu 9", postcode="20100", town="Turku")
        db.add(site)
        db.flush()
        db.add(Occupancy(site_id=site.id, party_id=mikko.party, since=aino.today - timedelta(days=9)))
        of_another = site.id
    same = {"themes": ["consumption"], "level": "see", "until": ""}
    for sites in ([str(of_another)], [str(uuid4())], ["all", str(home[0])]):
        answer = change(proved, mandate, sites=sites, **same)
        assert answer.status_code == 422
        assert 'href="#sites"' in answer.text
        assert "Vieraskatu" not in answer.text
    assert len(rows(house, Mandate)) == 1
    assert rows(house, MandateSite) == []


def test_a_stranger_finds_nothing(house, aino, proved, invited, mikko):
    mandate = mandated(house, aino, proved, invited)
    give(proved, asked(aino, email="other@example.fi"))
    [waiting] = [one for one in rows(house, MandateInvitation) if one.ended_at is None]
    other = house.open_for(MIKKO, "Mikko Korhonen", proved_minutes_ago=0)
    for path in (f"/mandates/{mandate}", f"/mandates/{mandate}/change", f"/mandates/{uuid4()}"):
        assert other.get(path).status_code == 404
    form = hidden(other.get("/mandates").text)
    whole = {"themes": "consumption", "sites": "all", "level": "see", "until": ""}
    assert other.post(f"/mandates/{mandate}/end", data=form).status_code == 404
    assert other.post(f"/mandates/{mandate}/change", data=form | whole).status_code == 404
    assert other.post(f"/mandates/invitations/{waiting.id}/withdraw", data=form).status_code == 404
    assert "Oona" not in plain(other.open("/mandates"))
    assert rows(house, MandateEnd) == []


# What is one's own to give


def test_power_held_for_a_person_is_passed_on_to_nobody(house, aino, proved, invited):
    whole = ["billing", "consumption", "contracts", "moves"]
    mandate = mandated(house, aino, proved, invited, themes=whole, level="manage", until="")
    act(invited, aino.party)
    assert invited.get("/mandates/new").status_code == 403
    assert "Anna valtuus" not in plain(invited.open("/mandates"))
    page = plain(invited.open(f"/mandates/{mandate}"))
    assert "Luovu valtuudesta" in page
    assert end(invited, mandate).status_code == 303


@pytest.fixture
def company(house, aino, mikko):
    """A company that Aino administers by the register's word."""
    company = Party(id=uuid4(), customer_number="2001", kind="company", name="Esimerkki Oy", business_id="7654321-2")
    everything = {"themes": "billing,consumption,contracts,moves", "every_site": True, "level": "manage"}
    mandate = Mandate(grantor_id=company.id, grantee_id=aino.party, valid_from=aino.today, **everything)
    with house.database.writing() as db:
        db.add(company)
        db.flush()
        db.add(mandate)
    house.contact(company.id, email="toimisto@example.fi")
    return company.id


@on_both
def test_the_last_administrator_of_a_company_stays(house, aino, proved, invited, company):
    [mine] = rows(house, Mandate)
    assert end(proved, mine.id).headers["location"] == f"/mandates/{mine.id}?news=last"
    act(proved, company)
    assert end(proved, mine.id).headers["location"] == f"/mandates/{mine.id}?news=last"
    assert "viimeinen pääkäyttäjä" in plain(proved.open(f"/mandates/{mine.id}?news=last"))
    assert rows(house, MandateEnd) == []

    whole = ["billing", "consumption", "contracts", "moves"]
    form = asked(aino, giver=str(company), themes=whole, level="manage", until="")
    assert "pääkäyttäjä" in plain(give(proved, form, step="check"))
    give(proved, form)
    accept(invited, link(house)[0])
    act(invited, company)
    assert invited.get("/mandates/new").status_code == 200  # an administrator gives in the company's name
    act(proved, aino.party)
    assert end(proved, mine.id).headers["location"] == "/mandates?news=ended"
    assert [letter["To"] for letter in mail(house)][-1] == "toimisto@example.fi"
    [other] = [one for one in rows(house, Mandate) if one.id != mine.id]
    same = {"themes": whole, "sites": ["all"], "until": ""}
    assert change(invited, other.id, level="see", **same).status_code in {404, 422}
    assert end(invited, other.id).headers["location"] == f"/mandates/{other.id}?news=last"


def test_a_mandate_of_the_register_is_narrowed_and_ended_here_as_well(house, aino, proved, mikko, home):
    told = {"themes": "billing,consumption", "every_site": True, "level": "see", "valid_from": aino.today}
    with house.database.writing() as db:
        mandate = Mandate(grantor_id=aino.party, grantee_id=mikko.party, **told)
        db.add(mandate)
    act(mikko.browser, aino.party)
    new = mandate_in(change(proved, mandate.id, themes=["consumption"], sites=["all"], level="see", until=""))
    assert mikko.browser.get("/invoices").status_code == 403
    assert mikko.browser.get("/consumption").status_code == 200
    newer = mandate_in(change(proved, new, themes=["consumption"], sites=[str(home[0])], level="see", until=""))
    assert "Kotikatu 2" not in plain(mikko.browser.open("/sites"))
    end(proved, newer)
    assert "Kotikatu" not in plain(mikko.browser.open("/sites"))
    [ended, *_] = [json.loads(row.payload) for row in rows(house, OutboxEvent) if row.kind == "mandate.ended"]
    assert (ended["customer_number"], ended["holder_customer_number"], ended["how"]) == ("1001", "1002", "replaced")


# What is told of it


def test_everything_is_written_down_and_no_token_stands_anywhere(house, aino, proved, invited, home):
    give(proved, asked(aino))
    path, token = link(house)
    nobody = Browser(house.app)
    went = nobody.submit(path, page=path)
    assert went.headers["location"] == "/mandates/accept"
    accept(invited, path)
    [mandate] = rows(house, Mandate)
    narrowed = mandate_in(
        change(proved, mandate.id, themes=["consumption"], sites=[str(home[0])], level="see", until="")
    )
    told = [row for row in rows(house, AuditEntry) if row.act.startswith("mandate.")]
    acts = [(row.act, json.loads(row.details)["sites"]) for row in told]
    assert acts == [
        ("mandate.invited", "all"),
        ("mandate.given", "all"),
        ("mandate.replaced", "all"),
        ("mandate.given", str(home[0])),
    ]
    assert json.loads(told[-1].details)["replaces"] == str(mandate.id)
    assert str(told[-1].object_id) == narrowed
    log = markup.words(proved.open("/privacy/log"), "//main")
    for told in ("Kutsui jonkun valtuutetuksi", "Valtuus alkoi"):
        assert told in log
    with house.database.reading() as db:
        for row in db.exec(select(LoginTransaction.return_to)):
            assert token not in row
        for payload in db.exec(select(OutboxEvent.payload)):
            assert token not in payload
    package = markup.words(proved.open("/privacy/data"), "//main")
    assert token not in package


def test_unaccepted_invitations_are_forgotten_after_a_month(house, aino, proved, invited, home):
    mandated(house, aino, proved, invited)
    give(proved, asked(aino, email="other@example.fi", sites=[str(home[0])]))
    after = house.now + INVITATION_KEPT + timedelta(days=15)
    with house.database.writing() as db:
        assert forget_invitations(db, house.now, 10) == 0
        assert forget_invitations(db, after, 10) == 1
    [kept] = rows(house, MandateInvitation)
    assert kept.mandate_id is not None


@pytest.mark.parametrize("ends", [True, False])
def test_an_accepted_invitation_is_forgotten_a_month_after_its_mandate(house, aino, proved, invited, ends):
    last = house.now + timedelta(days=364)
    mandate = mandated(house, aino, proved, invited)
    if ends:
        end(proved, mandate)
        last = house.now
    kept_until = last + INVITATION_KEPT
    with house.database.writing() as db:
        assert forget_invitations(db, kept_until - timedelta(hours=1), 10) == 0
        assert forget_invitations(db, kept_until + timedelta(days=1), 10) == 1
    assert "Oona" in plain(proved.open(f"/mandates/{mandate}"))


@on_both
def test_whoever_accepted_an_invitation_has_it_in_their_own_data(house, aino, proved, mikko):
    mandated(house, aino, proved, house.open_for(MIKKO, "Mikko Korhonen", proved_minutes_ago=0), email="m@example.fi")
    assert "m@example.fi" in plain(mikko.browser.open("/privacy/data"))


@on_both
def test_letters_about_a_mandate_go_to_its_holder_not_to_where_they_were_invited(house, aino, proved, mikko):
    house.contact(mikko.party, email="mikko@example.fi")
    mandate = mandated(house, aino, proved, house.open_for(MIKKO, "Mikko Korhonen", proved_minutes_ago=0))
    same = {"themes": ["consumption"], "sites": ["all"], "level": "see"}
    changed = mandate_in(change(proved, mandate, until="", **same))
    end(proved, changed)
    assert [letter["To"] for letter in mail(house)][-2:] == ["mikko@example.fi"] * 2


def test_we_promise_to_write_only_where_we_know_an_address(house, aino, proved):
    assert give(proved, asked(aino)).headers["location"] == "/mandates?news=invited"
    with house.database.writing() as db:
        db.exec(delete(ContactDetail))
    sent = give(proved, asked(aino, email="other@example.fi")).headers["location"]
    assert sent == "/mandates?news=sent"
    assert "kirjoitamme" not in plain(proved.open(sent))


@on_both
def test_whoever_invited_for_a_company_is_told_themselves(house, aino, proved, invited, company):
    act(proved, company)
    give(proved, asked(aino, giver=str(company)))
    accept(invited, link(house)[0])
    assert [letter["To"] for letter in mail(house)] == ["aino@example.fi"]


@on_both
def test_an_invitation_whose_letter_was_given_up_says_so(house, aino, proved):
    give(proved, asked(aino))
    assert "Odottaa vastausta" in plain(proved.open("/mandates"))
    with Post(mood=Mood.UNKNOWN) as office:
        server = MailServer.at(office.url)
        mailing(lambda: Smtp(server), SIGNATURE).run(Shift(house.database, days.now))
    page = plain(proved.open("/mandates"))
    assert "Ei voitu toimittaa" in page
    assert "Odottaa vastausta" not in page


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_pages_are_whole_in_every_language(house, aino, proved, invited, home, language):
    mandate = mandated(house, aino, proved, invited, sites=[str(home[0])])
    give(proved, asked(aino, email="other@example.fi", language=language))
    path, _ = link(house)
    proved.headers["Accept-Language"] = language
    for page in ("/mandates", "/mandates/new", f"/mandates/{mandate}", f"/mandates/{mandate}/change", path):
        proved.open(page)
    preview = give(proved, asked(aino), step="check")
    assert preview.status_code == 200


def test_who_is_no_customer_is_offered_nothing_to_give(invited):
    assert invited.get("/mandates/new").headers["location"] == "/mandates"
    assert "Anna valtuus" not in plain(invited.open("/mandates"))


def test_giving_and_accepting_ask_for_the_bank(house, aino, home, oona):
    assert aino.browser.get("/mandates/new").headers["location"].startswith("/confirm?")
    assert oona.get("/mandates/accept").headers["location"].startswith("/confirm?")


def test_a_form_that_waited_too_long_comes_back_with_what_was_typed(house, aino, proved):
    form = asked(aino) | {"step": "give"} | hidden(proved.get("/mandates/new").text)
    cookies = dict(proved.cookies)
    late = Browser(house.app, cookies=cookies)
    with house.database.writing() as db:
        newest = db.exec(select(SignedSession).order_by(col(SignedSession.confirmed_at).desc())).first()
        newest.confirmed_at = house.now - timedelta(minutes=9)
    answer = late.post("/mandates/new", data=form)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/confirm?next=")
