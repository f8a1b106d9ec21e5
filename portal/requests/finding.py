"""Finds what a request is about among what somebody may see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session

from portal.auth.people import User
from portal.contracts import queries as contracts
from portal.contracts.models import Contract
from portal.customers import contact
from portal.customers.contact import Contact
from portal.kit.i18n import Spoken
from portal.requests.subjects import ContractSubject, Subject

OFFERED: Final = 20
"""So many things are offered to choose from; of more, one is found on its own page."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that a request could be about."""

    id: UUID
    title: Spoken | str


@dataclass(frozen=True, slots=True)
class Finder:
    """How one kind of subject is found: by its id, and those to choose from."""

    by_id: Callable[[Session, User, UUID, date], Subject]
    choices: Callable[[Session, User, date], Sequence[Choice]]


def by_id(db: Session, who: User, kind: type[Subject], id_: UUID, today: date) -> Any:  # noqa: ANN401 - of that kind
    """The subject of an id.

    Raises NotThere.
    """
    return FINDERS[kind].by_id(db, who, id_, today)


def choices(db: Session, who: User, kind: type[Subject], today: date) -> Sequence[Choice]:
    """What may be chosen, at most so many as are offered."""
    return FINDERS[kind].choices(db, who, today)


def _contract(db: Session, who: User, id_: UUID, today: date) -> ContractSubject:
    found = contracts.by_id(db, who, id_, today)
    others = contracts.at_sites(db, who, [found.site_id], today)
    whose = _customer(db, who, db.get_one(Contract, id_).party_id)
    return ContractSubject(
        party_id=whose.party_id,
        customer_number=whose.customer_number,
        customer=whose.name,
        postal=whose.address,
        contract=found,
        others=[one for one in others if one.id != id_],
    )


def _contracts(db: Session, who: User, today: date) -> Sequence[Choice]:
    return [
        Choice(one.id, Spoken(lambda language, one=one: f"{one.product.said(language)}, {one.street}"))  # type: ignore[misc]
        for one in contracts.running(db, who, today, OFFERED)
    ]


def _customer(db: Session, who: User, party_id: UUID) -> Contact:
    return next(one for one in contact.contacts(db, who) if one.party_id == party_id)


FINDERS: Final[Mapping[type[Subject], Finder]] = {ContractSubject: Finder(_contract, _contracts)}
