"""From a route to an answer: guard, transaction, handler, page.

A handler is a plain function from a `Visit` to a `Page`, a `Redirect` or a `Download`. Returning commits, raising rolls
back. Handlers run in four threads; only `flow` handlers are async, hold no transaction, and may wait for other servers.
This is the front door of the kit: slices import what they need of visits and replies from here.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, ParamSpec, TypeVar
from uuid import UUID

from python_multipart.multipart import parse_options_header
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.kit.access import Anyone, Guard
from portal.kit.answers import dressed, elsewhere, page_of
from portal.kit.errors import BadRequest, FormExpired, Problem, SignInNeeded, StepUpNeeded
from portal.kit.headers import exchange
from portal.kit.i18n import Text
from portal.kit.kept import MARK, PAGE_FIELD, is_local, mark_of, marked, typed
from portal.kit.limits import SAFE
from portal.kit.outages import outage
from portal.kit.replies import Answer, Cookie, Download, Redirect, Reply
from portal.kit.visits import (
    LANGUAGE_COOKIE,
    VIEWED,
    FlowVisit,
    PageView,
    Platform,
    Recognition,
    Visit,
    address_of,
    language_of,
    person_of,
    platform_of,
    recognise,
)

__all__ = [
    "LANGUAGE_COOKIE",
    "Answer",
    "Cookie",
    "Download",
    "FlowVisit",
    "PageView",
    "Platform",
    "Recognition",
    "Redirect",
    "Reply",
    "Visit",
    "action",
    "address_of",
    "bare",
    "flow",
    "form_subject",
    "in_thread",
    "keep",
    "page",
    "platform_of",
]

FORM_TOKEN_FIELD = "_token"  # noqa: S105 - the name of a field
FORM_TOKEN_HEADER = "x-form-token"  # noqa: S105 - the name of a header
FORM_TOKEN_AGE_S = 12 * 3600

MOST_BODY_BYTES: Final = "most_body_bytes"
"""The name under which a route keeps how many bytes its body may have, where it may be larger: for `TurnAway`."""
CALLED: Final = "called"
"""The name under which a route keeps that other servers post to it: for `TurnAway`."""

LAPSED = (SignInNeeded, StepUpNeeded, FormExpired)  # what stops a form that was right when it was shown

P = TypeVar("P", bound=Anyone)
A = ParamSpec("A")
T = TypeVar("T")


Handler = Callable[[Visit[P]], Reply]
FlowHandler = Callable[[FlowVisit[P]], Awaitable[Reply | Response]]


def page(path: str, handler: Handler[P], *, who: Guard[P], viewed: Text | None = None) -> Route:
    """A route that only reads.

    `viewed` is what somebody did who opened it, as the log tells a customer of those who act on their behalf; a page
    that is about nobody has none.
    """
    if viewed is not None:
        VIEWED[path] = viewed
    return _route("GET", path, handler, who)


def action(path: str, handler: Handler[P], *, who: Guard[P], many: Collection[str] = ()) -> Route:
    """A route that changes something, then redirects or shows the form again.

    `many` names the fields that may come several times; any other that does is refused.
    """
    return _route("POST", path, handler, who, many)


def flow(
    path: str, handler: FlowHandler[P], *, who: Guard[P], method: str = "GET", most_bytes: int | None = None
) -> Route:
    """An async route that holds no transaction: for conversations with other servers, and for what takes a while.

    most_bytes: of what is sent, where that may be more than elsewhere
    """

    async def endpoint(request: Request) -> Response:
        platform = platform_of(request)
        form = await _form(request)
        now = platform.now()
        known = await in_thread(platform, _recognised, platform, request, now)
        try:
            person = _admitted(platform, request, who, known.person)
            _check_token(platform, request, form, person)
        except LAPSED as lapsed:
            if request.method in SAFE:
                raise
            return await in_thread(platform, _lapsed, platform, request, form, lapsed)
        visit = FlowVisit(
            person,
            request,
            platform.database.seen_by(person.sight),
            form,
            request.query_params,
            request.path_params,
            now,
            language_of(request),
            platform.installation,
        )
        reply = await handler(visit)
        if isinstance(reply, Response):
            return reply
        if isinstance(reply, Redirect) and _given_back(request) is not None:
            await in_thread(platform, _forget_apart, platform, request, person)
        return await in_thread(platform, _dressed_apart, platform, request, reply)

    route = Route(path, endpoint, methods=[method], name=_name(handler))
    if most_bytes is not None:
        vars(route)[MOST_BODY_BYTES] = most_bytes
    return _guarded(route, who)


def bare(
    path: str, endpoint: Callable[[Request], Awaitable[Response]], *, who: Guard[Any], method: str = "GET"
) -> Route:
    """A route for machines: no person, no transaction, no form token."""
    return _guarded(Route(path, endpoint, methods=[method], name=_name(endpoint)), who)


def called(path: str, endpoint: Callable[[Request], Awaitable[Response]], *, who: Guard[Any]) -> Route:
    """A route to which another company's server posts: it names no origin, and what it sends proves itself."""
    route = bare(path, endpoint, who=who, method="POST")
    vars(route)[CALLED] = True
    return route


