"""The pages of one's rights: five things each, and every right from the asking to the decision."""

import csv
import io
import json
import re
import zipfile
from datetime import date, timedelta
from urllib.parse import urlencode

import anyio
import numpy as np
import pytest
from sqlmodel import select

from portal.audit import actions as audit
from portal.audit.models import AuditEntry
from portal.consents.authorisations.models import Authorisation, AuthorisationRead, ThirdParty
from portal.consumption import recording
from portal.customers.models import ContactDetail, Mandate, Party
from portal.customers.privacy import subject_of
from portal.invoices.models import Invoice
from portal.keepers import KEEPERS
from portal.kit import formats
from portal.kit.clock import DAY, start_of
from portal.kit.feed import ImportContext
from portal.kit.i18n import Language
from portal.kit.intervals import Intervals, quarter_of
from portal.outbox.models import OutboxEvent
from portal.privacy.importing import PrivacyProgress, keep_privacy_progress
from portal.privacy.models import PrivacyCase, PrivacyStep
from portal.privacy.rules import ADDITIONS_A_DAY, PACKAGES_A_DAY, REQUESTS_A_DAY, Right
from portal.sites.models import MeteringPoint, Occupancy, Site
from tests import days, markup
from tests.asked import asking
from tests.browser import check, hidden
from tests.people import AINO, KARIN, vault

PAGES = ("/privacy", "/privacy/data", "/privacy/log", "/privacy/requests", "/privacy/requests/new", "/privacy/package")
HOUR = timedelta(hours=1)
EVERYTHING = "billing,consumption,contracts,moves"
NOBODY_S = "00000000-0000-4000-8000-000000000000"


def plain(answer):
    """What a page says, in one line."""
    return markup.words(answer, "//main")


def ask(browser, kind="rectification", words="Nimi on väärin.", **more):
    """Make a request; where its page is."""
    form = {"kind": kind, "words": words, **more}
    answer = browser.submit("/privacy/requests/new", form, page=f"/privacy/requests/new?kind={kind}")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def tell(house, number, state, text, ground=None, answer_by=None):
    """What the utility's system says of a request now."""
    now = days.now()
    said = {"state": state, "text": text, "ground": ground, "answer_by": answer_by and f"{answer_by}"}
    row = PrivacyProgress(case_number=number, at=f"{now:%Y-%m-%dT%H:%M:%S.%fZ}", **said)
    with house.database.writing() as db:
        assert keep_privacy_progress(db, [row], ImportContext(vault, now)) == ["accepted"]


def rows(house, model):
    with house.database.reading() as db:
        return db.exec(select(model)).all()


# What every page keeps


def test_nobody_is_sent_to_sign_in(nobody):
    for path in PAGES:
        answer = nobody.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={path}")


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_customer_opens_every_page_in_each_language(house, aino, language):
    browser = house.open_for(AINO, "Aino Mäkelä", language=language, proved_minutes_ago=1)
    for path in (ask(browser), *PAGES, *(f"/privacy/requests/new?kind={right}" for right in Right)):
        browser.open(path)


def test_somebody_who_is_no_customer_uses_their_rights_too(house, oona):
    for path in PAGES[:-1]:
        oona.open(path)
    case = ask(oona, "access", "Mitä muuta minusta tiedetään?")
    assert "Mitä muuta minusta tiedetään?" in oona.open(case).text
    (event,) = [one for one in rows(house, OutboxEvent) if one.kind == "privacy.requested"]
    assert json.loads(event.payload)["customer_number"] is None


def test_a_stranger_finds_nothing(aino, mikko):
    case = ask(aino.browser)
    mikko.browser.open(case, status=404)
    for act in ("answer", "withdraw"):
        answer = mikko.browser.submit(f"{case}/{act}", {"words": "x"}, page="/privacy/requests/new?kind=access")
        assert answer.status_code == 404
    assert "26-0001" not in mikko.browser.open("/privacy").text
    assert "Tietoja koskevan" not in mikko.browser.open("/privacy/log").text


