"""What one customer decided about their data, and whom they let read it."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session, SQLModel, col, select

from portal.consents.authorisations.models import (
    Authorisation,
    AuthorisationEnd,
    AuthorisationPoint,
    AuthorisationRead,
    ThirdParty,
)
from portal.consents.models import PermissionRecord
from portal.kit.belonging import Belonging, of_party, part_of
from portal.kit.privacy import DataSubject, Record, records

TABLES: Belonging = {
    PermissionRecord: of_party().added(),
    Authorisation: of_party().added(),
    AuthorisationPoint: part_of(Authorisation, "authorisation_id").added(),
    AuthorisationEnd: part_of(Authorisation, "authorisation_id").added(),
    AuthorisationRead: part_of(Authorisation, "authorisation_id"),
}
NOT_PERSONAL: Mapping[type[SQLModel], str] = {ThirdParty: "a company that offers its services to customers"}


def export(db: Session, subject: DataSubject) -> Iterable[Record]:
    """Every decision and every authorisation in the order in which they were made, and each read by one."""
    decisions = select(PermissionRecord).where(PermissionRecord.party_id == subject.party_id)
    given = select(Authorisation).where(Authorisation.party_id == subject.party_id)
    points = select(AuthorisationPoint).join(Authorisation).where(Authorisation.party_id == subject.party_id)
    ends = select(AuthorisationEnd).join(Authorisation).where(Authorisation.party_id == subject.party_id)
    reads = select(AuthorisationRead).join(Authorisation).where(Authorisation.party_id == subject.party_id)
    return [
        *records(db, decisions.order_by(col(PermissionRecord.sequence))),
        *records(db, given.order_by(col(Authorisation.given_at), col(Authorisation.id))),
        *records(
            db, points.order_by(col(AuthorisationPoint.authorisation_id), col(AuthorisationPoint.metering_point_id))
        ),
        *records(db, ends.order_by(col(AuthorisationEnd.at))),
        *records(db, reads.order_by(col(AuthorisationRead.at))),
    ]
