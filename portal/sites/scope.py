"""Which sites are held, and at which of them the person may know more than the address."""

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement
from sqlmodel import col, or_

from portal.auth.people import User
from portal.auth.reach import Theme
from portal.auth.scope import Scope
from portal.sites.models import Disconnection, Occupancy

OCCUPANCIES: Final = Scope(col(Occupancy.party_id), col(Occupancy.site_id), tuple(Theme))
"""Those of sites at which any matter is open to the person."""

MEASURED: Final = Scope(col(Occupancy.party_id), col(Occupancy.site_id), (Theme.CONTRACTS, Theme.CONSUMPTION))
"""Those of sites of which the person may know what measures there, and how they are lived in."""


def measured_for(who: User) -> frozenset[UUID] | None:
    """The sites whose metering points, meters and fuses the person may know, None for all."""
    return who.reach.sites_of_any(MEASURED.themes)


def held_on(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Which occupancies hold on a day. Both the first and the last day belong to one."""
    return (col(Occupancy.since) <= day) & or_(col(Occupancy.until).is_(None), col(Occupancy.until) >= day)


def cut_off_on(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Which disconnections last when a day ends."""
    return (col(Disconnection.since) <= day) & or_(col(Disconnection.until).is_(None), col(Disconnection.until) > day)
