"""Authorisations: given after a preview and a fresh proof, ended in one click, every read in view."""

import json
import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import numpy as np
import pytest
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.consents.authorisations.importing import AuthorisationReadEntry, keep_authorisation_reads
from portal.consents.authorisations.models import Authorisation, AuthorisationEnd, AuthorisationPoint, ThirdParty
from portal.consents.authorisations.rules import may_last_until
from portal.consumption import recording
from portal.kit import clock, days
from portal.kit.db import Database
from portal.kit.feed import ImportContext, Outcome, Refusal
from portal.kit.intervals import Intervals, start_quarter
from portal.outbox.models import OutboxEvent
from portal.sites.models import MeteringPoint, Occupancy, Site
from tests.browser import Browser
from tests.people import AINO, MIKKO, OONA, House, Resident, vault

NOTHING = "00000000-0000-4000-8000-000000000000"
DAY = timedelta(days=1)
POWER, HEAT = "643000000000000016", "643000000000000023"


@pytest.fixture(scope="module")
def standing(tmp_path_factory, empty_sqlite):
    """One portal for all tests here: its templates are compiled once."""
    path = tmp_path_factory.mktemp("authorisations") / "portal.db"
    path.write_bytes(empty_sqlite.read_bytes())
    house = House(Database(f"sqlite:///{path}"))
    with house.database.writing() as db:
        for business_id, name, offered in (("7654330-0", "Malli-Lämpö Oy", True), ("7654325-5", "Entinen Oy", False)):
            purposes = {f"purpose_{language}": f"ohjaus {language}" for language in ("fi", "sv", "en")}
            db.add(ThirdParty(business_id=business_id, name=name, offered=offered, **purposes))
    house.database.engine.dispose()
    return house, path, path.read_bytes()


@pytest.fixture
def house(standing):
    """The portal, with its database as it was at first."""
    house, path, before = standing
    yield house
    house.database.engine.dispose()
    path.write_bytes(before)


def settle(house, party, number, *gsrns):
    """A site with metering points, held since a year ago; the first point has readings until yesterday."""
    today = clock.day_of(house.now)
    with house.database.writing() as db:
        site = Site(number=number, street=f"Katu {number}", postcode="20100", town="Turku")
        db.add(site)
        db.flush()
        db.add(Occupancy(site_id=site.id, party_id=party, since=today - 365 * DAY))
        points = [
            MeteringPoint(gsrn=gsrn, site_id=site.id, energy=energy)
            for gsrn, energy in zip(gsrns, ("electricity", "heat"), strict=False)
        ]
        db.add_all(points)
        db.flush()
        quarters = np.arange(start_quarter(today - DAY), start_quarter(today))
        readings = Intervals(
            quarters, np.ones_like(quarters), np.full(len(quarters), 250_000), np.zeros(len(quarters), np.uint8)
        )
        recording.record(db, points[0].id, readings, house.now)
    return [point.id for point in points]


@pytest.fixture
def aino(house):
    aino = Resident(house, AINO, "Aino Mäkelä", "1001")
    aino.points = settle(house, aino.party, "500001", POWER, HEAT)
    aino.fresh = house.open_for(AINO, "Aino Mäkelä", proved_minutes_ago=1)
    return aino


@pytest.fixture
def mikko(house):
    mikko = Resident(house, MIKKO, "Mikko Korhonen", "1002")
    mikko.points = settle(house, mikko.party, "500002", "643000000000000030")
    mikko.fresh = house.open_for(MIKKO, "Mikko Korhonen", proved_minutes_ago=1)
    return mikko


def company(house, name="Malli-Lämpö Oy"):
    with house.database.reading() as db:
        return db.exec(select(ThirdParty.id).where(ThirdParty.name == name)).one()


def asked(house, points, **changes):
    """The address of a preview."""
    until = (clock.day_of(house.now) + 100 * DAY).isoformat()
    request = {"company": company(house), "points": points, "resolution": "hour", "until": until} | changes
    return f"/authorisations/new?{urlencode(request, doseq=True)}"


def hidden(page):
    """The hidden fields of the preview's form."""
    form = page.text[page.text.index('action="/authorisations/new"') :]
    return {name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)}