def test_nobody_holds_the_request_of_another_while_they_ask_for_it(house, aino, mikko):
    case = ask(aino.browser)
    with asking(house.database) as asked:
        refused = mikko.browser.submit(f"{case}/withdraw", page="/privacy/requests/new?kind=access")
    assert refused.status_code == 404
    about_requests = [statement for statement in asked if "FROM privacy_case" in statement]
    assert about_requests
    assert all("privacy_case.party_id IN" in statement for statement in about_requests)


@pytest.mark.parametrize("wrong", [NOBODY_S, "x"])
def test_a_wrong_id_is_not_found(aino, wrong):
    aino.browser.open(f"/privacy/requests/{wrong}", status=404)


@pytest.mark.parametrize("form", [{"kind": "rectification", "words": " "}, {"kind": "access", "words": "x" * 4001}])
def test_wrong_input_is_shown_again(house, aino, form):
    answer = aino.browser.submit("/privacy/requests/new", form, page="/privacy/requests/new?kind=access")
    assert answer.status_code == 422
    assert 'href="#words"' in answer.text
    assert form["words"].strip() in answer.text
    assert rows(house, PrivacyCase) == []


def test_a_right_that_does_not_exist_is_not_found(aino):
    aino.browser.open("/privacy/requests/new?kind=lottery", status=404)
    answer = aino.browser.submit("/privacy/requests/new", {"kind": "lottery"}, page="/privacy/requests/new?kind=access")
    assert answer.status_code == 404


def test_htmx_gets_only_its_block(aino):
    ask(aino.browser)
    assert "Teki tietoja koskevan pyynnön" in aino.browser.fragment("/privacy/log?show=done", "entries").text
    assert "Tietojen oikaisu" in aino.browser.fragment("/privacy/requests", "cases").text


# Requests


def test_a_request_is_received_told_to_the_utility_and_written_down(house, aino):
    case = ask(aino.browser, field="party.name")
    page = plain(aino.browser.open(case))
    assert "Oikaisu: Nimi" in page
    assert "Nimi on väärin." in page
    assert "Viimeistään" in page
    (event,) = [one for one in rows(house, OutboxEvent) if one.kind == "privacy.requested"]
    told = json.loads(event.payload)
    assert (told["customer_number"], told["right"], told["field"]) == ("1001", "rectification", "party.name")
    assert event.party_id == aino.party
    assert "privacy.requested" in [entry.act for entry in rows(house, AuditEntry)]


def test_what_is_added_names_the_customer_of_the_request_not_the_first_of_several(house, aino):
    case = ask(aino.browser)
    first = house.customer(AINO, "Aino Mäkelä", "1000")
    aino.browser.submit(f"{case}/answer", {"words": "Lisäys"}, page=case)
    aino.browser.submit(f"{case}/withdraw", page=case)
    told = [json.loads(one.payload) for one in rows(house, OutboxEvent)]
    assert {(one["customer_number"], one["party_id"]) for one in told} == {("1001", str(aino.party))}
    assert first not in {one["party_id"] for one in told}


def test_control_characters_are_left_out(house, aino):
    ask(aino.browser, words="Nimi\0 on\r\nväärin.\x1b[2J")
    assert [case.text for case in rows(house, PrivacyCase)] == ["Nimi on\nväärin.[2J"]


def test_the_same_request_is_not_made_twice(house, aino):
    assert ask(aino.browser) == ask(aino.browser)
    ask(aino.browser, words="Myös osoite.")
    assert sorted(case.number[3:] for case in rows(house, PrivacyCase)) == ["0001", "0002"]


@pytest.mark.parametrize("field", ["session.token_hash", "party.customer_number"])
def test_a_field_that_nobody_is_shown_or_corrects_is_not_asked_about(house, aino, field):
    ask(aino.browser, field=field)
    assert [case.field for case in rows(house, PrivacyCase)] == [None]


