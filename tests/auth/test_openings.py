"""What each way in opens, route by route: the table of rules against that of addresses, which knows nothing of it."""

from urllib.parse import unquote

import pytest

from portal.auth import rules
from portal.auth.people import ConfirmedUser, anyone
from portal.auth.rules import OPENS, Asks, Way
from portal.kit.access import Anyone
from portal.kit.i18n import Language
from tests.addresses import Cell, Kind, doors
from tests.people import AINO
from tests.portal import routes

SERVED = [(route, method) for route in routes() for method in route.methods if method != "HEAD"]


@pytest.mark.parametrize(("route", "method"), SERVED, ids=lambda one: getattr(one, "path", one))
def test_every_route_stands_in_the_table_and_asks_what_its_guard_asks(route, method):
    found, kind = rules.asks(method, route.path), route.guard.kind
    assert found, f"{method} {route.path}: put it into OPENS of portal/auth/rules.py"
    assert (found is Asks.NOTHING) == (kind is Anyone)
    assert found is Asks.BANK_NOW or kind is not ConfirmedUser


def test_the_table_names_no_route_twice_and_none_that_is_not_there():
    named = [route for one in OPENS for route in one.routes]
    assert len(named) == len(set(named))
    assert set(named) <= {(method, route.path) for route, method in SERVED}


@pytest.mark.parametrize("door", doors(), ids=lambda door: f"{door.method} {door.address}")
def test_the_table_says_what_the_addresses_say(door):
    asked = rules.asks(door.method, door.route)
    assert (door.cells[Kind.PASSWORD] is Cell.PROVE) == (asked in {Asks.BANK, Asks.BANK_NOW})
    assert (door.cells[Kind.OWN] is Cell.PROVE) == (asked is Asks.BANK_NOW)


@pytest.mark.parametrize("way", [Way.PASSWORD, Way.PASSKEY])
def test_what_the_table_does_not_name_only_the_bank_opens(way):
    assert not rules.is_open_to(way, "GET", "/new")
    assert rules.is_open_to(Way.BANK, "GET", "/new")


@pytest.mark.parametrize("language", Language)
def test_the_help_page_prints_it(nobody, language):
    nobody.headers["Accept-Language"] = language
    page = nobody.open("/help").text
    assert [one.says.said(language) for one in OPENS if one.says.said(language) not in page] == []


@pytest.mark.parametrize("way", [Way.PASSWORD])
def test_another_way_reads_everyday_pages_and_is_led_to_the_bank_where_the_table_says(house, aino, way):
    browser = house.open_by(way, AINO, "Aino Mäkelä")
    browser.open("/overview")
    assert browser.get("/privacy").headers["location"] == "/confirm?next=/privacy"
    browser.open("/confirm?next=/privacy")


def test_what_was_typed_before_the_bank_is_kept(house, aino):
    browser = house.open_by(Way.PASSWORD, AINO, "Aino Mäkelä")
    form = {"street": "Uusikatu 1", "country": "FI", "postcode": "33100", "town": "Tampere"}
    came_from = {"Referer": "https://portal.test/account/address"}
    sent = browser.submit("/account/address", form, page="/account/address", headers=came_from)
    then = unquote(sent.headers["location"].removeprefix("/confirm?next=")).partition("#")[0]
    assert then.startswith("/account/address?kept=")
    assert "Uusikatu 1" in house.open_for(AINO, "Aino Mäkelä").open(then).text


def test_anyone_is_open_to_all(house, aino):
    assert anyone.kind is Anyone
    house.open_by(Way.PASSWORD, AINO).open("/help")
