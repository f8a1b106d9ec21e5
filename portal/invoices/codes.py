"""How to pay an invoice: the codes that a bank's app scans, and the digits that are copied."""

from dataclasses import dataclass
from datetime import date

from portal.invoices import drawings
from portal.invoices.drawings import Drawing
from portal.invoices.payment import Payable, epc_text, shown_reference, virtual_barcode
from portal.invoices.records import WholeInvoice
from portal.kit.i18n import Text, text


@dataclass(frozen=True, slots=True)
class PaymentCodes:
    """What to type or scan to pay; a code is None where the details do not fit it."""

    reference: str
    digits: str | None
    barcode: Drawing | None
    qr: Drawing | None

    @property
    def how_to_pay(self) -> Text:
        """What to do with them."""
        match self.qr, self.digits:
            case None, None:
                return text("Copy the account number, the reference number and the amount into your online bank.")
            case None, _:
                return text("Copy the virtual barcode into your online bank.")
            case _, None:
                return text("Scan the QR code with your bank's app, or copy the payment details into your online bank.")
            case _:
                return text("Scan the QR code with your bank's app, or copy the virtual barcode into your online bank.")

    @property
    def how_in_hand(self) -> Text:
        """The same on a phone, which cannot scan its own screen."""
        if self.digits is None:
            return text("Copy the account number, the reference number and the amount into your online bank.")
        return text("Copy the virtual barcode into your online bank.")


def payment_codes(invoice: WholeInvoice, today: date) -> PaymentCodes | None:
    """How to pay what is left of an invoice; None where nothing is.

    A due date that is over is left out of the codes: banks would not take it.
    """
    head = invoice.head
    if not head.to_pay:
        return None
    due_on = None if head.is_late(today) else head.due_on
    paid = Payable(invoice.payee, invoice.iban, invoice.bic, invoice.reference, head.to_pay, due_on)
    digits, scanned = virtual_barcode(paid), epc_text(paid)
    return PaymentCodes(
        reference=shown_reference(invoice.reference),
        digits=digits,
        barcode=drawings.barcode(digits) if digits else None,
        qr=drawings.qr(scanned) if scanned else None,
    )