def test_the_customer_is_asked_answers_and_is_refused_with_a_ground(house, aino):
    with house.database.writing() as db:
        db.add(ContactDetail(party_id=aino.party, kind="email", value="aino@example.fi"))
    case = ask(aino.browser, "restriction")
    (row,) = rows(house, PrivacyCase)
    tell(house, row.number, "waiting", "Mitä tietoa tarkoitat?")
    page = plain(aino.browser.open(case))
    assert "Odottaa sinua" in page
    assert "Mitä tietoa tarkoitat?" in page
    assert "Käsittelyaika ei ole kulunut" in page
    empty = aino.browser.submit(f"{case}/answer", {"words": ""}, page=case)
    assert empty.status_code == 422
    answered = aino.browser.submit(f"{case}/answer", {"words": "Osoitetta."}, page=case)
    assert answered.headers["location"] == case
    assert "Osoitetta." in aino.browser.open(case).text
    assert [one.state for one in rows(house, PrivacyCase)] == ["in-work"]
    tell(house, row.number, "refused", "Tieto on oikein.", "GDPR 18(1)(a)")
    page = plain(aino.browser.open(case))
    assert "Peruste: GDPR 18(1)(a)" in page
    assert "tietosuoja.fi" in page
    letters = [json.loads(one.payload) for one in rows(house, OutboxEvent) if one.kind == "mail"]
    assert [letter["to"] for letter in letters] == ["aino@example.fi"] * 2
    assert "Osoitetta" not in str(letters)
    closed = aino.browser.submit(f"{case}/answer", {"words": "Vielä."}, page="/privacy/requests/new?kind=access")
    assert closed.status_code == 409


@pytest.mark.parametrize(
    ("language", "deed"), [("fi", "Tarvitsemme"), ("sv", "Vi behöver"), ("en", "We need more time to answer")]
)
def test_a_request_that_takes_longer_says_until_when_since_when_and_why(house, aino, language, deed):
    case = ask(aino.browser, "restriction")
    (row,) = rows(house, PrivacyCase)
    tell(house, row.number, "extended", "Selvitämme lukemia kahdelta mittarilta.", answer_by=row.due_on + 20 * DAY)
    said = plain(house.open_for(AINO, "Aino Mäkelä", language=language).open(case))
    assert said.count(deed) == 2  # beside the clock, and where all that happened stands
    for day in (row.due_on, row.due_on + 20 * DAY, aino.today):
        assert formats.full_date(day, Language(language)).replace("\u00a0", " ") in said
    assert said.count("Selvitämme lukemia kahdelta mittarilta.") == 2
    tell(house, row.number, "waiting", "Kumpaa mittaria?")
    assert "Kumpaa mittaria?" in plain(aino.browser.open("/privacy/requests"))


@pytest.mark.parametrize(("language", "says"), [("fi", "soita"), ("sv", "ring"), ("en", "call us")])
def test_when_the_day_is_full_the_form_says_until_when_and_whom_to_turn_to(house, aino, language, says):
    browser = house.open_for(AINO, "Aino Mäkelä", language=language)
    case = [ask(browser, words=f"Nimi {number}.") for number in range(REQUESTS_A_DAY)][-1]
    field = {"kind": "rectification", "words": "Yksi <vielä>", "field": "party.name"}
    answer = browser.submit("/privacy/requests/new", field, page="/privacy/requests/new?kind=rectification")
    for number in range(ADDITIONS_A_DAY):
        browser.submit(f"{case}/answer", {"words": f"Lisäys {number}."}, page=case)
    added = browser.submit(f"{case}/answer", {"words": "Yksi <vielä>"}, page=case)
    for one in (answer, added):
        assert one.status_code == 429
        check(one, case)
        assert 86_000 < int(one.headers["retry-after"]) <= 86_460
        assert "Yksi &lt;vielä&gt;</textarea>" in one.text
        assert says in plain(one).lower()
        assert "tietosuoja@example.fi" in one.text
    assert 'name="field" value="party.name"' in answer.text
    assert len(rows(house, PrivacyCase)) == REQUESTS_A_DAY


