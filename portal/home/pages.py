"""What belongs to no slice: the way in, the language, signs of life."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from portal.auth.people import User, anyone, user
from portal.auth.rules import local_path
from portal.consumption import queries as consumption
from portal.contracts import queries as contracts
from portal.contracts.records import ContractHead
from portal.home import overview, welcome
from portal.home.sites.one import Use
from portal.home.sites.portfolio import Portfolio
from portal.invoices import queries as invoices
from portal.invoices.records import InvoiceHead
from portal.kit.access import Anyone
from portal.kit.answers import page_of
from portal.kit.html import Page
from portal.kit.i18n import Language, Text
from portal.kit.rates import Turnstile, retry_after_s
from portal.kit.web import LANGUAGE_COOKIE, Cookie, FlowVisit, Redirect, Visit, address_of, bare, flow, page
from portal.messages import queries as messages
from portal.messages.records import ThreadHead

YEAR_S = 365 * 24 * 3600
REPORT_BYTES = 10_000
LATEST = 3  # messages on the overview
CONTRACTS = 6

log = logging.getLogger("portal.csp")


@dataclass(frozen=True)
class Overview(Page):
    """What matters now, at a glance."""

    template = "home/overview.html"
    heading: Text
    is_customer: bool
    is_first_visit: bool
    last_word: Text | None
    reaches: datetime | None
    today: date
    invoice: InvoiceHead | None
    usage: Use | None
    portfolio: Portfolio | None
    contracts: Sequence[ContractHead]
    permissions: overview.Permissions | None
    messages: Sequence[ThreadHead]


def start(visit: Visit[Anyone]) -> Redirect:
    """To the overview, or to sign in."""
    signed_in = visit.who.subject != Anyone().subject
    return Redirect("/overview" if signed_in else "/sign-in")


def show_overview(visit: Visit[User]) -> Overview:
    """One question per region; somebody who is no customer gets a page that helps."""
    db, who, today = visit.db, visit.who, visit.today
    points = consumption.points(db, who, today)
    many = overview.portfolio(db, who, points, today, visit.language)
    return Overview(
        heading=overview.heading(who, visit.now),
        is_customer=bool(who.parties),
        is_first_visit=welcome.is_first_visit(who),
        last_word=welcome.last_word(visit),
        reaches=overview.reaches(points, who, today),
        today=today,
        invoice=invoices.next_due(db, who),
        usage=None if many else overview.usage(db, who, points, today),
        portfolio=many,
        contracts=() if many else contracts.running(db, who, today, CONTRACTS),
        permissions=overview.permissions(db, who),
        messages=messages.latest(db, who, LATEST),
    )


async def choose_language(visit: FlowVisit[Anyone]) -> Redirect:
    """Keep the person's choice of language for a year and go back to where they were.

    The form names the page; what its address asked for is added, where the browser says that it comes from there.
    """
    asked, then = visit.form.get("language"), visit.form.get("next")
    there = local_path(then if isinstance(then, str) else None, "/")
    came_from = page_of(visit.request)
    back = came_from if urlsplit(came_from).path == there else there
    if asked not in set(Language):
        return Redirect(back)
    return Redirect(back, cookies=[Cookie(LANGUAGE_COOKIE, str(asked), YEAR_S)])


async def livez(request: Request) -> Response:  # noqa: ARG001
    """Alive; asks no database."""
    return PlainTextResponse("alive\n")


async def csp_report(turnstile: Turnstile, request: Request) -> Response:
    """Note which directive a browser enforced; addresses may hold ids and are not kept."""
    wait_s = turnstile.wait_s(address_of(request))
    if wait_s:
        return Response(status_code=429, headers=retry_after_s(wait_s))
    body = (await request.body())[:REPORT_BYTES]
    try:
        directive = json.loads(body)["csp-report"]["effective-directive"]
    except (ValueError, KeyError, TypeError, RecursionError):
        directive = "unreadable"
    log.warning(json.dumps({"event": "csp", "directive": str(directive)[:60]}))
    return Response(status_code=204)


def routes(reports: Turnstile) -> list[Route]:
    """Every address of these pages; browsers' reports come through a turnstile."""
    return [
        page("/", start, who=anyone),
        page("/overview", show_overview, who=user),
        flow("/language", choose_language, who=anyone, method="POST"),
        bare("/livez", livez, who=anyone),
        bare("/csp-report", partial(csp_report, reports), who=anyone, method="POST"),
    ]
