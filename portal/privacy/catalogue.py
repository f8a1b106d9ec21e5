"""The groups of personal data and the tables in each: where it comes from, why it is held, how long.

What a column is called, and whether it can be corrected, stands where it is declared. A test fails where a keeper
claims a table that is not here, or a table gets a column that says nothing of itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlmodel import SQLModel

from portal.audit.models import AuditEntry
from portal.auth.models import Account, KeptForm, LoginTransaction, PackageLease, SignedSession
from portal.auth.passkeys.models import Passkey, PasskeyChallenge
from portal.auth.passwords.models import KnownDevice, LoginNameCheck, Password
from portal.consents.authorisations.models import Authorisation, AuthorisationEnd, AuthorisationPoint, AuthorisationRead
from portal.consents.models import PermissionRecord
from portal.consumption.models import MonthTotal, ReadingMonth, Revision, RevisionReason, Series
from portal.consumption.registers.models import RegisterReading
from portal.contracts.models import Contract, TermNotice
from portal.customers.models import (
    BillingDetails,
    ContactChange,
    ContactDetail,
    ContactDraft,
    ContactPerson,
    IdentityCode,
    Mandate,
    MandateEnd,
    MandateInvitation,
    MandateInvitationSite,
    MandateSite,
    Party,
)
from portal.invoices.models import Invoice, InvoiceDispute, InvoiceLine, InvoiceVat, Payment
from portal.kit.db import table_of
from portal.kit.i18n import Language, Spoken, Text, text
from portal.kit.privacy import PersonalColumn, columns_of
from portal.messages.models import Message, MessageThread, ThreadReading
from portal.outages.models import Outage, OutageSite
from portal.outbox.models import OutboxEvent
from portal.payments.models import CalendarLink, PaymentAttempt
from portal.privacy.models import PrivacyCase, PrivacyStep
from portal.privacy.rules import Fate
from portal.requests.models import RequestPhoto, RequestStep, ServiceRequest
from portal.sites.commodities import Commodity
from portal.sites.models import Disconnection, Meter, MeteringPoint, Occupancy, Site


class Group(StrEnum):
    """What belongs together for a customer, in the order of the page."""

    CONTACT = "contact"
    SITES = "sites"
    CONTRACTS = "contracts"
    CONSUMPTION = "consumption"
    INVOICES = "invoices"
    MESSAGES = "messages"
    PERMISSIONS = "permissions"
    REQUESTS = "requests"
    SIGN_INS = "sign-ins"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class About:
    """Where data comes from, on what ground it is held (GDPR, Article 6(1), and the law behind it), for how long."""

    source: Text
    ground: Text
    retention: Text


@dataclass(frozen=True, slots=True)
class Described:
    """A group: what is in it, what is to be known of it, where else the customer reads it, what erasure would do."""

    title: Text
    holds: Text
    about: About
    fate: Fate
    page: str | None = None


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """A personal table; what its columns are called stands where they are declared (portal/kit/privacy.py).

    `abouts` are those that differ from what the group says; `first` are told before the others.
    """

    model: type[SQLModel]
    group: Group
    title: Text
    abouts: Mapping[str, About] | None = None
    first: Sequence[str] = ()

    @property
    def table(self) -> str:
        """The name of the table."""
        return str(self.model.__tablename__)

    @property
    def columns(self) -> Mapping[str, PersonalColumn]:
        """Its columns in words, by name."""
        columns = columns_of(table_of(self.model))
        return {name: columns[name] for name in (*self.first, *columns)}

    def about(self, column: str) -> About | None:
        """What is to be known of a column beside what its group says."""
        return self.abouts.get(column) if self.abouts else None


def _laws(language: Language) -> str:
    """By which laws readings are kept; one is the law of several commodities."""
    return ", ".join(dict.fromkeys(one.trade.law.said(language) for one in Commodity))


CONTRACT_GROUND: Final = text("contract: GDPR 6(1)(b); after it our legitimate interest in legal claims: GDPR 6(1)(f)")
"""Only while there is a contract is anything needed to perform it (Article 6(1)(b))."""

CUSTOMERSHIP: Final = text("as long as there is a contract, and 3 years after that")

GROUPS: Final[Mapping[Group, Described]] = {
    Group.CONTACT: Described(
        text("Contact details"),
        text("name, identifiers, addresses, phone, email, who acts for the customer"),
        About(text("the customer, the population register"), CONTRACT_GROUND, CUSTOMERSHIP),
        Fate.CONTRACT,
        "/account",
    ),
    Group.SITES: Described(
        text("Sites and meters"),
        text("addresses, kind of dwelling, metering points, meters"),
        About(text("the customer, the network company"), CONTRACT_GROUND, CUSTOMERSHIP),
        Fate.CONTRACT,
        "/sites",
    ),
    Group.CONTRACTS: Described(
        text("Contracts"),
        text("products, terms, validity"),
        About(text("the customer, our sales"), CONTRACT_GROUND, text("10 years from the end of the contract")),
        Fate.CONTRACT,
        "/contracts",
    ),
    Group.CONSUMPTION: Described(
        text("Consumption and production"),
        text("readings of the meters, by the quarter hour or the hour"),
        About(
            text("remotely read meter"),
            text("law: GDPR 6(1)(c); %(laws)s", laws=Spoken(_laws)),
            text("6 years"),
        ),
        Fate.CONTRACT,
        "/consumption",
    ),
    Group.INVOICES: Described(
        text("Invoices and payments"),
        text("invoices with their lines and VAT, payments"),
        About(
            text("our billing, the payer's bank"),
            text("law: GDPR 6(1)(c); Accounting Act 1336/1997, chapter 2, section 10"),
            text("6 years from the end of the year in which the financial year ended"),
        ),
        Fate.ACCOUNTING,
        "/invoices",
    ),
    Group.MESSAGES: Described(
        text("Messages and contacts"),
        text("messages, contacts with customer service, feedback"),
        About(
            text("the customer, our customer service"),
            text("legitimate interest: GDPR 6(1)(f)"),
            text("3 years from the newest message"),
        ),
        Fate.GOES,
        "/messages",
    ),
    Group.PERMISSIONS: Described(
        text("Consents, prohibitions and authorisations"),
        text("what was decided, when, and what was read before it"),
        About(
            text("the customer"),
            text("law: GDPR 6(1)(c), 5(2) and 7(1): we must be able to show what was decided"),
            text("3 years from the end of the decision"),
        ),
        Fate.EVIDENCE,
        "/consents",
    ),
    Group.REQUESTS: Described(
        text("Requests about the data"),
        text("what was asked and what became of it"),
        About(text("the customer, us"), text("law: GDPR 6(1)(c) and 12"), text("3 years from the decision")),
        Fate.EVIDENCE,
        "/privacy/requests",
    ),
    Group.SIGN_INS: Described(
        text("Signing in"),
        text("times, way, sessions"),
        About(
            text("the customer, the bank, this service"),
            text("legitimate interest: GDPR 6(1)(f), and security: GDPR 32"),
            text("2 years"),
        ),
        Fate.GOES,
        "/account",
    ),
    Group.LOG: Described(
        text("Log"),
        text("who looked at the data or changed it, and what we told other systems"),
        About(text("this service"), text("law: GDPR 6(1)(c), 5(2) and 32"), text("5 years")),
        Fate.EVIDENCE,
        "/privacy/log",
    ),
}


def _own_ways(retention: Text, *columns: str) -> Mapping[str, About]:
    about = About(
        text("the customer, this service"), text("legitimate interest: GDPR 6(1)(f), and security: GDPR 32"), retention
    )
    return dict.fromkeys(columns, about)


HOLDINGS: Final[Sequence[PersonalTable]] = (
    PersonalTable(Party, Group.CONTACT, text("Customer")),
    PersonalTable(
        IdentityCode,
        Group.CONTACT,
        text("Personal identity code"),
        abouts={
            "encrypted": About(
                text("the customer, the bank at a sign-in"),
                text(
                    "contract and credit: GDPR 6(1)(b), after it legal claims: GDPR 6(1)(f); "
                    "Data Protection Act 1050/2018, section 29"
                ),
                CUSTOMERSHIP,
            )
        },
    ),
    PersonalTable(ContactDetail, Group.CONTACT, text("Email addresses and phone numbers")),
    PersonalTable(BillingDetails, Group.CONTACT, text("Billing details")),
    PersonalTable(ContactChange, Group.CONTACT, text("Changes made to the details")),
    PersonalTable(ContactDraft, Group.CONTACT, text("Details that have not been confirmed yet")),
    PersonalTable(ContactPerson, Group.CONTACT, text("Contact people")),
    PersonalTable(Mandate, Group.CONTACT, text("Mandates given and received")),
    PersonalTable(MandateSite, Group.CONTACT, text("Sites of mandates")),
    PersonalTable(MandateEnd, Group.CONTACT, text("Mandates that were ended")),
    PersonalTable(MandateInvitation, Group.CONTACT, text("Invitations to hold a mandate")),
    PersonalTable(MandateInvitationSite, Group.CONTACT, text("Sites of invitations")),
    PersonalTable(Site, Group.SITES, text("Sites")),
    PersonalTable(Occupancy, Group.SITES, text("When the customer has held the sites")),
    PersonalTable(MeteringPoint, Group.SITES, text("Metering points")),
    PersonalTable(Disconnection, Group.SITES, text("When the metering points were cut off")),
    PersonalTable(Meter, Group.SITES, text("Meters and heat exchangers")),
    PersonalTable(Outage, Group.SITES, text("Outages of the sites")),
    PersonalTable(OutageSite, Group.SITES, text("Site of an outage")),
    PersonalTable(Contract, Group.CONTRACTS, text("Contracts")),
    PersonalTable(TermNotice, Group.CONTRACTS, text("Letters about fixed terms that end")),
    PersonalTable(ServiceRequest, Group.CONTRACTS, text("Service requests")),
    PersonalTable(RequestStep, Group.CONTRACTS, text("What happened to the service requests")),
    PersonalTable(RequestPhoto, Group.CONTRACTS, text("Photos that came with service requests")),
    PersonalTable(Series, Group.CONSUMPTION, text("Series of readings")),
    PersonalTable(
        ReadingMonth,
        Group.CONSUMPTION,
        text("Readings"),
        first=("reading_type", "month", "minutes", "quantities", "qualities", "revised"),
    ),
    PersonalTable(MonthTotal, Group.CONSUMPTION, text("Sums of the months")),
    PersonalTable(Revision, Group.CONSUMPTION, text("What readings were before they were corrected")),
    PersonalTable(RevisionReason, Group.CONSUMPTION, text("Why readings were corrected")),
    PersonalTable(RegisterReading, Group.CONSUMPTION, text("What registers of meters showed")),
    PersonalTable(Invoice, Group.INVOICES, text("Invoices")),
    PersonalTable(InvoiceLine, Group.INVOICES, text("Invoice lines")),
    PersonalTable(InvoiceVat, Group.INVOICES, text("VAT of the invoices")),
    PersonalTable(Payment, Group.INVOICES, text("Payments")),
    PersonalTable(InvoiceDispute, Group.INVOICES, text("Disputed parts of invoices")),
    PersonalTable(
        PaymentAttempt,
        Group.INVOICES,
        text("Payments begun in this service"),
        first=("cents", "state", "begun_at", "paid_at"),
    ),
    PersonalTable(MessageThread, Group.MESSAGES, text("Matters")),
    PersonalTable(Message, Group.MESSAGES, text("Messages")),
    PersonalTable(ThreadReading, Group.MESSAGES, text("What has been read")),
    PersonalTable(
        PermissionRecord,
        Group.PERMISSIONS,
        text("Consents, prohibitions and preferences"),
        first=("kind", "purpose", "channel", "action", "at", "where", "assurance"),
    ),
    PersonalTable(
        Authorisation,
        Group.PERMISSIONS,
        text("Authorisations to third parties"),
        first=("resolution", "valid_from", "valid_to", "given_at", "where"),
    ),
    PersonalTable(
        AuthorisationEnd,
        Group.PERMISSIONS,
        text("Authorisations that have ended"),
        first=("at", "where", "assurance"),
    ),
    PersonalTable(AuthorisationPoint, Group.PERMISSIONS, text("Metering points of authorisations")),
    PersonalTable(AuthorisationRead, Group.PERMISSIONS, text("When authorised companies read the data")),
    PersonalTable(PrivacyCase, Group.REQUESTS, text("Requests")),
    PersonalTable(PrivacyStep, Group.REQUESTS, text("What happened to the requests")),
    PersonalTable(PackageLease, Group.REQUESTS, text("Large files, while they are on their way")),
    PersonalTable(CalendarLink, Group.SIGN_INS, text("Calendars of due dates")),
    PersonalTable(Account, Group.SIGN_INS, text("The account in this service")),
    PersonalTable(SignedSession, Group.SIGN_INS, text("Sessions")),
    PersonalTable(LoginTransaction, Group.SIGN_INS, text("Visits to the bank to sign in")),
    PersonalTable(
        Password,
        Group.SIGN_INS,
        text("Password"),
        abouts=_own_ways(text("until you remove the password"), "login_name", "set_at"),
        first=("login_name", "set_at"),
    ),
    PersonalTable(
        LoginNameCheck,
        Group.SIGN_INS,
        text("Addresses given for a login name"),
        abouts=_own_ways(text("1 day"), "email", "asked_at"),
    ),
    PersonalTable(
        KnownDevice,
        Group.SIGN_INS,
        text("Browsers in which a password was used"),
        abouts=_own_ways(
            text("400 days from the last use, or until the password is changed"), "known_since", "used_at"
        ),
    ),
    PersonalTable(
        Passkey,
        Group.SIGN_INS,
        text("Passkeys"),
        abouts=_own_ways(text("until you remove the passkey"), "name", "added_at", "used_at"),
        first=("name", "added_at", "used_at"),
    ),
    PersonalTable(
        PasskeyChallenge,
        Group.SIGN_INS,
        text("Passkeys that are being added"),
        abouts=_own_ways(text("1 day"), "expires_at"),
    ),
    PersonalTable(KeptForm, Group.SIGN_INS, text("Forms kept for an hour, as their session had ended")),
    PersonalTable(AuditEntry, Group.LOG, text("Who looked and who did what")),
    PersonalTable(OutboxEvent, Group.LOG, text("What we told other systems")),
)

BY_TABLE: Final[Mapping[str, PersonalTable]] = {holding.table: holding for holding in HOLDINGS}


def of_group(group: Group) -> Sequence[PersonalTable]:
    """The tables of a group, in the order of the page."""
    return [holding for holding in HOLDINGS if holding.group is group]


def field_named(name: str | None) -> Text | None:
    """What a column is called, by its table and name (`party.name`); None for one that nobody is shown."""
    column = _named(name)
    return column.label if column else None


def correctable_named(name: str | None) -> Text | None:
    """The same; None also for one that nobody corrects."""
    column = _named(name)
    return column.label if column and column.is_correctable else None


def _named(name: str | None) -> PersonalColumn | None:
    table, _, column = (name or "").partition(".")
    holding = BY_TABLE.get(table)
    return holding.columns.get(column) if holding else None
