"""Work on a meter: what is asked for which, and the four months."""

from datetime import date
from uuid import UUID

import pytest

from portal.kit.i18n import Language
from portal.requests.asking import Answers
from portal.requests.kinds.meter_work import METER_WORK, Work
from portal.requests.models import ServiceRequest
from portal.requests.subjects import MeasuringPoint, SiteSubject
from portal.sites.commodities import Commodity
from tests import markup
from tests.requests.conftest import begin, fill_in, rows, send
from tests.requests.values import TODAY, WHOSE

pytestmark = pytest.mark.sqlite

ELECTRICITY = MeasuringPoint("643000000899001019", Commodity.ELECTRICITY)
HEAT = MeasuringPoint("643000000899001026", Commodity.HEAT)


def about(*points, is_held=True):
    return SiteSubject(**WHOSE, at_site=UUID(int=2), called="Koti", is_held=is_held, points=points, registers=())


HINDERED = [
    (about(ELECTRICITY), None),
    (about(HEAT), "no meter of electricity"),
    (about(ELECTRICITY, is_held=False), "do not hold"),
]


@pytest.mark.parametrize(("subject", "says"), HINDERED)
def test_there_is_a_meter_of_electricity_to_work_on(subject, says):
    reason = METER_WORK.hindrance(subject, TODAY)
    assert (reason is None) if says is None else says in reason.said(Language.EN)


@pytest.mark.parametrize(("work", "asked"), [(Work.PORT, 2), (Work.RELAY, 3), (Work.OWN_METER, 3)])
def test_nobody_has_to_be_at_home_for_the_port(work, asked):
    questions = METER_WORK.questions(about(ELECTRICITY, HEAT), Answers({"work": work}), TODAY)
    assert len(questions) == asked
    assert [one.code for one in questions[1].field.options] == [ELECTRICITY.gsrn]


@pytest.mark.parametrize(("asked_on", "by"), [(TODAY, date(2027, 3, 21)), (date(2026, 10, 31), date(2027, 2, 28))])
def test_the_clock_has_four_months(asked_on, by):
    assert METER_WORK.promise(about(ELECTRICITY), Answers({"work": Work.PORT}), asked_on).answer_by == by


def test_the_port_is_ordered_from_the_page_of_the_site(house, aino, home):
    page = aino.browser.open(f"/sites/{home.site}")
    assert f"/requests/new/meter-work?site={home.site}" in markup.found(page, "//main//a/@href")
    draft = begin(aino.browser, "meter-work", site=home.site)
    fill_in(aino.browser, draft, Work.PORT)
    fill_in(aino.browser, draft, *markup.found(aino.browser.open(draft), "//input[@name='answer']/@value"))
    assert send(aino.browser, draft).headers["location"] == draft
    assert [one.answer_by for one in rows(house.database, ServiceRequest)] == [date(2027, 3, 21)]
