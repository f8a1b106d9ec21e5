"""The kinds of rows that the utility's own feed has, in the order in which they refer to each other."""

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel import Session, SQLModel

import portal.tables  # noqa: F401 - all of them: rows refer to tables of slices that no feed writes, such as accounts
from portal.consents.authorisations.feed import AuthorisationReadEntry, ThirdPartyEntry
from portal.consents.authorisations.keeping import keep_authorisation_reads, keep_third_parties
from portal.consents.contactable import contactable
from portal.consents.feed import PermissionEntry
from portal.consents.keeping import keep_permissions
from portal.consents.rules import Channel, Purpose
from portal.contracts.feed import ContractEntry, ProductEntry, SpotDay, TaxEntry
from portal.contracts.keeping import keep_contracts, keep_products, keep_spot_days, keep_taxes
from portal.contracts.once import CONTRACT_ONCE, TAX_ONCE
from portal.customers.feed import BillingEntry, ContactPeople, Customer, MandateEntry
from portal.customers.keeping import keep_billing, keep_contact_people, keep_customers, keep_mandates
from portal.customers.once import MANDATE_ONCE
from portal.invoices.feed import InvoiceEntry, PaymentEntry
from portal.invoices.keeping import keep_invoices, keep_payments
from portal.invoices.models import Invoice, Payment
from portal.kit.crypto import Vault
from portal.kit.feed import Digests, Verdict
from portal.kit.once import Once
from portal.messages.feed import MessageEntry
from portal.messages.keeping import keep_messages
from portal.messages.models import Message
from portal.privacy.feed import PrivacyProgress
from portal.privacy.keeping import keep_privacy_progress
from portal.sites.feed import MeteringPointEntry, SiteEntry
from portal.sites.keeping import keep_metering_points, keep_sites, site_ids


@dataclass(frozen=True)
class ImportContext:
    """What keeping rows needs beside the database: the keys (asked for when a person comes), the time, the lines."""

    vault: Callable[[], Vault]
    now: datetime
    digests: Digests = field(default_factory=dict)  # of kinds that remember


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


def _plain(keep: Callable[[Session, Sequence[Any]], list[Verdict]]) -> Keep:
    """Keeps rows that need nothing but the database."""
    return lambda db, rows, _desk: keep(db, rows)


def _customers(db: Session, rows: Sequence[Customer], context: ImportContext) -> list[Verdict]:
    return keep_customers(db, rows, context.vault)


def _mandates(db: Session, rows: Sequence[MandateEntry], _desk: ImportContext) -> list[Verdict]:
    asked = (site for row in rows for site in row.sites or ())
    return keep_mandates(db, rows, site_ids(db, asked))


def _permissions(db: Session, rows: Sequence[PermissionEntry], context: ImportContext) -> list[Verdict]:
    return keep_permissions(db, rows, context.now)


def _invoices(db: Session, rows: Sequence[InvoiceEntry], context: ImportContext) -> list[Verdict]:
    return keep_invoices(db, rows, context.digests)


def _payments(db: Session, rows: Sequence[PaymentEntry], context: ImportContext) -> list[Verdict]:
    return keep_payments(db, rows, context.digests)


def _messages(db: Session, rows: Sequence[MessageEntry], context: ImportContext) -> list[Verdict]:
    return keep_messages(db, rows, context.digests, _may_offer, context.now)


def _privacy_cases(db: Session, rows: Sequence[PrivacyProgress], context: ImportContext) -> list[Verdict]:
    return keep_privacy_progress(db, rows, context.now)


def _may_offer(db: Session, parties: Collection[UUID]) -> frozenset[UUID]:
    """An offer in the portal is electronic direct marketing, so it asks what an e-mail would ask."""
    return contactable(db, parties, Purpose.DIRECT_MARKETING, Channel.EMAIL)


def _authorisation_reads(db: Session, rows: Sequence[AuthorisationReadEntry], context: ImportContext) -> list[Verdict]:
    return keep_authorisation_reads(db, rows, context.now)


DECISION = ("customer_number", "kind", "purpose", "channel", "at")

KINDS = (
    FeedKind("customers", Customer, ("customer_number",), _customers),
    FeedKind("contact_people", ContactPeople, ("customer_number",), _plain(keep_contact_people)),
    FeedKind("billing_details", BillingEntry, ("customer_number",), _plain(keep_billing)),
    FeedKind("sites", SiteEntry, ("site_number",), _plain(keep_sites)),
    FeedKind("mandates", MandateEntry, ("grantor", "grantee", "valid_from"), _mandates, MANDATE_ONCE),
    FeedKind("metering_points", MeteringPointEntry, ("gsrn",), _plain(keep_metering_points)),
    FeedKind("products", ProductEntry, ("product_code",), _plain(keep_products)),
    FeedKind("taxes", TaxEntry, ("kind", "applies_to", "valid_from"), _plain(keep_taxes), TAX_ONCE),
    FeedKind("spot_prices", SpotDay, ("day",), _plain(keep_spot_days)),
    FeedKind("contracts", ContractEntry, ("contract_number",), _plain(keep_contracts), CONTRACT_ONCE),
    FeedKind("invoices", InvoiceEntry, ("invoice_number",), _invoices, remembers=Invoice),
    FeedKind("payments", PaymentEntry, ("payment_number",), _payments, remembers=Payment),
    FeedKind("permissions", PermissionEntry, DECISION, _permissions),
    FeedKind("third_parties", ThirdPartyEntry, ("business_id",), _plain(keep_third_parties)),
    FeedKind("authorisation_reads", AuthorisationReadEntry, ("authorisation_id", "at"), _authorisation_reads),
    FeedKind(
        "messages", MessageEntry, ("message_number",), _messages, remembers=Message
    ),  # offers need what was permitted
    FeedKind("privacy_cases", PrivacyProgress, ("case_number", "at"), _privacy_cases),
)
