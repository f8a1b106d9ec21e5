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
from sqlmodel import Session, col, select

from portal.auth.people import User
from portal.auth.reach import Level, Theme
from portal.customers.models import ContactDetail, ContactKind, ContactPerson, Mandate, MandateSite, Party
from portal.customers.scope import in_force
from portal.customers.words import ROLES, THEMES
from portal.kit.db import table_of
from portal.kit.i18n import Text
from portal.kit.labels import Label
from portal.kit.questions import Question, any_of
from portal.kit.questions import given as named
from portal.organisation import labels
from portal.organisation.rules import RightState, state
from portal.sites.models import Site


@dataclass(frozen=True, slots=True)
class SiteName:
    """A site that a right is limited to."""

    street: str
    town: str


@dataclass(frozen=True, slots=True)
class Right:
    """A right to act for another party, and the name of the other side of it; sites are None for all of them."""

    id: UUID
    name: str
    customer_number: str
    themes: frozenset[Theme]
    level: Level
    sites: tuple[SiteName, ...] | None
    valid_from: date
    valid_to: date | None

    @property
    def levels(self) -> Sequence[Label | None]:
        """How far it goes in each matter, in the order of `THEMES`; None where it does not open it."""
        return [labels.LEVELS[self.level] if theme in self.themes else None for theme in THEMES]

    def where(self, every: int | None = None) -> Text:
        """At which sites it holds; `every` is how many there are, where that may be told."""
        if self.sites is None:
            return labels.all_sites(every)
        return labels.some_sites(len(self.sites), {site.town for site in self.sites})

    def state(self, today: date) -> RightState:
        """How it stands on a day."""
        return state(self.valid_from, self.valid_to, today)

    def label(self, today: date) -> Label:
        """The same in words."""
        return labels.STATES[self.state(today)]


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
ENDING: Final = Question(
    EndingRight,
    sa.select(sa.case((_GIVEN, True), else_=False), _PARTY.c.name, _MANDATE.c.valid_to)
    .join_from(_MANDATE, _PARTY, _PARTY.c.id == sa.case((_GIVEN, _MANDATE.c.grantee_id), else_=_MANDATE.c.grantor_id))
    .where(
        sa.or_(_GIVEN, any_of(_MANDATE.c.grantee_id, "holders")),
        in_force(named("first")),
        _MANDATE.c.valid_to <= named("last"),
    )
    .order_by(_MANDATE.c.valid_to, _PARTY.c.name)
    .limit(named("limit", sa.Integer())),
)


def ending(db: Session, who: User, first: date, last: date, limit: int) -> Sequence[EndingRight]:
    """So many rights in force that end between two days, both included.

    Those that the party gave, of whoever decides for it; in their own matters, those that the person holds.
    """
    givers = who.parties if who.reach.is_full else frozenset()
    holders = who.parties if who.reach.acting_for is None else frozenset()
    return ENDING.all(db, givers=givers, holders=holders, first=first, last=last, limit=limit)


def given(db: Session, who: User) -> Sequence[Right]:
    """The rights that the party gave others; whoever asks must decide for the party."""
    return _rights(db, col(Mandate.grantor_id).in_(who.parties), col(Mandate.grantee_id)) if who.reach.is_full else ()


def received(db: Session, who: User) -> Sequence[Right]:
    """The rights by which a person, in their own matters, may act for others."""
    if who.reach.acting_for is not None:
        return ()
    return _rights(db, col(Mandate.grantee_id).in_(who.parties), col(Mandate.grantor_id))


def own(db: Session, who: User, today: date) -> Sequence[Right]:
    """The rights by which a person acts today; none in their own matters."""
    if who.reach.acting_for is None:
        return ()
    mine = col(Mandate.grantee_id).in_(who.reach.own)
    in_force_now = col(Mandate.grantor_id).in_(who.parties) & mine & in_force(today)
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


def _rights(db: Session, which: ColumnElement[bool], other: Mapped[UUID]) -> Sequence[Right]:
    """Rights with the party on the other side of each, by its name; the latest first."""
    wanted = select(Mandate, Party).join(Party, other == Party.id).where(which)
    rows = db.exec(wanted.order_by(Party.name, col(Mandate.valid_from).desc())).all()
    limits: defaultdict[UUID, list[SiteName]] = defaultdict(list)
    sites = select(MandateSite.mandate_id, Site.street, Site.town).join(Site, col(MandateSite.site_id) == Site.id)
    mine = sites.where(col(MandateSite.mandate_id).in_([mandate.id for mandate, _ in rows]))
    for mandate_id, street, town in db.exec(mine.order_by(Site.town, Site.street)):
        limits[mandate_id].append(SiteName(street, town))
    return [_right(mandate, party, limits[mandate.id]) for mandate, party in rows]


def _right(mandate: Mandate, party: Party, limits: Sequence[SiteName]) -> Right:
    return Right(
        id=mandate.id,
        name=party.name,
        customer_number=party.customer_number,
        themes=frozenset(map(Theme, mandate.themes.split(","))),
        level=Level(mandate.level),
        sites=None if mandate.every_site else tuple(limits),
        valid_from=mandate.valid_from,
        valid_to=mandate.valid_to,
    )
