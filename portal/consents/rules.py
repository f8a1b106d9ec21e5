"""What a customer decides about, on what ground each thing stands, and what a decision makes of it.

Four kinds that must not be mixed: a consent is off until given; an objection stops what is allowed until prohibited;
a preference routes what cannot be refused; authorisations to third parties, the fourth, are not decided here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar


class DecisionSubject(StrEnum):
    """Whose decision it is; the law treats the marketing to each differently."""

    PERSON = "person"
    COMPANY = "company"


class DecisionKind(StrEnum):
    """What kind of decision a cell takes."""

    CONSENT = "consent"
    OBJECTION = "objection"
    PREFERENCE = "preference"


class Action(StrEnum):
    """What a record says. Given, a consent permits, an objection prohibits, a preference chooses the channel."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class Switch(StrEnum):
    """What a customer sees and sets: on is always that we may, off that we may not."""

    ON = "on"
    OFF = "off"


class Purpose(StrEnum):
    """What we would do, in the order of the page."""

    OUTAGES = "outages"
    INVOICES = "invoices"
    DIRECT_MARKETING = "direct-marketing"
    DISTANCE_SELLING = "distance-selling"
    MARKET_RESEARCH = "market-research"
    SATISFACTION_SURVEY = "satisfaction-survey"
    SERVICE_ANALYTICS = "service-analytics"
    PARTNER_DISCLOSURE = "partner-disclosure"


class Channel(StrEnum):
    """How we would do it, in the order of the page; ANY where the purpose reaches nobody by itself."""

    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"
    AUTOMATED_CALL = "automated-call"
    LETTER = "letter"
    ANY = "any"


