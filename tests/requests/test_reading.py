"""A reading by hand: which days and registers, and when a sentence doubts it."""

import json
from datetime import date
from decimal import Decimal
from io import BytesIO
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from portal.consumption.kinds import ReadHow, Register, RegisterUnit
from portal.consumption.registers.models import RegisterReading
from portal.consumption.registers.records import read_register
from portal.consumption.registers.rules import RegisterValue
from portal.kit.i18n import Language
from portal.kit.pictures import MEGABYTE
from portal.kit.privacy import DataSubject
from portal.outbox.models import OutboxEvent
from portal.privacy.holdings import Whose
from portal.privacy.package.records import photos as packed
from portal.requests import photos
from portal.requests.asking import Answers
from portal.requests.kinds import reading
from portal.requests.kinds.reading import READING
from portal.requests.models import RequestPhoto, ServiceRequest
from portal.requests.subjects import SiteSubject
from portal.sites.commodities import Commodity
from portal.sites.models import Meter
from tests import markup
from tests.browser import hidden
from tests.people import vault
from tests.requests.conftest import begin, fill_in, post, rows, send, send_photo
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
    _, day, *_ = READING.questions(about(counter(*YEAR)), Answers(), TODAY)
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
    answers = Answers({"register": code, "read_on": day.suggested, "reading": f"{shown}", "photo": ""})
    course = READING.course(subject, answers, TODAY)
    assert course.next is None
    for one in course.answered:
        assert one.doubt is None or one.doubt.said(Language.FI)


# On the pages


@pytest.fixture
def draft(aino, home, register):
    """A reading that Aino has begun, up to the question for a photo."""
    hung = {"metering_point_id": home.where[2], "serial": "M1"}
    as_read = {"counts": "total", "unit": "kWh", "read_how": "customer"}
    register.add(
        Meter(**hung, installed_on=date(2020, 1, 1)),
        *(RegisterReading(**hung, **as_read, read_on=on, reading=shown) for on, shown in YEAR),
    )
    begun = begin(aino.browser, "reading", site=home.site)
    first = markup.found(aino.browser.open(begun), "//input[@name='answer']/@value")
    fill_in(aino.browser, begun, *first, "21.11.2026", "18 999,5")
    return begun


def event(house):
    (sent,) = [json.loads(one.payload) for one in rows(house.database, OutboxEvent) if one.kind == "request.sent"]
    return {one["question"]: one["answer"] for one in sent["answers"]}


def test_a_reading_is_sent_from_the_page_of_the_site(house, aino, home, draft):
    page = aino.browser.open(f"/sites/{home.site}")
    assert f"/requests/new/reading?site={home.site}" in markup.found(page, "//main//a/@href")
    fill_in(aino.browser, draft, b"")
    said = markup.words(aino.browser.open(draft), "//main")
    assert "18 999,5 kWh" in said
    assert "ei kuvaa" in said
    assert "Mittarilukema on pienempi kuin 21.8.2026" in said
    assert send(aino.browser, draft).headers["location"] == draft
    assert (event(house)["reading"], event(house)["photo"]) == ("18999.5", "")
    assert aino.browser.get(f"{draft}/photo").status_code == 404


def test_a_photo_goes_with_it_and_is_shown_to_whoever_sees_the_request(house, aino, mikko, draft):
    refused = send_photo(aino.browser, draft, b"hello", "text/plain")
    assert refused.status_code == 422
    assert "Tiedosto ei ole kuva" in markup.words(refused, "//main")
    fill_in(aino.browser, draft, picture("red"))
    assert send_photo(aino.browser, draft, b"").status_code == 303, "the one that there is stays"
    assert send_photo(aino.browser, draft, picture("blue", (900, 900))).status_code == 303
    checked = aino.browser.open(draft)
    assert "18 999,5 kWh" in markup.words(checked, "//main"), "nothing that was answered is lost"
    assert markup.found(checked, "//main//img/@src") == [f"{draft}/photo"]
    send(aino.browser, draft)
    assert markup.found(aino.browser.open(draft), "//main//img/@src") == [f"{draft}/photo"]
    answer = aino.browser.get(f"{draft}/photo")
    assert answer.headers["content-type"] == "image/jpeg"
    assert mikko.browser.get(f"{draft}/photo").status_code == 404
    (photo,) = rows(house.database, RequestPhoto)
    assert event(house)["photo"] == str(photo.id)
    assert answer.content not in photo.sealed
    assert send_photo_late(aino.browser, draft).status_code == 409
    with house.database.reading() as db:
        number = db.get_one(ServiceRequest, photo.request_id).number
        assert photos.by_number(db, vault(), number) == answer.content
    (package,) = packed(house.database, Whose(DataSubject(aino.party, frozenset()), aino.name, "1"), vault())
    assert (package.name, b"".join(package.pieces)) == (f"photos/{number}.jpg", answer.content)


def test_a_photo_is_removed_by_a_press_and_with_its_draft(house, aino, draft):
    fill_in(aino.browser, draft, picture("red"))
    page = aino.browser.open(f"{draft}?question=photo")
    assert "Poista kuva" in markup.words(page, "//main//button")
    aino.browser.post(f"{draft}/photo", data=hidden(page.text) | {"without": "yes"})
    assert not rows(house.database, RequestPhoto)
    for chosen in (picture("red"), b"hello"):
        assert send_photo(aino.browser, draft, chosen, without="yes").status_code == 303, "the press counts"
    assert not rows(house.database, RequestPhoto)
    assert send_photo(aino.browser, draft, picture("red")).status_code == 303
    post(aino.browser, draft, f"{draft}/cancel")
    assert not rows(house.database, RequestPhoto)


def test_only_a_photo_may_be_larger_than_other_forms(aino, draft):
    large = {"photo": ("m.png", bytes(11 * MEGABYTE), "image/png")}
    refused = aino.browser.post(f"{draft}/photo", data=hidden(aino.browser.open(draft).text), files=large)
    assert refused.status_code == 422
    assert "suurempi kuin 10 megatavua" in markup.words(refused, "//main")
    assert aino.browser.post(f"{draft}/answer", files=large).status_code == 413
    assert aino.browser.post(f"{draft}/photo", content=bytes(21 * MEGABYTE)).status_code == 413


def send_photo_late(browser, sent):
    return browser.post(f"{sent}/photo", data=hidden(browser.open(sent).text) | {"without": "yes"})


def picture(colour, size=(30, 20)):
    made = BytesIO()
    Image.new("RGB", size, colour).save(made, "PNG")
    return made.getvalue()
