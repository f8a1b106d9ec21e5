"""One clock for a session: the tabs ask when it ends, and say when somebody types, so that each tells the same time.

A tab proves by its form token which session it was opened in. Asking keeps no session alive.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from portal.auth import actions
from portal.auth.actions import SESSION_COOKIE
from portal.kit.web import Platform, form_subject, in_thread, platform_of


async def ask(request: Request) -> Response:
    """For how many seconds the session goes on if nobody uses it; 0 where it has ended."""
    return await in_thread(platform_of(request), _left, request)


async def use(request: Request) -> Response:
    """The same, after noting that somebody uses it."""
    return await in_thread(platform_of(request), _used, request)


def _left(request: Request) -> Response:
    platform = platform_of(request)
    with platform.database.reading() as db:
        left = actions.left(db, _page(platform, request), platform.now())
    return JSONResponse({"left_s": int(left.total_seconds())})


def _used(request: Request) -> Response:
    platform = platform_of(request)
    with platform.database.writing() as db:
        actions.note_use(db, _page(platform, request), platform.now())
    return _left(request)


def _page(platform: Platform, request: Request) -> actions.OpenPage:
    return actions.OpenPage(request.cookies.get(SESSION_COOKIE, ""), form_subject(platform, request) or "")
