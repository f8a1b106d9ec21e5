"""Journeys to the bank, sessions and accounts: everything of identification that is written down."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Delete, Update, delete, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from portal.audit.actions import Act, record
from portal.auth import rules
from portal.auth.models import Account, KeptForm, LoginPurpose, LoginStatus, LoginTransaction, SeenToken, SignedSession
from portal.auth.oidc.claims import OLDEST_S, Identity
from portal.auth.oidc.logout import SignedOut
from portal.auth.oidc.request import Ask
from portal.auth.people import ConfirmedUser, User
from portal.auth.reach import Reach
from portal.auth.reasons import Reason, Stopped
from portal.auth.rules import Way
from portal.kit.access import Anyone
from portal.kit.db import insert_or_skip, table_of
from portal.kit.errors import NotThere, SignInNeeded
from portal.kit.i18n import Language
from portal.kit.questions import Question, given
from portal.kit.sight import NOTHING, see, show
from portal.kit.web import Recognition

SESSION_COOKIE = "__Host-sid"
BINDING_COOKIE = "__Host-binding"
BANK_COOKIE = "__Host-bank"
KEPT_AFTERWARDS = timedelta(days=1)

FindReach = Callable[[Session, bytes, UUID | None], Reach]
"""How far a person's hand reaches, by the blind index of their identity code and the party that they chose to act for;
`app.py` passes it in."""

FirstChoice = Callable[[Session, bytes], UUID | None]
"""Whom a person acts for who has just signed in: None for themselves; `app.py` passes it in."""


FindLanguage = Callable[[Session, bytes], Language | None]
"""In which language the register says a person is served; None where it does not know them; `app.py` passes it in."""


def unknown_language(_db: Session, _identity_index: bytes) -> None:
    """The register does not say."""


def own_matters(_db: Session, _identity_index: bytes) -> None:
    """Who has just signed in is in their own matters."""


def secret() -> str:
    """32 random bytes as text, for a cookie, a state, a nonce."""
    return secrets.token_urlsafe(32)


class NoSuchSession(NotThere):
    """No session of that id is this person's."""


# Journeys


@dataclass(frozen=True)
class Departure:
    """A person about to leave for their bank. The secrets go with them or stay; the table gets hashes of two."""

    ask: Ask
    binding: str
    broker: str
    profile_mark: bytes
    return_to: str
    confirming: UUID | None  # the account that has to come back, where a signed-in person proves it again


def depart(db: Session, departure: Departure, now: datetime) -> None:
    """Write a journey down."""
    state_hash = _hash(departure.ask.state)
    show(db, LoginTransaction.state_hash, state_hash)
    db.add(
        LoginTransaction(
            state_hash=state_hash,
            binding_hash=_hash(departure.binding),
            nonce=departure.ask.nonce,
            verifier=departure.ask.verifier,
            broker=departure.broker,
            profile_mark=departure.profile_mark,
            bank=departure.ask.bank,
            language=departure.ask.language,
            return_to=departure.return_to,
            purpose=LoginPurpose.CONFIRM if departure.confirming else LoginPurpose.SIGN_IN,
            account_id=departure.confirming,
            created_at=now,
            expires_at=now + rules.JOURNEY,
        )
    )


def returning(db: Session, broker: str, state: str) -> LoginTransaction | None:
    """The journey that a state belongs to, if it led to this broker."""
    state_hash = _hash(state)
    show(db, LoginTransaction.state_hash, state_hash)
    with_state = select(LoginTransaction).where(
        LoginTransaction.state_hash == state_hash, LoginTransaction.broker == broker
    )
    return db.exec(with_state).first()


def is_bound(journey: LoginTransaction, binding: str | None) -> bool:
    """Whether a browser's binding cookie is the one that the journey began with."""
    return binding is not None and hmac.compare_digest(journey.binding_hash, _hash(binding))


