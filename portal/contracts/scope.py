"""Which contracts somebody may see."""

from typing import Final

from sqlmodel import col

from portal.auth.reach import Theme
from portal.auth.scope import Scope
from portal.contracts.models import Contract

CONTRACTS: Final = Scope(col(Contract.party_id), col(Contract.site_id), {Theme.CONTRACTS})
