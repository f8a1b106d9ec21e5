"""The test payment service: it signs as Finnish ones do, moves no money, and misbehaves as it is told. Demo and tests.

It is as strict as a real one in what it takes: signed calls, each nonce once, one payment for a stamp.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from portal.kit import formats, outgoing
from portal.kit.access import Anyone
from portal.kit.html import Here, Html, Page
from portal.kit.i18n import Language
from portal.kit.money import Money
from portal.kit.outgoing import KIB, Connect, Unreachable
from portal.payments.signatures import ALGORITHM, SIGNATURE, is_signed, signature

TEMPLATES: Final = Path(__file__).parent.parent.parent / "templates"
ACCOUNT: Final = "375900"
CALL_S: Final = 5.0


class Misbehaviour(StrEnum):
    """One each, at the next payment that is made or begun; none of them is signed by anybody else than the service."""

    CALLS_TWICE = "calls-twice"
    CALLS_LATE = "calls-late"  # when it is told to, by POST /checkout/test/call
    CALLS_AFTER_REDIRECT = "calls-after-redirect"  # the payer comes back first; then as late calls
    CALLS_NEVER = "calls-never"
    CALLS_FORGED = "calls-forged"
    CALLS_CANCELLED_TOO = "calls-cancelled-too"  # paid, and then that it was cancelled
    STAYS_UNDER_WAY = "stays-under-way"  # paid, and not confirmed before POST /checkout/test/confirm
    REDIRECT_FORGED = "redirect-forged"
    REDIRECT_UNSIGNED = "redirect-unsigned"
    AMOUNT_WRONG = "amount-wrong"
    CURRENCY_WRONG = "currency-wrong"
    ANSWER_FORGED = "answer-forged"
    BEGIN_FAILS = "begin-fails"
    PAGE_ELSEWHERE = "page-elsewhere"
    REFUND_FAILS = "refund-fails"
    REFUND_PENDS = "refund-pends"
    REFUND_ENDS = "refund-ends"  # taken, and then its answer is that it failed
    REFUND_BREAKS = "refund-breaks"  # 503


M = Misbehaviour


@dataclass
class Order:
    """A payment as the service knows it."""

    stamp: str
    reference: str
    cents: int
    back: str
    call: str
    language: Language
    transaction: str = field(default_factory=lambda: str(uuid4()))
    status: str = "new"
    refunds: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Till(Page):
    """What is paid, and a button for each way in which it may end."""

    template = "demo/checkout.html"
    amount: str
    reference: str
    action: str
    misbehaviours: Sequence[str]


@dataclass
class Checkout:
    """The service's state; it lives as long as the process. `address` is where it is served."""

    address: str
    secret: str
    connect: Connect = outgoing.connect
    orders: dict[str, Order] = field(default_factory=dict)
    nonces: set[str] = field(default_factory=set)
    late: list[str] = field(default_factory=list)
    how: set[Misbehaviour] = field(default_factory=set)

    def misbehave(self, *how: Misbehaviour) -> None:
        """Misbehave at the next chance; nothing means: behave again."""
        self.how = set(how)

    def does(self, how: Misbehaviour) -> bool:
        """Whether it misbehaves so now; that is over then."""
        is_meant = how in self.how
        self.how.discard(how)
        return is_meant

    def of_transaction(self, transaction: str) -> Order | None:
        """The payment of a name."""
        return next((one for one in self.orders.values() if one.transaction == transaction), None)

    def parameters(self, order: Order, status: str) -> Mapping[str, str]:
        """What the address says by which a payer goes back, or by which the service calls."""
        said = {
            "checkout-account": ACCOUNT,
            "checkout-algorithm": ALGORITHM,
            "checkout-amount": str(order.cents + (M.AMOUNT_WRONG in self.how)),
            "checkout-stamp": order.stamp,
            "checkout-reference": order.reference,
            "checkout-transaction-id": order.transaction,
            "checkout-status": status,
            "checkout-provider": "testipankki",
        }
        if M.CURRENCY_WRONG in self.how:
            said["checkout-currency"] = "SEK"
        return said | {SIGNATURE: signature(self.secret, said.items())}

    def answer(self, said: Mapping[str, Any], status: int = 200) -> Response:
        """A signed answer to a call."""
        body = json.dumps(said).encode()
        headers = {"checkout-account": ACCOUNT, "checkout-algorithm": ALGORITHM}
        secret = "of somebody else" if self.does(M.ANSWER_FORGED) else self.secret
        headers[SIGNATURE] = signature(secret, headers.items(), body)
        return Response(body, status, headers, "application/json")


