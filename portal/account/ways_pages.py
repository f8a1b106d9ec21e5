"""The ways in which one signs in: which there are; a password set, changed or removed; passkeys added and removed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Annotated, Final
from uuid import UUID

from pydantic import AfterValidator, Field
from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portal.account import factor_letters
from portal.auth import actions as sessions
from portal.auth.actions import SESSION_COOKIE
from portal.auth.passkeys import actions as passkeys
from portal.auth.passkeys.actions import Credential
from portal.auth.passkeys.models import Passkey
from portal.auth.passwords import actions as passwords
from portal.auth.passwords import guesses, rules
from portal.auth.passwords.actions import Done, NewPassword, PasswordState, TooManyCodes
from portal.auth.people import ConfirmedUser, User, confirmed_user, user
from portal.auth.rules import Way
from portal.auth.ways import passkey as by_passkey
from portal.auth.ways import password as by_password
from portal.auth.ways.passkey import NotOurs, Passkeys
from portal.auth.ways.password import Passwords
from portal.customers.fields import OneLine, email_address
from portal.installation import Installation
from portal.kit import formats
from portal.kit.forms import Form, Typed, Valid, one_of, read, said
from portal.kit.html import Page
from portal.kit.i18n import Language, Text, text
from portal.kit.transactions import reading, writing
from portal.kit.web import Answer, Cookie, FlowVisit, Redirect, Reply, Visit, action, flow, page
from portal.outbox.letters import Addressee

WAYS: Final = "/account/sign-in"
PASSWORD: Final = "/account/sign-in/password"  # noqa: S105 - an address
PASSKEY: Final = "/account/sign-in/passkey"
LONGEST_NAME: Final = 60


class Changed(StrEnum):
    """What became of a way in; the value of `changed=`."""

    SET = Done.SET
    CHANGED = Done.CHANGED
    REMOVED = "removed"
    PASSKEY_ADDED = "passkey-added"
    PASSKEY_REFUSED = "passkey-refused"
    PASSKEY_REMOVED = "passkey-removed"


NEWS: Final[Mapping[Changed, Text]] = {
    Changed.SET: text("Your password has been set. You can sign in by it from now on."),
    Changed.CHANGED: text("Your password has been changed. Where you were signed in by it, you are signed out."),
    Changed.REMOVED: text("Your password has been removed. Where you were signed in by it, you are signed out."),
    Changed.PASSKEY_ADDED: text("Your passkey has been added. You can sign in by it from now on."),
    Changed.PASSKEY_REFUSED: text("The passkey was not added: it is known already, or did not pass our checks."),
    Changed.PASSKEY_REMOVED: text("The passkey has been removed. Where you were signed in by one, you are signed out."),
}
TOLD: Final[Mapping[Changed, Text]] = {
    Changed.SET: text("A password for signing in has been set"),
    Changed.CHANGED: text("The password for signing in has been changed"),
    Changed.REMOVED: text("The password for signing in has been removed"),
    Changed.PASSKEY_ADDED: text("A passkey for signing in has been added"),
    Changed.PASSKEY_REMOVED: text("A passkey for signing in has been removed"),
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
    passkeys: Sequence[Passkey]
    ways: frozenset[str]
    news: Text | None
    went_wrong: bool


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
    return _ways(visit.db, visit, Typed(), changed)


def _ways(
    db: Session,
    visit: Visit[User] | Visit[ConfirmedUser] | FlowVisit[ConfirmedUser],
    typed: Typed,
    changed: Changed | None,
) -> WaysPage:
    return WaysPage(
        typed=typed,
        state=passwords.state(db, visit.who, visit.now),
        passkeys=passkeys.of_person(db, visit.who),
        ways=visit.installation.ways,
        news=NEWS[changed] if changed else None,
        went_wrong=changed is Changed.PASSKEY_REFUSED,
    )


def ask_for_name(visit: Visit[ConfirmedUser]) -> Reply:
    """Send a code to an address that shall be the login name; where it is somebody's already, nothing tells."""
    match read(NameForm, visit.form):
        case Typed() as again:
            return Answer(_ways(visit.db, visit, again, None), status=422)
        case Valid(value=form):
            pass
    try:
        code = passwords.ask_for_name(visit.db, visit.who, form.email, visit.now)
    except TooManyCodes as full:
        at = formats.instant(full.free_at, visit.language)
        says = text("No more codes are sent today. Try again on %(at)s.", at=at)
        shown = _ways(visit.db, visit, Typed({"email": form.email}, {"email": says}), None)
        return Answer(shown, status=TooManyCodes.status)
    own = next(iter(sorted(visit.who.reach.own)), None)
    factor_letters.send_code(visit.db, Addressee(form.email, own, visit.language), code, visit.now)
    return Redirect(PASSWORD)


