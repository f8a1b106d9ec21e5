"""What a customer has let others read, what was read, and what they could let read now."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from portal.auth.people import User
from portal.consents.authorisations.lookups import authorisations, given_by, whole
from portal.consents.authorisations.models import Authorisation, AuthorisationEnd, AuthorisationRead, ThirdParty
from portal.consents.authorisations.records import Expiring, Given
from portal.consumption import queries as consumption
from portal.consumption.selection import Point
from portal.kit.db import table_of
from portal.kit.errors import NotThere
from portal.kit.questions import Question, any_of, given


class NoSuchAuthorisation(NotThere):
    """No authorisation of that id that this person may see."""


_AUTHORISATION, _COMPANY, _END = (table_of(one) for one in (Authorisation, ThirdParty, AuthorisationEnd))
EXPIRING: Final = Question(
    Expiring,
    sa.select(_AUTHORISATION.c.id, _COMPANY.c.name, _AUTHORISATION.c.valid_to)
    .join_from(_AUTHORISATION, _COMPANY)
    .where(
        any_of(_AUTHORISATION.c.party_id, "parties"),
        _AUTHORISATION.c.valid_to.between(given("first"), given("last")),
        ~sa.exists().where(_END.c.authorisation_id == _AUTHORISATION.c.id),
    )
    .order_by(_AUTHORISATION.c.valid_to, _COMPANY.c.name),
)


def all_given(db: Session, who: User) -> Sequence[Given]:
    """Every authorisation that the person's parties ever gave, those that last longest first."""
    return given_by(db, who.parties)


def expiring(db: Session, who: User, first: date, last: date) -> Sequence[Expiring]:
    """The authorisations whose last day lies between two, both included; of those that decide for their parties."""
    return EXPIRING.all(db, parties=who.parties, first=first, last=last) if who.reach.is_full else []


def by_id(db: Session, who: User, authorisation_id: UUID) -> Given:
    """One authorisation of a party of the person.

    Raises NoSuchAuthorisation.
    """
    own = authorisations().where(Authorisation.id == authorisation_id, col(Authorisation.party_id).in_(who.parties))
    found = whole(db, db.exec(own).all())
    if not found:
        raise NoSuchAuthorisation
    return found[0]


def reads(db: Session, who: User, given: Given, first: int, limit: int) -> Sequence[AuthorisationRead]:
    """So many reads of an authorisation, the newest first, from the `first` on, which is counted from 0."""
    own = (
        select(AuthorisationRead)
        .join(Authorisation)
        .where(Authorisation.id == given.id, col(Authorisation.party_id).in_(who.parties))
    )
    return db.exec(own.order_by(col(AuthorisationRead.at).desc()).offset(first).limit(limit)).all()


def companies(db: Session, who: User) -> Sequence[ThirdParty]:  # noqa: ARG001 - everybody is offered the same
    """The companies that can be authorised."""
    return db.exec(select(ThirdParty).where(col(ThirdParty.offered)).order_by(ThirdParty.name)).all()


def points_held(db: Session, who: User, today: date) -> Sequence[Point]:
    """The metering points of the sites that the person's parties hold today, street by street."""
    return [point for point in consumption.points(db, who, today) if point.is_held_by(who.parties, today)]
