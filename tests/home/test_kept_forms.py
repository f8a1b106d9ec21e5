"""A form that is sent when its session has ended: what was typed comes back, to the same person only."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from portal.auth import actions as sessions
from portal.auth.actions import SESSION_COOKIE
from portal.auth.models import KeptForm, SignedSession
from portal.kit.kept import mark_of
from tests import days
from tests.browser import Browser, hidden
from tests.people import AINO, MIKKO

pytestmark = pytest.mark.sqlite

WORDS = "Mittari näyttää nollaa. <b>Miksi?</b>"
BACK = "Kirjoittamasi on tallessa"
MESSAGE = {"topic": "billing", "subject": "Mittari", "body": WORDS}
FORMS = [
    ("/messages/new?topic=contract", "/messages/new", MESSAGE, WORDS),
    ("/feedback", "/feedback", {"body": WORDS}, WORDS),
    (
        "/privacy/requests/new?kind=rectification&field=party.name",
        "/privacy/requests/new",
        {"kind": "rectification", "words": WORDS},
        WORDS,
    ),
    (
        "/account/address",
        "/account/address",
        {"street": "Uusi katu 1", "postcode": "33100", "town": "Turku", "country": "SE"},
        "Uusi katu 1",
    ),
    (
        "/account/billing",
        "/account/billing",
        {"channel": "paper", "language": "sv", "reference": "Osasto 7"},
        "Osasto 7",
    ),
    (
        "/welcome/contact",
        "/welcome/contact",
        {"email": "uusi@example.fi", "phone": "", "language": "fi"},
        "uusi@example.fi",
    ),
]


def end_sessions(house):
    with house.database.writing() as db:
        for session in db.exec(select(SignedSession)).all():
            session.seen_at = days.now() - timedelta(minutes=16)


def kept(house):
    with house.database.reading() as db:
        return db.exec(select(KeptForm)).all()


def send(browser, page, action, form, *, more=None):
    """Open a page, let its session end, and send the form on it, as a browser does."""
    shown = browser.get(page)
    keys = {"form_key": "11111111-1111-4111-8111-111111111111"} if "form_key" in shown.text else {}
    return hidden(shown.text) | keys | form, {"Referer": f"https://portal.test{page}", **(more or {})}


def late(house, who, page, action, form, **more):
    data, headers = send(who.browser, page, action, form, more=more)
    end_sessions(house)
    return who.browser.post(action, data=data, headers=headers)


def next_of(answer):
    return parse_qs(urlsplit(answer.headers["location"]).query)["next"][0]


def sign_in_again(house, code, name, then):
    """The session of somebody who comes from their bank to where they were."""
    arrival = house.arrival(code, name, returns_to=mark_of(then))
    with house.database.writing() as db:
        cookie = sessions.arrive(db, arrival, days.now())
    return Browser(house.app, cookies={SESSION_COOKIE: cookie})


@pytest.mark.parametrize(
    ("page", "action", "form", "word"), FORMS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_was_typed_stands_in_the_form_again_after_signing_in(house, aino, page, action, form, word):
    answer = late(house, aino, page, action, form)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=")
    assert "notice=kept" in answer.headers["location"]
    then = next_of(answer)
    assert then.startswith(page.partition("?")[0])
    back = sign_in_again(house, AINO, aino.name, then).open(then)
    assert BACK in back.text
    assert word.replace("<b>", "&lt;b&gt;").replace("</b>", "&lt;/b&gt;") in back.text


def test_the_wall_says_that_it_is_kept(house, aino):
    answer = late(house, aino, *FORMS[0][:3])
    wall = Browser(house.app).open(answer.headers["location"])
    assert "Kirjoittamasi säilyy tunnin" in wall.text


def test_nothing_is_kept_in_clear(house, aino):
    late(house, aino, *FORMS[0][:3])
    (row,) = kept(house)
    assert WORDS.encode() not in row.fields
    assert b"Mittari" not in row.fields


def test_nobody_else_gets_it(house, aino, mikko):
    then = next_of(late(house, aino, *FORMS[0][:3]))
    stranger = sign_in_again(house, MIKKO, mikko.name, then)
    page = stranger.open(then.partition("#")[0])
    assert BACK not in page.text
    assert "nollaa" not in page.text


def test_after_an_hour_it_is_gone(house, aino):
    then = next_of(late(house, aino, *FORMS[0][:3]))
    with house.database.writing() as db:
        sessions.forget(db, days.now() + timedelta(minutes=59))
    assert len(kept(house)) == 1
    with house.database.writing() as db:
        sessions.forget(db, days.now() + timedelta(minutes=61))
    assert kept(house) == []
    assert BACK not in sign_in_again(house, AINO, aino.name, then).open(then).text


def test_another_form_of_the_page_leaves_it_where_it_is_and_a_form_that_waits_for_others_forgets_its_own(house, aino):
    then = next_of(late(house, aino, *FORMS[0][:3])).partition("#")[0]
    browser = sign_in_again(house, AINO, aino.name, then)
    data, headers = send(browser, then, "/language", {"language": "sv"})
    assert browser.post("/language", data=data, headers=headers).status_code == 303
    assert [form.action for form in kept(house)] == ["/messages/new"]
    end_sessions(house)
    browser.post("/language", data=data, headers=headers)
    [own] = [form for form in kept(house) if form.action == "/language"]
    browser = sign_in_again(house, AINO, aino.name, then)
    data, headers = send(browser, f"/feedback?kept={own.id}", "/language", {"language": "sv"})
    assert browser.post("/language", data=data, headers=headers).status_code == 303
    assert [form.action for form in kept(house)] == ["/messages/new"]


def test_once_it_is_sent_it_is_kept_no_longer(house, aino):
    then = next_of(late(house, aino, *FORMS[0][:3]))
    browser = sign_in_again(house, AINO, aino.name, then)
    data, headers = send(browser, then.partition("#")[0], "/messages/new", MESSAGE)
    wrong = browser.post("/messages/new", data=data | {"subject": ""}, headers=headers)
    assert wrong.status_code == 422
    assert len(kept(house)) == 1
    assert f'name="_page" value="{then.partition("#")[0].replace("&", "&amp;")}"' in wrong.text
    data |= {"_page": then.partition("#")[0]}
    assert browser.post("/messages/new", data=data).headers["location"].startswith("/messages/")
    assert kept(house) == []


def test_a_form_that_was_shown_again_comes_back_on_its_own_page(house, aino):
    page, action, form, _ = FORMS[2]
    data, headers = send(aino.browser, page, action, form)
    wrong = aino.browser.post(action, data=data | {"words": ""}, headers=headers)
    assert wrong.status_code == 422
    end_sessions(house)
    headers = {"Referer": f"https://portal.test{action}"}
    answer = aino.browser.post(action, data=data | {"_page": page}, headers=headers)
    assert next_of(answer).startswith(page)


def test_signed_in_again_in_another_tab_the_form_is_shown_at_once(house, aino):
    data, headers = send(aino.browser, *FORMS[0][:3])
    end_sessions(house)
    again = house.open_for(AINO, aino.name)
    answer = again.post("/messages/new", data=data, headers=headers)
    assert answer.status_code == 303
    page = again.open(answer.headers["location"])
    assert BACK in page.text
    assert "nollaa" in page.text


def test_the_form_of_another_person_is_refused(house, aino, mikko):
    data, headers = send(aino.browser, *FORMS[0][:3])
    refused = mikko.browser.post("/messages/new", data=data, headers=headers)
    assert refused.status_code == 403
    assert "nollaa" not in refused.text


def test_who_has_to_prove_first_who_they_are_loses_no_word(house, aino):
    page = "/privacy/requests/new?kind=erasure"
    aino.fresh = house.open_for(AINO, aino.name, proved_minutes_ago=0)
    data, headers = send(aino.fresh, page, "/privacy/requests/new", {"kind": "erasure", "words": WORDS})
    with house.database.writing() as db:
        for session in db.exec(select(SignedSession)).all():
            session.confirmed_at = days.now() - timedelta(minutes=6)
    answer = aino.fresh.post("/privacy/requests/new", data=data, headers=headers)
    assert answer.headers["location"].startswith("/confirm?next=/privacy/requests/new")
    assert len(kept(house)) == 1


def test_one_persons_forms_are_few(house, aino):
    data, headers = send(aino.browser, *FORMS[0][:3])
    end_sessions(house)
    for number in range(8):
        aino.browser.post("/messages/new", data=data | {"body": f"{number}"}, headers=headers)
    assert len(kept(house)) == 1
    for path in (
        "/feedback",
        "/account/address",
        "/account/billing",
        "/consents",
        "/welcome/contact",
        "/welcome/billing",
    ):
        aino.browser.post(path, data=data, headers=headers)
    assert len(kept(house)) == 5
    assert "/messages/new" not in {row.action for row in kept(house)}


@pytest.mark.parametrize("token", ["", "made-up"])
def test_without_a_sessions_token_nothing_is_kept(house, aino, token):
    data, headers = send(aino.browser, *FORMS[0][:3])
    end_sessions(house)
    answer = aino.browser.post("/messages/new", data=data | {"_token": token}, headers=headers)
    assert answer.headers["location"] == "/sign-in?next=/messages/new%3Ftopic%3Dcontract"
    assert kept(house) == []


def test_nobody_s_form_is_not_kept(house, nobody):
    data = hidden(nobody.get("/sign-in").text) | MESSAGE
    assert nobody.post("/messages/new", data=data).headers["location"] == "/sign-in?next=/overview"
    assert kept(house) == []


def test_htmx_is_sent_to_sign_in_with_the_words_kept(house, aino):
    answer = late(house, aino, *FORMS[0][:3], **{"HX-Request": "true"})
    assert answer.status_code == 401
    assert "notice=kept" in answer.headers["hx-redirect"]


def test_a_tab_whose_session_has_ended_leaves_what_was_typed(house, aino):
    data, headers = send(aino.browser, *FORMS[0][:3])
    end_sessions(house)
    left = aino.browser.post("/session/form", data=data | {"_action": "/messages/new"}, headers=headers)
    address = urlsplit(left.json()["to"])
    query = parse_qs(address.query)
    assert (address.path, query["notice"]) == ("/sign-in", ["kept"])
    back = sign_in_again(house, AINO, aino.name, query["next"][0]).open(query["next"][0])
    assert BACK in back.text


@pytest.mark.parametrize("action", ["", "https://evil.example/", "//evil.example", "/" + "a" * 300])
def test_a_tab_leaves_nothing_for_elsewhere(house, aino, action):
    data, headers = send(aino.browser, *FORMS[0][:3])
    left = aino.browser.post("/session/form", data=data | {"_action": action}, headers=headers)
    assert left.json()["to"] == "/sign-in?next=%2Fmessages%2Fnew%3Ftopic%3Dcontract&notice=ended"
    assert kept(house) == []


def test_what_is_kept_is_told_to_its_person(house, aino):
    late(house, aino, *FORMS[0][:3])
    page = house.open_for(AINO, aino.name).open("/privacy/data")
    assert "Lomakkeet, jotka säilytetään tunnin" in page.text
