"""What is said of where a request stands."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from portal.kit.i18n import Text, counted, text
from portal.kit.labels import Label
from portal.requests.rules import Clock, State

STATES: Final[Mapping[State, Label]] = {
    State.DRAFT: Label(text("Not sent yet"), icon="circle-pause", tone="warn"),
    State.RECEIVED: Label(text("Arrived"), icon="clock", tone="brand"),
    State.IN_WORK: Label(text("In work"), icon="clock", tone="brand"),
    State.ACCEPTED: Label(text("Accepted"), icon="check", tone="ok"),
    State.DONE: Label(text("Done"), icon="check", tone="ok"),
    State.REFUSED: Label(text("Refused"), icon="circle-alert", tone="warn"),
    State.WITHDRAWN: Label(text("Withdrawn"), icon="undo-2"),
}
STEPS: Final[Mapping[State, Text]] = {
    State.RECEIVED: text("The request was sent"),
    State.IN_WORK: text("We are working on it"),
    State.ACCEPTED: text("We accepted it"),
    State.DONE: text("Done"),
    State.REFUSED: text("We refused it"),
    State.WITHDRAWN: text("The request was withdrawn"),
}


def left(clock: Clock, today: date) -> Text:
    """How many days are left to answer; a negative number is late."""
    days = clock.days_left(today)
    if days < 0:
        return counted("%(n)s day late", "%(n)s days late", -days)
    return counted("%(n)s day left", "%(n)s days left", days, none=text("The last day is today"))
