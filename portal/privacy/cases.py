"""Requests with their steps and clocks: what somebody may see of them, and how the next step is added.

Every step is written down, and the clock is set by all of them.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, func, select

from portal.auth.models import Account
from portal.auth.people import User
from portal.kit.clock import day_of
from portal.kit.errors import NotThere
from portal.kit.i18n import Text, text
from portal.kit.labels import Label
from portal.privacy import catalogue, labels, rules
from portal.privacy.models import PrivacyCase, PrivacyStep
from portal.privacy.rules import Act, CaseState, CaseStep, Clock, Right
from portal.privacy.scope import visible_to

OURS: Final = frozenset({Act.IN_WORK, Act.ASKED, Act.EXTENDED, Act.DONE, Act.REFUSED})


class NoSuchRequest(NotThere):
    """No request of that id that this person may see."""

    says = text("We could not find the request.")


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """A step of a request, and who took it: None where that was nobody with an account."""

    step: PrivacyStep
    actor: str | None

    @property
    def deed(self) -> Text:
        """What happened."""
        return labels.STEPS[Act(self.step.act)]

    @property
    def by(self) -> Text | str | None:
        """Who did it; None for the company."""
        return self.actor or (None if self.step.act in OURS else text("by phone or letter"))


@dataclass(frozen=True, slots=True)
class Case:
    """A request with all that happened to it, in order, and its clock."""

    row: PrivacyCase
    events: Sequence[CaseEvent]
    clock: Clock

    @property
    def latest(self) -> CaseEvent:
        """What happened last."""
        return self.events[-1]

    @property
    def title(self) -> Text:
        """What it is about."""
        right, named = Right(self.row.kind), catalogue.field_named(self.row.field)
        if named and right is Right.RECTIFICATION:
            return text("Correction: %(field)s", field=named)
        return labels.RIGHTS[right]

    @property
    def label(self) -> Label:
        """Where it stands."""
        if self.clock.state is CaseState.DONE:
            return labels.done_in(self.clock.days_used(self.clock.received_on))
        return labels.STATES[self.clock.state]

    @property
    def is_open(self) -> bool:
        """Whether anything more can happen to it."""
        return not self.clock.is_closed

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for the customer."""
        return self.clock.state is CaseState.WAITING

    @property
    def is_refused(self) -> bool:
        """Whether we refused it."""
        return self.clock.state is CaseState.REFUSED

    @property
    def said(self) -> str:
        """What we asked, while it waits for that; else what we said, if nothing has happened since."""
        if self.is_waiting:
            return self._newest(Act.ASKED).text
        latest = self.latest.step
        return latest.text if latest.act in OURS else ""

    @property
    def why_longer(self) -> str:
        """Why it takes longer than a month, as we told with the extension."""
        return self._newest(Act.EXTENDED).text

    def used(self, today: date) -> int:
        """How many days of the time to answer are gone, at most all of them."""
        return min(self.clock.days_used(today), self.clock.days)

    def passed(self, today: date) -> Text:
        """The same, in words."""
        used = self.clock.days_used(today)
        return text("%(used)s days of %(days)s have passed", used=used, days=self.clock.days)

    def left(self, today: date) -> Text:
        """How many days are left to answer."""
        return labels.left(self.clock.days_left(today))

    def _newest(self, act: Act) -> PrivacyStep:
        return next(event.step for event in reversed(self.events) if event.step.act == act)


def count(db: Session, who: User) -> int:
    """How many requests there are."""
    return db.exec(select(func.count()).select_from(PrivacyCase).where(visible_to(who))).one()


def in_order(db: Session, who: User, first: int, limit: int) -> Sequence[Case]:
    """So many requests, from the `first` on, counted from 0: open ones before closed ones, then the newest first."""
    closed = col(PrivacyCase.state).in_([CaseState.DONE, CaseState.REFUSED, CaseState.WITHDRAWN])
    found = db.exec(
        select(PrivacyCase)
        .where(visible_to(who))
        .order_by(closed, col(PrivacyCase.received_at), col(PrivacyCase.number))
        .offset(first)
        .limit(limit)
    ).all()
    return _with_events(db, found)


def by_id(db: Session, who: User, case_id: UUID) -> Case:
    """A request.

    Raises NoSuchRequest.
    """
    found = db.exec(select(PrivacyCase).where(PrivacyCase.id == case_id, visible_to(who))).first()
    if found is None:
        raise NoSuchRequest
    (whole,) = _with_events(db, [found])
    return whole


def clock_of(steps: Sequence[PrivacyStep]) -> Clock:
    """The clock of a request, by its steps in order."""
    return rules.clock([CaseStep(Act(step.act), day_of(step.at), step.answer_by) for step in steps])


def steps_of(db: Session, case: PrivacyCase) -> Sequence[PrivacyStep]:
    """What has happened to a request so far, in order."""
    return db.exec(select(PrivacyStep).where(PrivacyStep.case_id == case.id).order_by(col(PrivacyStep.sequence))).all()


def add(db: Session, case: PrivacyCase, known: Sequence[PrivacyStep], step: PrivacyStep) -> None:
    """Add a step after those known, and let the request stand as all of them say."""
    clock_now = clock_of([*known, step])
    case.state, case.due_on = clock_now.state, clock_now.due_on
    db.add(case)
    db.flush()
    db.add(step)
    db.flush()


def name_of(given: str | None, family: str | None) -> str | None:
    """Who acted, by the names of an account; None where nobody with one did."""
    return f"{given} {family}".strip() if given is not None else None


def _with_events(db: Session, found: Sequence[PrivacyCase]) -> Sequence[Case]:
    steps = (
        select(PrivacyStep, Account.given_names, Account.family_name)
        .join(Account, col(Account.id) == PrivacyStep.account_id, isouter=True)
        .where(col(PrivacyStep.case_id).in_([one.id for one in found]))
        .order_by(col(PrivacyStep.sequence))
    )
    events: defaultdict[UUID, list[CaseEvent]] = defaultdict(list)
    for step, given, family in db.exec(steps):
        events[step.case_id].append(CaseEvent(step, name_of(given, family)))
    return [Case(one, events[one.id], clock_of([event.step for event in events[one.id]])) for one in found]