def spend(db: Session, journey: LoginTransaction) -> bool:
    """Use a journey up. Of many who try at once, one succeeds."""
    show(db, LoginTransaction.state_hash, journey.state_hash)
    pending = update(LoginTransaction).where(
        col(LoginTransaction.id) == journey.id, col(LoginTransaction.status) == LoginStatus.PENDING
    )
    return _changed(db, pending.values(status=LoginStatus.SPENT)) == 1


# Sessions


@dataclass(frozen=True)
class Holder:
    """Whose a session is, or was, and whom they acted for in it."""

    account_id: UUID
    acting_for: UUID | None


def holder(db: Session, subject: str) -> Holder | None:
    """Whom a form is made out to (`Customer.subject`); None where no such session was, or it is forgotten."""
    session_id, _, party_id = subject.partition(" ")
    try:
        wanted, acting_for = UUID(session_id), UUID(party_id) if party_id else None
    except ValueError:
        return None
    show(db, SignedSession.id, wanted)
    account_id = db.exec(select(SignedSession.account_id).where(SignedSession.id == wanted)).first()
    return Holder(account_id, acting_for) if account_id else None


@dataclass(frozen=True)
class Proof:
    """What a way in has proved: how strongly (`acr`), by which methods, and when the bank proved it, if it did."""

    way: Way
    acr: str
    amr: str = ""
    broker: str = ""
    proved_at: datetime | None = None
    subject: bytes | None = None  # hashes of what the broker calls the person, and its own session
    session: bytes | None = None


@dataclass(frozen=True)
class Arrival:
    """An identified person: who, through which broker, and the session that their browser held until now."""

    identity: Identity
    index: bytes
    broker: str
    confirming: UUID | None
    old_session: UUID | None
    first_choice: FirstChoice = own_matters
    language: FindLanguage = unknown_language
    returns_to: UUID | None = None  # the form that is kept for them

    @property
    def proof(self) -> Proof:
        """What the bank has proved."""
        who = self.identity
        subject, session = _named(who.issuer, who.subject), who.session and _named(who.issuer, who.session)
        return Proof(Way.BANK, who.acr, who.amr, self.broker, who.proved_at, subject, session or None)


def arrive(db: Session, arrival: Arrival, now: datetime) -> str:
    """Remember the token, know the person, end the browser's old session and begin a new one: its cookie.

    Raises Stopped where the token came before, or another person comes back than the one who left to confirm.
    """
    _remember(db, arrival.identity, now)
    account = _account(db, arrival, now)
    if arrival.confirming not in (None, account.id):
        raise Stopped(Reason.OTHER_PERSON)
    if arrival.old_session is not None:
        _changed(db, _ended(now).where(col(SignedSession.id) == arrival.old_session))
    cookie = secret()
    begins = _Beginning(arrival.proof, _acting_for(db, arrival, account), arrival.language(db, arrival.index))
    session = _begin(db, cookie, account, begins, now)
    _record(db, "session.begun" if arrival.confirming is None else "session.confirmed", session, now)
    return cookie


@dataclass(frozen=True)
class Entry:
    """A person who came in by another way than the bank, and the session that their browser held until now."""

    account_id: UUID
    proof: Proof
    old_session: UUID | None
    first_choice: FirstChoice = own_matters
    language: FindLanguage = unknown_language


def enter(db: Session, entry: Entry, now: datetime) -> str:
    """End the browser's old session and begin one for a person whom the bank proved earlier: its cookie."""
    show(db, Account.id, entry.account_id)
    account = db.get_one(Account, entry.account_id)
    account.previous_sign_in_at, account.signed_in_at = account.signed_in_at, now
    if entry.old_session is not None:
        _changed(db, _ended(now).where(col(SignedSession.id) == entry.old_session))
    cookie, index = secret(), account.identity_index
    begins = _Beginning(entry.proof, entry.first_choice(db, index), entry.language(db, index))
    _record(db, "session.begun", _begin(db, cookie, account, begins, now), now)
    return cookie


