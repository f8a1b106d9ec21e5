"""The log: who looked at the data of whom somebody decides for, who did what, and which companies read."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Uuid, cast, func, null, or_, select, union_all
from sqlmodel import Session, col
from sqlmodel import select as rows_of
from sqlmodel.sql.expression import Select as SelectOfRows

from portal.audit.models import AuditEntry
from portal.auth.models import Account
from portal.auth.people import User
from portal.auth.reach import Grant, Level, Theme
from portal.consents.authorisations.models import Authorisation, AuthorisationRead, ThirdParty
from portal.customers import privacy as customers
from portal.customers.change_requests import Matter
from portal.customers.models import Mandate, Party
from portal.kit import formats
from portal.kit.i18n import Spoken, Text, text
from portal.kit.labels import Label
from portal.privacy.cases import name_of
from portal.privacy.holdings import whose
from portal.privacy.words import CHANGES, DEEDS, LOOKS

LOG: Final = "/privacy/log"
LOOKED: Final = "looked"
"""The act that the audit notes when somebody opens a page on behalf of another."""

FORMERLY: Final[Mapping[str, str]] = {
    "consumption": "/consumption",
    "invoices": "/invoices",
    "contracts": "/contracts",
    "messages": "/messages",
    "privacy": "/privacy",
}
"""Under which names pages were noted before their addresses were; of the others it cannot be told which page it was."""

SOMETHING: Final = text("Used this service")


class LogShown(StrEnum):
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
class LogFilter:
    """Which part of the log somebody wants to see."""

    show: LogShown = LogShown.ALL
    circle: Circle = Circle.OUTSIDE

    @property
    def query(self) -> Mapping[str, str]:
        """How an address asks for it; nothing for what is shown unasked."""
        usual = LogFilter()
        show = {} if self.show is usual.show else {"show": self.show.value}
        return show if self.circle is usual.circle else {**show, "by": self.circle.value}

    @property
    def href(self) -> str:
        """Where it is shown."""
        return "?".join(filter(None, (LOG, urlencode(self.query))))


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An entry of the log: who acted (None for a program), and whether that was the person who reads it.

    `party` names the customer where somebody else acted for them; `is_elsewhere` says that it was in the matters
    of another customer, whom the log does not name. Nothing is told of what it was about but the kind of act.
    """

    row: AuditEntry
    actor: str | None
    is_mine: bool
    party: str | None
    is_elsewhere: bool

    @property
    def at(self) -> datetime:
        """When it was."""
        return self.row.at

    @property
    def by(self) -> Text | str:
        """Who acted."""
        if self.is_mine:
            return text("You")
        return text("A program") if self.row.account_id is None else self.actor or text("A person")

    @property
    def behalf(self) -> Text | None:
        """For whom, where that was not themselves."""
        if self.is_elsewhere:
            return text("on behalf of another customer")
        return text("on behalf of %(name)s", name=self.party) if self.party else None

    @property
    def label(self) -> Label:
        """What they did: a program, a look, or anything else."""
        if self.row.account_id is None:
            return Label(self._deed, icon="refresh-cw")
        return Label(self._deed, icon="eye") if self.row.act == LOOKED else Label(self._deed, icon="user-round")

    @property
    def _deed(self) -> Text:
        act, object_kind = self.row.act, self.row.object_kind
        if act != LOOKED:
            matter, _, deed = act.partition(".")
            return CHANGES.get(deed, SOMETHING) if matter in set(Matter) else DEEDS.get(act, SOMETHING)
        slice_ = object_kind.partition(".")[0]
        return LOOKS.get(object_kind) or LOOKS.get(FORMERLY.get(slice_, "")) or text("Opened a page")


@dataclass(frozen=True, slots=True)
class CompanyRead:
    """That an authorised company read readings: those of which days, and when. The log shows it as an entry."""

    at: datetime
    by: str
    first_day: date
    last_day: date
    behalf: None = None

    @property
    def label(self) -> Label:
        """What it read."""
        days = Spoken(lambda language: formats.date_range(self.first_day, self.last_day, language))
        return Label(text("Read the consumption of %(days)s by an authorisation", days=days), icon="eye")


def count(db: Session, who: User, filters: LogFilter) -> int:
    """How many entries the log has, the reads of authorised companies among them."""
    acts = db.exec(rows_of(func.count()).select_from(AuditEntry).where(*_logged(db, who, filters))).one()
    if filters.show is LogShown.DONE:
        return acts
    return acts + db.exec(rows_of(func.count()).select_from(AuthorisationRead).where(_by_theirs(who))).one()


def left_out(db: Session, who: User, filters: LogFilter) -> int:
    """How many looks are left out of what is wanted: those of people who decide for the company."""
    return count(db, who, replace(filters, circle=Circle.ALL)) - count(db, who, filters)


