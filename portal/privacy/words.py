"""What codes of the register say, column by column: the one place in which a column has its words.

Most are those by which the pages speak. A test sees that no code of a check constraint is missing.
"""

from collections import ChainMap
from collections.abc import Mapping
from typing import Any, Final

from portal.auth.ways import NAMES as WAYS
from portal.consents.authorisations.labels import RESOLUTIONS
from portal.consents.labels import CHANNELS, GROUNDS, PLACES
from portal.consents.rules import Purpose
from portal.consumption.labels import CAUSES, READ_HOW, REGISTERS, UNIT_SIGNS
from portal.contracts.kinds import ContractKind
from portal.customers import words as customers
from portal.customers.change_requests import Matter
from portal.customers.rhythms import RHYTHMS
from portal.invoices.labels import KINDS as BILLS
from portal.invoices.labels import READ
from portal.kit.i18n import Text, text
from portal.kit.labels import words_of
from portal.kit.visits import VIEWED
from portal.messages.labels import KINDS as MESSAGES
from portal.messages.labels import TOPICS
from portal.outages.kinds import OutageKind
from portal.outages.labels import STATES as OUTAGES
from portal.payments.labels import STATES as PAYMENT_STATES
from portal.privacy.catalogue import HOLDINGS
from portal.privacy.labels import RIGHTS, STATES, STEPS
from portal.requests.kinds import KINDS
from portal.requests.labels import STATES as REQUEST_STATES
from portal.requests.labels import STEPS as REQUEST_STEPS
from portal.sites import words as sites
from portal.sites.commodities import Commodity
from portal.sites.labels import READING_TYPES

Words = Mapping[Any, Text | str]

DEEDS: Final[Mapping[str, Text]] = {
    "session.begun": text("Signed in"),
    "session.confirmed": text("Proved their identity again"),
    "session.ended": text("Signed out"),
    "session.ended-by-broker": text("Signed out at the identification service, and so here too"),
    "session.all-ended": text("Signed out everywhere"),
    "session.others-ended": text("Signed out everywhere else"),
    "password.set": text("Set a password for signing in"),
    "password.changed": text("Changed the password for signing in"),
    "password.removed": text("Removed the password for signing in"),
    "passkey.added": text("Added a passkey for signing in"),
    "passkey.removed": text("Removed a passkey for signing in"),
    "account.sessions-ended": text("Customer service ended all sessions"),
    "account.closed": text("Customer service ended all sessions and removed the password and the passkeys"),
    "account.language-chosen": text("Chose a language"),
    "account.welcomed": text("Finished the first visit"),
    "message.sent": text("Wrote to customer service"),
    "invoice.disputed": text("Disputed a part of an invoice"),
    "authorisation.given": text("Gave an authorisation"),
    "authorisation.ended": text("Ended an authorisation"),
    "mandate.invited": text("Invited somebody to hold a mandate"),
    "mandate.withdrawn": text("Withdrew an invitation to hold a mandate"),
    "mandate.given": text("A mandate began"),
    "mandate.ended": text("Ended a mandate"),
    "mandate.left": text("Gave up a mandate"),
    "mandate.replaced": text("Changed a mandate"),
    "acting.begun": text("Began to act on behalf of the customer"),
    "acting.ended": text("Stopped acting on behalf of the customer"),
    "consent.given": text("Gave a consent"),
    "consent.withdrawn": text("Withdrew a consent"),
    "objection.given": text("Prohibited something"),
    "objection.withdrawn": text("Took back a prohibition"),
    "preference.given": text("Turned a channel on"),
    "preference.withdrawn": text("Turned a channel off"),
    "privacy.requested": text("Made a request about the data"),
    "privacy.answered": text("Added to a request about the data"),
    "privacy.withdrawn": text("Withdrew a request about the data"),
    "request.sent": text("Sent a service request"),
    "request.withdrawn": text("Withdrew a service request"),
    "privacy.packaged": text("Downloaded the data package"),
    "invoices.downloaded": text("Downloaded many invoices as PDFs"),
    "privacy.exported": text("Made the data package for the customer"),
    "calendar.made": text("Made an address for a calendar of due dates"),
    "calendar.ended": text("Ended a calendar of due dates"),
    "payment.begun": text("Began to pay an invoice"),
    "payment.under-way": text("The payment of an invoice is under way"),
    "payment.made": text("Paid an invoice"),
    "payment.cancelled": text("Cancelled the payment of an invoice"),
    "payment.failed": text("The payment of an invoice did not succeed"),
    "payment.refunded": text("A payment was sent back to its payer"),
    "payment.kept": text("A payment could not be sent back to its payer"),
}
CHANGES: Final[Mapping[str, Text]] = {
    "asked": text("Asked to change a contact detail"),
    "changed": text("Changed a contact detail"),
    "withdrawn": text("Took back a change of a contact detail"),
}
LOOKS: Final[ChainMap[str, Text]] = ChainMap(
    VIEWED,
    {
        "/confirm": text("Was asked to prove their identity again"),
        "/payments/{id}/return": text("Came back from the payment service"),
    },
)
"""What somebody did who opened a page on behalf of another, by its address: what its route says (`page`), or these."""

