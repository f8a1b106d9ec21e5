"""`portal check` finds what is wrong, says how to mend it, and answers with an exit code."""

import base64
from datetime import timedelta

import pytest

from portal import cli
from portal.auth.brokers import load
from portal.auth.oidc import keys
from portal.kit import clock
from portal.kit.db import Database
from portal.operating import checks, internal
from portal.operating.checks import Severity
from portal.outbox.mail import Letter, post
from tests.feeds.conftest import lines, row
from tests.ports import free_port
from tests.post import Post


@pytest.fixture
def environ(sqlite_url, tmp_path):
    """An installation in order, apart from its broker, which is nowhere."""
    keys.make_missing(tmp_path / "keys")
    for folder in ("outbox", "audit"):
        (tmp_path / folder).mkdir(mode=0o700)
    data, index = (base64.b64encode(bytes(range(first, first + 32))).decode() for first in (1, 2))
    return {
        "PORTAL_ENV": "test",
        "PORTAL_BASE_URL": "https://oma.example.fi",
        "PORTAL_SECRET_KEYS": "correct-horse-battery-staple-0123456789",
        "PORTAL_DATA_KEYS": data,
        "PORTAL_INDEX_KEY": index,
        "PORTAL_BROKER_PROFILE": "demo",
        "PORTAL_BROKER_ISSUER": "http://127.0.0.1:9",
        "PORTAL_DATABASE_URL": sqlite_url,
        "PORTAL_KEYS_DIR": str(tmp_path / "keys"),
        "PORTAL_OUTBOX_DIR": str(tmp_path / "outbox"),
        "PORTAL_AUDIT_DIR": str(tmp_path / "audit"),
    }


def said(environ, about):
    return [(one.level, one.says) for one in checks.findings(environ, clock.now) if one.about == about]


def test_what_is_well_is_said_too(environ):
    with Post() as office:
        found = list(checks.findings(environ | {"PORTAL_SMTP_URL": office.url}, clock.now))
    well = {one.about for one in found if one.level is Severity.OK}
    assert well == {
        "keys",
        "database",
        "modes",
        "clock",
        "payments",
        "passwords",
        "brand",
        "disk",
        "mail",
        "outbox",
        "audit",
        "files",
    }


@pytest.mark.parametrize(
    ("about", "wrong", "mends"),
    [
        ("settings", {"PORTAL_BASE_URL": "nowhere"}, "PORTAL_BASE_URL must be an address"),
        ("settings", {"PORTAL_BASE_URL": ""}, "PORTAL_BASE_URL not set, so made up"),
        ("settings", {}, "PORTAL_BRAND is not set"),
        ("keys", {"PORTAL_KEYS_DIR": "nowhere"}, "`portal keys new --dir nowhere`"),
        ("database", {"PORTAL_DATABASE_URL": "sqlite:///:memory:"}, "`portal migrate` brings it up to date"),
        ("database", {"PORTAL_DATABASE_URL": "sqlite:////nowhere/portal.db"}, "The database does not answer"),
        (
            "passwords",
            {"PORTAL_WAYS": "password", "PORTAL_PEPPER": base64.b64encode(bytes(range(32))).decode()},
            "`portal account load-breached FILE` takes in a list",
        ),
        ("broker", {}, "http://127.0.0.1:9/.well-known/openid-configuration cannot be reached (ConnectError)"),
        ("broker", {"PORTAL_BROKER_PROFILE": "nobody"}, "nobody: no such broker profile"),
        ("mail", {}, "PORTAL_SMTP_URL is not set"),
        ("mail", {"PORTAL_SMTP_URL": "smtp://127.0.0.1:9"}, "127.0.0.1:9 takes no mail from us"),
        ("outbox", {"PORTAL_OUTBOX_DIR": ""}, "PORTAL_OUTBOX_DIR is not set"),
        ("outbox", {"PORTAL_OUTBOX_DIR": "nowhere"}, "names nowhere, which is no folder"),
        ("audit", {"PORTAL_AUDIT_DIR": ""}, "PORTAL_AUDIT_DIR is not set"),
        ("audit", {"PORTAL_AUDIT_DIR": "nowhere"}, "names nowhere, which cannot be read"),
    ],
)
def test_what_is_wrong_is_said_with_what_mends_it(environ, about, wrong, mends):
    found = said({name: value for name, value in (environ | wrong).items() if value}, about)
    assert any(mends in sentence and level is not Severity.OK for level, sentence in found), found


