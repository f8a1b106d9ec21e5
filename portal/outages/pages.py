"""What anybody may read of outages, as a page and for programs; and whether the portal itself has what it needs."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlmodel import Session
from starlette.routing import Route

from portal.auth.people import User, anyone
from portal.auth.reach import Theme
from portal.kit.access import Anyone
from portal.kit.html import Page
from portal.kit.i18n import Text, text
from portal.kit.labels import Label
from portal.kit.pagination import Pagination, paginate
from portal.kit.web import Download, Visit, page
from portal.outages import lookups, queries
from portal.outages.records import OutageHere, PublicOutage

PAGE: Final = "/outages"
A_PAGE: Final = 20
SHOWN_AFTER: Final = timedelta(days=2)
LONGEST_POSTCODE: Final = 20
FRESH: Final = Label(text("Works"), icon="circle-check", tone="ok")
LATE: Final = Label(text("Late"), icon="triangle-alert", tone="warn")


@dataclass(frozen=True, slots=True)
class ServicePart:
    """A part of the portal: what it is, whether it is as it should be, and what is known of it."""

    name: Text
    is_well: bool
    said: Text | None
    at: datetime | None = None

    @property
    def label(self) -> Label:
        """Whether it is as it should be, in words."""
        return FRESH if self.is_well else LATE


ServiceStatus = Callable[[Session, datetime], Sequence[ServicePart]]


@dataclass(frozen=True)
class OutageList(Page):
    """Every open outage, and those that ended lately, of one postcode or of all.

    mine: those at the sites of the person who reads it; empty for somebody who is not signed in
    may_keep: whether they may have a calendar, into which planned ones come
    """

    template = "outages/index.html"
    postcode: str
    mine: Sequence[OutageHere]
    may_keep: bool
    going_on: Sequence[PublicOutage]
    ended: Sequence[PublicOutage]
    pagination: Pagination
    count: int
    service: Sequence[ServicePart]


def index(status: ServiceStatus, visit: Visit[Anyone]) -> OutageList:
    """What is out of order now, where, and until when."""
    postcode = visit.query.get("postcode", "").strip()[:LONGEST_POSTCODE]
    going_on, ended = lookups.everywhere(visit.db, visit.now - SHOWN_AFTER)
    shown = _of(going_on, postcode)
    at = paginate(visit.query.get("page"), len(shown), A_PAGE, PAGE, {"postcode": postcode} if postcode else {})
    first = (at.number - 1) * A_PAGE
    return OutageList(
        postcode=postcode,
        mine=queries.here(visit.db, visit.who, visit.today) if isinstance(visit.who, User) else (),
        may_keep=isinstance(visit.who, User) and visit.who.reach.covers(Theme.BILLING),
        going_on=shown[first : first + A_PAGE],
        ended=_of(ended, postcode) if at.number == at.count else (),
        pagination=at,
        count=len(shown),
        service=status(visit.db, visit.now),
    )


def save(visit: Visit[Anyone]) -> Download:
    """The same for programs: times in UTC, and no site, for whose it is is nobody else's."""
    going_on, ended = lookups.everywhere(visit.db, visit.now - SHOWN_AFTER)
    told = {"at": _utc(visit.now), "outages": [_plain(one) for one in (*going_on, *ended)]}
    return Download("outages.json", "application/json", json.dumps(told, ensure_ascii=False).encode())


def _of(outages: Sequence[PublicOutage], postcode: str) -> Sequence[PublicOutage]:
    return [one for one in outages if postcode in one.postcodes] if postcode else outages


def _plain(one: PublicOutage) -> dict[str, object]:
    head = one.head
    return {
        "number": head.number,
        "energy": head.commodity,
        "kind": head.kind,
        "state": head.state,
        "postcodes": one.postcodes,
        "sites": one.sites,
        "starts_at": _utc(head.starts_at),
        "expected_until": _utc(head.expected_until),
        "ended_at": _utc(head.ended_at),
        "cause": {"fi": head.cause.fi, "sv": head.cause.sv, "en": head.cause.en} if head.cause else None,
    }


def _utc(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else None


def routes(status: ServiceStatus) -> Sequence[Route]:
    """The addresses; `status` tells how the portal itself is."""
    return [
        page(PAGE, partial(index, status), who=anyone),
        page(f"{PAGE}.json", save, who=anyone),
    ]
