"""One clock for a session: the tabs ask when it ends, and say when somebody types, so that each tells the same time.

A tab proves by its form token which session it was opened in. Asking keeps no session alive. A tab whose session has
ended leaves what stands in its form before it empties itself.
"""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from portal.auth import actions
from portal.auth.actions import SESSION_COOKIE
from portal.auth.pages.sign_in import Occasion
from portal.kit.answers import page_of
from portal.kit.kept import PAGE_FIELD, marked
from portal.kit.web import Platform, form_subject, in_thread, keep, platform_of

MOST_FIELDS = 200


async def ask(request: Request) -> Response:
    """For how many seconds the session goes on if nobody uses it; 0 where it has ended."""
    return await in_thread(platform_of(request), _left, request)


async def use(request: Request) -> Response:
    """The same, after noting that somebody uses it."""
    return await in_thread(platform_of(request), _used, request)


async def leave(request: Request) -> Response:
    """Keep what was typed into a form to `_action`; where to sign in, so that it stands there again."""
    platform, form = platform_of(request), await request.form(max_files=0, max_fields=MOST_FIELDS)
    request.state.page = form.get(PAGE_FIELD)
    form_id = await in_thread(platform, keep, platform, request, form, str(form.get("_action", "")))
    page = page_of(request)
    then, why = (marked(page, form_id), Occasion.KEPT) if form_id else (page, Occasion.ENDED)
    return JSONResponse({"to": f"/sign-in?{urlencode({'next': then, 'notice': why.value})}"})


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