def test_a_request_is_withdrawn(house, aino):
    case = ask(aino.browser, "recordings", "")
    assert aino.browser.submit(f"{case}/withdraw", page=case).headers["location"] == case
    assert "Pyyntö peruttiin" in aino.browser.open(case).text
    assert [event.kind for event in rows(house, OutboxEvent)] == ["privacy.requested", "privacy.withdrawn"]


def test_erasure_asks_for_the_bank_and_tells_what_the_law_keeps(house, aino):
    with house.database.writing() as db:
        add_invoice(db, aino.party, "L-1")
    asked = aino.browser.get("/privacy/requests/new?kind=erasure")
    assert (asked.status_code, asked.headers["location"][:9]) == (303, "/confirm?")
    refused = aino.browser.submit(
        "/privacy/requests/new", {"kind": "erasure"}, page="/privacy/requests/new?kind=access"
    )
    assert "/confirm" in refused.headers["location"]
    proved = house.open_for(AINO, "Aino Mäkelä", proved_minutes_ago=1)
    page = plain(proved.open("/privacy/requests/new?kind=erasure"))
    assert "säilyy, kirjanpitolaki velvoittaa, uusimmat 31.12.2032 asti" in page
    assert "poistuu nyt" in page
    assert "Tietojen poisto" in proved.open(ask(proved, "erasure", "")).text


def test_access_is_answered_at_once_and_marketing_prohibited_at_once(aino):
    for kind, link in (("access", "/privacy/package"), ("portability", "/privacy/package"), ("objection", "/consents")):
        assert f'href="{link}"' in aino.browser.open(f"/privacy/requests/new?kind={kind}").text


# All data and the log


def test_every_detail_is_told_and_the_identity_code_never(aino):
    page = aino.browser.open("/privacy/data")
    assert "Aino Mäkelä" in plain(page)
    assert "säilytetään salattuna" in plain(page)
    assert "field=party.name" in page.text
    assert "field=party.customer_number" not in page.text
    assert AINO not in page.text


def test_every_record_stands_there_with_its_own_values(house, aino):
    with house.database.writing() as db:
        for number in range(25):
            db.add(ContactDetail(party_id=aino.party, kind="email", value=f"a{number:02}@example.fi", position=number))
        settle(db, "1", aino.party)
    page = plain(aino.browser.open("/privacy/data"))
    for told in ("a00@example.fi", "a19@example.fi", "643000000000000011", "Katu 1", "Sähkö"):
        assert told in page, told
    assert "a20@example.fi" not in page
    assert "5 muuta on tietopaketissa." in page
    assert "Kustakin on: Laskun numero" in page
    assert "eri arvoa" not in page


def test_who_looked_on_behalf_of_the_customer_is_named(house, aino, mikko):
    with house.database.writing() as db:
        (account,) = subject_of(db, mikko.party).accounts
        act = {"object_kind": "/sites/{id}", "object_id": NOBODY_S, "party_id": aino.party}
        audit.record(db, audit.Act(act="looked", account_id=account, **act), house.now)
        audit.record(db, audit.Act(act="unheard-of", **act), house.now)
    log = plain(aino.browser.open("/privacy/log"))
    assert "Mikko Korhonen, asiakkaan Aino Mäkelä puolesta" in log
    assert "Katsoi kohdetta" in log
    assert "Ohjelma Käytti tätä palvelua" in log
    looked = plain(aino.browser.open("/privacy/log?show=looked"))
    assert "Katsoi kohdetta" in looked
    assert "Ohjelma" not in looked
    assert "Mikko Korhonen" in aino.browser.open("/privacy").text
    theirs = plain(mikko.browser.open("/privacy/log"))
    assert "toisen asiakkaan puolesta" in theirs
    assert "Aino" not in theirs