async def in_thread(platform: Platform, work: Callable[A, T], /, *args: A.args, **kwargs: A.kwargs) -> T:
    """Run database work in one of the few threads; an async handler waits for it without blocking others."""
    return await platform.threads.run(work, *args, **kwargs)


def _route(method: str, path: str, handler: Handler[P], who: Guard[P], many: Collection[str] = ()) -> Route:
    async def endpoint(request: Request) -> Response:
        platform = platform_of(request)
        form = await _form(request, many)
        try:
            return await in_thread(platform, _answer, platform, request, handler, who, form)
        except LAPSED as lapsed:
            if request.method in SAFE:
                raise
            return await in_thread(platform, _lapsed, platform, request, form, lapsed)

    return _guarded(Route(path, endpoint, methods=[method], name=_name(handler)), who)


def _name(handler: Callable[..., object]) -> str:
    function = getattr(handler, "func", handler)
    slice_ = function.__module__.removeprefix("portal.").split(".")[0]
    return f"{slice_}.{function.__qualname__.rpartition('.')[2]}"


def _guarded(route: Route, who: Guard[Any]) -> Route:
    vars(route)["guard"] = who  # read back by the architecture tests
    return route


async def _form(request: Request, many: Collection[str] = ()) -> FormData:
    """What was sent. Raises BadRequest where a field is there twice: of two values, nobody meant one."""
    if request.method in SAFE:
        return FormData()
    charset = parse_options_header(request.headers.get("content-type"))[1].get(b"charset", b"utf-8")
    if charset.lower() not in {b"utf-8", b"utf8"}:
        raise BadRequest
    form = await request.form(max_files=1, max_fields=200)
    said = Counter(name for name, _ in form.multi_items() if name not in many)
    if said and max(said.values()) > 1:
        raise BadRequest
    request.state.page = form.get(PAGE_FIELD)
    return form


def _dressed_apart(platform: Platform, request: Request, reply: Reply) -> Response:
    """Dress a reply that was made outside of any transaction; its layout names the person."""
    with platform.database.seen_by(person_of(request).sight).reading() as db:
        return dressed(platform, request, reply, db)


def _answer(platform: Platform, request: Request, handler: Handler[P], who: Guard[P], form: FormData) -> Response:
    now = platform.now()
    known = None
    try:
        with _transaction(platform, request) as db:
            known = recognise(platform, request, db, now)
            person = _admitted(platform, request, who, known.person)
            _check_token(platform, request, form, person)
            visit = Visit(
                person,
                db,
                request.path_params,
                request.query_params,
                form,
                now,
                language_of(request),
                platform.installation,
                request.cookies,
            )
            reply = handler(visit)
            if isinstance(reply, Redirect):
                _forget(platform, request, db, person)
            if request.method in SAFE:
                answer = dressed(platform, request, reply, db)
        if not isinstance(reply, Redirect):  # a form that is shown again shows what a page does
            _audit_view(platform, person, PageView(request.scope["route"].path, request.path_params.get("id", ""), now))
        if request.method in SAFE:
            return answer
        # What was changed is committed, and its locks are free, before a page is made of it.
        return _dressed_apart(platform, request, reply)
    finally:
        if known is not None:
            _note_seen(platform, request, known)


