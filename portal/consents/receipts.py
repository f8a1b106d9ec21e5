"""The receipt of a decision for programs, field by field after ISO/IEC TS 27560:2023, consent record information."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from portal.brand import Brand
from portal.consents import notices
from portal.consents.editions import Wording
from portal.consents.models import PermissionRecord
from portal.consents.records import DecisionEvent
from portal.consents.rules import Cell, Channel, DecisionKind, Ground, Purpose
from portal.customers import models as customers
from portal.kit.i18n import Language

SCHEMA = "ISO/IEC TS 27560:2023; portal receipt 1"


class Section(BaseModel):
    """A section of a receipt."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PrivacyNotice(Section):
    """What was shown: `text` is None where another service showed it and we hold its hash only."""

    id: str
    version: str
    language: str
    sha256: str
    text: str | None


class Processing(Section):
    """What the decision is about."""

    privacy_notice: PrivacyNotice
    purpose: str
    purpose_type: str  # consent, objection, preference
    channel: str
    lawful_basis: str
    pii_type: str | None
    pii_controllers: list[str]
    collection_method: str
    storage_locations: str | None
    retention_period: str | None
    jurisdiction: Literal["FI"] = "FI"
    recipient_third_parties: list[str]
    withdrawal_method: str


class Party(Section):
    """Somebody whom the record names."""

    party_id: str
    party_role: str
    party_type: str
    party_name: str
    party_email: str | None = None
    party_phone: str | None = None


class ReceiptEvent(Section):
    """The decision itself."""

    event_time: datetime
    event_type: str
    event_state: str
    validity_duration: str
    entity_id: str
    acting_person: str | None
    assurance_level: str
    replaces: UUID | None


class Receipt(Section):
    """A whole receipt. A field is never renamed or removed; what must change gets a new schema version."""

    schema_version: str = SCHEMA
    receipt_id: UUID
    record_id: UUID
    pii_principal_id: str
    pii_processing: Processing
    party_identification: list[Party]
    event: ReceiptEvent


def receipt(event: DecisionEvent, customer: customers.Party, brand: Brand) -> Receipt:
    """The receipt of a decision of a party."""
    record = event.record
    return Receipt(
        receipt_id=record.id,
        record_id=record.id,
        pii_principal_id=customer.customer_number,
        pii_processing=_processing(event, brand),
        party_identification=[controller(brand), principal(customer)],
        event=ReceiptEvent(
            event_time=record.at,
            event_type=record.kind,
            event_state=record.action,
            validity_duration="until replaced",
            entity_id=customer.customer_number,
            acting_person=event.actor,
            assurance_level=record.assurance,
            replaces=record.replaces_id,
        ),
    )


def words_shown(record: PermissionRecord) -> Wording | None:
    """The very words that the customer read, None where they are not ours: their hash tells."""
    known = notices.EDITIONS.all.get(record.notice_version)
    try:
        cell = Cell(Purpose(record.purpose), Channel(record.channel), DecisionKind(record.kind), Ground(record.ground))
    except ValueError:
        return None
    wording = known.wording(cell, Language(record.language)) if known else None
    return wording if wording and wording.sha256 == record.notice_sha256 else None


def _processing(event: DecisionEvent, brand: Brand) -> Processing:
    record = event.record
    wording = words_shown(record)
    edition = notices.EDITIONS.by_version(wording.edition) if wording else None
    language = Language(record.language)
    return Processing(
        privacy_notice=PrivacyNotice(
            id=record.notice_id,
            version=record.notice_version,
            language=record.language,
            sha256=record.notice_sha256,
            text=wording.whole if wording else None,
        ),
        purpose=record.purpose,
        purpose_type=record.kind,
        channel=record.channel,
        lawful_basis=record.ground,
        pii_type=edition.purposes[Purpose(record.purpose)].data.said(language) if edition else None,
        pii_controllers=[brand.business_id],
        collection_method=record.where,
        storage_locations=edition.storage.said(language) if edition else None,
        retention_period=edition.retention.said(language) if edition else None,
        recipient_third_parties=["partners"] if record.purpose == Purpose.PARTNER_DISCLOSURE else [],
        withdrawal_method="/consents",
    )


def controller(brand: Brand) -> Party:
    """The company whose portal this is."""
    return Party(
        party_id=brand.business_id,
        party_role="controller",
        party_type="company",
        party_name=brand.company,
        party_email=brand.email,
        party_phone=brand.phone,
    )


def principal(customer: customers.Party) -> Party:
    """The customer."""
    return Party(
        party_id=customer.customer_number,
        party_role="customer",
        party_type=customer.kind,
        party_name=customer.name,
    )
