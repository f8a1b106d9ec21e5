"""Which requests somebody may see, and for what they may act."""

from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, or_

from portal.auth.people import User
from portal.auth.reach import Level, Theme
from portal.kit.db import within
from portal.requests.models import ServiceRequest
from portal.requests.rules import State


def visible_to(who: User) -> ColumnElement[bool]:
    """The requests of the parties acted for, in the matters and at the sites that are open; in one's own matters all.

    Drafts are for those who may fill them in. What belongs to no site is for those to whom a matter is open everywhere.
    """
    of_party = col(ServiceRequest.party_id).in_(who.parties)
    if who.reach.is_full:
        return of_party
    parts = [_open(who, theme, Level.MANAGE) for theme in Theme]
    seen = [_open(who, theme, Level.SEE) & (col(ServiceRequest.state) != State.DRAFT) for theme in Theme]
    return of_party & or_(*parts, *seen)


def may_act(who: User, theme: Theme, site_id: UUID | None) -> bool:
    """Whether somebody may ask for something in a matter at a site, or, for None, at no site in particular."""
    sites = who.reach.sites(theme, Level.MANAGE)
    return sites is None or site_id in sites


def _open(who: User, theme: Theme, level: Level) -> ColumnElement[bool]:
    at_sites = within(col(ServiceRequest.site_id), who.reach.sites(theme, level))
    return (col(ServiceRequest.theme) == theme) & at_sites
