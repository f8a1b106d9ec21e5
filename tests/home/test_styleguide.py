"""The styleguide shows every component, in demo and test only."""

from dataclasses import replace

from portal import app
from portal.kit.db import Database
from portal.settings import Environment
from tests.browser import Browser
from tests.people import House
from tests.portal import identification
from tests.settings import settings


def test_it_shows_the_parts_in_every_language(sqlite_url):
    database = Database(sqlite_url)
    house = House(database)
    for language, heading in (("fi", "Komponentit"), ("sv", "Komponenter"), ("en", "Components")):
        page = Browser(house.app, language=language).open("/styleguide")
        assert f"<h1>{heading}</h1>" in page.text
        assert page.text.count("<section") > 15
    database.engine.dispose()


def test_production_has_none():
    served = app.routes(replace(settings(), environment=Environment.PRODUCTION), identification())
    assert "/styleguide" not in {route.path for route in served}
