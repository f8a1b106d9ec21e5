"""What the utility tells of requests, on either database."""

from datetime import timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import select

from portal.kit.feed import ImportContext, Refusal
from portal.outbox.mail import MAIL, letter_in
from portal.outbox.models import OutboxEvent
from portal.requests.importing import RequestProgress, keep_request_progress
from portal.requests.jobs import forget_drafts
from portal.requests.models import RequestStep, ServiceRequest
from tests import days, markup
from tests.people import AINO, vault
from tests.requests.conftest import ELSEWHERE, begin, fill_in, rows, send


@pytest.fixture
def request_(house, aino, home):
    """A request of Aino's that was sent: its page, and her browser."""
    house.contact(aino.party, email="aino@example.fi")
    browser = house.open_for(AINO, aino.name, proved_minutes_ago=1)
    draft = begin(browser, contract=home.sales)
    fill_in(browser, draft, "move", "21.11.2026", "no", ELSEWHERE)
    send(browser, draft)
    return draft, browser


def row(house, state, **more):
    """A row of the feed about the only request, told now."""
    (request,) = rows(house.database, ServiceRequest)
    at = f"{days.now():%Y-%m-%dT%H:%M:%S.%fZ}"
    return RequestProgress(**{"request_number": request.number, "state": state, "at": at} | more)


def keep(house, *told):
    with house.database.writing() as db:
        return keep_request_progress(db, told, ImportContext(vault, days.now()))


def test_an_answer_changes_its_state_is_read_on_its_page_and_sends_a_letter(house, request_):
    page, browser = request_
    assert keep(house, row(house, "in-work")) == ["accepted"]
    accepted = row(house, "accepted", text="Sopimuksesi päättyy.", takes_effect_on="2026-11-21")
    assert keep(house, accepted) == ["accepted"]
    assert keep(house, accepted) == ["unchanged"]
    said = markup.words(browser.open(page), "//main")
    assert "Hyväksytty" in said
    assert "Sopimuksesi päättyy." in said
    assert "Tulee voimaan 21.11.2026." in said
    assert "Peru pyyntö" not in said
    letters = [letter_in(one).subject for one in rows(house.database, OutboxEvent) if one.kind == MAIL]
    assert [subject.partition(" ")[0] for subject in letters] == ["Olemme", "Pyyntöösi"]


def test_what_was_done_takes_no_step_and_makes_room_for_another_request(house, home, request_):
    page, browser = request_
    assert keep(house, row(house, "done")) == ["accepted"]
    assert keep(house, row(house, "refused", text="Ei.")) == [Refusal("the request is done")]
    assert begin(browser, contract=home.sales) != page


def test_rows_that_cannot_be_are_refused_with_the_reason(house, request_):
    at = (days.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert keep(house, row(house, "done", at=at)) == [Refusal("at lies in the future")]
    assert keep(house, row(house, "done", at="2026-01-01T00:00:00Z")) == [Refusal("a later step is known")]
    (verdict,) = keep(house, row(house, "done", request_number="0000-0000-0000"))
    assert "0000-0000-0000" in verdict.reason
    with pytest.raises(ValidationError, match="says why"):
        row(house, "refused")


@pytest.mark.parametrize("act", ["UPDATE request_step SET text = 'x'", "DELETE FROM request_step"])
def test_what_happened_to_a_request_is_neither_changed_nor_removed(house, request_, act):
    with pytest.raises(DatabaseError, match="only grows"), house.database.writing() as db:
        db.execute(text(act))


def test_a_draft_is_not_answered_and_is_forgotten_after_a_month(house, aino, home):
    begin(aino.browser, contract=home.sales)
    (verdict,) = keep(house, row(house, "done"))
    assert isinstance(verdict, Refusal)
    with house.database.writing() as db:
        assert forget_drafts(db, days.now() + timedelta(days=29), 10) == 0
        assert forget_drafts(db, days.now() + timedelta(days=31), 10) == 1
        assert db.exec(select(ServiceRequest)).all() == []
    assert rows(house.database, RequestStep) == []
