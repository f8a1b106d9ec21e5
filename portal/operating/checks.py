"""`portal check`: what is wrong with this installation, a sentence each, with what mends it."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

import httpx2
from sqlalchemy import text as statement
from sqlalchemy.exc import SQLAlchemyError

from portal.app import brokers, payment_service
from portal.auth.brokers import BadProfile, BrokerProfile
from portal.auth.oidc.broker import discovery_address, metadata
from portal.auth.oidc.keys import BadKeys, load, readable_by_others
from portal.auth.passwords import breaches
from portal.contrast import contrasts
from portal.customers.seals import misfit
from portal.kit import private
from portal.kit.crypto import Vault
from portal.kit.db import Database
from portal.kit.mail import NotSent, Smtp
from portal.kit.outgoing import Unreachable
from portal.migrations import rights
from portal.migrations.differences import MENDED, differences
from portal.operating import auditing
from portal.operating.auditing import Severity
from portal.operating.internal import missing_files, unready_database
from portal.outbox import delivery
from portal.payments import lookups as payments
from portal.payments.kinds import AttemptState
from portal.payments.profiles import BadPaymentProfile
from portal.settings import BadSettings, Databases, Environment, Settings

Now = Callable[[], datetime]

OUT_OF_STEP: Final = timedelta(seconds=2)  # of the ten that a broker's profile allows
PATIENCE: Final = timedelta(hours=1)
BROKER_S: Final = 5.0
ROOM: Final = 1 << 30
LEAST_ROOM: Final = 100 << 20
NO_LIST: Final = "Nobody is kept from setting a stolen password; `portal account load-breached FILE` takes in a list."
MOST_NAMED: Final = 3
STUCK: Final = {
    AttemptState.REFUNDING: "{} refunds have been asked for for more than a day, of which the payment service tells "
    "nothing; look there for {}.",
    AttemptState.UNDER_WAY: "{} payments have been under way for more than 14 days; ask the payment service about {}.",
}
UNSENT: Final = (
    "{} wait to leave, the oldest since {:%Y-%m-%d %H:%M} UTC; see that `portal jobs` runs and what it logs."
)


@dataclass(frozen=True)
class Finding:
    """What was found about one part of the installation."""

    level: Severity
    about: str
    says: str


@dataclass(frozen=True)
class CheckContext:
    """What is looked at."""

    settings: Settings
    database: Database
    now: Now

    @property
    def is_production(self) -> bool:
        """Whether customers are served; what is careless elsewhere is broken then."""
        return self.settings.environment is Environment.PRODUCTION


Check = Callable[[CheckContext], Iterator[tuple[Severity, str]]]


def findings(environ: Mapping[str, str], now: Now) -> Iterator[Finding]:
    """One part after another: all that is wrong with it, or that it is well."""
    try:
        settings = Settings.from_environment(environ)
    except BadSettings as wrong:
        yield Finding(Severity.BROKEN, "settings", str(wrong))
        return
    context = CheckContext(settings, Database(settings.databases.work), now)
    for about, check in PARTS.items():
        found = list(check(context)) or [(Severity.OK, "well")]
        yield from (Finding(level, about, says) for level, says in found)
    context.database.engine.dispose()


def levels(profile: BrokerProfile, said: Mapping[str, object]) -> Iterator[tuple[Severity, str]]:
    """Whether the broker gives a level of assurance that we take; a test environment gives those for tests."""
    given = said.get("acr_values_supported")
    if isinstance(given, list) and not any(acr in given for acr in profile.accepted_acr):
        yield (
            Severity.WARNING,
            f"{profile.name}: accepted_acr takes none of what the broker gives ({', '.join(map(str, given))}).",
        )


def _settings(context: CheckContext) -> Iterator[tuple[Severity, str]]:
    for danger in context.settings.dangers:
        yield (Severity.BROKEN if context.is_production else Severity.WARNING), danger
    if made_up := context.settings.made_up:
        yield Severity.WARNING, f"{', '.join(made_up)} not set, so made up at each start; production refuses that."


def _keys(context: CheckContext) -> Iterator[tuple[Severity, str]]:
    folder = context.settings.keys_dir
    try:
        load(folder)
    except BadKeys as wrong:
        level = Severity.BROKEN if context.is_production else Severity.WARNING
        yield level, f"{wrong}; `portal keys new --dir {folder}` makes what is missing."
        return
    for path in readable_by_others(folder):
        yield (
            (Severity.BROKEN if context.is_production else Severity.WARNING),
            f"{path}: `chmod 600 {path}` keeps others out.",
        )


def _database(context: CheckContext) -> Iterator[tuple[Severity, str]]:
    unready = [*unready_database(context.database)] or [*_unlike(context)] or [*_unbound(context.settings.databases)]
    for sentence in unready or _sealed(context):
        yield Severity.BROKEN, sentence


def _unlike(context: CheckContext) -> Iterator[str]:
    yield from (f"{sentence} {MENDED}" for sentence in differences(context.database.engine))


def _unbound(databases: Databases) -> Iterator[str]:
    """Whether policies bind whoever serves the web, where there are roles."""
    if databases.has_roles:
        app = Database(databases.app)
        try:
            yield from rights.wrong(app.engine, rights.Roles.at(databases))
        except SQLAlchemyError:
            yield "The database does not let the user of PORTAL_DATABASE_URL in; see that its password is right."
        finally:
            app.engine.dispose()


def _sealed(context: CheckContext) -> Iterator[str]:
    with context.database.reading() as db:
        wrong = misfit(db, Vault(context.settings.data_keys, context.settings.index_key))
    if wrong:
        yield wrong


def _modes(context: CheckContext) -> Iterator[tuple[Severity, str]]:
    """What holds personal data is for the portal's own user."""
    level = Severity.BROKEN if context.is_production else Severity.WARNING
    for path in filter(None, (*_of_sqlite(context.database), context.settings.outbox_dir, context.settings.mail_dir)):
        for exposed in private.open_to_others(path):
            mode = f"{private.FOLDER if exposed.is_dir() else private.FILE:o}"
            yield level, f"{exposed} is open to others than its owner; `chmod {mode} {exposed}` keeps them out."


