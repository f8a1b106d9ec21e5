"""What the register of customers holds about one of them."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlmodel import Session, SQLModel, col, or_, select

from portal.auth.models import Account
from portal.customers.models import (
    BillingDetails,
    ContactChange,
    ContactDetail,
    ContactDraft,
    ContactPerson,
    IdentityCode,
    MailboxLink,
    Mandate,
    MandateEnd,
    MandateInvitation,
    MandateInvitationSite,
    MandateSite,
    Party,
)
from portal.kit.belonging import Belonging, of_account, of_oneself, of_party, part_of, shown
from portal.kit.privacy import DataSubject, Record, records

TABLES: Belonging = {
    Party: (
        of_party("id")
        | of_oneself("id")
        | part_of(Mandate, "id", key="grantor_id")
        | part_of(Mandate, "id", key="grantee_id")
    ).locked(),
    IdentityCode: of_party() | of_oneself(),
    ContactDetail: of_party() | of_oneself(),
    ContactPerson: of_party(),
    Mandate: (
        of_party("grantor_id")
        | of_party("grantee_id")
        | of_oneself("grantor_id")
        | of_oneself("grantee_id")
        | of_account("holder_account_id")
        | shown("id", "grantor_id", "grantee_id", "holder_account_id")
    ).added(),
    MandateSite: part_of(Mandate, "mandate_id").added(),
    MandateEnd: part_of(Mandate, "mandate_id").added(),
    MandateInvitation: (
        of_party("grantor_id") | shown("token_hash", "grantor_id", "account_id", until="ended_at")
    ).changed(and_seen=part_of(Mandate, "mandate_id")),
    MandateInvitationSite: part_of(MandateInvitation, "invitation_id").added(),
    BillingDetails: of_party(),
    ContactChange: (of_party() | of_oneself() | of_account() | shown("request_id", "party_id", "account_id")).changed(),
    ContactDraft: of_account().removed(),
}
NOT_PERSONAL: Mapping[type[SQLModel], str] = {MailboxLink: "a hash of a link in a letter, which expires in two days"}
TOKENS = frozenset({"token_hash"})
SEALED = frozenset({"encrypted", "blind_index"})  # the code itself is shown by whoever holds the keys


def subject_of(db: Session, party_id: UUID) -> DataSubject:
    """A customer, with the accounts by which that person signs in."""
    accounts = (
        select(Account.id)
        .join(IdentityCode, col(IdentityCode.blind_index) == Account.identity_index)
        .where(IdentityCode.party_id == party_id)
    )
    return DataSubject(party_id, frozenset(db.exec(accounts)))


def export(db: Session, subject: DataSubject) -> Iterable[Record]:
    """Name, numbers, address, how they are reached and billed, what they changed, contact people.

    Then mandates and the invitations that they sent or accepted.
    """
    party_id = subject.party_id
    details = select(ContactDetail).where(ContactDetail.party_id == party_id)
    people = select(ContactPerson).where(ContactPerson.party_id == party_id)
    given_or_received = or_(
        Mandate.grantor_id == party_id,
        Mandate.grantee_id == party_id,
        col(Mandate.holder_account_id).in_(subject.accounts),
    )
    mandates = select(Mandate).where(given_or_received)
    limits = select(MandateSite).join(Mandate).where(given_or_received)
    ends = select(MandateEnd).join(Mandate).where(given_or_received)
    held = select(Mandate.id).where(col(Mandate.holder_account_id).in_(subject.accounts))
    sent_or_accepted = or_(MandateInvitation.grantor_id == party_id, col(MandateInvitation.mandate_id).in_(held))
    invitations = select(MandateInvitation).where(sent_or_accepted)
    limited = select(MandateInvitationSite).join(MandateInvitation).where(sent_or_accepted)
    changes = select(ContactChange).where(ContactChange.party_id == party_id)
    return [
        *records(db, select(Party).where(Party.id == party_id)),
        *records(db, select(IdentityCode).where(IdentityCode.party_id == party_id), without=SEALED),
        *records(db, details.order_by(ContactDetail.kind, col(ContactDetail.position))),
        *records(db, select(BillingDetails).where(BillingDetails.party_id == party_id)),
        *records(db, changes.order_by(ContactChange.matter, col(ContactChange.sequence))),
        *records(db, select(ContactDraft).where(ContactDraft.party_id == party_id)),
        *records(db, people.order_by(ContactPerson.name, ContactPerson.role)),
        *records(db, mandates.order_by(col(Mandate.valid_from), col(Mandate.id))),
        *records(db, limits.order_by(col(Mandate.valid_from), col(Mandate.id), col(MandateSite.site_id))),
        *records(db, ends.order_by(col(MandateEnd.at), col(MandateEnd.mandate_id))),
        *records(db, invitations.order_by(col(MandateInvitation.invited_at)), without=TOKENS),
        *records(db, limited.order_by(col(MandateInvitationSite.invitation_id), col(MandateInvitationSite.site_id))),
    ]
