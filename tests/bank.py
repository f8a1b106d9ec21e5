"""The portal's identification and the test bank in one event loop, and people who walk from one to the other."""

import copy
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
from sqlmodel import select
from starlette.responses import PlainTextResponse

from portal.auth import actions, pages
from portal.auth.brokers import BrokerProfile, MethodNames, load
from portal.auth.identification import People, Service, prepare
from portal.auth.models import Account, LoginTransaction, SignedSession
from portal.auth.oidc.keys import OwnKeys, new_key
from portal.auth.people import confirmed_user, user
from portal.auth.reach import Reach
from portal.demo.bank import create_bank, of_portal
from portal.demo.bank_keys import BankKeys
from portal.demo.people import AINO, CAST, MIKKO
from portal.kit import web
from portal.kit.asgi import serve
from portal.kit.crypto import Vault
from portal.kit.files import Files
from portal.kit.html import Html, Person
from portal.kit.outgoing import Connect
from portal.kit.rates import Rate, Rates, Turnstile
from portal.kit.signing import Signer
from portal.settings import DEMO_BRAND
from tests.settings import installation

ROOT = Path(__file__).parent.parent
PORTAL, BANK = "https://portal.test", "https://bank.test"
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PROFILE = load("demo", issuer=BANK)
FAPI2 = load("fapi2", issuer=BANK, client_id="portal").model_copy(
    update={
        name: getattr(PROFILE, name)
        for name in ("acr_values", "accepted_acr", "sign_in_max_age_s", "wall", "banks", "back_channel_logout")
    }
)
NAMES = MethodNames(fi="Esimerkki Energia", sv="Esimerkki Energia", en="Esimerkki Energia")
VAULT = Vault([b"d" * 32], b"i" * 32)
RATES = Rates(Rate(120), Rate(600))


class Clock:
    """A clock that a test sets."""

    def __init__(self, at=NOON):
        self.at = at

    def __call__(self):
        return self.at

    def forward(self, **more):
        self.at += timedelta(**more)


@cache
def own_keys():
    """The portal's keys, made once a run."""
    signing, decrypting, entity = new_key(), new_key(), new_key()
    return OwnKeys(signing, (decrypting,), entity, (signing,))


@cache
def _bank_keys(issuer):
    return BankKeys(issuer)


def bank_keys(issuer=BANK):
    """The bank's keys, made once a run; rotating them is each bank's own affair."""
    return copy.copy(_bank_keys(issuer))


@cache
def files():
    return Files(ROOT / "static")


@cache
def html():
    return Html(ROOT / "templates", DEMO_BRAND.called, asset=files().url, integrity=files().integrity, brand=DEMO_BRAND)


async def overview(visit):
    """A page behind the guard; the real one belongs to another slice."""
    return PlainTextResponse(f"{visit.who.name}, {type(visit.who).__name__}")


@dataclass
class World:
    """A portal, a bank and a clock."""

    database: object
    clock: Clock
    profile: BrokerProfile
    keys: OwnKeys
    portal: str = PORTAL
    rates: Rates = RATES
    at: str | None = None  # the address that browsers are seen to come from
    network: Connect | None = None  # how calls leave; within this event loop unless given

    def __post_init__(self):
        self.bank_app = create_bank(
            issuer=self.profile.issuer,
            clients=[of_portal(self.portal, self.profile.security_profile, broker=self.profile.name)],
            personas=[one.persona for one in CAST],
            keys=bank_keys(self.profile.issuer),
            connect=self.network or self.connect,
            now=self.clock,
        )
        self.bank = self.bank_app.state.bank
        self.elsewhere = {}  # other hosts that a test has, by name
        self.calls = []  # addresses that the portal has called
        self.open_portal()

    def open_portal(self, *others):
        """Put the portal together, as at its start."""
        self.identification = prepare(
            Service(self.portal, NAMES, "Esimerkki Energia Oy"),
            [self.profile, *others],
            self.keys,
            People(VAULT.blind_index),
            connect=self.network or self.outgoing,
            now=self.clock,
        )
        platform = web.Platform(
            database=self.database,
            html=html(),
            signer=Signer(["s" * 40]),
            recognise=actions.recogniser(lambda db, index, acting_for: Reach(frozenset())),
            introduce=lambda db, who: Person(who.name, "") if hasattr(who, "name") else None,
            idle_s=900,
            installation=installation(),
            now=self.clock,
        )
        inside = [
            web.flow("/overview", overview, who=user),
            web.flow("/sealed", overview, who=confirmed_user),
            web.flow("/invoices/1", overview, who=user),
        ]
        through = [Turnstile(self.rates, lambda: self.clock().timestamp()) for _ in range(2)]
        routes = [*pages.routes(self.identification, *through), *inside]
        host = urlsplit(self.portal).hostname
        self.portal_app = serve(routes, platform, files(), origin=self.portal, hosts={host})

    def connect(self):
        """A way to the portal and to the bank, by host."""
        return _Wires({"portal.test": self._seen, "bank.test": self.bank_app})

    async def _seen(self, scope, receive, send):
        await self.portal_app({**scope, "client": (self.at, 50_000) if self.at else None}, receive, send)

    def outgoing(self):
        """The same for the portal, noted."""
        return _Wires({"portal.test": self.portal_app, "bank.test": self.bank_app, **self.elsewhere}, self.calls)

    def visitor(self, language="fi"):
        """Somebody with a browser of their own."""
        return Visitor(self, language)

    def rows(self, table):
        with self.database.reading() as db:
            return db.exec(select(table)).all()

    @property
    def sessions(self):
        return self.rows(SignedSession)

    @property
    def journeys(self):
        return self.rows(LoginTransaction)

    @property
    def accounts(self):
        return self.rows(Account)

    def with_profile(self, **changes):
        """The same world, but the portal knows the bank by another profile."""
        return replace(self, profile=self.profile.model_copy(update=changes))


