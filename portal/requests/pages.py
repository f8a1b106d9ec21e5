"""The pages of requests: all of them, how one is begun, its questions one by one, and where it stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from anyio import to_thread
from starlette.datastructures import UploadFile
from starlette.routing import Route

from portal.auth.people import ConfirmedUser, User, manages, sees, user
from portal.kit import papers, pictures
from portal.kit.allowance import retry_after
from portal.kit.errors import NotThere
from portal.kit.forms import Typed
from portal.kit.html import Page
from portal.kit.i18n import Text, text
from portal.kit.pagination import Pagination, paginate
from portal.kit.pictures import NoPicture
from portal.kit.streams import Pool
from portal.kit.visible import shows_something
from portal.kit.web import (
    Answer,
    Download,
    FlowVisit,
    Redirect,
    Reply,
    Visit,
    action,
    flow,
    in_thread,
    page,
    platform_of,
)
from portal.requests import actions, confirmation, finding, photos, queries
from portal.requests.actions import CannotBeAsked, TooManyRequests
from portal.requests.asking import Course, Question
from portal.requests.fields import ANSWER, PHOTO, PhotoField, Wrong
from portal.requests.finding import Choice
from portal.requests.kind import Kind, Promise
from portal.requests.kinds import KINDS
from portal.requests.records import HeldRequest
from portal.requests.scope import may_act
from portal.requests.subjects import Subject
from portal.terms import PaymentTerms

REQUESTS: Final = "/requests"
PAGE: Final = 20
LONGEST: Final = 10_000
WITHOUT: Final = "without"  # the button by which somebody goes on without a photo, or removes it


@dataclass(frozen=True)
class RequestList(Page):
    """Every request: what waits for the customer, what waits for us, what is over."""

    template = "requests/index.html"
    today: date
    requests: Sequence[HeldRequest]
    pagination: Pagination


@dataclass(frozen=True)
class NewRequest(Page):
    """What can be asked for, by the kinds whose matter is open to the person."""

    template = "requests/new.html"
    kinds: Sequence[Kind[Any]]


@dataclass(frozen=True)
class Start(Page):
    """A kind, before it is begun. Without a subject, those to choose from.

    hindrance: why it cannot be asked for now
    begun: the request that is open already
    """

    template = "requests/start.html"
    kind: Kind[Any]
    choices: Sequence[Choice]
    about: Subject | None = None
    may_act: bool = True
    hindrance: Text | None = None
    begun: HeldRequest | None = None


@dataclass(frozen=True)
class QuestionPage(Page):
    """One question of a draft."""

    template = "requests/question.html"
    request: HeldRequest
    about: Subject
    question: Question
    place: int
    number: int
    before: Question | None
    typed: Typed


@dataclass(frozen=True)
class Check(Page):
    """Every answer of a draft, before it is sent; `full_until` stands where no more is taken from the person before."""

    template = "requests/check.html"
    request: HeldRequest
    about: Subject
    course: Course
    promise: Promise
    is_proved: bool
    full_until: datetime | None = None


@dataclass(frozen=True)
class Stuck(Page):
    """A draft whose ground is gone since it was begun, and why."""

    template = "requests/stuck.html"
    request: HeldRequest
    reason: Text


@dataclass(frozen=True)
class RequestPage(Page):
    """A request that was sent: its receipt, its clock, and what happened to it."""

    template = "requests/show.html"
    today: date
    request: HeldRequest
    may_withdraw: bool


def index(visit: Visit[User]) -> RequestList:
    """Every request, page by page."""
    at = paginate(visit.query.get("page"), queries.number(visit.db, visit.who), PAGE, REQUESTS)
    some = queries.in_order(visit.db, visit.who, (at.number - 1) * PAGE, PAGE)
    return RequestList(visit.today, some, at)


def new(visit: Visit[User]) -> NewRequest:
    """What can be asked for."""
    return NewRequest([kind for kind in KINDS if visit.who.reach.covers(kind.theme)])


def start(kind: Kind[Any], visit: Visit[User]) -> Start:
    """A kind, with what it is about, or what it could be about."""
    choices = finding.choices(visit.db, visit.who, kind.subject, visit.today)
    if kind.subject.parameter not in visit.query and len(choices) != 1:
        return Start(kind, choices)
    about = _about(kind, visit, visit.query)
    return Start(
        kind,
        (),
        about,
        may_act(visit.who, kind.theme, about.site_id),
        kind.hindrance(about, visit.today),
        queries.open_about(visit.db, visit.who, kind, about.party_id, about.id),
    )


def begin(kind: Kind[Any], visit: Visit[User]) -> Redirect:
    """Begin a draft, or go on with what is open."""
    about = _about(kind, visit, {name: str(value) for name, value in visit.form.items()})
    return Redirect(_page(actions.begin(visit.db, visit.who, kind, about, visit.language, visit.now)))


def show(visit: Visit[User]) -> Page:
    """A draft's question, its answers to be checked, or why it cannot go on; of what was sent, where it stands."""
    request = queries.by_id(visit.db, visit.who, visit.id("id"))
    if not request.is_draft:
        return _sent_page(visit, request)
    try:
        about = _ground(visit, request)
    except CannotBeAsked as gone:
        return Stuck(request, gone.says)
    course = request.kind.course(about, request.answers, visit.today)
    asked = visit.query.get("question")
    question = course.asked(asked) if asked or course.next else None
    if question is None:
        return _check_page(visit, request, about, course)
    kept = request.answers.get(question.code) or question.suggested
    return _question_page(request, about, course, question, Typed(question.field.shown(kept)))


