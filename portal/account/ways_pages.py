"""The ways in which one signs in: which there are, and a password set, changed or removed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Annotated, Final

from pydantic import AfterValidator, Field
from sqlmodel import Session
from starlette.routing import Route

from portal.account import factor_letters
from portal.account.forms import OneLine, email_address
from portal.auth import actions as sessions
from portal.auth.actions import SESSION_COOKIE
from portal.auth.passwords import actions as passwords
from portal.auth.passwords import guesses, rules
from portal.auth.passwords.actions import Done, NewPassword, PasswordState, TooManyCodes
from portal.auth.people import ConfirmedUser, User, confirmed_user, user
from portal.auth.rules import Way
from portal.auth.ways import password as by_password
from portal.auth.ways.password import Passwords
from portal.installation import Installation
from portal.kit import formats
from portal.kit.forms import Form, Typed, Valid, one_of, read
from portal.kit.html import Page
from portal.kit.i18n import Language, Text, text
from portal.kit.transactions import reading, writing
from portal.kit.web import Answer, Cookie, FlowVisit, Redirect, Reply, Visit, action, flow, page
from portal.outbox.letters import Addressee

WAYS: Final = "/account/ways"
PASSWORD: Final = "/account/ways/password"  # noqa: S105 - an address


class Changed(StrEnum):
    """What became of a way in; the value of `changed=`."""

    SET = Done.SET
    CHANGED = Done.CHANGED
    REMOVED = "removed"


NEWS: Final[Mapping[Changed, Text]] = {
    Changed.SET: text("Your password has been set. You can sign in by it from now on."),
    Changed.CHANGED: text("Your password has been changed. Where you were signed in by it, you are signed out."),
    Changed.REMOVED: text("Your password has been removed. Where you were signed in by it, you are signed out."),
}
TOLD: Final[Mapping[Changed, Text]] = {
    Changed.SET: text("A password for signing in has been set"),
    Changed.CHANGED: text("The password for signing in has been changed"),
    Changed.REMOVED: text("The password for signing in has been removed"),
}
REFUSED: Final[Mapping[Done, tuple[str, Text]]] = {
    Done.WRONG_CODE: ("code", text("The code is not right, or too old. After five wrong ones ask for a new letter.")),
    Done.NO_NAME: ("code", text("Type the code that we sent to your email address.")),
    Done.TAKEN: ("code", text("This address is the login name of somebody else already. Choose another address.")),
}


class NameForm(Form):
    """The e-mail address that shall be the login name."""

    email: Annotated[str, Field(min_length=1, max_length=254), OneLine, AfterValidator(email_address)]


@dataclass(frozen=True)
class WaysPage(Page):
    """Which ways there are, and what can be done about them; a code that is on its way is told."""

    template = "account/ways.html"
    typed: Typed
    state: PasswordState
    is_offered: bool
    news: Text | None


@dataclass(frozen=True)
class PasswordPage(Page):
    """The form of a password; of what was typed only the code is shown again."""

    template = "account/password.html"
    typed: Typed
    state: PasswordState
    shortest: int
    longest: int


def show(visit: Visit[User]) -> WaysPage:
    """Which ways there are."""
    changed = one_of(Changed, visit.query.get("changed"), None)
    state = passwords.state(visit.db, visit.who, visit.now)
    return WaysPage(Typed(), state, _is_offered(visit), NEWS[changed] if changed else None)


def ask_for_name(visit: Visit[ConfirmedUser]) -> Reply:
    """Send a code to an address that shall be the login name; where it is somebody's already, nothing tells."""
    match read(NameForm, visit.form):
        case Typed() as again:
            return _ways_again(visit, again, 422)
        case Valid(value=form):
            pass
    try:
        code = passwords.ask_for_name(visit.db, visit.who, form.email, visit.now)
    except TooManyCodes as full:
        at = formats.instant(full.free_at, visit.language)
        says = text("No more codes are sent today. Try again on %(at)s.", at=at)
        return _ways_again(visit, Typed({"email": form.email}, {"email": says}), TooManyCodes.status)
    own = next(iter(sorted(visit.who.reach.own)), None)
    factor_letters.send_code(visit.db, Addressee(form.email, own, visit.language), code, visit.now)
    return Redirect(PASSWORD)


def _ways_again(visit: Visit[ConfirmedUser], typed: Typed, status: int) -> Answer:
    state = passwords.state(visit.db, visit.who, visit.now)
    return Answer(WaysPage(typed, state, is_offered=True, news=None), status=status)


def show_password(visit: Visit[ConfirmedUser]) -> Reply:
    """The form, where there is a login name or a code on its way to one."""
    state = passwords.state(visit.db, visit.who, visit.now)
    return _form(Typed(), state) if _is_offered(visit) and (state.login_name or state.asked) else Redirect(WAYS)


