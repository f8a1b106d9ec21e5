"""What belongs to no slice: the way in, the language, signs of life."""

import json
import logging
from functools import partial
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from portal.auth.people import anyone
from portal.auth.rules import local_path
from portal.kit.access import Anyone
from portal.kit.answers import page_of
from portal.kit.i18n import Language
from portal.kit.rates import Turnstile, retry_after_s
from portal.kit.web import LANGUAGE_COOKIE, Cookie, FlowVisit, Redirect, Visit, address_of, bare, flow, page

YEAR_S = 365 * 24 * 3600
REPORT_BYTES = 10_000

log = logging.getLogger("portal.csp")


def start(visit: Visit[Anyone]) -> Redirect:
    """To the overview, or to sign in."""
    signed_in = visit.who.subject != Anyone().subject
    return Redirect("/overview" if signed_in else "/sign-in")


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
        flow("/language", choose_language, who=anyone, method="POST"),
        bare("/livez", livez, who=anyone),
        bare("/csp-report", partial(csp_report, reports), who=anyone, method="POST"),
    ]
