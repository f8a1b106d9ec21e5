"""A small portal on the real kit: pages about pets, with a guard, a form, a block and every kind of trouble."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from jinja2 import ChoiceLoader, FileSystemLoader
from sqlalchemy import text
from starlette.testclient import TestClient

from portal.kit import web
from portal.kit.access import Anyone, Guard
from portal.kit.asgi import serve
from portal.kit.errors import Refused, StepUpNeeded
from portal.kit.files import Files
from portal.kit.html import Html, Page, Person
from portal.kit.i18n import Language
from portal.kit.signing import Signer
from portal.settings import DEMO_BRAND
from tests.settings import installation

ROOT = Path(__file__).parent.parent.parent
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Keeper(Anyone):
    name: str = "Kaisa"

    @property
    def subject(self):
        return f"keeper-{self.name}"


@dataclass(frozen=True)
class ProvenKeeper(Keeper):
    pass


anyone = Guard("anyone", Anyone)
keeper = Guard("keeper", Keeper)
proven = Guard("proven", ProvenKeeper, refusal=StepUpNeeded, next_best=Keeper)


@dataclass(frozen=True)
class PetList(Page):
    template = "pets/list.html"
    names: tuple[str, ...]


def index(visit):
    found = visit.db.execute(text("SELECT kind FROM outbox_event ORDER BY created_at")).scalars()
    return PetList(tuple(found))


def add(visit):
    name = visit.form.get("name")
    visit.db.execute(
        text(
            "INSERT INTO outbox_event (id, kind, payload, created_at, due_at, attempts) "
            "VALUES (:id, :kind, '{}', :now, :now, 0)"
        ),
        {"id": uuid4().hex, "kind": name, "now": "2026-11-21 12:00:00"},
    )
    if name == "cat":
        raise Refused
    if name == "dog":
        raise ZeroDivisionError
    return web.Redirect("/pets")


async def wait(visit):
    return web.Answer(PetList((visit.who.name,)), cookies=[web.Cookie("__Host-pet", "1", 60)], status=202)


ROUTES = [
    web.page("/pets", index, who=keeper),
    web.action("/pets", add, who=keeper),
    web.action("/pets/with-toys", add, who=keeper, many={"toy"}),
    web.page("/pets/secret", index, who=proven),
    web.action("/pets/secret", add, who=proven),
    web.page("/pets/open", index, who=anyone),
    web.flow("/pets/wait", wait, who=keeper),
]


@pytest.fixture(scope="session")
def files():
    return Files(ROOT / "static")


@pytest.fixture(scope="session")
def html(files):
    html = Html(ROOT / "templates", DEMO_BRAND.called, asset=files.url, integrity=files.integrity, brand=DEMO_BRAND)
    for language in Language:
        environment = html.environment(language)
        environment.loader = ChoiceLoader([environment.loader, FileSystemLoader(Path(__file__).parent / "templates")])
    return html


@pytest.fixture
def signer():
    return Signer(["s" * 40])


@pytest.fixture
def visit_as(database, html, files, signer):
    """A client whose person is already known."""

    def open_client(person=None, *, languages="fi"):
        platform = web.Platform(
            database=database,
            html=html,
            signer=signer,
            recognise=lambda db, cookies, now: web.Recognition(person or Anyone()),
            introduce=lambda db, who: Person(who.name, "1") if isinstance(who, Keeper) else None,
            idle_s=900,
            installation=installation(),
            now=lambda: NOW,
        )
        app = serve(ROUTES, platform, files, origin="https://portal.test", hosts={"portal.test"})
        return TestClient(
            app,
            base_url="https://portal.test",
            follow_redirects=False,
            raise_server_exceptions=False,
            headers={"Accept-Language": languages},
        )

    return open_client


@pytest.fixture
def kaisa(visit_as):
    return visit_as(Keeper())


@pytest.fixture
def nobody(visit_as):
    return visit_as()
