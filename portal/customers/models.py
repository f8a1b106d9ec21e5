from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel, UniqueConstraint

from portal.kit.db import Instant
from portal.kit.privacy import correctable, internal, sealed, told


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
    customer_number: str = Field(max_length=40, unique=True, sa_column_kwargs=told("Customer number"))
    kind: str = Field(max_length=10, sa_column_kwargs=told("Person or company"))
    name: str = Field(max_length=200, sa_column_kwargs=correctable("Name"))
    business_id: str | None = Field(
        default=None, max_length=9, unique=True, sa_column_kwargs=correctable("Business ID")
    )
    language: str = Field(default="fi", max_length=2, sa_column_kwargs=correctable("Language of service"))
    street: str | None = Field(default=None, max_length=200, sa_column_kwargs=correctable("Street address"))
    postcode: str | None = Field(default=None, max_length=20, sa_column_kwargs=correctable("Postcode"))
    town: str | None = Field(default=None, max_length=100, sa_column_kwargs=correctable("Town"))
    country: str | None = Field(default=None, max_length=2, sa_column_kwargs=correctable("Country"))


class IdentityCode(SQLModel, table=True):
    """A person's identity code: encrypted, and findable by a keyed blind index only."""

    __tablename__ = "identity_code"

    party_id: UUID = Field(foreign_key="party.id", primary_key=True)
    encrypted: bytes = Field(sa_column_kwargs=sealed("Personal identity code"))
    blind_index: bytes = Field(max_length=32, index=True, sa_column_kwargs=internal())


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
    kind: str = Field(max_length=10, sa_column_kwargs=told("Email or phone"))
    value: str = Field(max_length=254, sa_column_kwargs=correctable("Address or number"))
    position: int = Field(default=0, sa_column_kwargs=internal())


