from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from portal.auth.reach import Reach
from portal.customers.models import Party
from portal.sites.models import Occupancy, Site
from portal.weather import importing, queries
from portal.weather.rules import day_means, degree_days
from tests.asked import asking
from tests.people import user
from tests.weather.builders import constant

FIRST, LAST = date(2026, 9, 30), date(2026, 11, 20)


class Register:
    """People, sites and the weather."""

    def __init__(self, db):
        self.db = db

    def party(self):
        party = Party(id=uuid4(), customer_number=str(uuid4()), kind="person", name="Customer")
        self.db.add(party)
        return party.id

    def site(self, party, town, weather_place=None):
        site = Site(id=uuid4(), number=str(uuid4()), street="A 1", postcode="1", town=town, weather_place=weather_place)
        self.db.add(site)
        self.db.flush()
        self.db.add(Occupancy(site_id=site.id, party_id=party, since=date(2020, 1, 1)))
        self.db.flush()
        return site.id


@pytest.fixture
def db(database):
    with database.writing() as session:
        yield session


@pytest.fixture
def register(db):
    told = {"Turku": constant(FIRST, LAST, -2.5), "ESPOO": constant(FIRST, LAST, 3)}
    assert importing.record(db, told) == 2 * sum(len(one.hundredths) for one in told.values()) // 2
    assert importing.record(db, told) == 0
    return Register(db)


def of(db, party, *sites, first=FIRST, last=LAST):
    return queries.of_sites(db, user(Reach(frozenset({party}))), sites, first, last)


def test_the_weather_of_a_site_is_that_of_its_town(db, register):
    aino = register.party()
    found = of(db, aino, register.site(aino, "TURKU"))
    assert found.place == "TURKU"
    assert day_means(found.temperatures, FIRST, FIRST) == [Decimal("-2.5")]
    assert degree_days(found.temperatures, date(2026, 10, 1), date(2026, 10, 31)) == Decimal("19.5") * 31


def test_or_of_the_place_that_the_register_names(db, register):
    aino = register.party()
    found = of(db, aino, register.site(aino, "Esbo", "Espoo"), register.site(aino, "Espoo"))
    assert found.place == "Espoo"
    assert day_means(found.temperatures, LAST, LAST) == [Decimal(3)]


def test_sites_in_different_places_have_no_weather_together(db, register):
    aino = register.party()
    assert of(db, aino, register.site(aino, "Turku"), register.site(aino, "Espoo")).place is None


def test_a_place_of_which_nobody_tells_has_no_temperatures(db, register):
    aino = register.party()
    found = of(db, aino, register.site(aino, "Oulu"))
    assert (found.place, len(found.temperatures.hundredths)) == ("Oulu", 0)
    assert day_means(found.temperatures, FIRST, LAST) == [None] * 52


def test_nobody_learns_where_a_site_of_others_is(db, register):
    aino, eino = register.party(), register.party()
    assert of(db, aino, register.site(eino, "Turku")).place is None


def test_only_the_months_asked_for_are_read_in_two_statements(db, database, register):
    aino = register.party()
    site = register.site(aino, "Turku")
    with asking(database) as asked:
        found = of(db, aino, site, first=date(2026, 10, 31), last=date(2026, 10, 31))
    assert len(asked) == 2
    assert len(found.temperatures.hundredths) == 745