def routes(checkout: Checkout) -> list[Route]:
    """Every address of the service."""
    gets = {"/payments/{transaction}": state, "/pay/{transaction}": till}
    posts = {
        "/payments": begin,
        "/payments/{transaction}/refund": refund,
        "/pay/{transaction}": pay,
        "/test/misbehave": misbehave,
        "/test/call": call_late,
        "/test/confirm": confirm,
    }
    path = urlsplit(checkout.address).path
    return [
        *(Route(path + to, partial(endpoint, checkout)) for to, endpoint in gets.items()),
        *(Route(path + to, partial(endpoint, checkout), methods=["POST"]) for to, endpoint in posts.items()),
    ]


async def begin(checkout: Checkout, request: Request) -> Response:
    """Begin a payment, or give the one that was begun for the same stamp."""
    said = await _signed(checkout, request)
    if said is None or said.get("currency") != "EUR" or checkout.does(M.BEGIN_FAILS):
        return checkout.answer({"status": "error"}, 400)
    order = checkout.orders.setdefault(
        said["stamp"],
        Order(
            said["stamp"],
            said["reference"],
            said["amount"],
            said["redirectUrls"]["success"],
            said["callbackUrls"]["success"],
            Language(said["language"].lower()),
        ),
    )
    where = "https://elsewhere.example" if checkout.does(M.PAGE_ELSEWHERE) else checkout.address
    told = {
        "transactionId": order.transaction,
        "href": f"{where}/pay/{order.transaction}",
        "reference": order.reference,
    }
    return checkout.answer(told, 201)


async def state(checkout: Checkout, request: Request) -> Response:
    """How a payment stands."""
    said, order = await _signed(checkout, request), checkout.of_transaction(request.path_params["transaction"])
    if said is None or order is None:
        return checkout.answer({"status": "error"}, 404)
    told = {"transactionId": order.transaction, "status": order.status, "stamp": order.stamp}
    amount = order.cents + checkout.does(M.AMOUNT_WRONG)
    currency = "SEK" if checkout.does(M.CURRENCY_WRONG) else "EUR"
    return checkout.answer({**told, "amount": amount, "currency": currency, "reference": order.reference})


async def refund(checkout: Checkout, request: Request) -> Response:
    """Send money back, once for a stamp."""
    said, order = await _signed(checkout, request), checkout.of_transaction(request.path_params["transaction"])
    is_right = said is not None and order is not None and order.status == "ok" and said["amount"] == order.cents
    if not is_right or said is None or order is None or checkout.does(M.REFUND_FAILS):
        return checkout.answer({"status": "error"}, 422)
    if set(said.get("callbackUrls", ())) != {"success", "cancel"}:
        return checkout.answer({"status": "error"}, 400)
    if checkout.does(M.REFUND_BREAKS):
        return checkout.answer({"status": "error"}, 503)
    how = "pending" if checkout.does(M.REFUND_PENDS) else "fail" if checkout.does(M.REFUND_ENDS) else "ok"
    if how == "ok":
        order.refunds.add(said["refundStamp"])
    return checkout.answer({"transactionId": order.transaction, "status": how}, 201)


async def till(checkout: Checkout, request: Request) -> Response:
    """The page on which a payer pays, or not."""
    order = checkout.of_transaction(request.path_params["transaction"])
    if order is None or order.status != "new":
        return PlainTextResponse("This payment is over.", 410)
    page = Till(
        formats.money(Money(order.cents)), order.reference, f"{checkout.address}/pay/{order.transaction}", list(M)
    )
    here = Here(order.language, request.url.path, str(request.url), "", "", Anyone())
    back = urlsplit(order.back)
    policy = f"default-src 'none'; style-src 'self'; form-action 'self' {back.scheme}://{back.netloc}; base-uri 'none'"
    headers = {"Content-Security-Policy": f"{policy}; frame-ancestors 'none'", "Cache-Control": "no-store"}
    return HTMLResponse(_html().render(page, here), 200, headers)


