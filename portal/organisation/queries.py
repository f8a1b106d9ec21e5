"""Who may act for a party, for whom a person may act, and what the register says of a party to its own people."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, func, select

from portal.auth.people import User
from portal.auth.reach import Theme
from portal.customers.models import (
    ContactDetail,
    ContactKind,
    ContactPerson,
    Mandate,
    MandateEnd,
    MandateSite,
    Party,
)
from portal.customers.scope import held_by, in_force
from portal.customers.words import ROLES
from portal.kit.db import table_of
from portal.kit.i18n import Text
from portal.kit.questions import Question, any_of
from portal.kit.questions import given as named
from portal.organisation.records import Right, SiteName, right
from portal.sites.models import Site


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a party itself."""

    party: Party
    emails: tuple[str, ...]
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contact:
    """A named contact person and their roles, as Datahub codes them: AL01 to AL05."""

    name: str
    roles: tuple[str, ...]
    email: str | None
    phone: str | None

    @property
    def role_words(self) -> Sequence[Text]:
        """Their roles in words."""
        return [ROLES[role] for role in self.roles]


@dataclass(frozen=True, slots=True)
class EndingRight:
    """A right to act for another that ends soon, and the other side of it: who holds it, or who gave it."""

    is_given: bool
    name: str
    last: date


_MANDATE, _PARTY = table_of(Mandate), table_of(Party)
_GIVEN: Final = any_of(_MANDATE.c.grantor_id, "givers")
_NAME: Final = sa.func.coalesce(_PARTY.c.name, _MANDATE.c.holder_name)
ENDING: Final = Question(
    EndingRight,
    sa.select(sa.case((_GIVEN, True), else_=False), _NAME, _MANDATE.c.valid_to)
    .join_from(
        _MANDATE,
        _PARTY,
        _PARTY.c.id == sa.case((_GIVEN, _MANDATE.c.grantee_id), else_=_MANDATE.c.grantor_id),
        isouter=True,
    )
    .where(
        sa.or_(_GIVEN, any_of(_MANDATE.c.grantee_id, "holders"), any_of(_MANDATE.c.holder_account_id, "accounts")),
        in_force(named("first")),
        _MANDATE.c.valid_to <= named("last"),
    )
    .order_by(_MANDATE.c.valid_to, _NAME)
    .limit(named("limit", sa.Integer())),
)


def ending(db: Session, who: User, first: date, last: date, limit: int) -> Sequence[EndingRight]:
    """So many rights in force that end between two days, both included.

    Those that the party gave, of whoever decides for it; in their own matters, those that the person holds.
    """
    givers = who.parties if who.reach.is_full else frozenset()
    is_own = who.reach.acting_for is None
    holders, accounts = (who.parties, {who.account_id}) if is_own else (frozenset(), frozenset())
    return ENDING.all(db, givers=givers, holders=holders, accounts=accounts, first=first, last=last, limit=limit)


def given(db: Session, who: User) -> Sequence[Right]:
    """The rights that the party gave others; whoever asks must decide for the party."""
    return _rights(db, col(Mandate.grantor_id).in_(who.parties), col(Mandate.grantee_id)) if who.reach.is_full else ()


def received(db: Session, who: User) -> Sequence[Right]:
    """The rights by which a person, in their own matters, may act for others."""
    if who.reach.acting_for is not None:
        return ()
    return _rights(db, held_by(who), col(Mandate.grantor_id))


def own(db: Session, who: User, today: date) -> Sequence[Right]:
    """The rights by which a person acts today; none in their own matters."""
    if who.reach.acting_for is None:
        return ()
    in_force_now = col(Mandate.grantor_id).in_(who.parties) & held_by(who) & in_force(today)
    return _rights(db, in_force_now, col(Mandate.grantor_id))


def facts(db: Session, who: User) -> Sequence[Facts]:
    """The parties themselves, with their contact details; whoever asks must decide for them."""
    if not who.reach.is_full:
        return ()
    details: defaultdict[tuple[UUID, str], list[str]] = defaultdict(list)
    known = select(ContactDetail).where(col(ContactDetail.party_id).in_(who.parties))
    for one in db.exec(known.order_by(col(ContactDetail.position), ContactDetail.value)):
        details[one.party_id, one.kind].append(one.value)
    parties = select(Party).where(col(Party.id).in_(who.parties)).order_by(Party.customer_number)
    return [
        Facts(
            party=party,
            emails=tuple(details[party.id, ContactKind.EMAIL]),
            phones=tuple(details[party.id, ContactKind.PHONE]),
        )
        for party in db.exec(parties)
    ]


def names(db: Session, who: User) -> Sequence[tuple[UUID, str]]:
    """What the person's parties are called."""
    return db.exec(select(Party.id, Party.name).where(col(Party.id).in_(who.parties))).all()


def contacts(db: Session, who: User) -> Sequence[Contact]:
    """The contact persons of the party, each once, for those who see its contracts at every site."""
    if who.reach.sites(Theme.CONTRACTS) is not None:
        return ()
    people = select(ContactPerson).where(col(ContactPerson.party_id).in_(who.parties))
    found = db.exec(people.order_by(ContactPerson.name, ContactPerson.role)).all()
    return [_contact(list(same)) for _, same in groupby(found, key=lambda one: one.name)]


def _contact(same: Sequence[ContactPerson]) -> Contact:
    return Contact(
        name=same[0].name,
        roles=tuple(dict.fromkeys(one.role for one in same)),
        email=next((one.email for one in same if one.email), None),
        phone=next((one.phone for one in same if one.phone), None),
    )


def _rights(db: Session, which: ColumnElement[bool], other: Mapped[UUID | None] | Mapped[UUID]) -> Sequence[Right]:
    """Rights with the party on the other side of each, by its name; the latest first.

    One that was changed is told as what it was changed into.
    """
    wanted = (
        select(Mandate, Party, MandateEnd)
        .join(Party, other == Party.id, isouter=True)
        .join(MandateEnd, col(MandateEnd.mandate_id) == Mandate.id, isouter=True)
        .where(which, col(MandateEnd.how).is_distinct_from("replaced"))
        .order_by(func.coalesce(Party.name, Mandate.holder_name), col(Mandate.valid_from).desc(), col(Mandate.id))
    )
    rows = db.exec(wanted).all()
    limits: defaultdict[UUID, list[SiteName]] = defaultdict(list)
    sites = select(MandateSite.mandate_id, Site.street, Site.town).join(
        Site, col(MandateSite.site_id) == Site.id, isouter=True
    )
    mine = sites.where(col(MandateSite.mandate_id).in_([mandate.id for mandate, _, _ in rows]))
    for mandate_id, street, town in db.exec(mine.order_by(Site.town, Site.street)):
        limits[mandate_id].append(SiteName(street or "", town or ""))
    return [right(mandate, party, end, limits[mandate.id]) for mandate, party, end in rows]
