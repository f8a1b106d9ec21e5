"""A portal and the test payment service in one process, a customer with an unpaid bill, and what a payer does."""

from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from sqlmodel import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.demo import checkout
from portal.outbox.models import OutboxEvent
from portal.payments.models import PaymentAttempt
from tests.contracts.register import Register
from tests.invoices.books import Books
from tests.people import House
from tests.settings import PAYMENTS

ADDRESS, SECRET = PAYMENTS["PORTAL_PAYMENT_ADDRESS"], PAYMENTS["PORTAL_PAYMENT_SECRET"]


class Wires(httpx2.AsyncBaseTransport):
    """To the portal and to the service, by host; nobody else is there, and while it is cut nobody at all."""

    def __init__(self, shop):
        self._shop = shop

    async def handle_async_request(self, request):
        if self._shop.is_cut:
            raise httpx2.ConnectError("cut", request=request)
        app = {"portal.test": self._shop.house.app, "pay.test": self._shop.app}[request.url.host]
        return await httpx2.ASGITransport(app, raise_app_exceptions=False).handle_async_request(request)


class Shop:
    """The portal with its payment service."""

    def __init__(self, database):
        self.database, self.is_cut = database, False
        self.service = checkout.Checkout(ADDRESS, SECRET, lambda: Wires(self))
        self.app = Starlette(routes=checkout.routes(self.service))
        self.till = TestClient(self.app, base_url="https://pay.test", follow_redirects=False)
        self.house = House(database, connect=lambda: Wires(self))

    def press(self, browser, invoice):
        """Press Pay now on the page of a bill; where that leads."""
        answer = browser.submit(f"/invoices/{invoice}/pay", {}, page=f"/invoices/{invoice}")
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def choose(self, page, *how, choice="pay"):
        """Pay or cancel at the service, which misbehaves as told; where it sends the payer."""
        answer = self.till.post(urlsplit(page).path, data={choice: choice, "how": list(how)})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def back(self, browser, address):
        """Follow the way back to the page of the payment."""
        answer = browser.get(address.removeprefix("https://portal.test"))
        assert answer.status_code == 303, answer.text
        return browser.open(answer.headers["location"])

    def late(self):
        """Let the service make the calls that it held back."""
        return self.till.post("/checkout/test/call").text

    def call(self, **changed):
        """Call the portal as somebody who knows the only order, but signs nothing anew."""
        [order] = self.service.orders.values()
        said = dict(self.service.parameters(order, "ok")) | changed
        return TestClient(self.house.app, base_url="https://portal.test").get("/payments/callback", params=said)

    @property
    def attempts(self):
        with self.database.reading() as db:
            return db.exec(select(PaymentAttempt).order_by(PaymentAttempt.begun_at, PaymentAttempt.id)).all()

    @property
    def states(self):
        return [one.state for one in self.attempts]

    def events(self, kind):
        with self.database.reading() as db:
            return db.exec(select(OutboxEvent).where(OutboxEvent.kind == kind)).all()


@pytest.fixture
def shop(database):
    return Shop(database)


@pytest.fixture
def house(shop):
    return shop.house


@pytest.fixture
def register(database):
    return Register(database)


@pytest.fixture
def books(register, aino):
    return Books(register, aino)


@pytest.fixture
def begun(shop, books, aino):
    """A payment that Aino has begun: the service's page, and the query of an address as pairs."""
    page = shop.press(aino.browser, books.unpaid)
    return SimpleNamespace(page=page, said=lambda address: parse_qsl(urlsplit(address).query))
