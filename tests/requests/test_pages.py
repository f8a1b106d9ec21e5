"""A request from the page where it is needed to its receipt: one question a page, signed, sent once, and answered."""

import json

import anyio
import httpx2
import jsonschema
import pytest
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.kit.clock import DAY
from portal.outbox.mail import MAIL, letter_in
from portal.outbox.models import OutboxEvent
from portal.requests.events import RequestSent, RequestWithdrawn
from portal.requests.models import RequestStep, ServiceRequest
from tests import markup
from tests.browser import ORIGIN, check, hidden
from tests.people import AINO
from tests.requests.conftest import ELSEWHERE, acting_for_aino, begin, fill_in, post, rows, send

FIFTY = 50


@pytest.fixture
def proved(house, aino):
    """Aino's browser a minute after she came from her bank."""
    return house.open_for(AINO, aino.name, proved_minutes_ago=1)


def whole(browser, home, last="21.11.2026"):
    """A draft of ending the sales contract with the move, ready to be checked."""
    draft = begin(browser, contract=home.sales)
    fill_in(browser, draft, "move", last, "yes", ELSEWHERE)
    return draft


def events(database, kind):
    return [json.loads(one.payload) for one in rows(database, OutboxEvent) if one.kind == kind]


# From the contract to the receipt


def test_a_contract_is_ended_from_its_page_question_by_question(house, aino, home, proved):
    page = aino.browser.open(f"/contracts/{home.sales}")
    assert f"/requests/new/end?contract={home.sales}" in markup.found(page, "//main//a/@href")
    draft = begin(proved, contract=home.sales)
    assert markup.words(proved.open(draft), "//h1") == "Miksi sopimus päättyy?"
    fill_in(proved, draft, "move")
    assert markup.words(proved.open(draft), "//h1") == "Mikä on sopimuksen viimeinen päivä?"
    fill_in(proved, draft, "30.11.2026")
    assert markup.words(proved.open(draft), "//h1") == "Päättyykö Siirto (Sähkönsiirto) samana päivänä?"
    fill_in(proved, draft, "yes", ELSEWHERE)
    checked = markup.words(proved.open(draft), "//main")
    assert "Tarkista vastauksesi" in checked
    assert "Uusikatu 2 B 14, 33200 Tampere" in checked
    assert "Sopimuksen viimeinen päivä on 30.11.2026." in checked
    assert send(proved, draft).headers["location"] == draft
    receipt = markup.words(proved.open(draft), "//main")
    assert "Vastaanotettu" in receipt
    assert "Vastaamme" in checked
    assert "Mikä on sopimuksen viimeinen päivä? 30.11.2026" in receipt
    assert "Aino Mäkelä" in receipt


def test_what_was_sent_is_told_by_an_event_of_its_schema_an_entry_of_the_audit_and_a_letter(house, aino, home, proved):
    house.contact(aino.party, email="aino@example.fi")
    send(proved, whole(proved, home))
    (request,) = rows(house.database, ServiceRequest)
    (event,) = events(house.database, "request.sent")
    jsonschema.validate(event, RequestSent.model_json_schema(mode="serialization"))
    assert event["number"] == request.number
    assert event["customer_number"] == "1001"
    assert [(one["question"], one["answer"]) for one in event["answers"]][:2] == [
        ("why", "move"),
        ("last", "2026-11-21"),
    ]
    assert event["contract_number"]
    assert [entry.act for entry in rows(house.database, AuditEntry)][-1] == "request.sent"
    (letter,) = [letter_in(one) for one in rows(house.database, OutboxEvent) if one.kind == MAIL]
    assert request.number in letter.subject
    assert "Uusikatu" not in letter.body


def test_what_binds_is_sent_by_whoever_has_just_proved_who_they_are(house, aino, home, proved):
    draft = whole(aino.browser, home)
    page = aino.browser.open(draft)
    assert markup.found(page, "//main//a[starts-with(@href, '/confirm')]/@href") == [f"/confirm?next={draft}"]
    answer = aino.browser.post(f"{draft}/send", data=hidden(page.text))
    assert answer.headers["location"].startswith("/confirm?next=")
    assert [one.state for one in rows(house.database, ServiceRequest)] == ["draft"]
    assert send(proved, draft).headers["location"] == draft
    assert [one.state for one in rows(house.database, ServiceRequest)] == ["received"]


def test_fifty_presses_at_once_send_one_request(house, aino, home, proved):
    draft = whole(proved, home)
    form = hidden(proved.open(draft).text)
    answers = at_once(house, proved, f"{draft}/send", form)
    assert {(one.status_code, one.headers["location"]) for one in answers} == {(303, draft)}
    assert [one.act for one in rows(house.database, RequestStep)] == ["received"]
    assert len(events(house.database, "request.sent")) == 1


