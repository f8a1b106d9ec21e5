"""The pages by which a customer uses their rights: what is held, requests, the log, and everything as a package."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from portal.audit import actions as audit
from portal.auth import leases
from portal.auth.leases import Lease
from portal.auth.people import ConfirmedUser, User, decides, decides_confirmed
from portal.kit import forms
from portal.kit.allowance import retry_after
from portal.kit.archives import zipped
from portal.kit.db import Database
from portal.kit.errors import NotThere, StepUpNeeded
from portal.kit.forms import Form, Typed, one_of, wrong
from portal.kit.html import Page
from portal.kit.i18n import Language, Text, text
from portal.kit.pagination import Pagination, paginate
from portal.kit.privacy import Record
from portal.kit.streams import Pieces, Pool
from portal.kit.visits import platform_of
from portal.kit.web import Answer, Download, FlowVisit, Redirect, Reply, Visit, action, flow, in_thread, page
from portal.messages.rules import plain
from portal.privacy import actions, cases, catalogue, holdings, labels, log, package
from portal.privacy.actions import NewCase, PackageIsComing, RequestClosed, TooManyPackages, TooManyRequests
from portal.privacy.cases import Case
from portal.privacy.catalogue import BY_TABLE, Described, Group
from portal.privacy.holdings import HeldTable, Prospect, Whose
from portal.privacy.log import LOG, Circle, CompanyRead, LogEntry, LogFilter, LogShown
from portal.privacy.package import PackageContext
from portal.privacy.rules import Right

LATEST: Final = 5
PAGE: Final = 20
LONGEST: Final = 4000
READ_HERE: Final = frozenset({Group.CONTACT, Group.SITES, Group.CONTRACTS, Group.SIGN_INS})
"""Groups whose values stand on the page of all data; the others have pages of their own, and the package."""

SAY_WHAT: Final = frozenset(Right) - {Right.ERASURE, Right.RECORDINGS}
"""Rights that need words: what to correct, or why."""

FILENAMES: Final[Mapping[Language, str]] = {
    Language.FI: "tietoni",
    Language.SV: "mina-uppgifter",
    Language.EN: "my-data",
}


class Asking(Form):
    """A request."""

    kind: Right
    field: Annotated[str, Field(max_length=80)] = ""
    words: Annotated[str, Field(max_length=LONGEST, validate_default=True), BeforeValidator(plain)] = ""

    @field_validator("words")
    @classmethod
    def says_what(cls, words: str, about: ValidationInfo) -> str:
        """Most rights need to hear what it is about."""
        if not words and about.data.get("kind") in SAY_WHAT:
            raise wrong(text("Fill in this field."))
        return words


class Answering(Form):
    """Something to add to a request."""

    words: Annotated[str, Field(min_length=1, max_length=LONGEST), BeforeValidator(plain)]


@dataclass(frozen=True)
class Privacy(Page):
    """Everything about one's data at a glance."""

    template = "privacy/show.html"
    today: date
    cases: Sequence[Case]
    count: int
    groups: Sequence[tuple[Group, Described, int]]
    looks: Sequence[LogEntry | CompanyRead]


@dataclass(frozen=True)
class AllData(Page):
    """Every column that is held, in words."""

    template = "privacy/data.html"
    groups: Sequence[tuple[Group, Described, Sequence[HeldTable]]]


@dataclass(frozen=True)
class Requests(Page):
    """All requests."""

    template = "privacy/requests.html"
    today: date
    cases: Sequence[Case]
    pagination: Pagination


@dataclass(frozen=True)
class ChooseRight(Page):
    """Which right it is about."""

    template = "privacy/choose.html"
    rights: Mapping[Right, Text]
    explained: Mapping[Right, Text]
    articles: Mapping[Right, Text]


@dataclass(frozen=True)
class Ask(Page):
    """A request to be written; `prospects` tell what erasure would do, and are empty for other rights.

    `full_until` stands where no more is taken from the person before.
    """

    template = "privacy/ask.html"
    right: Right
    title: Text
    explained: Text
    article: Text
    field: str
    field_label: Text | None
    prospects: Sequence[Prospect]
    typed: Typed
    full_until: datetime | None = None


@dataclass(frozen=True)
class Request(Page):
    """A request with its clock, and all that happened to it, the newest first."""

    template = "privacy/request.html"
    today: date
    case: Case
    typed: Typed
    full_until: datetime | None = None


@dataclass(frozen=True)
class Log(Page):
    """Who looked and who did what; of a company without so many looks of those who decide for it."""

    template = "privacy/log.html"
    entries: Sequence[LogEntry | CompanyRead]
    filters: LogFilter
    tabs: Sequence[LogFilter]
    left_out: int
    all_of_them: LogFilter
    pagination: Pagination


