"""What somebody who decides for a customer may see: the requests, the groups of data, and who looked or did what."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Table,
    Uuid,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlmodel import Session, SQLModel, col
from sqlmodel import select as rows_of
from sqlmodel.sql.expression import Select as SelectOfRows

from portal.audit.models import AuditEntry
from portal.auth.models import Account
from portal.auth.people import User
from portal.auth.reach import Grant, Level, Theme
from portal.consents.authorisations.models import Authorisation, AuthorisationRead, ThirdParty
from portal.consumption.models import MonthTotal
from portal.contracts.models import Contract
from portal.customers import privacy as customers
from portal.customers.models import Mandate, Party
from portal.invoices.models import Invoice
from portal.kit.db import table_of
from portal.kit.errors import NotThere
from portal.kit.i18n import text
from portal.kit.privacy import DataSubject
from portal.privacy.course import clock_of
from portal.privacy.models import PrivacyCase, PrivacyStep
from portal.privacy.rules import CaseState, Clock, Ending
from portal.privacy.scope import visible_to
from portal.sites.models import MeteringPoint, Occupancy

NO_PARTY: Final = UUID(int=0)
"""Stands where a person who is no customer has no party; no row is about it."""

LOOKED: Final = "looked"
"""The act that the audit notes when somebody opens a page on behalf of another."""


class NoSuchRequest(NotThere):
    """No request of that id that this person may see."""

    says = text("We could not find the request.")


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose data it is: a customer under one number, or a person who is none.

    Whoever reads it standing in for them (`is_own` is False then) gets the customer's data, but not the person's own:
    no accounts are among the subject's, and the identity code stays sealed.
    """

    subject: DataSubject
    name: str
    customer_number: str | None
    is_own: bool = True

    @property
    def party_id(self) -> UUID | None:
        """The party, None for a person who is no customer."""
        return None if self.subject.party_id == NO_PARTY else self.subject.party_id


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """A step of a request, and who took it: None for the company."""

    step: PrivacyStep
    actor: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """A request with all that happened to it, in order, and its clock."""

    row: PrivacyCase
    events: Sequence[CaseEvent]
    clock: Clock

    @property
    def latest(self) -> CaseEvent:
        """What happened last."""
        return self.events[-1]


class Shown(StrEnum):
    """Which entries of the log are wanted."""

    ALL = "all"
    LOOKED = "looked"
    DONE = "done"


class Circle(StrEnum):
    """Whose looks are wanted.

    Those who decide for a company fill its log by their daily work: they are left out of `outside`; and whoever asks,
    too, of `others`.
    """

    ALL = "all"
    OUTSIDE = "outside"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the log is wanted."""

    shown: Shown = Shown.ALL
    circle: Circle = Circle.OUTSIDE


@dataclass(frozen=True, slots=True)
class Reading:
    """That an authorised company read readings: those of which days, and when."""

    at: datetime
    company: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An entry of the log: who acted (None for a program), and whether that was the person who reads it.

    `behalf` names the customer where somebody else acted for them; `is_elsewhere` says that it was in the matters
    of another customer, whom the log does not name.
    """

    row: AuditEntry
    actor: str | None
    is_mine: bool
    behalf: str | None
    is_elsewhere: bool


def whose(db: Session, who: User) -> Sequence[Whose]:
    """Each customer number that a person decides for now, in order; somebody without any has their own account only."""
    parties = db.exec(rows_of(Party).where(col(Party.id).in_(who.parties)).order_by(col(Party.customer_number))).all()
    if not parties:
        return [Whose(DataSubject(NO_PARTY, frozenset({who.account_id})), who.name, None)]
    is_own = who.reach.acting_for is None
    subjects = [
        customers.subject_of(db, party.id) if is_own else DataSubject(party.id, frozenset()) for party in parties
    ]
    return [
        Whose(subject, party.name, party.customer_number, is_own)
        for subject, party in zip(subjects, parties, strict=True)
    ]


def count(db: Session, who: User) -> int:
    """How many requests there are."""
    return db.exec(rows_of(func.count()).select_from(PrivacyCase).where(visible_to(who))).one()


def cases(db: Session, who: User, first: int, limit: int) -> Sequence[Case]:
    """So many requests, from the `first` on, counted from 0: open ones before closed ones, then the newest first."""
    closed = col(PrivacyCase.state).in_([CaseState.DONE, CaseState.REFUSED, CaseState.WITHDRAWN])
    found = db.exec(
        rows_of(PrivacyCase)
        .where(visible_to(who))
        .order_by(closed, col(PrivacyCase.received_at), col(PrivacyCase.number))
        .offset(first)
        .limit(limit)
    ).all()
    return _with_events(db, found)


def case(db: Session, who: User, case_id: UUID) -> Case:
    """A request.

    Raises NoSuchRequest.
    """
    found = db.exec(rows_of(PrivacyCase).where(PrivacyCase.id == case_id, visible_to(who))).first()
    if found is None:
        raise NoSuchRequest
    (whole,) = _with_events(db, [found])
    return whole


