"""The command line: every command explains itself, and whatever goes wrong is one sentence and an exit code."""

import base64
import os
import re
import socket
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from portal import cli
from portal.cli import console, migrate
from portal.kit.crypto import Unreadable
from tests import locks
from tests.data import real
from tests.feeds.conftest import lines, row
from tests.running import PATIENCE_S
from tests.settings import DATA_KEYS

ROOT = Path(__file__).parents[1]

COMMANDS = (
    "",
    "demo",
    "bank",
    "serve",
    "migrate",
    "import",
    "jobs",
    "check",
    "export",
    "photo",
    "audit verify",
    "keys new",
    "keys rotate",
    "keys list",
    "keys reseal",
    "account load-breached",
    "account end-sessions",
    "account end-all-sessions",
    "account close",
)
LEAN = {"PATH": os.environ["PATH"], "PYTHONWARNINGS": "error"}


def run(*arguments, folder=ROOT, **environ):
    """The command as its own process."""
    command = [sys.executable, "-m", "portal", *map(str, arguments)]
    more = {"PYTHONPATH": str(ROOT)} | LEAN | environ
    return subprocess.run(
        command, cwd=folder, env=more, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([*command.split(), "--help"])
    assert ended.value.code == 0
    assert f"Example: portal {command}".rstrip() in capsys.readouterr().out


WRONG = [
    (),
    ("nothing",),
    ("import",),
    ("import", "--schema", "nothing"),
    ("import", "not-there"),
    ("import", "x", "--metering-point", "123"),
    ("import", "x", "--direction", "up"),
    ("demo", "--until", "yesterday"),
    ("demo", "--port", "99999"),
    ("bank", "--port", "none"),
    ("keys", "list", "--dir", "not-there"),
    ("audit", "verify", "--since", "abc"),
    ("account", "load-breached", "not-there"),
    ("account", "close"),
]


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_what_goes_wrong_is_one_sentence(arguments, tmp_path):
    ended = run(*arguments, folder=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.rstrip().endswith(".")
    assert "Traceback" not in ended.stderr


def test_an_unknown_kind_is_answered_with_the_kinds_that_there_are(tmp_path):
    told = run("import", "--schema", "nothing").stderr
    assert "'nothing'" in told
    assert "the kinds are customers, contact_people, " in told


def test_a_schema_is_printed_as_json():
    ended = run("import", "--schema", "customers")
    assert ended.returncode == 0
    assert '"$schema": "https://json-schema.org/draft/2020-12/schema"' in ended.stdout


def test_a_reader_that_goes_away_gets_no_traceback():
    command = f"{sys.executable} -m portal import --schema invoices | head -1"
    ended = subprocess.run(command, shell=True, cwd=ROOT, env=LEAN, capture_output=True, text=True, check=False)  # noqa: S602
    assert (ended.stdout, ended.stderr) == ("{\n", "")


def test_an_old_schema_is_refused_with_the_command_that_mends_it(tmp_path):
    (tmp_path / "c.jsonl").write_text("{}")
    there = {"PORTAL_DATABASE_URL": f"sqlite:///{tmp_path}/p.db"}
    refused = run("import", "c.jsonl", folder=tmp_path, **there)
    assert refused.returncode == 2
    assert "`portal migrate` brings it up to date" in refused.stderr
    assert "now" in run("migrate", folder=tmp_path, **there).stdout
    assert "already" in run("migrate", folder=tmp_path, **there).stdout


def test_an_import_needs_the_database_and_nothing_else(tmp_path):
    there = {"PORTAL_DATABASE_URL": f"sqlite:///{tmp_path}/p.db"}
    run("migrate", folder=tmp_path, **there)
    path = real("datahub/consumption-test.csv")
    ended = run("import", path, "--metering-point", "643000000000000016", folder=tmp_path, **there)
    assert (ended.returncode, ended.stderr) == (0, ""), "no terminal: no progress bar"
    assert ended.stdout.splitlines()[-1] == "accepted=26204 unchanged=0 refused=0"


def test_people_need_the_data_keys(tmp_path, empty_sqlite):
    (tmp_path / "c.jsonl").write_text(lines(row("customers")))
    (tmp_path / "d.jsonl").write_text(lines(row("customers", 1)))
    (tmp_path / "p.db").write_bytes(empty_sqlite.read_bytes())
    there = {"PORTAL_DATABASE_URL": f"sqlite:///{tmp_path}/p.db"}
    ended = run("import", "c.jsonl", "d.jsonl", folder=tmp_path, **there)
    assert (ended.returncode, ended.stdout.splitlines()[-1]) == (1, "accepted=1 unchanged=0 refused=0")
    assert "PORTAL_DATA_KEYS and PORTAL_INDEX_KEY must be set" in ended.stderr
    made_up = run("import", "c.jsonl", folder=tmp_path, PORTAL_ENV="test", **there)
    assert made_up.returncode == 0
    assert "made up for this import only" in made_up.stderr


def test_people_are_not_sealed_anew_with_other_keys(tmp_path, empty_sqlite):
    (tmp_path / "c.jsonl").write_text(lines(row("customers")))
    (tmp_path / "p.db").write_bytes(empty_sqlite.read_bytes())
    there = {"PORTAL_DATABASE_URL": f"sqlite:///{tmp_path}/p.db"}
    ours = there | DATA_KEYS
    assert run("import", "c.jsonl", folder=tmp_path, **ours).returncode == 0
    other = base64.b64encode(b"o" * 32).decode()
    for name, says in (("PORTAL_DATA_KEYS", "cannot be read"), ("PORTAL_INDEX_KEY", "nobody can sign in")):
        ended = run("import", "c.jsonl", folder=tmp_path, **(ours | {name: other}))
        assert (ended.returncode, ended.stdout) == (2, "")
        assert says in ended.stderr
    assert (
        run("import", "c.jsonl", folder=tmp_path, **ours).stdout.splitlines()[-1].startswith("accepted=0 unchanged=1")
    )


@pytest.mark.parametrize("content", [b"this is no database" * 100, None])
def test_a_database_that_cannot_be_used_is_said(tmp_path, content):
    (tmp_path / "c.jsonl").write_text("{}")
    path = tmp_path / "p.db"
    path.mkdir() if content is None else path.write_bytes(content)
    ended = run("import", "c.jsonl", folder=tmp_path, PORTAL_DATABASE_URL=f"sqlite:///{path}")
    assert ended.returncode == 2
    assert re.fullmatch(r"The database cannot be used: .*\.\n", ended.stderr)


def test_a_database_that_does_not_answer_is_said(tmp_path):
    (tmp_path / "c.jsonl").write_text("{}")
    url = "postgresql+psycopg://somebody:secret@127.0.0.1:9/portal"
    ended = run("import", "c.jsonl", folder=tmp_path, PORTAL_DATABASE_URL=url)
    assert ended.returncode == 2
    assert ended.stderr.startswith("The database cannot be used: ")
    assert ended.stderr.count("\n") == 1
    assert "secret" not in ended.stderr


def test_a_port_in_use_is_said_with_what_names_another_one(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("serve", "--port", port, folder=tmp_path, PORTAL_ENV="test")
    last = ended.stderr.splitlines()[-1]
    assert last == f"Port {port} of 127.0.0.1 cannot be used (Address already in use); --port names another one."


def test_what_names_no_keys_is_answered_with_the_command_that_makes_them(tmp_path):
    assert "`portal keys new` makes" in run("keys", "rotate", "--dir", "not-there", folder=tmp_path).stderr


def test_a_key_that_is_missing_is_named_as_what_keeps_people_from_being_read(monkeypatch, capsys):
    def breaks(_asked):
        raise Unreadable("sealed with a key that is not among PORTAL_DATA_KEYS")

    monkeypatch.setattr(migrate, "run", breaks)
    assert cli.main(["migrate"]) == 2
    assert "PORTAL_DATA_KEYS; put the key that sealed it back." in capsys.readouterr().err


def test_the_schema_is_said_to_be_where_it_is_without_a_password(tmp_path):
    told = run("migrate", folder=tmp_path, PORTAL_DATABASE_URL=f"sqlite:///{tmp_path}/p.db?timeout=20").stdout
    assert told == f"sqlite:///{tmp_path}/p.db has the newest schema now.\n"


def test_what_nobody_foresaw_is_told_without_what_it_was_about(monkeypatch, capsys):
    def breaks(_asked):
        raise RuntimeError("010180-9015")

    monkeypatch.setattr(migrate, "run", breaks)
    assert cli.main(["migrate"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("Something that nobody foresaw went wrong (RuntimeError in test_cli.py line ")
    assert "010180" not in told


def test_an_interrupt_is_one_sentence(monkeypatch, capsys):
    def waits(_asked):
        raise KeyboardInterrupt

    monkeypatch.setattr(migrate, "run", waits)
    assert cli.main(["migrate"]) == 2
    assert capsys.readouterr().err == "Stopped. What was not finished is not written.\n"


def test_a_terminal_is_shown_a_bar_that_goes_away_when_all_is_done(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    console.progress("customers.jsonl", 50, 100)
    assert "customers.jsonl" in (half := capsys.readouterr().err)
    assert half.endswith(" 50%")
    console.progress("customers.jsonl", 100, 100)
    assert capsys.readouterr().err.strip() == ""


def test_keys_are_made_once_and_listed_by_their_public_ids(tmp_path):
    made = run("keys", "new", "--dir", tmp_path / "keys")
    assert (made.returncode, made.stdout.count("made ")) == (0, 3)
    assert "nothing is changed" in run("keys", "new", "--dir", tmp_path / "keys").stdout
    listed = run("keys", "list", "--dir", tmp_path / "keys")
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["sig", "enc", "entity"]
    assert "PRIVATE" not in listed.stdout


def test_keys_are_rotated_step_by_step(tmp_path):
    assert run("keys", "rotate", "--dir", tmp_path).returncode == 2, "there are none yet"
    run("keys", "new", "--dir", tmp_path)
    told = run("keys", "rotate", "--dir", tmp_path)
    assert (told.returncode, told.stdout.count("restart the portal")) == (0, 2)
    assert "is not known for long enough. Run this again after" in run("keys", "rotate", "--dir", tmp_path).stdout


def test_keys_that_others_can_read_are_said(tmp_path):
    run("keys", "new", "--dir", tmp_path / "keys")
    (tmp_path / "keys" / "sig.pem").chmod(0o644)
    listed = run("keys", "list", "--dir", tmp_path / "keys")
    assert listed.returncode == 1
    assert "sig.pem can be read by others" in listed.stderr


def test_fresh_removes_nothing_but_a_demo(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    ended = run("demo", "--fresh", "--data", tmp_path, "--port", "18765", "--bank-port", "18766")
    assert ended.returncode == 2
    assert "--fresh does not remove it" in ended.stderr
    assert (tmp_path / "thesis.txt").exists()


def test_serving_names_every_setting_that_production_lacks(tmp_path):
    ended = run("serve", folder=tmp_path)
    assert ended.returncode == 2
    for name in ("BASE_URL", "SECRET_KEYS", "DATA_KEYS", "INDEX_KEY", "BROKER_PROFILE"):
        assert f"PORTAL_{name}" in ended.stderr


def test_serving_an_old_schema_is_refused(tmp_path):
    ended = run("serve", "--port", "18767", folder=tmp_path, PORTAL_ENV="test")
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1].endswith("`portal migrate` brings it up to date.")


def test_help_waits_for_no_library():
    script = "import sys, portal.cli; portal.cli.main(['--help'])"
    ended = subprocess.run([sys.executable, "-X", "importtime", "-c", script], env=LEAN, capture_output=True, text=True)
    read = {line.rpartition("|")[2].strip().partition(".")[0] for line in ended.stderr.splitlines()}
    assert ended.returncode == 0
    assert "portal" in read
    listed = {pin.name for pin in locks.read()["requirements.txt"]}
    of_ours = {
        name
        for name, owners in metadata.packages_distributions().items()
        if listed & set(map(canonicalize_name, owners))
    }
    assert not read & of_ours


def test_no_command_is_told_of_that_is_not_there():
    shown = run("--help").stdout
    for name in ("demo", "bank", "serve", "migrate", "import", "jobs", "check", "keys"):
        assert f"\n    {name} " in shown
    assert "\n    staff " not in shown
