"""Using one's rights: asking, adding to what was asked, taking it back."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Final
from uuid import UUID

from sqlmodel import Session, col, select

from portal.audit import actions as audit
from portal.audit.models import AuditEntry
from portal.auth import leases
from portal.auth.leases import Lease
from portal.auth.people import ConfirmedUser, User
from portal.customers.models import Party
from portal.kit import clock
from portal.kit.allowance import DayIsFull, free_at
from portal.kit.db import one_at_a_time
from portal.kit.errors import Refused, TooMany
from portal.kit.i18n import Language, text
from portal.outbox.actions import Event, announce
from portal.privacy import cases, holdings, rules
from portal.privacy.cases import Case
from portal.privacy.holdings import Whose
from portal.privacy.models import PrivacyCase, PrivacyStep
from portal.privacy.rules import Act, CaseState, Right
from portal.privacy.scope import visible_to

PACKAGED: Final = "privacy.packaged"
"""The act that the audit notes when somebody takes a data package."""


class RequestClosed(Refused):
    """The request has been answered or withdrawn: nothing can be added to it."""

    says = text("The request is closed already. You can make a new one.")


class TooManyRequests(DayIsFull):
    """Somebody has asked, or added to what they asked, as often as it is taken from one person in a day."""


class TooManyPackages(DayIsFull):
    """Somebody has taken as many data packages as are made for one person in a day."""


class PackageIsComing(TooMany):
    """A data package is on its way to somebody already."""

    says = text("A package is on its way to you already")


class PrivacyRequested(Event):
    """Somebody uses a right. It is to be answered on `due_on` at the latest (GDPR, Article 12(3))."""

    kind: ClassVar[str] = "privacy.requested"

    case_id: UUID
    number: str
    customer_number: str | None
    party_id: UUID | None
    right: Right
    field: str | None
    text: str
    received_at: datetime
    due_on: date | None
    language: Language


class PrivacyAnswered(Event):
    """They added something, perhaps what they were asked for; then the clock runs again, until `due_on`."""

    kind: ClassVar[str] = "privacy.answered"

    case_id: UUID
    number: str
    customer_number: str | None
    party_id: UUID | None
    text: str
    at: datetime
    due_on: date | None


class PrivacyWithdrawn(Event):
    """They took the request back: there is nothing to answer any more."""

    kind: ClassVar[str] = "privacy.withdrawn"

    case_id: UUID
    number: str
    customer_number: str | None
    party_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class NewCase:
    """What somebody asks for, in their words; `field` names what to correct."""

    right: Right
    text: str
    field: str | None = None


def ask(db: Session, who: User, asked_for: NewCase, language: Language, now: datetime) -> PrivacyCase:
    """Open a request for the customer that a person decides for, the first of several numbers.

    What is asked already, and still open, is not asked twice. Raises TooManyRequests before anything is written.
    """
    if asked_for.right is Right.ERASURE:
        raise TypeError("erasure is asked for by somebody who has just proved who they are: ask_erasure")
    return _ask(db, who, asked_for, language, now)


def ask_erasure(db: Session, who: ConfirmedUser, words: str, language: Language, now: datetime) -> PrivacyCase:
    """Open a request for erasure: like any other, by somebody who has just proved who they are.

    Raises TooManyRequests before anything is written.
    """
    return _ask(db, who, NewCase(Right.ERASURE, words), language, now)


def answer(db: Session, who: User, case_id: UUID, words: str, now: datetime) -> Case:
    """Add something to a request; if it waited for that, its clock runs again.

    Raises NoSuchRequest, RequestClosed, and TooManyRequests before anything is written.
    """
    one_at_a_time(db, f"additions of {who.account_id}")
    added = select(PrivacyStep.at).where(PrivacyStep.account_id == who.account_id, PrivacyStep.act == Act.ANSWERED)
    if full_until := free_at(db, added.order_by(col(PrivacyStep.at).desc()), rules.ADDITIONS_A_DAY, now):
        raise TooManyRequests(full_until)
    case = _step(db, who, case_id, Act.ANSWERED, words, now)
    row = case.row
    announce(
        db,
        PrivacyAnswered(
            case_id=row.id,
            number=row.number,
            customer_number=_number_of(db, row),
            party_id=row.party_id,
            text=words,
            at=now,
            due_on=row.due_on,
        ),
        now,
    )
    return case


def withdraw(db: Session, who: User, case_id: UUID, now: datetime) -> Case:
    """Take a request back.

    Raises NoSuchRequest, RequestClosed.
    """
    case = _step(db, who, case_id, Act.WITHDRAWN, "", now)
    row = case.row
    announce(
        db,
        PrivacyWithdrawn(
            case_id=row.id, number=row.number, customer_number=_number_of(db, row), party_id=row.party_id, at=now
        ),
        now,
    )
    return case


def begin_package(db: Session, who: User, now: datetime) -> Lease:
    """Let a package be on its way to a person: the only one, and one of not too many in a day.

    Raises PackageIsComing, TooManyPackages; the transaction is then to be rolled back, as it holds the lease.
    """
    lease = Lease(who.account_id, now)
    if not leases.hold(db, lease, now):  # whoever comes at once waits here, and is counted below
        raise PackageIsComing
    mine = (AuditEntry.account_id == who.account_id) & (AuditEntry.act == PACKAGED)
    each = select(AuditEntry.at).where(mine).distinct().order_by(col(AuditEntry.at).desc())  # of several numbers once
    if full_until := free_at(db, each, rules.PACKAGES_A_DAY, now):
        raise TooManyPackages(full_until)
    return lease


def _ask(db: Session, who: User, asked_for: NewCase, language: Language, now: datetime) -> PrivacyCase:
    one_at_a_time(db, PrivacyCase.__tablename__)  # numbers follow each other, and two clicks make one request
    mine = holdings.whose(db, who)[0]
    same = _open_already(db, who, mine, asked_for)
    if same is not None:
        return same
    asked = select(PrivacyCase.received_at).where(PrivacyCase.account_id == who.account_id)
    if full_until := free_at(db, asked.order_by(col(PrivacyCase.received_at).desc()), rules.REQUESTS_A_DAY, now):
        raise TooManyRequests(full_until)
    case = PrivacyCase(
        number=_number(db, clock.day_of(now).year),
        party_id=mine.party_id,
        account_id=who.account_id,
        kind=asked_for.right,
        field=asked_for.field,
        text=asked_for.text,
        received_at=now,
        state=CaseState.RECEIVED,
    )
    receipt = PrivacyStep(
        case_id=case.id, sequence=1, at=now, account_id=who.account_id, act=Act.RECEIVED, text=asked_for.text
    )
    cases.add(db, case, [], receipt)
    audit.record(db, _act(who, case, "privacy.requested"), now)
    announce(db, _requested(case, mine, language), now)
    return case


def _open_already(db: Session, who: User, mine: Whose, asked_for: NewCase) -> PrivacyCase | None:
    same = select(PrivacyCase).where(
        PrivacyCase.party_id == mine.party_id,
        PrivacyCase.account_id == who.account_id,
        PrivacyCase.kind == asked_for.right,
        PrivacyCase.field == asked_for.field,
        PrivacyCase.text == asked_for.text,
        col(PrivacyCase.state).not_in(rules.CLOSED),
    )
    return db.exec(same).first()


def _number_of(db: Session, case: PrivacyCase) -> str | None:
    """The customer number of a request, which need not be the first of a person's; None for nobody's customer."""
    return db.exec(select(Party.customer_number).where(Party.id == case.party_id)).first()


def _number(db: Session, year: int) -> str:
    """The next number of a year."""
    of_year = rules.case_number(year, 0).partition("-")[0] + "-"
    taken = db.exec(select(PrivacyCase.number).where(col(PrivacyCase.number).startswith(of_year))).all()
    return rules.case_number(year, max((int(number.removeprefix(of_year)) for number in taken), default=0) + 1)


def _step(db: Session, who: User, case_id: UUID, act: Act, words: str, now: datetime) -> Case:
    theirs = select(PrivacyCase.id).where(PrivacyCase.id == case_id, visible_to(who))
    db.exec(theirs.with_for_update()).all()  # of two at once the second sees what the first did
    case = cases.by_id(db, who, case_id)
    if not rules.may_follow(case.clock.state, act):
        raise RequestClosed
    known = [event.step for event in case.events]
    step = PrivacyStep(case_id=case_id, sequence=len(known) + 1, at=now, account_id=who.account_id, act=act, text=words)
    cases.add(db, case.row, known, step)
    audit.record(db, _act(who, case.row, f"privacy.{act}"), now)
    return cases.by_id(db, who, case_id)


def _requested(case: PrivacyCase, mine: Whose, language: Language) -> PrivacyRequested:
    return PrivacyRequested(
        case_id=case.id,
        number=case.number,
        customer_number=mine.customer_number,
        party_id=case.party_id,
        right=Right(case.kind),
        field=case.field,
        text=case.text,
        received_at=case.received_at,
        due_on=case.due_on,
        language=language,
    )


def _act(who: User, case: PrivacyCase, act: str) -> audit.Act:
    return audit.Act(
        act=act,
        object_kind="privacy_case",
        object_id=case.id,
        account_id=who.account_id,
        party_id=case.party_id,
        details={"right": case.kind},
    )
