"""Sessions, accounts and remembered tokens, on both databases."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlmodel import col, select

from portal.auth import actions
from portal.auth.actions import SESSION_COOKIE, Arrival
from portal.auth.models import Account, KeptForm, LoginTransaction, SeenToken, SignedSession
from portal.auth.oidc.claims import Identity
from portal.auth.oidc.request import Ask
from portal.auth.people import ConfirmedUser, User
from portal.auth.reach import Reach
from portal.auth.reasons import Reason, Stopped
from portal.auth.rules import IdentityCode
from portal.kit.access import Anyone
from portal.kit.errors import SignInNeeded
from portal.kit.i18n import Language
from tests.bank import NOON

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PARTY = uuid4()
RECOGNISE = actions.recogniser(
    lambda db, index, acting_for: Reach(frozenset({PARTY}) if index == b"a" * 32 else frozenset())
)


def arrival(**changes):
    identity = Identity(
        code=IdentityCode("010180-9015", date(1980, 1, 1)),
        given_names=changes.pop("given_names", "Aino"),
        family_name="Mäkelä",
        acr="http://ftn.ficora.fi/2017/loatest2",
        amr="test-bank",
        proved_at=NOON,
        issuer="https://bank.test",
        subject="s",
        issued_at=int(NOON.timestamp()),
        nonce=changes.pop("nonce", str(uuid4())),
    )
    return Arrival(**{"identity": identity, "index": b"a" * 32, "broker": "demo"} | OF_NOBODY | changes)


OF_NOBODY = {"confirming": None, "old_session": None}


@pytest.fixture
def arrive(database):
    def come(now=NOON, **changes):
        with database.writing() as db:
            return actions.arrive(db, arrival(**changes), now)

    return come


@pytest.fixture
def seen(database):
    """Who a cookie's holder is at a time."""

    def look(cookie, now=NOON):
        with database.reading() as db:
            return RECOGNISE(db, {SESSION_COOKIE: cookie}, now).person

    return look


def visit(database, cookie, now):
    """A request, which notes that the person was here."""
    with database.reading() as db:
        known = RECOGNISE(db, {SESSION_COOKIE: cookie}, now)
    if known.seen:
        with database.writing() as db:
            known.seen(db)
    return known.seen is not None


def test_a_cookie_tells_who_comes_and_whose_things_they_may_see(arrive, seen):
    person = seen(arrive())
    assert isinstance(person, ConfirmedUser)
    assert (person.name, person.parties, person.language) == ("Aino Mäkelä", {PARTY}, None)


@pytest.mark.parametrize("cookie", [None, "", "made-up", "ä" * 43])
def test_other_cookies_tell_nothing(database, cookie):
    with database.reading() as db:
        cookies = {} if cookie is None else {SESSION_COOKIE: cookie}
        assert RECOGNISE(db, cookies, NOON).person == Anyone()


def test_a_persons_language_is_kept(database, arrive, seen):
    cookie = arrive()
    with database.writing() as db:
        db.exec(select(Account)).one().language = "sv"
    assert seen(cookie).language is Language.SV


def test_a_person_is_served_in_the_registers_language_until_they_choose(database, arrive, seen):
    cookie = arrive(language=lambda db, index: Language.SV if index == b"a" * 32 else None)
    assert seen(cookie).language is Language.SV
    assert seen(arrive(index=b"b" * 32)).language is None
    with database.writing() as db:
        actions.speak(db, seen(cookie), Language.EN, NOON)
    assert seen(cookie).language is Language.EN


@pytest.mark.parametrize(("after", "alive"), [(15 * MINUTE - timedelta(seconds=1), True), (15 * MINUTE, False)])
def test_fifteen_unused_minutes_end_a_session(arrive, seen, after, alive):
    assert isinstance(seen(arrive(), NOON + after), User) is alive


def test_twelve_hours_end_a_session_that_is_in_use(database, arrive, seen):
    cookie, now = arrive(), NOON
    while now < NOON + 12 * HOUR:
        assert isinstance(seen(cookie, now), User)
        visit(database, cookie, now)
        now += 10 * MINUTE
    assert seen(cookie, now) == Anyone()


def test_a_visit_is_noted_at_most_once_a_minute(database, arrive):
    cookie = arrive()
    noted = [visit(database, cookie, NOON + timedelta(seconds=s)) for s in (10, 59, 60, 90, 119, 120)]
    assert noted == [False, False, True, False, False, True]


@pytest.mark.parametrize(("after", "kind"), [(5 * MINUTE, ConfirmedUser), (5 * MINUTE + timedelta(seconds=1), User)])
def test_a_proof_is_fresh_for_five_minutes(arrive, seen, after, kind):
    assert type(seen(arrive(), NOON + after)) is kind