async def pay(checkout: Checkout, request: Request) -> Response:
    """Take the payer's choice, call the portal, and send them back."""
    order, form = checkout.of_transaction(request.path_params["transaction"]), await request.form()
    if order is None or order.status != "new":
        return PlainTextResponse("This payment is over.", 410)
    checkout.how |= {M(str(how)) for how in form.getlist("how")}
    paid = "pending" if checkout.does(M.STAYS_UNDER_WAY) else "ok"
    order.status = paid if form.get("pay") else "fail"
    await _call(checkout, order)
    to = f"{order.back}?{urlencode(_redirected(checkout, order))}"
    for how in (M.AMOUNT_WRONG, M.CURRENCY_WRONG):
        checkout.does(how)
    return RedirectResponse(to, 303)


async def misbehave(checkout: Checkout, request: Request) -> Response:
    """Be told how to misbehave: a field `how` for each way; none means to behave."""
    form = await request.form()
    checkout.misbehave(*(M(str(how)) for how in form.getlist("how")))
    return PlainTextResponse("".join(f"{how}\n" for how in sorted(checkout.how)))


async def call_late(checkout: Checkout, request: Request) -> Response:  # noqa: ARG001 - the shape of an endpoint
    """Make the calls that were held back."""
    calls, checkout.late = checkout.late, []
    for url in calls:
        await _get(checkout, url)
    return PlainTextResponse(f"{len(calls)}\n")


async def confirm(checkout: Checkout, request: Request) -> Response:
    """Confirm the payments that are under way, or say by a field `fail` that no money comes, and call."""
    form = await request.form()
    waiting = [order for order in checkout.orders.values() if order.status == "pending"]
    for order in waiting:
        order.status = "fail" if form.get("fail") else "ok"
        await _call(checkout, order)
    return PlainTextResponse(f"{len(waiting)}\n")


def _redirected(checkout: Checkout, order: Order) -> Mapping[str, str]:
    said = checkout.parameters(order, order.status)
    if checkout.does(M.REDIRECT_FORGED):
        return {**said, "checkout-status": "ok", SIGNATURE: "0" * 64}
    if checkout.does(M.REDIRECT_UNSIGNED):
        return {name: value for name, value in said.items() if name != SIGNATURE}
    return said


async def _call(checkout: Checkout, order: Order) -> None:
    url = f"{order.call}?{urlencode(checkout.parameters(order, order.status))}"
    calls = [url] * (2 if checkout.does(M.CALLS_TWICE) else 1)
    if checkout.does(M.CALLS_CANCELLED_TOO):
        calls.append(f"{order.call}?{urlencode(checkout.parameters(order, 'fail'))}")
    if checkout.does(M.CALLS_FORGED):
        said = {**checkout.parameters(order, "ok"), SIGNATURE: "0" * 64}
        calls = [f"{order.call}?{urlencode(said)}"]
    if checkout.does(M.CALLS_NEVER):
        calls = []
    if checkout.does(M.CALLS_LATE) or checkout.does(M.CALLS_AFTER_REDIRECT):
        checkout.late += calls
        return
    for one in calls:
        await _get(checkout, one)


async def _get(checkout: Checkout, url: str) -> None:
    """Call the portal, whose answer changes nothing here: a real service would call again."""
    try:
        await outgoing.get(url, checkout.connect, seconds=CALL_S, max_bytes=KIB)
    except Unreachable:
        return


async def _signed(checkout: Checkout, request: Request) -> Mapping[str, Any] | None:
    """What a call says, None where it is not signed or comes again."""
    body, headers = await request.body(), list(request.headers.items())
    nonce = request.headers.get("checkout-nonce", "")
    if not is_signed(checkout.secret, headers, body) or not nonce or nonce in checkout.nonces:
        return None
    checkout.nonces.add(nonce)
    said: Mapping[str, Any] = json.loads(body) if body else {}
    return said


@cache
def _html() -> Html:
    return Html(TEMPLATES, lambda _language: "Test Payments")
