"""Which invoices somebody may see; one about several sites is for those who see the bills of all of them."""

from typing import Final

from sqlmodel import col

from portal.auth.reach import Theme
from portal.auth.scope import Scope
from portal.invoices.models import Invoice

INVOICES: Final = Scope(col(Invoice.party_id), col(Invoice.site_id), {Theme.BILLING})