class _Wires(httpx2.AsyncBaseTransport):
    def __init__(self, apps, calls=None):
        self._apps, self._calls = apps, calls

    async def handle_async_request(self, request):
        if self._calls is not None:
            self._calls.append(str(request.url))
        app = self._apps.get(request.url.host)
        way = httpx2.ASGITransport(app, raise_app_exceptions=False) if app else _network()
        return await way.handle_async_request(request)


def _network():
    """To a server of its own on this machine; nothing is left open behind."""
    return httpx2.AsyncHTTPTransport(limits=httpx2.Limits(max_keepalive_connections=0))


class Visitor:
    """A browser that walks between portal and bank, one step at a time, as a test tells it."""

    def __init__(self, world, language="fi"):
        self.world = world
        headers = {"Accept-Language": language, "Sec-Fetch-Site": "same-origin"}
        self.browser = httpx2.AsyncClient(transport=world.connect(), base_url=PORTAL, headers=headers)

    async def get(self, address, **more):
        return await self.browser.get(address, **more)

    async def post(self, page, action, form=None):
        """Open a page and post the form on it that leads to `action`, with its hidden fields."""
        shown = await self.get(page)
        return await self.browser.post(action, data=hidden(shown.text, action) | (form or {}))

    async def leave(self, bank="fi-demo", then="/overview", wall="/sign-in"):
        """Choose a bank; the answer redirects to it."""
        action = "/sign-in/bank" if wall == "/sign-in" else f"{wall}/bank"
        return await self.post(f"{wall}?next={then}", action, {"bank": bank})

    async def identify(self, address, persona=AINO.persona):
        """Be somebody at the bank, or nobody; the address that the bank sends back to."""
        asked = await self.get(address)
        assert asked.status_code == 200, asked.text
        action = re.search(r'<form method="post" action="([^"]+)"', asked.text)[1]
        said = {"persona": persona.identity_code} if persona else {"cancel": "cancel"}
        answer = await self.browser.post(f"{BANK}{action}", data=said)
        return answer.headers["location"]

    async def go(self, persona=AINO.persona, **where):
        """To the bank and as far as its redirect back: the address that finishes the journey."""
        left = await self.leave(**where)
        assert left.status_code == 303, left.text
        return await self.identify(left.headers["location"], persona)

    async def sign_in(self, persona=AINO.persona, **where):
        """The whole way; the portal's last answer."""
        return await self.get(await self.go(persona, **where))

    async def confirm(self, persona=AINO.persona, then="/sealed"):
        """The whole way once more, for somebody who is signed in."""
        return await self.sign_in(persona, wall="/confirm", then=then)

    async def is_in(self):
        """Whether the portal knows who this is."""
        return (await self.get("/overview")).status_code == 200


def hidden(source, action):
    """The hidden fields of the form that leads to an address."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', source, re.DOTALL)[0]
    return {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)
    }


def query(address):
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


AINO_CODE, MIKKO_CODE = AINO.persona.identity_code, MIKKO.persona.identity_code
