"""What is said of mandates given here: how far they go, on which days, how invitations stand, what was done."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from portal.auth.reach import Level
from portal.kit import formats
from portal.kit.i18n import Language, Spoken, Text, text
from portal.kit.labels import Label
from portal.organisation.mandates.rules import InvitationState

HOW_FAR: Final[Mapping[Level, Text]] = {
    Level.SEE: text("The holder sees and downloads, and changes nothing."),
    Level.MANAGE: text("The holder also changes and orders, in the name of who gave the mandate."),
}
FULL: Final[Mapping[bool, Text]] = {
    False: text("This leaves nothing out: the holder decides in everything here, but for letting others act."),
    True: text(
        "This leaves nothing out: the holder becomes an administrator of the company, who lets others act, too."
    ),
}
"""By whether the giver is a company."""
LEVELS: Final[Mapping[Level, tuple[Text, Text]]] = {
    Level.SEE: (text("May look"), text("Sees and downloads, and changes nothing.")),
    Level.MANAGE: (text("May manage"), text("Also changes and orders, in the giver's name.")),
}
INVITATIONS: Final[Mapping[InvitationState, Label]] = {
    InvitationState.WAITING: Label(text("Waits for an answer"), icon="clock", tone="brand"),
    InvitationState.UNDELIVERED: Label(text("Could not be delivered"), icon="circle-alert", tone="warn"),
    InvitationState.EXPIRED: Label(text("Expired"), icon="minus"),
}


class News(StrEnum):
    """What was just done; the value of `news=`."""

    INVITED = "invited"
    SENT = "sent"
    WAITS = "waits"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"
    CHANGED = "changed"
    SAME = "same"
    ENDED = "ended"
    LAST = "last"


NEWS: Final[Mapping[News, Text]] = {
    News.SENT: text("The invitation has been sent. The mandate begins when it is accepted; you see it here then."),
    News.INVITED: text("The invitation has been sent. The mandate begins when it is accepted; we write to you then."),
    News.WAITS: text(
        "The same invitation waits already, and its link works. If the letter was lost, withdraw it and invite anew."
    ),
    News.WITHDRAWN: text("The invitation has been withdrawn. Its link no longer works."),
    News.ACCEPTED: text("You have accepted the mandate."),
    News.CHANGED: text("The mandate has been changed. It counts at once."),
    News.SAME: text("Nothing was changed: the mandate is as you sent it."),
    News.ENDED: text("The mandate has ended. It opens nothing any more."),
}


def days(first: date, last: date | None) -> Text:
    """From which day on, and until which."""

    def said(language: Language) -> str:
        return formats.date_range(first, last, language) if last else formats.full_date(first, language)

    if last is None:
        return text("Valid from %(day)s on, until somebody ends it.", day=Spoken(said))
    return text("Valid %(days)s.", days=Spoken(said))