@pytest.mark.parametrize(
    ("noted", "says"),
    [("invoices.show", "Katsoi laskujen luetteloa"), ("home.show", "Avasi sivun"), ("x", "Avasi sivun")],
)
def test_looks_that_were_noted_by_other_names_are_told_as_far_as_they_can_be(house, aino, mikko, noted, says):
    with house.database.writing() as db:
        (account,) = subject_of(db, mikko.party).accounts
        act = {"object_kind": noted, "object_id": "", "party_id": aino.party, "account_id": account}
        audit.record(db, audit.Act(act="looked", **act), house.now)
    assert says in plain(aino.browser.open("/privacy/log"))


def test_a_company_that_read_by_an_authorisation_stands_in_the_log(house, aino, mikko):
    with house.database.writing() as db:
        for number, party in enumerate((aino.party, mikko.party)):
            given = authorise(db, party, f"Lukija {number} Oy", house.now - DAY)
            earlier = {"first_day": date(2026, 10, 1), "last_day": date(2026, 10, 31)}
            db.add(AuthorisationRead(authorisation_id=given, at=house.now - 2 * DAY, **earlier))
    for where in ("/privacy", "/privacy/log", "/privacy/log?show=looked"):
        page = plain(aino.browser.open(where))
        assert "Lukija 0 Oy" in page, where
        assert "Luki kulutustiedot ajalta 1.–20.11.2026 valtuutuksella" in page, where
        assert "Lukija 1 Oy" not in page, where
    assert "Lukija" not in aino.browser.open("/privacy/log?show=done").text
    before = "Luki kulutustiedot ajalta 1.–31.10.2026"
    assert before in plain(aino.browser.open("/privacy/log"))
    assert before not in plain(aino.browser.open("/privacy")), "there the latest read of each stands"


def authorise(db, party, name, at):
    """A company that a customer lets read, and one read of it."""
    company = ThirdParty(
        business_id=f"{name[7]}234567-1", name=name, purpose_fi="", purpose_sv="", purpose_en="", offered=True
    )
    db.add(company)
    db.flush()
    days_ = {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 12, 31)}
    words = {
        "where": "portal",
        "ground": "x",
        "notice_version": "1",
        "notice_sha256": "x",
        "notice_text": "x",
        "language": "fi",
    }
    given = Authorisation(party_id=party, third_party_id=company.id, resolution="day", given_at=at, **days_, **words)
    db.add(given)
    db.flush()
    read = {"first_day": date(2026, 11, 1), "last_day": date(2026, 11, 20)}
    db.add(AuthorisationRead(authorisation_id=given.id, at=at, **read))
    return given.id


def test_the_log_is_in_the_order_of_time_page_by_page(house, aino, mikko):
    with house.database.writing() as db:
        (account,) = subject_of(db, mikko.party).accounts
        for number in range(30):
            at = house.now - number * HOUR
            act = {"object_kind": "/sites", "object_id": str(number), "party_id": aino.party, "account_id": account}
            audit.record(db, audit.Act(act="looked", **act), at)
            if number % 10 == 5:
                authorise(db, aino.party, f"Lukija {number // 10} Oy", at - HOUR / 2)
    pages = [aino.browser.open(f"/privacy/log?show=looked&page={number}") for number in (1, 2)]
    lines = [at for page in pages for at in markup.found(page, "//*[@id='entries']//time/@datetime")]
    assert len(lines) == 33
    assert lines == sorted(lines, reverse=True)


