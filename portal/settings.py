"""What the environment says, read once. Secrets are never printed; what is unsafe in production is named.

The table in README.md lists every setting; a test compares the two.
"""

import base64
import binascii
import secrets
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from portal.kit.i18n import Language

DEMO_PORT = 8000
SECRET_LENGTH = 32
KEY_BYTES = 32
LEAST_VARIETY = 10  # different characters or bytes in something that should be random
REQUIRED = ("PORTAL_BASE_URL", "PORTAL_SECRET_KEYS", "PORTAL_DATA_KEYS", "PORTAL_INDEX_KEY", "PORTAL_BROKER_PROFILE")


class Environment(StrEnum):
    """Where this runs; demo and test make up what is missing."""

    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


class BadSettings(Exception):
    """The environment does not hold together; the message names the setting and what to do."""


@dataclass(frozen=True)
class Brand:
    """Whose portal this is: names by language, and what a customer needs to reach the company."""

    name: Mapping[Language, str]
    company: str
    business_id: str
    phone: str
    phone_hours: str
    faults_phone: str
    email: str

    @property
    def phone_href(self) -> str:
        """The address that calls customer service."""
        return _tel(self.phone)

    @property
    def faults_phone_href(self) -> str:
        """The address that calls about a fault."""
        return _tel(self.faults_phone)

    def called(self, language: Language) -> str:
        """The company's name as its customers know it."""
        return self.name[language]


DEMO_BRAND = Brand(
    name={
        Language.FI: "Esimerkki Energia",
        Language.SV: "Esimerkki Energia",
        Language.EN: "Esimerkki Energia",
    },
    company="Esimerkki Energia Oy",
    business_id="7654321-2",
    phone="0800 000 000",
    phone_hours="8\u201318",
    faults_phone="0800 000 001",
    email="asiakaspalvelu@example.fi",
)


@dataclass(frozen=True)
class Settings:
    """The settings of one installation."""

    environment: Environment
    base_url: str
    database_url: str
    secret_keys: tuple[str, ...] = field(repr=False)
    data_keys: tuple[bytes, ...] = field(repr=False)
    index_key: bytes = field(repr=False)
    keys_dir: Path
    broker_profiles: tuple[str, ...]
    broker_issuer: str | None
    broker_client_id: str | None
    brand: Brand
    internal_port: int
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
            database_url=_database_url(given.value("PORTAL_DATABASE_URL") or "sqlite:///portal.db"),
            secret_keys=_secrets(needed("PORTAL_SECRET_KEYS", secrets.token_urlsafe(48))),
            data_keys=tuple(_keys("PORTAL_DATA_KEYS", needed("PORTAL_DATA_KEYS", _made_key()))),
            index_key=next(_keys("PORTAL_INDEX_KEY", needed("PORTAL_INDEX_KEY", _made_key()))),
            keys_dir=Path(given.value("PORTAL_KEYS_DIR") or "keys"),
            broker_profiles=tuple(_listed(needed("PORTAL_BROKER_PROFILE", "demo"))),
            broker_issuer=given.value("PORTAL_BROKER_ISSUER"),
            broker_client_id=given.value("PORTAL_BROKER_CLIENT_ID"),
            brand=_brand(given.value("PORTAL_BRAND")),
            internal_port=given.number("PORTAL_INTERNAL_PORT", 9000),
            made_up=tuple(made_up),
        )

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

    def number(self, name: str, default: int) -> int:
        value = self.value(name)
        if value is None:
            return default
        if not value.isdecimal():
            raise BadSettings(f"{name} must be a whole number, not {value!r}.")
        return int(value)

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


def database_url(environ: Mapping[str, str]) -> str:
    """Where the database is: all that bringing its schema up to date, or an import without people, needs.

    Raises BadSettings.
    """
    return _database_url(_Given(environ).value("PORTAL_DATABASE_URL") or "sqlite:///portal.db")


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


def _tel(number: str) -> str:
    return "tel:" + number.replace(" ", "")


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
    if any(len(set(key)) < LEAST_VARIETY for key in (*settings.data_keys, settings.index_key)):
        yield "PORTAL_DATA_KEYS or PORTAL_INDEX_KEY is not random; `openssl rand -base64 32` makes a key."
    if settings.index_key in settings.data_keys:
        yield "PORTAL_INDEX_KEY is one of PORTAL_DATA_KEYS; it must be a key of its own."
    if settings.brand is DEMO_BRAND:
        yield "PORTAL_BRAND is not set, so the pages would name the demo's company; README.md shows a brand file."


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


def _database_url(value: str) -> str:
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadSettings("PORTAL_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.")
    return value


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


def _brand(path: str | None) -> Brand:
    if path is None:
        return DEMO_BRAND
    try:
        said = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        names = {language: str(said["name"][language]) for language in Language}
        plain = {
            key: str(said[key]) for key in ("company", "business_id", "phone", "phone_hours", "faults_phone", "email")
        }
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as refused:
        raise BadSettings(f"PORTAL_BRAND names {path}, which cannot be read as TOML: {refused}.") from None
    except (KeyError, TypeError) as missing:
        raise BadSettings(f"PORTAL_BRAND: {path} lacks {missing}; README.md shows a whole brand file.") from None
    return Brand(name=names, **plain)
