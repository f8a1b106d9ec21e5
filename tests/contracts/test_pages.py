"""The contract pages, as a customer, nobody, a stranger, somebody who mistypes, and htmx meet them."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from portal.customers.models import Party
from tests.contracts.register import LONG_AGO
from tests.markup import found, words
from tests.people import AINO
from tests.requests.conftest import ELSEWHERE, begin, fill_in, send


@pytest.fixture
def home(register, aino):
    """Aino's home with a fixed-term sales contract, its network contract and one that has ended."""
    return Home(register, aino)


class Home:
    def __init__(self, register, who):
        register.taxes()
        self.site = register.site(name="koti")
        register.occupancy(who.party, self.site)
        self.point = register.point(self.site)
        fixed = register.product(name="Vakaa", origin="hydro")
        register.price(fixed, "energy", "6.765", position=0)
        register.price(fixed, "base", "1.90", "month", last=who.today - timedelta(days=300), position=1)
        register.price(fixed, "base", "3.90", "month", first=who.today - timedelta(days=299), position=1)
        network = register.product("network", "Siirto")
        soon = who.today + timedelta(days=40)
        register.price(network, "energy", "3.51", last=soon - timedelta(days=1))
        register.price(network, "energy", "3.60", first=soon)
        where = (who.party, self.site, self.point)
        until = who.today + timedelta(days=130)
        began = who.today - timedelta(days=600)
        self.sales = register.contract(*where, fixed, first=began, fixed_until=until, signed_on=began - timedelta(9))
        self.network = register.contract(*where, network, "network", tax_class="I", notice_days=1)
        self.ended = register.contract(*where, fixed, valid_to=who.today - timedelta(days=601))


def test_the_list_shows_every_contract_by_site(aino, home):
    said = words(aino.browser.open("/contracts"))
    assert "Esimerkkikatu 4, koti" in said
    assert "Sähkönmyynti · 8,49 c/kWh ·" in said
    assert "Sähkönsiirto · toistaiseksi" in said
    assert "2 sopimusta" in said
    assert "Osa energy: 4,41 → 4,52 c/kWh" in said
    assert "Päättyneet sopimukset" in said


def test_a_contract_says_where_its_energy_comes_from(aino, home, register):
    register.fuel_mix(aino.today.year - 1, renewable="100", co2="0")
    of_sales, of_network = (
        words(aino.browser.open(f"/contracts/{one}"), "//section[@aria-labelledby='origin']")
        for one in (home.sales, home.network)
    )
    assert of_sales == (
        f"Energialähteet ja päästöt Sähkö {aino.today.year - 1} Uusiutuvat energialähteet 100 % Hiilidioksidi 0 g/kWh"
    )
    assert of_network == ""


def test_what_comes_to_several_contracts_of_a_product_alike_is_said_once(aino, home, register):
    network = register.product("network", "Yleissiirto")
    soon = aino.today + timedelta(days=40)
    register.price(network, "energy", "4.00", last=soon - timedelta(days=1))
    register.price(network, "energy", "5.00", first=soon)
    for _ in range(3):
        site = register.site()
        register.occupancy(aino.party, site)
        register.contract(aino.party, site, register.point(site), network, "network", tax_class="I")

    answer = aino.browser.open("/contracts")

    assert words(answer, ".//section[@aria-labelledby='coming']").count("Osa energy: 5,02 → 6,28 c/kWh") == 1
    assert "Yleissiirto, 3 sopimusta" in words(answer, ".//section[@aria-labelledby='coming']")
    assert "Osa energy: 4,41 → 4,52 c/kWh" in words(answer, ".//section[@aria-labelledby='coming']")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (None, "Hahmokatu 11"),
        ("koti", "Hahmokatu 11, koti"),
        ("Hahmokatu 11, liiketila", "Hahmokatu 11, liiketila"),
    ],
)
def test_a_site_named_after_its_street_is_not_told_twice(aino, register, name, said):
    site = register.site("Hahmokatu 11", name)
    register.occupancy(aino.party, site)
    register.contract(aino.party, site, register.point(site), register.product())
    assert f">{said}</h2>" in aino.browser.open("/contracts").text


def test_one_contract_shows_prices_with_and_without_vat_and_its_term(aino, home):
    said = words(aino.browser.open(f"/contracts/{home.sales}"))
    assert "Osa energy, sis. alv 8,49 c/kWh" in said
    assert "6,765 c/kWh 25,5 % 8,49 c/kWh Voimassa" in said
    assert "1 aiempi hinta" in said
    assert "130 päivää jäljellä" in said
    assert "Irtisanomisaikasi 14 päivää" in said
    assert "Vesivoima" in said
    assert "Sopimus tehtiin" in said


