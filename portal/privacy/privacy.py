"""What the requests themselves say about whoever made them, and whether a data package is on its way."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from sqlmodel import Session, SQLModel, col, or_, select

from portal.kit.privacy import DataSubject, Record, records
from portal.privacy.models import PackageLease, PrivacyCase, PrivacyStep

TABLES: Sequence[type[SQLModel]] = (PrivacyCase, PrivacyStep, PackageLease)
NOT_PERSONAL: Mapping[type[SQLModel], str] = {}


def export(db: Session, subject: DataSubject) -> Iterable[Record]:
    """The customer's requests with their steps, oldest first; also those of a person who was no customer yet.

    Then what is on its way to the person at this moment: a package holds itself.
    """
    alone = col(PrivacyCase.party_id).is_(None) & col(PrivacyCase.account_id).in_(subject.accounts)
    own = or_(PrivacyCase.party_id == subject.party_id, alone)
    cases = select(PrivacyCase).where(own).order_by(col(PrivacyCase.received_at), PrivacyCase.number)
    steps = select(PrivacyStep).join(PrivacyCase).where(own)
    in_order = steps.order_by(PrivacyCase.number, col(PrivacyStep.sequence))
    coming = select(PackageLease).where(col(PackageLease.account_id).in_(subject.accounts))
    return chain(
        records(db, cases),
        records(db, in_order),
        records(db, coming.order_by(col(PackageLease.taken_at))),
    )
