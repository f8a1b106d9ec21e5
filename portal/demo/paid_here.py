"""Bills that demo people have paid here before: their newest payment, which the utility's books hold by now."""

from collections.abc import Iterator
from datetime import datetime, time
from typing import Final

from sqlmodel import Session, col, select

from portal.demo.naming import id_of
from portal.demo.people import AINO, KARIN, LANDLORD
from portal.demo.register import party_id
from portal.invoices.models import Invoice, Payment
from portal.kit.clock import HELSINKI
from portal.payments.kinds import AttemptState
from portal.payments.models import PaymentAttempt

PAYERS: Final = (AINO, KARIN, LANDLORD)
AT: Final = time(18, 20, tzinfo=HELSINKI)


def rows(db: Session) -> Iterator[PaymentAttempt]:
    """What each of them paid last, as their own page of it tells."""
    for payer in PAYERS:
        newest = select(Payment, Invoice).join(Invoice).where(Invoice.party_id == party_id(payer), Payment.cents > 0)
        found = db.exec(newest.order_by(col(Payment.paid_on).desc(), col(Payment.number).desc()).limit(1)).first()
        if found is not None:
            yield _made(*found)


def _made(payment: Payment, invoice: Invoice) -> PaymentAttempt:
    at = datetime.combine(payment.paid_on, AT)
    return PaymentAttempt(
        id=id_of("payment", payment.number),
        invoice_id=invoice.id,
        party_id=invoice.party_id,
        cents=payment.cents,
        service="demo",
        transaction=payment.number,
        state=AttemptState.PAID,
        begun_at=at,
        paid_at=at,
    )
