"""The way in by a passkey: for our address, each challenge once, its person verified, and for no more than it opens."""

import json
from dataclasses import replace
from datetime import timedelta

import cbor2
import pytest
from sqlmodel import select, update

from portal import cli
from portal.auth.models import SignedSession
from portal.auth.passkeys import actions
from portal.auth.passkeys.models import Passkey, PasskeyChallenge
from portal.outbox.mail import MAIL, letter_in
from portal.outbox.models import OutboxEvent
from tests import days
from tests.authenticator import PRESENT, VERIFIED, Authenticator, packed
from tests.browser import Browser
from tests.people import AINO, MIKKO, OONA, on_both

WAYS, ADDED, ENTRY = "/account/sign-in", "/account/sign-in/passkey", "/sign-in/passkey"

pytestmark = pytest.mark.sqlite


def rows(house, model):
    with house.database.reading() as db:
        return db.exec(select(model)).all()


def proved(house, who=AINO, name="Aino Mäkelä"):
    return house.open_for(who, name, proved_minutes_ago=1)


def asks_to_add(browser):
    answer = browser.submit(f"{ADDED}/begin", {"name": "Puhelin"}, page=WAYS)
    assert answer.status_code == 200, answer.text
    return answer.json()


def adds(browser, made, name="Puhelin"):
    return browser.submit(ADDED, {"name": name, "credential": made}, page=WAYS)


def has_passkey(house, who=AINO, name="Aino Mäkelä"):
    browser, device = proved(house, who, name), Authenticator()
    answer = adds(browser, device.made(asks_to_add(browser)))
    assert answer.headers["location"] == f"{WAYS}?changed=passkey-added"
    return browser, device


def asks_to_enter(browser):
    return browser.submit(f"{ENTRY}/begin", page=ENTRY).json()


def enters(browser, said, then="/overview"):
    return browser.submit(ENTRY, {"credential": said, "next": then}, page=ENTRY)


def tries(house, device):
    browser = Browser(house.app)
    return enters(browser, device.used(asks_to_enter(browser)))


@on_both
def test_a_passkey_is_added_after_the_bank_and_opens_the_everyday_pages(house, aino):
    house.contact(aino.party, email="aino@example.fi")
    by_bank, device = has_passkey(house)
    browser = Browser(house.app)
    answer = enters(browser, device.used(asks_to_enter(browser)), "/consumption")
    assert answer.headers["location"] == "/consumption"
    assert "Aino" in browser.open("/overview").text
    assert browser.get("/privacy").headers["location"] == "/confirm?next=/privacy"
    [session] = [one for one in rows(house, SignedSession) if one.way == "passkey"]
    assert (session.confirmed_at, session.amr) == (None, "pop user")
    [letter] = [letter_in(row) for row in rows(house, OutboxEvent) if row.kind == MAIL]
    assert letter.to == "aino@example.fi"
    assert "Puhelin" in by_bank.open(WAYS).text


def test_whoever_has_not_just_come_from_the_bank_is_asked_for_it_first(house, aino):
    browser = house.open_for(AINO, "Aino Mäkelä", proved_minutes_ago=6)
    assert browser.submit(f"{ADDED}/begin", {"name": "Puhelin"}, page=WAYS).status_code == 303
    assert adds(browser, "").headers["location"].startswith("/confirm?next=")


def test_adding_renews_the_session(house, aino):
    browser, device = proved(house), Authenticator()
    before = browser.cookies["__Host-sid"]
    assert adds(browser, device.made(asks_to_add(browser))).cookies["__Host-sid"] != before


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://portal.example"},
        {"origin": "http://portal.test"},
        {"domain": "portal.example"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
    ],
    ids=str,
)
def test_nothing_is_added_or_opened_from_another_address_or_without_its_person(house, aino, wrong):
    browser = proved(house)
    refused = adds(browser, replace(Authenticator(), **wrong).made(asks_to_add(browser)))
    assert refused.headers["location"] == f"{WAYS}?changed=passkey-refused"
    assert rows(house, Passkey) == []
    _, device = has_passkey(house)
    assert tries(house, replace(device, **wrong)).status_code == 422
    assert tries(house, device).status_code == 303


