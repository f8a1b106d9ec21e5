"""The pages of sites: a table of many, cards of a few, one site; and who sees how much of them."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from portal.consumption.pairs import Comparison
from portal.consumption.registers.models import RegisterReading
from portal.kit.energy import Energy
from portal.sites.models import Disconnection, Meter, MeteringPoint, Occupancy, Site
from portal.sites_overview import rows
from portal.sites_overview.filters import By, SiteFilter, SitesShown, SortColumn
from portal.sites_overview.rows import Trend, alphabetical, trend
from tests import markup
from tests.asked import asking
from tests.estate import FEW, SITES

pytestmark = pytest.mark.sqlite

NOBODYS = "00000000-0000-4000-8000-000000000000"
DAY = timedelta(days=1)


@pytest.fixture
def home(house, aino):
    """Aino's own home: she moved in after Mikko moved out."""
    with house.database.writing() as db:
        site = Site(
            number="501",
            name="Koti",
            street="Esimerkkikatu 4",
            postcode="33100",
            town="Tampere",
            residents=4,
            ownership="rented",
            use_timing="weekends and holidays",
        )
        db.add(site)
        db.flush()
        db.add(Occupancy(site_id=site.id, party_id=aino.party, since=aino.today - 400 * DAY))
        point = MeteringPoint(gsrn="643000000412337410", site_id=site.id, energy="electricity", main_fuse="3 x 25 A")
        point.used_for, point.estimated_kwh_a_year = "heating and hot water", 18600
        point.minutes, point.rhythm = 15, "PT6H"
        db.add(point)
        db.flush()
        db.add(Meter(metering_point_id=point.id, serial="AM550-1", installed_on=aino.today - 9 * DAY))
        db.add(Meter(metering_point_id=point.id, serial="E120-2", removed_on=aino.today - 9 * DAY))
        return site.id


def table(browser, query=""):
    """The rows of the table as lists of words, its heading and sums apart."""
    return markup.table(browser.open(f"/sites{query}"))


def names(browser, query=""):
    return [row[0].split(" Mallikatu")[0] for row in table(browser, query) if row[0].startswith("=Talo")]


def saved(browser, query=""):
    answer = browser.get(f"/sites/download{query}")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    heading, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    return [dict(zip(heading, line, strict=True)) for line in lines]


def test_the_administrator_sees_every_site_in_pages(estate):
    browser = estate.act(estate.admin)
    first, second = names(browser, "?by=none"), names(browser, "?by=none&page=2")
    assert (len(first), len(second)) == (25, SITES - 25)
    assert set(first) | set(second) == {f"=Talo {number}" for number in range(1, SITES + 1)}


def test_sums_are_those_of_a_naive_count(estate):
    browser = estate.act(estate.admin)
    *_, together = table(browser)
    expected = estate.kwh(range(1, SITES + 1), gap=SITES)
    assert together[0] == f"Yhteensä {SITES} kohdetta"
    assert any(f"{cell} ".startswith(f"{grouped(expected)} ") for cell in together)
    assert f"{grouped(sum(range(1, SITES + 1)) * 10)} €" in together
    assert sum(Decimal(row[kwh_column(row)].replace(",", ".")) for row in saved(browser)) == expected


def grouped(figure):
    """A whole number as a page writes it."""
    return f"{figure:,}".replace(",", " ")


def kwh_column(row):
    return next(name for name in row if name.startswith("Sähkö"))


def test_numbers_postcodes_and_names_arrive_as_text(aino, home, house):
    """A spreadsheet that is opened by a double click shows 00100, 000123 and 3-12, and runs nothing."""
    with house.database.writing() as db:
        site = db.get_one(Site, home)
        site.number, site.name, site.postcode, site.street = "000123", "3-12", "00100", "=HYPERLINK(1)"
    (row,) = saved(aino.browser)
    assert list(row.values())[:5] == ['="000123"', '="3-12"', "'=HYPERLINK(1)", '="00100"', "Tampere"]


def test_whose_mandate_opens_no_contracts_reads_that_this_is_why_there_are_no_euros(estate):
    said = markup.words(estate.act(estate.accountant).open("/consumption"))
    assert "Valtuutus ei koske sopimuksia ja hintoja, joten euromääräistä arviota ei ole." in said
    assert "Emme tiedä hintaa" not in said


def test_the_accountant_sees_their_sites_and_nothing_that_tells_of_others(estate):
    browser = estate.act(estate.accountant)
    page = browser.open("/sites?by=none")
    assert names(browser, "?by=none&sort=name") == [f"=Talo {number}" for number in range(1, FEW + 1)]
    assert table(browser)[-1][0] == f"Yhteensä {FEW} kohdetta"
    assert grouped(estate.kwh(range(1, FEW + 1))) in table(browser)[-1]
    assert "Mallikatu 13" not in page.text
    assert str(SITES) not in markup.words(page, "//*[@class='stat']")
    assert len(saved(browser)) == FEW
    assert "Yksikään kohde ei vastaa hakua" in browser.open("/sites?q=Mallikatu+13").text
    assert browser.get(f"/sites/{estate.sites[FEW]}").status_code == 404
    assert browser.open(f"/sites/{estate.sites[0]}")


