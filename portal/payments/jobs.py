"""What goes by the clock: asking how payments ended of which nobody told, and sending surplus money back."""

import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import anyio
from sqlmodel import col, select

from portal.kit.jobs import Done, Job, Shift
from portal.kit.money import Money
from portal.kit.outgoing import Unreachable
from portal.payments import actions
from portal.payments.actions import Disagrees
from portal.payments.kinds import AttemptState
from portal.payments.models import PaymentAttempt
from portal.payments.rules import ASKED_AFTER, ENDED_AFTER
from portal.payments.service import Declined, NotRefundable, NotTheirs, PaymentService

OFTEN: Final = timedelta(minutes=10)
SELDOM: Final = timedelta(hours=1)
AT_ONCE: Final = 200

log = logging.getLogger("portal.payments")


def settling(service: PaymentService) -> Sequence[Job]:
    """Asks how payments ended, and sends back what came twice."""

    def ask(shift: Shift) -> Done:
        return _each(shift, AttemptState.BEGUN, shift.now() - ASKED_AFTER, lambda one: _ask(service, one, shift))

    def wait(shift: Shift) -> Done:
        return _each(shift, AttemptState.UNDER_WAY, shift.now() - ASKED_AFTER, lambda one: _ask(service, one, shift))

    def refund(shift: Shift) -> Done:
        return _each(shift, AttemptState.REFUNDING, shift.now(), lambda one: _refund(service, one, shift))

    return [
        Job("payments.ask", OFTEN, ask),
        Job("payments.wait", SELDOM, wait),
        Job("payments.refund", OFTEN, refund),
    ]


def _each(shift: Shift, state: AttemptState, until: datetime, deed: Callable[[PaymentAttempt], bool]) -> Done:
    """Do it to each payment of a state that was begun by a moment, the oldest first.

    The first that finds nobody at home ends the round: other jobs wait for this one.
    """
    wanted = select(PaymentAttempt).where(PaymentAttempt.state == state, col(PaymentAttempt.begun_at) <= until)
    with shift.database.reading() as db:
        found = db.exec(wanted.order_by(col(PaymentAttempt.begun_at)).limit(AT_ONCE)).all()
    came = Done()
    for attempt in found:
        if shift.ending.is_set():
            break
        try:
            came += Done(1) if deed(attempt) else Done(failed=1)
        except Unreachable as away:
            _say("left for later", attempt.id, away)
            came += Done(failed=1)
            break
    return came


def _ask(service: PaymentService, attempt: PaymentAttempt, shift: Shift) -> bool:
    """Ask how a payment stands; one that is still open after a day, or that the service never knew, is given up.

    One that is under way is not: its money comes, or its service says that it does not.
    """
    is_old = attempt.begun_at <= shift.now() - ENDED_AFTER
    state = AttemptState.BEGUN
    if attempt.transaction is not None:
        try:
            told = anyio.run(service.state, attempt.transaction)
            with shift.database.writing() as db:
                state = actions.settle(db, attempt.id, told, shift.now())
        except (NotTheirs, Disagrees, Declined) as failed:
            _say("not asked", attempt.id, failed)
            if not is_old or attempt.state == AttemptState.UNDER_WAY:
                return False
    if state is AttemptState.BEGUN and (is_old or attempt.transaction is None):
        with shift.database.writing() as db:
            actions.end(db, attempt.id, AttemptState.FAILED, None, shift.now())
    return True


def _refund(service: PaymentService, attempt: PaymentAttempt, shift: Shift) -> bool:
    """Send money back; where the service cannot, the utility keeps it as an overpayment.

    Each time with the same stamp, for what was asked before may have been done, or be under way. A service that refuses
    it only then may do so because it holds it already: nothing is known of the money, and nothing is said of it.
    """
    with shift.database.writing() as db:
        is_first = actions.asked_back(db, attempt.id, shift.now())
    try:
        has_gone = anyio.run(service.refund, attempt.transaction or "", Money(attempt.cents), attempt.id)
    except (NotTheirs, Declined) as failed:
        _say("not refunded", attempt.id, failed)
        return False
    except NotRefundable as failed:
        _say("not refunded" if is_first else "refund in doubt", attempt.id, failed)
        if not is_first:
            return False
        deed = actions.kept
    else:
        if not has_gone:
            return False  # the service is at it, and is asked again
        deed = actions.paid_back
    with shift.database.writing() as db:
        deed(db, attempt.id, shift.now())
    return True


def _say(event: str, attempt_id: UUID, failed: Exception) -> None:
    """For the log: which payment, and what kind of failure; never what the service said."""
    log.warning(json.dumps({"event": f"payment {event}", "id": str(attempt_id), "reason": type(failed).__name__}))
