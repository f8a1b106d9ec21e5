"""What the register of customers holds about one of them."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlmodel import Session, SQLModel, col, or_, select

from portal.auth.models import Account
from portal.customers.models import ContactDetail, ContactPerson, IdentityCode, Mandate, Party
from portal.kit.privacy import Record, Subject, records

TABLES: Sequence[type[SQLModel]] = (Party, IdentityCode, ContactDetail, ContactPerson, Mandate)
NOT_PERSONAL: Mapping[type[SQLModel], str] = {}
SEALED = frozenset({"encrypted", "blind_index"})  # the code itself is shown by whoever holds the keys


def subject_of(db: Session, party_id: UUID) -> Subject:
    """A customer, with the accounts by which that person signs in."""
    accounts = (
        select(Account.id)
        .join(IdentityCode, col(IdentityCode.blind_index) == Account.identity_index)
        .where(IdentityCode.party_id == party_id)
    )
    return Subject(party_id, frozenset(db.exec(accounts)))


def export(db: Session, subject: Subject) -> Iterable[Record]:
    """Name, numbers, address, contact details and people, and the mandates given and received."""
    party_id = subject.party_id
    details = select(ContactDetail).where(ContactDetail.party_id == party_id)
    people = select(ContactPerson).where(ContactPerson.party_id == party_id)
    mandates = select(Mandate).where(or_(Mandate.grantor_id == party_id, Mandate.grantee_id == party_id))
    return [
        *records(db, select(Party).where(Party.id == party_id)),
        *records(db, select(IdentityCode).where(IdentityCode.party_id == party_id), without=SEALED),
        *records(db, details.order_by(ContactDetail.kind, col(ContactDetail.position))),
        *records(db, people.order_by(ContactPerson.name, ContactPerson.role)),
        *records(db, mandates.order_by(col(Mandate.valid_from), col(Mandate.id))),
    ]
