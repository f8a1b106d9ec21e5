"""What the utility's other systems hear of requests."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from portal.kit.i18n import Language
from portal.outbox.actions import Event


class AnsweredQuestion(BaseModel):
    """A question by its code, its answer as it is the same in every language, and both as the person read them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    answer: str
    asked: str
    said: str


class RequestSent(Event):
    """A customer asks for something. `request_kind` names it; its answers are those to the questions of that kind.

    The answer to a question `photo` is the id of a photo, empty without one: `portal photo NUMBER FILE` writes it.
    It is to be answered on `answer_by` at the latest, by a row of the feed `requests` with the same number.
    """

    kind: ClassVar[str] = "request.sent"

    request_id: UUID
    number: str
    request_kind: str
    customer_number: str
    party_id: UUID
    sent_by: str
    site_number: str | None
    contract_number: str | None
    invoice_number: str | None
    answers: tuple[AnsweredQuestion, ...]
    language: Language
    sent_at: datetime
    answer_by: date


class RequestWithdrawn(Event):
    """They took it back: nothing is to be done any more."""

    kind: ClassVar[str] = "request.withdrawn"

    request_id: UUID
    number: str
    customer_number: str
    party_id: UUID
    withdrawn_by: str
    at: datetime
