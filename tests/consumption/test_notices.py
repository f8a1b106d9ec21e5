"""What the head of consumption says of readings: how far they reach, what is late, silent or hard to believe."""

import json
from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from portal.feeds.schema import kind_named, schema
from portal.kit.feed import ImportContext, Outcome
from portal.sites.models import MeteringPoint, Site
from tests.consumption.homes import NOW, SINCE, Home
from tests.consumption.readings import every
from tests.markup import found, words

DAY = timedelta(days=1)
COMPLETE = "//section[@aria-labelledby='completeness']"
NOTICES = "//*[contains(@class, 'notice--')]"


@pytest.fixture
def home(register, aino):
    return Home(register, aino.party)


def tell(home, *points, **facts):
    """What the register says of metering points."""
    with home.database.writing() as db:
        for point in db.exec(select(MeteringPoint).where(col(MeteringPoint.id).in_(points))):
            db.add(point.sqlmodel_update(facts))


def told_of(home, disconnections):
    """What the register tells of a metering point, as its feed does."""
    gsrn, kind = "643000007000000015", kind_named("metering_points")
    tell(home, home.power, gsrn=gsrn)
    with home.database.writing() as db:
        (site_number,) = db.exec(select(Site.number).where(Site.id == home.site))
        of_example = dict(schema(kind)["examples"][0], valid_from=None, valid_to=None, meters=[])
        told = {**of_example, "gsrn": gsrn, "site_number": site_number, "disconnections": disconnections}
        row = kind.adapter.validate_json(json.dumps(told))
        assert kind.keep(db, [row], ImportContext(lambda: None, NOW)) == [Outcome.ACCEPTED]


def use(home, since, until, point=None, milliwatt_hours=150_000):
    home.record(point or home.power, every(since, until, milliwatt_hours=lambda quarter: quarter * 0 + milliwatt_hours))


def notices(page):
    return words(page, NOTICES)


def stamp(page):
    return words(page, "//*[contains(@class, 'stamp')]")


def test_the_head_says_how_far_data_reach_and_by_when_more_comes(home, aino):
    use(home, SINCE, aino.today - DAY)
    page = aino.browser.open("/consumption")
    assert stamp(page) == "Tiedot 20.11. klo 23.45 asti, seuraavat viimeistään 22.11."
    assert notices(page) == ""
    tell(home, home.power, rhythm="PT6H")
    assert stamp(aino.browser.open("/consumption")).endswith("seuraavat viimeistään 21.11. klo 18.00")


@pytest.mark.parametrize(
    ("energy", "by"),
    [
        ("electricity", "Sähkömittarit lukee verkkoyhtiö, joka välittää tiedot meille Datahubin kautta."),
        ("gas", "Kaasumittarit lukee kaasuverkon haltija, joka välittää tiedot meille."),
        ("heat", "Luemme nämä mittarit itse."),
    ],
)
def test_what_is_late_is_said_with_whom_it_waits_for(home, aino, register, energy, by):
    point = home.power if energy == "electricity" else register.point(home.site, energy)
    use(home, SINCE, aino.today - 3 * DAY, point)
    page = aino.browser.open(f"/consumption?energy={energy}")
    said = notices(page)
    assert "Käyttöpaikan mittaustiedot ovat myöhässä" in said
    assert "Tiedot 18.11. klo 23.45 asti; seuraavien piti tulla viimeistään 20.11." in said
    assert by in said
    assert "Sinun ei tarvitse tehdä mitään" in said
    assert stamp(page) == "Tiedot 18.11. klo 23.45 asti"


def test_a_silent_meter_is_said_here_and_on_the_overview_and_nothing_of_it_once_it_is_cut_off(home, aino):
    use(home, SINCE, aino.today - 9 * DAY)
    page = aino.browser.open("/consumption")
    assert "Mittarilta ei tule tietoja" in notices(page)
    assert "Viimeisin tieto on ajalta 12.11. klo 23.45." in notices(page)
    assert found(page, f"{NOTICES}//a/@href") == ["/messages/new?topic=consumption"]
    overview = aino.browser.open("/overview")
    assert "Mittarilta ei tule tietoja" in notices(overview)
    (link,) = found(overview, f"{NOTICES}//a[starts-with(@href, '/consumption')]/@href")
    assert "12.11." in stamp(aino.browser.open(link))
    home.cut_off(home.power, aino.today - 8 * DAY)
    assert notices(aino.browser.open("/consumption")) == ""