@dataclass(frozen=True)
class Package(Page):
    """The package, before it is made.

    `full_until` stands where no more is made for the person before; `is_coming` where one is on its way to them.
    """

    template = "privacy/package.html"
    whose: Sequence[Whose]
    full_until: datetime | None = None
    is_coming: bool = False


def show(visit: Visit[User]) -> Privacy:
    """One's requests, groups of data, and who looked lately."""
    db, who = visit.db, visit.who
    return Privacy(
        today=visit.today,
        cases=cases.in_order(db, who, 0, LATEST),
        count=cases.count(db, who),
        groups=holdings.by_group(holdings.counts(db, who)),
        looks=log.latest_looks(db, who, LATEST),
    )


def data(visit: Visit[User]) -> AllData:
    """Every column that is held, with its value where it can be read here."""
    counts = holdings.counts(visit.db, visit.who)
    return AllData(holdings.tables(_readable(visit), READ_HERE, counts))


def requests(visit: Visit[User]) -> Requests:
    """Every request, page by page."""
    pagination = paginate(visit.query.get("page"), cases.count(visit.db, visit.who), PAGE, "/privacy/requests")
    some = cases.in_order(visit.db, visit.who, (pagination.number - 1) * PAGE, PAGE)
    return Requests(visit.today, some, pagination)


def new(visit: Visit[User]) -> Page:
    """A request to be written, or the rights to choose from."""
    asked = visit.query.get("kind")
    if asked is None:
        return ChooseRight(labels.RIGHTS, labels.EXPLAINED, labels.ARTICLES)
    if asked not in set(Right):
        raise NotThere
    right = Right(asked)
    if right is Right.ERASURE:
        _proved(visit.who)  # before anything is written: what somebody types is not lost on the way to the bank
    return _ask_page(visit, right, visit.query.get("field", ""), Typed())


def ask(visit: Visit[User]) -> Reply:
    """Take a request, or show it again with what is missing."""
    match forms.read(Asking, visit.form):
        case forms.Valid(asked):
            try:
                return Redirect(f"/privacy/requests/{_asked(visit, asked)}")
            except TooManyRequests as full:
                return _full(visit, _ask_page(visit, asked.kind, asked.field, Typed.of(asked)), full)
        case Typed() as typed:
            right = typed.value("kind")
            if right not in set(Right):
                raise NotThere
            return Answer(_ask_page(visit, Right(right), typed.value("field"), typed), status=422)


def request(visit: Visit[User]) -> Request:
    """One request."""
    return _request_page(visit, Typed())


def answer(visit: Visit[User]) -> Reply:
    """Take an addition to a request."""
    match forms.read(Answering, visit.form):
        case forms.Valid(said):
            try:
                case = actions.answer(visit.db, visit.who, visit.id("id"), said.words, visit.now)
            except TooManyRequests as full:
                return _full(visit, _request_page(visit, Typed.of(said)), full)
            return Redirect(f"/privacy/requests/{case.row.id}")
        case Typed() as typed:
            return Answer(_request_page(visit, typed), status=422)


def withdraw(visit: Visit[User]) -> Redirect:
    """Take a request back."""
    case = actions.withdraw(visit.db, visit.who, visit.id("id"), visit.now)
    return Redirect(f"/privacy/requests/{case.row.id}")


def show_log(visit: Visit[User]) -> Log:
    """Who looked and who did what, page by page."""
    db, who = visit.db, visit.who
    show = one_of(LogShown, visit.query.get("show"), LogShown.ALL)
    filters = LogFilter(show, one_of(Circle, visit.query.get("by"), Circle.OUTSIDE))
    pagination = paginate(visit.query.get("page"), log.count(db, who, filters), PAGE, LOG, filters.query)
    return Log(
        entries=log.entries(db, who, filters, (pagination.number - 1) * PAGE, PAGE),
        filters=filters,
        tabs=[replace(filters, show=one) for one in LogShown],
        left_out=log.left_out(db, who, filters),
        all_of_them=replace(filters, circle=Circle.ALL),
        pagination=pagination,
    )


def offer(visit: Visit[ConfirmedUser]) -> Package:
    """What the package holds, and the button that makes it."""
    return Package(holdings.whose(visit.db, visit.who))