def save(visit: Visit[User]) -> Download:
    """The confirmation of a request that was sent, as a PDF.

    Raises NoSuchRequest for a draft: there is nothing to confirm.
    """
    request = queries.by_id(visit.db, visit.who, visit.id("id"))
    if request.is_draft:
        raise queries.NoSuchRequest
    document = confirmation.document(request, visit.today, visit.language)
    return papers.pdf(visit.installation.typesetter, document, confirmation.filename(request, visit.language))


def answer(visit: Visit[User]) -> Reply:
    """Take the answer to a question, or show it again."""
    draft = _draft(visit)
    if isinstance(draft, Answer):
        return draft
    request_id = draft.request.row.id
    question = draft.course.asked(str(visit.form.get("question")))
    if question is None:
        return Redirect(_page(request_id))
    typed = {name: _plain(value) for name, value in visit.form.items() if isinstance(value, str)}
    try:
        kept = question.field.kept(typed)
    except Wrong as wrong:
        return draft.again(question, Typed(typed, wrong.errors))
    actions.answer(visit.db, visit.who, request_id, question.code, kept, visit.now)
    return Redirect(_page(request_id))


async def send_photo(visit: FlowVisit[User]) -> Reply:
    """Take the photo that a question asks for, go on without one, or show the question again.

    It is opened in a process of its own before anything is written. Who presses to go on without one may have chosen a
    file before: the press counts.
    """
    sent = None if WITHOUT in visit.form else visit.form.get(PHOTO)
    taken: bytes | NoPicture | None = None
    try:
        if isinstance(sent, UploadFile) and sent.size:
            pool = platform_of(visit.request).streams[Pool.PICTURES]
            taken = await to_thread.run_sync(_opened, await sent.read(), sent.content_type or "", limiter=pool)
    finally:
        await visit.form.close()
    return await in_thread(platform_of(visit.request), _take_photo, visit, taken)


def photo(visit: Visit[User]) -> Download:
    """The photo that goes with a request."""
    number, jpeg = photos.of_request(visit.db, visit.who, visit.installation.vault, visit.id("id"))
    return Download(f"{number}.jpg", photos.CONTENT_TYPE, jpeg)


def send(visit: Visit[User]) -> Reply:
    """Send a draft; a second press leads to the same receipt."""
    request_id = visit.id("id")
    try:
        actions.send(visit.db, visit.who, request_id, _terms(visit), visit.language, visit.now)
    except CannotBeAsked as gone:
        return _stuck(queries.by_id(visit.db, visit.who, request_id), gone)
    except TooManyRequests as full:
        request = queries.by_id(visit.db, visit.who, request_id)
        about = _ground(visit, request)
        course = request.kind.course(about, request.answers, visit.today)
        again = _check_page(visit, request, about, course, full.free_at)
        return Answer(again, headers=retry_after(full.free_at, visit.now), status=full.status)
    return Redirect(_page(request_id))


def cancel(visit: Visit[User]) -> Redirect:
    """Throw a draft away, or take back what was sent."""
    left = actions.cancel(visit.db, visit.who, visit.id("id"), visit.now)
    return Redirect(_page(left.id) if left else REQUESTS)


def _opened(sent: bytes, content_type: str) -> bytes | NoPicture:
    try:
        return pictures.plain(sent, content_type)
    except NoPicture as refused:
        return refused


def _take_photo(flow_visit: FlowVisit[User], taken: bytes | NoPicture | None) -> Reply:
    with flow_visit.database.writing() as db:
        return _with_photo(flow_visit.in_transaction(db), taken)


def _with_photo(visit: Visit[User], taken: bytes | NoPicture | None) -> Reply:
    """None where no file was chosen: the photo that there is stays, but for a press on the button that removes it."""
    draft = _draft(visit)
    if isinstance(draft, Answer):
        return draft
    request_id = draft.request.row.id
    question = draft.course.asked(PHOTO)
    if question is None or not isinstance(question.field, PhotoField):
        return Redirect(_page(request_id))
    if isinstance(taken, NoPicture):
        return draft.again(question, Typed(errors={ANSWER: taken.says}))
    if taken is not None or WITHOUT in visit.form or not draft.request.has_photo:
        actions.attach(visit.db, visit.who, request_id, visit.installation.vault, taken, visit.now)
    return Redirect(_page(request_id))


