"""The pages of authorisations: who else sees one's consumption, letting somebody see it, and ending that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from starlette.datastructures import FormData

from portal.auth.people import ConfirmedUser, User, decides, decides_confirmed
from portal.consents.authorisations import actions, forms, labels, notices, offers, queries, receipts
from portal.consents.authorisations.forms import MOST_POINTS, AuthorisationRequest
from portal.consents.authorisations.models import AuthorisationRead, ThirdParty
from portal.consents.authorisations.notices import Edition
from portal.consents.authorisations.offers import CannotBeGiven, Offer, Sample
from portal.consents.authorisations.records import Given, purpose
from portal.consents.authorisations.rules import may_last_until
from portal.consents.editions import Seen, Wording
from portal.consumption.selection import Point
from portal.contracts.kinds import Names
from portal.kit import days
from portal.kit.forms import Typed, read
from portal.kit.html import Page
from portal.kit.i18n import Text, text
from portal.kit.pagination import Pagination, paginate
from portal.kit.web import Answer, Download, Redirect, Reply, Visit, action, page

PAGE: Final = 20
FIELDS: Final[Mapping[str, Text]] = {
    "company": text("Company"),
    "points": text("Metering points"),
    "resolution": text("How precisely"),
    "until": text("Until when"),
}


@dataclass(frozen=True)
class Authorisations(Page):
    """Every authorisation: those that end soon, those in force, those that are over."""

    template = "authorisations/index.html"
    today: date
    ending: Sequence[Given]
    permissions: Sequence[Given]
    over: Sequence[Given]
    may_give: bool


@dataclass(frozen=True)
class NewAuthorisation(Page):
    """What to let whom read; `points` are those held today."""

    template = "authorisations/new.html"
    typed: Typed
    fields: Mapping[str, Text]
    companies: Sequence[ThirdParty]
    purposes: Mapping[UUID, Names]
    points: Sequence[Point]
    resolutions: Mapping[str, Text]
    until: str
    longest: str


@dataclass(frozen=True)
class Preview(Page):
    """What the company would see, and the words that are agreed to; the form repeats what was asked."""

    template = "authorisations/preview.html"
    offered: Offer
    wording: Wording
    samples: Sequence[Sample]
    typed: Typed
    back: str


@dataclass(frozen=True)
class AuthorisationPage(Page):
    """One authorisation: what, since when, until when, what was read, what became of it."""

    template = "authorisations/show.html"
    today: date
    given: Given
    reads: Sequence[AuthorisationRead]
    pagination: Pagination
    news: str


def index(visit: Visit[User]) -> Authorisations:
    """Who sees one's consumption, and who did."""
    given, today = queries.all_given(visit.db, visit.who), visit.today
    in_force = [one for one in given if one.is_in_force(today)]
    return Authorisations(
        today=today,
        ending=[one for one in in_force if one.is_renewable(today)],
        permissions=[one for one in in_force if not one.is_renewable(today)],
        over=[one for one in given if not one.is_in_force(today)],
        may_give=bool(queries.points_held(visit.db, visit.who, visit.today)),
    )


def new(visit: Visit[User]) -> Reply:
    """The form, empty or as it was for an authorisation to renew; or, once it is filled in, the preview."""
    if "until" not in visit.query:
        return _form(visit, _renewal(visit))
    typed = forms.typed(visit.query)
    asked = read(AuthorisationRequest, typed)
    if isinstance(asked, Typed):
        return Answer(_form(visit, asked), status=422)
    try:
        offered = offers.offer(visit.db, visit.who, asked.value, visit.today)
    except CannotBeGiven as refused:
        return Answer(_form(visit, Typed(_values(typed), {refused.field: refused.says})), status=422)
    if "change" in visit.query:
        return _form(visit, Typed(_values(typed)))
    return Preview(
        offered=offered,
        wording=offered.wording(notices.EDITIONS.current, visit.language),
        samples=offers.samples(visit.db, visit.who, offered),
        typed=Typed(_values(typed)),
        back=f"/authorisations/new?{urlencode(asked.value.said)}&change=1",
    )