def test_a_challenge_is_answered_once_also_wrongly_and_only_by_whom_it_was_made_for(house, aino, mikko):
    _, device = has_passkey(house)
    browser = Browser(house.app)
    said = device.used(asks_to_enter(browser))
    assert enters(browser, said).status_code == 303
    assert enters(Browser(house.app), said).status_code == 422
    browser = Browser(house.app)
    options = asks_to_enter(browser)
    assert enters(browser, replace(device, origin="https://other.example").used(options)).status_code == 422
    assert enters(browser, device.used(options)).status_code == 422
    made_up = {"challenge": packed(b"x" * 32)}
    assert enters(browser, device.used(made_up)).status_code == 422
    of_aino = asks_to_add(proved(house))
    refused = adds(proved(house, MIKKO, "Mikko Korhonen"), Authenticator().made(of_aino))
    assert refused.headers["location"] == f"{WAYS}?changed=passkey-refused"
    assert enters(browser, device.used(of_aino)).status_code == 422
    assert [one for one in rows(house, PasskeyChallenge) if one.account_id is None] == []


def test_a_challenge_is_too_old_after_five_minutes(house, aino, monkeypatch):
    _, device = has_passkey(house)
    monkeypatch.setattr(actions, "CHALLENGE_LIVES", actions.CHALLENGE_LIVES * 0)
    assert tries(house, device).status_code == 422


def test_a_credential_that_is_nobodys_or_anothers_opens_nothing(house, aino, mikko):
    _, device = has_passkey(house)
    _, of_mikko = has_passkey(house, MIKKO, "Mikko Korhonen")
    assert tries(house, Authenticator()).status_code == 422
    assert tries(house, replace(device, id=of_mikko.id)).status_code == 422, "another's credential, by one's own key"
    assert tries(house, replace(device, handle=of_mikko.handle)).status_code == 422
    browser = proved(house, MIKKO, "Mikko Korhonen")
    taken = adds(browser, replace(Authenticator(), id=device.id).made(asks_to_add(browser)))
    assert taken.headers["location"] == f"{WAYS}?changed=passkey-refused"


def test_a_count_that_goes_back_tells_of_a_copy(house, aino):
    _, device = has_passkey(house)
    device.count = 10
    assert tries(house, device).status_code == 303
    device.count = 5
    assert tries(house, device).status_code == 422
    device.count = 11
    assert tries(house, device).status_code == 303


@pytest.mark.parametrize(
    "said",
    [
        "",
        "{}",
        "null",
        "[]",
        '"x"',
        "[" * 5000,
        "x" * 20_000,
        '{"response": {"clientDataJSON": "x"}}',
        '{"response": 1}',
    ],
    ids=range(9),
)
def test_whatever_comes_is_refused_in_the_ordinary_way(house, aino, said):
    assert enters(Browser(house.app), said).status_code == 422
    assert adds(proved(house), said).headers["location"] == f"{WAYS}?changed=passkey-refused"


def test_an_answer_with_its_parts_missing_is_refused(house, aino):
    _, device = has_passkey(house)
    for part in ("authenticatorData", "signature"):
        browser = Browser(house.app)
        said = json.loads(device.used(asks_to_enter(browser)))
        del said["response"][part]
        assert enters(browser, json.dumps(said)).status_code == 422


@pytest.mark.parametrize(
    "odd",
    [
        {"public": {}},
        {"public": 1},
        {"public": {1: 2, 3: -7, -1: 1, -2: "x", -3: "y"}},  # no bytes
        {"public": {1: 2, 3: -7, -1: 99, -2: b"x", -3: b"y"}},  # no such curve
        {"id": bytes(1024)},
        {"public": {1: 3, 3: -257, -1: bytes(3000), -2: b"\x01\x00\x01"}},  # a key of 3 000 bytes
    ],
    ids=str,
)
def test_a_passkey_that_could_never_be_used_is_not_added(house, aino, odd):
    browser = proved(house)
    refused = adds(browser, Authenticator(**odd).made(asks_to_add(browser)))
    assert refused.headers["location"] == f"{WAYS}?changed=passkey-refused"
    assert rows(house, Passkey) == []