class ContactPerson(SQLModel, table=True):
    """A named contact person of a customer; roles are Datahub's AL01-AL05."""

    __tablename__ = "contact_person"
    __table_args__ = (
        CheckConstraint("role IN ('AL01', 'AL02', 'AL03', 'AL04', 'AL05')", name="role"),
        UniqueConstraint("party_id", "name", "role"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    party_id: UUID = Field(foreign_key="party.id", index=True)
    name: str = Field(max_length=200, sa_column_kwargs=correctable("Name"))
    role: str = Field(max_length=4, sa_column_kwargs=correctable("Role"))
    email: str | None = Field(default=None, max_length=254, sa_column_kwargs=correctable("Email address"))
    phone: str | None = Field(default=None, max_length=40, sa_column_kwargs=correctable("Phone number"))


class Mandate(SQLModel, table=True):
    """A right to act for another party: themes, sites, level and dates. Of every site, or of some.

    Rows of one giver and holder may overlap: what they open together is open. A row is never changed here: it ends
    (`MandateEnd`), and another may take its place.
    """

    __table_args__ = (
        CheckConstraint("level IN ('see', 'manage')", name="level"),
        CheckConstraint("grantor_id <> grantee_id", name="two_parties"),
        CheckConstraint("(grantee_id IS NULL) = (holder_account_id IS NOT NULL)", name="one_holder"),
        CheckConstraint("holder_account_id IS NULL OR holder_name IS NOT NULL", name="named_holder"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
        UniqueConstraint("grantor_id", "grantee_id", "valid_from", "number"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    number: str = Field(
        default="",
        max_length=40,
        description="the register's, where it tells mandates of one day apart; of one given here its id",
        sa_column_kwargs=told("Number"),
    )
    grantor_id: UUID = Field(foreign_key="party.id", index=True)
    grantee_id: UUID | None = Field(
        default=None, foreign_key="party.id", index=True, description="the holder, as the register knows them"
    )
    holder_account_id: UUID | None = Field(
        default=None,
        foreign_key="account.id",
        index=True,
        description="the holder of one given here, who need be no customer",
    )
    holder_name: str | None = Field(
        default=None,
        max_length=401,
        description="what the bank called that holder when they accepted",
        sa_column_kwargs=told("Name of the holder"),
    )
    themes: str = Field(
        max_length=100,
        description="comma-separated: billing, consumption, contracts, moves",
        sa_column_kwargs=correctable("Matters"),
    )
    every_site: bool = Field(sa_column_kwargs=correctable("For every site"))
    level: str = Field(max_length=10, sa_column_kwargs=correctable("How far it reaches"))
    valid_from: date = Field(sa_column_kwargs=correctable("First day"))
    valid_to: date | None = Field(default=None, sa_column_kwargs=correctable("Last day"))
    replaces_id: UUID | None = Field(
        default=None, foreign_key="mandate.id", description="the one that was narrowed or extended into this one"
    )


class MandateSite(SQLModel, table=True):
    """A site that a mandate is limited to."""

    __tablename__ = "mandate_site"

    mandate_id: UUID = Field(foreign_key="mandate.id", primary_key=True)
    site_id: UUID = Field(foreign_key="site.id", primary_key=True)


class MandateEnd(SQLModel, table=True):
    """That a mandate was ended here, by whom and why; no feed brings it back."""

    __tablename__ = "mandate_end"
    __table_args__ = (CheckConstraint("how IN ('ended', 'left', 'replaced')", name="how"),)

    mandate_id: UUID = Field(foreign_key="mandate.id", primary_key=True)
    at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("When"))
    how: str = Field(max_length=10, sa_column_kwargs=told("How it ended"))
    account_id: UUID = Field(foreign_key="account.id", description="who ended it")


class MandateInvitation(SQLModel, table=True):
    """An invitation to hold a mandate, sent by e-mail; its token stands in the letter alone, and here the token's hash.

    It becomes a mandate when somebody accepts it whom a bank has identified: whoever that is, the mandate is theirs.
    """

    __tablename__ = "mandate_invitation"
    __table_args__ = (
        CheckConstraint("level IN ('see', 'manage')", name="level"),
        CheckConstraint("language IN ('fi', 'sv', 'en')", name="language"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
        CheckConstraint("mandate_id IS NULL OR ended_at IS NOT NULL", name="ended_by_acceptance"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    grantor_id: UUID = Field(foreign_key="party.id", index=True)
    account_id: UUID = Field(foreign_key="account.id", index=True, description="who invites")
    name: str = Field(max_length=200, description="as the giver typed it", sa_column_kwargs=told("Name of the invited"))
    email: str = Field(max_length=254, sa_column_kwargs=told("Email address of the invited"))
    language: str = Field(max_length=2, description="of the letter", sa_column_kwargs=told("Language"))
    themes: str = Field(max_length=100, description="as those of a mandate", sa_column_kwargs=told("Matters"))
    every_site: bool = Field(sa_column_kwargs=told("For every site"))
    level: str = Field(max_length=10, sa_column_kwargs=told("How far it reaches"))
    valid_from: date = Field(sa_column_kwargs=told("First day"))
    valid_to: date | None = Field(default=None, sa_column_kwargs=told("Last day"))
    token_hash: bytes = Field(max_length=32, unique=True, sa_column_kwargs=internal())
    invited_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("When"))
    expires_at: datetime = Field(sa_type=Instant, index=True, sa_column_kwargs=told("Expires"))
    ended_at: datetime | None = Field(default=None, sa_type=Instant, sa_column_kwargs=told("Accepted or withdrawn"))
    mandate_id: UUID | None = Field(
        default=None,
        foreign_key="mandate.id",
        unique=True,
        description="what it became, as it is now; None: withdrawn",
    )


class MandateInvitationSite(SQLModel, table=True):
    """A site that the mandate would be limited to."""

    __tablename__ = "mandate_invitation_site"

    invitation_id: UUID = Field(foreign_key="mandate_invitation.id", ondelete="CASCADE", primary_key=True)
    site_id: UUID = Field(foreign_key="site.id", primary_key=True)


class BillingDetails(SQLModel, table=True):
    """How a customer's bills come: the channel is one of Datahub's AI01-AI08."""

    __tablename__ = "billing_details"
    __table_args__ = (
        CheckConstraint("channel IN ('AI01', 'AI02', 'AI03', 'AI04', 'AI05', 'AI06', 'AI07', 'AI08')", name="channel"),
        CheckConstraint("rhythm IN ('monthly', 'two-months', 'quarterly', 'yearly')", name="rhythm"),
        CheckConstraint("due_day BETWEEN 1 AND 31", name="due_day"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    party_id: UUID = Field(foreign_key="party.id", unique=True)
    channel: str = Field(max_length=4, sa_column_kwargs=correctable("Way of billing"))
    email: str | None = Field(
        default=None,
        max_length=254,
        description="where bills go; None: the preferred one",
        sa_column_kwargs=correctable("Email address for invoices"),
    )
    reference: str | None = Field(
        default=None,
        max_length=70,
        description="the customer's own, printed on each bill",
        sa_column_kwargs=correctable("The customer's reference"),
    )
    rhythm: str | None = Field(
        default=None,
        max_length=10,
        description="how often bills come; None: not told",
        sa_column_kwargs=told("How often invoices come"),
    )
    due_day: int | None = Field(
        default=None,
        description="day of the month on which bills fall due; None: none was chosen",
        sa_column_kwargs=told("Due day of the month"),
    )


class ContactChange(SQLModel, table=True):
    """What a customer changed here, and what the register said then: asked for until a feed brings it.

    None is overwritten. A new e-mail address counts from when its mailbox answered, all else at once; one that never
    counted is forgotten after a month (jobs.py).
    """

    __tablename__ = "contact_change"
    __table_args__ = (
        CheckConstraint("matter IN ('email', 'phone', 'address', 'billing', 'language')", name="matter"),
        CheckConstraint("counts_from IS NULL OR withdrawn_at IS NULL", name="one_end"),
        UniqueConstraint("party_id", "matter", "sequence"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    request_id: UUID = Field(
        index=True,
        description="one press of a button; it may concern several customer numbers",
        sa_column_kwargs=internal(),
    )
    party_id: UUID = Field(foreign_key="party.id", index=True)
    account_id: UUID = Field(foreign_key="account.id", index=True, description="who asked")
    matter: str = Field(max_length=10, sa_column_kwargs=told("What was changed"))
    sequence: int = Field(
        description="grows by one within a matter of a party: the order of changes", sa_column_kwargs=internal()
    )
    before: str = Field(max_length=2000, description="what the register said", sa_column_kwargs=told("Before"))
    after: str = Field(
        max_length=2000, description="what it shall say; what is empty shall go", sa_column_kwargs=told("After")
    )
    asked_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("When"))
    counts_from: datetime | None = Field(default=None, sa_type=Instant, sa_column_kwargs=told("In effect from"))
    withdrawn_at: datetime | None = Field(
        default=None, sa_type=Instant, description="before it counted", sa_column_kwargs=told("Withdrawn")
    )


class MailboxLink(SQLModel, table=True):
    """A link by which a new e-mail address answers; its token stands in the letter alone, and here the token's hash."""

    __tablename__ = "mailbox_link"

    token_hash: bytes = Field(max_length=32, primary_key=True)
    request_id: UUID = Field(index=True, description="of the changes that it lets count, once")
    expires_at: datetime = Field(sa_type=Instant, index=True)


class ContactDraft(SQLModel, table=True):
    """What somebody typed who then had to prove who they are: it waits for them to come back from their bank."""

    __tablename__ = "contact_draft"

    account_id: UUID = Field(foreign_key="account.id", primary_key=True)
    party_id: UUID = Field(foreign_key="party.id", primary_key=True)
    email: str = Field(max_length=254, sa_column_kwargs=told("Email address"))
    phone: str = Field(max_length=40, sa_column_kwargs=told("Phone number"))
    typed_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("When"))
