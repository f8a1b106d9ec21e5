"""Authorisations with all there is to them, whoever asks: for the package of what is held, and for queries.py."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import Select

from portal.auth.models import Account
from portal.consents.authorisations.models import (
    Authorisation,
    AuthorisationEnd,
    AuthorisationPoint,
    AuthorisationRead,
    ThirdParty,
)
from portal.consents.authorisations.records import Covered, Given
from portal.customers.models import Party
from portal.sites.commodities import Commodity
from portal.sites.models import MeteringPoint, Site


def given_by(db: Session, parties: Collection[UUID]) -> Sequence[Given]:
    """Every authorisation that these parties ever gave, those that last longest first."""
    own = authorisations().where(col(Authorisation.party_id).in_(parties))
    return whole(
        db, db.exec(own.order_by(col(Authorisation.valid_to).desc(), col(Authorisation.given_at).desc())).all()
    )


def authorisations() -> Select[Authorisation, ThirdParty, Party, AuthorisationEnd]:
    """Authorisations; the end of one that nobody ended is None after all."""
    return (
        select(Authorisation, ThirdParty, Party, AuthorisationEnd)
        .join(ThirdParty, col(ThirdParty.id) == Authorisation.third_party_id)
        .join(Party, col(Party.id) == Authorisation.party_id)
        .join(AuthorisationEnd, col(AuthorisationEnd.authorisation_id) == Authorisation.id, isouter=True)
    )


def whole(
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