def entries(db: Session, who: User, filters: LogFilter, first: int, limit: int) -> Sequence[LogEntry | CompanyRead]:
    """So many entries of the log, the newest first, from the `first` on, counted from 0.

    Those about whom the person decides for, whoever acted; in one's own matters also what one did oneself.
    """
    nowhere, nobody = cast(null(), Integer()), cast(null(), Uuid())
    acts = select(col(AuditEntry.at), col(AuditEntry.number), nobody.label("authorisation_id"))
    reads = select(col(AuthorisationRead.at), nowhere, col(AuthorisationRead.authorisation_id)).where(_by_theirs(who))
    asked_for = [acts.where(*_logged(db, who, filters)), *([] if filters.show is LogShown.DONE else [reads])]
    every = union_all(*asked_for).subquery()
    newest_first = (every.c.at.desc(), every.c.number.desc(), every.c.authorisation_id)
    places = db.execute(select(every).order_by(*newest_first).offset(first).limit(limit)).all()
    entries = _entries().where(col(AuditEntry.number).in_([number for _, number, _ in places if number]))
    told = {entry.row.number: entry for entry in _told(db, who, db.exec(entries))}
    of_reads = [(authorisation_id, at) for at, _, authorisation_id in places if authorisation_id]
    read = _readings(db, who, {one for one, _ in of_reads}, {at for _, at in of_reads})
    return [told[number] if number else read[authorisation_id, at] for at, number, authorisation_id in places]


def latest_looks(db: Session, who: User, limit: int) -> Sequence[LogEntry | CompanyRead]:
    """The latest looks at the data by others than the person who asks and those who decide for the same company.

    Of an authorised company, which may read every day, the latest read only.
    """
    latest = _entries().where(*_logged(db, who, LogFilter(LogShown.LOOKED, Circle.OTHERS)))
    looks = _told(db, who, db.exec(latest.order_by(col(AuditEntry.number).desc()).limit(limit)))
    both: list[LogEntry | CompanyRead] = [*looks, *_latest_reads(db, who)]
    return sorted(both, key=lambda one: one.at, reverse=True)[:limit]


def _logged(db: Session, who: User, filters: LogFilter) -> Iterator[ColumnElement[bool]]:
    about, by = col(AuditEntry.party_id).in_(who.parties), col(AuditEntry.account_id) == who.account_id
    yield about if who.reach.acting_for is not None else or_(about, by)
    looked = col(AuditEntry.act) == LOOKED
    if filters.show is not LogShown.ALL:
        yield looked if filters.show is LogShown.LOOKED else ~looked
    passed_over = _passed_over(db, who, filters.circle)
    if passed_over:
        yield ~looked | col(AuditEntry.account_id).is_(None) | col(AuditEntry.account_id).not_in(passed_over)


def _passed_over(db: Session, who: User, circle: Circle) -> frozenset[UUID]:
    """The accounts whose looks are left out: of a company's those of whoever decides for it or did."""
    if circle is Circle.ALL:
        return frozenset()
    companies = rows_of(Party.id).where(col(Party.id).in_(who.parties), Party.kind == "company")
    given = rows_of(Mandate).where(col(Mandate.grantor_id).in_(companies), col(Mandate.every_site))
    deciding = [one for one in db.exec(given) if _is_full(one)]
    parties = {one.grantee_id for one in deciding if one.grantee_id}
    accounts = frozenset(account for party_id in parties for account in customers.subject_of(db, party_id).accounts)
    accounts |= {one.holder_account_id for one in deciding if one.holder_account_id}
    return accounts | {who.account_id} if circle is Circle.OTHERS else accounts


def _is_full(mandate: Mandate) -> bool:
    themes = frozenset(map(Theme, mandate.themes.split(",")))
    return Grant(themes, None, Level(mandate.level)).is_full


def _by_theirs(who: User) -> ColumnElement[bool]:
    """The reads by authorisations that the parties gave."""
    given = select(col(Authorisation.id)).where(col(Authorisation.party_id).in_(who.parties))
    return col(AuthorisationRead.authorisation_id).in_(given)


def _latest_reads(db: Session, who: User) -> Iterable[CompanyRead]:
    """The latest read by each authorisation that was used."""
    newest = select(col(AuthorisationRead.authorisation_id), func.max(AuthorisationRead.at)).where(_by_theirs(who))
    by_each = {tuple(row) for row in db.execute(newest.group_by(col(AuthorisationRead.authorisation_id)))}
    every = _readings(db, who, {authorisation_id for authorisation_id, _ in by_each}, {at for _, at in by_each})
    return [reading for place, reading in every.items() if place in by_each]


def _readings(
    db: Session, who: User, authorisations: Collection[UUID], times: Collection[datetime]
) -> Mapping[tuple[UUID, datetime], CompanyRead]:
    of_these = (
        rows_of(AuthorisationRead, ThirdParty.name)
        .join(Authorisation, col(Authorisation.id) == AuthorisationRead.authorisation_id)
        .join(ThirdParty, col(ThirdParty.id) == Authorisation.third_party_id)
        .where(_by_theirs(who), col(AuthorisationRead.authorisation_id).in_(authorisations))
        .where(col(AuthorisationRead.at).in_(times))
    )
    return {
        (read.authorisation_id, read.at): CompanyRead(read.at, company, read.first_day, read.last_day)
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
            actor=name_of(given, family),
            is_mine=row.account_id == who.account_id,
            party=party.name if party and stands_in else None,
            is_elsewhere=row.party_id is not None and party is None,
        )