def test_the_daily_work_of_those_who_decide_for_a_company_does_not_flood_its_log(house, aino, mikko):
    with house.database.writing() as db:
        company = Party(customer_number="2001", kind="company", name="Esimerkki Oy", business_id="7654321-2")
        db.add(company)
        db.flush()
        for party, themes in ((aino.party, EVERYTHING), (mikko.party, "billing")):
            mandate = {"themes": themes, "every_site": True, "level": "manage", "valid_from": date(2026, 1, 1)}
            db.add(Mandate(grantor_id=company.id, grantee_id=party, **mandate))
    for person in (aino, mikko):
        assert person.browser.submit("/act-as", {"party": str(company.id)}, page="/overview").status_code == 303
        person.browser.get("/invoices")
    page = plain(aino.browser.open("/privacy/log"))
    assert "Mikko Korhonen" in page
    assert page.count("Katsoi laskujen luetteloa") == 1
    assert "on jätetty pois" in page
    every = plain(aino.browser.open("/privacy/log?by=all"))
    assert every.count("Katsoi laskujen luetteloa") == 2
    assert "on jätetty pois" not in every
    assert plain(aino.browser.open("/privacy")).count("Katsoi") == 1


def test_who_stands_in_for_a_person_is_told_to_that_person(house, aino, mikko):
    with house.database.writing() as db:
        mandate = {"themes": EVERYTHING, "every_site": True, "level": "manage", "valid_from": date(2026, 1, 1)}
        db.add(Mandate(grantor_id=aino.party, grantee_id=mikko.party, **mandate))
    assert mikko.browser.submit("/act-as", {"party": str(aino.party)}, page="/overview").status_code == 303
    mikko.browser.get("/invoices")
    page = plain(aino.browser.open("/privacy/log"))
    assert "Mikko Korhonen" in page
    assert "on jätetty pois" not in page


def test_a_limited_mandate_opens_nothing_here(house, aino, mikko):
    with house.database.writing() as db:
        mandate = {
            "themes": "billing,consumption",
            "every_site": True,
            "level": "manage",
            "valid_from": date(2020, 1, 1),
        }
        db.add(Mandate(grantor_id=aino.party, grantee_id=mikko.party, **mandate))
    mikko.browser.submit("/act-as", {"party": str(aino.party)}, page="/overview")
    for path in PAGES[:-1]:
        assert mikko.browser.get(path).status_code == 403, path


# The package


def test_the_package_asks_for_the_bank_first(aino):
    asked = aino.browser.get("/privacy/package")
    assert (asked.status_code, asked.headers["location"]) == (303, "/confirm?next=/privacy/package")
    posted = aino.browser.submit("/privacy/package", page="/privacy")
    assert "/confirm" in posted.headers["location"]


def test_the_package_holds_every_row_of_every_keeper_and_nobody_elses(house, aino, mikko):
    with house.database.writing() as db:
        for number, party in (("1", aino.party), ("2", mikko.party)):
            settle(db, number, party)
    ask(aino.browser, words="=SUM(A1)")
    ask(mikko.browser, words="Mikon kanarialintu")
    proved = house.open_for(AINO, "Aino Mäkelä", proved_minutes_ago=1)
    answer = proved.post("/privacy/package", data=hidden(proved.open("/privacy/package").text))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    package = zipfile.ZipFile(io.BytesIO(answer.content))
    assert package.testzip() is None
    data = json.loads(package.read("1001/data.json"))
    assert (data["version"], data["customer_number"]) == (1, "1001")
    with house.database.reading() as db:
        subject = subject_of(db, aino.party)
        kept = [record for keeper in KEEPERS for record in keeper.export(db, subject)]
    readings = [record for record in kept if record.table == "reading_month"]
    lines = package.read("1001/readings/643000000000000011.csv").decode().splitlines()
    assert len(lines) == 1 + len(readings) == 1 + 96
    for table in {record.table for record in kept} - {"reading_month", "identity_code", "audit_entry"}:
        expected = [dict(record.values) for record in kept if record.table == table]
        assert data["tables"][table] == expected, table
        assert len(list(csv.reader(io.StringIO(package.read(f"1001/tables/{table}.csv").decode()), delimiter=";"))) == (
            1 + len(expected)
        )
    assert data["tables"]["identity_code"][0]["identity_code"] == AINO
    everything = b"".join(package.read(name) for name in package.namelist())
    for canary in ("Mikko", "kanarialintu", "643000000000000028", "L-2", "290296-912H"):
        assert canary.encode() not in everything, canary
    assert not re.search(rb"(?<![0-9a-f-])1002(?![0-9a-f-])", everything)  # random ids have these digits in them too
    assert "'=SUM(A1)" in package.read("1001/tables/privacy_case.csv").decode()
    page = package.read("1001/pages/invoices.html").decode()
    assert "<script" not in page
    assert "L-1" in page
    assert package.read("README.txt").decode().startswith("Kaikki, mitä yhtiöllä Esimerkki Energia Oy on asiakkaista")
    assert "privacy.packaged" in [entry.act for entry in rows(house, AuditEntry)]