def give(visit: Visit[ConfirmedUser]) -> Reply:
    """Take the confirmation of a preview."""
    typed = forms.typed(visit.form)
    asked = read(AuthorisationRequest, typed)
    if isinstance(asked, Typed):
        return Answer(_form(visit, asked), status=422)
    try:
        given = actions.give(visit.db, visit.who, asked.value, *_seen(visit.form), visit.now)
    except CannotBeGiven as refused:
        return Answer(_form(visit, Typed(_values(typed), {refused.field: refused.says})), status=422)
    return Redirect(f"/authorisations/{given}?news=given")


def show(visit: Visit[User]) -> AuthorisationPage:
    """One authorisation, with each read of the company's."""
    given = queries.by_id(visit.db, visit.who, visit.id("id"))
    pagination = paginate(visit.query.get("page"), given.reads, PAGE, f"/authorisations/{given.id}")
    return AuthorisationPage(
        today=visit.today,
        given=given,
        reads=queries.reads(visit.db, visit.who, given, (pagination.number - 1) * PAGE, PAGE),
        pagination=pagination,
        news=visit.query.get("news", ""),
    )


def end(visit: Visit[User]) -> Redirect:
    """End an authorisation: one click, as easily as it was given or more so (GDPR, Article 7(3))."""
    actions.end(visit.db, visit.who, visit.id("id"), visit.now)
    return Redirect(f"/authorisations/{visit.id('id')}?news=ended")


def receipt(visit: Visit[User]) -> Download:
    """All that is kept of an authorisation, as JSON."""
    made = receipts.receipt(queries.by_id(visit.db, visit.who, visit.id("id")), visit.installation.brand)
    body = made.model_dump_json(indent=2).encode()
    return Download(f"receipt-{made.receipt_id}.json", "application/json", body)


def _form(visit: Visit[User], typed: Typed) -> NewAuthorisation:
    companies = queries.companies(visit.db, visit.who)
    return NewAuthorisation(
        typed=typed,
        fields=FIELDS,
        companies=companies,
        purposes={company.id: purpose(company) for company in companies},
        points=queries.points_held(visit.db, visit.who, visit.today),
        resolutions=labels.RESOLUTIONS,
        until=days.as_written(typed.value("until")),
        longest=days.written(may_last_until(visit.today)),
    )


def _renewal(visit: Visit[User]) -> Typed:
    """The form as it was filled in for the authorisation that is to be renewed, if one is."""
    if "renew" not in visit.query:
        return Typed()
    given = queries.by_id(visit.db, visit.who, _id(visit.query["renew"]))
    gsrns = {point.gsrn for point in given.points}
    points = [point for point in queries.points_held(visit.db, visit.who, visit.today) if point.gsrn in gsrns]
    return Typed(
        {
            "company": str(given.company.id),
            "points": " ".join(str(point.id) for point in points[:MOST_POINTS]),
            "resolution": given.authorisation.resolution,
            "until": may_last_until(visit.today).isoformat(),
            "renew": str(given.id),
        }
    )


def _id(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError:
        raise queries.NoSuchAuthorisation from None


def _values(typed: FormData) -> Mapping[str, str]:
    return {key: str(value) for key, value in typed.items()}


def _seen(form: FormData) -> tuple[Seen[Edition], str]:
    """The words that a customer had before them, and their SHA-256."""
    return notices.EDITIONS.seen(str(form.get("notice"))), str(form.get("sha256"))


routes = [
    page("/authorisations", index, who=decides, viewed=text("Looked at the authorisations")),
    page("/authorisations/new", new, who=decides, viewed=text("Opened the form of a new authorisation")),
    action("/authorisations/new", give, who=decides_confirmed, many={"points"}),
    page("/authorisations/{id}", show, who=decides, viewed=text("Looked at an authorisation")),
    action("/authorisations/{id}/end", end, who=decides),
    page("/authorisations/receipts/{id}", receipt, who=decides, viewed=text("Downloaded the receipt of a decision")),
]
