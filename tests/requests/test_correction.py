"""Correcting a fact of a site: which facts there are, what is taken as an answer, and by when it is answered."""

from datetime import date
from uuid import UUID

import pytest

from portal.kit.i18n import Language, text
from portal.outbox.models import OutboxEvent
from portal.requests.asking import Answers
from portal.requests.fields import TextField, Wrong
from portal.requests.kinds.correction import CORRECTION
from portal.requests.subjects import SiteFact, SiteSubject
from portal.sites.models import Meter, Site
from tests import markup
from tests.browser import check, hidden
from tests.requests.conftest import begin, fill_in, rows, send
from tests.requests.values import TODAY, WHOSE

pytestmark = pytest.mark.sqlite

RESIDENTS = SiteFact("site.residents", text("Residents"), "4")


def about(*facts, is_held=True):
    held = {"at_site": UUID(int=2), "called": "Koti", "is_held": is_held, "points": (), "registers": ()}
    return SiteSubject(**WHOSE, **held, facts=facts)


def test_a_site_that_is_no_longer_held_is_corrected_by_its_holder():
    assert CORRECTION.hindrance(about(RESIDENTS), TODAY) is None
    assert "do not hold" in CORRECTION.hindrance(about(is_held=False), TODAY).said(Language.EN)


def test_each_fact_stands_with_what_is_known_of_it_and_something_else_can_be_wrong():
    fact, value, since = CORRECTION.questions(about(RESIDENTS), Answers({"fact": "site.residents"}), TODAY)
    assert [(one.code, one.hint and one.hint.said(Language.EN)) for one in fact.field.options] == [
        ("site.residents", "Now: 4"),
        ("other", None),
    ]
    assert value.hint.said(Language.EN) == "Residents is now: 4"
    assert since.suggested == TODAY.isoformat()
    assert CORRECTION.questions(about(RESIDENTS), Answers({"fact": "other"}), TODAY)[1].hint is None


@pytest.mark.parametrize("answers", [{}, {"fact": "site.heating"}])
def test_a_fact_that_is_no_more_is_asked_for_anew(answers):
    course = CORRECTION.course(about(), Answers(answers), TODAY)
    assert course.next.code == "fact"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  kaksi ", "kaksi"),
        ("a\r\nb", "a\nb"),
        ("x" * 500, "x" * 500),
        ("Å–€ 🏠", "Å–€ 🏠"),
        ("140\u00a0m²", "140 m²"),  # as copied from a page
        ("a\tb", "a b"),
        ("👩\u200d🔧", "👩\u200d🔧"),
    ],
)
def test_words_are_kept_as_they_were_typed(typed, kept):
    assert TextField().kept({"answer": typed.strip()}) == kept
    assert TextField().said(kept) == kept


@pytest.mark.parametrize(
    ("typed", "says"), [("", "Fill in"), ("x" * 501, "at most 500"), ("a\x00b", "Check what you wrote")]
)
def test_what_is_no_answer_says_what_to_do(typed, says):
    with pytest.raises(Wrong) as wrong:
        TextField().kept({"answer": typed})
    assert says in wrong.value.errors["answer"].said(Language.EN)


def test_it_is_answered_within_five_banking_days():
    assert CORRECTION.promise(about(RESIDENTS), Answers(), TODAY).answer_by == date(2026, 11, 27)


# On the pages


@pytest.fixture
def known(register, home):
    """What the register knows of Aino's home: who lives there, and the meter."""
    with register.database.writing() as db:
        site = db.get_one(Site, home.site)
        site.residents, site.heating = 4, "district-heat"
    register.add(Meter(metering_point_id=home.where[2], serial="M123", installed_on=date(2020, 1, 1)))
    return home


def test_a_fact_is_corrected_from_the_page_of_the_site(house, aino, known):
    page = aino.browser.open(f"/sites/{known.site}")
    assert f"/requests/new/correction?site={known.site}" in markup.found(page, "//main//a/@href")
    draft = begin(aino.browser, "correction", site=known.site)
    asked = aino.browser.open(draft)
    offered = markup.found(asked, "//input[@name='answer']/@value")
    serial = next(one for one in offered if one.endswith("/M123"))
    assert {"site.residents", "site.heating", "other"} < set(offered)
    assert "Nyt: 4" in markup.words(asked, "//main")
    fill_in(aino.browser, draft, "site.residents", "2, lapset ovat muuttaneet pois", "1.11.2026")
    said = markup.words(aino.browser.open(draft), "//main")
    assert "2, lapset ovat muuttaneet pois" in said
    assert send(aino.browser, draft).headers["location"] == draft
    (event,) = [one.payload for one in rows(house.database, OutboxEvent) if one.kind == "request.sent"]
    assert '"answer":"site.residents"' in event
    assert '"answer":"2026-11-01"' in event
    assert serial.startswith("meter.serial/")


def test_what_was_typed_wrong_is_shown_again(aino, known):
    draft = begin(aino.browser, "correction", site=known.site)
    fill_in(aino.browser, draft, "other")
    form = hidden(aino.browser.open(draft).text) | {"question": "value", "answer": "x" * 501}
    answer = aino.browser.post(f"{draft}/answer", data=form)
    assert answer.status_code == 422
    check(answer, draft)
    assert "Kirjoita enintään 500 merkkiä." in markup.words(answer, "//*[@id='answer-error']")
    assert markup.words(answer, "//textarea") == "x" * 501


def test_a_fact_that_changed_meanwhile_is_asked_for_with_what_is_known_now(house, aino, known):
    draft = begin(aino.browser, "correction", site=known.site)
    fill_in(aino.browser, draft, "site.residents")
    with house.database.writing() as db:
        db.get_one(Site, known.site).residents = None
    assert markup.words(aino.browser.open(draft), "//h1") == "Mikä tieto on väärin?"
