"""A request as its customer reads it: what a query builds, the page hands on and the template asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from portal.auth.people import User
from portal.auth.reach import Theme
from portal.kit.clock import day_of
from portal.kit.i18n import Text, text
from portal.kit.labels import Label
from portal.requests import labels
from portal.requests.asking import Answers
from portal.requests.fields import PHOTO
from portal.requests.kind import Kind
from portal.requests.kinds import BY_CODE
from portal.requests.models import RequestStep, ServiceRequest
from portal.requests.rules import ANSWERS, SENT, Clock, State, may_be_withdrawn
from portal.requests.scope import may_act


@dataclass(frozen=True, slots=True)
class RequestEvent:
    """A step of a request, and the name of whoever took it: None for the company, or by phone."""

    step: RequestStep
    actor: str | None

    @property
    def deed(self) -> Text:
        """What happened."""
        return labels.STEPS[State(self.step.act)]

    @property
    def by(self) -> Text | str | None:
        """Who did it; None for the company."""
        is_theirs = State(self.step.act) in {State.RECEIVED, State.WITHDRAWN}
        return self.actor or (text("by phone") if is_theirs else None)


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody has begun to ask for."""

    id: UUID
    code: str
    changed_at: datetime

    @property
    def title(self) -> Text:
        """What it asks for."""
        return BY_CODE[self.code].title


@dataclass(frozen=True)
class HeldRequest:
    """A request with all that happened to it, in order; a draft has no events yet.

    customer: whose it is
    by: who sent it, or began the draft; None by phone
    """

    row: ServiceRequest
    customer: str
    by: str | None
    events: Sequence[RequestEvent]

    @property
    def kind(self) -> Kind[Any]:
        """What kind it is."""
        return BY_CODE[self.row.kind]

    @property
    def state(self) -> State:
        """Where it stands."""
        return State(self.row.state)

    @property
    def label(self) -> Label:
        """The same, in words."""
        return labels.STATES[self.state]

    @property
    def is_draft(self) -> bool:
        """Whether it waits for whoever fills it in."""
        return self.state is State.DRAFT

    @property
    def waits_for_us(self) -> bool:
        """Whether the utility has yet to answer."""
        return self.state in SENT - ANSWERS

    @property
    def may_be_withdrawn(self) -> bool:
        """Whether it may be taken back."""
        return may_be_withdrawn(self.state)

    @property
    def answers(self) -> Answers:
        """What was answered."""
        return Answers.read(self.row.answers)

    @cached_property
    def clock(self) -> Clock:
        """How it stands in its time; of one that was sent."""
        assert self.row.sent_at is not None  # noqa: S101 - a constraint of the table
        assert self.row.answer_by is not None  # noqa: S101
        answered = next((one.step.at for one in self.events if State(one.step.act) in ANSWERS), None)
        return Clock(day_of(self.row.sent_at), self.row.answer_by, day_of(answered) if answered else None)

    def left(self, today: date) -> Text:
        """How much of the time to answer is left."""
        return labels.left(self.clock, today)

    @property
    def latest(self) -> RequestEvent:
        """What happened last to one that was sent."""
        return self.events[-1]

    @property
    def takes_effect_on(self) -> date | None:
        """The day that was agreed last, None where none was."""
        return next((one.step.takes_effect_on for one in reversed(self.events) if one.step.takes_effect_on), None)

    @property
    def summary(self) -> Sequence[str]:
        """What was asked and answered when it was sent, a line each."""
        return self.row.said.splitlines()

    @property
    def has_photo(self) -> bool:
        """Whether a photo goes with it."""
        return bool(self.answers.get(PHOTO))

    def may_act(self, who: User) -> bool:
        """Whether somebody may fill it in, send it and take it back."""
        return may_act(who, Theme(self.row.theme), self.row.site_id)
