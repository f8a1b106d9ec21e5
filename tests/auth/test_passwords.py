"""The way in by a password: set after the bank, used for everyday pages, and telling strangers nothing."""

import hashlib
import re
from argparse import ArgumentTypeError
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from portal import app
from portal.auth.actions import SESSION_COOKIE
from portal.auth.models import Account, KeptForm, SignedSession
from portal.auth.passwords import actions, breaches, rules
from portal.auth.passwords.breaches import NotHashes
from portal.auth.passwords.models import BreachedPassword, GuessBucket, KnownDevice, Password
from portal.auth.ways import hashing
from portal.auth.ways.password import DEVICE_COOKIE
from portal.cli.arguments import times
from portal.customers.models import ContactChange, Party
from portal.kit.rates import Rate, Rates
from portal.messages.models import Message, MessageThread
from portal.outbox.mail import MAIL, letter_in
from portal.outbox.models import OutboxEvent
from tests import days
from tests.browser import Browser
from tests.people import AINO, MIKKO, House, on_both
from tests.settings import settings

NAME, SECRET = "aino@login.example", "kolme vihreää kettua"
WAYS, PASSWORD = "/account/sign-in", "/account/sign-in/password"

pytestmark = pytest.mark.sqlite


def letters(house):
    with house.database.reading() as db:
        rows = db.exec(select(OutboxEvent).where(OutboxEvent.kind == MAIL).order_by(OutboxEvent.created_at)).all()
    return [letter_in(row) for row in rows]


def code(house, to=NAME):
    return re.search(r"^(\d{4} \d{4})$", [one for one in letters(house) if one.to == to][-1].body, re.MULTILINE)[1]


def rows(house, model):
    with house.database.reading() as db:
        return db.exec(select(model)).all()


def asks(browser, email=NAME):
    return browser.submit(f"{PASSWORD}/name", {"email": email}, page=WAYS)


def chooses(browser, secret=SECRET, **more):
    """Type a password twice; the session goes on under another id."""
    return browser.submit(PASSWORD, {"password": secret, "again": secret} | more, page=WAYS)


def has_password(house, person=AINO, name="Aino Mäkelä", email=NAME, secret=SECRET):
    browser = house.open_for(person, name, proved_minutes_ago=1)
    assert asks(browser, email).headers["location"] == PASSWORD
    assert chooses(browser, secret, code=code(house, email)).headers["location"] == f"{WAYS}?changed=set"
    return browser


def tries(browser, secret=SECRET, name=NAME, then="/overview"):
    form = {"name": name, "password": secret, "next": then}
    return browser.submit("/sign-in/password", form, page="/sign-in/password")


def said(answer):
    """What a page says, without what differs at every rendering and what was typed."""
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r'(name="_token" value|name="_page" value|value)="[^"]*"', "", main)


# Setting


@on_both
def test_a_password_is_set_after_the_bank_and_opens_the_everyday_pages(house, aino):
    has_password(house)
    browser = Browser(house.app)
    answer = tries(browser, then="/consumption")
    assert answer.headers["location"] == "/consumption"
    assert "Aino" in browser.open("/overview").text
    assert browser.get("/privacy").headers["location"] == "/confirm?next=/privacy"
    assert browser.get(PASSWORD).headers["location"] == f"/confirm?next={PASSWORD}"
    [session] = [one for one in rows(house, SignedSession) if one.way == "password"]
    shown = browser.open("/account").text
    assert "Vahva" not in shown
    assert "Vahva" in aino.browser.open("/account").text
    assert (session.confirmed_at, session.broker, session.acr, session.amr) == (None, "", "password", "pwd")
    assert "Kirjauduttu muulla tavalla: salasana".lower() in browser.open("/account").text.lower()


def test_the_language_that_is_chosen_is_that_of_the_page_only_for_bills_ask_the_bank(house, aino):
    has_password(house)
    browser = Browser(house.app)
    tries(browser)
    before = [party.language for party in rows(house, Party)]
    assert "pysyy ennallaan" in browser.open("/account").text
    assert browser.submit("/account/language", {"language": "sv"}, page="/account").status_code == 303
    assert [account.language for account in rows(house, Account)] == ["sv"]
    assert rows(house, ContactChange) == []
    assert [party.language for party in rows(house, Party)] == before
    aino.browser.submit("/account/language", {"language": "sv"}, page="/account")
    assert rows(house, ContactChange) != []


