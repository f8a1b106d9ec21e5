"""The kinds of rows that the utility's own feed has, in the order in which they refer to each other."""

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel import Session, SQLModel

import portal.tables  # noqa: F401 - all of them: rows refer to tables of slices that no feed writes, such as accounts
from portal.consents.authorisations.importing import (
    AuthorisationReadEntry,
    ThirdPartyEntry,
    keep_authorisation_reads,
    keep_third_parties,
)
from portal.consents.contactable import contactable
from portal.consents.importing import PermissionEntry, keep_permissions
from portal.consents.rules import Channel, Purpose
from portal.consumption import store
from portal.consumption.importing import RevisionEntry, keep_revisions
from portal.consumption.registers.importing import RegisterReadingEntry, keep_register_readings
from portal.contracts.importing import (
    ContractEntry,
    FuelMixEntry,
    ProductEntry,
    SpotDay,
    TaxEntry,
    keep_contracts,
    keep_fuel_mixes,
    keep_products,
    keep_spot_days,
    keep_taxes,
)
from portal.contracts.once import CONTRACT_ONCE, TAX_ONCE
from portal.customers.importing import (
    BillingEntry,
    ContactPeople,
    Customer,
    keep_billing,
    keep_contact_people,
    keep_customers,
)
from portal.customers.importing_mandates import MandateEntry, keep_mandates
from portal.invoices.importing import InvoiceEntry, PaymentEntry, keep_invoices, keep_payments
from portal.invoices.models import Invoice, Payment
from portal.kit.feed import ImportContext, Verdict
from portal.kit.once import Once
from portal.messages.importing import MessageEntry, keep_messages
from portal.messages.models import Message
from portal.outages.importing import OutageEntry, keep_outages
from portal.privacy.importing import PrivacyProgress, keep_privacy_progress
from portal.requests.importing import RequestProgress, keep_request_progress
from portal.sites.importing import MeteringPointEntry, SiteEntry, keep_metering_points, keep_sites, site_ids
from portal.weather.importing import WeatherEntry, keep_weather

Keep = Callable[[Session, Sequence[Any], ImportContext], list[Verdict]]


@dataclass(frozen=True)
class FeedKind:
    """One kind of row: what it looks like, what it is known by, who keeps it, and what of it holds once a day only.

    remembers: a table with `number` and `line_digest` that nothing but this feed writes, so that equal lines are known
    """

    name: str
    row: Any  # a row's type: a model, or a union of models
    key: tuple[str, ...]
    keep: Keep
    once: Once | None = None
    remembers: type[SQLModel] | None = None

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """Reads a row strictly."""
        return TypeAdapter(self.row)

    def key_of(self, row: object) -> Hashable:
        """What a row is known by: the utility's own number, mostly."""
        return tuple(getattr(row, name) for name in self.key)


def _may_offer(db: Session, parties: Collection[UUID]) -> frozenset[UUID]:
    """An offer in the portal is electronic direct marketing, so it asks what an e-mail would ask."""
    return contactable(db, parties, Purpose.DIRECT_MARKETING, Channel.EMAIL)


DECISION = ("customer_number", "kind", "purpose", "channel", "at")

KINDS = (
    FeedKind("customers", Customer, ("customer_number",), keep_customers),
    FeedKind("contact_people", ContactPeople, ("customer_number",), keep_contact_people),
    FeedKind("billing_details", BillingEntry, ("customer_number",), keep_billing),
    FeedKind("sites", SiteEntry, ("site_number",), keep_sites),
    FeedKind(
        "mandates",
        MandateEntry,
        ("grantor", "grantee", "valid_from", "mandate_number"),
        partial(keep_mandates, site_ids=site_ids),
    ),
    FeedKind(
        "metering_points", MeteringPointEntry, ("gsrn",), partial(keep_metering_points, newest_days=store.newest_days)
    ),
    FeedKind(
        "register_readings",
        RegisterReadingEntry,
        ("gsrn", "serial", "counts", "read_on"),
        keep_register_readings,
    ),
    FeedKind("revisions", RevisionEntry, ("gsrn", "reading_type", "first_day", "told_at"), keep_revisions),
    FeedKind("products", ProductEntry, ("product_code",), keep_products),
    FeedKind("taxes", TaxEntry, ("kind", "applies_to", "valid_from"), keep_taxes, TAX_ONCE),
    FeedKind("fuel_mix", FuelMixEntry, ("kind", "product_code", "year"), keep_fuel_mixes),
    FeedKind("spot_prices", SpotDay, ("day",), keep_spot_days),
    FeedKind("weather", WeatherEntry, ("place", "time"), keep_weather),
    FeedKind("outages", OutageEntry, ("outage_number",), keep_outages),
    FeedKind("contracts", ContractEntry, ("contract_number",), keep_contracts, CONTRACT_ONCE),
    FeedKind("invoices", InvoiceEntry, ("invoice_number",), keep_invoices, remembers=Invoice),
    FeedKind("payments", PaymentEntry, ("payment_number",), keep_payments, remembers=Payment),
    FeedKind("permissions", PermissionEntry, DECISION, keep_permissions),
    FeedKind("third_parties", ThirdPartyEntry, ("business_id",), keep_third_parties),
    FeedKind("authorisation_reads", AuthorisationReadEntry, ("authorisation_id", "at"), keep_authorisation_reads),
    FeedKind(
        "messages", MessageEntry, ("message_number",), partial(keep_messages, may_offer=_may_offer), remembers=Message
    ),  # offers need what was permitted
    FeedKind("privacy_cases", PrivacyProgress, ("case_number", "at"), keep_privacy_progress),
    FeedKind("requests", RequestProgress, ("request_number", "at"), keep_request_progress),
)
