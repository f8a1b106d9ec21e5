"""The receipt of an authorisation for programs, after ISO/IEC TS 27560:2023 as that of a decision is."""

from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

from portal.brand import Brand
from portal.consents.authorisations.records import Given
from portal.consents.receipts import Party, PrivacyNotice, Section, controller, principal

SCHEMA: Final = "ISO/IEC TS 27560:2023; portal authorisation receipt 1"
NOTICE: Final = "authorisation"
DATA: Final = "consumption data: metering point, start, kWh, quality"


class Processing(Section):
    """What may be read, and what was told about it."""

    privacy_notice: PrivacyNotice
    purpose: str
    purpose_type: Literal["authorisation"] = "authorisation"
    lawful_basis: str
    pii_type: str = DATA
    metering_points: list[str]
    resolution: str
    valid_from: date
    valid_to: date
    pii_controllers: list[str]
    collection_method: str
    jurisdiction: Literal["FI"] = "FI"
    recipient_third_parties: list[str]
    withdrawal_method: str


class ReceiptEvent(Section):
    """Something that became of the authorisation."""

    event_time: datetime
    event_type: Literal["authorisation"] = "authorisation"
    event_state: str  # given, ended, replaced
    entity_id: str
    acting_person: str | None
    assurance_level: str


class Receipt(Section):
    """A whole receipt. A field is never renamed or removed; what must change gets a new schema version."""

    schema_version: str = SCHEMA
    receipt_id: UUID
    record_id: UUID
    replaces: UUID | None
    pii_principal_id: str
    pii_processing: Processing
    party_identification: list[Party]
    events: list[ReceiptEvent]


def receipt(given: Given, brand: Brand) -> Receipt:
    """The receipt of an authorisation as it stands."""
    customer = given.customer
    return Receipt(
        receipt_id=given.id,
        record_id=given.id,
        replaces=given.authorisation.replaces_id,
        pii_principal_id=customer.customer_number,
        pii_processing=_processing(given, brand),
        party_identification=[controller(brand), principal(customer), _recipient(given)],
        events=_events(given),
    )


def _processing(given: Given, brand: Brand) -> Processing:
    authorisation = given.authorisation
    return Processing(
        privacy_notice=PrivacyNotice(
            id=NOTICE,
            version=authorisation.notice_version,
            language=authorisation.language,
            sha256=authorisation.notice_sha256,
            text=authorisation.notice_text,
        ),
        purpose=given.company.purpose_en,
        lawful_basis=authorisation.ground,
        metering_points=[point.gsrn for point in given.points],
        resolution=authorisation.resolution,
        valid_from=authorisation.valid_from,
        valid_to=authorisation.valid_to,
        pii_controllers=[brand.business_id],
        collection_method=authorisation.where,
        recipient_third_parties=[given.company.business_id],
        withdrawal_method=f"/authorisations/{authorisation.id}",
    )


def _recipient(given: Given) -> Party:
    company = given.company
    return Party(party_id=company.business_id, party_role="recipient", party_type="company", party_name=company.name)


def _events(given: Given) -> list[ReceiptEvent]:
    authorisation, end = given.authorisation, given.end
    number = given.customer.customer_number
    happened = [
        ReceiptEvent(
            event_time=authorisation.given_at,
            event_state="given",
            entity_id=number,
            acting_person=given.giver,
            assurance_level=authorisation.assurance,
        )
    ]
    if end:
        happened.append(
            ReceiptEvent(
                event_time=end.at,
                event_state=end.how,
                entity_id=number,
                acting_person=given.ender,
                assurance_level=end.assurance,
            )
        )
    return happened
