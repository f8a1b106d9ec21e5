"""How the utility's own systems answer requests: what is added to their course, and how the customer gets to know."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator
from sqlmodel import Session, col, select

from portal.kit.feed import Day, FeedRow, ImportContext, Moment, Outcome, Refusal, Verdict, unknown, words
from portal.requests import actions, letters
from portal.requests.models import RequestStep, ServiceRequest
from portal.requests.rules import ANSWERS, State, may_follow

Progress = Literal["in-work", "accepted", "done", "refused"]


class RequestProgress(FeedRow):
    """One step of a request that a customer sent. Steps are only ever added; one that is done or refused takes none."""

    request_number: Annotated[str, words(20)] = Field(
        description="The number that the portal gave the request.", examples=["P7K2-M4QX-93TB"]
    )
    state: Progress = Field(description="in-work; accepted (it will be done); done; refused.", examples=["accepted"])
    text: Annotated[str, words(4000)] | None = Field(
        default=None,
        description="What the customer reads: what was agreed, or why it is refused. A refusal has one.",
        examples=["Sopimuksesi päättyy 14.12.2026."],
    )
    takes_effect_on: Day | None = Field(
        default=None,
        description="The day that is agreed: the last day of a contract, a new due date, the day of a visit.",
        examples=["2026-12-14"],
    )
    at: Moment = Field(description="When, in UTC.", examples=["2026-11-30T08:30:00Z"])

    @model_validator(mode="after")
    def refused_with_reason(self) -> "RequestProgress":
        """Whoever is refused is told why."""
        if self.state == "refused" and not self.text:
            raise ValueError("a refusal has a text that says why")
        return self


OF_THAT_INSTANT = "another step of that instant is known already"


def keep_request_progress(db: Session, rows: Sequence[RequestProgress], context: ImportContext) -> list[Verdict]:
    """Add steps, in the order in which they were taken; one that is known already changes nothing."""
    asked = select(ServiceRequest).where(
        col(ServiceRequest.number).in_({row.request_number for row in rows}), ServiceRequest.state != State.DRAFT
    )
    locked = asked.order_by(col(ServiceRequest.id)).with_for_update()  # nobody withdraws meanwhile
    by_number = {request.number: request for request in db.exec(locked)}
    verdicts: dict[int, Verdict] = {}
    for place in sorted(range(len(rows)), key=lambda place: rows[place].at):
        row = rows[place]
        request = by_number.get(row.request_number)
        verdicts[place] = _add(db, request, row, context.now) if request else unknown("request", row.request_number)
    return [verdicts[place] for place in range(len(rows))]


def _add(db: Session, request: ServiceRequest, row: RequestProgress, now: datetime) -> Verdict:
    known = _steps_of(db, request)
    beside = next((one for one in known if one.at == row.at and one.account_id is None), None)
    if beside is not None:
        told = (row.state, row.text or "", row.takes_effect_on)
        is_same = (beside.act, beside.text, beside.takes_effect_on) == told
        return Outcome.UNCHANGED if is_same else Refusal(OF_THAT_INSTANT)
    if row.at > now:
        return Refusal("at lies in the future")
    if row.at < known[-1].at:
        return Refusal("a later step is known")
    if not may_follow(State(request.state), State(row.state)):
        return Refusal(f"the request is {request.state}")
    request.state = row.state
    step = RequestStep(
        request_id=request.id,
        sequence=len(known) + 1,
        at=row.at,
        act=row.state,
        text=row.text or "",
        takes_effect_on=row.takes_effect_on,
    )
    actions.add(db, request, step)
    if State(row.state) in ANSWERS:
        letters.answered(db, request, now)
    return Outcome.ACCEPTED


def _steps_of(db: Session, request: ServiceRequest) -> Sequence[RequestStep]:
    of_request = select(RequestStep).where(RequestStep.request_id == request.id)
    return db.exec(of_request.order_by(col(RequestStep.sequence))).all()
