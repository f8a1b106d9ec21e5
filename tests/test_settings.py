"""Settings hold together, or say which one does not."""

import base64

import pytest

from portal.settings import BadSettings, Settings, read_env_file

KEY = base64.b64encode(b"k" * 32).decode()
GOOD = {
    "PORTAL_BASE_URL": "https://oma.example.fi",
    "PORTAL_SECRET_KEYS": "s" * 32,
    "PORTAL_DATA_KEYS": f"{KEY},{KEY}",
    "PORTAL_INDEX_KEY": KEY,
    "PORTAL_BROKER_PROFILE": "demo",
}


def test_production_takes_what_is_given_and_makes_nothing_up():
    settings = Settings.from_environment(GOOD)
    assert settings.made_up == ()
    assert settings.hosts == {"oma.example.fi"}
    assert settings.database_url == "sqlite:///portal.db"


@pytest.mark.parametrize("name", GOOD)
def test_production_names_what_is_missing(name):
    with pytest.raises(BadSettings, match=name):
        Settings.from_environment({key: value for key, value in GOOD.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_ENV", "prod"),
        ("PORTAL_BASE_URL", "http://oma.example.fi"),
        ("PORTAL_BASE_URL", "https://oma.example.fi/portal"),
        ("PORTAL_SECRET_KEYS", "short"),
        ("PORTAL_DATA_KEYS", "c2hvcnQ="),
        ("PORTAL_DATA_KEYS", "not base64!"),
        ("PORTAL_DATABASE_URL", "mysql://x"),
        ("PORTAL_INTERNAL_PORT", "many"),
        ("PORTAL_PROXIES", "127.0.0.1, proxy.example.fi"),
        ("PORTAL_SMTP_URL", "mail.example.fi"),
        ("PORTAL_BRAND", "nowhere.toml"),
    ],
)
def test_a_bad_value_is_refused_by_name(name, value):
    with pytest.raises(BadSettings, match=name):
        Settings.from_environment(GOOD | {name: value})


def test_a_password_is_offered_only_with_a_pepper():
    assert Settings.from_environment(GOOD).passwords is None
    with pytest.raises(BadSettings, match="PORTAL_PEPPER"):
        Settings.from_environment(GOOD | {"PORTAL_WAYS": "password"})
    with pytest.raises(BadSettings, match="PORTAL_WAYS holds wallet"):
        Settings.from_environment(GOOD | {"PORTAL_WAYS": "password, wallet"})
    pepper = base64.b64encode(b"p" * 32).decode()
    settings = Settings.from_environment(GOOD | {"PORTAL_WAYS": "password", "PORTAL_PEPPER": f"{pepper},{pepper}"})
    assert settings.passwords.peppers == (b"p" * 32,) * 2
    assert "pppp" not in repr(settings)


@pytest.mark.parametrize("name", ["PORTAL_INDEX_KEY", "PORTAL_DATA_KEYS"])
def test_a_pepper_is_no_other_key(name):
    pepper = base64.b64encode(b"p" * 32).decode()
    with pytest.raises(BadSettings, match=f"PORTAL_PEPPER is a key of {name} too"):
        Settings.from_environment(GOOD | {"PORTAL_WAYS": "password", "PORTAL_PEPPER": pepper, name: pepper})


def test_secrets_are_never_shown():
    shown = repr(Settings.from_environment(GOOD))
    assert "s" * 32 not in shown
    assert KEY not in shown
    assert "kkkk" not in shown


def test_a_secret_may_come_from_a_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text("f" * 40 + "\n")
    without = {key: value for key, value in GOOD.items() if key != "PORTAL_SECRET_KEYS"}
    assert Settings.from_environment(without | {"PORTAL_SECRET_KEYS_FILE": str(file)}).secret_keys == ("f" * 40,)
    with pytest.raises(BadSettings, match="PORTAL_SECRET_KEYS_FILE"):
        Settings.from_environment(without | {"PORTAL_SECRET_KEYS_FILE": str(tmp_path / "none")})


def test_demo_makes_up_what_is_missing_and_says_so():
    settings = Settings.from_environment({"PORTAL_ENV": "demo"}, port=8123)
    assert settings.base_url == "http://localhost:8123"
    assert set(settings.made_up) == set(GOOD)


def test_only_demo_and_test_read_an_env_file(tmp_path):
    file = tmp_path / ".env"
    file.write_text("# ours\nPORTAL_DATABASE_URL='sqlite:///x.db'\n")
    assert "PORTAL_DATABASE_URL" in read_env_file(file, {"PORTAL_ENV": "demo"})
    assert "PORTAL_DATABASE_URL" not in read_env_file(file, {})


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://OMA.example.fi:443/", "https://oma.example.fi"),
        ("https://oma.example.fi:8443", "https://oma.example.fi:8443"),
    ],
)
def test_the_base_address_is_written_one_way(given, url):
    assert Settings.from_environment(GOOD | {"PORTAL_BASE_URL": given}).base_url == url


@pytest.mark.parametrize(
    "given", ["https://u:p@oma.example.fi", "https://oma.example.fi?x=1", "https://oma.example.fi:abc"]
)
def test_a_base_address_is_nothing_more(given):
    with pytest.raises(BadSettings, match="PORTAL_BASE_URL"):
        Settings.from_environment(GOOD | {"PORTAL_BASE_URL": given})


def test_a_mail_server_may_want_a_password():
    url = {"PORTAL_SMTP_URL": "smtps://us:p%40ss@mail.example.fi"}
    settings = Settings.from_environment(GOOD | url)
    assert (settings.smtp.host, settings.smtp.port, settings.smtp.password) == ("mail.example.fi", 465, "p@ss")
    assert "p@ss" not in repr(settings)


