"""Which invoices somebody may see, and what of their contracts.

One about several sites is for those who see the bills of all of them.
"""

from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlmodel import col

from portal.auth.people import User
from portal.auth.reach import Theme
from portal.auth.scope import Scope
from portal.invoices.models import Invoice
from portal.invoices.records import Source, WholeInvoice
from portal.sites.scope import measured_for

INVOICES: Final = Scope(col(Invoice.party_id), col(Invoice.site_id), {Theme.BILLING})


def sees_contracts(who: User, site_id: UUID) -> bool:
    """Whether the contracts of a site are for the person to see."""
    return who.reach.sees_at(Theme.CONTRACTS, site_id)


def sees_points(who: User, site_id: UUID) -> bool:
    """Whether the metering points of a site are."""
    open_at = measured_for(who)
    return open_at is None or site_id in open_at


def as_told(who: User, invoice: WholeInvoice) -> WholeInvoice:
    """A bill that the person sees, as its page, its PDF and its e-invoice tell it.

    Numbers and terms of contracts and numbers of metering points are left out where these are not for them to know.
    """
    if who.reach.is_full:
        return invoice
    lines = (replace(line, source=_told(who, line.source)) if line.source else line for line in invoice.lines)
    return replace(invoice, lines=tuple(lines))


def _told(who: User, source: Source) -> Source:
    if not sees_contracts(who, source.site_id):
        source = replace(source, number=None, validity=None)
    return source if sees_points(who, source.site_id) else replace(source, gsrn=None)
