"""Paying a bill: out to the payment service, back from it, and what became of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Final
from uuid import UUID

from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from portal.auth.people import User, anyone, sees
from portal.auth.reach import Theme
from portal.invoices import queries as invoices
from portal.invoices.payment import shown_reference
from portal.invoices.records import WholeInvoice
from portal.kit.access import Anyone
from portal.kit.errors import NotThere
from portal.kit.forms import one_of
from portal.kit.headers import exchange
from portal.kit.html import Page
from portal.kit.i18n import Text, text
from portal.kit.outgoing import Unreachable
from portal.kit.transactions import reading, writing
from portal.kit.web import FlowVisit, Redirect, Visit, flow, page
from portal.payments import actions, queries
from portal.payments.actions import AlreadyBegun, Disagrees, NothingToPay
from portal.payments.kinds import AttemptState
from portal.payments.records import Attempt
from portal.payments.service import Declined, NotTheirs, PaymentService, Wanted


class Heard(StrEnum):
    """What somebody is told who was sent to the page of a payment; the value of `heard=`."""

    ALREADY = "already"
    OPEN = "open"
    UNDER_WAY = "under-way"
    NOTHING = "nothing"


HEARD: Final = {
    Heard.ALREADY: text(
        "A payment of this invoice was begun before, in another tab or by somebody else. Finish it or end it here."
    ),
    Heard.OPEN: text("The payment service has not received the money yet."),
    Heard.UNDER_WAY: text("The payment has not been confirmed yet. It may take some banking days."),
    Heard.NOTHING: text("The payment service does not answer right now. Try again in a moment."),
}


@dataclass(frozen=True)
class PaymentPage(Page):
    """What became of a payment, and what to do next; a receipt where it was paid.

    heard: what the person is told beside, None for nothing
    can_go_on: whether the payment service may be asked, and paid at
    """

    template = "payments/show.html"
    attempt: Attempt
    invoice: WholeInvoice
    reference: str
    heard: Text | None
    can_go_on: bool


def show(visit: Visit[User]) -> PaymentPage:
    """A payment of a bill that the person may see."""
    attempt = queries.by_id(visit.db, visit.who, visit.id("id"))
    invoice = invoices.by_id(visit.db, visit.who, attempt.invoice_id)
    [head] = queries.told(visit.db, visit.who, [invoice.head])
    invoice = replace(invoice, head=head)
    heard = one_of(Heard, visit.query.get("heard"), None) if attempt.is_open else None
    if attempt.is_under_way and heard is Heard.ALREADY:
        heard = Heard.UNDER_WAY  # nobody can finish or end it here
    return PaymentPage(
        attempt=attempt,
        invoice=invoice,
        reference=shown_reference(invoice.reference),
        heard=HEARD[heard] if heard else None,
        can_go_on=bool(visit.installation.pays_at),
    )


async def pay(service: PaymentService, visit: FlowVisit[User]) -> Redirect:
    """Begin to pay what is left of a bill, and send the payer to the payment service."""
    invoice_id, base = visit.id("id"), visit.installation.base_url
    try:
        asked = await writing(visit, lambda db: actions.begin(db, visit.who, invoice_id, service.name, visit.now))
    except AlreadyBegun as other:
        return _to(other.attempt_id, Heard.ALREADY)
    except NothingToPay:
        return Redirect(f"/invoices/{invoice_id}#pay")
    wanted = Wanted(
        id=asked.id,
        reference=asked.reference,
        amount=asked.amount,
        language=visit.language,
        return_to=f"{base}/payments/{asked.id}/return",
    )
    try:
        begun = await service.begin(wanted)
    except (Unreachable, NotTheirs, Declined) as failed:
        _note(visit, failed)
        await writing(visit, lambda db: actions.end(db, asked.id, AttemptState.FAILED, None, visit.now))
        return _to(asked.id)
    await writing(visit, lambda db: actions.sent(db, asked.id, begun))
    return Redirect(begun.href)


async def come_back(service: PaymentService, visit: FlowVisit[User]) -> Redirect:
    """Take in what the address says by which the payer comes back, if the payment service signed it; to the payment."""
    attempt = await reading(visit, lambda db: queries.by_id(db, visit.who, visit.id("id")))
    await _take_in(service, visit, attempt.id)
    return _to(attempt.id)


async def called(service: PaymentService, visit: FlowVisit[Anyone]) -> Response:
    """Take in what the payment service tells us itself: 200 where it is believed, else 400."""
    is_taken = await _take_in(service, visit, None)
    return PlainTextResponse("ok\n" if is_taken else "refused\n", 200 if is_taken else 400)


async def ask(service: PaymentService, visit: FlowVisit[User]) -> Redirect:
    """Ask the payment service how a payment stands."""
    return await _asked(service, visit, lambda attempt_id: _stay(attempt_id, Heard.OPEN))


async def end(service: PaymentService, visit: FlowVisit[User]) -> Redirect:
    """End a payment that its payer does not want to make; not before its service says that no money is to come."""

    async def cancelled(attempt_id: UUID) -> Redirect:
        by = visit.who.account_id
        await writing(visit, lambda db: actions.end(db, attempt_id, AttemptState.CANCELLED, by, visit.now))
        return _to(attempt_id)

    return await _asked(service, visit, cancelled)


async def _asked(
    service: PaymentService, visit: FlowVisit[User], if_open: Callable[[UUID], Awaitable[Redirect]]
) -> Redirect:
    """Settle a payment by what its service says; where that is nothing yet, go on as told."""
    attempt = await reading(visit, lambda db: queries.by_id(db, visit.who, visit.id("id")))
    state, transaction = attempt.state, attempt.transaction
    if attempt.is_open and transaction is not None:
        try:
            told = await service.state(transaction)
            state = await writing(visit, lambda db: actions.settle(db, attempt.id, told, visit.now))
        except (Unreachable, NotTheirs, Disagrees, Declined) as failed:
            _note(visit, failed)
            return _to(attempt.id, Heard.NOTHING)
    if state is AttemptState.UNDER_WAY:
        return _to(attempt.id, Heard.UNDER_WAY)
    return await if_open(attempt.id) if state is AttemptState.BEGUN else _to(attempt.id)


async def _stay(attempt_id: UUID, heard: Heard) -> Redirect:
    return _to(attempt_id, heard)


async def _take_in(service: PaymentService, visit: FlowVisit[Anyone] | FlowVisit[User], only: UUID | None) -> bool:
    """Settle a payment by the parameters of an address, of that payment if one is meant; whether they are believed."""
    try:
        attempt_id, told = service.told(visit.query.multi_items())
        if only in (None, attempt_id):
            await writing(visit, lambda db: actions.settle(db, attempt_id, told, visit.now))
    except (NotTheirs, Disagrees, NotThere) as failed:
        _note(visit, failed)
        return False
    return only in (None, attempt_id)


def _to(attempt_id: UUID, heard: Heard | None = None) -> Redirect:
    return Redirect(f"/payments/{attempt_id}{f'?heard={heard}' if heard else ''}")


def _note(visit: FlowVisit[Anyone] | FlowVisit[User], failed: Exception) -> None:
    """For the log of requests: what kind of failure it was."""
    exchange(visit.request.scope).notes["payment"] = type(failed).__name__


routes = [page("/payments/{id}", show, who=sees(Theme.BILLING), viewed=text("Looked at a payment"))]


def ways(service: PaymentService) -> list[Route]:
    """The addresses by which one pays at a service; without one there are none."""
    payer = sees(Theme.BILLING)
    return [
        flow("/invoices/{id}/pay", partial(pay, service), who=payer, method="POST"),
        flow("/payments/callback", partial(called, service), who=anyone),
        flow("/payments/{id}/return", partial(come_back, service), who=payer),
        flow("/payments/{id}/ask", partial(ask, service), who=payer, method="POST"),
        flow("/payments/{id}/end", partial(end, service), who=payer, method="POST"),
    ]