DECISIONS: Final[Words] = {
    "consent": text("Consent"),
    "objection": text("Prohibition"),
    "preference": text("Channel of messages"),
}
PURPOSES: Final[Words] = {
    Purpose.OUTAGES: text("Outages and maintenance"),
    Purpose.INVOICES: text("Invoices and payment reminders"),
    Purpose.DIRECT_MARKETING: text("Offers and new services"),
    Purpose.DISTANCE_SELLING: text("Distance selling"),
    Purpose.MARKET_RESEARCH: text("Market and opinion research"),
    Purpose.SATISFACTION_SURVEY: text("Customer satisfaction surveys"),
    Purpose.SERVICE_ANALYTICS: text("Analysis of how the service is used"),
    Purpose.PARTNER_DISCLOSURE: text("Disclosure to partners for marketing"),
}
EVENTS: Final[Words] = {
    "mail": text("Letter by email"),
    "contact.changed": text("Changed email address or phone number"),
    "address.changed": text("Changed postal address"),
    "billing.changed": text("Changed way of billing"),
    "language.changed": text("Changed language"),
    "permission.decided": text("Decision about a consent or prohibition"),
    "authorisation.given": text("Gave an authorisation"),
    "authorisation.ended": text("Ended an authorisation"),
    "mandate.given": text("A mandate began"),
    "mandate.ended": text("Ended a mandate"),
    "message.sent": text("Message to customer service"),
    "invoice.disputed": text("Disputed part of an invoice"),
    "message_thread.closed": text("Matter closed"),
    "outage.compensation_due": text("Right to standard compensation for an outage"),
    "payment.made": text("Payment of an invoice"),
    "payment.refunded": text("Payment sent back"),
    "privacy.requested": text("Made a request about the data"),
    "privacy.answered": text("Added to a request about the data"),
    "privacy.withdrawn": text("Withdrew a request about the data"),
    "request.sent": text("Sent a service request"),
    "request.withdrawn": text("Withdrew a service request"),
}
UNITS: Final[Words] = {
    **{unit: unit for unit in ("kWh", "MWh", "kW", "kvarh")},
    "m3": "m³",
    "month": text("month"),
    "day": text("day"),
    "pcs": text("pieces"),
}

