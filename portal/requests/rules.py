"""Where a request stands, what may happen to it next, and how it stands in its time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a request stands; each but a draft is also the step that led there."""

    DRAFT = "draft"
    RECEIVED = "received"
    IN_WORK = "in-work"
    ACCEPTED = "accepted"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


SENT: Final = frozenset({State.RECEIVED, State.IN_WORK, State.ACCEPTED})
"""States of a request that is with the utility."""

OPEN: Final = SENT | {State.DRAFT}
"""States in which something is still to come. There is one such request of a kind about a thing, and no second one."""

ORDER: Final[Mapping[State, int]] = {state: place for place, state in enumerate(State)}
ANSWERS: Final = frozenset({State.ACCEPTED, State.DONE, State.REFUSED})
"""What the customer waits for, and is written a letter about."""

DRAFT_KEPT: Final = timedelta(days=30)
"""How long a draft waits for whoever began it, from the last answer on."""

SENT_A_DAY: Final = 50
"""What one person sends at most within 24 hours."""


def may_follow(state: State, step: State) -> bool:
    """Whether the utility may tell of a step now: only of a request that it has, and never backwards."""
    return state in SENT and step is not State.WITHDRAWN and ORDER[step] >= max(ORDER[state], ORDER[State.IN_WORK])


def may_be_withdrawn(state: State) -> bool:
    """Whether the customer may take it back: until it is answered; from then on others rely on it."""
    return state in SENT - ANSWERS


@dataclass(frozen=True, slots=True)
class Clock:
    """How a request stands in its time: when it was sent, by when it is to be answered, when it was answered."""

    sent_on: date
    answer_by: date
    answered_on: date | None = None

    @property
    def days(self) -> int:
        """How many days the whole time has, one at least."""
        return max(1, (self.answer_by - self.sent_on).days)

    def days_used(self, today: date) -> int:
        """How many of them are gone by a day, or by the answer; at most all of them."""
        return min(self.days, ((self.answered_on or today) - self.sent_on).days)

    def days_left(self, today: date) -> int:
        """How many are left on a day; negative where the last one has passed."""
        return (self.answer_by - today).days