def test_whoever_has_not_just_come_from_the_bank_is_asked_for_it_first(house, aino):
    browser = house.open_for(AINO, "Aino Mäkelä", proved_minutes_ago=6)
    sent = browser.submit(f"{PASSWORD}/name", {"email": NAME}, page=WAYS)
    assert sent.headers["location"].startswith("/confirm?next=")
    assert letters(house) == []


def test_a_password_that_comes_too_late_after_the_bank_is_kept_nowhere(house, aino):
    browser = house.open_for(AINO, "Aino Mäkelä", proved_minutes_ago=6)
    sent = chooses(browser, username=NAME, code="1234 5678")
    assert sent.headers["location"].startswith("/confirm?next=")
    assert rows(house, KeptForm) == []


def test_setting_it_renews_the_session_and_tells_by_letter_and_message(house, aino):
    house.contact(aino.party, email="aino@example.fi")
    browser = house.open_for(AINO, "Aino Mäkelä", proved_minutes_ago=1)
    before = browser.cookies["__Host-sid"]
    asks(browser)
    assert chooses(browser, code=code(house)).cookies["__Host-sid"] != before
    assert (
        Browser(house.app, cookies={"__Host-sid": before}).get("/overview").headers["location"].startswith("/sign-in")
    )
    assert {one.to for one in letters(house)[1:]} == {NAME, "aino@example.fi"}
    [thread] = rows(house, MessageThread)
    assert (thread.party_id, thread.topic) == (aino.party, "other")
    assert "Kirjautumista varten on asetettu salasana" in browser.open("/messages").text
    assert SECRET not in "".join(one.body for one in letters(house)) + "".join(one.body for one in rows(house, Message))


def test_the_code_proves_the_mailbox_and_stops_after_five_wrong_ones(house, aino):
    browser = house.open_for(AINO, "Aino Mäkelä", proved_minutes_ago=1)
    asks(browser)
    right = code(house)
    wrong = "0000 0000" if right != "0000 0000" else "1111 1111"
    assert chooses(browser).status_code == 422
    for _ in range(rules.CODE_TRIES):
        assert chooses(browser, code=wrong).status_code == 422
    assert chooses(browser, code=right).status_code == 422
    assert browser.get(PASSWORD).headers["location"] == WAYS
    assert rows(house, Password) == []


def test_a_code_that_has_set_a_password_sets_none_again(house, aino):
    browser = house.open_for(AINO, "Aino Mäkelä", proved_minutes_ago=1)
    asks(browser)
    used = code(house)
    assert chooses(browser, code=used).status_code == 303
    before = rows(house, Password)
    assert chooses(browser, "toinen vihreä kettu", code=used).status_code == 422
    assert rows(house, Password) == before


def test_who_has_no_code_left_is_asked_for_an_address_again(house, aino):
    browser = house.open_for(AINO, "Aino Mäkelä", proved_minutes_ago=1)
    asks(browser)
    wrong = "0000 0000" if code(house) != "0000 0000" else "1111 1111"
    for secret in [SECRET] * rules.CODE_TRIES + ["lyhyt"]:
        answer = chooses(browser, secret, code=wrong)
    assert answer.status_code == 422
    assert "None" not in answer.text
    assert 'href="#email"' in answer.text
    assert 'id="email"' in answer.text


def test_a_password_is_saved_under_no_other_name_than_the_one_that_is_shown(house, aino):
    browser = has_password(house)
    other, new = "uusi@login.example", "seitsemän sinistä hattua"
    asks(browser, other)
    blank = chooses(browser, new, code="")
    assert blank.status_code == 422
    assert "Kirjoita koodi" in blank.text
    right = code(house, other)
    for said in ("", right):
        assert chooses(browser, "lyhyt", code=said).status_code == 422
    assert chooses(browser, new, code=right).status_code == 303
    used = chooses(browser, SECRET, code=right)
    assert used.status_code == 422
    assert 'href="#email"' in used.text
    [password] = rows(house, Password)
    assert password.login_name == other
    assert tries(Browser(house.app), new, other).status_code == 303


