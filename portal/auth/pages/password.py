"""The page on which one signs in by an e-mail address and a password."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from portal.auth.passwords.guesses import NoTryLeft
from portal.auth.people import User
from portal.auth.rules import local_path
from portal.auth.ways import password as way
from portal.auth.ways.password import NotRight, Passwords
from portal.kit.access import Anyone
from portal.kit.errors import TooMany
from portal.kit.forms import Typed, said
from portal.kit.headers import exchange
from portal.kit.html import Page
from portal.kit.i18n import Text, counted, text
from portal.kit.rates import retry_after_s
from portal.kit.web import Answer, FlowVisit, Redirect, Reply

NOT_RIGHT = text(
    "The email address or the password is not right. Check both; if you have forgotten the password, or have none yet, "
    "identify yourself by your bank and set one under My details."
)


@dataclass(frozen=True)
class PasswordSignIn(Page):
    """The form; of what was typed only the name is shown again."""

    template = "auth/password.html"
    typed: Typed
    then: str


async def show(visit: FlowVisit[Anyone]) -> Reply:
    """The form, or straight on for those who are signed in."""
    then = local_path(visit.query.get("next"))
    return Redirect(then) if isinstance(visit.who, User) else PasswordSignIn(Typed(), then)


async def sign_in(passwords: Passwords, visit: FlowVisit[Anyone]) -> Reply:
    """Sign a person in, or show the form again: in the same words, whatever was not right."""
    then, name = local_path(said(visit.form, "next")), said(visit.form, "name")
    try:
        cookies = await way.finish(passwords, visit, way.NameAndPassword(name, said(visit.form, "password")))
    except NotRight:
        exchange(visit.request.scope).notes["reason"] = "password.not_right"
        return Answer(PasswordSignIn(Typed({"name": name}, {"password": NOT_RIGHT}), then), status=422)
    except NoTryLeft as spent:
        exchange(visit.request.scope).notes["reason"] = "password.no_try_left"
        again = PasswordSignIn(Typed({"name": name}, {"password": _later(spent.wait)}), then)
        return Answer(again, headers=_retry_after(spent.wait), status=TooMany.status)
    exchange(visit.request.scope).notes["reason"] = "password.signed_in"
    return Redirect(then, cookies)


def _later(wait: timedelta) -> Text:
    minutes = -(-int(wait.total_seconds()) // 60) or 1
    return counted(
        "There have been too many attempts. Try again in %(n)s minute, or identify yourself by your bank.",
        "There have been too many attempts. Try again in %(n)s minutes, or identify yourself by your bank.",
        minutes,
    )


def _retry_after(wait: timedelta) -> Mapping[str, str]:
    return retry_after_s(max(1, int(wait.total_seconds())))
