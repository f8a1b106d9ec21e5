"""What each personal column is, in words: its group, and where the group's data comes from, why it is held, how long.

Tables and columns stand here by their names. A test fails where a keeper claims a table, or a table gets a column, that
is neither described here nor named as internal: ids, hashes and places in a list tell nobody anything about themselves.
Each described column says whether it can be corrected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from portal.kit.i18n import Text, text
from portal.privacy.rules import Fate


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
class Column:
    """A column in words, and whether a customer may know better what stands in it: then they can have it corrected."""

    label: Text
    is_correctable: bool


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """A personal table: its columns in words, and those that are internal.

    `sealed` columns are told of and not shown; `abouts` are those that differ from what the group says.
    """

    table: str
    group: Group
    title: Text
    columns: Mapping[str, Column]
    internal: frozenset[str] = frozenset()
    sealed: frozenset[str] = frozenset()
    abouts: Mapping[str, About] | None = None

    def about(self, column: str) -> About | None:
        """What is to be known of a column beside what its group says."""
        return self.abouts.get(column) if self.abouts else None


def internal(*names: str) -> frozenset[str]:
    """Columns that hold the register together and say nothing about anybody."""
    return frozenset(names)


def correctable(label: Text) -> Column:
    """What a customer may know better than we do: a wrong value is corrected by a request that names it."""
    return Column(label, is_correctable=True)


def fixed(label: Text) -> Column:
    """What nobody corrects by its name: a number or kind that the register gives, what happened, what follows."""
    return Column(label, is_correctable=False)


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
            text(
                "law: GDPR 6(1)(c); for electricity Act 588/2013 and Decree 767/2021, for heat and cooling "
                "Act 1429/2014 and Decree 254/2021, for gas Act 587/2017"
            ),
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

WHO_DECIDED: Final = {
    "at": fixed(text("When")),
    "where": fixed(text("Where it was made")),
    "assurance": fixed(text("Level of identification")),
}

HOLDINGS: Final[Sequence[PersonalTable]] = (
    PersonalTable(
        "party",
        Group.CONTACT,
        text("Customer"),
        {
            "customer_number": fixed(text("Customer number")),
            "kind": fixed(text("Person or company")),
            "name": correctable(text("Name")),
            "business_id": correctable(text("Business ID")),
            "language": correctable(text("Language of service")),
            "street": correctable(text("Street address")),
            "postcode": correctable(text("Postcode")),
            "town": correctable(text("Town")),
            "country": correctable(text("Country")),
        },
        internal("id"),
    ),
    PersonalTable(
        "identity_code",
        Group.CONTACT,
        text("Personal identity code"),
        {"encrypted": fixed(text("Personal identity code"))},
        internal("party_id", "blind_index"),
        frozenset({"encrypted"}),
        {
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
    PersonalTable(
        "contact_detail",
        Group.CONTACT,
        text("Email addresses and phone numbers"),
        {"kind": fixed(text("Email or phone")), "value": correctable(text("Address or number"))},
        internal("id", "party_id", "position"),
    ),
    PersonalTable(
        "billing_details",
        Group.CONTACT,
        text("Billing details"),
        {
            "channel": correctable(text("Way of billing")),
            "email": correctable(text("Email address for invoices")),
            "reference": correctable(text("The customer's reference")),
        },
        internal("id", "party_id"),
    ),
    PersonalTable(
        "contact_change",
        Group.CONTACT,
        text("Changes made to the details"),
        {
            "matter": fixed(text("What was changed")),
            "before": fixed(text("Before")),
            "after": fixed(text("After")),
            "asked_at": fixed(text("When")),
            "counts_from": fixed(text("In effect from")),
            "withdrawn_at": fixed(text("Withdrawn")),
        },
        internal("id", "request_id", "party_id", "account_id", "sequence"),
    ),
    PersonalTable(
        "contact_draft",
        Group.CONTACT,
        text("Details that have not been confirmed yet"),
        {"email": fixed(text("Email address")), "phone": fixed(text("Phone number")), "typed_at": fixed(text("When"))},
        internal("account_id", "party_id"),
    ),
    PersonalTable(
        "contact_person",
        Group.CONTACT,
        text("Contact people"),
        {
            "name": correctable(text("Name")),
            "role": correctable(text("Role")),
            "email": correctable(text("Email address")),
            "phone": correctable(text("Phone number")),
        },
        internal("id", "party_id"),
    ),
    PersonalTable(
        "mandate",
        Group.CONTACT,
        text("Mandates given and received"),
        {
            "themes": correctable(text("Matters")),
            "every_site": correctable(text("For every site")),
            "level": correctable(text("How far it reaches")),
            "valid_from": correctable(text("First day")),
            "valid_to": correctable(text("Last day")),
        },
        internal("id", "grantor_id", "grantee_id"),
    ),
    PersonalTable(
        "mandate_site",
        Group.CONTACT,
        text("Sites of mandates"),
        {},
        internal("mandate_id", "site_id"),
    ),
    PersonalTable(
        "site",
        Group.SITES,
        text("Sites"),
        {
            "number": fixed(text("Number of the site")),
            "name": correctable(text("Name")),
            "street": correctable(text("Street address")),
            "postcode": correctable(text("Postcode")),
            "town": correctable(text("Town")),
            "dwelling": correctable(text("Kind of dwelling")),
            "heated_area_m2": correctable(text("Heated area, m²")),
            "residents": correctable(text("Residents")),
            "heating": correctable(text("Heating")),
            "estimated_kwh_a_year": correctable(text("Estimated use, kWh a year")),
            "ownership": correctable(text("Ownership")),
            "use_timing": correctable(text("Use over the year")),
        },
        internal("id"),
    ),
    PersonalTable(
        "occupancy",
        Group.SITES,
        text("When the customer has held the sites"),
        {"since": correctable(text("First day")), "until": correctable(text("Last day"))},
        internal("id", "site_id", "party_id"),
    ),
    PersonalTable(
        "metering_point",
        Group.SITES,
        text("Metering points"),
        {
            "gsrn": fixed(text("Metering point (GSRN)")),
            "energy": fixed(text("What it measures")),
            "main_fuse": correctable(text("Main fuse")),
            "valid_from": fixed(text("First day")),
            "valid_to": fixed(text("Last day")),
            "connection": fixed(text("Connection")),
            "used_for": correctable(text("Used for")),
            "estimated_kwh_a_year": correctable(text("Estimated use, kWh a year")),
        },
        internal("id", "site_id"),
    ),
    PersonalTable(
        "meter",
        Group.SITES,
        text("Meters and heat exchangers"),
        {
            "kind": fixed(text("Device")),
            "serial": correctable(text("Serial number")),
            "model": fixed(text("Model")),
            "installed_on": fixed(text("Installed")),
            "removed_on": fixed(text("Removed")),
        },
        internal("id", "metering_point_id"),
    ),
    PersonalTable(
        "contract",
        Group.CONTRACTS,
        text("Contracts"),
        {
            "number": fixed(text("Number of the contract")),
            "kind": fixed(text("Kind of contract")),
            "signed_on": correctable(text("Signed")),
            "valid_from": correctable(text("First day")),
            "valid_to": correctable(text("Last day")),
            "fixed_until": correctable(text("Fixed term until")),
            "notice_days": correctable(text("Period of notice, days")),
            "tax_class": correctable(text("Electricity tax class")),
            "contracted_kw": correctable(text("Contracted power, kW")),
        },
        internal("id", "party_id", "site_id", "metering_point_id", "product_id"),
    ),
    PersonalTable(
        "reading_month",
        Group.CONSUMPTION,
        text("Readings"),
        {
            "month": fixed(text("Month")),
            "minutes": fixed(text("Length of a reading, minutes")),
            "mwh": fixed(text("Readings")),
            "qualities": fixed(text("Quality of the readings")),
            "revised": fixed(text("Which readings were corrected")),
            "loaded_at": fixed(text("First received")),
            "updated_at": fixed(text("Last changed")),
        },
        internal("metering_point_id", "first_quarter", "until_quarter", "day_mwh", "day_counts", "lengths"),
    ),
    PersonalTable(
        "month_total",
        Group.CONSUMPTION,
        text("Sums of the months"),
        {
            "month": fixed(text("Month")),
            "mwh": fixed(text("Energy")),
            "measured": fixed(text("Measured quarter hours")),
            "estimated": fixed(text("Estimated quarter hours")),
            "missing": fixed(text("Missing quarter hours")),
            "revised": fixed(text("Corrected quarter hours")),
        },
        internal("metering_point_id", "first_quarter", "until_quarter"),
    ),
    PersonalTable(
        "invoice",
        Group.INVOICES,
        text("Invoices"),
        {
            "number": fixed(text("Invoice number")),
            "kind": fixed(text("Invoice, credit note or reminder")),
            "issued_on": fixed(text("Date")),
            "due_on": fixed(text("Due date")),
            "period_from": fixed(text("First day")),
            "period_to": fixed(text("Last day")),
            "net_cents": fixed(text("Amount without VAT")),
            "vat_cents": fixed(text("VAT")),
            "total_cents": fixed(text("Total")),
            "reference": fixed(text("Reference number")),
            "iban": fixed(text("Account number of the payee")),
            "bic": fixed(text("Bank of the payee (BIC)")),
            "payee": fixed(text("Payee")),
            "estimated": fixed(text("Based on an estimate")),
            "refers_to": fixed(text("Refers to invoice")),
            "read_by": fixed(text("How the meters were read")),
        },
        internal("id", "party_id", "site_id", "line_digest"),
    ),
    PersonalTable(
        "invoice_line",
        Group.INVOICES,
        text("Invoice lines"),
        {
            "code": fixed(text("Price part")),
            "name_fi": fixed(text("Name in Finnish")),
            "name_sv": fixed(text("Name in Swedish")),
            "name_en": fixed(text("Name in English")),
            "period_from": fixed(text("First day")),
            "period_to": fixed(text("Last day")),
            "quantity_mwh": fixed(text("Energy")),
            "quantity": fixed(text("Quantity")),
            "unit": fixed(text("Unit")),
            "unit_price": fixed(text("Unit price")),
            "vat_percent": fixed(text("VAT rate")),
            "net_cents": fixed(text("Amount without VAT")),
            "estimated": fixed(text("Based on an estimate")),
        },
        internal("id", "invoice_id", "position", "contract_id"),
    ),
    PersonalTable(
        "invoice_vat",
        Group.INVOICES,
        text("VAT of the invoices"),
        {
            "percent": fixed(text("VAT rate")),
            "net_cents": fixed(text("Amount without VAT")),
            "vat_cents": fixed(text("VAT")),
        },
        internal("invoice_id"),
    ),
    PersonalTable(
        "payment",
        Group.INVOICES,
        text("Payments"),
        {
            "number": fixed(text("The bank's archive number")),
            "paid_on": fixed(text("Paid")),
            "cents": fixed(text("Amount")),
        },
        internal("id", "invoice_id", "line_digest"),
    ),
    PersonalTable(
        "message_thread",
        Group.MESSAGES,
        text("Matters"),
        {
            "number": fixed(text("Number of the matter")),
            "topic": fixed(text("Topic")),
            "subject": fixed(text("Subject")),
            "status": fixed(text("Status")),
            "kind": fixed(text("Kind of the newest message")),
            "last_at": fixed(text("Newest message")),
            "told_at": fixed(text("Newest message to the customer")),
        },
        internal("id", "party_id", "site_id", "contract_id", "invoice_id"),
    ),
    PersonalTable(
        "message",
        Group.MESSAGES,
        text("Messages"),
        {
            "number": fixed(text("Number of the message")),
            "kind": fixed(text("Kind of message")),
            "body": fixed(text("Text")),
            "language": fixed(text("Language")),
            "sent_at": fixed(text("Sent")),
            "from_name": fixed(text("Sender")),
        },
        internal("id", "thread_id", "account_id", "form_key", "line_digest"),
    ),
    PersonalTable(
        "thread_reading",
        Group.MESSAGES,
        text("What has been read"),
        {"told_at": fixed(text("Read up to the message of")), "read_at": fixed(text("Read"))},
        internal("thread_id", "account_id"),
    ),
    PersonalTable(
        "permission_record",
        Group.PERMISSIONS,
        text("Consents, prohibitions and preferences"),
        {
            "kind": fixed(text("Kind of decision")),
            "purpose": fixed(text("Purpose")),
            "channel": fixed(text("Channel")),
            "action": fixed(text("Given or withdrawn")),
            **WHO_DECIDED,
            "ground": fixed(text("Legal ground")),
            "notice_id": fixed(text("The text that was read")),
            "notice_version": fixed(text("Version of the text")),
            "notice_sha256": fixed(text("Fingerprint of the text")),
            "language": fixed(text("Language")),
        },
        internal("id", "sequence", "party_id", "account_id", "replaces_id"),
    ),
    PersonalTable(
        "authorisation",
        Group.PERMISSIONS,
        text("Authorisations to third parties"),
        {
            "resolution": fixed(text("How fine the data is")),
            "valid_from": fixed(text("First day")),
            "valid_to": fixed(text("Last day")),
            "given_at": fixed(text("When")),
            "where": fixed(text("Where it was made")),
            "assurance": fixed(text("Level of identification")),
            "ground": fixed(text("Legal ground")),
            "notice_version": fixed(text("Version of the text")),
            "notice_sha256": fixed(text("Fingerprint of the text")),
            "notice_text": fixed(text("The text that was read")),
            "language": fixed(text("Language")),
        },
        internal("id", "party_id", "third_party_id", "account_id", "replaces_id"),
    ),
    PersonalTable(
        "authorisation_end",
        Group.PERMISSIONS,
        text("Authorisations that have ended"),
        {**WHO_DECIDED, "how": fixed(text("How it ended"))},
        internal("authorisation_id", "account_id"),
    ),
    PersonalTable(
        "authorisation_point",
        Group.PERMISSIONS,
        text("Metering points of authorisations"),
        {},
        internal("authorisation_id", "metering_point_id"),
    ),
    PersonalTable(
        "authorisation_read",
        Group.PERMISSIONS,
        text("When authorised companies read the data"),
        {"at": fixed(text("When")), "first_day": fixed(text("First day")), "last_day": fixed(text("Last day"))},
        internal("authorisation_id"),
    ),
    PersonalTable(
        "privacy_case",
        Group.REQUESTS,
        text("Requests"),
        {
            "number": fixed(text("Number of the request")),
            "kind": fixed(text("Which right it is about")),
            "field": fixed(text("What to correct")),
            "text": fixed(text("What was written")),
            "received_at": fixed(text("Received")),
            "state": fixed(text("Status")),
            "due_on": fixed(text("To be answered by")),
        },
        internal("id", "party_id", "account_id"),
    ),
    PersonalTable(
        "privacy_step",
        Group.REQUESTS,
        text("What happened to the requests"),
        {
            "at": fixed(text("When")),
            "act": fixed(text("What happened")),
            "text": fixed(text("Text")),
            "ground": fixed(text("Legal ground")),
            "answer_by": fixed(text("To be answered by")),
        },
        internal("id", "case_id", "sequence", "account_id"),
    ),
    PersonalTable(
        "package_lease",
        Group.REQUESTS,
        text("Data packages, while they are on their way"),
        {"taken_at": fixed(text("Begun")), "until": fixed(text("Kept until"))},
        internal("account_id", "holder"),
    ),
    PersonalTable(
        "account",
        Group.SIGN_INS,
        text("The account in this service"),
        {
            "given_names": fixed(text("Given names")),
            "family_name": fixed(text("Family name")),
            "language": fixed(text("Language")),
            "created_at": fixed(text("First sign-in")),
            "signed_in_at": fixed(text("Last sign-in")),
            "previous_sign_in_at": fixed(text("Sign-in before that")),
            "welcomed_at": fixed(text("First visit finished")),
        },
        internal("id", "identity_index"),
    ),
    PersonalTable(
        "session",
        Group.SIGN_INS,
        text("Sessions"),
        {
            "broker": fixed(text("Identification broker")),
            "acr": fixed(text("Level of identification")),
            "amr": fixed(text("Way of identification")),
            "confirmed_at": fixed(text("Identity last proved")),
            "created_at": fixed(text("Begun")),
            "seen_at": fixed(text("Last used")),
            "expires_at": fixed(text("Ends at the latest")),
            "ended_at": fixed(text("Ended")),
            "language": fixed(text("Language")),
        },
        internal("id", "token_hash", "account_id", "acting_for"),
    ),
    PersonalTable(
        "login_transaction",
        Group.SIGN_INS,
        text("Visits to the bank to sign in"),
        {
            "broker": fixed(text("Identification broker")),
            "bank": fixed(text("Bank")),
            "language": fixed(text("Language")),
            "return_to": fixed(text("The page you came from")),
            "purpose": fixed(text("Purpose")),
            "created_at": fixed(text("Begun")),
            "expires_at": fixed(text("Ends at the latest")),
            "status": fixed(text("Status")),
        },
        internal("id", "state_hash", "binding_hash", "nonce", "verifier", "account_id"),
    ),
    PersonalTable(
        "kept_form",
        Group.SIGN_INS,
        text("Forms kept for an hour, as their session had ended"),
        {
            "action": fixed(text("Form")),
            "kept_at": fixed(text("Kept since")),
            "expires_at": fixed(text("Kept until")),
        },
        internal("id", "account_id", "acting_for", "fields"),
    ),
    PersonalTable(
        "audit_entry",
        Group.LOG,
        text("Who looked and who did what"),
        {
            "at": fixed(text("When")),
            "act": fixed(text("What happened")),
            "object_kind": fixed(text("To what")),
            "details": fixed(text("Details")),
        },
        internal("number", "account_id", "party_id", "object_id", "previous_hash", "hash"),
    ),
    PersonalTable(
        "outbox_event",
        Group.LOG,
        text("What we told other systems"),
        {
            "kind": fixed(text("What happened")),
            "payload": fixed(text("What was told")),
            "created_at": fixed(text("When")),
            "delivered_at": fixed(text("Delivered")),
        },
        internal("number", "id", "party_id", "about", "due_at", "attempts", "given_up_at"),
    ),
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


def _named(name: str | None) -> Column | None:
    table, _, column = (name or "").partition(".")
    holding = BY_TABLE.get(table)
    return holding.columns.get(column) if holding else None
