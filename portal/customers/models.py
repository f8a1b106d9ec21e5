from datetime import date
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel, UniqueConstraint


class PartyKind(StrEnum):
    PERSON = "person"
    COMPANY = "company"


class Party(SQLModel, table=True):
    """A customer of the utility: a person or a company, under the utility's customer number."""

    __table_args__ = (
        CheckConstraint("kind IN ('person', 'company')", name="kind"),
        CheckConstraint("kind = 'company' OR business_id IS NULL", name="business_id_of_company"),
        CheckConstraint("language IN ('fi', 'sv', 'en')", name="language"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    customer_number: str = Field(max_length=40, unique=True)
    kind: str = Field(max_length=10)
    name: str = Field(max_length=200)
    business_id: str | None = Field(default=None, max_length=9, unique=True)
    language: str = Field(default="fi", max_length=2)
    street: str | None = Field(default=None, max_length=200)
    postcode: str | None = Field(default=None, max_length=20)
    town: str | None = Field(default=None, max_length=100)
    country: str | None = Field(default=None, max_length=2)


class IdentityCode(SQLModel, table=True):
    """A person's identity code: encrypted, and findable by a keyed blind index only."""

    __tablename__ = "identity_code"

    party_id: UUID = Field(foreign_key="party.id", primary_key=True)
    encrypted: bytes
    blind_index: bytes = Field(max_length=32, index=True)


class ContactKind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"


class ContactDetail(SQLModel, table=True):
    """An e-mail address or phone number of a customer, in the order the customer prefers."""

    __tablename__ = "contact_detail"
    __table_args__ = (
        CheckConstraint("kind IN ('email', 'phone')", name="kind"),
        UniqueConstraint("party_id", "kind", "value"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    party_id: UUID = Field(foreign_key="party.id", index=True)
    kind: str = Field(max_length=10)
    value: str = Field(max_length=254)
    position: int = 0


class ContactPerson(SQLModel, table=True):
    """A named contact person of a customer; roles are Datahub's AL01-AL05."""

    __tablename__ = "contact_person"
    __table_args__ = (
        CheckConstraint("role IN ('AL01', 'AL02', 'AL03', 'AL04', 'AL05')", name="role"),
        UniqueConstraint("party_id", "name", "role"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    party_id: UUID = Field(foreign_key="party.id", index=True)
    name: str = Field(max_length=200)
    role: str = Field(max_length=4)
    email: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, max_length=40)


class MandateLevel(StrEnum):
    SEE = "see"
    MANAGE = "manage"


class Mandate(SQLModel, table=True):
    """A right to act for another party: themes, sites, level and dates. No sites named means all of them."""

    __table_args__ = (
        CheckConstraint("level IN ('see', 'manage')", name="level"),
        CheckConstraint("grantor_id <> grantee_id", name="two_parties"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
        UniqueConstraint("grantor_id", "grantee_id", "valid_from"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    grantor_id: UUID = Field(foreign_key="party.id", index=True)
    grantee_id: UUID = Field(foreign_key="party.id", index=True)
    themes: str = Field(max_length=100, description="comma-separated: billing, consumption, contracts, moves")
    sites: str = Field(default="", description="comma-separated site numbers; empty for all")
    level: str = Field(max_length=10)
    valid_from: date
    valid_to: date | None = None
