"""The layers around the routes: outermost headers and log, what is turned away, the routes, and every error's page."""

from collections.abc import Collection, Sequence
from http import HTTPStatus

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Mount, Route
from starlette.types import ASGIApp

from portal.kit.admission import Admission
from portal.kit.answers import troubled
from portal.kit.errors import BadRequest, Busy, NotThere, Problem
from portal.kit.files import Files
from portal.kit.headers import Count, Outermost, exchange, uncounted
from portal.kit.i18n import Language
from portal.kit.limits import TurnAway
from portal.kit.outages import outage
from portal.kit.web import CALLED, MOST_BODY_BYTES, Platform, in_thread


def serve(
    routes: Sequence[Route],
    platform: Platform,
    files: Files,
    *,
    origin: str,
    hosts: Collection[str],
    count: Count = uncounted,
) -> ASGIApp:
    """An ASGI app of these routes, on this platform, answering to one origin."""
    inner = Starlette(
        routes=[*routes, Mount("/static", files)],
        exception_handlers={
            SQLAlchemyError: _database,
            Problem: _problem,
            HTTPException: _http,
            Exception: _failure,
        },
    )
    inner.router.redirect_slashes = False
    inner.state.platform = platform
    busy = {language: platform.html.piece("errors/busy.html", language).encode() for language in Language}
    roomy = {one.path_regex: vars(one)[MOST_BODY_BYTES] for one in routes if MOST_BODY_BYTES in vars(one)}
    called = [one.path_regex for one in routes if CALLED in vars(one)]
    dressed = Outermost(TurnAway(inner, origin=origin, hosts=hosts, roomy=roomy, called=called), count)
    return Admission(dressed, platform.threads, busy, count)


async def _problem(request: Request, problem: Exception) -> Response:
    said = problem if isinstance(problem, Problem) else Problem()
    return await in_thread(request.app.state.platform, troubled, request, said)


async def _database(request: Request, failed: Exception) -> Response:
    code = outage(failed)
    if code is None:
        raise failed
    exchange(request.scope).notes["database"] = code
    return await _problem(request, Busy())


async def _http(request: Request, refused: Exception) -> Response:
    status = refused.status_code if isinstance(refused, HTTPException) else 500
    if status == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET":
        return RedirectResponse(_page_above(request), status_code=HTTPStatus.SEE_OTHER)
    answer = await _problem(request, NotThere() if status in {404, 405} else BadRequest())
    answer.status_code = status
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        answer.headers["Allow"] = ", ".join(sorted(_methods(request)))
    return answer


def _page_above(request: Request) -> str:
    """The page on which a form stands: who reloads what a form answered with asks for an address that takes forms only.

    The nearest one above that is a page, with what was asked for behind the question mark.
    """
    path, pages = request.scope["path"], [route for route in request.app.routes if isinstance(route, Route)]
    while path := path.rpartition("/")[0]:
        above = {**request.scope, "path": path}
        if any(route.matches(above)[0] is Match.FULL for route in pages):
            return str(request.url.replace(path=path, scheme="", netloc=""))
    return "/"


def _methods(request: Request) -> set[str]:
    """What may be done at an address, by all of its routes: each alone knows its own method only."""
    here = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    return {method for route in here if isinstance(route, Route) for method in route.methods or ()}


async def _failure(request: Request, _failed: Exception) -> Response:
    return await _problem(request, Problem())
