"""Which requests somebody may see."""

from sqlalchemy import ColumnElement, or_
from sqlmodel import col

from portal.auth.people import User
from portal.privacy.models import PrivacyCase


def visible_to(who: User) -> ColumnElement[bool]:
    """The requests of the parties decided for; in one's own matters also those of oneself as nobody's customer."""
    of_party = col(PrivacyCase.party_id).in_(who.parties)
    if who.reach.acting_for is not None:
        return of_party
    return or_(of_party, col(PrivacyCase.party_id).is_(None) & (col(PrivacyCase.account_id) == who.account_id))