CODES: Final[Mapping[str, Words]] = {
    "party.kind": {"person": text("Person"), "company": text("Company")},
    "party.language": customers.LANGUAGES,
    "contact_detail.kind": {"email": text("Email"), "phone": text("Phone number")},
    "billing_details.channel": customers.CHANNELS,
    "billing_details.rhythm": RHYTHMS,
    "contact_change.matter": {
        Matter.EMAIL: text("Email"),
        Matter.PHONE: text("Phone number"),
        Matter.ADDRESS: text("Postal address"),
        Matter.BILLING: text("Way of billing"),
        Matter.LANGUAGE: text("Language"),
    },
    "contact_person.role": customers.ROLES,
    "payment_attempt.state": words_of(PAYMENT_STATES),
    "mandate.themes": customers.THEMES,
    "mandate.level": customers.LEVELS,
    "mandate_end.how": {
        "ended": text("Ended by the giver"),
        "left": text("Given up by the holder"),
        "replaced": text("Changed into another"),
    },
    "mandate_invitation.themes": customers.THEMES,
    "mandate_invitation.level": customers.LEVELS,
    "mandate_invitation.language": customers.LANGUAGES,
    "site.dwelling": sites.KINDS,
    "site.heating": sites.HEATING,
    "site.ownership": sites.OWNERSHIP,
    "site.use_timing": sites.USE_TIMING,
    "metering_point.energy": words_of({one: one.label for one in Commodity}),
    "disconnection.connection": sites.CONNECTIONS,
    "metering_point.used_for": sites.USED_FOR,
    "metering_point.rhythm": sites.RHYTHMS,
    "meter.kind": sites.DEVICES,
    "outage.energy": words_of({one: one.label for one in Commodity}),
    "outage.kind": {OutageKind.FAULT: text("Fault"), OutageKind.WORK: text("Planned work")},
    "outage.state": words_of(OUTAGES),
    **dict.fromkeys(
        (
            *("series.reading_type", "reading_month.reading_type", "month_total.reading_type", "revision.reading_type"),
            "revision_reason.reading_type",
        ),
        words_of(READING_TYPES),
    ),
    "revision_reason.cause": CAUSES,
    "register_reading.counts": REGISTERS,
    "register_reading.unit": UNIT_SIGNS,
    "register_reading.read_how": READ_HOW,
    "contract.kind": words_of({one: one.label for one in ContractKind}),
    "contract.tax_class": {"I": text("Class I"), "II": text("Class II")},
    "contract.reading_type": words_of(READING_TYPES),
    "invoice.kind": {"invoice": text("Invoice"), **BILLS},
    "invoice.read_by": READ,
    "invoice_line.unit": UNITS,
    "message_thread.topic": TOPICS,
    "message_thread.status": {"open": text("Under way"), "answered": text("Answered"), "closed": text("Closed")},
    "message_thread.kind": words_of(MESSAGES),
    "message.kind": words_of(MESSAGES),
    "message.language": customers.LANGUAGES,
    "permission_record.kind": DECISIONS,
    "permission_record.purpose": PURPOSES,
    "permission_record.channel": {**CHANNELS, "any": text("Every channel")},
    "permission_record.action": {"given": text("Given"), "withdrawn": text("Withdrawn")},
    "permission_record.where": PLACES,
    "permission_record.ground": GROUNDS,
    "permission_record.language": customers.LANGUAGES,
    "authorisation.resolution": RESOLUTIONS,
    "authorisation.where": PLACES,
    "authorisation.language": customers.LANGUAGES,
    "authorisation_end.where": PLACES,
    "authorisation_end.how": {"ended": text("Ended"), "replaced": text("Renewed")},
    "privacy_case.kind": RIGHTS,
    "privacy_case.state": words_of(STATES),
    "privacy_step.act": STEPS,
    "service_request.kind": {kind.code: kind.title for kind in KINDS},
    "service_request.language": customers.LANGUAGES,
    "service_request.state": words_of(REQUEST_STATES),
    "request_step.act": REQUEST_STEPS,
    "account.language": customers.LANGUAGES,
    "session.way": WAYS,
    "session.amr": {  # RFC 8176, section 2, what a password and a passkey prove; a bank's own stay as it names them
        "pwd": text("Password"),
        "pop user": text("Passkey"),
    },
    "login_transaction.language": customers.LANGUAGES,
    "login_transaction.purpose": {"sign-in": text("Signing in"), "confirm": text("Proving one's identity again")},
    "login_transaction.status": {"pending": text("Under way"), "spent": text("Ended")},
    "outbox_event.kind": EVENTS,
    "audit_entry.act": {
        **DEEDS,
        **{f"{matter}.{deed}": said for matter in Matter for deed, said in CHANGES.items()},
        "looked": text("Looked on behalf of the customer"),
    },
    "audit_entry.object_kind": LOOKS.new_child({holding.table: holding.title for holding in HOLDINGS}),
}
