"""What the portal needs of a payment service, whichever it is: four calls, and where its pages are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from portal.kit.i18n import Language
from portal.kit.money import Money
from portal.payments.rules import Told

Parameters = Sequence[tuple[str, str]]


class NotTheirs(Exception):
    """What claims to come from the payment service is not signed by it, or makes no sense."""


class Declined(Exception):
    """The payment service answered that it will not do this; `status` is that of its answer."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


class NotRefundable(Exception):
    """The payment service cannot send the money of this payment back, now or ever."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A payment to be begun: our id of it, what is paid, and the language of the payer.

    return_to: where the payer's browser is sent afterwards
    """

    id: UUID
    reference: str
    amount: Money
    language: Language
    return_to: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A payment that the service knows: its name there, and where to send the payer."""

    transaction: str
    href: str


class PaymentService(Protocol):
    """A payment service. Each call raises `Unreachable` where nobody answers, and `NotTheirs` for a forged answer."""

    @property
    def name(self) -> str:
        """Its name in the register."""

    @property
    def origins(self) -> tuple[str, ...]:
        """Every origin that a form leading to its page may be redirected through."""

    async def begin(self, wanted: Wanted) -> Begun:
        """Begin a payment; the same id twice is one payment. Raises Declined."""

    def told(self, parameters: Parameters) -> tuple[UUID, Told]:
        """What it says in the address by which the payer comes back, or by which it calls: of which payment, and what.

        Raises NotTheirs.
        """

    async def state(self, transaction: str) -> Told:
        """How a payment stands. Raises Declined."""

    async def refund(self, transaction: str, amount: Money, id: UUID) -> bool:  # noqa: A002 - our id of the payment
        """Send money back to its payer; whether it has gone. The same id twice is one refund.

        Raises Declined and NotRefundable.
        """
