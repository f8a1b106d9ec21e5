"""The overview of a new customer, of nobody's customer, and how it greets."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.consumption.registers.models import RegisterReading
from portal.customers.models import Mandate
from portal.kit.i18n import Language
from portal.overview.pages import greeting
from portal.sites.models import Disconnection
from tests.contracts.register import Register
from tests.markup import found, said, words


def test_a_new_customer_is_told_what_will_be_here(aino):
    page = aino.browser.open("/overview")
    assert "Avoimia laskuja ei ole." in page.text
    assert "Kulutustietoja ei ole vielä." in page.text
    assert "Voimassa olevia sopimuksia ei ole." in page.text
    assert "Suostumuksia ei ole annettu." in page.text
    assert "Kieltoja ei ole voimassa." in page.text
    assert "1001" in page.text


def test_somebody_who_is_no_customer_is_helped(oona):
    page = oona.open("/overview")
    assert "nimissäsi ei ole sopimusta" in page.text
    assert 'href="tel:' in page.text


def test_nobody_is_sent_to_sign_in(nobody):
    assert nobody.get("/overview").headers["location"] == "/sign-in?next=/overview"


@pytest.mark.parametrize(
    ("hour_utc", "said"),
    [
        (2, "Hei Aino"),
        (3, "Hyvää huomenta Aino"),
        (7, "Hyvää huomenta Aino"),
        (8, "Hei Aino"),
        (14, "Hei Aino"),
        (15, "Hyvää iltaa, Aino"),
        (20, "Hyvää iltaa, Aino"),
        (21, "Hei Aino"),
        (23, "Hei Aino"),
    ],
)
def test_the_greeting_goes_by_the_clock_in_helsinki(hour_utc, said):
    at = datetime(2026, 11, 21, hour_utc, tzinfo=UTC)
    words = greeting("Aino Mäkelä", at).said(Language.FI)
    assert words.replace(",", "") == said.replace(",", "")


def test_a_draft_waits_on_the_overview_for_whoever_began_it(house, aino, mikko):
    register = Register(house.database)
    site = register.site()
    register.occupancy(aino.party, site)
    contract = register.contract(aino.party, site, register.point(site), register.product())
    begin = f"/requests/new/end?contract={contract}"
    begun = aino.browser.submit("/requests/new/end", {"contract": str(contract)}, page=begin).headers["location"]
    needs = "//section[@aria-labelledby='needs']"
    page = aino.browser.open("/overview")
    assert found(page, f"{needs}//a/@href") == [begun]
    assert "Aloitettu, mutta lähettämättä" in words(page, needs)
    assert not found(mikko.browser.open("/overview"), needs)


def test_what_ends_what_was_made_and_what_is_to_be_read_stands_on_the_overview(house, aino, mikko):
    register, today = Register(house.database), aino.today
    site = register.site()
    register.occupancy(aino.party, site)
    register.contract(aino.party, site, register.point(site), register.product(), signed_on=today)
    read = {"metering_point_id": register.point(site, "gas"), "serial": "M1", "counts": "total", "unit": "m3"}
    cut_off = read | {"metering_point_id": register.point(site, "cooling"), "read_how": "customer"}
    by_utility = read | {"metering_point_id": register.point(site, "heat"), "read_how": "utility"}
    mandate = {"themes": "billing", "every_site": True, "level": "see", "valid_from": today - timedelta(9)}
    register.add(
        RegisterReading(**read, read_on=date(2025, 11, 1), reading=1, read_how="customer"),
        RegisterReading(**read, read_on=date(2026, 8, 1), reading=9, read_how="estimate"),
        RegisterReading(**by_utility, read_on=date(2025, 11, 1), reading=1),
        RegisterReading(**cut_off, read_on=date(2025, 11, 1), reading=1),
        Disconnection(metering_point_id=cut_off["metering_point_id"], connection="AE02", since=today),
        Mandate(**mandate, grantor_id=aino.party, grantee_id=mikko.party, valid_to=today + timedelta(9)),
    )
    needs = "//section[@aria-labelledby='needs']//span[@class='row__title']"
    assert [said(one) for one in found(aino.browser.open("/overview"), needs)] == [
        "Maakaasu, Esimerkkikatu 4: mittari odottaa lukemista.",
        f"Valtuus päättyy. Sen saaja on {mikko.name}.",
        "Sopimuksen Vakaa voi peruuttaa syytä ilmoittamatta.",
    ]
    assert words(mikko.browser.open("/overview"), needs) == f"Valtuutesi päättyy. Sen antaja on {aino.name}."
