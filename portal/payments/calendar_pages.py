"""The calendar of due dates: the page on which its address is made and ended, and the calendar itself."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from portal.auth.people import User, anyone, sees
from portal.auth.reach import Theme
from portal.kit import clock
from portal.kit.html import Page
from portal.kit.i18n import text
from portal.kit.rates import Rate, Rates, Turnstile, retry_after_s
from portal.kit.web import Platform, Redirect, Visit, action, address_of, bare, in_thread, page, platform_of
from portal.payments import calendars
from portal.payments.calendars import NoSuchCalendar

RATES: Final = Rates(Rate(120), Rate(3000))
"""Calendars fetch for many from one network, a few times a day each; nobody guesses 256 bits at any rate."""


@dataclass(frozen=True)
class CalendarPage(Page):
    """Whether there is a calendar, since when; its address once, where it has just been made."""

    template = "payments/calendar.html"
    made_at: datetime | None
    address: str | None


def show(visit: Visit[User]) -> CalendarPage:
    """Whether there is one; its address nobody knows any more but whoever took it."""
    return CalendarPage(calendars.made_at(visit.db, visit.who), None)


def make(visit: Visit[User]) -> CalendarPage:
    """Make a new address, and show it this once."""
    secret = calendars.make(visit.db, visit.who, visit.now)
    return CalendarPage(visit.now, f"{visit.installation.base_url}/calendar/{secret}.ics")


def end(visit: Visit[User]) -> Redirect:
    """End it."""
    calendars.end(visit.db, visit.who, visit.now)
    return Redirect("/account/calendar")


async def fetch(turnstile: Turnstile, request: Request) -> Response:
    """The calendar of a secret address, or that it is the same as before."""
    wait_s = turnstile.wait_s(address_of(request))
    if wait_s:
        return PlainTextResponse("Try again later.\n", 429, retry_after_s(wait_s))
    platform = platform_of(request)
    body = await in_thread(platform, _body, platform, request.path_params["secret"])
    if body is None:
        return PlainTextResponse("There is no such calendar.\n", 404)
    headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"', "Cache-Control": "private, no-cache"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="text/calendar; charset=utf-8")


def _body(platform: Platform, secret: str) -> bytes | None:
    today = clock.day_of(platform.now())
    with platform.database.reading() as db:
        try:
            return calendars.shown(db, secret, platform.installation.base_url, today)
        except NoSuchCalendar:
            return None


routes = [
    page("/account/calendar", show, who=sees(Theme.BILLING), viewed=text("Looked at the calendar of due dates")),
    action("/account/calendar", make, who=sees(Theme.BILLING)),
    action("/account/calendar/end", end, who=sees(Theme.BILLING)),
]


def public(rates: Rates = RATES) -> list[Route]:
    """The calendar itself, which has no session; fetched through a turnstile."""
    return [bare("/calendar/{secret}.ics", partial(fetch, Turnstile(rates)), who=anyone)]