def test_a_consumer_may_end_a_longer_fixed_term_after_two_years(aino, home, register):
    began = aino.today - timedelta(days=3 * 365)
    product = register.product(name="Pitkä")
    where = (aino.party, home.site, register.point(home.site), product)
    long = register.contract(*where, first=began, fixed_until=aino.today + timedelta(days=365))
    said = words(aino.browser.open(f"/contracts/{long}"))
    soon = aino.today + timedelta(days=14)
    assert f"viimeinen päivä olisi {soon.day}.{soon.month}.{soon.year}" in said
    assert "sitoo kuluttajaa enintään kaksi vuotta" in said
    assert "sitoo kuluttajaa" not in words(aino.browser.open(f"/contracts/{home.network}"))


def test_beside_a_last_day_nothing_is_said_to_go_on(aino, home, register):
    last = aino.today + timedelta(days=30)
    ending = register.contract(
        *(aino.party, home.site, register.point(home.site), register.product(name="Loppuva")),
        valid_to=last,
        fixed_until=aino.today + timedelta(days=90),
    )
    said = words(aino.browser.open(f"/contracts/{ending}"))
    day = f"{last.day}.{last.month}.{last.year}"
    assert f"Voimassaolo {day} asti" in said
    assert "30 päivää jäljellä" in said
    assert "toistaiseksi" not in said
    assert f"Viimeinen päivä {day}" in said


def test_a_change_of_vat_cuts_the_price_and_stands_in_the_trail(aino, home, register):
    changes = aino.today - timedelta(days=20)
    register.vat("sales", "24", last=changes - timedelta(days=1))
    register.vat("sales", "25.5", first=changes)
    said = words(aino.browser.open(f"/contracts/{home.sales}"))
    assert "6,765 c/kWh 25,5 % 8,49 c/kWh Voimassa" in said
    assert "6,765 c/kWh 24 % 8,39 c/kWh" in said
    assert said.count("Alv: 24 % → 25,5 %") == 1
    assert "Osa energy: 8,39" not in said


def test_a_network_contract_shows_tax_and_what_comes(aino, home):
    said = words(aino.browser.open(f"/contracts/{home.network}"))
    assert "Sähkövero, veroluokka I" in said
    assert "Irtisanomisaikasi 1 päivä " in said
    assert "Tuleva" in said


@pytest.mark.parametrize(
    ("kind", "energy", "price", "shown"),
    [
        ("heat", "heat", ("7.506", "energy"), "94,20 €/MWh"),
        ("cooling", "cooling", ("3", "energy"), "37,65 €/MWh"),
        ("gas", "gas", ("5", "energy"), "62,75 €/MWh"),
        ("sales", "electricity", ("0.36", "spot"), "pörssihinta + 0,45 c/kWh"),
        ("purchase", "production", ("0.3", "spot"), "pörssihinta − 0,30 c/kWh"),
        ("connection", "electricity", ("5", "month"), "Liittymä · toistaiseksi"),
    ],
)
def test_every_kind_of_contract_presents_itself(aino, register, kind, energy, price, shown):
    register.taxes()
    site = register.site()
    product = register.product(kind, "Tuote", origin="another origin")
    register.price(product, "part", *price)
    contract = register.contract(aino.party, site, register.point(site, energy), product, kind, contracted_kw=12)
    assert shown in words(aino.browser.open("/contracts"))
    said = words(aino.browser.open(f"/contracts/{contract}"))
    assert "Sopimusteho 12 kW" in said
    assert "another origin" in said


@pytest.mark.parametrize(("minutes", "each"), [(15, "vartin"), (60, "tunnin")])
def test_a_purchase_at_the_spot_price_says_what_we_pay(aino, register, minutes, each):
    register.taxes()
    site, product = register.site(), register.product("purchase", billing_minutes=minutes)
    register.price(product, "energy", "0.3", "spot")
    contract = register.contract(aino.party, site, register.point(site, "production"), product, "purchase")
    said = words(aino.browser.open(f"/contracts/{contract}"))
    assert f"Maksamme sinulle kunkin {each} pörssihinnan, josta vähennetään marginaali." in said
    assert "Pörssihinnasta vähennettävä marginaali" in said
    assert "Maksat" not in said
    assert "hinnan päälle" not in said