def _of_sqlite(database: Database) -> Iterator[Path]:
    """The files of an SQLite database."""
    file = database.engine.url.database
    if database.engine.dialect.name == "sqlite" and file:
        yield from (path for end in ("", "-wal", "-shm") if (path := Path(file + end)).is_file())


def _clock(context: CheckContext) -> Iterator[tuple[Severity, str]]:
    """The database's clock, where it has one of its own."""
    if context.database.engine.dialect.name != "postgresql":
        return
    try:
        with context.database.engine.connect() as connection:
            theirs: datetime = connection.execute(statement("SELECT clock_timestamp()")).scalar_one()
    except SQLAlchemyError:
        return
    yield from _compared("the database", theirs, context.now())


def _broker(context: CheckContext) -> Iterator[tuple[Severity, str]]:
    try:
        profiles = brokers(context.settings)
    except BadProfile as wrong:
        yield Severity.BROKEN, str(wrong)
        return
    for profile in profiles:
        yield from _reached(profile, context.now)


def _reached(profile: BrokerProfile, now: Now) -> Iterator[tuple[Severity, str]]:
    """Whether a broker answers, says of itself what its profile says, and has the same time as we."""
    discovery = discovery_address(profile)
    url = discovery or profile.signed_jwks_uri or profile.jwks_uri or profile.issuer
    try:
        answer = httpx2.get(url, timeout=BROKER_S).raise_for_status()
        if discovery:
            metadata(profile, answer.content)
            yield from levels(profile, json.loads(answer.content))
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as failed:
        reason = type(failed).__name__
        yield (
            Severity.WARNING,
            f"{profile.name}: {url} cannot be reached ({reason}); nobody can sign in by it meanwhile.",
        )
        return
    except Unreachable as wrong:
        yield Severity.BROKEN, f"{wrong}; compare the profile with what {url} says."
        return
    if said := answer.headers.get("Date"):
        yield from _compared(profile.name, parsedate_to_datetime(said), now() - timedelta(milliseconds=500))