def test_an_ended_session_stays_ended(database, arrive, seen):
    cookie = arrive()
    with database.writing() as db:
        actions.end(db, cookie, NOON)
    assert seen(cookie) == Anyone()


def test_arriving_ends_the_session_that_the_browser_held(arrive, seen):
    first = arrive()
    second = arrive(old_session=seen(first).session_id)
    assert seen(first) == Anyone()
    assert isinstance(seen(second), User)


def test_all_of_a_persons_sessions_end_together(database, arrive, seen):
    cookies = [arrive(), arrive(), arrive(index=b"b" * 32)]
    account_id = seen(cookies[0]).account_id
    with database.writing() as db:
        assert actions.end_all(db, account_id, NOON) == 2
    assert [isinstance(seen(cookie), User) for cookie in cookies] == [False, False, True]


def test_a_token_is_good_for_one_arrival(database, arrive):
    arrive(nonce="n")
    with pytest.raises(Stopped) as stopped:
        arrive(nonce="n")
    assert stopped.value.reason is Reason.REPLAY
    with database.reading() as db:
        assert len(db.exec(select(SignedSession)).all()) == 1


def test_another_person_confirms_nothing_and_leaves_no_trace(database, arrive, seen):
    mine = seen(arrive())
    with pytest.raises(Stopped) as stopped:
        arrive(index=b"b" * 32, confirming=mine.account_id)
    assert stopped.value.reason is Reason.OTHER_PERSON
    with database.reading() as db:
        assert len(db.exec(select(Account)).all()) == 1


def test_whom_one_acts_for_is_taken_over_from_ones_own_session_only(database, arrive, seen):
    mine, other = seen(arrive()), seen(arrive(index=b"b" * 32))
    for person in (mine, other):
        with database.writing() as db:
            db.get_one(SignedSession, person.session_id).acting_for = PARTY
    arrive(confirming=mine.account_id, old_session=other.session_id)
    arrive(confirming=mine.account_id, old_session=mine.session_id)
    with database.reading() as db:
        newest = db.exec(select(SignedSession).where(col(SignedSession.ended_at).is_(None))).all()
    assert sorted(str(one.acting_for) for one in newest) == sorted(["None", str(PARTY)])


@pytest.mark.parametrize(("whose", "acts_for"), [(b"a" * 32, PARTY), (b"b" * 32, None)])
def test_who_comes_back_to_a_form_acts_for_whom_it_was_written(database, arrive, seen, whose, acts_for):
    writer = seen(arrive(index=whose))
    arrive()
    kept = {"action": "/x", "fields": b"", "kept_at": NOON, "expires_at": NOON + HOUR, "acting_for": PARTY}
    form = KeptForm(account_id=writer.account_id, **kept)
    with database.writing() as db:
        form_id = form.id
        db.add(form)
    arrive(returns_to=form_id)
    with database.reading() as db:
        newest = db.exec(select(SignedSession).order_by(col(SignedSession.created_at).desc())).all()
    assert [one.acting_for for one in newest].count(PARTY) == (1 if acts_for else 0)


def test_a_bank_that_gives_no_names_does_not_erase_them(arrive, seen):
    arrive()
    assert seen(arrive(given_names="")).name == "Aino Mäkelä"


def test_a_new_name_is_taken_over(arrive, seen):
    arrive()
    assert seen(arrive(given_names="Aino Maria")).name == "Aino Maria Mäkelä"


def test_what_has_no_further_use_is_forgotten(database, arrive):
    arrive()
    with database.writing() as db:
        ask = Ask("s", "n", "v", "fi-demo", Language.FI, None)
        departure = actions.Departure(ask, "b", "demo", b"mark", "/overview", None)
        actions.depart(db, departure, NOON)
    kinds = (LoginTransaction, SeenToken, SignedSession)
    for later, left in ((timedelta(hours=20), [1, 1, 1]), (timedelta(days=2), [0, 0, 0])):
        with database.writing() as db:
            actions.forget(db, NOON + later)
        with database.reading() as db:
            assert [len(db.exec(select(kind)).all()) for kind in kinds] == left


def test_a_session_that_has_just_ended_does_not_go_on_under_another_name(database, arrive, seen):
    person = seen(arrive())
    with database.writing() as db:
        actions.end_all(db, person.account_id, NOON)
    with pytest.raises(SignInNeeded), database.writing() as db:
        actions.act_for(db, person, PARTY, NOON)
    with database.reading() as db:
        assert actions.alive(db, NOON) == 0