def test_columns_follow_the_themes_of_a_right(estate):
    browser = estate.act(estate.clerk)
    heading = " ".join(table(browser)[0])
    assert "Mitattu" not in heading
    assert "kWh" not in heading
    assert "Laskut" in heading
    assert not any(name.startswith("Sähkö") for name in saved(browser)[0])
    page = browser.open(f"/sites/{estate.sites[0]}").text
    assert 'id="consumption"' not in page
    assert 'id="contracts"' not in page


@pytest.mark.parametrize(
    ("who", "sees"), [("admin", True), ("accountant", True), ("clerk", False), ("mover", False)], ids=str
)
def test_what_measures_at_a_site_is_for_those_who_see_its_contracts_or_its_use(estate, who, sees):
    browser = estate.act(getattr(estate, who))
    page = browser.open(f"/sites/{estate.sites[0]}").text
    for told in ("643000770000000001", "NEW-1", "3 x 250 A", 'id="points"'):
        assert (told in page) is sees, told
    (row,) = saved(browser, "?q=Mallikatu+1&show=all")[:1]
    assert ("Käyttöpaikat" in row) is sees
    assert ("643000770000000001" in browser.get("/sites/download").text) is sees
    assert bool(saved(browser, "?q=643000770000000001")) is sees


def test_a_right_about_moves_shows_addresses_and_no_figures(estate):
    browser = estate.act(estate.mover)
    assert "Laskut" not in " ".join(table(browser)[0])
    assert len(saved(browser)) == FEW
    page = browser.open(f"/sites/{estate.sites[0]}").text
    for hidden in ("86421", "Pekka Pomo", 'id="consumption"', 'id="bills"'):
        assert hidden not in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=talo+30", ["=Talo 30"]),
        ("?q=770007", ["=Talo 7"]),
        ("?q=64300077+0000000009", ["=Talo 9"]),
        ("?q=mallikatu+2&by=none&sort=name", [f"=Talo {number}" for number in (2, 12, *range(20, 30))]),
        ("?show=gaps", ["=Talo 30"]),
        ("?show=more", ["=Talo 30"]),
    ],
)
def test_sites_are_found_by_name_number_and_metering_point(estate, query, expected):
    browser = estate.act(estate.admin)
    assert names(browser, query) == expected
    assert [row["Nimi"] for row in saved(browser, query)] == [f"'{name}" for name in expected]


def test_groups_have_their_sums_and_columns_their_order(estate):
    browser = estate.act(estate.admin)
    source = browser.open("/sites?sort=-cost").text
    assert source.count('aria-sort="descending"') == 1
    assert source.index(">Turku<") < source.index(">=Talo 27<") < source.index("=Talo 28<")
    grouped = [row[0] for row in table(browser, "?sort=name") if row[0].endswith("kohdetta")]
    assert grouped == [
        "Tampere 10 kohdetta",
        "Turku 10 kohdetta",
        "Äänekoski 10 kohdetta",
        f"Yhteensä {SITES} kohdetta",
    ]
    by_kind = [row[0] for row in table(browser, "?by=kind&sort=-name") if row[0].endswith("kohdetta")]
    assert by_kind == ["Toimisto 10 kohdetta", "Koulu 10 kohdetta", "Muut 10 kohdetta", f"Yhteensä {SITES} kohdetta"]
    assert names(browser, "?by=none&sort=now")[:3] == ["=Talo 1", "=Talo 2", "=Talo 3"]


def test_what_stands_out_is_said_in_words(estate):
    browser = estate.act(estate.admin)
    assert "selvästi enemmän kuin vuosi sitten" in browser.open("/sites?q=talo+30").text
    assert "selvästi" not in markup.words(browser.open("/sites?q=talo+29"), "//*[@id='found']")


@pytest.mark.parametrize(
    "query", ["?sort=x&by=y&show=z&energy=w&page=-1", "?page=999", f"?q={'a' * 500}", "?q=%00'\"<"]
)
def test_wrong_wishes_show_the_list(estate, query):
    estate.act(estate.admin).open(f"/sites{query}")


def test_htmx_gets_only_the_block_it_asks_for(estate):
    browser = estate.act(estate.admin)
    assert 'id="listed"' not in browser.fragment("/sites?q=talo", "found").text
    assert 'id="find"' not in browser.fragment("/sites?sort=name", "listed").text