def test_production_is_judged_more_strictly(environ, tmp_path):
    (tmp_path / "keys" / "sig.pem").chmod(0o644)
    assert [level for level, _ in said(environ, "keys")] == [Severity.WARNING]
    production = environ | {"PORTAL_ENV": "production"}
    assert [level for level, _ in said(production, "keys")] == [Severity.BROKEN]
    assert (Severity.BROKEN, "demo: allow_http is refused in production; it is for trials (PORTAL_ENV=test)") in said(
        production, "broker"
    )


def test_a_schema_that_is_current_only_by_name_is_said_and_not_served(environ, monkeypatch, capsys):
    database = Database(environ["PORTAL_DATABASE_URL"])
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE invoice DROP COLUMN payee")
        connection.exec_driver_sql("DROP TABLE thread_reading")
    database.engine.dispose()
    found = said(environ, "database")
    assert {level for level, _ in found} == {Severity.BROKEN}
    assert [sentence.partition(". ")[0] for _, sentence in found] == [
        "The table thread_reading is missing",
        "The column invoice.payee is missing",
    ]
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PORTAL_INTERNAL_PORT", "0")
    assert cli.main(["serve", "--port", str(free_port())]) == 2
    assert "The column invoice.payee is missing." in capsys.readouterr().err


def test_what_others_can_read_of_customers_is_said(environ, tmp_path):
    (tmp_path / "portal.db").chmod(0o644)
    (tmp_path / "outbox").chmod(0o755)
    (tmp_path / "outbox" / "events-1.jsonl").touch(mode=0o640)
    said_of_it = "{0} is open to others than its owner; `chmod {1} {0}` keeps them out."
    found = said(environ, "modes")
    for name, mode in {"portal.db": 600, "outbox": 700, "outbox/events-1.jsonl": 600}.items():
        assert (Severity.WARNING, said_of_it.format(tmp_path / name, mode)) in found
    assert {level for level, _ in said(environ | {"PORTAL_ENV": "production"}, "modes")} == {Severity.BROKEN}


def test_keys_that_are_not_those_of_the_database_are_said(environ, tmp_path, monkeypatch):
    (tmp_path / "c.jsonl").write_text(lines(row("customers")))
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["import", str(tmp_path / "c.jsonl")]) == 0
    assert said(environ, "database") == [(Severity.OK, "well")]
    other = base64.b64encode(bytes(range(50, 82))).decode()
    [(level, sentence)] = said(environ | {"PORTAL_INDEX_KEY": other}, "database")
    assert (level, "nobody can sign in" in sentence) == (Severity.BROKEN, True)
    [(level, sentence)] = said(environ | {"PORTAL_DATA_KEYS": other}, "database")
    assert (level, "not among PORTAL_DATA_KEYS" in sentence) == (Severity.BROKEN, True)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"acr_values_supported": ["http://ftn.ficora.fi/2017/loatest2"]}, []),
        ({"acr_values_supported": ["http://ftn.ficora.fi/2017/loa2"]}, [Severity.WARNING]),
        ({"acr_values_supported": "loa2"}, []),
        ({}, []),
    ],
)
def test_a_level_of_assurance_that_the_broker_does_not_give_is_said(given, found):
    assert [level for level, _ in checks.levels(load("demo"), given)] == found


def test_letters_that_have_waited_for_long_are_said(environ):
    database = Database(environ["PORTAL_DATABASE_URL"])
    with database.writing() as db:
        post(db, Letter("aino@example.fi", "Hei", "", None), clock.now() - timedelta(hours=2))
    [(level, sentence)] = said(environ, "outbox")
    assert (level, sentence.split(",")[0]) == (Severity.WARNING, "1 letters wait to leave")
    assert "`portal jobs`" in sentence
    database.engine.dispose()


def test_the_exit_code_is_that_of_the_worst_finding(environ, monkeypatch, capsys):
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["check"]) == 1
    monkeypatch.setenv("PORTAL_KEYS_DIR", "nowhere")
    monkeypatch.setenv("PORTAL_DATABASE_URL", "sqlite:////nowhere/portal.db")
    assert cli.main(["check"]) == 2
    assert "broken   database  The database does not answer" in capsys.readouterr().out


def test_readiness_says_what_is_missing(sqlite_url, monkeypatch, tmp_path):
    ready, empty = Database(sqlite_url), Database("sqlite:///:memory:")
    assert internal.readiness(ready).status == 200
    assert (internal.readiness(empty).status, internal.readiness(empty).text.count("\n")) == (503, 1)
    monkeypatch.setattr(internal, "ROOT", tmp_path)
    assert "htmx.min.js is missing; `make setup` makes it" in internal.readiness(ready).text
    ready.engine.dispose()
