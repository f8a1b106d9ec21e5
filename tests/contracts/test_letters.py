"""Who is written to before a fixed term ends: a month and a week before, once each, of those that run to its end."""

from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from portal.contracts.letters import telling
from portal.contracts.models import Contract
from portal.contracts.rules import notice_of
from portal.kit.clock import start_of
from portal.kit.i18n import Language
from portal.kit.jobs import Done, Shift
from portal.outbox.mail import letter_in
from portal.outbox.models import OutboxEvent
from tests.people import KARIN

TODAY = date(2026, 11, 21)
LAST = TODAY + timedelta(days=30)


class Day:
    """The day on which the jobs run, moved on by hand."""

    def __init__(self):
        self.today = TODAY

    def __call__(self):
        return start_of(self.today) + timedelta(hours=9)


@pytest.fixture
def day():
    return Day()


@pytest.fixture
def home(house, register, aino):
    """Aino's home, and her address."""
    house.contact(aino.party, email="aino@example.fi")
    return Home(register, aino.party)


class Home:
    def __init__(self, register, party):
        self.register, self.party = register, party
        self.site = register.site()
        self.product = register.product(name="Vakaa")
        self.network = register.product("network", name="Siirto")

    def contract(self, product=None, **facts):
        """A contract at a metering point of its own."""
        point = self.register.point(self.site)
        return self.register.contract(self.party, self.site, point, product or self.product, **facts)


def told(database, day):
    """Run the job; of how many customers it wrote."""
    return telling("https://portal.test").run(Shift(database, day)).done


def letters(database):
    with database.reading() as db:
        return [letter_in(row) for row in db.exec(select(OutboxEvent).order_by(col(OutboxEvent.number)))]


@pytest.mark.parametrize(("left", "days"), [(30, 30), (8, 30), (7, 7), (0, 7)])
def test_which_letter_is_due(left, days):
    assert notice_of(TODAY + timedelta(days=left), TODAY) == days


def test_a_term_is_told_of_a_month_and_a_week_before_once_each(database, day, home):
    contract = home.contract(fixed_until=LAST)
    written = []
    for ahead in range(33, -3, -1):
        day.today = LAST - timedelta(days=ahead)
        before = len(letters(database))
        told(database, day)
        assert told(database, day) == 0
        written += [ahead] * (len(letters(database)) - before)
    assert written == [30, 7]
    first, _ = letters(database)
    assert (first.to, first.party_id) == ("aino@example.fi", home.party)
    assert first.subject == "Sopimuksesi määräaika päättyy 21.12.2026"
    assert f"https://portal.test/contracts/{contract}" in first.body
    assert "Vakaa (70" in first.body
    assert "Esimerkkikatu" not in first.body


@pytest.mark.parametrize("language", Language)
def test_each_language_has_its_letter(house, database, day, register, language):
    party = house.customer(KARIN, "Karin Lindholm", "1003", language=language)
    house.contact(party, email="karin@example.fi")
    Home(register, party).contract(fixed_until=LAST)
    assert told(database, day) == 1
    [written] = letters(database)
    assert written.language is language
    assert written.subject.isprintable()


@pytest.mark.parametrize("missed", [25, 8])
def test_a_day_on_which_nothing_ran_is_caught_up(database, day, home, missed):
    home.contract(fixed_until=TODAY + timedelta(days=missed))
    assert (told(database, day), told(database, day)) == (1, 0)


def test_a_week_before_nobody_is_written_to_twice_at_once(database, day, home):
    home.contract(fixed_until=TODAY + timedelta(days=5))
    assert (told(database, day), told(database, day)) == (1, 0)
    assert len(letters(database)) == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"fixed_until": LAST + timedelta(days=1)},
        {"fixed_until": TODAY - timedelta(days=1)},
        {"fixed_until": None},
        {"fixed_until": LAST, "valid_to": LAST},
        {"fixed_until": LAST, "first": TODAY + timedelta(days=1)},
    ],
)
def test_what_does_not_end_now_or_was_given_notice_is_not_told(database, day, home, facts):
    home.contract(**facts)
    assert told(database, day) == 0


def test_contracts_that_end_on_one_day_are_one_letter(database, day, home):
    for number in range(7):
        home.contract(fixed_until=LAST - timedelta(days=number // 6))
    assert told(database, day) == 1
    earlier, later = letters(database)
    assert earlier.subject == "Sopimuksesi määräaika päättyy 20.12.2026"
    assert "6 sopimuksessa" in later.body
    assert later.body.count("/contracts/") == 5
    assert "ja vielä 1 sopimuksessa\nhttps://portal.test/contracts\n" in later.body


def test_a_term_that_was_prolonged_is_told_of_anew(database, day, home):
    contract = home.contract(fixed_until=LAST)
    told(database, day)
    with database.writing() as db:
        db.get_one(Contract, contract).fixed_until = LAST + timedelta(days=365)
    assert told(database, day) == 0
    day.today += timedelta(days=365)
    assert told(database, day) == 1


def test_whoever_has_no_address_is_told_when_there_is_one(house, database, day, register, aino):
    Home(register, aino.party).contract(fixed_until=LAST)
    assert told(database, day) == 0
    house.contact(aino.party, email="aino@example.fi")
    assert told(database, day) == 1


@pytest.mark.sqlite
def test_many_customers_are_told_in_rounds(house, database, day, register):
    for number in range(3):
        party = register.party()
        house.contact(party, email=f"n{number}@example.fi")
        Home(register, party).contract(fixed_until=LAST)
    job = telling("https://portal.test")
    assert job.run(Shift(database, day)) == Done(3)
