"""What anybody reads of outages, what those read whose sites they touch, and what programs are told."""

from datetime import timedelta

import pytest

from portal.feeds.models import ImportRun
from tests.browser import Browser
from tests.contracts.register import line
from tests.markup import found, words
from tests.outages.conftest import HOUR
from tests.people import AINO, MIKKO

NOTICES = "//div[contains(@class, 'notice--')]"


@pytest.fixture
def anybody(home):
    return Browser(home[0].app)


@pytest.fixture
def aino(home):
    return home[0].open_for(AINO, "Aino Mäkelä")


def test_anybody_reads_what_is_out_of_order_and_where(network, anybody):
    network.outage(state="announced", starts=HOUR, expected=3 * HOUR, kind="work", postcodes=["20100"])
    network.outage(network.site(), network.site(), cause_fi="Puu kaatui", cause_sv="x", cause_en="x")
    network.outage(state="restored", starts=-5 * HOUR, ended=-HOUR, energy="heat", postcodes=["90100"])
    network.outage(state="restored", starts=-99 * HOUR, ended=-72 * HOUR, postcodes=["00100"])
    network.outage(state="cancelled", starts=HOUR, postcodes=["00200"])
    page = anybody.open("/outages")
    going_on, ended = (found(page, f"//section[@aria-labelledby='{name}']//li") for name in ("going-on", "ended"))
    assert words(page, "//section[@aria-labelledby='ended']//*[@class='row__title']") == "Kaukolämmön katko · 90100"
    assert (len(going_on), len(ended)) == (2, 1)
    first = words(page, "(//section[@aria-labelledby='going-on']//li)[1]")
    assert "Sähkökatko · 33100" in first  # what goes on stands before what is to come
    assert "Puu kaatui 2 kohdetta on ilman energiaa" in first
    assert "Suunniteltu sähkökatko · 20100" in words(page, "(//section[@aria-labelledby='going-on']//li)[2]")
    assert "Esimerkkikatu" not in page.text
    assert found(page, "//a[starts-with(@href, 'tel:')]")


def test_a_postcode_shows_its_own_and_says_where_there_is_nothing(network, anybody):
    network.outage(postcodes=["20100", "20200"])
    network.outage(postcodes=["33100"])
    assert len(found(anybody.open("/outages?postcode=20200"), "//section[@aria-labelledby='going-on']//li")) == 1
    assert "Postinumeroalueella 99999 ei ole katkoja" in words(anybody.open("/outages?postcode=99999"))
    assert "Postinumeroalueella <b> ei" in words(anybody.open("/outages?postcode=%3Cb%3E"))  # as text
    assert "20100" in anybody.fragment("/outages?postcode=20100", "current").text


def test_many_are_paged(network, anybody):
    for number in range(23):
        network.outage(postcodes=[f"{number:05}"])
    rows = "//section[@aria-labelledby='going-on']/ul/li"
    assert [len(found(anybody.open(f"/outages?page={page}"), rows)) for page in (1, 2)] == [20, 3]


def test_without_any_it_says_so(anybody):
    page = anybody.open("/outages")
    assert "Nyt ei ole katkoja" in words(page)
    assert not found(page, "//section[@aria-labelledby='ended']")


def test_programs_are_told_the_same_without_sites(network, anybody):
    network.outage(network.site(), expected=HOUR, cause_fi="Puu", cause_sv="Träd", cause_en="Tree")
    (told,) = anybody.get("/outages.json").json()["outages"]
    assert told == {
        "number": told["number"],
        "energy": "electricity",
        "kind": "fault",
        "state": "ongoing",
        "postcodes": ["33100"],
        "sites": 1,
        "starts_at": f"{network.now - 2 * HOUR:%Y-%m-%dT%H:%M:%SZ}",
        "expected_until": f"{network.now + HOUR:%Y-%m-%dT%H:%M:%SZ}",
        "ended_at": None,
        "cause": {"fi": "Puu", "sv": "Träd", "en": "Tree"},
    }


