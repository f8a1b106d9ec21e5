"""Who is written to about an outage, and when; what billing is told of its end."""

import json
from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from portal.kit.jobs import Shift
from portal.outages.jobs import telling
from portal.outages.letters import Sender, tell
from portal.outages.models import Outage
from portal.outbox.mail import letter_in
from portal.outbox.models import OutboxEvent
from tests.outages.conftest import HOUR

SENDER = Sender("https://portal.test", "0800 1234")


def everybody(_db, parties):
    return parties


def nobody(_db, _parties):
    return ()


def told(network, wanting=everybody):
    """Write of everything that is news; how many outages that were."""
    shift = Shift(network.database, lambda: network.now)
    return telling(SENDER, wanting).run(shift).done


def left(network, kind="mail"):
    with network.database.reading() as db:
        return db.exec(select(OutboxEvent).where(OutboxEvent.kind == kind).order_by(col(OutboxEvent.number))).all()


def letters(network):
    return [letter_in(row) for row in left(network)]


@pytest.fixture
def reached(home):
    house, party, site = home
    house.contact(party, email="aino@example.fi")
    return party, site


def test_who_holds_the_site_is_written_to_once_for_each_change(network, reached):
    party, site = reached
    outage = network.outage(site, cause_fi="Puu kaatui", cause_sv="Ett träd föll", cause_en="A tree fell")
    assert (told(network), told(network)) == (1, 0)
    (letter,) = letters(network)
    assert (letter.to, letter.party_id) == ("aino@example.fi", party)
    assert letter.subject == "Sähkökatko: käynnissä"
    for words in ("Esimerkkikatu 4", "Emme vielä tiedä", "Puu kaatui", "0800 1234", "https://portal.test/outages"):
        assert words in letter.body
    network.now_says(outage, expected_until=network.now + HOUR)
    assert (told(network), told(network)) == (1, 0)
    network.now_says(outage, state="restored", ended_at=network.now)
    assert (told(network), told(network)) == (1, 0)
    assert ["Päättyy arviolta" in one.body for one in letters(network)] == [False, True, False]
    assert "Katko on ohi." in letters(network)[-1].body


def test_only_those_are_written_to_who_want_it_have_an_address_and_held_the_site_then(network, reached, home):
    house, _, site = home
    house.customer("290296-912H", "Mikko Korhonen", "1002")  # holds nothing
    silent = network.party()  # holds a site, and has no address
    network.occupancy(silent, site)
    moved = house.customer("120775Y9446", "Karin Lindholm", "1003")
    house.contact(moved, email="karin@example.fi")
    network.occupancy(moved, site, date(2020, 1, 1), date(2020, 12, 31))
    network.outage(site)
    told(network)
    assert [letter.to for letter in letters(network)] == ["aino@example.fi"]
    network.outage(site, starts=-HOUR)
    told(network, nobody)
    assert len(letters(network)) == 1


def test_an_outage_of_an_area_alone_writes_to_nobody(network, reached):
    network.outage()
    assert (told(network), letters(network)) == (1, [])


def test_many_sites_of_one_customer_are_one_letter(network, reached, home):
    party, site = reached
    more = [network.site(f"Toinenkatu {number}") for number in range(7)]
    for one in more:
        network.occupancy(party, one)
    network.outage(site, *more)
    told(network)
    (letter,) = letters(network)
    assert letter.body.startswith("Esimerkkikatu 4, Toinenkatu 0, Toinenkatu 1, Toinenkatu 2, Toinenkatu 3\n\n")
    assert "ja vielä 3 kohdetta" in letter.body


@pytest.mark.parametrize(
    ("facts", "percent"),
    [
        ({"ended": -HOUR, "starts": -13 * HOUR}, 10),
        ({"ended": -HOUR, "starts": -14 * HOUR, "kind": "work"}, 10),
        ({"ended": -HOUR, "starts": -12 * HOUR}, None),
        ({"ended": -HOUR, "starts": -50 * HOUR}, 50),
        ({"ended": -HOUR, "starts": -13 * HOUR, "compensated": False}, None),
        ({"ended": -HOUR, "starts": -13 * HOUR, "energy": "heat"}, None),
    ],
)
def test_billing_is_told_of_a_right_to_compensation(network, reached, facts, percent):
    party, site = reached
    network.outage(site, state="restored", **facts)
    told(network)
    events = [json.loads(event.payload) for event in left(network, "outage.compensation_due")]
    assert [event["percent_of_year_fee"] for event in events] == ([percent] if percent else [])
    assert all((event["customer_number"], event["party_id"]) == ("1001", str(party)) for event in events)
    assert letters(network) == []  # nobody knew of it while it went on


def test_a_site_that_is_named_later_is_written_to_and_nobody_twice(network, reached, home):
    _, site = reached
    house, _, _ = home
    outage = network.outage()  # of an area, as long as nobody knows more
    assert (told(network), letters(network)) == (1, [])
    network.also_at(outage, site)
    assert (told(network), [letter.to for letter in letters(network)]) == (1, ["aino@example.fi"])
    later = house.customer("290296-912H", "Mikko Korhonen", "1002")
    house.contact(later, email="mikko@example.fi")
    theirs = network.site("Muukatu 1")
    network.occupancy(later, theirs)
    network.also_at(outage, theirs)
    assert (told(network), told(network)) == (1, 0)
    assert [letter.to for letter in letters(network)] == ["aino@example.fi", "mikko@example.fi"]
    network.now_says(outage, state="restored", ended_at=network.now)
    told(network)
    assert len(letters(network)) == 4


def rights(network):
    return [json.loads(event.payload)["percent_of_year_fee"] for event in left(network, "outage.compensation_due")]


def test_a_right_that_becomes_another_one_is_told_again(network, reached):
    _, site = reached
    outage = network.outage(site, state="restored", starts=-14 * HOUR, ended=-HOUR)
    told(network)
    network.now_says(outage, ended_at=network.now - 3 * HOUR)  # eleven hours
    told(network)
    network.now_says(outage, ended_at=network.now - HOUR)
    told(network)
    network.now_says(outage, compensated=False)
    assert (told(network), told(network)) == (1, 0)
    assert rights(network) == [10, 0, 10, 0]


def test_a_right_is_told_though_the_outage_is_no_news_any_more(network, reached):
    _, site = reached
    day = 24 * HOUR
    network.outage(site, state="restored", starts=-30 * day, ended=-29 * day)
    network.outage(site, state="restored", starts=-300 * day, ended=-299 * day)  # settled long ago
    assert told(network) == 2
    assert (rights(network), letters(network)) == ([25], [])


def test_what_a_first_load_tells_of_long_ago_is_no_news(network, reached):
    _, site = reached
    network.outage(site, state="restored", starts=-timedelta(days=340), ended=-timedelta(days=338))
    assert (told(network), told(network)) == (1, 0)
    assert (letters(network), left(network, "outage.compensation_due")) == ([], [])


def test_what_breaks_in_between_tells_all_or_nothing(network, reached):
    _, site = reached
    network.outage(site)

    def breaks(_db, _parties):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), network.database.writing() as db:
        tell(db, SENDER, breaks, network.now)
    with network.database.reading() as db:
        assert db.exec(select(Outage.told)).one() is None
    assert (letters(network), told(network), len(letters(network))) == ([], 1, 1)
