"""What customers do with requests: begin, fill in, send, take back. However often they press, it is one request."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from portal.audit import actions as audit
from portal.auth.people import ConfirmedUser, User
from portal.contracts.models import Contract
from portal.customers.models import Party
from portal.invoices.models import Invoice
from portal.kit.allowance import DayIsFull, free_at
from portal.kit.clock import day_of
from portal.kit.crypto import Vault
from portal.kit.db import one_at_a_time
from portal.kit.errors import NotCovered, NotThere, Refused, StepUpNeeded
from portal.kit.i18n import Language, Text, text
from portal.outbox.actions import announce
from portal.requests import finding, letters, photos, queries
from portal.requests.asking import Course
from portal.requests.events import AnsweredQuestion, RequestSent, RequestWithdrawn
from portal.requests.fields import PHOTO
from portal.requests.kind import Kind, Promise
from portal.requests.models import RequestStep, ServiceRequest
from portal.requests.records import HeldRequest
from portal.requests.rules import SENT_A_DAY, State
from portal.requests.scope import may_act
from portal.requests.subjects import Subject
from portal.sites.models import Site
from portal.terms import PaymentTerms


class CannotBeAsked(Refused):
    """The state of things does not allow it; `says` tells why."""

    def __init__(self, says: Text) -> None:
        super().__init__()
        self.says = says


class NotADraft(Refused):
    """It has been sent already, and is not changed any more."""

    says = text("The request has been sent already. Its page tells where it stands.")


class NotWhole(Refused):
    """A question waits for its answer: a day has passed, or something else has changed."""

    says = text("Something has changed since you opened the page. Open the request again and check your answers.")


class CannotBeWithdrawn(Refused):
    """It has been answered, or taken back already."""

    says = text("The request can no longer be withdrawn. Call us, and we will see what can be done.")


class TooManyRequests(DayIsFull):
    """Somebody has sent as many requests as are taken from one person in a day."""


def begin(db: Session, who: User, kind: Kind[Any], about: Subject, language: Language, now: datetime) -> UUID:
    """Begin a draft; its id. What is open already, a draft or sent, is gone on with: there is no second one.

    Raises NotCovered, CannotBeAsked; then nothing is written.
    """
    if not may_act(who, kind.theme, about.site_id):
        raise NotCovered
    one_at_a_time(db, f"requests of {about.party_id}")
    if found := queries.open_about(db, who, kind, about.party_id, about.id):
        return found.row.id
    if reason := kind.hindrance(about, day_of(now)):
        raise CannotBeAsked(reason)
    draft = ServiceRequest(
        party_id=about.party_id,
        account_id=who.account_id,
        kind=kind.code,
        theme=kind.theme,
        about_id=about.id,
        about=about.named(language),
        site_id=about.site_id,
        contract_id=about.contract_id,
        invoice_id=about.invoice_id,
        language=language,
        state=State.DRAFT,
        changed_at=now,
    )
    db.add(draft)
    db.flush()
    return draft.id


def answer(db: Session, who: User, request_id: UUID, code: str, kept: str, now: datetime) -> HeldRequest:
    """Keep an answer of a draft, which its field has found right.

    Raises NoSuchRequest, NotCovered, NotADraft.
    """
    draft = _draft(db, who, request_id)
    draft.row.answers = draft.answers.having(code, kept).written()
    draft.row.changed_at = now
    db.add(draft.row)
    db.flush()
    return draft


def attach(db: Session, who: User, request_id: UUID, vault: Vault, jpeg: bytes | None, now: datetime) -> HeldRequest:
    """Answer the question for a photo of a draft: by one, in the place of the one before, or by none.

    Raises NoSuchRequest, NotCovered, NotADraft.
    """
    _draft(db, who, request_id)
    if jpeg is None:
        photos.remove(db, request_id)
    kept = "" if jpeg is None else str(photos.keep(db, vault, request_id, jpeg, now))
    return answer(db, who, request_id, PHOTO, kept, now)


def send(
    db: Session, who: User, request_id: UUID, terms: PaymentTerms, language: Language, now: datetime
) -> ServiceRequest:
    """Send a draft; one that was sent already, as by a second press, stays as it is.

    Raises NoSuchRequest, NotCovered, StepUpNeeded where it binds and the person has not just proved who they are,
    CannotBeAsked, NotWhole, TooManyRequests; then it is not sent.
    """
    one_at_a_time(db, f"requests sent by {who.account_id}")
    request = queries.to_change(db, who, request_id)
    if not request.may_act(who):
        raise NotCovered
    if not request.is_draft:
        return request.row
    kind, today = request.kind, day_of(now)
    if kind.binds and not isinstance(who, ConfirmedUser):
        raise StepUpNeeded
    about = ground_of(db, who, request, terms, today)
    course = kind.course(about, request.answers, today)
    if course.next:
        raise NotWhole
    _leave_room(db, who, now)
    promise = kind.promise(about, course.whole, today)
    _settle(request.row, course, promise, language)
    request.row.account_id, request.row.assurance = who.account_id, who.acr
    request.row.sent_at = request.row.changed_at = now
    receipt = RequestStep(request_id=request_id, sequence=1, at=now, account_id=who.account_id, act=State.RECEIVED)
    receipt.text = promise.said(language)
    add(db, request.row, receipt)
    audit.record(db, _act(who, request.row, "request.sent"), now)
    announce(db, _sent(db, who, request.row, about, course), now)
    letters.received(db, request.row, kind, now)
    return request.row


def cancel(db: Session, who: User, request_id: UUID, now: datetime) -> ServiceRequest | None:
    """Throw a draft away, or take back what was sent: what is left of it, None for a draft. Twice is once.

    Raises NoSuchRequest, NotCovered, CannotBeWithdrawn.
    """
    request = queries.to_change(db, who, request_id)
    if not request.may_act(who):
        raise NotCovered
    row = request.row
    if request.is_draft:
        db.delete(row)
        db.flush()
        return None
    if request.state is State.WITHDRAWN:
        return row
    if not request.may_be_withdrawn:
        raise CannotBeWithdrawn
    row.state = State.WITHDRAWN
    step = RequestStep(request_id=row.id, sequence=len(request.events) + 1, at=now, act=State.WITHDRAWN)
    step.account_id = who.account_id
    add(db, row, step)
    audit.record(db, _act(who, row, "request.withdrawn"), now)
    withdrawn = RequestWithdrawn(
        request_id=row.id,
        number=row.number,
        customer_number=db.get_one(Party, row.party_id).customer_number,
        party_id=row.party_id,
        withdrawn_by=who.name,
        at=now,
    )
    announce(db, withdrawn, now)
    return row


def add(db: Session, row: ServiceRequest, step: RequestStep) -> None:
    """Keep a step, and the request as it stands after it."""
    db.add(row)
    db.flush()
    db.add(step)
    db.flush()


def ground_of(db: Session, who: User, request: HeldRequest, terms: PaymentTerms, today: date) -> Any:  # noqa: ANN401
    """What a draft is about, as the person sees it, where it can still be asked for. Its questions stand on that.

    Raises CannotBeAsked where they see it no more, or something hinders it now.
    """
    try:
        about = finding.by_id(db, who, request.kind.subject, request.row.about_id, terms, today)
    except NotThere:
        raise CannotBeAsked(text("What the request is about is no longer among what you can see here.")) from None
    if reason := request.kind.hindrance(about, today):
        raise CannotBeAsked(reason)
    return about


def _draft(db: Session, who: User, request_id: UUID) -> HeldRequest:
    request = queries.to_change(db, who, request_id)
    if not request.may_act(who):
        raise NotCovered
    if not request.is_draft:
        raise NotADraft
    return request


def _leave_room(db: Session, who: User, now: datetime) -> None:
    """Raise TooManyRequests where this person has sent as many as they may, whomever they act for."""
    mine = (RequestStep.account_id == who.account_id) & (RequestStep.act == State.RECEIVED)
    if full_until := free_at(
        db, select(RequestStep.at).where(mine).order_by(col(RequestStep.at).desc()), SENT_A_DAY, now
    ):
        raise TooManyRequests(full_until)


def _settle(row: ServiceRequest, course: Course, promise: Promise, language: Language) -> None:
    """Fix what is asked for, in the words that were read; answers to questions that do not come up are gone."""
    row.answers, row.said, row.language = course.whole.written(), course.summary(language), language
    row.state, row.answer_by = State.RECEIVED, promise.answer_by


def _sent(db: Session, who: User, row: ServiceRequest, about: Subject, course: Course) -> RequestSent:
    language = Language(row.language)
    contract = db.get_one(Contract, row.contract_id) if row.contract_id else None
    invoice = db.get_one(Invoice, row.invoice_id) if row.invoice_id else None
    site = db.get_one(Site, row.site_id) if row.site_id else None
    return RequestSent(
        request_id=row.id,
        number=row.number,
        request_kind=row.kind,
        customer_number=about.customer_number,
        party_id=row.party_id,
        sent_by=who.name,
        site_number=site.number if site else None,
        contract_number=contract.number if contract else None,
        invoice_number=invoice.number if invoice else None,
        answers=tuple(
            AnsweredQuestion(
                question=one.question.code, answer=one.kept, asked=one.asked(language), said=one.said(language)
            )
            for one in course.answered
        ),
        language=language,
        sent_at=row.sent_at,
        answer_by=row.answer_by,
    )


def _act(who: User, row: ServiceRequest, act: str) -> audit.Act:
    return audit.Act(
        act=act,
        object_kind="service_request",
        object_id=row.id,
        account_id=who.account_id,
        party_id=row.party_id,
        details={"kind": row.kind},
    )