def give(house, who, points, **changes):
    answer = who.fresh.post("/authorisations/new", data=hidden(who.fresh.open(asked(house, points, **changes))))
    assert answer.status_code == 303, answer.text
    return urlsplit(answer.headers["location"]).path


def test_a_field_of_one_choice_is_not_taken_twice(house, aino):
    form = hidden(aino.fresh.open(asked(house, aino.points)))
    twice = form | {"company": [form["company"], form["company"]]}
    assert aino.fresh.post("/authorisations/new", data=twice).status_code == 400
    assert events(house) == []


def end(browser, path):
    return browser.submit(f"{path}/end", page=path)


def rows(house, model):
    with house.database.reading() as db:
        return db.exec(select(model)).all()


def events(house):
    return [
        (event.kind, json.loads(event.payload))
        for event in rows(house, OutboxEvent)
        if event.kind.startswith("authorisation.")
    ]


# The pages


def test_whoever_has_given_nothing_is_told_what_this_is(house, aino):
    assert "Emme luovuta kulutustietoja millekään yritykselle" in aino.browser.open("/authorisations").text
    assert "/authorisations/new" in aino.browser.open("/authorisations").text


def test_somebody_who_is_no_customer_is_helped(house):
    oona = house.open_for(OONA, "Oona Virtanen")
    assert "Käyttöpaikkaa ei nyt ole meillä" in oona.open("/authorisations").text
    assert "Käyttöpaikkaa ei nyt ole meillä" in oona.open("/authorisations/new").text


def test_the_form_offers_ones_own_points_and_the_companies_of_today(aino, mikko):
    page = aino.browser.open("/authorisations/new").text
    assert POWER in page
    assert "643000000000000030" not in page
    assert "Malli-Lämpö Oy" in page
    assert "Entinen Oy" not in page


def test_a_preview_shows_exactly_what_would_be_seen_and_gives_nothing(house, aino):
    page = aino.browser.open(asked(house, [aino.points[0]])).text
    for words in ("Malli-Lämpö Oy", "7654330-0", POWER, "1,00", "mitattu", "8 ensimmäistä riviä, yhteensä 24"):
        assert words in page
    assert "Aino Mäkelä" not in page[page.index('id="fields"') : page.index('id="words"')]
    assert rows(house, Authorisation) == []


@pytest.mark.parametrize("resolution", ["quarter", "day", "month"])
def test_a_preview_is_as_fine_as_asked(house, aino, resolution):
    shown = {"quarter": "0,25", "day": "24,00", "month": "24,00"}[resolution]
    assert shown in aino.browser.open(asked(house, aino.points, resolution=resolution)).text


def test_what_is_wrong_is_said_and_what_was_typed_stays(house, aino, mikko):
    today = clock.day_of(house.now)
    for changes, says in (
        ({"points": []}, "Valitse vähintään yksi käyttöpaikka."),
        ({"points": mikko.points}, "Valitse nykyisistä käyttöpaikoista."),
        ({"points": ["x"]}, "Tarkista, mitä kirjoitit tähän."),
        ({"points": [uuid4() for _ in range(41)]}, "Valitse enintään 40 käyttöpaikkaa tai kaikki."),
        ({"company": company(house, "Entinen Oy")}, "Valitse jokin yrityksistä."),
        ({"until": "tomorrow"}, "Kirjoita viimeinen päivä näin: 31.12.2027."),
        ({"until": (today - DAY).isoformat()}, "Valitse tämä päivä tai myöhempi."),
        ({"until": (may_last_until(today) + DAY).isoformat()}, "Valtuutus kestää enintään kaksi vuotta."),
        ({"resolution": ""}, "Valitse jokin vaihtoehdoista."),
        ({"company": ""}, "Valitse jokin yrityksistä."),
    ):
        page = aino.browser.open(asked(house, **{"points": aino.points} | changes), status=422).text
        assert says in page, says
        assert "data-focus" in page
    kept = aino.browser.open(asked(house, [], resolution="day"), status=422).text
    assert 'value="day" checked' in kept


# Giving


