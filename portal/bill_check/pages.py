"""The check of an invoice, every line worked out anew from readings, prices and taxes; and that of all of a year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from portal.auth.people import User, sees
from portal.auth.reach import Theme
from portal.bill_check import labels, queries
from portal.bill_check.rules import BillCheck, CheckedLine, Outcome, Why
from portal.bill_check.runs import AT_ONCE, CheckRun, opened
from portal.invoices import disputes
from portal.invoices import queries as invoices
from portal.invoices.records import InvoiceHead
from portal.kit.html import Page
from portal.kit.i18n import Text, text
from portal.kit.labels import Label
from portal.kit.money import Money
from portal.kit.web import Visit, page

ALL: Final = "/invoices/check"


@dataclass(frozen=True)
class CheckPage(Page):
    """What the check of an invoice found, first in a sentence, then line by line.

    complaints: for each line that differs, in their order, the form in which one complains about it
    """

    template = "bill_check/show.html"
    check: BillCheck
    complaints: Sequence[str]
    summary: Label
    outcomes: Mapping[Outcome, Label]
    reasons: Mapping[Why, Text]


@dataclass(frozen=True)
class CheckRunPage(Page):
    """What the check of all invoices of a year has found so far.

    run: None where there are no invoices
    count: how many there are of the year
    heads: those that are told of one by one
    further: the address that looks at the next ones; None where all were looked at
    """

    template = "bill_check/all.html"
    years: Sequence[int]
    run: CheckRun | None
    count: int
    summary: Label | None
    heads: Mapping[UUID, InvoiceHead]
    reasons: Mapping[Why, Text]
    further: str | None


def show(visit: Visit[User]) -> CheckPage:
    """One invoice, checked."""
    found = queries.check(visit.db, visit.who, invoices.by_id(visit.db, visit.who, visit.id("id")))
    every = enumerate(found.lines, 1) if disputes.may_complain(visit.who) else ()
    complaints = [_complaint(found, place, one) for place, one in every if one.outcome is Outcome.DIFFERS]
    return CheckPage(found, complaints, labels.summary(found), labels.OUTCOMES, labels.REASONS)


def show_all(visit: Visit[User]) -> CheckRunPage:
    """The invoices of a year, some more of them checked than there were before."""
    counts = invoices.counts_by_year(visit.db, visit.who)
    before = _so_far(visit, counts)
    if before is None:
        return CheckRunPage([], None, 0, None, {}, labels.REASONS, None)
    more = invoices.of_year(visit.db, visit.who, before.year, before.checked, AT_ONCE)
    run = before.going_on(queries.check(visit.db, visit.who, invoice) for invoice in more)
    count = max(counts[run.year], run.checked)
    told = [finding.invoice_id for finding in run.findings]
    return CheckRunPage(
        years=list(counts),
        run=run,
        count=count,
        summary=labels.summary_of_all(run, count),
        heads=invoices.of_ids(visit.db, visit.who, told),
        reasons=labels.REASONS,
        further=_further(visit, run) if more and run.checked < count else None,
    )


def _complaint(check: BillCheck, place: int, checked: CheckedLine) -> str:
    """The form for a message about a line that differs; what is charged too much stands in it as disputed."""
    too_much = disputes.with_vat(checked.difference, checked.line)
    asked = {"invoice": check.invoice.head.id, "place": place}
    return f"/messages/new?{urlencode({**asked, 'cents': too_much.cents} if too_much > Money(0) else asked)}"


def _so_far(visit: Visit[User], counts: Mapping[int, int]) -> CheckRun | None:
    """What was found before; the beginning of the year that is asked for, or of the newest. None without invoices."""
    going_on = opened(visit.query.get("so_far", ""), visit.installation.vault, visit.who.session_id)
    if going_on is not None and going_on.year in counts:
        return going_on
    asked = [year for year in counts if str(year) == visit.query.get("year")]
    return next((CheckRun(year) for year in (*asked, *counts)), None)


def _further(visit: Visit[User], run: CheckRun) -> str:
    so_far = run.sealed(visit.installation.vault, visit.who.session_id)
    return f"{ALL}?{urlencode({'year': run.year, 'so_far': so_far})}"


routes = [
    page(ALL, show_all, who=sees(Theme.BILLING), viewed=text("Checked all invoices of a year")),
    page("/invoices/{id}/check", show, who=sees(Theme.BILLING), viewed=text("Checked an invoice")),
]
