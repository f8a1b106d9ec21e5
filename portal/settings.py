"""What the environment says, read once. Secrets are never printed; what is unsafe in production is named.

The table in README.md lists every setting; a test compares the two.
"""

import base64
import binascii
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import make_url

from portal import brand as brands
from portal.brand import DEMO_BRAND, BadBrand, Brand
from portal.contracts.kinds import ContractKind
from portal.customers.rhythms import BillingRhythm
from portal.kit.complaints import Complaint
from portal.kit.hosts import is_here
from portal.kit.mail import MailServer
from portal.kit.rates import Rate, Rates
from portal.terms import USUAL, BillingTerms, PaymentTerms

E = TypeVar("E", bound=StrEnum)
DEMO_PORT = 8000
SECRET_LENGTH = 32
KEY_BYTES = 32
LEAST_VARIETY = 10  # different characters or bytes in something that should be random
WAYS = frozenset({"passkey", "password"})  # that an installation may offer beside the bank
DATABASE_SETTINGS = (
    *("PORTAL_DATABASE_URL", "PORTAL_DATABASE_OWNER_URL"),
    *("PORTAL_DATABASE_WORK_URL", "PORTAL_DATABASE_REPORT_URL"),
)
REQUIRED = ("PORTAL_BASE_URL", "PORTAL_SECRET_KEYS", "PORTAL_DATA_KEYS", "PORTAL_INDEX_KEY", "PORTAL_BROKER_PROFILE")


class Environment(StrEnum):
    """Where this runs; demo and test make up what is missing."""

    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


@dataclass(frozen=True)
class PaymentSettings:
    """The payment service at which bills are paid: a profile's name or path, and the utility's account there."""

    provider: str
    address: str | None
    account: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class PasswordSettings:
    """The peppers of passwords, newest first, and how many may try to sign in by one."""

    peppers: tuple[bytes, ...] = field(repr=False)
    rates: Rates


@dataclass(frozen=True)
class Databases:
    """The address of the database for each of its roles, the same one where one role does everything.

    owner: migrates; app: serves the web; work: imports, jobs, and what operators do; report: reads
    """

    app: str
    owner: str
    work: str
    report: str

    @property
    def has_roles(self) -> bool:
        """Whether the app is another than the owner, so that PostgreSQL shows it what is for whoever asks alone."""
        return self.owner != self.app

    @property
    def settings(self) -> Mapping[str, str]:
        """Each address, and the setting that it comes from."""
        addresses = (self.app, self.owner, self.work, self.report)
        return dict(reversed([*zip(addresses, DATABASE_SETTINGS, strict=True)]))


class BadSettings(Complaint):
    """The environment does not hold together; the message names the setting and what to do."""


