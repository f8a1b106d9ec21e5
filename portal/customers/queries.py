"""Which parties a person is or stands in for, how far, and how a party is shown to them."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from portal.auth.models import Account
from portal.auth.people import User
from portal.auth.reach import Grant, Level, NamedParty, Reach, Theme
from portal.customers.models import IdentityCode, Mandate, MandateSite, Party
from portal.customers.scope import in_force
from portal.kit.db import table_of
from portal.kit.errors import NotThere
from portal.kit.i18n import Language
from portal.kit.questions import Question, given, itself


class NoSuchParty(NotThere):
    """No party of that id that this person is or may act for."""


_OWN: Final = select(IdentityCode.party_id).where(col(IdentityCode.blind_index) == given("who"))
_GRANTORS: Final = select(Mandate.grantor_id).where(col(Mandate.grantee_id).in_(_OWN), in_force(given("today")))
PARTIES: Final = Question(
    NamedParty,
    sa.select(
        *table_of(Party).c["id", "customer_number", "kind", "name", "street", "postcode", "town"],
        col(Party.id).in_(_OWN).label("is_own"),
    )
    .where(col(Party.id).in_(sa.union(_OWN, _GRANTORS)))
    .order_by(col(Party.kind), col(Party.name), col(Party.customer_number)),
)
LANGUAGE: Final = Question(
    itself,
    select(Party.language)
    .join(IdentityCode, col(IdentityCode.party_id) == Party.id)
    .where(col(IdentityCode.blind_index) == given("who"))
    .order_by(col(Party.customer_number))
    .limit(1),
)


def parties(db: Session, who: bytes, today: date) -> Sequence[NamedParty]:
    """The person under each of their customer numbers, then whom they may act for today, companies first, by name.

    `who` is the blind index of their identity code.
    """
    found = PARTIES.all(db, who=who, today=today)
    own = sorted((party for party in found if party.is_own), key=lambda party: party.customer_number)
    return [*own, *(party for party in found if not party.is_own)]


def language(db: Session, who: bytes) -> Language | None:
    """In which language the register serves a person; None for a stranger.

    Under several customer numbers the first one's counts.
    """
    said = LANGUAGE.first(db, who=who)
    return Language(said) if said else None


def reach(db: Session, who: bytes, acting_for: UUID | None, today: date) -> Reach:
    """How far a person's hand reaches today: in their own matters, or for the one party that they chose.

    A choice lasts no longer than the mandates behind it: when none is in force any more they are in their own
    matters again.
    """
    found = parties(db, who, today)
    own = frozenset(party.id for party in found if party.is_own)
    choices = (*found[: 1 if own else 0], *found[len(own) :])
    mine = Reach(own, choices=choices)
    if acting_for is None or acting_for in own or not own:
        return mine
    grants = _grants(db, own, acting_for, today)
    return Reach(frozenset({acting_for}), grants, acting_for, own, choices) if grants else mine


def choice(db: Session, who: User, party_id: UUID, today: date) -> UUID | None:
    """Whom a person will act for who chooses a party: None for themselves.

    Raises NoSuchParty for one that they neither are nor may act for today.
    """
    if party_id in who.reach.own:
        return None
    if not _grants(db, who.reach.own, party_id, today):
        raise NoSuchParty
    return party_id


def decides_for(db: Session, who: UUID, party_id: UUID, today: date) -> bool:
    """Whether the person of an account decides for a party today: they are it, or stand in for it in everything."""
    index = db.exec(select(Account.identity_index).where(Account.id == who)).one()
    found = reach(db, index, party_id, today)
    return party_id in found.parties and found.is_full


def _grants(db: Session, own: frozenset[UUID], grantor: UUID, today: date) -> tuple[Grant, ...]:
    """What one party's mandates in force open together."""
    of_grantor = (col(Mandate.grantor_id) == grantor) & col(Mandate.grantee_id).in_(own) & in_force(today)
    mandates = db.exec(select(Mandate).where(of_grantor).order_by(col(Mandate.id))).all()
    limited = [mandate.id for mandate in mandates if not mandate.every_site]
    limits = select(MandateSite).where(col(MandateSite.mandate_id).in_(limited))
    sites = db.exec(limits).all() if limited else ()
    return tuple(
        _grant(mandate, (one.site_id for one in sites if one.mandate_id == mandate.id)) for mandate in mandates
    )


def _grant(mandate: Mandate, sites: Iterable[UUID]) -> Grant:
    return Grant(
        themes=frozenset(map(Theme, mandate.themes.split(","))),
        sites=None if mandate.every_site else frozenset(sites),
        level=Level(mandate.level),
    )