def act_for(db: Session, who: User, party_id: UUID | None, now: datetime) -> str:
    """Go on acting for another party, or in one's own matters again: the cookie of a new session.

    The old session is dead at once; the new one ends when the old one would have, and what was proved stays proved.
    Raises SignInNeeded where the old one has ended meanwhile: nobody slips through while all sessions are ended.
    """
    cookie = _go_on(db, who, party_id, now)
    about = party_id or who.reach.acting_for
    did = "acting.begun" if party_id else "acting.ended"
    record(db, Act(act=did, object_kind="party", object_id=about or "", account_id=who.account_id, party_id=about), now)
    return cookie


def renew(db: Session, who: User, now: datetime) -> str:
    """Go on under another id, as a way in has been changed: the cookie. Raises SignInNeeded as `act_for` does."""
    return _go_on(db, who, who.reach.acting_for, now)


def end(db: Session, cookie: str, now: datetime) -> None:
    """End the session that a cookie opens, at once for every process; nothing where it has ended before."""
    token_hash = _hash(cookie)
    show(db, SignedSession.token_hash, token_hash)
    of_cookie = (SignedSession.token_hash == token_hash, col(SignedSession.ended_at).is_(None))
    session = db.exec(select(SignedSession).where(*of_cookie)).first()
    if session is not None:
        session.ended_at = now
        _record(db, "session.ended", session, now)


def end_all(db: Session, account_id: UUID, now: datetime) -> int:
    """End every session of the person who asks; how many there were."""
    act = Act(act="session.all-ended", object_kind="account", object_id=account_id, account_id=account_id)
    record(db, act, now)
    return end_every(db, account_id, now)


def end_every(db: Session, account_id: UUID, now: datetime) -> int:
    """End every session of a person, whoever asks; how many there were. The caller writes down why."""
    alone(db, account_id)
    return _changed(db, _ended(now).where(col(SignedSession.account_id) == account_id))


def end_by_broker(db: Session, signed_out: SignedOut, broker: str, now: datetime) -> int:
    """End what a broker says that somebody has signed out of: one session, or all that they began by it; how many.

    Raises Stopped where it has said so before.
    """
    _once(db, f"logout\0{signed_out.issuer}\0{signed_out.token}", now)
    meant = list(_meant(db, signed_out))
    began = select(SignedSession.account_id).where(SignedSession.broker == broker, *meant)
    ended = 0
    for account_id in sorted(set(db.exec(began))):
        alone(db, account_id)
        theirs = (col(SignedSession.account_id) == account_id) & (col(SignedSession.broker) == broker)
        only = meant if signed_out.session else []
        ended += _changed(db, _ended(now).where(theirs, *only))
        act = Act(act="session.ended-by-broker", object_kind="account", object_id=account_id, account_id=account_id)
        record(db, act, now)
    return ended


def end_everybodys(db: Session, now: datetime) -> int:
    """End every session of everybody; how many there were."""
    theirs = select(SignedSession.account_id).where(col(SignedSession.ended_at).is_(None))
    ended = sum(end_every(db, account_id, now) for account_id in sorted(set(db.exec(theirs))))
    record(db, Act(act="session.everybodys-ended", object_kind="session", object_id="all"), now)
    return ended


def end_one(db: Session, who: User, session_id: UUID, now: datetime) -> None:
    """End one of a person's sessions, at once for every process; nothing where it has ended before.

    Raises NoSuchSession for one that is not theirs.
    """
    own = select(SignedSession).where(SignedSession.id == session_id, SignedSession.account_id == who.account_id)
    session = db.exec(own).first()
    if session is None:
        raise NoSuchSession
    if session.ended_at is None:
        session.ended_at = now
        _record(db, "session.ended", session, now)


def end_others_by(db: Session, who: User, way: Way, now: datetime) -> None:
    """End every session of a person that began by a way in, but the one they ask from."""
    alone(db, who.account_id)
    theirs = (col(SignedSession.account_id) == who.account_id) & (col(SignedSession.way) == way)
    _changed(db, _ended(now).where(theirs, col(SignedSession.id) != who.session_id))