@dataclass(frozen=True)
class Settings:
    """The settings of one installation."""

    environment: Environment
    base_url: str
    databases: Databases = field(repr=False)
    secret_keys: tuple[str, ...] = field(repr=False)
    data_keys: tuple[bytes, ...] = field(repr=False)
    index_key: bytes = field(repr=False)
    keys_dir: Path
    broker_profiles: tuple[str, ...]
    broker_issuer: str | None
    broker_client_id: str | None
    brand: Brand
    texts: Path | None
    smtp: MailServer | None
    mail_dir: Path | None
    outbox_dir: Path | None
    audit_dir: Path | None  # where the audit's heads are kept
    payment_terms: PaymentTerms
    audit_head_minutes: int
    audit_head_entries: int
    internal_port: int  # 0 for none
    proxies: tuple[str, ...]  # whose word on a visitor's address counts: addresses or networks
    sign_in_rates: Rates
    report_rates: Rates
    payments: PaymentSettings | None  # None: bills are not paid here
    passwords: PasswordSettings | None  # None: nobody signs in by a password
    passkeys: bool  # whether people sign in by passkeys
    made_up: tuple[str, ...] = ()  # the settings that demo or test filled in

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], port: int = DEMO_PORT) -> "Settings":
        """The settings that environment variables make.

        Raises BadSettings.
        """
        given = _Given(environ)
        environment = given.choice("PORTAL_ENV", Environment, Environment.PRODUCTION)
        careless = environment is not Environment.PRODUCTION
        made_up: list[str] = []

        missing = [name for name in REQUIRED if not given.value(name)]
        if missing and not careless:
            raise BadSettings(f"Production needs {', '.join(missing)} (README.md, Settings, says their form).")

        def needed(name: str, made: str) -> str:
            value = given.value(name)
            if value:
                return value
            made_up.append(name)
            return made

        return cls(
            environment=environment,
            base_url=_base_url(needed("PORTAL_BASE_URL", f"http://localhost:{port}"), careless),
            databases=_databases(given),
            secret_keys=_secrets(needed("PORTAL_SECRET_KEYS", secrets.token_urlsafe(48))),
            data_keys=tuple(_keys("PORTAL_DATA_KEYS", needed("PORTAL_DATA_KEYS", _made_key()))),
            index_key=next(_keys("PORTAL_INDEX_KEY", needed("PORTAL_INDEX_KEY", _made_key()))),
            keys_dir=Path(given.value("PORTAL_KEYS_DIR") or "keys"),
            broker_profiles=tuple(_listed(needed("PORTAL_BROKER_PROFILE", "demo"))),
            broker_issuer=given.value("PORTAL_BROKER_ISSUER"),
            broker_client_id=given.value("PORTAL_BROKER_CLIENT_ID"),
            brand=_brand(given.value("PORTAL_BRAND")),
            texts=_folder("PORTAL_TEXTS", given.value("PORTAL_TEXTS")),
            smtp=_smtp(given.value("PORTAL_SMTP_URL")),
            mail_dir=given.path("PORTAL_MAIL_DIR"),
            outbox_dir=given.path("PORTAL_OUTBOX_DIR"),
            audit_dir=given.path("PORTAL_AUDIT_DIR"),
            payment_terms=PaymentTerms(
                days=given.number("PORTAL_DUE_DATE_DAYS", 14),
                late_days=given.number("PORTAL_DUE_DATE_LATE_DAYS", 0),
                parts=given.number("PORTAL_PLAN_PARTS", 4),
                parts_late_days=given.number("PORTAL_PLAN_LATE_DAYS", 30),
                billing=_billing(given),
            ),
            audit_head_minutes=given.number("PORTAL_AUDIT_HEAD_MINUTES", 15),
            audit_head_entries=given.number("PORTAL_AUDIT_HEAD_ENTRIES", 1000),
            internal_port=given.number("PORTAL_INTERNAL_PORT", 9000),
            proxies=_proxies(given.value("PORTAL_PROXIES") or ""),
            sign_in_rates=Rates(
                given.rate("PORTAL_SIGN_IN_RATE_PER_NETWORK", 120), given.rate("PORTAL_SIGN_IN_RATE", 600)
            ),
            report_rates=Rates(given.rate("PORTAL_REPORT_RATE_PER_NETWORK", 60), given.rate("PORTAL_REPORT_RATE", 300)),
            payments=_payments(given),
            passwords=_passwords(given),
            passkeys="passkey" in _ways(given),
            made_up=tuple(made_up),
        )

    @property
    def database_url(self) -> str:
        """Where the app that serves the web finds the database."""
        return self.databases.app

    @property
    def dangers(self) -> tuple[str, ...]:
        """What is unsafe to serve customers with, a sentence each; production refuses to start on any."""
        return tuple(_dangers(self))

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that this portal answers to."""
        own = urlsplit(self.base_url).hostname or ""
        local = {"localhost", "127.0.0.1"} if self.environment is not Environment.PRODUCTION else set()
        return frozenset({own} | local)


class _Given:
    """The environment, with every secret also readable from the file that `..._FILE` names."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def value(self, name: str) -> str | None:
        file = self._environ.get(f"{name}_FILE")
        if file:
            try:
                return Path(file).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as refused:
                why = refused.strerror if isinstance(refused, OSError) else "it is not UTF-8 text"
                raise BadSettings(f"{name}_FILE names {file}, which cannot be read ({why}).") from None
        return self._environ.get(name, "").strip() or None

    def path(self, name: str) -> Path | None:
        value = self.value(name)
        return Path(value) if value else None

    def number(self, name: str, default: int) -> int:
        value = self.value(name)
        if value is None:
            return default
        if not value.isdecimal():
            raise BadSettings(f"{name} must be a whole number, not {value!r}.")
        return int(value)

    def rate(self, name: str, default: int) -> Rate:
        a_minute = self.number(name, default)
        if a_minute == 0:
            raise BadSettings(f"{name} must be 1 or more: how many are let through in a minute.")
        return Rate(a_minute)

    def choice(self, name: str, kind: type[Environment], default: Environment) -> Environment:
        value = self.value(name)
        if value is None:
            return default
        if value not in set(kind):
            raise BadSettings(f"{name} must be one of {', '.join(kind)}, not {value!r}.")
        return kind(value)


