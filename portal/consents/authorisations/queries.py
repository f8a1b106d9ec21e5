"""What a customer has let others read, what was read, and what they could let read now."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from portal.auth.people import User
from portal.consents.authorisations.lookups import authorisations, given_by, whole
from portal.consents.authorisations.models import Authorisation, AuthorisationRead, ThirdParty
from portal.consents.authorisations.records import Given
from portal.consumption import queries as consumption
from portal.consumption.selection import Point
from portal.kit.errors import NotThere


class NoSuchAuthorisation(NotThere):
    """No authorisation of that id that this person may see."""


def all_given(db: Session, who: User) -> Sequence[Given]:
    """Every authorisation that the person's parties ever gave, those that last longest first."""
    return given_by(db, who.parties)


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