def holdings(db: Session, who: User) -> Mapping[str, int]:
    """How many rows each table holds about whom a person decides for, by its name; 0 is left out.

    Rows that only belong to others (the lines of an invoice) are not counted.
    """
    counts: defaultdict[str, int] = defaultdict(int)
    for one in whose(db, who):
        tables = [table for table in SQLModel.metadata.sorted_tables if _owned(table, one.subject) is not None]
        wanted = [
            select(literal(table.name), func.count()).select_from(table).where(condition)
            for table in tables
            if (condition := _owned(table, one.subject)) is not None
        ]
        for name, number in db.execute(union_all(*wanted, _months(one.subject))):
            counts[name] += number
    return {name: number for name, number in counts.items() if number}


def contracts(db: Session, who: User) -> Sequence[Ending]:
    """When each contract ends."""
    return [Ending(one.valid_to) for one in db.exec(rows_of(Contract).where(_of(Contract, who)))]


def last_invoice(db: Session, who: User) -> Invoice | None:
    """The newest invoice."""
    newest = rows_of(Invoice).where(_of(Invoice, who)).order_by(col(Invoice.issued_on).desc()).limit(1)
    return db.exec(newest).first()


def log_count(db: Session, who: User, wanted: Wanted) -> int:
    """How many entries the log has, the reads of authorised companies among them."""
    acts = db.exec(rows_of(func.count()).select_from(AuditEntry).where(*_logged(db, who, wanted))).one()
    if wanted.shown is Shown.DONE:
        return acts
    return acts + db.exec(rows_of(func.count()).select_from(AuthorisationRead).where(_by_theirs(who))).one()


def left_out(db: Session, who: User, wanted: Wanted) -> int:
    """How many looks are left out of what is wanted: those of people who decide for the company."""
    return log_count(db, who, replace(wanted, circle=Circle.ALL)) - log_count(db, who, wanted)


def log(db: Session, who: User, wanted: Wanted, first: int, limit: int) -> Sequence[LogEntry | Reading]:
    """So many entries of the log, the newest first, from the `first` on, counted from 0.

    Those about whom the person decides for, whoever acted; in one's own matters also what one did oneself.
    """
    nowhere, nobody = cast(null(), Integer()), cast(null(), Uuid())
    acts = select(col(AuditEntry.at), col(AuditEntry.number), nobody.label("authorisation_id"))
    reads = select(col(AuthorisationRead.at), nowhere, col(AuthorisationRead.authorisation_id)).where(_by_theirs(who))
    asked_for = [acts.where(*_logged(db, who, wanted)), *([] if wanted.shown is Shown.DONE else [reads])]
    every = union_all(*asked_for).subquery()
    newest_first = (every.c.at.desc(), every.c.number.desc(), every.c.authorisation_id)
    places = db.execute(select(every).order_by(*newest_first).offset(first).limit(limit)).all()
    entries = _entries().where(col(AuditEntry.number).in_([number for _, number, _ in places if number]))
    told = {entry.row.number: entry for entry in _told(db, who, db.exec(entries))}
    of_reads = [(authorisation_id, at) for at, _, authorisation_id in places if authorisation_id]
    read = _readings(db, who, {one for one, _ in of_reads}, {at for _, at in of_reads})
    return [told[number] if number else read[authorisation_id, at] for at, number, authorisation_id in places]


def looked_lately(db: Session, who: User, limit: int) -> Sequence[LogEntry | Reading]:
    """The latest looks at the data by others than the person who asks and those who decide for the same company.

    Of an authorised company, which may read every day, the latest read only.
    """
    latest = _entries().where(*_logged(db, who, Wanted(Shown.LOOKED, Circle.OTHERS)))
    looks = _told(db, who, db.exec(latest.order_by(col(AuditEntry.number).desc()).limit(limit)))
    both: list[LogEntry | Reading] = [*looks, *_latest_reads(db, who)]
    return sorted(both, key=_at, reverse=True)[:limit]


def _with_events(db: Session, found: Sequence[PrivacyCase]) -> Sequence[Case]:
    steps = (
        rows_of(PrivacyStep, Account.given_names, Account.family_name)
        .join(Account, col(Account.id) == PrivacyStep.account_id, isouter=True)
        .where(col(PrivacyStep.case_id).in_([one.id for one in found]))
        .order_by(col(PrivacyStep.sequence))
    )
    events: defaultdict[UUID, list[CaseEvent]] = defaultdict(list)
    for step, given, family in db.exec(steps):
        events[step.case_id].append(CaseEvent(step, _name(given, family)))
    return [Case(one, events[one.id], clock_of([event.step for event in events[one.id]])) for one in found]


def _owned(table: Table, subject: DataSubject) -> ColumnElement[bool] | None:
    """The rows of a table that name whom they are about themselves; None for a table of other rows."""
    columns = table.c
    if table.name == Party.__tablename__:
        return columns.id == subject.party_id
    if table.name == Account.__tablename__:
        return columns.id.in_(subject.accounts)
    by_person = columns.account_id.in_(subject.accounts) if "account_id" in columns else None
    if "party_id" not in columns:
        return by_person
    of_party = columns.party_id == subject.party_id
    return of_party if by_person is None else or_(of_party, columns.party_id.is_(None) & by_person)