def test_a_way_that_is_not_offered_any_more_opens_nothing_and_what_is_kept_of_it_can_be_removed(house, aino):
    has_password(house)
    by_password = Browser(house.app)
    tries(by_password)
    off = House(house.database, replace(settings(), passwords=None))
    there = Browser(off.app, cookies={SESSION_COOKIE: by_password.cookies[SESSION_COOKIE]})
    assert there.get("/overview").headers["location"].startswith("/sign-in")
    by_bank = off.open_for(AINO, "Aino Mäkelä", proved_minutes_ago=1)
    shown = by_bank.open(WAYS).text
    assert "ei enää tarjota" in shown
    assert f"{PASSWORD}/name" not in shown
    assert by_bank.submit(f"{PASSWORD}/remove", page=WAYS).headers["location"] == f"{WAYS}?changed=removed"
    assert rows(house, Password) == []
    assert "ei enää tarjota" not in by_bank.open(WAYS).text


def test_a_new_letter_ends_the_code_before_it_and_letters_have_a_limit(house, aino):
    browser = house.open_for(AINO, "Aino Mäkelä", proved_minutes_ago=1)
    asks(browser, "first@login.example")
    first = code(house, "first@login.example")
    for _ in range(rules.LETTERS_A_DAY - 1):
        assert asks(browser).status_code == 303
    assert chooses(browser, code=first).status_code == 422
    assert asks(browser).status_code == 429
    assert chooses(browser, code=code(house)).status_code == 303


def test_an_address_is_the_login_name_of_one_person_in_whichever_case(house, aino, mikko):
    has_password(house)
    browser = house.open_for(MIKKO, "Mikko Korhonen", proved_minutes_ago=1)
    assert asks(browser, "AINO@login.example").headers["location"] == PASSWORD, "nothing tells before the code"
    answer = chooses(browser, code=code(house, "AINO@login.example"))
    assert answer.status_code == 422
    assert "jo toisen käyttäjätunnus" in answer.text
    assert len(rows(house, Password)) == 1
    assert tries(Browser(house.app), name="Aino@LOGIN.example").status_code == 303


@pytest.mark.parametrize(
    ("secret", "says"),
    [
        ("lyhyt sana", "vähintään 15"),
        ("x" * 129, "enintään 128"),
        ("\u0061\u0308" * 300, "enintään 128"),
        ("aaaaaaaaaaaaaaaaaaaa", "toistuvat"),
        ("hernekeitto mäkelä 1", "Jätä pois"),
        ("Makkara ESIMERKKI nauris", "Jätä pois"),
        ("login on hyvä alku kai", "Jätä pois"),
        ("varastettu sana kolme", "varastettujen"),
    ],
)
def test_what_others_would_guess_is_refused_and_no_password_is_shown_again(house, aino, tmp_path, secret, says):
    stolen = tmp_path / "stolen.txt"
    stolen.write_text(hashlib.sha1(b"varastettu sana kolme", usedforsecurity=False).hexdigest().upper() + ":7\n")
    assert breaches.load(house.database, stolen, 1) == 1
    browser = house.open_for(AINO, "Aino Mäkelä", proved_minutes_ago=1)
    asks(browser)
    answer = chooses(browser, secret, code=code(house))
    assert answer.status_code == 422
    assert says in answer.text
    assert secret not in answer.text
    assert code(house) in answer.text
    assert rows(house, Password) == []


def test_forms_of_passwords_hide_them_and_suit_programs_that_keep_them(house, aino, nobody):
    enters = nobody.open("/sign-in/password").text
    browser = house.open_for(AINO, "Aino Mäkelä", proved_minutes_ago=1)
    asks(browser)
    sets = browser.open(PASSWORD).text
    for page, tokens in ((enters, ["current-password"]), (sets, ["new-password", "new-password"])):
        fields = re.findall(r"<input[^>]*\btype=\"password\"[^>]*>", page)
        assert [re.search(r'autocomplete="([^"]+)"', one)[1] for one in fields] == tokens


def test_the_two_must_be_the_same(house, aino):
    browser = house.open_for(AINO, "Aino Mäkelä", proved_minutes_ago=1)
    asks(browser)
    assert chooses(browser, code=code(house), again=SECRET + "x").status_code == 422