def test_giving_needs_a_fresh_proof_and_comes_back_to_the_preview(house, aino):
    preview = asked(house, aino.points)
    form = hidden(aino.browser.open(preview))
    referer = {"Referer": f"https://portal.test{preview}"}
    answer = aino.browser.post("/authorisations/new", data=form, headers=referer)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/confirm?next=/authorisations/new%3F")
    assert rows(house, Authorisation) == []


def test_what_is_given_is_kept_announced_and_written_down(house, aino):
    path = give(house, aino, aino.points)
    (given,) = rows(house, Authorisation)
    assert path == f"/authorisations/{given.id}"
    assert (given.party_id, given.resolution, given.where) == (aino.party, "hour", "portal")
    assert given.assurance
    assert given.account_id
    assert {row.metering_point_id for row in rows(house, AuthorisationPoint)} == set(aino.points)
    ((kind, told),) = events(house)
    assert (kind, told["customer_number"], told["party_id"]) == ("authorisation.given", "1001", str(aino.party))
    assert set(told["metering_points"]) == {POWER, HEAT}
    assert told["notice_sha256"] == given.notice_sha256
    assert [entry.act for entry in rows(house, AuditEntry) if entry.object_id == str(given.id)] == [
        "authorisation.given"
    ]
    page = aino.browser.open(f"{path}?news=given").text
    for words in ("Valtuutus on voimassa.", "Valtuutus annettiin", POWER, "Yritys ei ole lukenut mitään."):
        assert words in page
    assert "Malli-Lämpö Oy" in aino.browser.open("/authorisations").text


def test_a_second_click_gives_nothing_more(house, aino):
    assert give(house, aino, aino.points) == give(house, aino, aino.points)
    assert len(rows(house, Authorisation)) == len(events(house)) == 1


def test_all_points_are_those_of_the_moment(house, aino):
    give(house, aino, ["all"])
    assert {row.metering_point_id for row in rows(house, AuthorisationPoint)} == set(aino.points)


def test_points_of_two_customer_numbers_are_not_mixed(house, aino):
    other = house.customer(AINO, "Aino Mäkelä", "1009")
    more = settle(house, other, "500009", "643000000000000047")
    page = aino.fresh.open(asked(house, [*aino.points, *more]), status=422)
    assert "yhden asiakasnumeron" in page.text
    give(house, aino, more)
    assert rows(house, Authorisation)[0].party_id == other


@pytest.mark.parametrize("changes", [{"sha256": "0" * 64}, {"resolution": "quarter"}])
def test_nothing_is_given_that_was_not_seen(house, aino, changes):
    form = hidden(aino.fresh.open(asked(house, aino.points))) | changes
    assert aino.fresh.post("/authorisations/new", data=form).status_code == 409
    assert rows(house, Authorisation) == []


@pytest.mark.parametrize("changes", [{"notice": "2026-11-21/xx"}, {"notice": "1999-01-01/fi"}, {"points": ""}])
def test_a_form_that_was_tampered_with_gives_nothing(house, aino, changes):
    form = hidden(aino.fresh.open(asked(house, aino.points))) | changes
    assert aino.fresh.post("/authorisations/new", data=form).status_code == 422
    assert rows(house, Authorisation) == []


# Ending and renewing


def test_ending_takes_one_click_and_no_proof(house, aino):
    path = give(house, aino, aino.points)
    assert end(aino.browser, path).headers["location"] == f"{path}?news=ended"
    (over,) = rows(house, AuthorisationEnd)
    assert over.how == "ended"
    assert [kind for kind, _ in events(house)] == ["authorisation.given", "authorisation.ended"]
    page = aino.browser.open(f"{path}?news=ended").text
    assert "Malli-Lämpö Oy ei enää näe kulutusta." in page
    assert "Valtuutus peruttiin" in page
    assert aino.browser.submit(f"{path}/end", page="/authorisations/new").status_code == 303, "a second click"
    assert len(rows(house, AuthorisationEnd)) == 1


