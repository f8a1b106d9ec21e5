"""The demo: a database with people in it, the portal and the test bank, in one process."""

import asyncio
import base64
import contextlib
import secrets
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from portal import migrations
from portal.demo import bank, checkout, mandates, seed
from portal.demo.checkout import ACCOUNT, Checkout
from portal.demo.company import Scale
from portal.demo.people import CAST, Member
from portal.kit import private
from portal.kit.connections import served
from portal.kit.crypto import Vault
from portal.kit.db import Database
from portal.kit.i18n import Language
from portal.migrations import rights
from portal.settings import BadSettings, Environment, Settings

Say = Callable[[str], None]

SECRETS = "secrets.env"
NONE = "–"


@dataclass(frozen=True)
class Demo:
    """Where the demo lives and what it shows."""

    host: str
    port: int
    bank_port: int
    folder: Path
    until: date  # the first day without data
    scale: Scale = Scale.WHOLE


def prepare(demo: Demo, environ: Mapping[str, str], say: Say) -> tuple[Settings, Database]:
    """Migrate the demo's database, and fill it where it is empty; what is there stays."""
    for folder in ("outbox", "mail", "audit"):
        private.folder(demo.folder / folder)
    settings = Settings.from_environment(_environment(demo, environ), demo.port)
    if settings.environment is Environment.PRODUCTION:
        raise BadSettings("PORTAL_ENV is production; a demo makes up people and a bank, so it never runs there.")
    database = Database(settings.databases.owner)
    rights.lift(database.engine)
    migrations.upgrade(database.engine)
    if settings.databases.has_roles:
        rights.build(database.engine, rights.Roles.at(settings.databases))
    if seed.is_empty(database):
        say(f"Making up three years of data until {demo.until} ...")
        started = time.perf_counter()
        vault = Vault(settings.data_keys, settings.index_key)
        seed.seed(database, vault, demo.until, demo.scale, _progress if sys.stdout.isatty() else seed.nobody_watches)
        say(f"... done in {time.perf_counter() - started:.1f} s.")
    return settings, database


def remove(folder: Path) -> None:
    """Forget an earlier demo."""
    shutil.rmtree(folder, ignore_errors=True)


def serve(demo: Demo, settings: Settings, portal: ASGIApp, say: Say) -> None:
    """Serve the portal and the test bank until told to stop."""
    provider = bank.create_bank(
        issuer=f"http://localhost:{demo.bank_port}",
        clients=[bank.of_portal(settings.base_url)],
        personas=[one.persona for one in CAST],
    )
    if settings.payments is not None and settings.payments.address is not None:
        provider.router.routes += checkout.routes(Checkout(settings.payments.address, settings.payments.secret))
    say(_greeting(demo, settings))
    asyncio.run(_both(demo, portal, provider))


async def _both(demo: Demo, portal: ASGIApp, provider: ASGIApp) -> None:
    servers = [
        _Quiet(served(app, host=demo.host, port=port))
        for app, port in ((portal, demo.port), (provider, demo.bank_port))
    ]
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _stop, servers)
    await asyncio.gather(*(server.serve() for server in servers))


def _stop(servers: Sequence[uvicorn.Server]) -> None:
    for server in servers:
        server.should_exit = True


class _Quiet(uvicorn.Server):
    """A server that leaves signals to whoever runs several of it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _environment(demo: Demo, environ: Mapping[str, str]) -> dict[str, str]:
    """The demo's settings: what is given, then what an earlier start made up, then what this one makes up."""
    made = {
        "PORTAL_ENV": "demo",
        "PORTAL_DATABASE_URL": f"sqlite:///{demo.folder / 'portal.db'}",
        "PORTAL_KEYS_DIR": str(demo.folder / "keys"),
        "PORTAL_BROKER_PROFILE": "demo",
        "PORTAL_BROKER_ISSUER": f"http://localhost:{demo.bank_port}",
        "PORTAL_BASE_URL": f"http://localhost:{demo.port}",
        "PORTAL_OUTBOX_DIR": str(demo.folder / "outbox"),
        "PORTAL_MAIL_DIR": str(demo.folder / "mail"),
        "PORTAL_AUDIT_DIR": str(demo.folder / "audit"),
        "PORTAL_WAYS": "password, passkey",
        "PORTAL_PAYMENT_PROVIDER": "demo",
        "PORTAL_PAYMENT_ADDRESS": f"http://localhost:{demo.bank_port}/checkout",
        "PORTAL_PAYMENT_ACCOUNT": ACCOUNT,
        "PORTAL_PAYMENT_SECRET": secrets.token_urlsafe(32),  # for both sides, which end together
    }
    return made | _kept_secrets(demo.folder / SECRETS) | {name: value for name, value in environ.items() if value}


MADE: Final = {"PORTAL_SECRET_KEYS": 48, "PORTAL_DATA_KEYS": 32, "PORTAL_INDEX_KEY": 32, "PORTAL_PEPPER": 32}
"""The secrets of the demo, and of how many bytes."""


def _kept_secrets(path: Path) -> dict[str, str]:
    """Secrets made once and kept: without them the next start could not read its own database."""
    kept = dict(line.split("=", 1) for line in path.read_text(encoding="utf-8").split()) if path.exists() else {}
    if lacking := [name for name in MADE if name not in kept]:
        kept |= {name: base64.b64encode(secrets.token_bytes(MADE[name])).decode() for name in lacking}
        path.touch(mode=0o600)
        path.write_text("".join(f"{name}={value}\n" for name, value in kept.items()), encoding="utf-8")
    return kept


def _progress(done: int, of: int) -> None:
    sys.stdout.write(f"\rSites {done}/{of}" + ("\n" if done == of else ""))
    sys.stdout.flush()


def _greeting(demo: Demo, settings: Settings) -> str:
    rows = [("role", "name", "identity code", "customer number", "may act for")]
    rows += [
        (one.role, one.name, one.persona.identity_code, one.customer_number or NONE, _acts_for(one, demo) or NONE)
        for one in CAST
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = "\n".join(
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
    return (
        f"\nPortal     {settings.base_url}\nTest bank  http://localhost:{demo.bank_port}\n\n"
        f"{settings.brand.called(Language.EN)}: sign in at the test bank as\n{table}\n\nCtrl-C stops both."
    )


def _acts_for(member: Member, demo: Demo) -> str:
    given = mandates.given(demo.until, demo.scale)
    of_register = [one.grantor.name for one in given if one.grantee == member and one.holds_on(demo.until)]
    return ", ".join([*of_register, *(giver.name for giver, _, holder, *_ in mandates.HELD if holder == member)])
