"""The page of the month so far, as its customer, a newcomer, somebody with bills alone, and htmx meet it."""

from datetime import timedelta

import numpy as np
import pytest

from portal.consumption import recording
from portal.kit.clock import DAY, first_of_month
from portal.sites.models import Disconnection
from tests.consumption.readings import every
from tests.contracts.register import line
from tests.markup import found, words

HOUR_KWH = 1_000_000


class Home:
    """A home that uses a kilowatt-hour an hour at 10 c/kWh and 5 euros a month."""

    def __init__(self, who, register, *, days=None, until=None, prices=({},), **contract):
        self.who, self.register = who, register
        self.site = register.site()
        register.occupancy(who.party, self.site)
        register.taxes()
        self.point, product = register.point(self.site), register.product(name="Vakaa")
        for price in prices:
            register.price(product, "energy", "10", **price)
        register.price(product, "base", "5", basis="month")
        self.contract = register.contract(who.party, self.site, self.point, product, **contract)
        last = until or who.today - DAY
        first = last - timedelta(days=days - 1) if days else first_of_month(who.today)
        readings = every(first, last, length=4, milliwatt_hours=lambda quarter: quarter * 0 + HOUR_KWH)
        with register.database.writing() as db:
            recording.record(db, self.point, readings, who.now)

    @property
    def said(self):
        return words(self.who.browser.open("/invoices/month"))


def test_a_newcomer_sees_the_month_so_far_and_why_there_is_no_forecast(mikko, register):
    days = mikko.today.day - 1
    net = days * 24 * 10 + round(500 * days / 30)
    home = Home(mikko, register)
    assert f"{(net + round(net * 0.255)) / 100:.2f} €".replace(".", ",") in home.said
    assert "Aiempia mittaustietoja on liian vähän" in home.said
    assert "Koko kuukausi, ennuste" not in home.said


def test_three_steady_years_foretell_the_month(mikko, register):
    home = Home(mikko, register, days=3 * 365)
    net = 30 * 24 * 10 + 500
    whole = f"{(net + round(net * 0.255)) / 100:.2f}".replace(".", ",")
    assert f"Koko kuukausi, ennuste {whole} € todennäköisesti {whole}–{whole} €" in home.said
    assert "Sähkön siirtää toinen yhtiö: sen osuus ei ole mukana." in home.said


def test_a_metering_point_that_is_cut_off_takes_the_forecast_of_no_other_away(mikko, register):
    home = Home(mikko, register, days=3 * 365)
    point, product = register.point(home.site), register.product(name="Mökki")
    register.price(product, "energy", "10")
    register.contract(mikko.party, home.site, point, product)
    register.add(
        Disconnection(metering_point_id=point, connection="AE02", since=mikko.today - timedelta(days=60)),
    )
    net = 30 * 24 * 10 + 500
    whole = f"{(net + round(net * 0.255)) / 100:.2f}".replace(".", ",")
    assert f"Koko kuukausi, ennuste {whole} € todennäköisesti {whole}–{whole} €" in home.said


def free_spot_prices(mikko, register):
    """The exchange asks nothing until yesterday, so that a margin is the whole price; later prices are not known."""
    register.spot(first_of_month(mikko.today), np.zeros((mikko.today.day - 1) * 96, np.int64))


@pytest.mark.sqlite
@pytest.mark.parametrize("changes", [-9, 0, 3])
def test_the_mean_spot_price_foretells_the_month_though_a_margin_changes_within_it(mikko, register, changes):
    free_spot_prices(mikko, register)
    day = mikko.today + timedelta(days=changes)
    margins = {"basis": "spot", "last": day - DAY}, {"basis": "spot", "first": day}
    home = Home(mikko, register, days=3 * 365, prices=margins)
    net = 30 * 24 * 10 + 500
    whole = f"{(net + round(net * 0.255)) / 100:.2f}".replace(".", ",")
    assert f"Koko kuukausi, ennuste {whole} €" in home.said


@pytest.mark.sqlite
def test_a_spot_contract_that_begins_later_in_the_month_leaves_the_month_so_far_without_a_forecast(mikko, register):
    free_spot_prices(mikko, register)
    begins = mikko.today + timedelta(days=3)
    home = Home(mikko, register, days=3 * 365, valid_to=begins - DAY)
    product = register.product(name="Pörssi")
    register.price(product, "energy", "1", "spot")
    register.contract(mikko.party, home.site, home.point, product, first=begins)
    said = home.said
    assert "Loppukuun hintoja ei vielä tiedetä" in said
    assert "Koko kuukausi, ennuste" not in said
    assert "sis. alv, ei vielä lasku" in said


def test_the_bills_of_the_month_before_stand_beside_it(mikko, register):
    home = Home(mikko, register)
    before = first_of_month(mikko.today) - DAY
    bill = register.bill(mikko.party, home.site, before, cents=4200, lines=[line(home.contract, 3347, kwh="300")])
    answer = mikko.browser.open("/invoices/month")
    assert "Edellisen kuukauden laskut 42,00 €" in words(answer)
    assert found(answer, f"//section[@id='month']//a[@href='/invoices/{bill}']")


def test_the_list_of_invoices_leads_there_with_and_without_javascript(mikko, register):
    home = Home(mikko, register)
    register.bill(mikko.party, home.site, first_of_month(mikko.today) - DAY, cents=4200)
    answer = mikko.browser.open("/invoices")
    assert found(answer, "//div[@id='month']/a/@hx-get") == ["/invoices/month"]
    assert found(answer, "//div[@id='month']/a/@href") == ["/invoices/month"]
    assert found(mikko.browser.fragment("/invoices/month", "month"), "//h2[@id='so-far']")


def test_without_readings_of_the_month_nothing_is_made_up(mikko, register):
    home = Home(mikko, register, days=40, until=first_of_month(mikko.today) - DAY)
    assert "Tältä kuukaudelta ei ole vielä mittaustietoja." in home.said


@pytest.mark.sqlite
def test_who_has_no_contract_is_told_so(oona):
    assert "Täällä ei ole nyt sopimusta, jonka mittaustiedot ja hinnat saat nähdä." in words(
        oona.open("/invoices/month")
    )
