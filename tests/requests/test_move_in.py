"""Moving in: what is asked, and what follows."""

from datetime import date

import pytest

from portal.kit.i18n import Language
from portal.outbox.models import OutboxEvent
from portal.requests.asking import Answers
from portal.requests.fields import Wrong
from portal.requests.kinds.move_in import MOVE_IN
from portal.requests.subjects import CustomerSubject
from tests import markup
from tests.browser import hidden
from tests.people import AINO
from tests.requests.conftest import ELSEWHERE, fill_in, post, rows, send
from tests.requests.values import TODAY, WHOSE

pytestmark = pytest.mark.sqlite

AINO_HERSELF = CustomerSubject(**WHOSE)


def field(code):
    return next(one.field for one in MOVE_IN.questions(AINO_HERSELF, Answers(), TODAY) if one.code == code)


def test_a_move_may_begin_on_the_same_day_and_not_before():
    assert field("first").kept({"answer": "21.11.2026"}) == "2026-11-21"
    with pytest.raises(Wrong):
        field("first").kept({"answer": "20.11.2026"})


NUMBERS = [("643000000000000018", False), ("643 000000 899001019", True), ("", True), ("12345", False)]


@pytest.mark.parametrize(("typed", "is_taken"), NUMBERS)
def test_a_metering_point_is_told_by_its_number_or_left_out(typed, is_taken):
    if not is_taken:
        with pytest.raises(Wrong):
            field("point").kept({"answer": typed})
        return
    assert field("point").kept({"answer": typed}) == typed.replace(" ", "")


@pytest.mark.parametrize("typed", ["0", "51", "1,5", "-1", "yksi"])
def test_a_number_of_people_is_a_number(typed):
    with pytest.raises(Wrong):
        field("residents").kept({"answer": typed})


FROST = [("yes", date(2026, 12, 1), True), ("no", date(2026, 12, 1), False), ("yes", date(2027, 6, 1), False)]


@pytest.mark.parametrize(("is_empty", "first", "warned"), FROST)
def test_an_empty_home_is_kept_warm_where_it_freezes(is_empty, first, warned):
    answers = Answers({"is_empty": is_empty, "first": first.isoformat()})
    said = MOVE_IN.promise(AINO_HERSELF, answers, TODAY).said(Language.EN)
    assert ("freeze" in said) is warned
    assert "have confirmed" in said


def test_a_customer_moves_in_without_naming_herself(house, aino):
    proved = house.open_for(AINO, aino.name, proved_minutes_ago=1)
    draft = post(proved, "/requests/new/move-in", "/requests/new/move-in").headers["location"]
    fill_in(proved, draft, ELSEWHERE, "", "1.12.2026", "2", "electricity", "yes")
    assert "ei tiedossa" in markup.words(proved.open(draft), "//main")
    assert send(proved, draft).headers["location"] == draft
    (event,) = [one.payload for one in rows(house.database, OutboxEvent) if one.kind == "request.sent"]
    assert '"request_kind":"move-in"' in event


def test_electricity_is_chosen_with_the_move_and_its_key_terms_are_read(house, aino, register):
    register.taxes()
    register.price(register.product(name="Vakaa", sold_from=aino.today, fixed_months=12), "energy", "8")
    proved = house.open_for(AINO, aino.name, proved_minutes_ago=1)
    draft = post(proved, "/requests/new/move-in", "/requests/new/move-in").headers["location"]
    fill_in(proved, draft, ELSEWHERE, "", "1.12.2026", "2", "electricity", "no")
    asked = proved.open(draft)
    assert "10,04 c/kWh · määräaikainen, 12 kk" in markup.words(asked, "//fieldset").replace("\u00a0", " ")
    code, later = markup.found(asked, "//input[@name='answer']/@value")
    fill_in(proved, draft, code)
    said = markup.words(proved.open(draft), "//main")
    assert "Olet valinnut tuotteen Vakaa." in said
    assert "määräaikainen 30.11.2027 asti" in said
    form = hidden(proved.open(f"{draft}?question=product").text) | {"question": "product", "answer": later}
    proved.post(f"{draft}/answer", data=form)
    assert "Olet valinnut" not in markup.words(proved.open(draft), "//main")


def test_somebody_who_is_no_customer_is_told_that_there_is_nothing_yet(oona):
    assert "Sinulla ei ole mitään" in markup.words(oona.open("/requests/new/move-in"), "//main")
    assert post(oona, "/requests", "/requests/new/move-in").status_code == 404
