"""What is said of rights to act for another: how far they go, how they stand, and at which sites they hold."""

from collections.abc import Collection, Mapping
from typing import Final

from portal.auth.reach import Level
from portal.customers import words
from portal.kit.i18n import Text, counted, text
from portal.kit.labels import Label
from portal.organisation.rules import RightState

FEW_TOWNS: Final = 2
LEVELS: Final[Mapping[Level, Label]] = {
    Level.SEE: Label(words.LEVELS[Level.SEE], icon="eye"),
    Level.MANAGE: Label(words.LEVELS[Level.MANAGE], icon="key-round", tone="brand"),
}
STATES: Final[Mapping[RightState, Label]] = {
    RightState.IN_FORCE: Label(text("In force"), icon="check", tone="ok"),
    RightState.ENDS_SOON: Label(text("Ends soon"), icon="clock", tone="warn"),
    RightState.COMING: Label(text("Starts later"), icon="calendar-days", tone="brand"),
    RightState.ENDED: Label(text("Ended"), icon="minus"),
}


def all_sites(count: int | None) -> Text:
    """`All 240`."""
    return text("All %(n)s", n=count) if count else text("All sites")


def some_sites(count: int, towns: Collection[str]) -> Text:
    """`Tampere, 58`, `90 in 5 towns`; of somebody else's sites how many they are."""
    if not towns:
        return counted("%(n)s site", "%(n)s sites", count)
    if len(towns) <= FEW_TOWNS:
        return text("%(towns)s, %(n)s", towns=", ".join(sorted(towns)), n=count)
    return text("%(n)s in %(towns)s towns", towns=len(towns), n=count)
