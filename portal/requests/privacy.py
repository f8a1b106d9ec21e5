"""What service requests say about whoever made them, with their photos."""

from collections.abc import Iterable, Mapping
from itertools import chain

from sqlmodel import Session, SQLModel, col, select

from portal.kit.belonging import Belonging, of_party, part_of
from portal.kit.privacy import DataSubject, Record, records
from portal.requests.models import RequestPhoto, RequestStep, ServiceRequest

TABLES: Belonging = {
    ServiceRequest: of_party(site="site_id").removed(),
    RequestStep: part_of(ServiceRequest, "request_id").added(),
    RequestPhoto: part_of(ServiceRequest, "request_id").removed(),
}
SEALED = frozenset({"sealed"})  # the photo itself is a file of the package
NOT_PERSONAL: Mapping[type[SQLModel], str] = {}


def export(db: Session, subject: DataSubject) -> Iterable[Record]:
    """The customer's requests with their steps and photos, oldest first."""
    own = ServiceRequest.party_id == subject.party_id
    requests = select(ServiceRequest).where(own).order_by(col(ServiceRequest.changed_at), ServiceRequest.number)
    steps = select(RequestStep).join(ServiceRequest).where(own)
    photos = select(RequestPhoto).join(ServiceRequest).where(own).order_by(ServiceRequest.number)
    return chain(
        records(db, requests),
        records(db, steps.order_by(ServiceRequest.number, col(RequestStep.sequence))),
        records(db, photos, without=SEALED),
    )
