"""From a route to an answer: guard, transaction, handler, page.

A handler is a plain function from a `Visit` to a `Page`, a `Redirect` or a `Download`. Returning commits, raising rolls
back. Handlers run in four threads; only `flow` handlers are async, hold no transaction, and may wait for other servers.
"""

import gzip
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any, Generic, ParamSpec, TypeVar
from urllib.parse import quote, urlsplit
from uuid import UUID

import anyio
from sqlmodel import Session
from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from portal.kit import clock, htmx
from portal.kit.access import Anyone, Guard
from portal.kit.db import Database
from portal.kit.errors import Forbidden, NotThere, Problem, SignInNeeded, StepUpNeeded
from portal.kit.headers import exchange
from portal.kit.html import Here, Html, Page, Person
from portal.kit.i18n import Language, choose
from portal.kit.limits import SAFE
from portal.kit.signing import Signer

LANGUAGE_COOKIE = "__Host-language"
FORM_TOKEN_FIELD = "_token"  # noqa: S105 - the name of a field
FORM_TOKEN_HEADER = "x-form-token"  # noqa: S105 - the name of a header
FORM_TOKEN_AGE_S = 12 * 3600
WORTH_PACKING = 1024

P = TypeVar("P", bound=Anyone)
P_co = TypeVar("P_co", bound=Anyone, covariant=True)
A = ParamSpec("A")
T = TypeVar("T")


@dataclass(frozen=True)
class Cookie:
    """A cookie to set, always `Secure; HttpOnly; SameSite=Lax; Path=/`; a value of None deletes it."""

    name: str
    value: str | None
    max_age_s: int | None = None


@dataclass(frozen=True)
class Redirect:
    """Go on elsewhere: 303, or by HX-Redirect where htmx asked."""

    to: str
    cookies: Sequence[Cookie] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """A page with something more than itself: cookies, headers, another status."""

    page: Page
    cookies: Sequence[Cookie] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None


@dataclass(frozen=True)
class Download:
    """A file to be saved, under a plain ASCII name."""

    filename: str
    content_type: str
    body: bytes | Iterator[bytes]


Reply = Page | Answer | Redirect | Download


@dataclass(frozen=True)
class Visit(Generic[P_co]):
    """All that a handler may know of the request it answers."""

    who: P_co
    db: Session
    path: Mapping[str, str]
    query: QueryParams
    form: FormData
    now: datetime
    language: Language

    @property
    def today(self) -> date:
        """The day it is in Helsinki."""
        return clock.day_of(self.now)

    def id(self, name: str) -> UUID:
        """An id from the path.

        Raises NotThere where it cannot be one: a wrong id and a foreign one look alike.
        """
        try:
            return UUID(self.path[name])
        except ValueError:
            raise NotThere from None


@dataclass(frozen=True)
class FlowVisit(Generic[P_co]):
    """All that an async handler may know; it opens its own short transactions."""

    who: P_co
    request: Request
    database: Database
    form: FormData
    query: QueryParams
    path: Mapping[str, str]
    now: datetime
    language: Language


@dataclass(frozen=True)
class Recognition:
    """Who a request comes from. `seen`, if given, notes that they were here, in a transaction of its own."""

    person: Anyone
    language: Language | None = None
    seen: Callable[[Session], None] | None = None


@dataclass(frozen=True)
class Platform:
    """What every route stands on; `app.py` puts one together."""

    database: Database
    html: Html
    signer: Signer
    recognise: Callable[[Session, Mapping[str, str], datetime], Recognition]
    introduce: Callable[[Session, Anyone], Person | None]
    idle_s: int
    now: Callable[[], datetime] = clock.now
    threads: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(4))


Handler = Callable[[Visit[P]], Reply]
FlowHandler = Callable[[FlowVisit[P]], Awaitable[Reply | Response]]


def page(path: str, handler: Handler[P], *, who: Guard[P]) -> Route:
    """A route that only reads."""
    return _route("GET", path, handler, who)


def action(path: str, handler: Handler[P], *, who: Guard[P]) -> Route:
    """A route that changes something, then redirects or shows the form again."""
    return _route("POST", path, handler, who)


