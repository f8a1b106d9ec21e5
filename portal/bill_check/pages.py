"""The check of an invoice: every line worked out anew from readings, prices and taxes."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.auth.people import User, sees
from portal.auth.reach import Theme
from portal.bill_check import labels, queries
from portal.bill_check.rules import BillCheck, Outcome, Why
from portal.invoices import queries as invoices
from portal.kit.html import Page
from portal.kit.i18n import Text, text
from portal.kit.labels import Label
from portal.kit.web import Visit, page


@dataclass(frozen=True)
class CheckPage(Page):
    """What the check of an invoice found, first in a sentence, then line by line."""

    template = "bill_check/show.html"
    check: BillCheck
    summary: Label
    outcomes: Mapping[Outcome, Label]
    reasons: Mapping[Why, Text]


def show(visit: Visit[User]) -> CheckPage:
    """One invoice, checked."""
    found = queries.check(visit.db, visit.who, invoices.by_id(visit.db, visit.who, visit.id("id")))
    return CheckPage(found, labels.summary(found), labels.OUTCOMES, labels.REASONS)


routes = [page("/invoices/{id}/check", show, who=sees(Theme.BILLING), viewed=text("Checked an invoice"))]
