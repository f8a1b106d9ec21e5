"""What is said of decisions: channels, what was done, what holds, on which ground, where, and how surely by whom."""

from collections.abc import Mapping
from typing import Final

from portal.consents.rules import Action, Channel, DecisionKind, Ground, Switch
from portal.kit.i18n import Text, text

CHANNELS: Final[Mapping[str, Text]] = {
    Channel.EMAIL: text("Email"),
    Channel.SMS: text("Text message"),
    Channel.PHONE: text("Phone call"),
    Channel.AUTOMATED_CALL: text("Automated call"),
    Channel.LETTER: text("Letter"),
}
DEEDS: Final[Mapping[tuple[str, str], Text]] = {
    (DecisionKind.CONSENT, Action.GIVEN): text("Consent given"),
    (DecisionKind.CONSENT, Action.WITHDRAWN): text("Consent withdrawn"),
    (DecisionKind.OBJECTION, Action.GIVEN): text("Prohibited"),
    (DecisionKind.OBJECTION, Action.WITHDRAWN): text("Allowed again"),
    (DecisionKind.PREFERENCE, Action.GIVEN): text("Channel turned on"),
    (DecisionKind.PREFERENCE, Action.WITHDRAWN): text("Channel turned off"),
}
STATES: Final[Mapping[tuple[DecisionKind, Switch], Text]] = {
    (DecisionKind.CONSENT, Switch.ON): text("consent"),
    (DecisionKind.CONSENT, Switch.OFF): text("no consent"),
    (DecisionKind.OBJECTION, Switch.ON): text("allowed"),
    (DecisionKind.OBJECTION, Switch.OFF): text("prohibited"),
    (DecisionKind.PREFERENCE, Switch.ON): text("channel on"),
    (DecisionKind.PREFERENCE, Switch.OFF): text("channel off"),
}
GROUNDS: Final[Mapping[str, Text]] = {
    Ground.CONTRACT: text("GDPR 6(1)(b)"),
    Ground.CONSENT: text("GDPR 6(1)(a)"),
    Ground.ELECTRONIC_MARKETING: text("GDPR 6(1)(a); Act 917/2014 s. 200(1)"),
    Ground.OTHER_MARKETING: text("GDPR 6(1)(f), 21(2)-(3); Act 917/2014 s. 200(2)"),
    Ground.COMPANY_MARKETING: text("GDPR 6(1)(f), 21(2)-(3); Act 917/2014 s. 202"),
    Ground.RESEARCH: text("GDPR 6(1)(f), 21(1)"),
}
LEVELS: Final[Mapping[str, Text]] = {
    "loa2": text("substantial"),
    "loa3": text("high"),
    "password": text("a password, no identification"),
    "passkey": text("a passkey, no identification"),
}
PLACES: Final[Mapping[str, Text]] = {
    "portal": text("In this service"),
    "phone": text("By phone"),
    "letter": text("By letter"),
    "feed": text("From our customer register"),
}


def level(assurance: str) -> Text | str:
    """The level of assurance of a sign-in, by the end of its acr (`.../loa2`); an unknown one is told as it is."""
    name = assurance.rpartition("/")[2]
    return LEVELS.get(name.replace("loatest", "loa"), name)
