"""How the utility's own systems tell of customers, their contact people, and who acts for whom."""

from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from portal.auth.reach import Level, Theme
from portal.customers import rules
from portal.customers.change_requests import Channel
from portal.kit import addresses
from portal.kit.countries import is_country
from portal.kit.feed import FeedRow, ValidFrom, ValidTo, Written, checked, ends_later, words
from portal.kit.i18n import Language

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


class MandateEntry(FeedRow):
    """A right of one customer to act for another. It is ended by its last day, never by leaving it out."""

    grantor: CustomerNumber = Field(description="Customer number of who is acted for.", examples=["100002"])
    grantee: CustomerNumber = Field(description="Customer number of who acts.", examples=["100001"])
    themes: tuple[Theme, ...] = Field(
        min_length=1, description="What the right is about.", examples=[["billing", "consumption"]]
    )
    sites: tuple[Annotated[str, words(40)], ...] | None = Field(
        min_length=1, description="Site numbers it is limited to; null for all sites.", examples=[["500001"]]
    )
    level: Level = Field(description="See only, or manage too.", examples=["see"])
    valid_from: ValidFrom
    valid_to: ValidTo
    _ends_later = model_validator(mode="after")(ends_later)

    @model_validator(mode="after")
    def two_parties(self) -> "MandateEntry":
        """Nobody gives a mandate to themselves."""
        if self.grantor == self.grantee:
            raise ValueError("grantor and grantee are the same customer")
        return self
