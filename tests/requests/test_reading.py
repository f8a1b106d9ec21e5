"""A reading by hand: which days and registers, and when a sentence doubts it."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.consumption.kinds import ReadHow, Register, RegisterUnit
from portal.consumption.registers.models import RegisterReading
from portal.consumption.registers.records import read_register
from portal.consumption.registers.rules import RegisterValue
from portal.kit.i18n import Language
from portal.outbox.models import OutboxEvent
from portal.requests.asking import Answers
from portal.requests.kinds import reading
from portal.requests.kinds.reading import READING
from portal.requests.subjects import SiteSubject
from portal.sites.kinds import Commodity
from portal.sites.models import Meter
from tests import markup
from tests.requests.conftest import begin, fill_in, rows, send
from tests.requests.values import TODAY, WHOSE

pytestmark = pytest.mark.sqlite

GSRN = "643000000899001015"
YEAR = [
    (date(2025, 5, 21), 10_000),
    (date(2025, 11, 21), 12_000),
    (date(2026, 5, 21), 18_000),
    (date(2026, 8, 21), 19_000),
]
DAYS = st.dates(date(2020, 1, 1), date(2026, 11, 19))


def counter(*values, digits=None):
    """A register of gas that showed so much on some days."""
    every = [
        RegisterValue("M1", Register.TOTAL, on, Decimal(shown), RegisterUnit.M3, ReadHow.CUSTOMER, digits)
        for on, shown in values
    ]
    return read_register(GSRN, Commodity.GAS, every)


def about(*registers, is_held=True):
    return SiteSubject(**WHOSE, at_site=UUID(int=2), called="Koti", is_held=is_held, points=(), registers=registers)


HINDERED = [
    (about(counter(*YEAR), is_held=False), "do not hold"),
    (about(), "read remotely"),
    (about(counter((TODAY, 1))), "today already"),
]


@pytest.mark.parametrize(("subject", "says"), HINDERED)
def test_what_cannot_be_read_says_why(subject, says):
    assert says in READING.hindrance(subject, TODAY).said(Language.EN)


def test_a_day_after_the_reading_before_and_until_today_is_taken():
    _, day, _ = READING.questions(about(counter(*YEAR)), Answers(), TODAY)
    assert (day.field.first, day.field.last) == (date(2026, 8, 22), TODAY)


DOUBTS = [  # of 92 days of autumn; a year before, some 11 m³ a day from May to November
    ("20000", None),
    ("19400", None),
    ("19100", "some 1 000 m³ is usual"),
    ("23500", "some 1 000 m³ is usual"),
    ("18999", "That is less than on 21 Aug 2026"),
]


@pytest.mark.parametrize(("shown", "says"), DOUBTS)
def test_what_is_hard_to_believe_is_said_in_a_sentence(shown, says):
    doubt = reading.doubt(counter(*YEAR), TODAY, shown)
    assert (doubt is None) if says is None else says in doubt.said(Language.EN).replace("\u00a0", " ")


def test_the_use_that_is_usual_is_that_of_the_season():
    winter = reading.usual_a_day(counter(*YEAR), date(2026, 11, 21), date(2027, 5, 21))
    summer = reading.usual_a_day(counter(*YEAR), date(2026, 7, 1), date(2026, 8, 1))
    assert round(winter) == 33
    assert round(summer) == 11
    assert reading.usual_a_day(counter(YEAR[0]), YEAR[0][0], TODAY) is None


def test_a_register_that_turned_over_is_believed():
    turned = counter((date(2026, 5, 21), 99_000), (date(2026, 8, 21), 99_900), digits=5)
    assert reading.doubt(turned, TODAY, "800") is None


@given(st.dictionaries(DAYS, st.integers(0, 10**6), min_size=1, max_size=6), st.decimals(0, 999_999, places=3))
def test_whatever_was_read_before_a_reading_is_taken(values, shown):
    subject = about(counter(*values.items()))
    day = READING.questions(subject, Answers(), TODAY)[1]
    code = reading.code_of(subject.registers[0])
    answers = Answers({"register": code, "read_on": day.suggested, "reading": f"{shown}"})
    course = READING.course(subject, answers, TODAY)
    assert course.next is None
    for one in course.answered:
        assert one.doubt is None or one.doubt.said(Language.FI)


# On the pages


def test_a_reading_is_sent_from_the_page_of_the_site(house, aino, home, register):
    hung = {"metering_point_id": home.where[2], "serial": "M1"}
    as_read = {"counts": "total", "unit": "kWh", "read_how": "customer"}
    register.add(
        Meter(**hung, installed_on=date(2020, 1, 1)),
        *(RegisterReading(**hung, **as_read, read_on=on, reading=shown) for on, shown in YEAR),
    )
    page = aino.browser.open(f"/sites/{home.site}")
    assert f"/requests/new/reading?site={home.site}" in markup.found(page, "//main//a/@href")
    draft = begin(aino.browser, "reading", site=home.site)
    first = markup.found(aino.browser.open(draft), "//input[@name='answer']/@value")
    fill_in(aino.browser, draft, *first, "21.11.2026", "18 999,5")
    said = markup.words(aino.browser.open(draft), "//main")
    assert "18 999,5 kWh" in said
    assert "Mittarilukema on pienempi kuin 21.8.2026" in said
    assert send(aino.browser, draft).headers["location"] == draft
    (event,) = [one.payload for one in rows(house.database, OutboxEvent) if one.kind == "request.sent"]
    assert '"answer":"18999.5"' in event