@dataclass(frozen=True)
class _OpenDraft:
    """A draft that can go on, with what it is about and its questions."""

    request: HeldRequest
    about: Subject
    course: Course

    def again(self, question: Question, typed: Typed) -> Answer:
        """A question of it once more, with what was typed and what is wrong with that."""
        return Answer(_question_page(self.request, self.about, self.course, question, typed), status=422)


def _draft(visit: Visit[User]) -> _OpenDraft | Answer:
    """The draft whose question is answered, or that it cannot go on, and why.

    Raises NoSuchRequest and NotADraft.
    """
    request = queries.by_id(visit.db, visit.who, visit.id("id"))
    if not request.is_draft:
        raise actions.NotADraft
    try:
        about = _ground(visit, request)
    except CannotBeAsked as gone:
        return _stuck(request, gone)
    return _OpenDraft(request, about, request.kind.course(about, request.answers, visit.today))


def _about(kind: Kind[Any], visit: Visit[User], told: Mapping[str, str]) -> Subject:
    """What an address or a form names; where it names nothing, and there is one thing only, that one."""
    named = told.get(kind.subject.parameter)
    try:
        id_ = _only(kind, visit) if named is None else UUID(named)
    except ValueError:
        raise NotThere from None
    found: Subject = finding.by_id(visit.db, visit.who, kind.subject, id_, _terms(visit), visit.today)
    return found


def _only(kind: Kind[Any], visit: Visit[User]) -> UUID:
    """The only thing that it could be about. Raises ValueError where there is none, or more than one."""
    (only,) = finding.choices(visit.db, visit.who, kind.subject, visit.today)
    return only.id


def _ground(visit: Visit[User], request: HeldRequest) -> Any:  # noqa: ANN401 - as its kind says
    return actions.ground_of(visit.db, visit.who, request, _terms(visit), visit.today)


def _terms(visit: Visit[User]) -> PaymentTerms:
    return visit.installation.payment_terms


def _page(request_id: UUID) -> str:
    return f"{REQUESTS}/{request_id}"


def _plain(typed: str) -> str:
    return typed.strip()[:LONGEST] if shows_something(typed) else ""


def _question_page(
    request: HeldRequest, about: Subject, course: Course, question: Question, typed: Typed
) -> QuestionPage:
    place, number = course.place(question), len(course.questions)
    return QuestionPage(request, about, question, place, number, course.before(question), typed)


def _stuck(request: HeldRequest, gone: CannotBeAsked) -> Answer:
    return Answer(Stuck(request, gone.says), status=gone.status)


def _check_page(
    visit: Visit[User], request: HeldRequest, about: Subject, course: Course, full_until: datetime | None = None
) -> Check:
    promise = request.kind.promise(about, course.whole, visit.today)
    is_proved = isinstance(visit.who, ConfirmedUser) or not request.kind.binds
    return Check(request, about, course, promise, is_proved, full_until)


def _sent_page(visit: Visit[User], request: HeldRequest) -> RequestPage:
    return RequestPage(visit.today, request, request.may_be_withdrawn and request.may_act(visit.who))


def _of_kinds() -> Iterator[Route]:
    """How each kind is begun, for whoever sees its matter; who may only see reads why that is not enough."""
    for kind in KINDS:
        address = f"{REQUESTS}/new/{kind.code}"
        opened = text("Opened the form of a new request")
        yield page(address, partial(start, kind), who=sees(kind.theme), viewed=opened)
        yield action(address, partial(begin, kind), who=manages(kind.theme))


routes = [
    page(REQUESTS, index, who=user, viewed=text("Looked at the service requests")),
    page(f"{REQUESTS}/new", new, who=user, viewed=text("Looked at what can be asked for")),
    *_of_kinds(),
    page(f"{REQUESTS}/{{id}}", show, who=user, viewed=text("Looked at a service request")),
    page(
        f"{REQUESTS}/{{id}}/pdf",
        save,
        who=user,
        viewed=text("Downloaded the confirmation of a service request as a PDF"),
    ),
    action(f"{REQUESTS}/{{id}}/answer", answer, who=user),
    page(f"{REQUESTS}/{{id}}/photo", photo, who=user, viewed=text("Looked at the photo of a service request")),
    flow(f"{REQUESTS}/{{id}}/photo", send_photo, who=user, method="POST", most_bytes=2 * pictures.MOST_BYTES),
    action(f"{REQUESTS}/{{id}}/send", send, who=user),
    action(f"{REQUESTS}/{{id}}/cancel", cancel, who=user),
]