@pytest.mark.parametrize("minutes", [15, 60])
def test_a_spot_contract_says_how_often_its_price_changes(aino, register, minutes):
    register.taxes()
    site = register.site()
    product = register.product(billing_minutes=minutes)
    register.price(product, "energy", "0.36", "spot")
    contract = register.contract(aino.party, site, register.point(site), product)
    said = words(aino.browser.open(f"/contracts/{contract}"))
    assert ("15 minuutin välein" in said) == (minutes == 15)


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [(0, 10, "Sopimus päättyy"), (5, None, "Sopimus alkaa"), (-10, -1, "Sopimus päättyi"), (-10, None, "toistaiseksi")],
)
def test_a_contract_says_where_it_stands(aino, register, first, last, says):
    site = register.site()
    day = lambda distance: None if distance is None else aino.today + timedelta(days=distance)  # noqa: E731
    contract = register.contract(
        aino.party, site, register.point(site), register.product(), first=day(first), valid_to=day(last)
    )
    assert says in words(aino.browser.open(f"/contracts/{contract}"))


def test_prices_without_a_known_rate_of_vat_are_shown_without(aino, register):
    site = register.site()
    product = register.product()
    register.price(product, "energy", "6.765")
    contract = register.contract(aino.party, site, register.point(site), product)
    assert "6,765 c/kWh" in words(aino.browser.open(f"/contracts/{contract}"))


@pytest.mark.parametrize(("language", "name"), [("fi", "Vakaa"), ("sv", "Vakaa sv"), ("en", "Vakaa en")])
def test_every_language_has_its_own_words(house, aino, home, language, name):
    browser = house.open_for(AINO, aino.name, language=language)
    assert f"<h1>{name}</h1>" in browser.open(f"/contracts/{home.sales}").text
    browser.open("/contracts")


def test_nobody_is_sent_to_sign_in(nobody, home):
    for path in ("/contracts", f"/contracts/{home.sales}"):
        answer = nobody.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={path}")


def test_a_stranger_finds_nothing(mikko, oona, home):
    for browser in (mikko.browser, oona):
        browser.open(f"/contracts/{home.sales}", status=404)
        assert "Esimerkkikatu" not in browser.open("/contracts").text


@pytest.mark.parametrize("wrong", [uuid4(), "1", "700001", "%00", "x" * 500])
def test_a_wrong_id_finds_nothing(aino, home, wrong):
    aino.browser.open(f"/contracts/{wrong}", status=404)


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "9" * 40, "\u0661"])
def test_a_page_that_makes_no_sense_is_the_nearest_there_is(aino, home, page):
    assert "Esimerkkikatu 4" in aino.browser.open("/contracts", params={"page": page}).text


def test_many_sites_come_in_pages_and_htmx_gets_only_its_block(aino, register):
    product = register.product()
    for number in range(14):
        site = register.site(f"Katu {number:02}")
        register.contract(aino.party, site, register.point(site), product, first=LONG_AGO)
    assert "Katu 11" in aino.browser.open("/contracts").text
    answer = aino.browser.fragment("/contracts?page=2", "contracts")
    assert "Katu 12" in answer.text
    assert "Katu 11" not in answer.text
    assert "<h1" not in answer.text


def test_among_many_sites_one_searches_by_what_stands_on_a_contract(aino, register):
    sales, spot = register.product(), register.product(name="Pörssi")
    for number in range(14):
        site = register.site(f"Katu {number:02}", "Åkes kontor" if number == 7 else None)
        register.occupancy(aino.party, site)
        register.contract(aino.party, site, register.point(site), spot if number == 3 else sales, first=LONG_AGO)
    page = aino.browser.open("/contracts?q=%C3%A5kes")
    assert ("Katu 07" in page.text, "Katu 06" in page.text, "Löytyi 1 kohde" in page.text) == (True, False, True)
    assert "Katu 03" in aino.browser.fragment("/contracts?q=p%C3%B6rssi&sort=end", "contracts").text
    assert "ei löydy mitään" in words(aino.browser.open("/contracts?q=%3Cnowhere%3E"))


def test_a_few_contracts_are_not_searched(aino, home):
    assert not found(aino.browser.open("/contracts"), "//form[@role='search']")


def test_what_a_site_is_called_by_who_holds_it_now_finds_nothing_for_others(aino, mikko, register):
    site = register.site("Muukatu 3", "Mikon mökki")
    register.occupancy(mikko.party, site)
    register.contract(aino.party, site, register.point(site), register.product())
    assert "Muukatu 3" not in aino.browser.open("/contracts?q=mikon").text
    assert "Muukatu 3" in aino.browser.open("/contracts?q=muukatu").text