def end_others(db: Session, who: User, now: datetime) -> int:
    """End every session of a person but the one they ask from; how many there were."""
    alone(db, who.account_id)
    others = (col(SignedSession.account_id) == who.account_id) & (col(SignedSession.id) != who.session_id)
    record(db, _own_act("session.others-ended", who), now)
    return _changed(db, _ended(now).where(others))


def speak(db: Session, who: User, language: Language, now: datetime) -> None:
    """Serve a person in a language from now on."""
    account = db.get_one(Account, who.account_id)
    if account.language == language:
        return
    account.language = language
    record(db, _own_act("account.language-chosen", who, {"language": language}), now)


def welcome(db: Session, who: User, now: datetime) -> None:
    """Remember that a person has taken the first steps, or does not want to."""
    account = db.get_one(Account, who.account_id)
    if account.welcomed_at is None:
        account.welcomed_at = now
        record(db, _own_act("account.welcomed", who), now)


def recogniser(
    find_reach: FindReach, offered: Collection[str] = frozenset(Way)
) -> Callable[[Session, Mapping[str, str], datetime], Recognition]:
    """The function that tells, from a request's cookies, who sent it.

    A session that began by a way in that is not offered, or not any more, opens nothing.
    """

    def recognise(db: Session, cookies: Mapping[str, str], now: datetime) -> Recognition:
        cookie = cookies.get(SESSION_COOKIE)
        found = _living(db, cookie, now) if cookie else None
        if found is None or found.way not in offered:
            if cookie:
                see(db, NOTHING)
            return Recognition(Anyone())
        person = _customer(found, find_reach(db, found.identity_index, found.acting_for), now)
        is_noteworthy = rules.is_noteworthy(found.seen_at, now)
        return Recognition(person, person.language, _noting(found.session_id, now) if is_noteworthy else None)

    return recognise


def alive(db: Session, now: datetime) -> int:
    """How many sessions are alive."""
    lives = (
        col(SignedSession.ended_at).is_(None),
        col(SignedSession.expires_at) > now,
        col(SignedSession.seen_at) > now - rules.IDLE,
    )
    return db.exec(select(func.count()).where(*lives)).one()


@dataclass(frozen=True)
class OpenPage:
    """A page that stands open in a tab: the cookie of its browser now, and whom its forms are made out to."""

    cookie: str
    subject: str


def left(db: Session, page: OpenPage, now: datetime) -> timedelta:
    """For how long the session of an open page goes on if nobody uses it, in whichever tab; zero where it has ended.

    It goes on under another id when its person confirms who they are; with another person, or for another party, it has
    ended for the page.
    """
    found = _living_of(db, page, now)
    return timedelta(0) if found is None else min(found.seen_at + rules.IDLE, found.expires_at) - now


def note_use(db: Session, page: OpenPage, now: datetime) -> None:
    """Note that somebody types in an open page: at most once a minute, and nothing where its session has ended."""
    found = _living_of(db, page, now)
    if found is not None and rules.is_noteworthy(found.seen_at, now):
        _noting(found.session_id, now)(db)


def forget(db: Session, now: datetime) -> None:
    """Remove what has no further use: journeys, remembered tokens and sessions a day after their end.

    A kept form goes as soon as its hour is over.
    """
    past = now - KEPT_AFTERWARDS
    _changed(db, delete(LoginTransaction).where(col(LoginTransaction.expires_at) < past))
    _changed(db, delete(SeenToken).where(col(SeenToken.expires_at) < past))
    _changed(db, delete(KeptForm).where(col(KeptForm.expires_at) <= now))
    _changed(db, delete(SignedSession).where(col(SignedSession.expires_at) < past))


