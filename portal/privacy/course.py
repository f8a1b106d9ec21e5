"""The course of a request: every step is written down, and the clock is set by all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from portal.kit import clock
from portal.privacy import rules
from portal.privacy.models import PrivacyCase, PrivacyStep
from portal.privacy.rules import Act, CaseStep, Clock


@dataclass(frozen=True, slots=True)
class NewStep:
    """What is to become a step: by whom (None for the company), in what words, a refusal on what ground.

    `answer_by` is the last day to answer that an extension tells.
    """

    act: Act
    at: datetime
    account_id: UUID | None
    text: str = ""
    ground: str = ""
    answer_by: date | None = None


def clock_of(steps: Sequence[PrivacyStep]) -> Clock:
    """The clock of a request, by its steps in order."""
    return rules.clock([CaseStep(Act(step.act), clock.day_of(step.at), step.answer_by) for step in steps])


def steps_of(db: Session, case: PrivacyCase) -> Sequence[PrivacyStep]:
    """What has happened to a request so far, in order."""
    return db.exec(select(PrivacyStep).where(PrivacyStep.case_id == case.id).order_by(col(PrivacyStep.sequence))).all()


def add(db: Session, case: PrivacyCase, known: Sequence[PrivacyStep], happened: NewStep) -> None:
    """Add a step after those known, and let the request stand as all of them say."""
    step = PrivacyStep(
        case_id=case.id,
        sequence=len(known) + 1,
        at=happened.at,
        account_id=happened.account_id,
        act=happened.act,
        text=happened.text,
        ground=happened.ground,
        answer_by=happened.answer_by,
    )
    clock_now = clock_of([*known, step])
    case.state, case.due_on = clock_now.state, clock_now.due_on
    db.add(case)
    db.flush()
    db.add(step)
    db.flush()
