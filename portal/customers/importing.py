"""How the utility's own systems tell of customers, contact people and billing, and how they are kept."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field, model_validator
from sqlmodel import Session, col, select

from portal.customers import rules
from portal.customers.change_requests import Channel
from portal.customers.models import (
    BillingDetails,
    ContactDetail,
    ContactKind,
    ContactPerson,
    IdentityCode,
    Party,
)
from portal.customers.rhythms import BillingRhythm
from portal.kit import addresses
from portal.kit.countries import is_country
from portal.kit.crypto import Vault
from portal.kit.feed import (
    FeedRow,
    ImportContext,
    Refusal,
    Verdict,
    Written,
    checked,
    unknown,
    words,
)
from portal.kit.i18n import Language
from portal.kit.mirror import Columns, Kept, Parts, Wanted, ids, mirror, mirror_parts

CustomerNumber = Annotated[
    str, words(40), Field(description="The utility's number of the customer.", examples=["100001"])
]
Email = Annotated[
    str,
    Written(
        r"[^\s@]{1,64}@[^\s@]+\.[^\s@.]+",
        'must be an e-mail address that letters reach, such as "aino@example.fi"; letters such as ä only after the @',
        addresses.as_read,
        longest=254,
        form="email",
    ),
]
Phone = Annotated[
    str,
    Written(
        r"(\+|00?)[1-9][0-9 ()./-]{4,24}",
        'must be a phone number such as "+358401234567"; without a country code it is a Finnish one',
        rules.normal_phone,
        longest=28,
    ),
]


COUNTRY: Final = 'must be a country of ISO 3166-1 such as "FI"; the United Kingdom is "GB"'


class Address(FeedRow):
    """Where a customer's post goes."""

    street: Annotated[str, words(200)] = Field(
        description="Street, house, stair, flat.", examples=["Esimerkkikatu 4 A 12"]
    )
    postcode: Annotated[str, words(20)] = Field(description="Postcode.", examples=["20100"])
    town: Annotated[str, words(100)] = Field(description="Post town.", examples=["Turku"])
    country: Annotated[str, Written("[A-Z]{2}", COUNTRY, checked(is_country), longest=2)] = Field(
        description="Country, ISO 3166-1 alpha-2.", examples=["FI"]
    )


Name = Annotated[str, words(200)]
ServedIn = Annotated[Language, Field(description="The language the customer is served in.", examples=["fi"])]
Emails = Annotated[
    tuple[Email, ...],
    Field(max_length=20, description="E-mail addresses, the preferred one first.", examples=[["aino@example.fi"]]),
]
Phones = Annotated[
    tuple[Phone, ...],
    Field(max_length=20, description="Phone numbers, the preferred one first.", examples=[["+358401234567"]]),
]
PostalAddress = Annotated[Address | None, Field(description="Postal address; null when none may be kept.")]


class Person(FeedRow):
    """A customer who is a person."""

    customer_number: CustomerNumber
    kind: Literal["person"] = Field(description="A person.", examples=["person"])
    name: Name = Field(description="Given names and family name.", examples=["Aino Mäkelä"])
    identity_code: Annotated[
        str,
        Written(
            r"[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y]",
            "must be a personal identity code in capitals with its right check character",
            checked(rules.is_identity_code),
            longest=11,
        ),
    ] = Field(description="Personal identity code; it is kept encrypted.", examples=["010180-9015"])
    language: ServedIn
    emails: Emails
    phones: Phones
    address: PostalAddress


class Company(FeedRow):
    """A customer that is a company, an association or a public body."""

    customer_number: CustomerNumber = Field(description="The utility's number of the customer.", examples=["100002"])
    kind: Literal["company"] = Field(description="A company, an association or a public body.", examples=["company"])
    name: Name = Field(description="Registered name.", examples=["Esimerkki Oy"])
    business_id: Annotated[
        str,
        Written(
            r"[0-9]{7}-[0-9]",
            'must be a business id such as "7654321-2" with its right check digit',
            checked(rules.is_business_id),
            longest=9,
        ),
    ] = Field(description="Business id.", examples=["7654321-2"])
    language: ServedIn
    emails: Emails
    phones: Phones
    address: PostalAddress


Customer = Annotated[Person | Company, Field(discriminator="kind")]


class ContactPersonEntry(FeedRow):
    """A named contact person, in one role."""

    name: Annotated[str, words(200)] = Field(description="Name.", examples=["Eino Esimerkki"])
    role: Literal["AL01", "AL02", "AL03", "AL04", "AL05"] = Field(
        description="AL01 trustee, AL02 agreements, AL03 invoicing, AL04 connections, AL05 fault contact.",
        examples=["AL03"],
    )
    email: Email | None = Field(description="E-mail address, or null.", examples=["eino@example.fi"])
    phone: Phone | None = Field(description="Phone number, or null.", examples=["+358401234568"])


class ContactPeople(FeedRow):
    """All contact people of one customer; who is no longer among them is removed."""

    customer_number: CustomerNumber
    contact_people: tuple[ContactPersonEntry, ...] = Field(
        max_length=200, description="The contact people; a person in two roles stands twice."
    )

    @model_validator(mode="after")
    def each_once(self) -> "ContactPeople":
        """A person stands once in a role."""
        if len({(person.name, person.role) for person in self.contact_people}) < len(self.contact_people):
            raise ValueError("names a person twice in one role")
        return self