def test_three_of_many_are_named_and_each_leads_to_its_page(home, aino, register):
    use(home, SINCE, aino.today - DAY)
    for number in range(5):
        other = Home(register, aino.party, f"Mallikatu {number}")
        use(other, aino.today - 60 * DAY, aino.today - 9 * DAY)
    page = aino.browser.open("/consumption")
    assert "5 mittarilta ei tule tietoja" in notices(page)
    links = found(page, f"{NOTICES}//a[starts-with(@href, '/consumption')]/@href")
    assert len(links) == 3
    assert "ja 2 muuta käyttöpaikkaa" in notices(page)
    assert stamp(page).startswith("Tiedot 20.11. klo 23.45 asti")
    assert "Mittarilta ei tule tietoja" in notices(aino.browser.open(links[0]))


def test_a_zero_that_is_hard_to_believe_is_said_where_its_days_are_looked_at(home, aino):
    use(home, SINCE, aino.today - 5 * DAY)
    use(home, aino.today - 4 * DAY, aino.today - DAY, milliwatt_hours=0)
    said = notices(aino.browser.open("/consumption"))
    assert "Mittari näyttää nollaa" in said
    assert "Ajalta 17.–20.11.2026 ei mitattu mitään." in said
    assert "mittari näytti noin 14,4 kWh päivässä" in said
    for other in ("2026-10", "2025"):
        assert notices(aino.browser.open(f"/consumption?at={other}")) == ""
    assert "Mittari näyttää nollaa" in notices(aino.browser.open("/consumption?at=2026"))


def test_a_place_where_nothing_is_used_is_believed(home, aino):
    use(home, SINCE, aino.today - DAY, milliwatt_hours=0)
    assert notices(aino.browser.open("/consumption")) == ""


def test_hours_where_quarters_are_expected_are_said_of_the_newest_time(home, aino):
    tell(home, home.power, minutes=15)
    home.record(home.power, every(SINCE, aino.today - DAY, length=4))
    told = "Mittari antaa toistaiseksi vain tuntitietoja, vaikka siltä odotetaan varttitietoja."
    assert told in words(aino.browser.open("/consumption"))
    assert told not in words(aino.browser.open("/consumption?at=2026-09"))
    tell(home, home.power, minutes=60)
    assert told not in words(aino.browser.open("/consumption"))


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_all_of_it_is_said_in_every_language(home, aino, register, language):
    use(home, SINCE, date(2026, 11, 14))
    use(home, date(2026, 11, 15), aino.today - 3 * DAY, milliwatt_hours=0)
    other = Home(register, aino.party, "Mallikatu 1")
    use(other, SINCE, aino.today - 9 * DAY)
    aino.browser.headers["Accept-Language"] = language
    assert len(found(aino.browser.open("/consumption"), NOTICES)) == 3


def test_the_time_in_which_a_metering_point_was_cut_off_is_not_missing_once_it_is_connected_again(home, aino):
    use(home, SINCE, date(2026, 10, 11))
    use(home, date(2026, 10, 20), aino.today - DAY)
    before = words(aino.browser.open("/consumption?at=2026-10"), COMPLETE)
    assert "Tiedot puuttuvat 12.–19.10." in before
    assert "23 / 31 päivää mitattu" in before
    told_of(home, [{"connection": "AE02", "from": "2026-10-12", "to": "2026-10-19"}])
    after = words(aino.browser.open("/consumption?at=2026-10"), COMPLETE)
    assert "Käyttöpaikka oli poissa käytöstä: 12.–19.10.2026. Tältä ajalta ei puutu mitään." in after
    assert "Tiedot puuttuvat" not in after
    assert "23 / 23 päivää mitattu" in after
    assert "ma 12.10.: ei mitattavaa" in after
    assert "poissa käytöstä" not in words(aino.browser.open("/consumption"), COMPLETE)
    use(home, SINCE, aino.today - DAY, home.register.point(home.site))
    of_two = words(aino.browser.open("/consumption?at=2026-10"), COMPLETE)
    assert "Yksi tai useampi käyttöpaikka oli poissa käytöstä: 12.–19.10.2026." in of_two
