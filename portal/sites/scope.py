"""Which sites are held."""

from datetime import date

from sqlalchemy import BindParameter, ColumnElement
from sqlmodel import col, or_

from portal.sites.models import Occupancy


def held_on(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Which occupancies hold on a day. Both the first and the last day belong to one."""
    return (col(Occupancy.since) <= day) & or_(col(Occupancy.until).is_(None), col(Occupancy.until) >= day)