def test_a_kept_key_that_cannot_be_read_opens_nothing(house, aino):
    _, device = has_passkey(house)
    with house.database.writing() as db:
        db.exec(update(Passkey).values(public_key=cbor2.dumps({1: 2, 3: -7, -1: 1, -2: "x", -3: "y"})))
    assert tries(house, device).status_code == 422


def test_whoever_has_no_name_at_their_bank_adds_one_too(house):
    browser = house.open_for(OONA, "", proved_minutes_ago=1)
    assert asks_to_add(browser)["user"]["name"] == "Esimerkki Energia"


def test_challenges_that_are_too_old_go_by_the_clock(house, aino):
    asks_to_add(proved(house))
    with house.database.writing() as db:
        assert actions.forget(db, days.now() + timedelta(minutes=4)) == 0
        assert actions.forget(db, days.now() + timedelta(minutes=6)) == 1


def test_passkeys_are_named_and_removed_and_what_they_opened_ends(house, aino, mikko):
    by_bank, device = has_passkey(house)
    by_passkey = Browser(house.app)
    enters(by_passkey, device.used(asks_to_enter(by_passkey)))
    [passkey] = rows(house, Passkey)
    for browser in (proved(house, MIKKO, "Mikko Korhonen"), by_bank):
        browser.submit(f"{ADDED}/name", {"passkey": str(passkey.id), "name": f"Avain {browser is by_bank}"}, page=WAYS)
    assert [one.name for one in rows(house, Passkey)] == ["Avain True"]
    stranger = proved(house, MIKKO, "Mikko Korhonen")
    assert stranger.submit(f"{ADDED}/remove", {"passkey": str(passkey.id)}, page=WAYS).headers["location"] == WAYS
    removed = by_bank.submit(f"{ADDED}/remove", {"passkey": str(passkey.id)}, page=WAYS)
    assert removed.headers["location"] == f"{WAYS}?changed=passkey-removed"
    assert by_passkey.get("/overview").headers["location"].startswith("/sign-in")
    assert tries(house, device).status_code == 422


def test_one_person_has_ten_at_most(house, aino):
    browser = proved(house)
    for number in range(actions.MOST):
        assert "added" in adds(browser, Authenticator().made(asks_to_add(browser)), f"{number}").headers["location"]
        browser = proved(house)
    assert "refused" in adds(browser, Authenticator().made(asks_to_add(browser))).headers["location"]


def test_without_a_script_the_pages_say_so(house, aino):
    assert 'id="no-passkeys"' in Browser(house.app).open(ENTRY).text
    assert 'id="no-passkeys"' in proved(house).open(WAYS).text


def test_an_operator_ends_the_sessions_of_a_person_and_all_ways_in_but_the_bank(
    house, aino, mikko, monkeypatch, capsys
):
    monkeypatch.setenv("PORTAL_DATABASE_URL", str(house.database.engine.url))
    monkeypatch.setenv("PORTAL_ENV", "test")
    _, device = has_passkey(house)
    by_passkey, of_mikko = Browser(house.app), proved(house, MIKKO, "Mikko Korhonen")
    enters(by_passkey, device.used(asks_to_enter(by_passkey)))
    assert cli.main(["account", "end-sessions", "1001"]) == 0
    assert by_passkey.get("/overview").headers["location"].startswith("/sign-in")
    assert tries(house, device).status_code == 303
    assert cli.main(["account", "close", "1001"]) == 0
    assert tries(house, device).status_code == 422
    assert rows(house, Passkey) == []
    hers = proved(house)
    assert "Asiakaspalvelu päätti kaikki istunnot" in hers.open("/privacy/log").text
    assert "Asiakaspalvelu päätti kaikki istunnot" in hers.open("/messages").text
    assert of_mikko.open("/overview").status_code == 200
    assert cli.main(["account", "end-all-sessions"]) == 0
    assert of_mikko.get("/overview").headers["location"].startswith("/sign-in")
    assert cli.main(["account", "close", "9999"]) == 2
    assert "Nobody has signed in" in capsys.readouterr().err