def _go_on(db: Session, who: User, party_id: UUID | None, now: datetime) -> str:
    alone(db, who.account_id)
    if not _changed(db, _ended(now).where(col(SignedSession.id) == who.session_id)):
        raise SignInNeeded
    old = db.get_one(SignedSession, who.session_id)
    cookie = secret()
    carried = old.model_dump(exclude={"id", "token_hash", "acting_for", "ended_at"})
    db.add(SignedSession(token_hash=_hash(cookie), acting_for=party_id, **carried))
    return cookie


def _remember(db: Session, identity: Identity, now: datetime) -> None:
    _once(db, f"{identity.issuer}\0{identity.subject}\0{identity.issued_at}\0{identity.nonce}", now)


def _once(db: Session, seen: str, now: datetime) -> None:
    """Remember a token for as long as it could come again. Raises Stopped where it has come before."""
    try:
        with db.begin_nested():
            db.add(SeenToken(hash=_hash(seen), expires_at=now + 2 * timedelta(seconds=OLDEST_S)))
    except IntegrityError:
        raise Stopped(Reason.REPLAY) from None


def _account(db: Session, arrival: Arrival, now: datetime) -> Account:
    """The person's account, made at their first sign-in, with the names that the bank gives today."""
    who = arrival.identity
    names = {"given_names": who.given_names, "family_name": who.family_name}
    new = {"id": uuid4(), "identity_index": arrival.index, "created_at": now, **names}
    show(db, Account.identity_index, arrival.index)
    insert_or_skip(db, _ACCOUNT, [new])
    show(db, Account.identity_index, arrival.index)  # once more: it opens the account that there is now
    account = db.exec(select(Account).where(Account.identity_index == arrival.index)).one()
    account.given_names = who.given_names or account.given_names
    account.family_name = who.family_name or account.family_name
    if arrival.confirming is None:
        account.previous_sign_in_at, account.signed_in_at = account.signed_in_at, now
    return account


@dataclass(frozen=True, slots=True)
class _Beginning:
    """What a session begins with beside its person: what was proved, for whom they act, the register's language."""

    proof: Proof
    acting_for: UUID | None
    language: Language | None


def _begin(db: Session, cookie: str, account: Account, begins: _Beginning, now: datetime) -> SignedSession:
    proof = begins.proof
    session = SignedSession(
        token_hash=_hash(cookie),
        account_id=account.id,
        way=proof.way,
        broker=proof.broker,
        broker_subject=proof.subject,
        broker_session=proof.session,
        acr=proof.acr,
        amr=proof.amr,
        confirmed_at=proof.proved_at,
        created_at=now,
        seen_at=now,
        expires_at=now + rules.LONGEST_SESSION,
        acting_for=begins.acting_for,
        language=begins.language,
    )
    db.add(session)
    return session


def _acting_for(db: Session, arrival: Arrival, account: Account) -> UUID | None:
    """Whoever only proves it again, or comes back to a form, goes on acting for the same party."""
    if arrival.confirming is None:
        theirs = (KeptForm.id == arrival.returns_to, KeptForm.account_id == account.id)
        kept = db.exec(select(KeptForm).where(*theirs)).first() if arrival.returns_to else None
        return kept.acting_for if kept else arrival.first_choice(db, arrival.index)
    own = (SignedSession.id == arrival.old_session, SignedSession.account_id == arrival.confirming)
    return db.exec(select(SignedSession.acting_for).where(*own)).first()


def _record(db: Session, act: str, session: SignedSession, now: datetime) -> None:
    done = Act(
        act=act,
        object_kind="session",
        object_id=session.id,
        account_id=session.account_id,
        details={"broker": session.broker} if session.broker else {"way": session.way},
    )
    record(db, done, now)


def _own_act(act: str, who: User, details: Mapping[str, str] | None = None) -> Act:
    """What somebody did to their own account."""
    mine = who.account_id
    return Act(act=act, object_kind="account", object_id=mine, account_id=mine, details=details or {})


