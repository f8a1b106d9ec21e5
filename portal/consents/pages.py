"""The pages of consents, prohibitions and preferences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from starlette.datastructures import FormData
from starlette.routing import Route

from portal.auth.people import User, decides
from portal.brand import Brand
from portal.consents import actions, notices, queries, receipts, rules, shown
from portal.consents.actions import LastChannel, NotACustomer, Seen
from portal.consents.queries import Decider, Matrix
from portal.consents.receipts import Receipt
from portal.consents.rules import MATRIX, DecisionRequest, DecisionSubject, Switch
from portal.consents.shown import Attempt, PurposeRow, Told
from portal.kit import htmx
from portal.kit.errors import Invalid
from portal.kit.forms import Typed
from portal.kit.html import Page
from portal.kit.i18n import Language, Text, text
from portal.kit.pagination import Pagination, paginate
from portal.kit.web import Answer, Download, Redirect, Reply, Visit, action, page

LATEST = 3
MOST_AT_ONCE = 40
PAGE = 20
EVENT = "decided"  # what the history and the withdrawal of everything wait for


class UnknownChoice(Invalid):
    """The form names something that nobody can decide on, or says neither on nor off."""

    says = text("The form held a choice that does not exist. Nothing was changed; open the page again.")


@dataclass(frozen=True)
class Consents(Page):
    """The matrix; `saved` is what the last saving decided, None where nothing was saved.

    may_withdraw: whether any consent is given that could be withdrawn
    """

    template = "consents/show.html"
    decider: Decider
    rows: Mapping[str, PurposeRow]
    columns: Sequence[Text]
    notice: str
    latest: Sequence[Told]
    saved: Sequence[Told] | None
    may_withdraw: bool
    typed: Typed
    titles: Mapping[str, str]


@dataclass(frozen=True)
class NoConsents(Page):
    """For somebody who is no customer yet: why there is nothing to decide."""

    template = "consents/none.html"


@dataclass(frozen=True)
class History(Page):
    """Every decision, the newest first."""

    template = "consents/history.html"
    decisions: Sequence[Told]
    pagination: Pagination


@dataclass(frozen=True)
class ReceiptPage(Page):
    """One decision with all that is kept of it; the customer read its words in `language_shown`."""

    template = "consents/receipt.html"
    told: Told
    receipt: Receipt
    language_shown: str
    level: Text | str


def show(visit: Visit[User]) -> Page:
    """What may be done with the customer's data, and how they may be contacted."""
    matrix = queries.matrix(visit.db, visit.who)
    return _consents(visit, matrix, Attempt()) if matrix else NoConsents()


def decide(visit: Visit[User]) -> Reply:
    """Take a saved form, or the one `switch` that was clicked: htmx sends it with the form and wants its row back."""
    before = _matrix(visit)
    requests = _requests(visit.form, before.decider.subject)
    try:
        records = actions.decide(visit.db, visit.who, requests, _seen(visit.form), visit.now)
    except LastChannel as refused:
        asked = {} if "switch" in visit.form else {request.cell: request.switch for request in requests}
        attempt = Attempt(asked=asked, problems={shown.row_id(refused.purpose): refused.says})
        return Answer(_consents(visit, before, attempt), status=422)
    if "switch" not in visit.form:
        return Redirect(f"/consents?saved={len(records)}")
    attempt = Attempt(decided=[request.cell for request in requests])
    return Answer(_consents(visit, _matrix(visit), attempt), headers=htmx.telling(EVENT))


def history(visit: Visit[User]) -> History:
    """Every decision of the party, page by page."""
    pagination = paginate(visit.query.get("page"), queries.count(visit.db, visit.who), PAGE, "/consents/history")
    events = queries.history(visit.db, visit.who, (pagination.number - 1) * PAGE, PAGE)
    return History([shown.told(event, visit.language) for event in events], pagination)


def receipt(brand: Brand, visit: Visit[User]) -> Reply:
    """The receipt of a decision, to read or, as JSON, to keep."""
    event, decider = queries.receipt(visit.db, visit.who, visit.id("id"))
    made = receipts.receipt(event, decider, brand)
    if visit.query.get("format") == "json":
        body = made.model_dump_json(indent=2).encode()
        return Download(f"receipt-{made.receipt_id}.json", "application/json", body)
    return ReceiptPage(
        shown.told(event, visit.language), made, event.record.language, shown.level(event.record.assurance)
    )


def _consents(visit: Visit[User], matrix: Matrix, attempt: Attempt) -> Consents:
    saved = _saved(visit)
    events = queries.history(visit.db, visit.who, 0, max(LATEST, saved or 0))
    told = [shown.told(event, visit.language) for event in events]
    rows = shown.rows(matrix, visit.language, attempt)
    return Consents(
        decider=matrix.decider,
        rows=rows,
        columns=[shown.CHANNELS[channel] for channel in shown.COLUMNS],
        notice=f"{notices.EDITIONS.current.version}/{visit.language}",
        latest=told[:LATEST],
        saved=None if saved is None else told[:saved],
        may_withdraw=bool(rules.news(rules.withdrawing_all(matrix.decider.subject), matrix.in_force)),
        typed=Typed(errors=attempt.problems),
        titles={name: row.title for name, row in rows.items()},
    )


def _matrix(visit: Visit[User]) -> Matrix:
    matrix = queries.matrix(visit.db, visit.who)
    if matrix is None:
        raise NotACustomer
    return matrix


def _requests(form: FormData, subject: DecisionSubject) -> Sequence[DecisionRequest]:
    """What a form asks for: every consent back, the one switch that was clicked, or what differs from what was shown.

    `direct-marketing.email=on` is a switch that is on; `was.direct-marketing=email sms` lists those that were.
    What was left alone is not decided, even where something else decided it since the page was opened.
    """
    if form.get("withdraw") == "all":
        return list(rules.withdrawing_all(subject))
    cells = {cell.key: cell for cell in MATRIX[subject]}
    on, was = _ticked(form), _shown(form)
    changed = {form["switch"]} if "switch" in form else on ^ was
    if not changed | on | was <= cells.keys():
        raise UnknownChoice
    return [
        DecisionRequest(cell, Switch.ON if key in on else Switch.OFF) for key, cell in cells.items() if key in changed
    ]


def _ticked(form: FormData) -> set[str]:
    ticked = {name: value for name, value in form.items() if "." in name and not name.startswith("was.")}
    if not set(ticked.values()) <= {"on"}:
        raise UnknownChoice
    return set(ticked)


def _shown(form: FormData) -> set[str]:
    purposes = {name.removeprefix("was."): str(value) for name, value in form.items() if name.startswith("was.")}
    return {f"{purpose}.{channel}" for purpose, channels in purposes.items() for channel in channels.split()}


def _seen(form: FormData) -> Seen:
    version, _, language = str(form.get("notice")).partition("/")
    if language not in set(Language):
        raise UnknownChoice
    return Seen(notices.EDITIONS.by_version(version), Language(language))


def _saved(visit: Visit[User]) -> int | None:
    asked = visit.query.get("saved", "")
    return min(int(asked), MOST_AT_ONCE) if asked.isdecimal() and len(asked) < 4 else None


def routes(brand: Brand) -> Sequence[Route]:
    """The addresses of this slice; receipts name the company whose portal this is."""
    return [
        page("/consents", show, who=decides),
        action("/consents", decide, who=decides),
        page("/consents/history", history, who=decides),
        page("/consents/receipts/{id}", partial(receipt, brand), who=decides),
    ]
