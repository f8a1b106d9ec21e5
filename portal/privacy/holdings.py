"""What is held of whom somebody decides for: whose data it is, how much of each kind, and what erasure would leave."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, func, literal, or_, select, union_all
from sqlmodel import Session, SQLModel, col
from sqlmodel import select as rows_of

from portal.auth.models import Account
from portal.auth.people import User
from portal.consumption.models import MonthTotal
from portal.contracts.models import Contract
from portal.customers import privacy as customers
from portal.customers.models import Party
from portal.invoices.models import Invoice
from portal.kit.db import table_of
from portal.kit.i18n import Spoken, Text, text
from portal.kit.privacy import DataSubject, Record
from portal.privacy import catalogue, labels, rules, values
from portal.privacy.catalogue import GROUPS, Described, Group, PersonalTable
from portal.privacy.rules import Fate
from portal.sites.models import MeteringPoint, Occupancy

MOST: Final = 20  # records of a table that are shown; all of them are in the package
NO_PARTY: Final = UUID(int=0)
"""Stands where a person who is no customer has no party; no row is about it."""


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
class HeldTable:
    """A personal table with its records; None where these stand on a page of their own.

    `rows` is how many that page has, as far as it is known without reading them.
    """

    table: PersonalTable
    records: Sequence[Record] | None
    rows: int

    @property
    def count(self) -> int:
        """How many records there are."""
        return self.rows if self.records is None else len(self.records)

    @property
    def shown(self) -> Sequence[Record]:
        """The first of its records; all of them are in the package."""
        return (self.records or ())[:MOST]

    @property
    def more(self) -> int:
        """How many records are not shown."""
        return max(0, len(self.records or ()) - MOST)

    def value(self, record: Record, column: str) -> Text | Spoken | None:
        """What stands in a column of a record, None for nothing."""
        if self.table.columns[column].is_sealed:
            return text("kept encrypted")
        value = record.values.get(column)
        if value is None or value == "":
            return None
        return Spoken(lambda language: values.said(self.table.table, column, value, language))


@dataclass(frozen=True, slots=True)
class Prospect:
    """What would become of a group if it were to be erased today; `until` is the last day, where the law names one."""

    title: Text
    rows: int
    fate: Fate
    until: date | None

    @property
    def says(self) -> Text:
        """What would become of it."""
        return labels.FATES[self.fate]


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


def counts(db: Session, who: User) -> Mapping[str, int]:
    """How many rows each table holds about whom a person decides for, by its name; 0 is left out.

    Rows that only belong to others (the lines of an invoice) are not counted.
    """
    rows: defaultdict[str, int] = defaultdict(int)
    for one in whose(db, who):
        owned = ((table, _owned(table, one.subject)) for table in SQLModel.metadata.sorted_tables)
        wanted = [
            select(literal(table.name), func.count()).select_from(table).where(theirs)
            for table, theirs in owned
            if theirs is not None
        ]
        for name, number in db.execute(union_all(*wanted, _months(one.subject))):
            rows[name] += number
    return {name: number for name, number in rows.items() if number}


def by_group(rows: Mapping[str, int]) -> Sequence[tuple[Group, Described, int]]:
    """Every group, and how many rows its tables have; `rows` are those of each table, by its name."""
    return [(group, described, _rows(group, rows)) for group, described in GROUPS.items()]


def tables(
    records: Iterable[Record], here: Collection[Group], rows: Mapping[str, int]
) -> Sequence[tuple[Group, Described, Sequence[HeldTable]]]:
    """Every group: what these records say, of those that stand here, and how many rows are held in the others."""
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        found[record.table].append(record)
    return [
        (
            group,
            described,
            [
                HeldTable(table, found[table.table] if group in here else None, rows.get(table.table, 0))
                for table in catalogue.of_group(group)
                if table.columns
            ],
        )
        for group, described in GROUPS.items()
    ]


def prospects(db: Session, who: User, today: date) -> Sequence[Prospect]:
    """What would become of each group that has rows, if it were to be erased today."""
    rows, kept_until = counts(db, who), _kept_until(db, who)
    contracts = db.exec(rows_of(Contract).where(_of(Contract, who)))
    is_customer = rules.is_customer((contract.valid_to for contract in contracts), today)
    found = []
    for _, described, number in by_group(rows):
        if number:
            fate = Fate.GOES if described.fate is Fate.CONTRACT and not is_customer else described.fate
            until = kept_until if fate is Fate.ACCOUNTING else None
            found.append(Prospect(described.title, number, fate, until))
    return found


def _kept_until(db: Session, who: User) -> date | None:
    """Until when the newest voucher is kept, None without any."""
    newest_first = rows_of(Invoice).where(_of(Invoice, who)).order_by(col(Invoice.issued_on).desc())
    newest = db.exec(newest_first.limit(1)).first()
    return rules.kept_until(newest.issued_on) if newest else None


def _rows(group: Group, rows: Mapping[str, int]) -> int:
    return sum(rows.get(table.table, 0) for table in catalogue.of_group(group))


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


def _of(model: type[Contract | Invoice], who: User) -> ColumnElement[bool]:
    return col(model.party_id).in_(who.parties)