def test_somebody_who_is_no_customer_gets_what_there_is(house):
    karin = house.open_for(KARIN, "Karin Lindholm", proved_minutes_ago=1)
    answer = karin.post("/privacy/package", data=hidden(karin.open("/privacy/package").text))
    package = zipfile.ZipFile(io.BytesIO(answer.content))
    data = json.loads(package.read("account/data.json"))
    assert [row["family_name"] for row in data["tables"]["account"]] == ["Lindholm"]
    assert "party" not in data["tables"]


def test_whoever_acts_for_a_party_gets_that_partys_data_only(house, aino, mikko):
    with house.database.writing() as db:
        whole = {"themes": "billing,consumption,contracts,moves", "every_site": True, "level": "manage"}
        db.add(Mandate(grantor_id=aino.party, grantee_id=mikko.party, valid_from=date(2020, 1, 1), **whole))
    proved = house.open_for(mikko.code, "Mikko Korhonen", proved_minutes_ago=1)
    proved.submit("/act-as", {"party": str(aino.party)}, page="/overview")
    answer = proved.post("/privacy/package", data=hidden(proved.open("/privacy/package").text))
    package = zipfile.ZipFile(io.BytesIO(answer.content))
    assert {name.partition("/")[0] for name in package.namelist()} == {"README.txt", "1001"}
    told = json.loads(package.read("1001/data.json"))["tables"]
    assert [row["customer_number"] for row in told["party"]] == ["1001"]


def test_whoever_stands_in_for_a_person_gets_neither_their_identity_code_nor_their_sign_ins(house, aino, mikko):
    aino.browser.get("/overview")
    with house.database.writing() as db:
        whole = {"themes": "billing,consumption,contracts,moves", "every_site": True, "level": "manage"}
        db.add(Mandate(grantor_id=aino.party, grantee_id=mikko.party, valid_from=date(2020, 1, 1), **whole))
    proved = house.open_for(mikko.code, "Mikko Korhonen", proved_minutes_ago=1)
    proved.submit("/act-as", {"party": str(aino.party)}, page="/overview")
    answer = proved.post("/privacy/package", data=hidden(proved.open("/privacy/package").text))
    package = zipfile.ZipFile(io.BytesIO(answer.content))
    everything = b"".join(package.read(name) for name in package.namelist()).decode()
    assert AINO not in everything
    tables = json.loads(package.read("1001/data.json"))["tables"]
    assert not {"account", "session"} & set(tables)
    assert {row["act"] for row in tables["audit_entry"]} <= {"acting.begun", "looked", "privacy.packaged"}


def test_a_person_takes_one_package_at_a_time_and_the_next_when_it_has_ended(house, aino):
    proved = house.open_for(AINO, "Aino Mäkelä", proved_minutes_ago=0)
    form = urlencode(hidden(proved.open("/privacy/package").text)).encode()

    async def second_while_the_first_comes():
        async def meanwhile():
            refused.extend(await taken(house.app, proved, form))

        refused = []
        first = await taken(house.app, proved, form, meanwhile)
        return first, refused

    first, refused = anyio.run(second_while_the_first_comes)
    third = anyio.run(taken, house.app, proved, form)
    assert [messages[0]["status"] for messages in (first, refused, third)] == [200, 429, 200]
    assert dict(refused[0]["headers"])[b"retry-after"] == b"60"
    assert "Sinulle on jo tulossa paketti" in refused[1]["body"].decode()
    assert [entry.act for entry in rows(house, AuditEntry)].count("privacy.packaged") == 2


