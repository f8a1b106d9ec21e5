"""What data-protection requests say about whoever made them."""

from collections.abc import Iterable, Mapping
from itertools import chain

from sqlmodel import Session, SQLModel, col, or_, select

from portal.kit.belonging import Belonging, of_account, of_party, part_of
from portal.kit.privacy import DataSubject, Record, records
from portal.privacy.models import PrivacyCase, PrivacyStep

TABLES: Belonging = {
    PrivacyCase: (of_party() | of_account(where_empty="party_id")).changed(),
    PrivacyStep: part_of(PrivacyCase, "case_id").added(),
}
NOT_PERSONAL: Mapping[type[SQLModel], str] = {}


def export(db: Session, subject: DataSubject) -> Iterable[Record]:
    """The customer's requests with their steps, oldest first; also those of a person who was no customer yet."""
    alone = col(PrivacyCase.party_id).is_(None) & col(PrivacyCase.account_id).in_(subject.accounts)
    own = or_(PrivacyCase.party_id == subject.party_id, alone)
    cases = select(PrivacyCase).where(own).order_by(col(PrivacyCase.received_at), PrivacyCase.number)
    steps = select(PrivacyStep).join(PrivacyCase).where(own)
    in_order = steps.order_by(PrivacyCase.number, col(PrivacyStep.sequence))
    return chain(records(db, cases), records(db, in_order))
