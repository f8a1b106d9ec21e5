"""What a customer has let others read, what was read, and what they could let read now."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import Select

from portal.auth.models import Account
from portal.auth.people import User
from portal.consents.authorisations.models import (
    Authorisation,
    AuthorisationEnd,
    AuthorisationPoint,
    AuthorisationRead,
    ThirdParty,
)
from portal.consents.authorisations.records import Covered, Given
from portal.consumption import queries as consumption
from portal.consumption.selection import Point
from portal.customers.models import Party
from portal.kit.errors import NotThere
from portal.sites.kinds import Commodity
from portal.sites.models import MeteringPoint, Site


class NoSuchAuthorisation(NotThere):
    """No authorisation of that id that this person may see."""


def all_given(db: Session, who: User) -> Sequence[Given]:
    """Every authorisation that the person's parties ever gave, those that last longest first."""
    return given_by(db, who.parties)


def given_by(db: Session, who: Collection[UUID]) -> Sequence[Given]:
    """Every authorisation that these parties ever gave, those that last longest first."""
    own = _given().where(col(Authorisation.party_id).in_(who))
    return _told(
        db, db.exec(own.order_by(col(Authorisation.valid_to).desc(), col(Authorisation.given_at).desc())).all()
    )


def by_id(db: Session, who: User, authorisation_id: UUID) -> Given:
    """One authorisation of a party of the person.

    Raises NoSuchAuthorisation.
    """
    own = _given().where(Authorisation.id == authorisation_id, col(Authorisation.party_id).in_(who.parties))
    found = _told(db, db.exec(own).all())
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


def _given() -> Select[Authorisation, ThirdParty, Party, AuthorisationEnd]:
    """Authorisations; the end of one that nobody ended is None after all."""
    return (
        select(Authorisation, ThirdParty, Party, AuthorisationEnd)
        .join(ThirdParty, col(ThirdParty.id) == Authorisation.third_party_id)
        .join(Party, col(Party.id) == Authorisation.party_id)
        .join(AuthorisationEnd, col(AuthorisationEnd.authorisation_id) == Authorisation.id, isouter=True)
    )


def _told(
    db: Session, rows: Sequence[tuple[Authorisation, ThirdParty, Party, AuthorisationEnd | None]]
) -> Sequence[Given]:
    """The authorisations of these rows, with their points, their reads and who acted."""
    ids = [row[0].id for row in rows]
    points, read = _points(db, ids), _read(db, ids)
    names = _names(db, {acted.account_id for row in rows for acted in (row[0], row[3]) if acted})
    return [
        Given(
            authorisation=authorisation,
            company=company,
            customer=customer,
            end=end,
            giver=names.get(authorisation.account_id),
            ender=names.get(end.account_id) if end else None,
            points=points.get(authorisation.id, ()),
            reads=read.get(authorisation.id, (0, None))[0],
            last_read=read.get(authorisation.id, (0, None))[1],
        )
        for authorisation, company, customer, end in rows
    ]


def _points(db: Session, ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Covered]]:
    found: defaultdict[UUID, list[Covered]] = defaultdict(list)
    of_these = (
        select(AuthorisationPoint.authorisation_id, MeteringPoint.gsrn, MeteringPoint.energy, Site.street)
        .join(MeteringPoint, col(MeteringPoint.id) == AuthorisationPoint.metering_point_id)
        .join(Site, col(Site.id) == MeteringPoint.site_id, isouter=True)
        .where(col(AuthorisationPoint.authorisation_id).in_(ids))
        .order_by(Site.street, MeteringPoint.energy, MeteringPoint.gsrn)
    )
    for authorisation_id, gsrn, commodity, street in db.exec(of_these):
        found[authorisation_id].append(Covered(gsrn, Commodity(commodity), street))
    return found


def _read(db: Session, ids: Sequence[UUID]) -> Mapping[UUID, tuple[int, datetime]]:
    read = AuthorisationRead
    of_these = (
        select(read.authorisation_id, func.count(), func.max(read.at))
        .where(col(read.authorisation_id).in_(ids))
        .group_by(col(read.authorisation_id))
    )
    return {authorisation_id: (count, newest) for authorisation_id, count, newest in db.exec(of_these)}


def _names(db: Session, accounts: Collection[UUID | None]) -> Mapping[UUID | None, str]:
    named = select(Account.id, Account.given_names, Account.family_name).where(col(Account.id).in_(accounts))
    return {account_id: f"{given} {family}" for account_id, given, family in db.exec(named)}
