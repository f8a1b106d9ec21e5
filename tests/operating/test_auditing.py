"""`portal audit verify` says how the audit stands, by sentences and an exit code; check and metrics tell its age."""

from datetime import timedelta

import pytest

from portal import cli
from portal.audit import heads
from portal.audit.actions import Act, record
from portal.audit.chain import end
from portal.audit.heads import Seals
from portal.audit.rules import ChainHead
from portal.kit import clock
from portal.operating import checks, measures
from portal.operating.auditing import Severity
from portal.settings import Settings
from tests.audit.test_chain import tamper

pytestmark = pytest.mark.sqlite

SECRET = "correct-horse-battery-staple-0123456789"


@pytest.fixture
def environ(sqlite_url, tmp_path, monkeypatch):
    """An installation that keeps heads."""
    (tmp_path / "audit").mkdir()
    said = {
        "PORTAL_ENV": "test",
        "PORTAL_DATABASE_URL": sqlite_url,
        "PORTAL_SECRET_KEYS": SECRET,
        "PORTAL_AUDIT_DIR": str(tmp_path / "audit"),
    }
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    return said


@pytest.fixture
def audit(database, environ, tmp_path):
    """Five entries, and a head of the newest."""
    with database.writing() as db:
        for number in range(5):
            record(db, Act(act="privacy.packaged", object_kind="party", object_id=str(number)), clock.now())
        newest = end(db)
    heads.keep(tmp_path / "audit", Seals([SECRET]), ChainHead(newest.number, newest.hash, clock.now()))
    return newest


def verified(capsys, *more):
    code = cli.main(["audit", "verify", *more])
    return code, capsys.readouterr().out


def test_a_whole_audit_is_said_to_be_so_with_the_hash_to_note_down(audit, capsys):
    code, said = verified(capsys)
    assert code == 0
    assert "The audit is whole: 5 entries" in said
    assert audit.hash.hex() in said
    assert "1 head vouches for it" in said
    assert verified(capsys, "--since", audit.hash.hex())[0] == 0


def test_an_audit_without_entries_is_whole(environ, capsys):
    assert verified(capsys) == (0, "The audit has no entries yet.\n")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            "DELETE FROM audit_entry WHERE number > 3",
            "Entry 4 is missing, as are all after it. The 3 before it",
        ),
        ("DELETE FROM audit_entry", "Entry 1 is missing, as are all after it."),
        ("UPDATE audit_entry SET act = 'x' WHERE number = 2", "Entry 2 is not as it was written. The 1 before it"),
    ],
)
def test_what_is_wrong_is_said_and_ends_2(database, audit, capsys, wrong, says):
    tamper(database, wrong)
    code, said = verified(capsys)
    assert code == 2
    assert says in said
    assert "compare it with a backup" in said


def test_a_hash_that_no_entry_has_ends_2(audit, capsys):
    code, said = verified(capsys, "--since", "00" * 32)
    assert (code, "No entry has that hash" in said) == (2, True)


def test_what_nobody_vouches_for_ends_1(database, audit, environ, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PORTAL_AUDIT_DIR", "")
    code, said = verified(capsys)
    assert (code, "PORTAL_AUDIT_DIR is not set" in said) == (1, True)
    monkeypatch.setenv("PORTAL_AUDIT_DIR", str(tmp_path / "nowhere"))
    code, said = verified(capsys)
    assert (code, "cannot be read" in said) == (1, True)
    monkeypatch.setenv("PORTAL_AUDIT_DIR", environ["PORTAL_AUDIT_DIR"])
    monkeypatch.setenv("PORTAL_SECRET_KEYS", "another-horse-battery-staple-0123456789")
    code, said = verified(capsys)
    assert (code, "1 head was sealed with a secret" in said, "holds no head" in said) == (1, True, True)


def test_a_head_that_somebody_changed_ends_2(audit, tmp_path, capsys):
    (file,) = (tmp_path / "audit").iterdir()
    file.write_text(file.read_text().replace('"number": 5', '"number": 4'))
    code, said = verified(capsys)
    assert (code, f"{file.name} line 1: not as it was written" in said) == (2, True)


def test_check_tells_of_a_head_that_is_late_or_lost_its_entry(database, audit, environ):
    def said(later=0):
        found = checks.findings(environ, lambda: clock.now() + timedelta(minutes=later))
        return [(one.level, one.says) for one in found if one.about == "audit"]

    assert said() == [(Severity.OK, "well")]
    [(level, says)] = said(later=50)
    assert (level, "see that `portal jobs` runs" in says) == (Severity.WARNING, True)
    tamper(database, "DELETE FROM audit_entry WHERE number = 5")
    [(level, says)] = said()
    assert (level, "Entry 5 is not what its head says" in says) == (Severity.BROKEN, True)


def test_metrics_tell_the_age_of_the_head_and_what_came_after_it(database, audit, environ):
    with database.writing() as db:
        record(db, Act(act="privacy.packaged", object_kind="party", object_id="5"), clock.now())
    said = measures.text({}, Settings.from_environment(environ), database, [], clock.now() + timedelta(minutes=7))
    figures = dict(line.split() for line in said.splitlines() if not line.startswith("#"))
    assert 7 * 60 <= float(figures["portal_audit_head_age_seconds"]) < 8 * 60
    assert float(figures["portal_audit_entries_after_head"]) == 1