def test_letters_may_be_composed_either_way(house, aino):
    has_password(house, secret="kolme vihrea\u0308a\u0308 kettua")
    assert tries(Browser(house.app), "kolme vihre\u00e4\u00e4 kettua").status_code == 303
    for other in ("Kolme vihre\u00e4\u00e4 kettua", "kolme vihre\u00e4\u00e4 kettu", " kolme vihre\u00e4\u00e4 kettua"):
        assert tries(Browser(house.app), other).status_code == 422


# Changing and removing


def test_a_change_signs_out_whoever_came_by_the_old_one(house, aino):
    by_bank = has_password(house)
    by_password = Browser(house.app)
    tries(by_password)
    other = "seitsemän sinistä hattua"
    assert chooses(by_bank, other).headers["location"] == f"{WAYS}?changed=changed"
    assert by_password.get("/overview").headers["location"].startswith("/sign-in")
    assert tries(Browser(house.app)).status_code == 422
    assert tries(Browser(house.app), other).status_code == 303
    assert by_bank.open(f"{WAYS}?changed=changed").text.count("on vaihdettu") == 1


def test_removing_ends_it_and_what_it_opened(house, aino):
    by_bank = has_password(house)
    by_password = Browser(house.app)
    tries(by_password)
    assert by_bank.submit(f"{PASSWORD}/remove", page=WAYS).headers["location"] == f"{WAYS}?changed=removed"
    assert by_password.get("/overview").headers["location"].startswith("/sign-in")
    assert tries(Browser(house.app)).status_code == 422
    assert rows(house, Password) == rows(house, KnownDevice) == []
    assert by_bank.submit(f"{PASSWORD}/remove", page=WAYS).headers["location"] == WAYS


# Guessing


def test_a_name_that_is_nobodys_and_a_wrong_password_are_one_answer(house, aino):
    has_password(house)
    known, unknown = tries(Browser(house.app), "x" * 20), tries(Browser(house.app), "x" * 20, "nobody@login.example")
    assert (known.status_code, said(known)) == (unknown.status_code, said(unknown)) == (422, said(known))
    assert set(known.headers) == set(unknown.headers)
    assert known.cookies.keys() == unknown.cookies.keys() == set()


@pytest.mark.parametrize(
    "name", ["", "no address", "a\x00b@login.example", "x" * 5000 + "@login.example", "\ud800@login.example", "ä@ö.fi"]
)
@pytest.mark.parametrize("secret", ["", "\x00", "x" * 100_000, "\ud800"])
def test_whatever_is_typed_is_refused_in_the_ordinary_way(house, name, secret):
    form = {"name": name.encode("utf-8", "surrogatepass"), "password": secret.encode("utf-8", "surrogatepass")}
    assert Browser(house.app).submit("/sign-in/password", form, page="/sign-in/password").status_code == 422


def test_what_is_longer_than_an_address_is_nobodys_and_is_not_taken_apart():
    def key(typed):
        return actions.login_key(b"k" * 32, typed)

    assert key(f" {NAME.upper()} ") == key(NAME)
    assert key(NAME + " " * rules.LONGEST_NAME) != key(NAME)
    assert key('"' * 1_000_000) != key(NAME)


@pytest.mark.parametrize("name", [NAME, "nobody@login.example"])
def test_after_ten_wrong_tries_strangers_wait_whether_the_name_exists_or_not(house, aino, name):
    has_password(house)
    for _ in range(rules.TRIES):
        assert tries(Browser(house.app), "x" * 20, name).status_code == 422
    answer = tries(Browser(house.app), SECRET, name)
    assert answer.status_code == 429
    assert re.search(r"\d+ minuutin", answer.text)
    assert 0 < int(answer.headers["retry-after"]) <= rules.ONE_COMES_BACK.total_seconds()
    assert house.open_for(AINO, "Aino Mäkelä").open("/overview"), "the bank is always open"