def _months(subject: DataSubject) -> Select[str, int]:
    """The months of readings of the sites that are or were held."""
    total, point, held = table_of(MonthTotal), table_of(MeteringPoint), table_of(Occupancy)
    return (
        select(literal(total.name), func.count())
        .select_from(total.join(point, point.c.id == total.c.metering_point_id))
        .join(held, held.c.site_id == point.c.site_id)
        .where(held.c.party_id == subject.party_id, or_(held.c.until.is_(None), total.c.month <= held.c.until))
    )


def _logged(db: Session, who: User, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    about, by = col(AuditEntry.party_id).in_(who.parties), col(AuditEntry.account_id) == who.account_id
    yield about if who.reach.acting_for is not None else or_(about, by)
    looked = col(AuditEntry.act) == LOOKED
    if wanted.shown is not Shown.ALL:
        yield looked if wanted.shown is Shown.LOOKED else ~looked
    passed_over = _passed_over(db, who, wanted.circle)
    if passed_over:
        yield ~looked | col(AuditEntry.account_id).is_(None) | col(AuditEntry.account_id).not_in(passed_over)


def _passed_over(db: Session, who: User, circle: Circle) -> frozenset[UUID]:
    """The accounts whose looks are left out: of a company's those of whoever decides for it or did."""
    if circle is Circle.ALL:
        return frozenset()
    companies = rows_of(Party.id).where(col(Party.id).in_(who.parties), Party.kind == "company")
    given = rows_of(Mandate).where(col(Mandate.grantor_id).in_(companies), col(Mandate.every_site))
    deciding = {one.grantee_id for one in db.exec(given) if _is_full(one)}
    accounts = frozenset(account for party_id in deciding for account in customers.subject_of(db, party_id).accounts)
    return accounts | {who.account_id} if circle is Circle.OTHERS else accounts


def _is_full(mandate: Mandate) -> bool:
    themes = frozenset(map(Theme, mandate.themes.split(",")))
    return Grant(themes, None, Level(mandate.level)).is_full


def _by_theirs(who: User) -> ColumnElement[bool]:
    """The reads by authorisations that the parties gave."""
    given = select(col(Authorisation.id)).where(col(Authorisation.party_id).in_(who.parties))
    return col(AuthorisationRead.authorisation_id).in_(given)


def _at(one: LogEntry | Reading) -> datetime:
    return one.at if isinstance(one, Reading) else one.row.at


def _latest_reads(db: Session, who: User) -> Iterable[Reading]:
    """The latest read by each authorisation that was used."""
    newest = select(col(AuthorisationRead.authorisation_id), func.max(AuthorisationRead.at)).where(_by_theirs(who))
    by_each = {tuple(row) for row in db.execute(newest.group_by(col(AuthorisationRead.authorisation_id)))}
    every = _readings(db, who, {authorisation_id for authorisation_id, _ in by_each}, {at for _, at in by_each})
    return [reading for place, reading in every.items() if place in by_each]


def _readings(
    db: Session, who: User, authorisations: Collection[UUID], times: Collection[datetime]
) -> Mapping[tuple[UUID, datetime], Reading]:
    of_these = (
        rows_of(AuthorisationRead, ThirdParty.name)
        .join(Authorisation, col(Authorisation.id) == AuthorisationRead.authorisation_id)
        .join(ThirdParty, col(ThirdParty.id) == Authorisation.third_party_id)
        .where(_by_theirs(who), col(AuthorisationRead.authorisation_id).in_(authorisations))
        .where(col(AuthorisationRead.at).in_(times))
    )
    return {
        (read.authorisation_id, read.at): Reading(read.at, company, read.first_day, read.last_day)
        for read, company in db.exec(of_these)
    }


def _entries() -> SelectOfRows[AuditEntry, str, str]:
    """Entries, and who acted; what the outer join finds nothing for is None after all."""
    return rows_of(AuditEntry, Account.given_names, Account.family_name).join(
        Account, col(Account.id) == AuditEntry.account_id, isouter=True
    )


def _told(db: Session, who: User, rows: Iterable[tuple[AuditEntry, str, str]]) -> Iterator[LogEntry]:
    """Entries with names; of a party that is not theirs now the reader learns nothing but that there was one."""
    of_party = {one.subject.party_id: one for one in whose(db, who)}
    accounts = {party_id: customers.subject_of(db, party_id).accounts for party_id in of_party}
    for row, given, family in rows:
        party = of_party.get(row.party_id) if row.party_id else None
        stands_in = party and row.account_id and row.account_id not in accounts[party.subject.party_id]
        yield LogEntry(
            row=row,
            actor=_name(given, family),
            is_mine=row.account_id == who.account_id,
            behalf=party.name if party and stands_in else None,
            is_elsewhere=row.party_id is not None and party is None,
        )


def _name(given: str | None, family: str | None) -> str | None:
    return f"{given} {family}".strip() if given is not None else None


def _of(model: type[Contract | Invoice], who: User) -> ColumnElement[bool]:
    return col(model.party_id).in_(who.parties)
