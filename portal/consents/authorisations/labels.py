"""What is said of authorisations: how finely readings are seen, how one stands, and how it ends."""

from collections.abc import Mapping
from typing import Final

from portal.consents.authorisations.rules import AuthorisationState, Resolution
from portal.kit.i18n import Text, text
from portal.kit.labels import Label

RESOLUTIONS: Final[Mapping[str, Text]] = {
    Resolution.QUARTER: text("Every 15 minutes"),
    Resolution.HOUR: text("By the hour"),
    Resolution.DAY: text("By the day"),
    Resolution.MONTH: text("By the month"),
}
STATES: Final[Mapping[AuthorisationState, Label]] = {
    AuthorisationState.IN_FORCE: Label(text("In force"), icon="check", tone="ok"),
    AuthorisationState.ENDS_SOON: Label(text("Ends soon"), icon="clock", tone="warn"),
    AuthorisationState.EXPIRED: Label(text("Expired"), icon="minus"),
    AuthorisationState.ENDED: Label(text("Ended"), icon="minus"),
    AuthorisationState.REPLACED: Label(text("Renewed"), icon="refresh-cw"),
}
ENDS: Final[Mapping[AuthorisationState, Text]] = {
    AuthorisationState.IN_FORCE: text("Last day of the authorisation"),
    AuthorisationState.ENDS_SOON: text("Last day of the authorisation"),
    AuthorisationState.EXPIRED: text("The authorisation expired"),
    AuthorisationState.ENDED: text("The authorisation was ended"),
    AuthorisationState.REPLACED: text("It was renewed: a newer authorisation took its place"),
}