def test_who_guesses_elsewhere_does_not_lock_out_the_person_on_their_own_device_even_after_a_sign_out(house, aino):
    has_password(house)
    own = Browser(house.app)
    tries(own)
    device = own.cookies[DEVICE_COOKIE]
    out = own.submit("/sign-out", page="/overview")
    assert "cookies" not in out.headers["clear-site-data"]
    assert own.cookies[DEVICE_COOKIE] == device
    for _ in range(rules.TRIES + 1):
        tries(Browser(house.app), "x" * 20)
    assert tries(Browser(house.app)).status_code == 429
    assert tries(own).status_code == 303
    assert own.cookies[DEVICE_COOKIE] == device
    assert len(rows(house, KnownDevice)) == 2, "and the one in which it was set"


def test_the_browser_in_which_a_password_is_changed_is_known_whatever_strangers_do(house, aino):
    browser = has_password(house)
    first = browser.cookies[DEVICE_COOKIE]
    assert chooses(browser, "seitsemän sinistä hattua").status_code == 303
    assert browser.cookies[DEVICE_COOKIE] != first, "what was known before the change is known no more"
    for _ in range(rules.TRIES):
        tries(Browser(house.app), "x" * 20)
    assert tries(Browser(house.app), "seitsemän sinistä hattua").status_code == 429
    browser.submit("/sign-out", page="/overview")
    assert tries(browser, "seitsemän sinistä hattua").status_code == 303


def test_a_known_device_goes_past_the_turnstile_of_all_for_its_own_name_only(database):
    asked = settings()
    one_try = replace(asked.passwords, rates=Rates(Rate(600), Rate(0.001)))
    house = House(database, replace(asked, passwords=one_try))
    house.customer(AINO, "Aino Mäkelä", "1001")
    own = has_password(house)
    own.submit("/sign-out", page="/overview")
    assert tries(Browser(house.app), "x" * 20, "nobody@login.example").status_code == 422
    assert tries(Browser(house.app)).status_code == 429
    assert tries(Browser(house.app, cookies={DEVICE_COOKIE: "x" * 43})).status_code == 429
    assert tries(own, "x" * 20, "nobody@login.example").status_code == 429
    assert tries(own).status_code == 303


def test_a_sign_in_on_a_new_device_is_told_by_letter_and_message_once(house, aino):
    house.contact(aino.party, email="aino@example.fi")
    own, before = has_password(house), len(letters(house))
    own.submit("/sign-out", page="/overview")
    assert tries(own).status_code == 303
    assert len(letters(house)) == before, "the browser in which it was set is known"
    new = Browser(house.app)
    for _ in range(2):
        assert tries(new).status_code == 303
        new.submit("/sign-out", page="/overview")
    told = letters(house)[before:]
    assert {one.to for one in told} == {NAME, "aino@example.fi"}
    assert len(told) == 2
    assert "uudella laitteella" in told[0].subject
    assert [thread.subject for thread in rows(house, MessageThread)].count(told[0].subject) == 1


def test_two_who_share_a_browser_share_its_token_and_neither_drops_the_others(house, aino, mikko):
    has_password(house)
    has_password(house, MIKKO, "Mikko Korhonen", "mikko@login.example")
    before, tablet = len(rows(house, KnownDevice)), Browser(house.app)
    for _ in range(3):
        for name in (NAME, "mikko@login.example"):
            assert tries(tablet, name=name).status_code == 303
            tablet.submit("/sign-out", page="/overview")
    assert len(rows(house, KnownDevice)) == before + 2
    for name in (NAME, "mikko@login.example"):
        for _ in range(rules.TRIES):
            tries(Browser(house.app), "x" * 20, name)
        assert tries(tablet, name=name).status_code == 303
        tablet.submit("/sign-out", page="/overview")


def test_a_device_cookie_is_good_for_its_own_person_only_and_has_a_bucket_too(house, aino, mikko):
    has_password(house)
    has_password(house, MIKKO, "Mikko Korhonen", "mikko@login.example")
    own = Browser(house.app)
    tries(own)
    own.submit("/sign-out", page="/overview")
    for _ in range(rules.TRIES):
        tries(own, "x" * 20)
    assert tries(own).status_code == 429
    for _ in range(rules.TRIES):
        tries(own, "x" * 20, "mikko@login.example")
    assert tries(Browser(house.app), SECRET, "mikko@login.example").status_code == 429