class Ground(StrEnum):
    """Why we may: articles of the GDPR, sections of the Act on Electronic Communications Services 917/2014."""

    CONTRACT = "GDPR 6(1)(b)"
    CONSENT = "GDPR 6(1)(a)"
    ELECTRONIC_MARKETING = "GDPR 6(1)(a); Act 917/2014 s. 200(1)"
    OTHER_MARKETING = "GDPR 6(1)(f), 21(2)-(3); Act 917/2014 s. 200(2)"
    COMPANY_MARKETING = "GDPR 6(1)(f), 21(2)-(3); Act 917/2014 s. 202"
    RESEARCH = "GDPR 6(1)(f), 21(1)"


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of the matrix."""

    purpose: Purpose
    channel: Channel
    kind: DecisionKind
    ground: Ground

    @property
    def key(self) -> str:
        """Its name in forms: `direct-marketing.email`."""
        return f"{self.purpose}.{self.channel}"


def _row(purpose: Purpose, kind: DecisionKind, ground: Ground, *channels: Channel) -> tuple[Cell, ...]:
    return tuple(Cell(purpose, channel, kind, ground) for channel in channels)


_ROUTED = (
    *_row(Purpose.OUTAGES, DecisionKind.PREFERENCE, Ground.CONTRACT, Channel.EMAIL, Channel.SMS, Channel.LETTER),
    *_row(Purpose.INVOICES, DecisionKind.PREFERENCE, Ground.CONTRACT, Channel.EMAIL, Channel.SMS, Channel.LETTER),
)
_ASKED = (
    *_row(
        Purpose.MARKET_RESEARCH, DecisionKind.OBJECTION, Ground.RESEARCH, Channel.EMAIL, Channel.PHONE, Channel.LETTER
    ),
    *_row(
        Purpose.SATISFACTION_SURVEY, DecisionKind.OBJECTION, Ground.RESEARCH, Channel.EMAIL, Channel.SMS, Channel.PHONE
    ),
)
_ELECTRONIC = (Channel.EMAIL, Channel.SMS, Channel.AUTOMATED_CALL)
_OTHER = (Channel.PHONE, Channel.LETTER)

MATRIX: Mapping[DecisionSubject, Sequence[Cell]] = {
    DecisionSubject.PERSON: (
        *_ROUTED,
        *_row(Purpose.DIRECT_MARKETING, DecisionKind.CONSENT, Ground.ELECTRONIC_MARKETING, *_ELECTRONIC),
        *_row(Purpose.DIRECT_MARKETING, DecisionKind.OBJECTION, Ground.OTHER_MARKETING, *_OTHER),
        *_row(Purpose.DISTANCE_SELLING, DecisionKind.OBJECTION, Ground.OTHER_MARKETING, *_OTHER),
        *_ASKED,
        *_row(Purpose.SERVICE_ANALYTICS, DecisionKind.CONSENT, Ground.CONSENT, Channel.ANY),
        *_row(Purpose.PARTNER_DISCLOSURE, DecisionKind.CONSENT, Ground.CONSENT, Channel.ANY),
    ),
    # Marketing to a company needs no consent (s. 202), so all of it is an objection. A consent is a person's:
    # what is left of them is the disclosure of the details of those who represent the company.
    DecisionSubject.COMPANY: (
        *_ROUTED,
        *_row(Purpose.DIRECT_MARKETING, DecisionKind.OBJECTION, Ground.COMPANY_MARKETING, *_ELECTRONIC, *_OTHER),
        *_row(Purpose.DISTANCE_SELLING, DecisionKind.OBJECTION, Ground.COMPANY_MARKETING, *_OTHER),
        *_ASKED,
        *_row(Purpose.PARTNER_DISCLOSURE, DecisionKind.CONSENT, Ground.CONSENT, Channel.ANY),
    ),
}


class Decision(Protocol):
    """What a record says, as far as the rules need it. Within a party the sequence grows by one."""

    @property
    def sequence(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def action(self) -> str: ...


D = TypeVar("D", bound=Decision)
Place = tuple[str, str, str]
InForce = Mapping[Place, D]
"""The newest decision by kind, purpose and channel. The kind belongs to it: should the law turn a consent into an
objection, a consent once given does not become a prohibition."""


def in_force(decisions: Iterable[D]) -> dict[Place, D]:
    """What holds: of each place the newest decision, in whatever order they come."""
    in_order = sorted(decisions, key=lambda decision: decision.sequence)
    return {(decision.kind, decision.purpose, decision.channel): decision for decision in in_order}


def standing(cell: Cell, decisions: InForce[D]) -> D | None:
    """The decision that holds for a cell, if one was ever taken."""
    return decisions.get((cell.kind, cell.purpose, cell.channel))


def switch(kind: DecisionKind, action: str | None) -> Switch:
    """What an action means, or, where nothing was decided, the default: only a consent is off by itself."""
    match kind:
        case DecisionKind.CONSENT:
            return Switch.ON if action == Action.GIVEN else Switch.OFF
        case DecisionKind.OBJECTION:
            return Switch.OFF if action == Action.GIVEN else Switch.ON
        case DecisionKind.PREFERENCE:
            return Switch.OFF if action == Action.WITHDRAWN else Switch.ON


def action(kind: DecisionKind, request: Switch) -> Action:
    """What is recorded when a customer sets a switch."""
    given_when = Switch.OFF if kind is DecisionKind.OBJECTION else Switch.ON
    return Action.GIVEN if request is given_when else Action.WITHDRAWN


def state(cell: Cell, decisions: InForce[D]) -> Switch:
    """Whether a cell is on."""
    decision = standing(cell, decisions)
    return switch(cell.kind, decision.action if decision else None)


def news(requests: Mapping[Cell, Switch], decisions: InForce[D]) -> dict[Cell, Switch]:
    """The requests that change something: to decide what is so already is no decision."""
    return {cell: switch for cell, switch in requests.items() if state(cell, decisions) is not switch}


def unreachable(subject: DecisionSubject, requests: Mapping[Cell, Switch], decisions: InForce[D]) -> Purpose | None:
    """The purpose that would be left without a channel although it cannot be refused, if there is one."""
    touched = {cell.purpose for cell in requests if cell.kind is DecisionKind.PREFERENCE}
    routed = [cell for cell in MATRIX[subject] if cell.purpose in touched]
    reached = {cell.purpose for cell in routed if requests.get(cell, state(cell, decisions)) is Switch.ON}
    return min(touched - reached, default=None)


def withdrawing_all(subject: DecisionSubject) -> dict[Cell, Switch]:
    """The requests of somebody who takes back every consent at once."""
    return {cell: Switch.OFF for cell in MATRIX[subject] if cell.kind is DecisionKind.CONSENT}


def may_contact(subject: DecisionSubject, decisions: Iterable[Decision], purpose: Purpose, channel: Channel) -> bool:
    """Whether we may do this by this channel, by all decisions taken until now; what has no cell we never may.

    Selling at a distance is direct marketing: who objects to that is not sold to either (GDPR, Article 21(3)).
    """
    needed = {purpose, Purpose.DIRECT_MARKETING} if purpose is Purpose.DISTANCE_SELLING else {purpose}
    held = in_force(decisions)
    on = {cell.purpose for cell in MATRIX[subject] if cell.channel is channel and state(cell, held) is Switch.ON}
    return needed <= on
