"""Out again: the session ends at once, and the browser forgets what it has seen."""

import logging
from urllib.parse import urlencode

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal.auth import actions
from portal.auth.actions import BINDING_COOKIE, SESSION_COOKIE
from portal.auth.pages.sign_in import Occasion
from portal.kit.web import Platform, in_thread

log = logging.getLogger("portal.auth")

SIGNED_OUT = f"/sign-in?{urlencode({'notice': Occasion.SIGNED_OUT.value})}"
# With the header or the deleted cookie alone, Chromium shows the last private page again on Back.
# Cookies are deleted one by one: the device cookie stays, without which strangers' guesses would lock its owner out.
FORGET = '"cache", "storage"'


async def sign_out(request: Request) -> Response:
    """End the session and go to the page of banks.

    No form token is asked for: signing out must work from a page whose session is dead. Another site cannot do it,
    as the request's origin has been checked before.
    """
    platform: Platform = request.app.state.platform
    cookie = request.cookies.get(SESSION_COOKIE)
    if cookie:
        await _end_if_possible(platform, cookie)
    answer = RedirectResponse(SIGNED_OUT, 303, {"Clear-Site-Data": FORGET})
    for name in (SESSION_COOKIE, BINDING_COOKIE):
        answer.delete_cookie(name, secure=True, httponly=True, samesite="lax")
    return answer


async def _end_if_possible(platform: Platform, cookie: str) -> None:
    """End the session; where the database does not answer, the browser forgets it all the same."""
    try:
        await in_thread(platform, _end, platform, cookie)
    except SQLAlchemyError:
        log.exception("a session could not be ended at sign-out")


def _end(platform: Platform, cookie: str) -> None:
    with platform.database.writing() as db:
        actions.end(db, cookie, platform.now())