def test_a_right_password_costs_no_try_and_what_is_gone_meanwhile_hurts_nobody(house, aino):
    has_password(house)
    for _ in range(rules.TRIES + 5):
        assert tries(Browser(house.app)).status_code == 303
    assert [one for one in rows(house, GuessBucket) if one.full_at > days.now()] == []


def test_a_try_that_could_not_be_compared_is_given_back(house, aino, monkeypatch):
    has_password(house)
    monkeypatch.setattr(hashing, "MOST_WAITING", 0)
    for _ in range(rules.TRIES + 1):
        assert tries(Browser(house.app)).status_code == 503
    monkeypatch.undo()
    assert tries(Browser(house.app)).status_code == 303


def test_the_bucket_fills_again():
    now, full_at = days.now(), None
    for _ in range(rules.TRIES):
        assert rules.wait(full_at, now) == timedelta(0)
        full_at = rules.after_a_try(full_at, now)
    assert rules.wait(full_at, now) == rules.ONE_COMES_BACK
    assert rules.wait(full_at, now + rules.ONE_COMES_BACK) == timedelta(0)
    full_at = rules.after_a_try(full_at, now + rules.ONE_COMES_BACK)
    assert rules.wait(full_at, now + rules.ONE_COMES_BACK) == rules.ONE_COMES_BACK


# What is kept


def test_the_database_holds_no_password_and_nothing_to_guess_it_by(house, aino):
    has_password(house)
    [password] = rows(house, Password)
    assert password.encoded.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    from argon2 import PasswordHasher  # noqa: PLC0415 - what a thief would do

    with pytest.raises(Exception, match="not match"):
        PasswordHasher().verify(password.encoded, SECRET)


def test_the_notice_the_terms_and_the_list_of_data_tell_of_it(house, aino, nobody):
    has_password(house)
    notice = nobody.open("/privacy-notice").text
    assert "salasana" in notice
    assert "400 päivän ajan" in notice, "how long the cookie of a known browser stays"
    assert "Sen jälkeen asettamasi salasana" in nobody.open("/terms").text
    held = house.open_for(AINO, "Aino Mäkelä", proved_minutes_ago=1).open("/privacy/data").text
    assert "kunnes poistat salasanan" in held
    assert "400 päivää viimeisestä käytöstä" in held


def test_a_new_pepper_takes_over_at_the_next_sign_in(house, aino):
    has_password(house)
    [before] = rows(house, Password)
    old = app.Peppers((bytes(range(32)),))
    ours = hashing.Hashing(app.Peppers((b"n" * 32, bytes(range(32)))))
    known = hashing.Hashed(before.encoded, before.pepper)
    assert before.pepper == old.newest
    assert ours.is_old(known)
    assert not hashing.Hashing(old).is_old(known)
    asked = settings()
    renewed = replace(asked.passwords, peppers=(b"n" * 32, *asked.passwords.peppers))
    later = House(house.database, replace(asked, passwords=renewed))
    assert tries(Browser(later.app), "x" * 20).status_code == 422
    assert rows(house, Password) == [before]
    assert tries(Browser(later.app)).status_code == 303
    [after] = rows(house, Password)
    assert after.pepper == app.Peppers((b"n" * 32,)).newest
    assert tries(Browser(later.app)).status_code == 303


@pytest.mark.parametrize(("said", "taken"), [("100000", True), ("0", False), ("x", False)])
def test_how_often_a_stolen_one_was_seen_may_be_any_number(said, taken):
    if taken:
        assert times(said) == int(said)
    else:
        with pytest.raises(ArgumentTypeError):
            times(said)


def test_a_list_that_is_none_is_refused_by_line_and_rare_ones_may_be_left_out(house, tmp_path):
    file = tmp_path / "list.txt"
    file.write_text(f"{'a' * 40}:5\n{'b' * 40}:1\n\n{'c' * 40}\n")
    assert breaches.load(house.database, file, 2) == 2
    assert {one.hash.hex() for one in rows(house, BreachedPassword)} == {"a" * 20, "c" * 20}
    file.write_text(f"{'a' * 40}\npassword\n")
    with pytest.raises(NotHashes, match="Line 2"):
        breaches.load(house.database, file, 1)