def show_password(visit: Visit[ConfirmedUser]) -> Reply:
    """The form, where there is a login name or a code on its way to one."""
    state = passwords.state(visit.db, visit.who, visit.now)
    return _form(Typed(), state) if _is_offered(visit) and (state.login_name or state.asked) else Redirect(WAYS)


def _is_offered(visit: Visit[User] | Visit[ConfirmedUser]) -> bool:
    return Way.PASSWORD in visit.installation.ways


async def set_password(way: Passwords, visit: FlowVisit[ConfirmedUser]) -> Reply:
    """Set or change it, or show the form again; the session goes on under another id."""
    typed = {name: said(visit.form, name) for name in ("code", "password", "again")}
    state = await reading(visit, lambda db: passwords.state(db, visit.who, visit.now))
    password = rules.normal(typed["password"])
    if not state.asked and (typed["code"] or not state.login_name):
        return await reading(visit, lambda db: _name_again(db, visit, Done.WRONG_CODE))
    wrong = await reading(visit, lambda db: _wrong(db, visit, state, password))
    if wrong is None and rules.normal(typed["again"]) != password:
        return _again(state, typed["code"], "again", text("The two are not the same. Type both again."))
    if wrong is not None:
        return _again(state, typed["code"], "password", wrong)
    new = NewPassword(await way.hashing.hashed(password), typed["code"])
    done = await writing(visit, lambda db: _set(db, way, visit, new))
    if isinstance(done, Redirect):
        return done
    now = await reading(visit, lambda db: passwords.state(db, visit.who, visit.now))
    if now.asked:
        return _again(now, typed["code"], *REFUSED[done])
    return await reading(visit, lambda db: _name_again(db, visit, done))


def remove_password(visit: Visit[ConfirmedUser]) -> Redirect:
    """Remove it; the session goes on under another id."""
    name = passwords.remove(visit.db, visit.who, visit.now)
    if name is None:
        return Redirect(WAYS)
    return _told(visit.db, visit, Changed.REMOVED, [name])


async def begin_passkey(way: Passkeys, visit: FlowVisit[ConfirmedUser]) -> Response:
    """What the browser's dialog needs to know."""
    return JSONResponse(
        await writing(visit, lambda db: by_passkey.begin_adding(way, db, visit.who, visit.language, visit.now))
    )


async def add_passkey(way: Passkeys, visit: FlowVisit[ConfirmedUser]) -> Redirect:
    """Keep the passkey that the browser has made; the session goes on under another id."""
    try:
        made = await by_passkey.finish_adding(way, visit, said(visit.form, "credential"))
    except NotOurs:
        return Redirect(f"{WAYS}?changed={Changed.PASSKEY_REFUSED}")
    return await writing(visit, lambda db: _added(db, visit, made))


def name_passkey(visit: Visit[ConfirmedUser]) -> Redirect:
    """Call one otherwise."""
    if passkey_id := _id(visit):
        passkeys.rename(visit.db, visit.who, passkey_id, _name(visit.form))
    return Redirect(WAYS)


