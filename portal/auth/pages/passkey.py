"""The page from which one signs in by a passkey: the browser's own dialog opens, and its answer comes as a form."""

from dataclasses import dataclass

from starlette.responses import JSONResponse, Response

from portal.auth.people import User
from portal.auth.rules import local_path
from portal.auth.ways import passkey as way
from portal.auth.ways.passkey import NotOurs, Passkeys
from portal.kit.access import Anyone
from portal.kit.forms import said
from portal.kit.headers import exchange
from portal.kit.html import Page
from portal.kit.i18n import Text, text
from portal.kit.rates import Turnstile, retry_after_s
from portal.kit.transactions import writing
from portal.kit.web import Answer, FlowVisit, Redirect, Reply, address_of

NOT_OURS = text(
    "The passkey did not pass our checks, or took longer than five minutes. Try again, or sign in by your bank."
)


@dataclass(frozen=True)
class PasskeySignIn(Page):
    """The button that opens the dialog, and what did not succeed."""

    template = "auth/passkey.html"
    then: str
    wrong: Text | None


async def show(visit: FlowVisit[Anyone]) -> Reply:
    """The button, or straight on for those who are signed in."""
    then = local_path(visit.query.get("next"))
    return Redirect(then) if isinstance(visit.who, User) else PasskeySignIn(then, None)


async def begin(passkeys: Passkeys, turnstile: Turnstile, visit: FlowVisit[Anyone]) -> Response:
    """What the browser's dialog needs to know."""
    if wait_s := turnstile.wait_s(address_of(visit.request)):
        return Response(status_code=429, headers=retry_after_s(wait_s))
    return JSONResponse(await writing(visit, lambda db: way.begin(passkeys, db, visit.now)))


async def sign_in(passkeys: Passkeys, visit: FlowVisit[Anyone]) -> Reply:
    """Sign a person in, or say that it did not succeed."""
    to = local_path(said(visit.form, "next"))
    try:
        cookie = await way.finish(passkeys, visit, said(visit.form, "credential"))
    except NotOurs:
        exchange(visit.request.scope).notes["reason"] = "passkey.not_ours"
        return Answer(PasskeySignIn(to, NOT_OURS), status=422)
    return Redirect(to, [cookie])
