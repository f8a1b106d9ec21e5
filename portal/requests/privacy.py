"""What requests say about whoever made them."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from sqlmodel import Session, SQLModel, col, select

from portal.kit.privacy import DataSubject, Record, records
from portal.requests.models import RequestStep, ServiceRequest

TABLES: Sequence[type[SQLModel]] = (ServiceRequest, RequestStep)
NOT_PERSONAL: Mapping[type[SQLModel], str] = {}


def export(db: Session, subject: DataSubject) -> Iterable[Record]:
    """The customer's requests with their steps, oldest first."""
    own = ServiceRequest.party_id == subject.party_id
    requests = select(ServiceRequest).where(own).order_by(col(ServiceRequest.changed_at), ServiceRequest.number)
    steps = select(RequestStep).join(ServiceRequest).where(own)
    return chain(records(db, requests), records(db, steps.order_by(ServiceRequest.number, col(RequestStep.sequence))))