async def taken(app, browser, form, meanwhile=None):
    """What is sent to a browser that takes the package; `meanwhile` happens when the first of it has come."""
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    headers = {
        "host": "portal.test",
        "cookie": cookies,
        "sec-fetch-site": "same-origin",
        "content-type": "application/x-www-form-urlencoded",
        "accept-language": "fi",
    }
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": "/privacy/package",
        "raw_path": b"/privacy/package",
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("portal.test", 443),
    }
    messages = []

    async def send(message):
        messages.append(message)
        if meanwhile and len(messages) == 2:
            await meanwhile()

    async def receive():
        return {"type": "http.request", "body": form, "more_body": False}

    await app(scope, receive, send)
    return messages


def test_a_person_takes_so_many_packages_a_day_and_reads_when_they_can_take_the_next(house, aino):
    with house.database.writing() as db:
        (account,) = subject_of(db, aino.party).accounts
        for number in range(PACKAGES_A_DAY):
            act = {"act": "privacy.packaged", "object_kind": "party", "object_id": aino.party}
            for _ in range(2):  # of each of her two numbers
                audit.record(db, audit.Act(**act, account_id=account), house.now - (number + 1) * HOUR)
    for language, says in (
        ("fi", "Seuraavan voit ottaa"),
        ("sv", "Följande kan du ta"),
        ("en", "You can take the next"),
    ):
        proved = house.open_for(AINO, "Aino Mäkelä", proved_minutes_ago=0, language=language)
        answer = proved.post("/privacy/package", data=hidden(proved.open("/privacy/package").text))
        assert answer.status_code == 429
        assert 0 <= int(answer.headers["retry-after"]) - 14 * 3600 <= 60
        assert says in plain(answer)
        check(answer, "/privacy/package")
    assert [entry.act for entry in rows(house, AuditEntry)].count("privacy.packaged") == 2 * PACKAGES_A_DAY


def settle(db, number, party):
    """A site with a day of readings, and a bill."""
    site = Site(number=f"S-{number}", street=f"Katu {number}", postcode="20100", town="Turku")
    db.add(site)
    db.flush()
    gsrn = {"1": "643000000000000011", "2": "643000000000000028"}[number]
    point = MeteringPoint(gsrn=gsrn, site_id=site.id, energy="electricity")
    db.add(point)
    db.add(Occupancy(site_id=site.id, party_id=party, since=date(2026, 11, 2)))
    db.flush()
    begins = quarter_of(start_of(date(2026, 11, 1)))
    quarters = np.arange(begins, begins + 2 * 96)
    readings = Intervals(quarters, np.ones_like(quarters), quarters - begins, np.zeros(len(quarters), np.uint8))
    recording.record(db, point.id, readings, start_of(date(2026, 11, 4)))
    add_invoice(db, party, f"L-{number}")


def add_invoice(db, party, number):
    db.add(
        Invoice(
            number=number,
            party_id=party,
            issued_on=date(2026, 11, 1),
            due_on=date(2026, 11, 15),
            period_from=date(2026, 10, 1),
            period_to=date(2026, 10, 31),
            net_cents=100,
            vat_cents=25,
            total_cents=125,
            reference="1232",
            iban="FI3715903000000776",
            bic="OKOYFIHH",
            payee="Esimerkki Energia Oy",
        )
    )


def test_steps_only_grow(house, aino):
    ask(aino.browser)
    (step,) = rows(house, PrivacyStep)
    with pytest.raises(Exception, match="only grows"), house.database.writing() as db:
        db.delete(db.get_one(PrivacyStep, step.id))