def test_fifty_presses_at_once_begin_one_draft(house, aino, home, proved):
    form = hidden(proved.open(f"/requests/new/end?contract={home.sales}").text) | {"contract": str(home.sales)}
    answers = at_once(house, proved, "/requests/new/end", form)
    assert {one.status_code for one in answers} == {303}
    assert len({one.headers["location"] for one in answers}) == 1
    assert len(rows(house.database, ServiceRequest)) == 1


def at_once(house, browser, path, form):
    """Fifty answers to one form, sent at the same time."""
    answers = []

    async def press(client):
        answers.append(await client.post(path, data=form))

    async def everybody():
        told = {"headers": {"Sec-Fetch-Site": "same-origin"}, "cookies": dict(browser.cookies)}
        client = httpx2.AsyncClient(transport=httpx2.ASGITransport(house.app), base_url=ORIGIN, **told)
        async with client, anyio.create_task_group() as pressing:
            for _ in range(FIFTY):
                pressing.start_soon(press, client)

    anyio.run(everybody)
    assert len(answers) == FIFTY
    return answers


# The draft


@pytest.mark.sqlite
def test_a_draft_goes_on_where_it_was_left_on_another_device(house, aino, home):
    draft = begin(aino.browser, contract=home.sales)
    fill_in(aino.browser, draft, "move")
    other = house.open_for(AINO, aino.name)
    start = other.open(f"/requests/new/end?contract={home.sales}")
    assert draft in markup.found(start, "//main//a/@href")
    assert begin_again(other, home) == draft
    assert markup.words(other.open(draft), "//h1") == "Mikä on sopimuksen viimeinen päivä?"
    assert "Lähettämättä" in markup.words(other.open("/requests"), "//main")


def begin_again(browser, home):
    """Press the first button once more, as from another tab that was open."""
    form = hidden(browser.open("/requests").text) | {"contract": str(home.sales)}
    return browser.post("/requests/new/end", data=form).headers["location"]


@pytest.mark.sqlite
def test_an_answer_is_changed_and_the_others_stay(aino, home):
    draft = whole(aino.browser, home)
    page = aino.browser.open(f"{draft}?question=last")
    assert markup.found(page, "//input[@name='answer']/@value") == ["21.11.2026"]
    form = hidden(page.text) | {"question": "last", "answer": "1.12.2026"}
    assert aino.browser.post(f"{draft}/answer", data=form).headers["location"] == draft
    said = markup.words(aino.browser.open(draft), "//main")
    assert "Tarkista vastauksesi" in said
    assert "1.12.2026" in said
    assert "Uusikatu 2 B 14" in said


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Täytä tämä kenttä."),
        ("huomenna", "Kirjoita päivä näin: 21.11.2026."),
        ("20.11.2026", "Mennyttä päivää ei voi valita. Jos olet jo muuttanut, valitse tämä päivä."),
        ("22.11.2027", "Viimeinen mahdollinen päivä on 21.11.2027."),
    ],
)
def test_a_wrong_answer_is_shown_again_with_what_to_do(aino, home, typed, says):
    draft = begin(aino.browser, contract=home.sales)
    fill_in(aino.browser, draft, "move")
    form = hidden(aino.browser.open(draft).text) | {"question": "last", "answer": typed}
    answer = aino.browser.post(f"{draft}/answer", data=form)
    assert answer.status_code == 422
    check(answer, draft)
    assert says in markup.words(answer, "//*[@id='answer-error']")
    assert markup.found(answer, "//input[@name='answer']/@value") == [typed]
    assert markup.found(answer, "//section[@role='alert']//a/@href") == ["#answer"]


@pytest.mark.sqlite
def test_an_address_is_corrected_part_by_part(aino, home):
    draft = begin(aino.browser, contract=home.sales)
    fill_in(aino.browser, draft, "move", "21.11.2026", "no")
    form = hidden(aino.browser.open(draft).text) | {"question": "bill_to", **ELSEWHERE, "postcode": "3320", "town": " "}
    answer = aino.browser.post(f"{draft}/answer", data=form)
    assert markup.found(answer, "//section[@role='alert']//a/@href") == ["#postcode", "#town"]
    assert markup.found(answer, "//input[@name='street']/@value") == ["Uusikatu 2 B 14"]


@pytest.mark.sqlite
def test_a_draft_whose_day_has_passed_asks_for_it_anew(house, aino, home, proved):
    draft = whole(proved, home)
    with house.database.writing() as db:
        row = db.exec(select(ServiceRequest)).one()
        row.answers = row.answers.replace("2026-11-21", "2026-11-20")
        db.add(row)
    page = proved.open(draft)
    assert markup.words(page, "//h1") == "Mikä on sopimuksen viimeinen päivä?"
    refused = proved.post(f"{draft}/send", data=hidden(page.text))
    assert refused.status_code == 409
    assert [one.state for one in rows(house.database, ServiceRequest)] == ["draft"]