def test_whose_site_it_is_reads_it_on_their_pages(network, home, aino):
    _, _, site = home
    network.outage(site)
    for address in ("/overview", f"/sites/{site}", "/consumption", "/outages"):
        assert "Katko koskee osoitetta Esimerkkikatu 4." in words(aino.open(address), NOTICES), address


def test_nobody_else_reads_that_it_touches_them(network, home, aino):
    house, _, _ = home
    other = house.customer(MIKKO, "Mikko Korhonen", "1002")
    theirs = network.site("Muukatu 1")
    network.occupancy(other, theirs)
    network.outage(theirs)
    for address in ("/overview", "/outages"):
        assert not found(aino.open(address), f"{NOTICES}[contains(., 'katko')]")


def test_an_area_may_touch_who_has_that_energy_there_and_a_named_site_is_certain(network, home, aino):
    _, _, site = home
    network.outage(energy="heat")
    assert not found(aino.open("/overview"), f"{NOTICES}[contains(., 'katko')]")
    network.outage()
    assert "Postinumeroalueella 33100 on katko. Se saattaa koskea sinua." in words(aino.open("/overview"), NOTICES)
    other = network.outage(network.site("Muukatu 1"))  # names its sites, so that ours is not among them
    assert len(found(aino.open("/overview"), f"{NOTICES}[contains(., 'katko')]")) == 1
    network.now_says(other, state="cancelled")
    network.outage(site)
    assert words(aino.open("/overview"), f"({NOTICES}[contains(., 'katko')])[1]").startswith(
        "Sähkökatko Katko koskee osoitetta"
    )


def test_a_past_outage_stands_with_what_the_law_gives_for_it(network, home, aino):
    _, party, site = home
    contract = network.contract(party, site, network.point(site), network.product("network", "Siirto"), "network")
    last = network.now.date() - timedelta(days=40)
    lines = [line(contract, 20_000, code="base"), line(contract, 5_000, code="electricity-tax")]
    network.bill(party, site, last, cents=31_375, lines=lines)
    network.outage(site, state="restored", starts=-30 * HOUR, ended=-16 * HOUR + timedelta(minutes=5))
    network.outage(site, state="restored", starts=-60 * HOUR, ended=-59 * HOUR)
    card = words(aino.open(f"/sites/{site}"), "//section[@aria-labelledby='outages']")
    assert "Sähkökatko, 14 h 5 min" in card
    assert "Vakiokorvaus: 10 % vuotuisesta verkkopalvelumaksustasi, noin 25,10 €." in card
    assert card.count("Vakiokorvaus:") == 1


def test_without_bills_of_a_year_the_share_alone_is_told(network, home, aino):
    _, _, site = home
    network.outage(site, state="restored", starts=-30 * HOUR, ended=-16 * HOUR)
    card = words(aino.open(f"/sites/{site}"), "//section[@aria-labelledby='outages']")
    assert "Vakiokorvaus: 10 % vuotuisesta verkkopalvelumaksustasi." in card


def test_who_moved_in_later_reads_nothing_of_what_was_before(network, home):
    house, _, _ = home
    other = house.customer(MIKKO, "Mikko Korhonen", "1002")
    site = network.site("Muukatu 1")
    network.occupancy(other, site, since=network.now.date())
    network.outage(site, state="restored", starts=-90 * HOUR, ended=-60 * HOUR)
    page = house.open_for(MIKKO, "Mikko Korhonen").open(f"/sites/{site}")
    assert not found(page, "//section[@aria-labelledby='outages']")


def test_it_says_how_the_portal_itself_is(network, anybody):
    service = "//section[@aria-labelledby='service']//li"
    assert [words(anybody.open("/outages"), f"({service})[{place}]").rsplit(" ", 1)[1] for place in (1, 2, 3)] == [
        "Toimii",
        "Myöhässä",
        "Myöhässä",
    ]
    with network.database.writing() as db:
        db.add(ImportRun(ended_at=network.now - 5 * HOUR, accepted=1, unchanged=0, refused=0, left_out=0))
    assert words(anybody.open("/outages"), f"({service})[3]").endswith("Toimii")
