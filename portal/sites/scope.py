"""Which sites are held, and at which of them the person may know more than the address."""

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement
from sqlmodel import col, or_

from portal.auth.people import User
from portal.auth.reach import Theme
from portal.sites.models import Occupancy

MEASURED: Final = (Theme.CONTRACTS, Theme.CONSUMPTION)
"""The matters to which it belongs what measures at a site, and how the site is lived in: any of them opens it."""


def measured_for(who: User) -> frozenset[UUID] | None:
    """The sites whose metering points, meters and fuses the person may know, None for all: a bill needs none of it."""
    return who.reach.sites_of_any(MEASURED)


def held_on(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Which occupancies hold on a day. Both the first and the last day belong to one."""
    return (col(Occupancy.since) <= day) & or_(col(Occupancy.until).is_(None), col(Occupancy.until) >= day)
