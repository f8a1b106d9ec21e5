"""A draft whose ground is gone since it was begun: a page says why, and nothing that is pressed there fails."""

from datetime import date

import pytest
from sqlmodel import delete, update

from portal.consumption.registers.models import RegisterReading
from portal.kit.clock import DAY
from portal.outbox.models import OutboxEvent
from portal.requests.models import ServiceRequest
from portal.sites.models import Meter, Occupancy
from tests import markup
from tests.browser import check, hidden
from tests.requests.conftest import begin, fill_in, post, rows

pytestmark = pytest.mark.sqlite


@pytest.fixture
def work(aino, home):
    """A draft of work on the meter of Aino's home, with its first answer."""
    draft = begin(aino.browser, "meter-work", site=home.site)
    fill_in(aino.browser, draft, "port")
    return draft


@pytest.fixture
def reading(aino, home, register):
    """A draft of a reading of the meter of Aino's home, which was read in summer."""
    register.add(
        Meter(metering_point_id=home.where[2], serial="M1", installed_on=date(2020, 1, 1)),
        read(home, date(2026, 8, 21), 19_000),
    )
    return begin(aino.browser, "reading", site=home.site)


def read(home, on, shown):
    """What the meter of a home showed on a day."""
    as_read = {"counts": "total", "unit": "kWh", "read_how": "customer"}
    return RegisterReading(metering_point_id=home.where[2], serial="M1", **as_read, read_on=on, reading=shown)


def move_out(house, home, on):
    with house.database.writing() as db:
        db.exec(update(Occupancy).where(Occupancy.site_id == home.site).values(until=on))


def stuck(house, browser, draft, says):
    """Whatever is asked of a draft, it says why it cannot go on, and stays as it is; at last it is thrown away."""
    page = browser.open(draft)
    form = hidden(page.text)
    assert markup.words(page, "//h1") == "Tätä pyyntöä ei voi jatkaa"
    assert says in markup.words(page, "//main")
    assert browser.open(f"{draft}?question=work").text.count(says) == 1
    for act in ("answer", "send"):
        refused = browser.post(f"{draft}/{act}", data=form | {"question": "work", "answer": "port"})
        assert refused.status_code == 409
        check(refused, draft)
        assert says in markup.words(refused, "//main")
    assert [one.state for one in rows(house.database, ServiceRequest)] == ["draft"]
    assert rows(house.database, OutboxEvent) == []
    assert f"{draft}/cancel" in markup.found(page, "//main//form/@action")
    assert post(browser, draft, f"{draft}/cancel").headers["location"] == "/requests"
    assert rows(house.database, ServiceRequest) == []


def test_whoever_has_moved_out_reads_that_work_on_the_meter_is_no_longer_theirs_to_order(house, aino, home, work):
    move_out(house, home, aino.today - DAY)
    stuck(house, aino.browser, work, "Et ole nyt tämän kohteen haltija.")


def test_a_meter_that_has_been_read_today_is_not_read_again(house, aino, home, register, reading):
    register.add(read(home, aino.today, 19_100))
    stuck(house, aino.browser, reading, "Tämän kohteen mittarit on jo luettu tänään.")


def test_a_site_that_was_never_theirs_is_no_longer_named(house, aino, home, work):
    with house.database.writing() as db:
        db.exec(delete(Occupancy).where(Occupancy.site_id == home.site))
    stuck(house, aino.browser, work, "Pyynnön kohde ei enää kuulu niihin tietoihin, jotka näet täällä.")


def test_a_draft_goes_on_when_its_reason_has_passed(house, aino, home, work):
    move_out(house, home, aino.today - DAY)
    assert "Tätä pyyntöä ei voi jatkaa" in aino.browser.open(work).text
    move_out(house, home, None)
    assert markup.words(aino.browser.open(work), "//h1") == "Millä käyttöpaikalla?"


def test_another_tab_does_not_throw_away_what_was_sent_though_its_ground_is_gone(house, aino, home, register, reading):
    """A reading was sent, and is in the register now: the tab with its question still lies open."""
    form = hidden(aino.browser.open(reading).text) | {"question": "read_on"}
    with house.database.writing() as db:
        sent = {"state": "received", "sent_at": aino.now, "answer_by": aino.today}
        db.exec(update(ServiceRequest).values(**sent))
    register.add(read(home, aino.today, 19_100))
    answer = aino.browser.post(f"{reading}/answer", data=form | {"answer": "2026-11-20"})
    assert answer.status_code == 409
    assert "Tätä pyyntöä ei voi jatkaa" not in answer.text
    assert [one.state for one in rows(house.database, ServiceRequest)] == ["received"]