def _payments(context: CheckContext) -> Iterator[tuple[Severity, str]]:
    try:
        payment_service(context.settings)
    except BadPaymentProfile as wrong:
        yield Severity.BROKEN, str(wrong)
    try:
        with context.database.reading() as db:
            stuck = payments.stuck(db, context.now())
    except SQLAlchemyError:
        return
    for state, ids in stuck.items():
        named = ", ".join(map(str, ids[:MOST_NAMED]))
        yield Severity.WARNING, STUCK[state].format(len(ids), named)


def _passwords(context: CheckContext) -> Iterator[tuple[Severity, str]]:
    if context.settings.passwords is None:
        return
    try:
        with context.database.reading() as db:
            if not breaches.is_loaded(db):
                yield Severity.WARNING, NO_LIST
    except SQLAlchemyError:
        return


def _compared(whose: str, theirs: datetime, ours: datetime) -> Iterator[tuple[Severity, str]]:
    apart = abs(theirs - ours)
    if apart > OUT_OF_STEP:
        yield Severity.WARNING, f"The clock differs by {apart.total_seconds():.0f} s from that of {whose}; use NTP."


def _brand(context: CheckContext) -> Iterator[tuple[Severity, str]]:
    for pair in contrasts(context.settings.brand.colours):
        if not pair.holds:
            yield Severity.WARNING, f"{pair}; choose other colours in PORTAL_BRAND."


def _disk(context: CheckContext) -> Iterator[tuple[Severity, str]]:
    folders = {_folder(context.database), context.settings.outbox_dir} - {None}
    for folder in filter(None, folders):
        try:
            free = shutil.disk_usage(folder).free
        except OSError:
            continue
        if free < ROOM:
            level = Severity.BROKEN if free < LEAST_ROOM else Severity.WARNING
            yield level, f"{folder} has {free >> 20} MiB left; make room."


def _folder(database: Database) -> Path | None:
    """Where an SQLite database lives."""
    file = database.engine.url.database
    return Path(file).resolve().parent if database.engine.dialect.name == "sqlite" and file else None


def _mail(context: CheckContext) -> Iterator[tuple[Severity, str]]:
    if context.settings.smtp is None:
        if context.settings.mail_dir is None:
            yield Severity.WARNING, "PORTAL_SMTP_URL is not set, so letters to customers wait."
        return
    server = Smtp(context.settings.smtp)
    try:
        server.open()
    except NotSent as failed:
        host = f"{context.settings.smtp.host}:{context.settings.smtp.port}"
        yield Severity.WARNING, f"{host} takes no mail from us ({failed}); letters wait. See PORTAL_SMTP_URL."
    finally:
        server.close()


def _outbox(context: CheckContext) -> Iterator[tuple[Severity, str]]:
    folder = context.settings.outbox_dir
    if folder is None:
        yield Severity.WARNING, "PORTAL_OUTBOX_DIR is not set, so other systems hear nothing of what customers decide."
    elif not folder.is_dir():
        yield Severity.WARNING, f"PORTAL_OUTBOX_DIR names {folder}, which is no folder; make it, or mount it."
    try:
        with context.database.reading() as db:
            backlogs = {"events": delivery.events(db), "letters": delivery.letters(db)}
    except SQLAlchemyError:
        return
    for what, backlog in backlogs.items():
        if backlog.oldest and context.now() - backlog.oldest > PATIENCE:
            yield Severity.WARNING, UNSENT.format(f"{backlog.waiting} {what}", backlog.oldest)
        if backlog.given_up:
            yield Severity.WARNING, f"{backlog.given_up} {what} were given up in the last month; the log says why."


def _audit(context: CheckContext) -> Iterator[tuple[Severity, str]]:
    try:
        with context.database.reading() as db:
            yield from auditing.at_a_glance(db, context.settings, context.now())
    except SQLAlchemyError:
        return


def _files(_place: CheckContext) -> Iterator[tuple[Severity, str]]:
    for sentence in missing_files():
        yield Severity.BROKEN, sentence


PARTS: Final[Mapping[str, Check]] = {
    "settings": _settings,
    "keys": _keys,
    "database": _database,
    "modes": _modes,
    "clock": _clock,
    "broker": _broker,
    "payments": _payments,
    "passwords": _passwords,
    "brand": _brand,
    "disk": _disk,
    "mail": _mail,
    "outbox": _outbox,
    "audit": _audit,
    "files": _files,
}
