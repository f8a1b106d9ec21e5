"""What is said of payments that are made here."""

from collections.abc import Mapping
from typing import Final

from portal.kit.i18n import text
from portal.kit.labels import Label
from portal.payments.kinds import AttemptState

STATES: Final[Mapping[AttemptState, Label]] = {
    AttemptState.BEGUN: Label(text("Begun"), icon="clock", tone="brand"),
    AttemptState.UNDER_WAY: Label(text("Waiting for confirmation"), icon="clock", tone="brand"),
    AttemptState.PAID: Label(text("Paid"), icon="check", tone="ok"),
    AttemptState.CANCELLED: Label(text("Payment cancelled"), icon="x"),
    AttemptState.FAILED: Label(text("Not made"), icon="circle-alert", tone="warn"),
    AttemptState.REFUNDING: Label(text("Being paid back"), icon="undo-2", tone="warn"),
    AttemptState.REFUNDED: Label(text("Paid back"), icon="undo-2", tone="ok"),
}
