"""A payment service with a page of its own, as Finnish ones are: signed calls, a signed way back, a signed call to us.

Source: Paytrail Payment API ("Create", "Redirect and callback URL parameters", "Get", "Refund"). Nothing about the
payer is told: where the service wants an e-mail address, it gets the utility's own.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit
from uuid import UUID, uuid4

import httpx2

from portal.kit.money import Money
from portal.kit.outgoing import KIB, Connect, Unreachable, send
from portal.payments.kinds import PaymentOutcome
from portal.payments.profiles import PaymentAccount
from portal.payments.rules import CURRENCY, Told
from portal.payments.service import Begun, Declined, NotRefundable, NotTheirs, Parameters, Wanted
from portal.payments.signatures import ALGORITHM, SIGNATURE, is_signed, signature

CALL_S: Final = 8.0
LARGEST: Final = 256 * KIB  # of an answer; one to a new payment lists every bank
LONGEST_ADDRESS: Final = 500
MOST_FIELDS: Final = 40
NOT_NOW: Final = (httpx2.codes.UNAUTHORIZED, httpx2.codes.FORBIDDEN, httpx2.codes.TOO_MANY_REQUESTS)
"""Nothing about the payment: our keys, our clock or too many calls, so that it is asked again later."""
OUTCOMES: Final = {
    "new": PaymentOutcome.OPEN,
    "pending": PaymentOutcome.UNDER_WAY,
    "delayed": PaymentOutcome.UNDER_WAY,
    "ok": PaymentOutcome.PAID,
    "fail": PaymentOutcome.ENDED,
}


class HostedPage:
    """A payment service at an account of the utility's; `connect` is the way out of the house.

    call_back: the address at which the service tells us itself
    """

    def __init__(
        self, at: PaymentAccount, contact: str, call_back: str, connect: Connect, now: Callable[[], datetime]
    ) -> None:
        self._at, self._contact, self._call_back, self._connect, self._now = at, contact, call_back, connect, now

    @property
    def name(self) -> str:
        """Its name in the register."""
        return self._at.profile.name

    @property
    def origins(self) -> tuple[str, ...]:
        """Every origin that a form leading to its page may be redirected through."""
        parts = urlsplit(self._at.profile.address)
        return self._at.profile.origins or (f"{parts.scheme}://{parts.netloc}",)

    async def begin(self, wanted: Wanted) -> Begun:
        """Begin a payment. Raises Unreachable, NotTheirs and Declined."""
        said = await self._call(
            "POST",
            "/payments",
            {
                "stamp": str(wanted.id),
                "reference": wanted.reference,
                "amount": wanted.amount.cents,
                "currency": CURRENCY,
                "language": wanted.language.upper(),
                "customer": {"email": self._contact},
                "redirectUrls": {"success": wanted.return_to, "cancel": wanted.return_to},
                "callbackUrls": self._calls(),
            },
        )
        begun = Begun(_text(said, "transactionId"), _text(said, "href"))
        parts = urlsplit(begun.href)
        if f"{parts.scheme}://{parts.netloc}" not in self.origins or len(begun.href) > LONGEST_ADDRESS:
            raise NotTheirs("a page elsewhere")
        return begun

    def told(self, parameters: Parameters) -> tuple[UUID, Told]:
        """What the address says by which the payer comes back, or by which the service calls. Raises NotTheirs."""
        said = dict(parameters)
        is_ours = said.get("checkout-account") == self._at.account and said.get("checkout-algorithm") == ALGORITHM
        if len(parameters) > MOST_FIELDS or not is_ours or not is_signed(self._at.secret, parameters):
            raise NotTheirs("its signature")
        named = {name.removeprefix("checkout-"): value for name, value in said.items()}
        return _stamp(named), _told(
            {
                "transactionId": named.get("transaction-id"),
                "status": named.get("status"),
                "amount": int(named["amount"]) if named.get("amount", "").isdecimal() else None,
                "currency": named.get("currency", CURRENCY),  # services of euros alone do not name it here
            }
        )

    async def state(self, transaction: str) -> Told:
        """How a payment stands. Raises Unreachable, NotTheirs and Declined."""
        said = await self._call("GET", f"/payments/{quote(transaction, safe='')}", None, transaction)
        told = _told(said)
        if told.transaction != transaction:
            raise NotTheirs("another payment")
        return told

    async def refund(self, transaction: str, amount: Money, id: UUID) -> bool:  # noqa: A002 - our id of the payment
        """Send money back to its payer; whether it has gone. Raises Unreachable, NotTheirs, Declined, NotRefundable.

        What the service calls about it afterwards changes nothing: a payment that goes back is settled already.
        """
        path = f"/payments/{quote(transaction, safe='')}/refund"
        wanted = {"amount": amount.cents, "refundStamp": str(id), "callbackUrls": self._calls()}
        try:
            said = await self._call("POST", path, wanted, transaction)
        except Declined as declined:
            if declined.status == httpx2.codes.UNPROCESSABLE_CONTENT:
                raise NotRefundable from declined
            raise
        outcome = OUTCOMES.get(_text(said, "status"))
        if outcome is PaymentOutcome.ENDED:
            raise NotRefundable
        return outcome is PaymentOutcome.PAID

    def _calls(self) -> Mapping[str, str]:
        return {"success": self._call_back, "cancel": self._call_back}

    async def _call(
        self, method: str, path: str, said: Mapping[str, Any] | None, transaction: str | None = None
    ) -> Mapping[str, Any]:
        body = b"" if said is None else json.dumps(said, ensure_ascii=False).encode()
        fields = {
            "checkout-account": self._at.account,
            "checkout-algorithm": ALGORITHM,
            "checkout-method": method,
            "checkout-nonce": uuid4().hex,
            "checkout-timestamp": self._now().isoformat(timespec="milliseconds"),
            **({"checkout-transaction-id": transaction} if transaction else {}),
        }
        headers = fields | {SIGNATURE: signature(self._at.secret, fields.items(), body)}
        if said is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
        answer = await send(
            method,
            self._at.profile.address + path,
            self._connect,
            seconds=CALL_S,
            max_bytes=LARGEST,
            headers=headers,
            body=body,
        )
        return self._read(answer)

    def _read(self, answer: httpx2.Response) -> Mapping[str, Any]:
        if answer.status_code in NOT_NOW or answer.is_server_error:
            raise Unreachable(f"status {answer.status_code}")
        if answer.status_code not in (httpx2.codes.OK, httpx2.codes.CREATED):
            raise Declined(answer.status_code)
        if not is_signed(
            self._at.secret, [(name.lower(), value) for name, value in answer.headers.multi_items()], answer.content
        ):
            raise NotTheirs("its signature")
        try:
            said = json.loads(answer.content)
        except (ValueError, RecursionError):
            raise NotTheirs("no JSON") from None
        if not isinstance(said, dict):
            raise NotTheirs("no object")
        return said


def _told(said: Mapping[str, Any]) -> Told:
    outcome, cents = OUTCOMES.get(_text(said, "status")), said.get("amount")
    if outcome is None or not isinstance(cents, int) or isinstance(cents, bool):
        raise NotTheirs("its status or amount")
    return Told(_text(said, "transactionId"), outcome, cents, _text(said, "currency"))


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value.isprintable() or not value:
        raise NotTheirs(name)
    return value


def _stamp(named: Mapping[str, str]) -> UUID:
    try:
        return UUID(named.get("stamp", ""))
    except ValueError:
        raise NotTheirs("stamp") from None