@dataclass(frozen=True)
class DataKeys:
    """The keys that seal and find personal identifiers, and the settings that demo or test made up."""

    data_keys: tuple[bytes, ...] = field(repr=False)
    index_key: bytes = field(repr=False)
    made_up: tuple[str, ...] = ()


def databases(environ: Mapping[str, str]) -> Databases:
    """Where the database is: all that bringing its schema up to date, or an import without people, needs.

    Raises BadSettings.
    """
    return _databases(_Given(environ))


def data_keys(environ: Mapping[str, str]) -> DataKeys:
    """The keys that an import of people needs.

    Raises BadSettings.
    """
    given = _Given(environ)
    names = ("PORTAL_DATA_KEYS", "PORTAL_INDEX_KEY")
    missing = tuple(name for name in names if not given.value(name))
    environment = given.choice("PORTAL_ENV", Environment, Environment.PRODUCTION)
    if missing and environment is Environment.PRODUCTION:
        raise BadSettings(f"{' and '.join(missing)} must be set to take in people: identity codes are kept encrypted.")
    data, index = (tuple(_keys(name, given.value(name) or _made_key())) for name in names)
    return DataKeys(data, index[0], missing)


def read_env_file(path: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment with a `.env` file's lines added where nothing is set; only demo and test read one."""
    merged = dict(environ)
    if environ.get("PORTAL_ENV", "production") not in {Environment.DEMO, Environment.TEST} or not path.is_file():
        return merged
    for line in path.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            merged.setdefault(name.strip(), value.strip().strip("\"'"))
    return merged


def _dangers(settings: Settings) -> Iterator[str]:
    if any(len(set(secret)) < LEAST_VARIETY for secret in settings.secret_keys):
        yield "PORTAL_SECRET_KEYS holds a secret that repeats itself; `openssl rand -base64 48` makes one."
    peppers = settings.passwords.peppers if settings.passwords else ()
    if any(len(set(key)) < LEAST_VARIETY for key in (*settings.data_keys, settings.index_key, *peppers)):
        yield "PORTAL_DATA_KEYS, PORTAL_INDEX_KEY or PORTAL_PEPPER is not random; `openssl rand -base64 32` makes one."
    if settings.index_key in settings.data_keys:
        yield "PORTAL_INDEX_KEY is one of PORTAL_DATA_KEYS; it must be a key of its own."
    if settings.brand is DEMO_BRAND:
        yield "PORTAL_BRAND is not set, so the pages would name the demo's company; docs/first-customer.md shows one."
    if settings.mail_dir:
        yield "PORTAL_MAIL_DIR is set, so letters would be kept as files instead of being sent; it is for trials."
    if settings.smtp and settings.smtp.is_open_on_the_way:
        yield "PORTAL_SMTP_URL would send letters unprotected; begin it with smtp+starttls:// or smtps://."
    yield from map(_DATABASE_FAR.format, _databases_far(settings.databases))


_DATABASE_FAR = (
    "{} would reach another host without knowing that it is the right one; end it with ?sslmode=verify-full "
    "(and &sslrootcert=FILE for your own authority)."
)


def _databases_far(databases: Databases) -> Iterator[str]:
    """The settings whose addresses would be reached without proof."""
    yield from (name for address, name in databases.settings.items() if _is_open_on_the_way(address))


def _is_open_on_the_way(database_url: str) -> bool:
    """Whether a database is on another host, and its name is not proved (libpq, 32.19: only verify-full does)."""
    url = make_url(database_url)
    asked = parse_qs(urlsplit(database_url).query)
    hosts = [url.host or "", *asked.get("host", []), *asked.get("hostaddr", [])]
    is_far = any(not is_here(host) for listed in hosts for host in listed.split(",") if not host.startswith(("/", "@")))
    return url.get_backend_name() == "postgresql" and is_far and asked.get("sslmode") != ["verify-full"]


def _base_url(value: str, careless: bool) -> str:  # noqa: FBT001 - read only here
    parts = urlsplit(value)
    try:
        port = parts.port
    except ValueError:
        port = -1
    more = parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == -1 or more:
        raise BadSettings("PORTAL_BASE_URL must be an address and nothing more, such as https://oma.example.fi.")
    if parts.scheme != "https" and not careless:
        raise BadSettings("PORTAL_BASE_URL must begin with https:// in production.")
    usual = {"http": 80, "https": 443}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" if port in {None, usual} else f"{parts.scheme}://{host}:{port}"


def _databases(given: _Given) -> Databases:
    """The addresses of the roles; without an owner the app is it, and does everything."""
    app_setting, owner_setting, work_setting, report_setting = DATABASE_SETTINGS
    app, owner, work, report = (_database_url(given, name) for name in DATABASE_SETTINGS)
    app = app or "sqlite:///portal.db"
    if owner is None:
        if alone := next((name for name in (work_setting, report_setting) if given.value(name)), None):
            raise BadSettings(f"{alone} needs {owner_setting} beside it; without an owner one role does everything.")
        return Databases(app, app, app, app)
    if work is None:
        raise BadSettings(f"{owner_setting} needs {work_setting} beside it, for imports and jobs.")
    _check_users({app_setting: app, owner_setting: owner, work_setting: work})
    if report is not None:
        _check_users({report_setting: report, app_setting: app, owner_setting: owner})
    return Databases(app, owner, work, report or work)


def _check_users(addresses: Mapping[str, str]) -> None:
    """Raise BadSettings where two addresses name one user, or one of them none: SQLite has no users."""
    settings: dict[str, str] = {}
    for name, address in addresses.items():
        user = make_url(address).username
        if user is None:
            raise BadSettings(f"{name} must lead to PostgreSQL and name a user: each role has one of its own.")
        if user in settings:
            raise BadSettings(f"{settings[user]} and {name} must name different users.")
        settings[user] = name


def _database_url(given: _Given, name: str) -> str | None:
    value = given.value(name)
    if value is not None and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadSettings(f"{name} must begin with sqlite:/// or postgresql+psycopg://.")
    return value


def _smtp(value: str | None) -> MailServer | None:
    try:
        return MailServer.at(value) if value else None
    except ValueError:  # which may repeat a password
        raise BadSettings(
            "PORTAL_SMTP_URL must look like smtp+starttls://user:password@mail.example.fi:587 (or smtps://, smtp://)."
        ) from None


def _proxies(value: str) -> tuple[str, ...]:
    found = tuple(_listed(value))
    for one in found:
        try:
            ip_network(one)
        except ValueError:
            raise BadSettings(
                f"PORTAL_PROXIES must hold addresses or networks such as 127.0.0.1, 10.0.0.0/24, not {one!r}."
            ) from None
    return found


def _billing(given: _Given) -> BillingTerms:
    """What of the billing customers choose."""
    rhythms, yearly = given.value("PORTAL_BILLING_RHYTHMS"), given.value("PORTAL_BILLING_YEARLY")
    days = given.value("PORTAL_DUE_DAYS")
    return BillingTerms(
        tuple(_each("PORTAL_BILLING_RHYTHMS", BillingRhythm, rhythms)) if rhythms else USUAL.rhythms,
        frozenset(_each("PORTAL_BILLING_YEARLY", ContractKind, yearly)) if yearly else USUAL.yearly,
        tuple(_due_days(days)) if days else USUAL.due_days,
    )


def _each(name: str, kind: type[E], value: str) -> Iterator[E]:
    for one in _listed(value):
        if one not in set(kind):
            raise BadSettings(f"{name} must hold some of {', '.join(kind)}, not {one!r}.")
        yield kind(one)


def _due_days(value: str) -> Iterator[int]:
    for one in _listed(value):
        if not re.fullmatch("[1-9]|1[0-9]|2[0-8]", one):
            raise BadSettings(f"PORTAL_DUE_DAYS must hold days that every month has, from 1 to 28, not {one!r}.")
        yield int(one)


def _listed(value: str) -> Iterator[str]:
    yield from (part.strip() for part in value.split(",") if part.strip())


def _secrets(value: str) -> tuple[str, ...]:
    found = tuple(_listed(value))
    if not found or any(len(secret) < SECRET_LENGTH for secret in found):
        raise BadSettings(
            f"PORTAL_SECRET_KEYS needs at least {SECRET_LENGTH} characters; `openssl rand -base64 48` makes a secret."
        )
    return found


def _keys(name: str, value: str) -> Iterator[bytes]:
    for part in list(_listed(value)) or [""]:
        try:
            key = base64.b64decode(part, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise BadSettings(
                f"{name} must hold {KEY_BYTES} bytes in standard base64; `openssl rand -base64 32` makes one."
            )
        yield key


def _made_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _payments(given: _Given) -> PaymentSettings | None:
    provider = given.value("PORTAL_PAYMENT_PROVIDER")
    if provider is None:
        return None
    account, secret = given.value("PORTAL_PAYMENT_ACCOUNT"), given.value("PORTAL_PAYMENT_SECRET")
    if not account or not secret:
        raise BadSettings("PORTAL_PAYMENT_PROVIDER needs PORTAL_PAYMENT_ACCOUNT and PORTAL_PAYMENT_SECRET beside it.")
    return PaymentSettings(provider, given.value("PORTAL_PAYMENT_ADDRESS"), account, secret)


def _ways(given: _Given) -> set[str]:
    """The ways in beside the bank."""
    ways = set(_listed(given.value("PORTAL_WAYS") or ""))
    if unknown := sorted(ways - WAYS):
        raise BadSettings(
            f"PORTAL_WAYS holds {', '.join(unknown)}; beside the bank there is {', '.join(sorted(WAYS))}."
        )
    return ways


def _passwords(given: _Given) -> PasswordSettings | None:
    """Not offered without a pepper: whoever stole the database could guess passwords."""
    if "password" not in _ways(given):
        return None
    pepper = given.value("PORTAL_PEPPER")
    if pepper is None:
        raise BadSettings("PORTAL_WAYS has password, which needs PORTAL_PEPPER; `openssl rand -base64 32` makes one.")
    rates = Rates(given.rate("PORTAL_PASSWORD_RATE_PER_NETWORK", 30), given.rate("PORTAL_PASSWORD_RATE", 300))
    peppers = tuple(_keys("PORTAL_PEPPER", pepper))
    for name in ("PORTAL_INDEX_KEY", "PORTAL_DATA_KEYS"):
        if (other := given.value(name)) and set(peppers) & set(_keys(name, other)):
            raise BadSettings(f"PORTAL_PEPPER is a key of {name} too; `openssl rand -base64 32` makes one of its own.")
    return PasswordSettings(peppers, rates)


def _folder(name: str, value: str | None) -> Path | None:
    if value is not None and not Path(value).is_dir():
        raise BadSettings(f"{name} names {value}, which is no folder.")
    return Path(value) if value else None


def _brand(path: str | None) -> Brand:
    try:
        return brands.load(Path(path)) if path else DEMO_BRAND
    except BadBrand as refused:
        raise BadSettings(f"PORTAL_BRAND: {refused}") from None