def test_a_question_for_each_part_however_many_sites(estate):
    browser = estate.act(estate.admin)
    with asking(estate.house.database) as asked:
        browser.open("/sites")
    assert len([one for one in asked if "month_total" in one or "reading_month" in one]) <= 4
    assert len([one for one in asked if "invoice" in one]) == 1


def test_nobody_is_sent_to_sign_in(nobody):
    for path in ("/sites", "/sites/download", f"/sites/{NOBODYS}"):
        assert nobody.get(path).headers["location"] == f"/sign-in?next={path}"


def test_somebody_without_sites_is_told_what_a_site_is(aino, oona):
    assert "Kohteita ei vielä ole" in aino.browser.open("/sites").text
    assert "emme löytäneet" in oona.open("/sites").text or "nimissäsi ei ole sopimusta" in oona.open("/sites").text


def test_a_home_is_a_card_and_a_page_with_its_meters(aino, home):
    assert "Esimerkkikatu 4" in aino.browser.open("/sites").text
    page = aino.browser.open(f"/sites/{home}").text
    for told in ("6430\xa00000\xa00412\xa03374\xa010", "AM550-1", "3 x 25 A", "Asukkaita", "Aino Mäkelä"):
        assert told in page
    assert page.index("AM550-1") < page.index("1 entinen mittari") < page.index("E120-2")
    assert f"/requests/new/correction?site={home}" in page


def test_a_home_tells_how_it_is_held_and_what_its_energy_is_for(aino, home):
    page = markup.words(aino.browser.open(f"/sites/{home}"))
    for told in (
        *("Omistussuhde Vuokra", "Käytön ajoitus Viikonloput ja lomat"),
        *("Käyttötarkoitus Lämmitys ja lämmin vesi", "Arvioitu vuosikulutus 18 600 kWh"),
        *("Mittausjakson pituus 15 min", "Kuinka usein mittaustiedot saapuvat Kuuden tunnin välein"),
    ):
        assert told in page


def test_a_metering_point_says_that_it_is_cut_off_and_until_when_it_is_there(house, aino, home):
    with house.database.writing() as db:
        (point,) = db.exec(select(MeteringPoint).where(MeteringPoint.site_id == home))
        point.valid_to = date(2031, 5, 31)
        db.add(Disconnection(metering_point_id=point.id, connection="AE02", since=aino.today - 2 * DAY))
    page = markup.words(aino.browser.open(f"/sites/{home}"))
    assert "Kytketty irti" in page
    assert "käytössä 31.5.2031 asti" in page
    with house.database.writing() as db:
        (cut_off,) = db.exec(select(Disconnection))
        cut_off.until = aino.today
    assert "Kytketty irti" not in markup.words(aino.browser.open(f"/sites/{home}"))


def register_reading(house, site, serial, on, reading, **more):
    with house.database.writing() as db:
        (point,) = db.exec(select(MeteringPoint).where(MeteringPoint.site_id == site))
        told = {"serial": serial, "read_on": on, "reading": Decimal(reading), "unit": "kWh", "counts": "total", **more}
        db.add(RegisterReading(metering_point_id=point.id, **{"read_how": "utility", **told}))


def test_meter_readings_tell_what_was_used_through_a_change_of_meter(house, aino, home):
    changed = aino.today - 9 * DAY
    register_reading(house, home, "E120-2", changed - 100 * DAY, "48000")
    register_reading(house, home, "E120-2", changed, "48211.5")
    register_reading(house, home, "AM550-1", changed, "0")
    register_reading(house, home, "AM550-1", aino.today, "12.25", read_how="customer")
    said = markup.words(aino.browser.open(f"/sites/{home}"))
    assert "käytetty 4.8.–21.11.2026: 223,75 kWh" in said
    assert (
        "12,25 kWh 21.11.2026 · asiakkaan ilmoittama mittarilukema · AM550-1 käytetty 12,25 kWh "
        "0 kWh 12.11.2026 · luettu paikan päällä · AM550-1 mittarin ensimmäinen "
        "48 211,5 kWh 12.11.2026 · luettu paikan päällä · E120-2 käytetty 211,5 kWh "
        "48 000 kWh 4.8.2026 · luettu paikan päällä · E120-2 mittarin ensimmäinen"
    ) in said


def test_a_lower_meter_reading_says_that_nobody_knows_what_was_used(house, aino, home):
    register_reading(house, home, "AM550-1", aino.today - DAY, "100")
    register_reading(house, home, "AM550-1", aino.today, "90")
    said = markup.words(aino.browser.open(f"/sites/{home}"))
    assert "edellistä pienempi" in said
    assert "käytetty 2" not in said


def test_older_meter_readings_are_folded(house, aino, home):
    for days in range(9):
        register_reading(house, home, "AM550-1", aino.today - days * DAY, str(1000 - days))
    assert "3 vanhempaa mittarilukemaa" in markup.words(aino.browser.open(f"/sites/{home}"))


