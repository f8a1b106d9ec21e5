"""The pages of consents, prohibitions and preferences."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.datastructures import FormData

from portal.auth.people import User, decides
from portal.consents import actions, labels, notices, queries, receipts, rules
from portal.consents.actions import LastChannel
from portal.consents.receipts import Receipt
from portal.consents.records import COLUMNS, DecisionEvent, Matrix, PurposeRow
from portal.consents.rules import MATRIX, Cell, DecisionSubject, Switch
from portal.kit import htmx
from portal.kit.errors import Invalid
from portal.kit.forms import Typed
from portal.kit.html import Page
from portal.kit.i18n import Text, text
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

    withdrawn: consents among that which were withdrawn, and can be given again
    """

    template = "consents/show.html"
    matrix: Matrix
    rows: Mapping[str, PurposeRow]
    columns: Sequence[Text]
    notice: str
    latest: Sequence[DecisionEvent]
    saved: Sequence[DecisionEvent] | None
    withdrawn: Sequence[DecisionEvent]
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
    decisions: Sequence[DecisionEvent]
    pagination: Pagination


@dataclass(frozen=True)
class ReceiptPage(Page):
    """One decision with all that is kept of it."""

    template = "consents/receipt.html"
    decision: DecisionEvent
    receipt: Receipt


def show(visit: Visit[User]) -> Page:
    """What may be done with the customer's data, and how they may be contacted."""
    matrix = queries.matrix(visit.db, visit.who)
    return _consents(visit, matrix, _rows(matrix)) if matrix else NoConsents()


def decide(visit: Visit[User]) -> Reply:
    """Take a saved form, or the one `switch` that was clicked: htmx sends it with the form and wants its row back."""
    matrix = actions.hold(visit.db, visit.who)
    requests, seen = _requests(visit.form, matrix.subject), notices.EDITIONS.seen(str(visit.form.get("notice")))
    try:
        records = actions.decide(visit.db, visit.who, matrix, requests, seen, visit.now)
    except LastChannel as refused:
        return Answer(_consents(visit, matrix, _refused(visit, matrix, requests, refused)), status=422)
    if "switch" not in visit.form:
        return Redirect(f"/consents?saved={len(records)}")
    after = matrix.after(records)
    return Answer(_consents(visit, after, _rows(after, decided=requests.keys())), headers=htmx.telling(EVENT))


def history(visit: Visit[User]) -> History:
    """Every decision of the party, page by page."""
    pagination = paginate(visit.query.get("page"), queries.count(visit.db, visit.who), PAGE, "/consents/history")
    decisions = queries.history(visit.db, visit.who, (pagination.number - 1) * PAGE, PAGE)
    return History(decisions, pagination)


def receipt(visit: Visit[User]) -> Reply:
    """The receipt of a decision, to read or, as JSON, to keep."""
    decision, customer = queries.receipt(visit.db, visit.who, visit.id("id"))
    made = receipts.receipt(decision, customer, visit.installation.brand)
    if visit.query.get("format") == "json":
        body = made.model_dump_json(indent=2).encode()
        return Download(f"receipt-{made.receipt_id}.json", "application/json", body)
    return ReceiptPage(decision, made)


def _consents(visit: Visit[User], matrix: Matrix, rows: Sequence[PurposeRow]) -> Consents:
    saved = _saved(visit)
    decisions = queries.history(visit.db, visit.who, 0, max(LATEST, saved or 0))
    return Consents(
        matrix=matrix,
        rows={row.id: row for row in rows},
        columns=[labels.CHANNELS[channel] for channel in COLUMNS],
        notice=f"{notices.EDITIONS.current.version}/{visit.language}",
        latest=decisions[:LATEST],
        saved=None if saved is None else decisions[:saved],
        withdrawn=[one for one in decisions[: saved or 0] if one.is_withdrawn_consent],
        typed=Typed(errors={row.id: row.problem for row in rows if row.problem}),
        titles={row.id: row.about.title.said(visit.language) for row in rows},
    )


def _rows(matrix: Matrix, decided: Collection[Cell] = ()) -> Sequence[PurposeRow]:
    """The rows of the page in their order."""
    purposes = dict.fromkeys(cell.purpose for cell in MATRIX[matrix.subject])
    return [PurposeRow(purpose, matrix, decided) for purpose in purposes]


def _refused(
    visit: Visit[User], matrix: Matrix, requests: Mapping[Cell, Switch], refused: LastChannel
) -> Sequence[PurposeRow]:
    """The rows with everything as it was set, and why it did not work out; a click alone goes back to what holds."""
    asked = None if "switch" in visit.form else requests
    return [
        replace(row, asked=asked, problem=refused.says if row.purpose is refused.purpose else None)
        for row in _rows(matrix)
    ]


def _requests(form: FormData, subject: DecisionSubject) -> Mapping[Cell, Switch]:
    """What a form asks for: every consent back, the one switch that was clicked, or what differs from what was shown.

    `direct-marketing.email=on` is a switch that is on; `was.direct-marketing=email sms` lists those that were.
    What was left alone is not decided, even where something else decided it since the page was opened.
    """
    if form.get("withdraw") == "all":
        return rules.withdrawing_all(subject)
    cells = {cell.key: cell for cell in MATRIX[subject]}
    on, was = _ticked(form), _shown(form)
    changed = {form["switch"]} if "switch" in form else on ^ was
    if not changed | on | was <= cells.keys():
        raise UnknownChoice
    return {cell: Switch.ON if key in on else Switch.OFF for key, cell in cells.items() if key in changed}


def _ticked(form: FormData) -> set[str]:
    ticked = {name: value for name, value in form.items() if "." in name and not name.startswith("was.")}
    if not set(ticked.values()) <= {"on"}:
        raise UnknownChoice
    return set(ticked)


def _shown(form: FormData) -> set[str]:
    purposes = {name.removeprefix("was."): str(value) for name, value in form.items() if name.startswith("was.")}
    return {f"{purpose}.{channel}" for purpose, channels in purposes.items() for channel in channels.split()}


def _saved(visit: Visit[User]) -> int | None:
    asked = visit.query.get("saved", "")
    return min(int(asked), MOST_AT_ONCE) if asked.isdecimal() and len(asked) < 4 else None


routes = [
    page("/consents", show, who=decides, viewed=text("Looked at the consents and prohibitions")),
    action("/consents", decide, who=decides),
    page("/consents/history", history, who=decides, viewed=text("Looked at the history of consents and prohibitions")),
    page("/consents/receipts/{id}", receipt, who=decides, viewed=text("Downloaded the receipt of a decision")),
]
