"""Which parties a person is or stands in for, and how far: looked up by who they are, before they can be a user.

And where a party is reached, for letters that nobody asks for.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from portal.auth.models import Account
from portal.auth.reach import Grant, Level, NamedParty, Reach, Theme
from portal.customers.models import ContactDetail, ContactKind, IdentityCode, Mandate, MandateSite, Party
from portal.customers.scope import in_force
from portal.kit.db import table_of
from portal.kit.i18n import Language
from portal.kit.questions import Question, given, itself
from portal.outbox.letters import Addressee

_OWN: Final = select(IdentityCode.party_id).where(col(IdentityCode.blind_index) == given("identity_index"))
_ACCOUNT: Final = select(Account.id).where(Account.identity_index == given("identity_index"))
_GRANTORS: Final = [
    select(Mandate.grantor_id).where(holder, in_force(given("today")))
    for holder in (col(Mandate.grantee_id).in_(_OWN), col(Mandate.holder_account_id).in_(_ACCOUNT))
]
PARTIES: Final = Question(
    NamedParty,
    sa.select(
        *table_of(Party).c["id", "customer_number", "kind", "name", "street", "postcode", "town"],
        col(Party.id).in_(_OWN).label("is_own"),
    )
    .where(col(Party.id).in_(sa.union(_OWN, *_GRANTORS)))
    .order_by(col(Party.kind), col(Party.name), col(Party.customer_number)),
)
LANGUAGE: Final = Question(
    itself,
    select(Party.language)
    .join(IdentityCode, col(IdentityCode.party_id) == Party.id)
    .where(col(IdentityCode.blind_index) == given("identity_index"))
    .order_by(col(Party.customer_number))
    .limit(1),
)


def parties(db: Session, identity_index: bytes, today: date) -> Sequence[NamedParty]:
    """The person under each of their customer numbers, then whom they may act for today, companies first, by name.

    identity_index: the blind index of their identity code
    """
    found = PARTIES.all(db, identity_index=identity_index, today=today)
    own = sorted((party for party in found if party.is_own), key=lambda party: party.customer_number)
    return [*own, *(party for party in found if not party.is_own)]


def account_of(db: Session, customer_number: str) -> tuple[UUID, UUID] | None:
    """The account and the party of the person under a customer number; None where they have never signed in."""
    wanted = (
        select(Account.id, Party.id)
        .join(IdentityCode, col(IdentityCode.blind_index) == Account.identity_index)
        .join(Party, col(Party.id) == IdentityCode.party_id)
        .where(Party.customer_number == customer_number)
    )
    return db.exec(wanted).first()


def language(db: Session, identity_index: bytes) -> Language | None:
    """In which language the register serves a person; None for a stranger.

    Under several customer numbers the first one's counts.
    """
    said = LANGUAGE.first(db, identity_index=identity_index)
    return Language(said) if said else None


def reach(db: Session, identity_index: bytes, acting_for: UUID | None, today: date) -> Reach:
    """How far a person's hand reaches today: in their own matters, or for the one party that they chose.

    A choice lasts no longer than the mandates behind it: when none is in force any more they are in their own
    matters again.
    """
    found = parties(db, identity_index, today)
    own = frozenset(party.id for party in found if party.is_own)
    choices = (*found[: 1 if own else 0], *found[len(own) :])
    mine = Reach(own, choices=choices)
    if acting_for is None or all(acting_for != party.id for party in found if not party.is_own):
        return mine
    opened = grants(db, identity_index, acting_for, today)
    return Reach(frozenset({acting_for}), opened, acting_for, own, choices) if opened else mine


def decides_for(db: Session, account_id: UUID, party_id: UUID, today: date) -> bool:
    """Whether the person of an account decides for a party today: they are it, or stand in for it in everything."""
    index = db.exec(select(Account.identity_index).where(Account.id == account_id)).one()
    found = reach(db, index, party_id, today)
    return party_id in found.parties and found.is_full


def grants(db: Session, identity_index: bytes, grantor: UUID, today: date) -> tuple[Grant, ...]:
    """What one party's mandates in force open together to the person of an identity code."""
    own = select(IdentityCode.party_id).where(IdentityCode.blind_index == identity_index)
    account = select(Account.id).where(Account.identity_index == identity_index)
    theirs = col(Mandate.grantee_id).in_(own) | col(Mandate.holder_account_id).in_(account)
    of_grantor = (col(Mandate.grantor_id) == grantor) & theirs & in_force(today)
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


def addressee(db: Session, party_id: UUID) -> Addressee | None:
    """How a party is written to by e-mail; None where the register knows no address of theirs."""
    return addressees(db, [party_id]).get(party_id)


def person_written_to(db: Session, account_id: UUID) -> Addressee | None:
    """How the person of an account is written to, under the first of their customer numbers that has an address.

    None where no number of theirs has one, or they have no number.
    """
    own = (
        select(IdentityCode.party_id)
        .join(Account, col(Account.identity_index) == IdentityCode.blind_index)
        .join(Party, col(Party.id) == IdentityCode.party_id)
        .where(Account.id == account_id)
        .order_by(Party.customer_number)
    )
    numbers = db.exec(own).all()
    found = addressees(db, numbers)
    return next((found[number] for number in numbers if number in found), None)


def addressees(db: Session, party_ids: Collection[UUID]) -> Mapping[UUID, Addressee]:
    """The same of some parties, each at the address at which they are reached first; who has none is not among them."""
    theirs = (
        select(ContactDetail, Party.language)
        .join(Party, col(Party.id) == ContactDetail.party_id)
        .where(col(ContactDetail.party_id).in_(party_ids), ContactDetail.kind == ContactKind.EMAIL)
    )
    last_first = theirs.order_by(col(ContactDetail.position).desc(), col(ContactDetail.value).desc())
    return {
        detail.party_id: Addressee(detail.value, detail.party_id, Language(language))
        for detail, language in db.exec(last_first)
    }