@pytest.mark.sqlite
def test_a_draft_is_thrown_away_and_leaves_nothing(house, aino, home):
    draft = whole(aino.browser, home)
    answer = post(aino.browser, draft, f"{draft}/cancel")
    assert answer.headers["location"] == "/requests"
    assert rows(house.database, ServiceRequest) == []
    assert rows(house.database, OutboxEvent) == []
    aino.browser.open(draft, status=404)


# What was sent


@pytest.mark.sqlite
def test_what_was_sent_is_withdrawn_once_and_changed_no_more(house, aino, home, proved):
    draft = whole(proved, home)
    form = hidden(proved.open(draft).text)
    send(proved, draft)
    assert proved.post(f"{draft}/answer", data=form | {"question": "why", "answer": "other"}).status_code == 409
    for _ in range(2):
        assert proved.post(f"{draft}/cancel", data=form).headers["location"] == draft
    assert "Peruttu" in markup.words(proved.open(draft), "//main")
    (event,) = events(house.database, "request.withdrawn")
    jsonschema.validate(event, RequestWithdrawn.model_json_schema(mode="serialization"))
    assert [one.act for one in rows(house.database, RequestStep)] == ["received", "withdrawn"]


@pytest.mark.sqlite
def test_what_is_asked_for_already_is_not_asked_for_twice(aino, home, proved):
    draft = whole(proved, home)
    send(proved, draft)
    start = proved.open(f"/requests/new/end?contract={home.sales}")
    assert "Pyyntö on jo tehty" in markup.words(start, "//main")
    assert begin_again(proved, home) == draft


@pytest.mark.sqlite
def test_a_contract_that_has_a_last_day_says_so(aino, home, register):
    ended = register.contract(*home.where, register.product(name="Vanha"), valid_to=aino.today + DAY)
    page = aino.browser.open(f"/requests/new/end?contract={ended}")
    assert "Sopimuksella on jo viimeinen päivä: 22.11.2026." in markup.words(page, "//main")
    refused = post(aino.browser, "/requests", "/requests/new/end", contract=str(ended))
    assert refused.status_code == 409


# Whose it is


@pytest.mark.sqlite
def test_nobody_is_sent_to_sign_in_and_a_stranger_finds_nothing(nobody, aino, home, mikko):
    draft = begin(aino.browser, contract=home.sales)
    assert nobody.get(draft).headers["location"] == f"/sign-in?next={draft}"
    for path in (draft, f"/requests/new/end?contract={home.sales}"):
        mikko.browser.open(path, status=404)
    form = hidden(mikko.browser.open("/requests").text)
    for act in ("answer", "send", "cancel"):
        assert mikko.browser.post(f"{draft}/{act}", data=form).status_code == 404
    assert "Palvelupyyntöjä ei ole" in markup.words(mikko.browser.open("/requests"), "//main")


@pytest.mark.sqlite
@pytest.mark.parametrize("id_", ["x", "00000000-0000-4000-8000-000000000000"])
def test_a_wrong_id_is_not_found(aino, home, id_):
    aino.browser.open(f"/requests/{id_}", status=404)
    aino.browser.open(f"/requests/new/end?contract={id_}", status=404)


@pytest.mark.sqlite
@pytest.mark.parametrize("level", ["see", "manage"])
def test_a_representative_acts_as_far_as_the_mandate_goes(house, aino, home, level):
    mikko = acting_for_aino(house, aino, level)
    page = mikko.open(f"/requests/new/end?contract={home.sales}")
    if level == "see":
        assert "Valtuutuksesi, jonka antoi Aino Mäkelä, ei riitä tähän." in markup.words(page, "//main")
        assert post(mikko, "/requests", "/requests/new/end", contract=str(home.sales)).status_code == 403
        return
    draft = whole(mikko, home)
    send(mikko, draft)
    said = markup.words(aino.browser.open(draft), "//main")
    assert "Mikko Korhonen" in said
    assert "Aino Mäkelä" in said
    (event,) = events(house.database, "request.sent")
    assert (event["sent_by"], event["customer_number"]) == ("Mikko Korhonen", "1001")


@pytest.mark.sqlite
def test_who_may_only_see_finds_what_was_sent_and_no_draft(house, aino, home, proved):
    draft = whole(proved, home)
    mikko = acting_for_aino(house, aino, "see")
    mikko.open(draft, status=404)
    send(proved, draft)
    said = markup.words(mikko.open(draft), "//main")
    assert "Vastaanotettu" in said
    assert "Peru pyyntö" not in said
