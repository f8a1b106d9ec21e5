"""Which mandates hold, and who holds them."""

from datetime import date

from sqlalchemy import BindParameter, ColumnElement, exists
from sqlmodel import col, or_

from portal.auth.people import User
from portal.customers.models import Mandate, MandateEnd


def in_force(today: date | BindParameter[date]) -> ColumnElement[bool]:
    """Which mandates hold on a day. Both the first and the last day belong to a mandate that nobody ended before."""
    days = (col(Mandate.valid_from) <= today) & or_(col(Mandate.valid_to).is_(None), col(Mandate.valid_to) >= today)
    return days & ~exists().where(col(MandateEnd.mandate_id) == Mandate.id).correlate(Mandate)


def held_by(who: User) -> ColumnElement[bool]:
    """The mandates that a person holds, under whichever customer number or none, whomever they act for."""
    return col(Mandate.grantee_id).in_(who.reach.own) | (col(Mandate.holder_account_id) == who.account_id)
