"""The calendar of due dates: what it says, to whom, in which bytes, and for how long."""

import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select
from starlette.requests import Request
from starlette.testclient import TestClient

from portal.invoices import banking_days
from portal.kit.clock import HELSINKI
from portal.kit.rates import Rate, Rates, Turnstile
from portal.payments.calendar_pages import fetch
from portal.payments.ics import LONGEST, DueDay, PlannedOutage, calendar
from portal.payments.models import CalendarLink
from tests import markup
from tests.outages.conftest import HOUR, Network
from tests.people import on_both

pytestmark = pytest.mark.sqlite

A_DAY = DueDay(
    "1@portal.test", "Lasku erääntyy: sähkö", "https://portal.test/invoices/1#pay", date(2026, 11, 2), date(2026, 12, 7)
)


@pytest.fixture
def network(database):
    """A register whose network has outages."""
    return Network(database)


def made(browser):
    """Make an address by a click; its path."""
    page = browser.submit("/account/calendar", {}, page="/account/calendar")
    assert page.status_code == 200
    return urlsplit(re.search(r'data-copy="(https://portal\.test/calendar/[^"]+)"', page.text)[1]).path


def fetched(house, path, **headers):
    return TestClient(house.app, base_url="https://portal.test").get(path, headers=headers)


def unfolded(body):
    assert body.endswith(b"\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert max(map(len, body.split(b"\r\n"))) <= LONGEST
    return body.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


@on_both
def test_a_calendar_says_when_a_bill_is_due_and_neither_who_nor_how_much(house, books, aino):
    answer = fetched(house, made(aino.browser))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"].startswith("private")
    lines = unfolded(answer.content)
    assert lines.count("BEGIN:VEVENT") == lines.count("BEGIN:VALARM") == 1
    assert f"DTSTART;VALUE=DATE:{banking_days.on_or_after(books.due_on):%Y%m%d}" in lines
    assert f"URL:https://portal.test/invoices/{books.unpaid}#pay" in lines
    assert "SUMMARY:Lasku erääntyy: sähkö" in lines
    for told in ("Aino", "Mäkelä", "94,99", "9499", "1001", "Esimerkkikatu"):
        assert told not in answer.text, told


def test_it_is_the_same_until_something_changes(house, register, books, aino):
    path = made(aino.browser)
    first = fetched(house, path)
    assert fetched(house, path, **{"If-None-Match": first.headers["etag"]}).status_code == 304
    register.payment(books.unpaid, 9499, aino.today)
    changed = fetched(house, path, **{"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert b"VEVENT" not in changed.content


def test_a_click_ends_it_at_once_and_a_new_address_ends_the_old_one(house, books, aino):
    old = made(aino.browser)
    new = made(aino.browser)
    assert fetched(house, old).status_code == 404
    assert fetched(house, new).status_code == 200
    aino.browser.submit("/account/calendar/end", {}, page="/account/calendar")
    assert fetched(house, new).status_code == 404
    assert "Kalenterilla ei ole osoitetta" in markup.words(aino.browser.open("/account/calendar"), "//main")


def test_the_address_is_told_once_and_kept_as_a_hash(house, books, aino):
    secret = made(aino.browser).removeprefix("/calendar/").removesuffix(".ics")
    assert len(secret) == 43
    assert secret not in aino.browser.open("/account/calendar").text
    with house.database.reading() as db:
        [link] = db.exec(select(CalendarLink)).all()
    assert secret.encode() not in link.secret_hash
    assert len(link.secret_hash) == 32


def test_who_guesses_too_often_has_to_wait():
    turnstile = Turnstile(Rates(Rate(1), Rate(1)), lambda: 0.0)
    assert turnstile.wait_s("203.0.113.9") == 0
    guess = {"type": "http", "client": ("203.0.113.9", 50_000), "path_params": {"secret": "a-guess"}, "headers": []}
    answer = anyio.run(fetch, turnstile, Request(guess))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")


def test_an_address_that_is_nobodys_finds_nothing(house, books, aino):
    path = made(aino.browser)
    for wrong in ("/calendar/x.ics", path.replace(".ics", "x.ics"), path.lower()):
        assert fetched(house, wrong).status_code == 404


def test_a_stranger_sees_nothing_of_it(house, books, aino, mikko):
    made(aino.browser)
    assert "Kalenterilla ei ole osoitetta" in markup.words(mikko.browser.open("/account/calendar"), "//main")
    mikko.browser.submit("/account/calendar/end", {}, page="/account/calendar")
    with house.database.reading() as db:
        assert len(db.exec(select(CalendarLink)).all()) == 1


@given(says=st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=200))
def test_any_words_are_folded_and_come_back(says):
    lines = unfolded(calendar("Laskut", [DueDay(A_DAY.uid, says, A_DAY.url, A_DAY.made_on, A_DAY.on)]))
    summary = next(line for line in lines if line.startswith("SUMMARY:")).removeprefix("SUMMARY:")
    assert re.sub(r"\\(.)", r"\1", summary) == says


def test_a_day_lasts_until_the_next():
    lines = unfolded(calendar("Laskut", [A_DAY]))
    assert "DTSTART;VALUE=DATE:20261207" in lines
    assert f"DTEND;VALUE=DATE:{A_DAY.on + timedelta(days=1):%Y%m%d}" in lines
    assert "TRIGGER:-PT15H" in lines


@pytest.mark.parametrize(
    ("starts", "rings"),
    [
        (datetime(2026, 12, 5, 16, tzinfo=UTC), "20261204T070000Z"),  # 18.00 in Helsinki: at nine the day before
        (datetime(2026, 12, 5, 22, 30, tzinfo=UTC), "20261205T070000Z"),  # 0.30 on the 6th
        (datetime(2026, 6, 5, 6, tzinfo=UTC), "20260604T060000Z"),  # in summer time
    ],
)
def test_work_at_any_hour_rings_on_the_morning_of_the_day_before(starts, rings):
    work = PlannedOutage("1", "Katko", "https://portal.test", date(2026, 11, 1), starts, starts)
    lines = unfolded(calendar("Katkot", [work]))
    assert f"TRIGGER;VALUE=DATE-TIME:{rings}" in lines
    assert not [line for line in lines if line.startswith("DTEND")]  # it would end as it begins


def test_planned_outages_of_ones_sites_come_into_it_and_go_when_they_are_called_off(house, network, aino):
    site = network.site()
    network.occupancy(aino.party, site)
    also = network.site("Toinenkatu 2")
    network.occupancy(aino.party, also)
    planned = network.outage(site, also, state="announced", kind="work", starts=30 * HOUR, expected=33 * HOUR)
    network.outage(site, kind="fault")  # is felt before a calendar asks
    network.outage(network.site("Muukatu 3"), state="announced", kind="work", starts=30 * HOUR)  # of another's site
    network.outage(kind="work", state="announced", starts=30 * HOUR)  # of an area: it may not concern them
    path = made(aino.browser)
    lines = unfolded(fetched(house, path).content)
    assert lines.count("BEGIN:VEVENT") == 1
    assert f"UID:{planned}@portal.test" in lines
    assert f"DTSTART:{network.now + 30 * HOUR:%Y%m%dT%H%M%SZ}" in lines
    assert f"DTEND:{network.now + 33 * HOUR:%Y%m%dT%H%M%SZ}" in lines
    assert "SUMMARY:Suunniteltu sähkökatko" in lines
    assert "URL:https://portal.test/outages" in lines
    assert not [line for line in lines if "katu" in line.removeprefix("SUMMARY:Suunniteltu sähkökatko")]
    network.now_says(planned, state="cancelled")
    assert b"VEVENT" not in fetched(house, path).content


def test_hours_whose_end_nobody_knows_have_none():
    begins = datetime(2026, 12, 1, 8, 30, tzinfo=HELSINKI)
    hours = PlannedOutage("1@portal.test", "Katko", "https://portal.test/outages", date(2026, 11, 21), begins, None)
    lines = unfolded(calendar("Katkot", [hours]))
    assert "DTSTART:20261201T063000Z" in lines
    assert not [line for line in lines if line.startswith("DTEND")]


def test_whoever_may_have_a_calendar_finds_it_beside_the_outages(aino, nobody):
    assert "/account/calendar" in markup.found(aino.browser.open("/outages"), "//main//a/@href")
    assert "/account/calendar" not in markup.found(nobody.open("/outages"), "//main//a/@href")
