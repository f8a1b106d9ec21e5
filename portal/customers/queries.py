"""Which parties a person is or stands in for, how far, and how a party is shown to them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from portal.auth.models import Account
from portal.auth.people import User
from portal.auth.reach import Grant, Level, Reach, Theme
from portal.customers.models import IdentityCode, Mandate, MandateSite, Party
from portal.customers.scope import in_force
from portal.kit.errors import NotThere
from portal.kit.i18n import Language
from portal.kit.questions import Question, any_of, given, itself


class NoSuchParty(NotThere):
    """No party of that id that this person is or may act for."""


@dataclass(frozen=True, slots=True)
class Named:
    """A party as the register names it; the address is None where none is kept."""

    id: UUID
    customer_number: str
    kind: str
    name: str
    street: str | None
    postcode: str | None
    town: str | None


@dataclass(frozen=True, slots=True)
class PartyShown(Named):
    """A party as the head of a page names it, and whether it is the person."""

    is_own: bool


PARTY: Final = select(*(col(getattr(Party, field.name)) for field in fields(Named)))
OWN: Final = Question(itself, select(IdentityCode.party_id).where(col(IdentityCode.blind_index) == given("who")))
LANGUAGE: Final = Question(
    itself,
    select(Party.language)
    .join(IdentityCode, col(IdentityCode.party_id) == Party.id)
    .where(col(IdentityCode.blind_index) == given("who"))
    .order_by(col(Party.customer_number))
    .limit(1),
)
FIRST: Final = Question(
    Named, PARTY.where(any_of(col(Party.id), "parties")).order_by(col(Party.customer_number)).limit(1)
)
ACTED_FOR: Final = Question(
    Named,
    PARTY.where(
        col(Party.id).in_(
            select(Mandate.grantor_id).where(any_of(col(Mandate.grantee_id), "own"), in_force(given("today")))
        )
    ).order_by(col(Party.kind), col(Party.name), col(Party.customer_number)),
)


def own_parties(db: Session, who: bytes) -> frozenset[UUID]:
    """The person under each of their customer numbers; `who` is the blind index of their identity code."""
    return frozenset(OWN.all(db, who=who))


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
    own = own_parties(db, who)
    if acting_for is None or not own:
        return Reach(own)
    grants = _grants(db, own, acting_for, today)
    return Reach(frozenset({acting_for}), grants, acting_for, own) if grants else Reach(own)


def grantors(db: Session, who: bytes, today: date) -> Sequence[PartyShown]:
    """The parties that a person may act for today, companies first, by name."""
    return _acted_for(db, own_parties(db, who), today)


def choices(db: Session, who: User, today: date) -> Sequence[PartyShown]:
    """Whom a person may choose between: themselves, if they are a customer, and the parties they may act for."""
    mine = who.reach.own
    first = FIRST.first(db, parties=mine)
    return [*([_shown(first, mine)] if first else []), *_acted_for(db, mine, today)]


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
    found = reach(db, index, None if party_id in own_parties(db, index) else party_id, today)
    return party_id in found.parties and found.is_full


def shown(db: Session, who: User) -> PartyShown | None:
    """The party that the head of a page names: the first by customer number; None without any."""
    party = first(db, who)
    mine = who.parties if who.reach.acting_for is None else frozenset[UUID]()
    return _shown(party, mine) if party else None


def first(db: Session, who: User) -> Named | None:
    """The party that stands for all those whose things a person handles now: the first by customer number."""
    return FIRST.first(db, parties=who.parties)


def _acted_for(db: Session, own: frozenset[UUID], today: date) -> Sequence[PartyShown]:
    return [_shown(party, own) for party in ACTED_FOR.all(db, own=own, today=today)]


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


def _shown(party: Named, own: frozenset[UUID]) -> PartyShown:
    return PartyShown(
        id=party.id,
        is_own=party.id in own,
        customer_number=party.customer_number,
        kind=party.kind,
        name=party.name,
        street=party.street,
        postcode=party.postcode,
        town=party.town,
    )