def test_a_renewal_begins_as_the_old_one_was_and_takes_its_place(house, aino):
    old = give(house, aino, [aino.points[0]])
    renew = old.rpartition("/")[2]
    form = aino.fresh.open(f"/authorisations/new?renew={renew}").text
    assert f'value="{aino.points[0]}" checked' in form
    assert f'value="{aino.points[1]}" checked' not in form
    until = may_last_until(clock.day_of(house.now)).isoformat()
    assert f'value="{days.as_written(until)}"' in form
    new = give(house, aino, [aino.points[0]], until=until, renew=renew)
    assert [(row.how, str(row.authorisation_id)) for row in rows(house, AuthorisationEnd)] == [("replaced", renew)]
    assert {row.replaces_id for row in rows(house, Authorisation)} == {
        None,
        rows(house, AuthorisationEnd)[0].authorisation_id,
    }
    assert "uudempi valtuutus tuli sen tilalle" in aino.browser.open(old).text
    assert "Voimassa" in aino.browser.open(new).text


# Strangers


def test_nobody_is_sent_to_sign_in(house):
    for path in (
        "/authorisations",
        "/authorisations/new",
        f"/authorisations/{NOTHING}",
        f"/authorisations/receipts/{NOTHING}",
    ):
        assert Browser(house.app).get(path).headers["location"] == f"/sign-in?next={path}"


def test_a_stranger_finds_nothing(house, aino, mikko):
    path = give(house, aino, aino.points)
    number = path.rpartition("/")[2]
    for foreign in (path, f"/authorisations/receipts/{number}", f"/authorisations/new?renew={number}"):
        assert mikko.fresh.get(foreign).status_code == 404
    assert "Malli-Lämpö Oy" not in mikko.browser.open("/authorisations").text
    answer = mikko.browser.submit(f"{path}/end", page="/authorisations")
    assert answer.status_code == 404
    taken = hidden(mikko.fresh.open(asked(house, mikko.points))) | {"renew": number}
    assert mikko.fresh.post("/authorisations/new", data=taken).status_code == 404
    assert rows(house, AuthorisationEnd) == []


# Receipts and reads


def test_a_receipt_holds_all_that_is_kept(house, aino):
    path = give(house, aino, aino.points)
    end(aino.browser, path)
    answer = aino.browser.get(f"/authorisations/receipts/{path.rpartition('/')[2]}")
    receipt = answer.json()
    assert "attachment" in answer.headers["content-disposition"]
    assert [event["event_state"] for event in receipt["events"]] == ["given", "ended"]
    assert [event["acting_person"] for event in receipt["events"]] == ["Aino Mäkelä"] * 2
    assert receipt["pii_processing"]["metering_points"] == [POWER, HEAT]
    assert "Malli-Lämpö Oy" in receipt["pii_processing"]["privacy_notice"]["text"]
    assert [party["party_role"] for party in receipt["party_identification"]] == ["controller", "customer", "recipient"]


def read(authorisation, at, day):
    return AuthorisationReadEntry.model_validate_json(
        json.dumps(
            {
                "authorisation_id": str(authorisation),
                "at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
                "first_day": day.isoformat(),
                "last_day": day.isoformat(),
            }
        )
    )


def test_every_read_is_in_view_also_one_that_was_not_allowed(house, aino):
    path = give(house, aino, aino.points)
    number, now = path.rpartition("/")[2], house.now.replace(microsecond=0)
    before = now - 3 * DAY
    entries = [
        *(read(number, now - minute * timedelta(minutes=1), clock.day_of(now)) for minute in range(24)),
        read(number, before, clock.day_of(before)),
    ]
    late = [read(NOTHING, now, clock.day_of(now)), read(number, now + DAY, clock.day_of(now))]
    changed = read(number, before, clock.day_of(now))
    context = ImportContext(vault, now)
    with house.database.writing() as db:
        assert set(keep_authorisation_reads(db, entries, context)) == {Outcome.ACCEPTED}
        assert set(keep_authorisation_reads(db, entries, context)) == {Outcome.UNCHANGED}
        assert keep_authorisation_reads(db, [*late, changed], context) == [
            Refusal(f"unknown authorisation {NOTHING}"),
            Refusal("at lies in the future"),
            Refusal("another read of that instant is known already"),
        ]
    page = aino.browser.open(path).text
    assert "Lukukerrat (25)" in page
    assert "Ei kuulunut valtuutukseen" not in page
    second = aino.browser.fragment(f"{path}?page=2", "reads").text
    assert "Ei kuulunut valtuutukseen" in second