def test_without_meter_readings_it_is_said_when_they_come(aino, home):
    assert "Meillä ei ole mittarilukemia ajalta" in markup.words(aino.browser.open(f"/sites/{home}"))


def test_meter_readings_are_for_those_who_see_the_consumption(estate):
    register_reading(estate.house, estate.sites[0], "NEW-1", date(2026, 11, 2), "4711.5")
    for who, sees in ((estate.admin, True), (estate.accountant, True), (estate.clerk, False), (estate.mover, False)):
        page = estate.act(who).open(f"/sites/{estate.sites[0]}").text
        assert ("4\u00a0711,5" in page) is sees
        assert ('id="registers"' in page) is sees


def test_a_former_holder_sees_the_meter_readings_of_their_own_time_only(house, mikko, home):
    until = mikko.today - 401 * DAY
    with house.database.writing() as db:
        db.add(Occupancy(site_id=home, party_id=mikko.party, since=until - 100 * DAY, until=until))
    register_reading(house, home, "E120-2", until, "1111")
    register_reading(house, home, "E120-2", until + DAY, "2222")
    said = markup.words(mikko.browser.open(f"/sites/{home}"))
    assert "1 111 kWh" in said
    assert "2 222 kWh" not in said


@pytest.mark.parametrize("wrong", [NOBODYS, "x", "5f0c1c9e-8d0e-4c1b-9a53-2f6f1f0a7d11"])
def test_a_stranger_finds_nothing(mikko, home, wrong):
    assert mikko.browser.get(f"/sites/{home}").status_code == 404
    assert mikko.browser.get(f"/sites/{wrong}").status_code == 404
    assert "Esimerkkikatu" not in mikko.browser.open("/sites").text


def test_a_former_holder_sees_the_address_and_their_own_time_only(house, mikko, home):
    with house.database.writing() as db:
        until = mikko.today - 401 * DAY
        db.add(Occupancy(site_id=home, party_id=mikko.party, since=until - 100 * DAY, until=until))
    assert "1 entinen tai tuleva kohde" in mikko.browser.open("/sites").text
    page = mikko.browser.open(f"/sites/{home}").text
    assert "Esimerkkikatu 4" in page
    assert "Mikko Korhonen" in page
    assert "Et ole enää tämän kohteen haltija" in page
    for hidden in ("Koti", "AM550", "6430", "Asukkaita", "Aino", "pääsulake"):
        assert hidden not in page[page.index("<main") :]


def test_a_coming_holder_is_told_that_it_is_not_theirs_yet(house, mikko, home):
    with house.database.writing() as db:
        db.add(Occupancy(site_id=home, party_id=mikko.party, since=mikko.today + DAY))
    assert "Et ole vielä tämän kohteen haltija" in mikko.browser.open(f"/sites/{home}").text


@pytest.mark.parametrize(
    ("now", "then", "expected"),
    [
        (1250, 1000, Trend.CLEARLY_MORE),
        (1249, 1000, Trend.USUAL),
        (750, 1000, Trend.CLEARLY_LESS),
        (49, 1, Trend.USUAL),
        (100, 0, Trend.USUAL),
        (-500, -1000, Trend.CLEARLY_MORE),
    ],
)
def test_a_change_stands_out_by_its_share_and_its_size(now, then, expected):
    assert trend(Comparison(Energy(now * 1_000_000), Energy(then * 1_000_000), frozenset())) is expected


def test_names_stand_as_in_a_finnish_register():
    streets = ["Öljykuja 1", "Aura 10", "Äyritie 2", "Aura 9", "Zeppelin 1", "Åvägen 3", "aura 1"]
    assert sorted(streets, key=alphabetical) == [
        *("aura 1", "Aura 9", "Aura 10", "Zeppelin 1", "Åvägen 3", "Äyritie 2", "Öljykuja 1")
    ]


@given(
    st.builds(
        SiteFilter,
        q=st.text("aä 1&=+", max_size=8).map(lambda words: " ".join(words.split())),
        by=st.sampled_from(By),
        show=st.sampled_from(SitesShown),
        sort=st.sampled_from(SortColumn),
        descending=st.booleans(),
    )
)
def test_an_address_says_all_of_a_wish(filters):
    assert SiteFilter.read(filters.query) == filters


def test_a_page_of_groups_is_a_part_of_the_whole_list():
    every = [rows.SiteGroup(name, None, list(range(size))) for name, size in (("a", 3), ("b", 0), ("c", 4))]
    shown = [(group.name, list(group.rows)) for first in (0, 3, 6) for group in rows.on_page(every, first, 3)]
    assert shown == [("a", [0, 1, 2]), ("c", [0, 1, 2]), ("c", [3])]