class BillingEntry(FeedRow):
    """How a customer's bills come."""

    customer_number: CustomerNumber
    channel: Channel = Field(
        description="AI01 paper, AI02 electronic, AI03 e-invoice, AI04 e-mail, AI05 OmaPosti, AI06 direct debit, "
        "AI07 mobile, AI08 other.",
        examples=["AI03"],
    )
    bills_to: Email | None = Field(
        description="Where bills by e-mail go; null where they go to no address of their own.",
        examples=["laskut@example.fi"],
    )
    own_reference: Annotated[str, words(70)] | None = Field(
        description="The customer's own reference, printed on each bill; null without one.",
        examples=["Kustannuspaikka 4120"],
    )
    rhythm: BillingRhythm | None = Field(
        default=None, description="How often bills come; null where it is not told.", examples=["monthly"]
    )
    due_day: Annotated[int, Field(ge=1, le=31)] | None = Field(
        default=None,
        description="Day of the month on which the customer wants bills to fall due; null where none was chosen.",
        examples=[15],
    )


PARTIES = Kept(Party, ("customer_number",))
DETAILS = Parts(ContactDetail, ("kind", "value"), owner="party_id")
IDENTITY = Parts(IdentityCode, (), frozenset({"encrypted"}), owner="party_id")
BILLING = Kept(BillingDetails, ("party_id",))
CONTACT_PEOPLE = Parts(ContactPerson, ("name", "role"), owner="party_id")
NO_ADDRESS = dict.fromkeys(("street", "postcode", "town", "country"))


def party_ids(db: Session, customer_numbers: Iterable[str]) -> Mapping[str, UUID]:
    """The parties that these customer numbers name, as far as the register knows them."""
    return ids(db, col(Party.customer_number), col(Party.id), customer_numbers)


def keep_customers(db: Session, rows: Sequence[Customer], context: ImportContext) -> list[Verdict]:
    """Keep customers with their contact details; a person's identity code is sealed.

    The vault is asked for when the first person comes: companies need no keys.
    """
    holders = _holders(db, rows)
    return mirror(db, PARTIES, [_party(row, holders, context.vault) for row in rows], (DETAILS, IDENTITY))


def keep_contact_people(db: Session, rows: Sequence[ContactPeople], _context: ImportContext) -> list[Verdict]:
    """Keep the contact people of each customer: exactly those."""
    parties = party_ids(db, (row.customer_number for row in rows))
    known = [row for row in rows if row.customer_number in parties]
    owners = [parties[row.customer_number] for row in known]
    people = [[person.model_dump() for person in row.contact_people] for row in known]
    outcomes = iter(mirror_parts(db, CONTACT_PEOPLE, owners, people))
    return [
        next(outcomes) if row.customer_number in parties else unknown("customer", row.customer_number) for row in rows
    ]


def keep_billing(db: Session, rows: Sequence[BillingEntry], _context: ImportContext) -> list[Verdict]:
    """Keep how customers' bills come."""
    parties = party_ids(db, (row.customer_number for row in rows))
    return mirror(db, BILLING, [_billing(row, parties) for row in rows])


def sealed(party_id: UUID, identity_code: str, vault: Vault) -> IdentityCode:
    """The row that keeps a party's identity code."""
    return IdentityCode(party_id=party_id, **_sealed(party_id, identity_code, vault))


def _holders(db: Session, rows: Sequence[Customer]) -> dict[str, str]:
    """Whose the business ids of these rows are now: customer numbers by business id."""
    asked = [row.business_id for row in rows if isinstance(row, Company)]
    held = select(Party.business_id, Party.customer_number).where(col(Party.business_id).in_(asked))
    return {business_id: number for business_id, number in db.exec(held) if business_id is not None}


def _party(row: Customer, holders: dict[str, str], vault: Callable[[], Vault]) -> Wanted | Refusal:
    business_id = row.business_id if isinstance(row, Company) else None
    if business_id and holders.setdefault(business_id, row.customer_number) != row.customer_number:
        return Refusal(f"business id {business_id} belongs to customer {holders[business_id]}")
    party = {
        "customer_number": row.customer_number,
        "kind": row.kind,
        "name": row.name,
        "business_id": business_id,
        "language": row.language,
        **(row.address.model_dump() if row.address else NO_ADDRESS),
    }
    return Wanted(party, lambda party_id: {DETAILS: _details(row), IDENTITY: _identity(party_id, row, vault)})


def _details(row: Customer) -> Iterator[Columns]:
    for kind, values in ((ContactKind.EMAIL, row.emails), (ContactKind.PHONE, row.phones)):
        for position, value in enumerate(dict.fromkeys(values)):
            yield {"kind": kind, "value": value, "position": position}


def _identity(party_id: UUID, row: Customer, vault: Callable[[], Vault]) -> Iterator[Columns]:
    if isinstance(row, Person):
        yield _sealed(party_id, row.identity_code, vault())


def _sealed(party_id: UUID, identity_code: str, vault: Vault) -> Columns:
    """The code, sealed for its place, and its blind index."""
    table = str(IdentityCode.__tablename__)
    return {
        "encrypted": vault.seal(identity_code, table=table, column="encrypted", row=party_id),
        "blind_index": vault.blind_index(identity_code),
    }


def _billing(row: BillingEntry, parties: Mapping[str, UUID]) -> Wanted | Refusal:
    if row.customer_number not in parties:
        return unknown("customer", row.customer_number)
    way = {"channel": row.channel, "email": row.bills_to, "reference": row.own_reference}
    when = {"rhythm": row.rhythm, "due_day": row.due_day}
    return Wanted({"party_id": parties[row.customer_number], **way, **when})
