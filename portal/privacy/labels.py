"""What is said of rights and requests: what each right is, where a request stands, what erasure would do."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from portal.kit.i18n import Text, counted, text
from portal.kit.labels import Label
from portal.privacy.rules import Act, CaseState, Fate, Right

RIGHTS: Final[Mapping[Right, Text]] = {
    Right.ACCESS: text("See all data"),
    Right.PORTABILITY: text("Take the data elsewhere"),
    Right.RECTIFICATION: text("Correct the data"),
    Right.ERASURE: text("Erase the data"),
    Right.RESTRICTION: text("Restrict the use of the data"),
    Right.OBJECTION: text("Object to the use of the data"),
    Right.RECORDINGS: text("Copy of call recordings"),
}
STATES: Final[Mapping[CaseState, Label]] = {
    CaseState.RECEIVED: Label(text("Received"), icon="clock", tone="brand"),
    CaseState.IN_WORK: Label(text("In work"), icon="clock", tone="brand"),
    CaseState.WAITING: Label(text("Waits for you"), icon="circle-pause", tone="warn"),
    CaseState.DONE: Label(text("Done"), icon="check", tone="ok"),
    CaseState.REFUSED: Label(text("Refused"), icon="circle-alert", tone="warn"),
    CaseState.WITHDRAWN: Label(text("Withdrawn"), icon="undo-2"),
}
STEPS: Final[Mapping[Act, Text]] = {
    Act.RECEIVED: text("We received the request"),
    Act.IN_WORK: text("We are working on it"),
    Act.ASKED: text("We asked for more; the time does not run while we wait"),
    Act.ANSWERED: text("An answer was added"),
    Act.EXTENDED: text("We need more time to answer"),
    Act.DONE: text("Done"),
    Act.REFUSED: text("We refused it"),
    Act.WITHDRAWN: text("The request was withdrawn"),
}
ARTICLES: Final[Mapping[Right, Text]] = {
    Right.ACCESS: text("GDPR, Article 15"),
    Right.PORTABILITY: text("GDPR, Article 20"),
    Right.RECTIFICATION: text("GDPR, Article 16"),
    Right.ERASURE: text("GDPR, Article 17"),
    Right.RESTRICTION: text("GDPR, Article 18"),
    Right.OBJECTION: text("GDPR, Article 21"),
    Right.RECORDINGS: text("GDPR, Article 15(3)"),
}
EXPLAINED: Final[Mapping[Right, Text]] = {
    Right.ACCESS: text("You get everything at once as a package. If something is missing from it, ask for it here."),
    Right.PORTABILITY: text("The package holds the data as JSON and CSV, to keep or for another company."),
    Right.RECTIFICATION: text("Say what is wrong or missing and how it should be."),
    Right.ERASURE: text("We tell you first what would go now, and what the law obliges us to keep and until when."),
    Right.RESTRICTION: text("We only keep the data, while its correctness or an objection is being looked into."),
    Right.OBJECTION: text("Where we rely on our legitimate interest. Marketing you can prohibit at once."),
    Right.RECORDINGS: text("Calls to customer service are recorded. You can have a copy of them."),
}
FATES: Final[Mapping[Fate, Text]] = {
    Fate.GOES: text("goes now"),
    Fate.CONTRACT: text("stays as long as the contract needs it"),
    Fate.ACCOUNTING: text("stays, the Accounting Act obliges us"),
    Fate.EVIDENCE: text("stays for a set time: we must be able to show what was decided and done"),
}


def done_in(days: int) -> Label:
    """That a request was answered, and how soon."""
    words = counted("Done in %(n)s day", "Done in %(n)s days", days, none=text("Done on the same day"))
    return replace(STATES[CaseState.DONE], words=words)


def left(days: int) -> Text:
    """How many days are left to answer; a negative number is late."""
    if days < 0:
        return counted("%(n)s day late", "%(n)s days late", -days)
    return counted("%(n)s day left", "%(n)s days left", days, none=text("The last day is today"))