@pytest.mark.parametrize("name", ["PORTAL_SECRET_KEYS", "PORTAL_DATA_KEYS", "PORTAL_INDEX_KEY"])
def test_a_list_of_nothing_is_refused_by_name(name):
    with pytest.raises(BadSettings, match=name):
        Settings.from_environment(GOOD | {name: ","})


PG = "postgresql+psycopg://portal:secret@"


@pytest.mark.parametrize(
    ("name", "value", "is_open"),
    [
        ("PORTAL_SMTP_URL", "smtp://mail.example.fi", True),
        ("PORTAL_SMTP_URL", "smtp://10.0.0.1", True),
        ("PORTAL_SMTP_URL", "smtp://localhost", False),
        ("PORTAL_SMTP_URL", "smtp://127.0.0.1:2525", False),
        ("PORTAL_SMTP_URL", "smtp://[::1]", False),
        ("PORTAL_SMTP_URL", "smtps://mail.example.fi", False),
        ("PORTAL_SMTP_URL", "smtp+starttls://mail.example.fi", False),
        ("PORTAL_DATABASE_URL", f"{PG}db.example.fi/portal", True),
        ("PORTAL_DATABASE_URL", f"{PG}db.example.fi/portal?sslmode=require", True),
        ("PORTAL_DATABASE_URL", f"{PG}db.example.fi/portal?sslmode=verify-ca", True),
        ("PORTAL_DATABASE_URL", f"{PG}/portal?host=localhost,db.example.fi", True),
        ("PORTAL_DATABASE_URL", f"{PG}/portal?host=localhost&host=db.example.fi", True),
        ("PORTAL_DATABASE_URL", f"{PG}localhost/portal?hostaddr=10.0.0.1", True),
        ("PORTAL_DATABASE_URL", f"{PG}db.example.fi/portal?sslmode=verify-full", False),
        ("PORTAL_DATABASE_URL", f"{PG}localhost/portal", False),
        ("PORTAL_DATABASE_URL", f"{PG}127.0.0.1:5433/portal", False),
        ("PORTAL_DATABASE_URL", f"{PG}[::1]/portal", False),
        ("PORTAL_DATABASE_URL", f"{PG}/portal?host=/run/postgresql", False),
        ("PORTAL_DATABASE_URL", f"{PG}/portal", False),
        ("PORTAL_DATABASE_URL", "sqlite:///portal.db", False),
    ],
)
def test_what_would_cross_a_network_unprotected_is_named(name, value, is_open):
    dangers = Settings.from_environment(GOOD | {name: value}).dangers
    assert any(name in one for one in dangers) == is_open
    assert not any("secret@" in one for one in dangers)


ROLES = {
    f"PORTAL_DATABASE_{role}URL": f"postgresql+psycopg://portal_{role.lower()}@localhost/portal"
    for role in ("", "OWNER_", "WORK_", "REPORT_")
}
APP_URL, OWNER_URL, WORK_URL, REPORT_URL = ROLES


def test_each_role_of_the_database_has_an_address():
    found = Settings.from_environment(GOOD | ROLES).databases
    assert [found.app, found.owner, found.work, found.report] == [*ROLES.values()]
    assert found.has_roles
    without = {name: url for name, url in ROLES.items() if name != REPORT_URL}
    assert Settings.from_environment(GOOD | without).databases.report == ROLES[WORK_URL]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({OWNER_URL: ""}, f"{WORK_URL} needs {OWNER_URL}"),
        ({OWNER_URL: "", WORK_URL: ""}, f"{REPORT_URL} needs {OWNER_URL}"),
        ({WORK_URL: ""}, f"{OWNER_URL} needs {WORK_URL}"),
        ({OWNER_URL: ROLES[APP_URL]}, f"{APP_URL} and {OWNER_URL} must name different users"),
        ({WORK_URL: ROLES[OWNER_URL]}, f"{OWNER_URL} and {WORK_URL} must name different users"),
        ({REPORT_URL: ROLES[APP_URL]}, f"{REPORT_URL} and {APP_URL} must name different users"),
        ({REPORT_URL: ROLES[OWNER_URL]}, f"{REPORT_URL} and {OWNER_URL} must name different users"),
        ({WORK_URL: "postgresql+psycopg://localhost/portal"}, f"{WORK_URL} must lead to PostgreSQL and name a user"),
        ({APP_URL: "sqlite:///portal.db"}, f"{APP_URL} must lead to PostgreSQL"),
    ],
)
def test_roles_that_do_not_hold_together_are_refused_by_name(changed, says):
    with pytest.raises(BadSettings, match=says):
        Settings.from_environment(GOOD | ROLES | changed)


def test_the_address_that_would_cross_a_network_unprotected_is_named_alone():
    far = {WORK_URL: "postgresql+psycopg://portal_work@db.example.fi/portal"}
    said = [one for one in Settings.from_environment(GOOD | ROLES | far).dangers if "DATABASE" in one]
    assert [one.split()[0] for one in said] == [WORK_URL]


def test_what_is_unsafe_is_named():
    trial = {"PORTAL_MAIL_DIR": "mail", "PORTAL_SMTP_URL": "smtp://us:secret@mail.example.fi"}
    said = " ".join(Settings.from_environment(GOOD | trial).dangers)
    for name in ("SECRET_KEYS", "DATA_KEYS", "INDEX_KEY is one of", "BRAND", "MAIL_DIR", "SMTP_URL"):
        assert f"PORTAL_{name}" in said
    assert "secret@" not in said