async def download(visit: FlowVisit[ConfirmedUser]) -> Reply:
    """The package, made while it is sent; one at a time, and so many a day: it costs as much as thousands of pages."""
    platform = platform_of(visit.request)
    try:
        lease, whose = await in_thread(platform, _noted, visit)
    except PackageIsComing as coming:
        offered = await in_thread(platform, _offered, visit)
        return Answer(replace(offered, is_coming=True), headers={"Retry-After": "60"}, status=coming.status)
    except TooManyPackages as full:
        offered = await in_thread(platform, _offered, visit)
        shown_again = replace(offered, full_until=full.free_at)
        return Answer(shown_again, headers=retry_after(full.free_at, visit.now), status=full.status)
    here = visit.installation
    context = PackageContext(here.keepers, here.vault, platform.html, here.brand)
    name = f"{FILENAMES[visit.language]}-{visit.now:%Y-%m-%d}.zip"

    def made(database: Database) -> Pieces:
        files = package.files(database, whose, context, visit.language, visit.now)
        return leases.kept(zipped(files), lease, database, platform.now)

    return Download(name, "application/zip", made, Pool.PACKAGES, partial(leases.give_back, visit.database, lease))


def _readable(visit: Visit[User]) -> Iterator[Record]:
    everybody = holdings.whose(visit.db, visit.who)
    for keeper in visit.installation.keepers:
        tables = {str(table.__tablename__) for table in keeper.TABLES}
        if any(table in BY_TABLE and BY_TABLE[table].group in READ_HERE for table in tables):
            for whose in everybody:
                yield from keeper.export(visit.db, whose.subject)


def _proved(who: User) -> ConfirmedUser:
    """The person, who has just proved who they are.

    Raises StepUpNeeded.
    """
    if not isinstance(who, ConfirmedUser):
        raise StepUpNeeded
    return who


def _full(visit: Visit[User], page: Ask | Request, full: TooManyRequests) -> Answer:
    """The form with everything typed, and when it can be sent."""
    shown_again = replace(page, full_until=full.free_at)
    return Answer(shown_again, headers=retry_after(full.free_at, visit.now), status=full.status)


def _asked(visit: Visit[User], asked: Asking) -> object:
    db, language, now = visit.db, visit.language, visit.now
    if asked.kind is Right.ERASURE:
        return actions.ask_erasure(db, _proved(visit.who), asked.words, language, now).id
    named = catalogue.correctable_named(asked.field)
    asked_for = NewCase(asked.kind, asked.words, asked.field if named and asked.kind is Right.RECTIFICATION else None)
    return actions.ask(db, visit.who, asked_for, language, now).id


def _ask_page(visit: Visit[User], right: Right, field: str, typed: Typed) -> Ask:
    label = catalogue.correctable_named(field) if right is Right.RECTIFICATION else None
    return Ask(
        right=right,
        title=labels.RIGHTS[right],
        explained=labels.EXPLAINED[right],
        article=labels.ARTICLES[right],
        field=field if label else "",
        field_label=label,
        prospects=holdings.prospects(visit.db, visit.who, visit.today) if right is Right.ERASURE else (),
        typed=typed,
    )


def _request_page(visit: Visit[User], typed: Typed) -> Request:
    case = cases.by_id(visit.db, visit.who, visit.id("id"))
    if (typed or typed.values) and case.clock.is_closed:
        raise RequestClosed
    return Request(visit.today, case, typed)


def _noted(visit: FlowVisit[ConfirmedUser]) -> tuple[Lease, Sequence[Whose]]:
    """Whose packages they are, once it is written down who takes them: the customer reads it in the log.

    Raises PackageIsComing and TooManyPackages, and nothing is written.
    """
    with visit.database.writing() as db:
        lease = actions.begin_package(db, visit.who, visit.now)
        whose = holdings.whose(db, visit.who)
        for one in whose:
            audit.record(db, _packaged(visit.who, one), visit.now)
    return lease, whose


def _offered(visit: FlowVisit[ConfirmedUser]) -> Package:
    with visit.database.reading() as db:
        return Package(holdings.whose(db, visit.who))


def _packaged(who: User, whose: Whose) -> audit.Act:
    return audit.Act(
        act=actions.PACKAGED,
        object_kind="party" if whose.party_id else "account",
        object_id=whose.party_id or who.account_id,
        account_id=who.account_id,
        party_id=whose.party_id,
    )


routes = [
    page("/privacy", show, who=decides, viewed=text("Looked at what we hold and at the requests")),
    page("/privacy/data", data, who=decides, viewed=text("Looked at every detail that we hold")),
    page(LOG, show_log, who=decides, viewed=text("Looked at this log")),
    page("/privacy/requests", requests, who=decides, viewed=text("Looked at the list of requests")),
    page("/privacy/requests/new", new, who=decides, viewed=text("Opened the form of a new request")),
    action("/privacy/requests/new", ask, who=decides),
    page("/privacy/requests/{id}", request, who=decides, viewed=text("Looked at a request")),
    action("/privacy/requests/{id}/answer", answer, who=decides),
    action("/privacy/requests/{id}/withdraw", withdraw, who=decides),
    page("/privacy/package", offer, who=decides_confirmed, viewed=text("Looked at what the data package holds")),
    flow("/privacy/package", download, who=decides_confirmed, method="POST"),
]