def test_a_former_holder_does_not_read_how_the_present_one_lives(aino, mikko, register):
    site = register.site(name="mökki", estimated_kwh_a_year=9000)
    over = aino.today - timedelta(days=30)
    contract = register.contract(aino.party, site, register.point(site), register.product(), valid_to=over)
    register.occupancy(aino.party, site, until=over)
    register.occupancy(mikko.party, site, since=over + timedelta(days=1))
    said = words(aino.browser.open(f"/contracts/{contract}"))
    assert "Esimerkkikatu 4" in said
    assert not {told for told in ("mökki", "9 000 kWh", "3 x 25 A") if told in said}


def test_what_we_buy_from_a_roof_stands_apart_from_what_we_sell(aino, register, home):
    roof = register.product("purchase", "Osto")
    register.price(roof, "energy", "-3.60")
    contract = register.contract(aino.party, home.site, register.point(home.site, "production"), roof, "purchase")
    said = words(aino.browser.open("/contracts"))
    assert "Tuotanto Osto Aurinkosähkön osto · 3,60 c/kWh" in said
    page = words(aino.browser.open(f"/contracts/{contract}"))
    assert "Aurinkosähkön osto" in page
    assert "Maksamme sinulle: Osa energy 3,60 c/kWh" in page
    assert "−3,60" not in page


ADDED = {
    "fi": (
        "arvonlisävero lisätään niiden summaan",
        "Hintoihin ei lisätä arvonlisäveroa, koska kyse on yksityishenkilön",
    ),
    "sv": ("momsen läggs till summan", "Ingen moms läggs till, eftersom det gäller överskottsel som en privatperson"),
    "en": ("VAT is added to their sum", "No VAT is added: this is surplus electricity that a private person sells."),
}


@pytest.mark.parametrize("language", ADDED)
def test_no_vat_is_spoken_of_where_a_person_sells_their_surplus(house, aino, register, home, language):
    roof = register.product("purchase", "Osto")
    register.price(roof, "energy", "-3.60")
    register.price(roof, "fee", "1.50", basis="month")
    contract = register.contract(aino.party, home.site, register.point(home.site, "production"), roof, "purchase")
    browser = house.open_for(AINO, aino.name, language=language)
    is_added, is_not = ADDED[language]
    page = words(browser.open(f"/contracts/{contract}"))
    assert is_not in page
    assert is_added not in page
    assert not re.search("sis. alv|inkl. moms|incl. VAT", page)
    register.vat("purchase", "25.5")
    assert is_added in words(browser.open(f"/contracts/{contract}"))


def test_a_company_without_vat_is_not_called_a_private_person(aino, register, home):
    roof = register.product("purchase", "Osto")
    register.price(roof, "energy", "-3.60")
    contract = register.contract(aino.party, home.site, register.point(home.site, "production"), roof, "purchase")
    with register.database.writing() as db:
        company = db.get(Party, aino.party)
        company.kind, company.business_id = "company", "1234567-1"
    page = words(aino.browser.open(f"/contracts/{contract}"))
    assert "Näihin hintoihin ei lisätä arvonlisäveroa." in page
    assert "yksityishenkilön" not in page


def test_what_was_asked_for_about_a_contract_stands_on_its_page(aino, home):
    page = f"/contracts/{home.sales}"
    assert "Palvelupyynnöt" not in words(aino.browser.open(page), "//main")
    draft = begin(aino.browser, contract=home.sales)
    shown = aino.browser.open(page)
    assert draft in found(shown, "//section[@aria-labelledby='requests']//a/@href")
    assert "Lähettämättä" in words(shown, "//section[@aria-labelledby='requests']")
    assert "Palvelupyynnöt" not in words(aino.browser.open(f"/contracts/{home.network}"), "//main")


def test_a_request_that_was_sent_shows_its_clock_on_the_page_of_the_contract(house, aino, home):
    proved = house.open_for(AINO, aino.name, proved_minutes_ago=1)
    draft = begin(proved, contract=home.network)
    fill_in(proved, draft, "move", "21.11.2026", "no", ELSEWHERE)
    send(proved, draft)
    said = words(proved.open(f"/contracts/{home.network}"), "//section[@aria-labelledby='requests']")
    assert "Vastaanotettu" in said
    assert "päivää jäljellä" in said