def _is_offered(visit: Visit[User] | Visit[ConfirmedUser]) -> bool:
    return Way.PASSWORD in visit.installation.ways


async def set_password(way: Passwords, visit: FlowVisit[ConfirmedUser]) -> Reply:
    """Set or change it, or show the form again; the session goes on under another id."""
    said = {name: str(visit.form.get(name, "")) for name in ("code", "password", "again")}
    state = await reading(visit, lambda db: passwords.state(db, visit.who, visit.now))
    password = rules.normal(said["password"])
    if not state.asked and (said["code"] or not state.login_name):
        return _name_again(state, Done.WRONG_CODE)
    wrong = await reading(visit, lambda db: _wrong(db, visit, state, password))
    if wrong is None and rules.normal(said["again"]) != password:
        return _again(state, said["code"], "again", text("The two are not the same. Type both again."))
    if wrong is not None:
        return _again(state, said["code"], "password", wrong)
    new = NewPassword(await way.hashing.hashed(password), said["code"])
    done, cookies = await writing(visit, lambda db: _set(db, way, visit, new))
    if done in REFUSED:
        now = await reading(visit, lambda db: passwords.state(db, visit.who, visit.now))
        return _again(now, said["code"], *REFUSED[done]) if now.asked else _name_again(now, done)
    return Redirect(f"{WAYS}?changed={done}", cookies)


def remove_password(visit: Visit[ConfirmedUser]) -> Redirect:
    """Remove it; the session goes on under another id."""
    name = passwords.remove(visit.db, visit.who, visit.now)
    if name is None:
        return Redirect(WAYS)
    what = TOLD[Changed.REMOVED], visit.language
    factor_letters.tell_of_change(visit.db, visit.installation, visit.who, what, [name], visit.now)
    cookie = sessions.renew(visit.db, visit.who, visit.now)
    return Redirect(f"{WAYS}?changed={Changed.REMOVED}", [Cookie(SESSION_COOKIE, cookie)])


def _set(
    db: Session, way: Passwords, visit: FlowVisit[ConfirmedUser], new: NewPassword
) -> tuple[Done, Sequence[Cookie]]:
    before = passwords.state(db, visit.who, visit.now).login_name
    done = passwords.set_password(db, visit.who, new, way.name_key, visit.now)
    if done in REFUSED:
        return done, []
    now = passwords.state(db, visit.who, visit.now).login_name
    names = [name for name in (before, now) if name]
    what = TOLD[Changed(done)], visit.language
    factor_letters.tell_of_change(db, visit.installation, visit.who, what, names, visit.now)
    # The bank has just proved whose browser this is: no stranger's guesses lock it out.
    device = guesses.know(db, visit.who.account_id, by_password.begin(visit), sessions.secret(), visit.now)
    cookie = Cookie(SESSION_COOKIE, sessions.renew(db, visit.who, visit.now))
    return done, [cookie, *by_password.device_cookies(device.token)]


def _wrong(db: Session, visit: FlowVisit[ConfirmedUser], state: PasswordState, password: str) -> Text | None:
    """What is to be changed about a password."""
    told = rules.telling_words(_about(visit.who, visit.installation, state))
    if weak := rules.weakness(password, told):
        return weak
    if passwords.is_breached(db, password):
        return text("Choose another one: this stands in a list of stolen passwords.")
    return None


def _about(who: User, here: Installation, state: PasswordState) -> Sequence[str]:
    """What others know of a person, and what everybody knows of the service."""
    own = [party for party in who.reach.choices if party.is_own]
    addresses = [line or "" for party in own for line in (party.name, party.street, party.town)]
    names = [here.brand.company, *(here.brand.called(language) for language in Language)]
    return [who.name, state.login_name or "", state.asked or "", *addresses, *names]


def _again(state: PasswordState, code: str, field: str, says: Text) -> Answer:
    return Answer(_form(Typed({"code": code}, {field: says}), state), status=422)


def _name_again(state: PasswordState, done: Done) -> Answer:
    """Where no code is on its way any more, an address is what is asked for."""
    _, says = REFUSED[done]
    return Answer(WaysPage(Typed({}, {"email": says}), state, is_offered=True, news=None), status=422)


def _form(typed: Typed, state: PasswordState) -> PasswordPage:
    return PasswordPage(typed, state, rules.SHORTEST, rules.LONGEST)


routes = [
    page(WAYS, show, who=user, viewed=text("Looked at the ways to sign in")),
    page(PASSWORD, show_password, who=confirmed_user, viewed=text("Opened the form of a password")),
    action(f"{PASSWORD}/remove", remove_password, who=confirmed_user),
]


def of_password(way: Passwords) -> list[Route]:
    """The addresses by which a password is set, where the installation has this way."""
    return [
        action(f"{PASSWORD}/name", ask_for_name, who=confirmed_user),
        flow(PASSWORD, partial(set_password, way), who=confirmed_user, method="POST"),
    ]
