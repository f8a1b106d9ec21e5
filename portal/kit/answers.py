"""From a reply to an answer: rendered whole or by block, compressed, redirected, or said to have failed."""

import gzip
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode, urlsplit

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from portal.kit import htmx
from portal.kit.access import Anyone
from portal.kit.errors import Busy, NotCovered, NotThere, Problem, SignInNeeded, StepUpNeeded
from portal.kit.headers import exchange
from portal.kit.html import Here, Page
from portal.kit.i18n import Language
from portal.kit.kept import is_local, mark_of
from portal.kit.limits import SAFE
from portal.kit.pagination import LONGEST_ADDRESS
from portal.kit.refill import refilled
from portal.kit.replies import Answer, Download, Redirect, Reply
from portal.kit.streams import Stream
from portal.kit.visits import Platform, is_recognised, language_of, person_of, platform_of, recognise

WORTH_PACKING = 1024
PACKING = 4  # 3 takes a third less CPU and 5 % more bytes: too many where a company chooses among 240 sites
RETRY_AFTER_S = "5"


def dressed(platform: Platform, request: Request, reply: Reply, db: Session | None) -> Response:
    """The answer that a handler's reply makes. `db` is the handler's transaction; a flow has none."""
    match reply:
        case Page():
            return _shown(platform, request, Answer(reply), db)
        case Answer():
            return _with_extras(_shown(platform, request, reply, db), reply)
        case Redirect():
            return _with_extras(_redirect(request, reply.to), reply)
        case Download():
            return _download(platform, request, reply)


def _shown(platform: Platform, request: Request, answer: Answer, db: Session | None) -> Response:
    page = answer.page
    exchange(request.scope).form_action = page.leads_to
    block = platform.html.region(page, htmx.block(request.headers))
    here = _here(platform, request, db if block is None else None)
    body = platform.html.render(page, here, block)
    if db is not None and block is None:
        body = _given_back(platform, request, body, db)
    return _packed(request, here.language, body, answer.status or page.status)


def _here(platform: Platform, request: Request, db: Session | None) -> Here:
    who = person_of(request)
    return Here(
        language=language_of(request),
        path=request.url.path,
        url=_address(request.url.path, request.url.query),
        nonce=exchange(request.scope).nonce,
        form_token=platform.signer.sign("form", who.subject),
        who=who,
        page="" if request.method in SAFE else page_of(request),
        person=platform.introduce(db, who) if db is not None else None,
        idle_s=platform.idle_s if who.subject != Anyone().subject else 0,
    )


def _given_back(platform: Platform, request: Request, body: str, db: Session) -> str:
    """The page with what its person typed before their session ended, where its address says that it is kept."""
    form_id = mark_of(str(request.url)) if request.method == "GET" else None
    form = platform.forms.find(db, person_of(request), form_id, platform.now()) if form_id else None
    if form is None:
        return body
    note = platform.html.piece("layouts/given_back.html", language_of(request))
    return refilled(body, form, note) or body


def _packed(request: Request, language: Language, body: str, status: int) -> Response:
    headers = {"Vary": htmx.VARY, "Content-Language": language}
    content = body.encode()
    if len(content) >= WORTH_PACKING and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        content = gzip.compress(content, PACKING, mtime=0)
    return HTMLResponse(content, status, headers)


def _redirect(request: Request, to: str) -> Response:
    return htmx.redirect(to) if htmx.is_asking(request.headers) else RedirectResponse(to, 303)


def _download(platform: Platform, request: Request, reply: Download) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{reply.filename}"'}
    if isinstance(reply.body, bytes):
        return Response(reply.body, media_type=reply.content_type, headers=headers)
    pieces = reply.body(platform.database.seen_by(person_of(request).sight))
    threads = platform.streams[reply.pool]
    return Stream(pieces, threads, reply.afterwards, media_type=reply.content_type, headers=headers)


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
    """The page that says what went wrong, and the number by which we find it; None where there is nothing to find."""

    template = "errors/problem.html"
    code: int
    says: str
    number: str | None
    at: datetime


@dataclass(frozen=True)
class Beyond(Page):
    """The page that says what a mandate does not cover: nothing went wrong, so it has no number."""

    template = "errors/beyond.html"
    says: str


def troubled(request: Request, problem: Problem) -> Response:
    """The answer to a problem: a way to sign in or to prove oneself again, or a page in the person's language."""
    platform = platform_of(request)
    match problem:
        case SignInNeeded():
            return elsewhere(request, "/sign-in", page_of(request))
        case StepUpNeeded():
            return elsewhere(request, "/confirm", page_of(request))
        case _:
            this = exchange(request.scope)
            this.notes["problem"] = type(problem).__name__
            here = _here_in_trouble(platform, request, problem)
            said = problem.says.said(here.language)
            is_beyond = isinstance(problem, NotCovered)
            number = this.number if problem.is_fault else None
            page = Beyond(said) if is_beyond else Trouble(problem.status, said, number, platform.now())
            answer = _packed(request, here.language, platform.html.render(page, here), problem.status)
            if isinstance(problem, Busy):
                answer.headers["Retry-After"] = RETRY_AFTER_S
            return answer


def _here_in_trouble(platform: Platform, request: Request, problem: Problem) -> Here:
    """What the layout may know; it names the person only while the database answers."""
    if isinstance(problem, Busy):
        return _here(platform, request, None)
    try:
        with platform.database.seen_by(person_of(request).sight).reading() as db:
            if isinstance(problem, NotThere) and not is_recognised(request):  # no route asked who they are
                recognise(platform, request, db, platform.now())
            return _here(platform, request, db)
    except SQLAlchemyError:
        return _here(platform, request, None)


def elsewhere(request: Request, to: str, then: str, **more: str) -> Response:
    """To another page first, and from there to the one that was wanted."""
    address = f"{to}?{urlencode({'next': then, **more}, safe='/', quote_via=quote)}"
    if htmx.is_asking(request.headers):
        return htmx.redirect(address, 401)
    return RedirectResponse(address, 303)


def page_of(request: Request) -> str:
    """The page in question: the one that is asked for, or, when a form was sent, the page that held the form."""
    if request.method in SAFE:
        return _address(request.url.path, request.url.query)
    said = getattr(request.state, "page", None)
    if isinstance(said, str) and is_local(said):
        return said
    try:
        referer = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return "/overview"
    if referer.netloc != request.url.netloc or not referer.path.startswith("/"):
        return "/overview"
    return _address(referer.path, referer.query)


def _address(path: str, query: str) -> str:
    """An address to come back to; of one that is longer than any of ours, the page alone."""
    return f"{path}?{query}" if query and len(path) + len(query) < LONGEST_ADDRESS else path