def flow(path: str, handler: FlowHandler[P], *, who: Guard[P], method: str = "GET") -> Route:
    """An async route that holds no transaction: for conversations with other servers."""

    async def endpoint(request: Request) -> Response:
        platform = _platform(request)
        form = await _form(request)
        now = platform.now()
        known = await in_thread(platform, _recognised, platform, request, now)
        person = who.admit(known.person)
        _check_token(platform, request, form, person)
        visit = FlowVisit(
            person,
            request,
            platform.database,
            form,
            request.query_params,
            request.path_params,
            now,
            _language(request),
        )
        reply = await handler(visit)
        if isinstance(reply, Response):
            return reply
        return await in_thread(platform, _dressed, platform, request, reply, None)

    return _guarded(Route(path, endpoint, methods=[method], name=_name(handler)), who)


def bare(
    path: str, endpoint: Callable[[Request], Awaitable[Response]], *, who: Guard[Any], method: str = "GET"
) -> Route:
    """A route for machines: no person, no transaction, no form token."""
    return _guarded(Route(path, endpoint, methods=[method], name=_name(endpoint)), who)


async def in_thread(platform: Platform, work: Callable[A, T], /, *args: A.args, **kwargs: A.kwargs) -> T:
    """Run database work in one of the few threads; an async handler waits for it without blocking others."""
    return await anyio.to_thread.run_sync(partial(work, *args, **kwargs), limiter=platform.threads)


def _route(method: str, path: str, handler: Handler[P], who: Guard[P]) -> Route:
    async def endpoint(request: Request) -> Response:
        platform = _platform(request)
        form = await _form(request)
        return await in_thread(platform, _answer, platform, request, handler, who, form)

    return _guarded(Route(path, endpoint, methods=[method], name=_name(handler)), who)


def _name(handler: Callable[..., object]) -> str:
    function = getattr(handler, "func", handler)
    slice_ = function.__module__.removeprefix("portal.").split(".")[0]
    return f"{slice_}.{function.__qualname__.rpartition('.')[2]}"


def _guarded(route: Route, who: Guard[Any]) -> Route:
    vars(route)["guard"] = who  # read back by the architecture tests
    return route


def _platform(request: Request) -> Platform:
    found: Platform = request.app.state.platform
    return found


async def _form(request: Request) -> FormData:
    if request.method in SAFE:
        return FormData()
    return await request.form(max_files=1, max_fields=200)


def _answer(platform: Platform, request: Request, handler: Handler[P], who: Guard[P], form: FormData) -> Response:
    now = platform.now()
    known = None
    try:
        with _transaction(platform, request) as db:
            known = _recognise(platform, request, db, now)
            person = who.admit(known.person)
            _check_token(platform, request, form, person)
            visit = Visit(person, db, request.path_params, request.query_params, form, now, _language(request))
            reply = handler(visit)
            answer = _dressed(platform, request, reply, db)
    finally:
        if known is not None:
            _note_seen(platform, request, known)
    return answer


@contextmanager
def _transaction(platform: Platform, request: Request) -> Iterator[Session]:
    opened = platform.database.reading if request.method in SAFE else platform.database.writing
    with opened() as db:
        yield db


def _recognised(platform: Platform, request: Request, now: datetime) -> Recognition:
    with platform.database.reading() as db:
        known = _recognise(platform, request, db, now)
    _note_seen(platform, request, known)
    return known


def _recognise(platform: Platform, request: Request, db: Session, now: datetime) -> Recognition:
    known = platform.recognise(db, request.cookies, now)
    request.state.person = known.person
    request.state.language = _chosen(request, known.language)
    return known


def _note_seen(platform: Platform, request: Request, known: Recognition) -> None:
    """Keep the session alive: a business GET writes nothing else (safety.md: last-seen has its own transaction)."""
    if known.seen is not None and not getattr(request.state, "seen", False):
        request.state.seen = True
        with platform.database.writing() as db:
            known.seen(db)


def _chosen(request: Request, profile: Language | None) -> Language:
    cookie = request.cookies.get(LANGUAGE_COOKIE)
    if cookie not in set(Language) and profile is not None:
        return profile
    return choose(cookie, request.headers.get("accept-language"))


def _language(request: Request) -> Language:
    found = getattr(request.state, "language", None)
    return found if isinstance(found, Language) else _chosen(request, None)