@dataclass(frozen=True, slots=True)
class _Signed:
    """A session and its account, as far as every request needs them."""

    session_id: UUID
    acting_for: UUID | None
    way: str
    acr: str
    confirmed_at: datetime | None
    seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    language_in_register: str | None
    account_id: UUID
    identity_index: bytes
    given_names: str
    family_name: str
    chosen_language: str | None
    known_since: datetime
    welcomed_at: datetime | None


_SESSION, _ACCOUNT = table_of(SignedSession), table_of(Account)
_OF_COOKIE: Final = Question(
    _Signed,
    select(
        *_SESSION.c["id", "acting_for", "way", "acr", "confirmed_at", "seen_at", "expires_at", "ended_at", "language"],
        *_ACCOUNT.c["id", "identity_index", "given_names", "family_name", "language", "created_at", "welcomed_at"],
    )
    .join_from(_SESSION, _ACCOUNT)
    .where(_SESSION.c.token_hash == given("token_hash")),
)


def _living(db: Session, cookie: str, now: datetime) -> _Signed | None:
    token_hash = _hash(cookie)
    show(db, SignedSession.token_hash, token_hash)
    found = _OF_COOKIE.first(db, token_hash=token_hash)
    if found is None or not rules.is_alive(rules.SessionTimes(found.seen_at, found.expires_at, found.ended_at), now):
        return None
    return found


def _living_of(db: Session, page: OpenPage, now: datetime) -> _Signed | None:
    found = _living(db, page.cookie, now)
    if found is None or page.subject.startswith(str(found.session_id)):
        return found
    return found if holder(db, page.subject) == Holder(found.account_id, found.acting_for) else None


def _customer(signed: _Signed, reach: Reach, now: datetime) -> User:
    is_confirmed = signed.confirmed_at is not None and rules.is_confirmed(signed.confirmed_at, now)
    kind = ConfirmedUser if is_confirmed else User
    return kind(
        account_id=signed.account_id,
        session_id=signed.session_id,
        name=f"{signed.given_names} {signed.family_name}".strip(),
        reach=reach,
        way=Way(signed.way),
        acr=signed.acr,
        known_since=signed.known_since,
        is_welcomed=signed.welcomed_at is not None,
        language=_language(signed),
    )


def _language(signed: _Signed) -> Language | None:
    """What they chose, or else what the register said when they signed in."""
    said = signed.chosen_language or signed.language_in_register
    return Language(said) if said else None


def _noting(session_id: UUID, now: datetime) -> Callable[[Session], None]:
    def note(db: Session) -> None:
        earlier = (col(SignedSession.id) == session_id) & (col(SignedSession.seen_at) < now)
        _changed(db, update(SignedSession).where(earlier).values(seen_at=now))

    return note


def alone(db: Session, account_id: UUID) -> None:
    """Until the transaction ends nobody else changes the person's sessions as a whole, or takes one further.

    A way in is changed, and a session begun by it, alone too: what is read of it afterwards stays so.
    """
    db.exec(select(Account.id).where(Account.id == account_id).with_for_update(key_share=True)).all()


def _ended(now: datetime) -> Update:
    return update(SignedSession).where(col(SignedSession.ended_at).is_(None)).values(ended_at=now)


def _changed(db: Session, change: Update | Delete) -> int:
    done = db.connection().execute(change)
    return done.rowcount


def _meant(db: Session, signed_out: SignedOut) -> Iterator[ColumnElement[bool]]:
    """By what the sessions are known that a broker speaks of; they are seen from now on."""
    for name, column in (
        (signed_out.subject, col(SignedSession.broker_subject)),
        (signed_out.session, col(SignedSession.broker_session)),
    ):
        if name is not None:
            named = _named(signed_out.issuer, name)
            show(db, column, named)
            yield column == named


def _named(issuer: str, name: str) -> bytes:
    return _hash(f"{issuer}\0{name}")


def _hash(value: str) -> bytes:
    return hashlib.sha256(value.encode()).digest()