def _admitted(platform: Platform, request: Request, who: Guard[P], person: Anyone) -> P:
    """The person, where the guard lets them in and the way by which they came opens the route.

    What is open to anybody is so whichever way somebody came.
    """
    admitted = who.admit(person)
    if who.kind is not Anyone:
        platform.ask_way(request.method, request.scope["route"].path, admitted)
    return admitted


@contextmanager
def _transaction(platform: Platform, request: Request) -> Iterator[Session]:
    opened = platform.database.reading if request.method in SAFE else platform.database.writing
    with opened() as db:
        yield db


def _recognised(platform: Platform, request: Request, now: datetime) -> Recognition:
    with platform.database.reading() as db:
        known = recognise(platform, request, db, now)
    _note_seen(platform, request, known)
    return known


def _note_seen(platform: Platform, request: Request, known: Recognition) -> None:
    """Keep the session alive: a business GET writes nothing else (safety.md: last-seen has its own transaction)."""
    if known.seen is None or getattr(request.state, "seen", False):
        return
    request.state.seen = True
    try:
        with platform.database.seen_by(known.person.sight).writing() as db:
            known.seen(db)
    except DBAPIError as failed:
        if outage(failed) is None:
            raise
        exchange(request.scope).notes["seen"] = "later"  # the next request notes it; what was asked is answered


def _audit_view(platform: Platform, person: Anyone, view: PageView) -> None:
    """Write down who looks at another's things. Nothing is shown that could not be written down."""
    note = platform.audit_view(person, view)
    if note is not None:
        with platform.database.seen_by(person.sight).writing() as db:
            note(db)


def _lapsed(platform: Platform, request: Request, form: FormData, lapsed: Problem) -> Response:
    """What becomes of a form whose session has ended, or whose person must prove first who they are.

    What was typed is kept, and stands in the form again when they come back. Where nothing is kept: what there was.
    """
    form_id = keep(platform, request, form, request.url.path)
    if form_id is None:
        raise lapsed
    page = marked(page_of(request), form_id)
    match lapsed:
        case StepUpNeeded():
            return elsewhere(request, "/confirm", page)
        case SignInNeeded():
            return elsewhere(request, "/sign-in", page, notice=MARK)
        case _:  # signed in again meanwhile: as the same person for the same party, or as another
            with platform.database.seen_by(person_of(request).sight).reading() as db:
                if platform.forms.find(db, person_of(request), form_id, platform.now()) is None:
                    raise lapsed
            return dressed(platform, request, Redirect(page), None)


def keep(platform: Platform, request: Request, form: FormData, action: str) -> UUID | None:
    """Keep what was typed into a form to an address, for whom its token is made out to; None where nothing is kept."""
    subject, sent = form_subject(platform, request, form), typed(action, form)
    if subject is None or sent is None or not is_local(action):
        return None
    with platform.database.writing() as db:
        return platform.forms.keep(db, subject, sent, platform.now())


def _forget(platform: Platform, request: Request, db: Session, person: Anyone) -> None:
    """A form that was given back has been sent now; another one of its page, such as the language, leaves it there."""
    form_id = _given_back(request)
    form = platform.forms.find(db, person, form_id, platform.now()) if form_id else None
    if form_id is not None and form is not None and form.action == request.url.path:
        platform.forms.forget(db, person, form_id)


def _forget_apart(platform: Platform, request: Request, person: Anyone) -> None:
    with platform.database.seen_by(person.sight).writing() as db:
        _forget(platform, request, db, person)


def _given_back(request: Request) -> UUID | None:
    return None if request.method in SAFE else mark_of(page_of(request))


def _check_token(platform: Platform, request: Request, form: FormData, person: Anyone) -> None:
    if request.method in SAFE:
        return
    if form_subject(platform, request, form) != person.subject:
        raise FormExpired


def form_subject(platform: Platform, request: Request, form: FormData | None = None) -> str | None:
    """Whom the token of a request's form, or of the page it comes from, is made out to; None where there is none."""
    token = (form or FormData()).get(FORM_TOKEN_FIELD) or request.headers.get(FORM_TOKEN_HEADER)
    return platform.signer.read("form", token, FORM_TOKEN_AGE_S) if isinstance(token, str) else None
