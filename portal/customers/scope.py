"""Which mandates hold."""

from datetime import date

from sqlalchemy import BindParameter, ColumnElement
from sqlmodel import col, or_

from portal.customers.models import Mandate


def in_force(today: date | BindParameter[date]) -> ColumnElement[bool]:
    """Which mandates hold on a day. Both the first and the last day belong to a mandate."""
    return (col(Mandate.valid_from) <= today) & or_(col(Mandate.valid_to).is_(None), col(Mandate.valid_to) >= today)