def remove_passkey(visit: Visit[ConfirmedUser]) -> Redirect:
    """Remove one; the session goes on under another id."""
    passkey_id = _id(visit)
    if passkey_id is None or not passkeys.remove(visit.db, visit.who, passkey_id, visit.now):
        return Redirect(WAYS)
    return _told(visit.db, visit, Changed.PASSKEY_REMOVED, [])


def _added(db: Session, visit: FlowVisit[ConfirmedUser], made: Credential) -> Redirect:
    if not passkeys.add(db, visit.who, made, _name(visit.form), visit.now):
        return Redirect(f"{WAYS}?changed={Changed.PASSKEY_REFUSED}")
    return _told(db, visit, Changed.PASSKEY_ADDED, [])


def _set(db: Session, way: Passwords, visit: FlowVisit[ConfirmedUser], new: NewPassword) -> Redirect | Done:
    before = passwords.state(db, visit.who, visit.now).login_name
    done = passwords.set_password(db, visit.who, new, way.name_key, visit.now)
    if done in REFUSED:
        return done
    now = passwords.state(db, visit.who, visit.now).login_name
    # The bank has just proved whose browser this is: no stranger's guesses lock it out.
    device = guesses.know(db, visit.who.account_id, by_password.begin(visit), sessions.secret(), visit.now)
    told = _told(db, visit, Changed(done), [name for name in (before, now) if name])
    return replace(told, cookies=[*told.cookies, *by_password.device_cookies(device.token)])


def _told(
    db: Session, visit: Visit[ConfirmedUser] | FlowVisit[ConfirmedUser], changed: Changed, besides: Sequence[str]
) -> Redirect:
    """Tell the person of a change, and go on under another session id."""
    told = factor_letters.Told(TOLD[changed], visit.language)
    factor_letters.tell_of_change(db, visit.installation, visit.who, told, besides, visit.now)
    cookie = sessions.renew(db, visit.who, visit.now)
    return Redirect(f"{WAYS}?changed={changed}", [Cookie(SESSION_COOKIE, cookie)])


def _name(form: FormData) -> str:
    """What a passkey shall be called, in one line."""
    name = " ".join("".join(one if one.isprintable() else " " for one in said(form, "name")).split())
    return name[:LONGEST_NAME] or "–"


def _id(visit: Visit[ConfirmedUser]) -> UUID | None:
    try:
        return UUID(said(visit.form, "passkey"))
    except ValueError:
        return None


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


def _name_again(db: Session, visit: FlowVisit[ConfirmedUser], done: Done) -> Answer:
    """Where no code is on its way any more, an address is what is asked for."""
    _, says = REFUSED[done]
    return Answer(_ways(db, visit, Typed({}, {"email": says}), None), status=422)


def _form(typed: Typed, state: PasswordState) -> PasswordPage:
    return PasswordPage(typed, state, rules.SHORTEST, rules.LONGEST)


routes = [
    page(WAYS, show, who=user, viewed=text("Looked at the ways to sign in")),
    page(PASSWORD, show_password, who=confirmed_user, viewed=text("Opened the form of a password")),
    action(f"{PASSWORD}/remove", remove_password, who=confirmed_user),
    action(f"{PASSKEY}/name", name_passkey, who=confirmed_user),
    action(f"{PASSKEY}/remove", remove_passkey, who=confirmed_user),
]


def of_password(way: Passwords) -> list[Route]:
    """The addresses by which a password is set, where the installation has this way."""
    return [
        action(f"{PASSWORD}/name", ask_for_name, who=confirmed_user),
        flow(PASSWORD, partial(set_password, way), who=confirmed_user, method="POST"),
    ]


def of_passkeys(way: Passkeys) -> list[Route]:
    """The addresses by which passkeys are added, where the installation has this way."""
    return [
        flow(f"{PASSKEY}/begin", partial(begin_passkey, way), who=confirmed_user, method="POST"),
        flow(PASSKEY, partial(add_passkey, way), who=confirmed_user, method="POST"),
    ]