def _check_token(platform: Platform, request: Request, form: FormData, person: Anyone) -> None:
    if request.method in SAFE:
        return
    token = form.get(FORM_TOKEN_FIELD) or request.headers.get(FORM_TOKEN_HEADER)
    if not isinstance(token, str) or platform.signer.read("form", token, FORM_TOKEN_AGE_S) != person.subject:
        raise Forbidden


def _dressed(platform: Platform, request: Request, reply: Reply, db: Session | None) -> Response:
    match reply:
        case Page():
            return _shown(platform, request, Answer(reply), db)
        case Answer():
            return _with_extras(_shown(platform, request, reply, db), reply)
        case Redirect():
            return _with_extras(_redirect(request, reply.to), reply)
        case Download():
            return _download(reply)


def _shown(platform: Platform, request: Request, answer: Answer, db: Session | None) -> Response:
    page = answer.page
    exchange(request.scope).form_action = page.leads_to
    block = htmx.block(request.headers)
    body = platform.html.render(page, _here(platform, request, db if block is None else None), block)
    return _packed(request, body, answer.status or page.status)


def _here(platform: Platform, request: Request, db: Session | None) -> Here:
    who: Anyone = getattr(request.state, "person", None) or Anyone()
    query = request.url.query
    return Here(
        language=_language(request),
        path=request.url.path,
        url=f"{request.url.path}?{query}" if query else request.url.path,
        nonce=exchange(request.scope).nonce,
        form_token=platform.signer.sign("form", who.subject),
        who=who,
        person=platform.introduce(db, who) if db is not None else None,
        idle_s=platform.idle_s if who.subject != Anyone().subject else 0,
    )


def _packed(request: Request, body: str, status: int) -> Response:
    headers = {"Vary": htmx.VARY, "Content-Language": _language(request)}
    content = body.encode()
    if len(content) >= WORTH_PACKING and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        content = gzip.compress(content, 4, mtime=0)
    return HTMLResponse(content, status, headers)


def _redirect(request: Request, to: str) -> Response:
    return htmx.redirect(to) if htmx.is_asking(request.headers) else RedirectResponse(to, 303)


def _download(reply: Download) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{reply.filename}"'}
    if isinstance(reply.body, bytes):
        return Response(reply.body, media_type=reply.content_type, headers=headers)
    return StreamingResponse(reply.body, media_type=reply.content_type, headers=headers)


def _with_extras(response: Response, reply: Redirect | Answer) -> Response:
    response.headers.update(reply.headers)
    for cookie in reply.cookies:
        response.set_cookie(
            cookie.name,
            cookie.value or "",
            max_age=0 if cookie.value is None else cookie.max_age_s,
            secure=True,
            httponly=True,
            samesite="lax",
        )
    return response


@dataclass(frozen=True)
class Trouble(Page):
    """The page that says what went wrong, and the number by which we find it."""

    template = "errors/problem.html"
    code: int
    says: str
    number: str
    at: datetime


def troubled(request: Request, problem: Problem) -> Response:
    """The answer to a problem: a way to sign in or to prove oneself again, or a page in the person's language."""
    platform = _platform(request)
    match problem:
        case SignInNeeded():
            return _elsewhere(request, "/sign-in", _here_again(request))
        case StepUpNeeded():
            return _elsewhere(request, "/confirm", _here_again(request))
        case _:
            this = exchange(request.scope)
            this.notes["problem"] = type(problem).__name__
            said = problem.says.said(_language(request))
            page = Trouble(problem.status, said, this.number, platform.now())
            with platform.database.reading() as db:
                return _shown_whole(platform, request, page, problem.status, db)


def _shown_whole(platform: Platform, request: Request, page: Page, status: int, db: Session | None) -> Response:
    body = platform.html.render(page, _here(platform, request, db))
    return _packed(request, body, status)


def _elsewhere(request: Request, to: str, then: str) -> Response:
    address = f"{to}?next={quote(then, safe='/')}"
    if htmx.is_asking(request.headers):
        return htmx.redirect(address, 401)
    return RedirectResponse(address, 303)


def _here_again(request: Request) -> str:
    """Where to return after signing in: this page, or, when a form was sent, the page that held the form."""
    if request.method in SAFE:
        return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    referer = urlsplit(request.headers.get("referer", ""))
    if referer.netloc != request.url.netloc or not referer.path.startswith("/"):
        return "/overview"
    return f"{referer.path}?{referer.query}" if referer.query else referer.path
