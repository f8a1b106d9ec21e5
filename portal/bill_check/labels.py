"""What is said of the check of an invoice: what it found, and why a line could not be worked out."""

from collections.abc import Mapping
from typing import Final

from portal.bill_check.rules import BillCheck, Outcome, Why
from portal.bill_check.runs import CheckRun
from portal.kit import formats
from portal.kit.i18n import Text, counted, text
from portal.kit.labels import Label
from portal.kit.money import Money

OUTCOMES: Final[Mapping[Outcome, Label]] = {
    Outcome.AGREES: Label(text("Agrees"), icon="check", tone="ok"),
    Outcome.DIFFERS: Label(text("Differs"), icon="circle-alert", tone="warn"),
    Outcome.UNCHECKED: Label(text("Not worked out"), icon="minus"),
}
REASONS: Final[Mapping[Why, Text]] = {
    Why.ANOTHER_INVOICE: text("It concerns another invoice: check the lines there."),
    Why.NO_CONTRACT: text("It belongs to no contract in the register: a fee or a job, for example."),
    Why.NO_POINT: text("Its contract has no metering point."),
    Why.OTHER_UNIT: text("It counts something of which there are no readings here, such as days or cubic metres."),
    Why.NOT_OPEN: text("You do not have the right to see the readings of these days."),
    Why.NOT_RUNNING: text("In the register the contract is not in force on these days."),
    Why.TWO_CONTRACTS: text("In the register two contracts of the same kind are in force on these days."),
    Why.NO_PRICE: text("The register does not hold the price of all of these days."),
    Why.NO_VAT: text("The register does not hold the rate of VAT of all of these days."),
    Why.NO_SPOT: text("The register does not hold the spot price of all of these days."),
    Why.NO_READINGS: text("There are no readings of these days here."),
    Why.GAPS: text("Some readings of these days are missing here."),
}


def summary(check: BillCheck) -> Label:
    """What the check found, in a sentence or two."""
    if check.differing:
        return Label(_differs(len(check.differing), check.difference), icon="circle-alert", tone="warn")
    if not check.is_added_up:
        sums = text(
            "The lines add up to %(total)s, and the invoice says something else.", total=formats.money(check.total)
        )
        return Label(sums, icon="circle-alert", tone="warn")
    if not check.agreeing:
        return Label(
            text("The invoice adds up. Its lines cannot be worked out from readings; each of them says why."),
            icon="info",
            tone="brand",
        )
    if check.unchecked:
        found = text(
            "What can be checked is correct: %(right)s of %(all)s lines follow from the readings and prices.",
            right=len(check.agreeing),
            all=len(check.lines),
        )
        return Label(found, icon="circle-check", tone="ok")
    return Label(text("Every line follows from the readings and prices."), icon="circle-check", tone="ok")


def summary_of_all(run: CheckRun, count: int) -> Label:
    """What the check of the invoices of a year found, or has found so far, in a sentence."""
    if run.wrong:
        words = counted("One invoice differs.", "%(n)s invoices differ.", run.wrong)
        return Label(words, icon="circle-alert", tone="warn")
    if run.checked < count:
        return Label(text("No invoice differs so far."), icon="info", tone="brand")
    if not run.right:
        words = text("None of the invoices can be worked out from readings; each of them says why.")
        return Label(words, icon="info", tone="brand")
    if run.unchecked:
        return Label(text("No invoice differs, as far as they can be worked out."), icon="circle-check", tone="ok")
    return Label(text("Every invoice follows from the readings and prices."), icon="circle-check", tone="ok")


def _differs(lines: int, difference: Money) -> Text:
    amount = formats.money(difference if difference.cents > 0 else -difference)
    if difference.cents > 0:
        return counted(
            "One line differs. The invoice is %(amount)s too high.",
            "%(n)s lines differ. The invoice is %(amount)s too high.",
            lines,
            amount=amount,
        )
    if difference.cents < 0:
        return counted(
            "One line differs. The invoice is %(amount)s too low.",
            "%(n)s lines differ. The invoice is %(amount)s too low.",
            lines,
            amount=amount,
        )
    return counted(
        "One line differs. The total of the invoice is correct.",
        "%(n)s lines differ. The total of the invoice is correct.",
        lines,
    )
