"""The four roles of a PostgreSQL: made by `portal migrate` or by hand, each with its rights, and that they bind."""

import re
import subprocess
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import event, make_url, select, text
from sqlalchemy.exc import ProgrammingError

from portal import cli, migrations
from portal.audit import chain
from portal.audit.actions import Act, record
from portal.auth.models import Account
from portal.auth.passwords import actions as passwords
from portal.auth.passwords.models import Password
from portal.auth.reach import Reach
from portal.cli.console import NotDone
from portal.cli.installation import bound
from portal.customers.models import Party
from portal.kit.clock import now
from portal.kit.db import Database, table_of
from portal.migrations import rights
from portal.operating import checks
from portal.settings import Databases
from tests.people import user
from tests.postgres import APP, OWNER, REPORT, WORK, as_role, as_url, roles


@pytest.fixture
def fresh(postgres):
    """A database of its own without any table, whose owner may make no roles, and names for the others."""
    name = f"fresh_{uuid4().hex[:12]}"
    with psycopg.connect(postgres.get_uri(), autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {name}_owner LOGIN")
        admin.execute(f"CREATE DATABASE {name} OWNER {name}_owner")
    yield as_url(postgres.get_uri(name)), name
    with psycopg.connect(postgres.get_uri(), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        for role in ("owner", "app", "work", "report"):
            admin.execute(f"DROP ROLE IF EXISTS {name}_{role}")


def environment(url, name):
    """The addresses of the roles of an installation."""
    return {
        "PORTAL_DATABASE_URL": as_role(url, f"{name}_app"),
        **{
            f"PORTAL_DATABASE_{role.upper()}_URL": as_role(url, f"{name}_{role}")
            for role in ("owner", "work", "report")
        },
    }


def test_roles_that_the_owner_may_not_make_are_made_by_hand_once(fresh, monkeypatch, capsys):
    url, name = fresh
    for variable, address in environment(url, name).items():
        monkeypatch.setenv(variable, address)
    assert cli.main(["migrate"]) == 1
    by_hand = capsys.readouterr().err.partition("Have an administrator run: ")[2].splitlines()[0]
    with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(), autocommit=True) as admin:
        admin.execute(by_hand)
    assert cli.main(["migrate"]) == 0
    assert "Its roles have the rights of this version now." in capsys.readouterr().out
    assert cli.main(["migrate"]) == 0
    assert "Its roles have the rights of this version already." in capsys.readouterr().out


@pytest.fixture
def addresses(postgresql_url):
    """Where a test's own database is, role by role, and the same as a superuser's."""
    return {role: as_role(postgresql_url, role) for role in (OWNER, APP, WORK, REPORT)} | {"admin": postgresql_url}


@pytest.fixture
def opened(addresses):
    """The database as each of its roles."""
    found = {role: Database(url) for role, url in addresses.items()}
    yield found
    for database in found.values():
        database.engine.dispose()


def test_the_owner_and_work_see_and_change_everything_and_only_the_owner_changes_tables(opened):
    row = {"id": uuid4(), "customer_number": "1", "kind": "person", "name": "Aino", "language": "fi"}
    with opened[WORK].writing() as db:
        db.connection().execute(table_of(Party).insert().values(row))
    for role in (OWNER, WORK, REPORT):
        with opened[role].reading() as db:
            assert db.connection().execute(select(table_of(Party).c.name)).scalars().all() == ["Aino"]
    for role in (APP, WORK, REPORT):
        with pytest.raises(ProgrammingError, match="must be owner"), opened[role].writing() as db:
            db.execute(text("ALTER TABLE party DISABLE ROW LEVEL SECURITY"))


@pytest.mark.parametrize(
    "secret",
    [
        *("session.token_hash", "identity_code.encrypted", "password.encoded", "passkey.public_key"),
        "outbox_event.payload",
    ],
)
def test_a_report_reads_no_secret(opened, secret):
    table, _, column = secret.partition(".")
    with opened[REPORT].reading() as db:
        assert db.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0
        with pytest.raises(ProgrammingError, match="permission denied"):
            db.execute(text(f"SELECT {column} FROM {table}"))


def test_a_report_knows_how_long_the_audit_is(opened):
    with opened[WORK].writing() as db:
        record(db, Act(act="privacy.packaged", object_kind="party", object_id="1"), now())
    with opened[REPORT].reading() as db:
        assert chain.last_number(db) == 1


@pytest.fixture
def right(addresses):
    """The addresses of an installation with roles."""
    return Databases(*(addresses[role] for role in (APP, OWNER, WORK, REPORT)))


def test_a_portal_whose_role_no_policy_binds_is_not_served(opened, right):
    assert bound(opened[APP], right) is opened[APP]
    elsewhere = {role: f"postgresql+psycopg://{role}@nowhere/portal" for role in (OWNER, WORK)}
    assert bound(opened[APP], replace(right, owner=elsewhere[OWNER], work=elsewhere[WORK]))
    with pytest.raises(NotDone, match="No policy binds"):
        bound(opened["admin"], right)


@pytest.mark.parametrize(
    "changed",
    [
        "COMMENT ON FUNCTION portal_see IS 'of another version'",
        "ALTER TABLE party DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE party NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY app_sees ON account",
        "ALTER POLICY app ON invoice USING (true)",
        f"CREATE POLICY theirs ON invoice TO {APP} USING (true)",
        "GRANT SELECT ON invoice TO PUBLIC",
        f"GRANT UPDATE (name) ON party TO {APP}",
        "DROP VIEW read_until",
        "ALTER FUNCTION portal_see SECURITY INVOKER",
    ],
)
def test_what_was_changed_by_hand_is_noticed_and_made_anew(opened, right, addresses, changed):
    with opened[OWNER].writing() as db:
        db.execute(text(changed))
    with pytest.raises(NotDone, match="`portal migrate` renews them"):
        bound(opened[APP], right)
    assert rights.build(opened[OWNER].engine, roles(addresses[APP]))
    opened[APP].engine.dispose()  # whether policies bind it a connection knows from its beginning
    assert bound(opened[APP], right) is opened[APP]
    assert not rights.build(opened[OWNER].engine, roles(addresses[APP]))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (f"GRANT {WORK} TO {APP}", f"may do what {WORK} may"),
        (f"ALTER TABLE invoice OWNER TO {APP}", "invoice is another's than the owner's"),
        (f"GRANT CREATE ON SCHEMA public TO {APP}", "may put functions beside ours"),
    ],
)
def test_a_way_around_policies_that_bind_is_named_with_what_mends_it(opened, right, addresses, changed, says):
    with opened["admin"].writing() as db:
        db.execute(text(changed))
    with pytest.raises(NotDone, match=says) as refused:
        bound(opened[APP], right)
    with opened["admin"].writing() as db:
        for _, mends, _ in re.findall(r"(`)([^`]+)(`)", str(refused.value)):
            if mends != "portal migrate":
                db.execute(text(mends))
    rights.build(opened[OWNER].engine, roles(addresses[APP]))
    assert bound(opened[APP], right) is opened[APP]


def test_what_an_administrator_keeps_beside_stays(opened, right, addresses):
    with opened["admin"].writing() as db:
        for made in (
            f"CREATE TABLE of_theirs (number serial); ALTER TABLE of_theirs OWNER TO {OWNER}",
            "ALTER TABLE of_theirs ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY report ON of_theirs USING (true)",
            "CREATE VIEW parties_of_theirs AS SELECT name FROM party",
        ):
            db.execute(text(made))
    assert bound(opened[APP], right) is opened[APP]
    rights.lift(opened[OWNER].engine)
    assert rights.build(opened[OWNER].engine, roles(addresses[APP]))
    with opened["admin"].reading() as db:
        assert db.execute(text("SELECT policyname FROM pg_policies WHERE tablename = 'of_theirs'")).all()
        assert db.execute(text("SELECT count(*) FROM parties_of_theirs")).scalar() == 0
        granted = f"SELECT has_sequence_privilege('{WORK}', 'of_theirs_number_seq', 'USAGE')"
        assert db.execute(text(granted)).scalar() is False


def test_rights_are_lifted_before_an_upgrade_and_nobody_but_the_owner_sees_anything_until_they_are_back(
    opened, right, addresses
):
    row = {"id": uuid4(), "customer_number": "1", "kind": "person", "name": "Aino", "language": "fi"}
    with opened[WORK].writing() as db:
        db.connection().execute(table_of(Party).insert().values(row))
    rights.lift(opened[OWNER].engine)
    rights.lift(opened[OWNER].engine)
    for role, sees in ((OWNER, ["Aino"]), (WORK, []), (REPORT, []), (APP, [])):
        with opened[role].reading() as db:
            assert db.execute(text("SELECT name FROM party")).scalars().all() == sees
    with pytest.raises(NotDone, match="`portal migrate` renews them"):
        bound(opened[APP], right)
    with opened[OWNER].writing() as db:
        db.execute(text("ALTER TABLE audit_entry ALTER COLUMN number TYPE numeric"))
        db.execute(text("ALTER TABLE audit_entry ALTER COLUMN number TYPE integer"))
        db.execute(text("ALTER TABLE login_transaction ALTER COLUMN state_hash TYPE text"))
        db.execute(text("ALTER TABLE login_transaction ALTER COLUMN state_hash TYPE bytea USING ''"))
    assert rights.build(opened[OWNER].engine, roles(addresses[APP]))
    opened[APP].engine.dispose()
    assert bound(opened[APP], right) is opened[APP]


def test_roles_may_have_names_that_need_quotes_and_no_statement_holds_their_password(postgres):
    name, password = f'Odd "{uuid4().hex[:6]}"', "salainen%s'"
    with psycopg.connect(postgres.get_uri(), autocommit=True) as admin:
        quoted = psycopg.sql.Identifier(f"{name} owner")
        admin.execute(psycopg.sql.SQL("CREATE ROLE {} LOGIN CREATEROLE").format(quoted))
        admin.execute(psycopg.sql.SQL("CREATE DATABASE {} OWNER {}").format(psycopg.sql.Identifier(name), quoted))
    url = make_url(as_url(postgres.get_uri())).set(database=name)
    urls = [url.set(username=f"{name} {role}", password=password) for role in ("owner", "app", "work", "report")]
    right = rights.Roles(*urls)
    owner, app = (Database(one.render_as_string(hide_password=False)) for one in urls[:2])
    said = []
    event.listen(owner.engine, "before_cursor_execute", lambda *told: said.append(told[2]))
    migrations.upgrade(owner.engine)
    assert rights.build(owner.engine, right)
    assert not [*rights.wrong(app.engine, right)]
    with app.reading() as db:
        assert db.execute(text("SELECT count(*) FROM party")).scalar() == 0
    assert not [one for one in said if "salainen" in one]
    for database in (owner, app):
        database.engine.dispose()
    with psycopg.connect(postgres.get_uri(), autocommit=True) as admin:
        kept = admin.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", (f"{name} app",)).fetchone()
        assert kept[0].startswith("SCRAM-SHA-256$")
        admin.execute(psycopg.sql.SQL("DROP DATABASE {} WITH (FORCE)").format(psycopg.sql.Identifier(name)))
        for one in reversed(urls):
            admin.execute(psycopg.sql.SQL("DROP ROLE {}").format(psycopg.sql.Identifier(one.username)))


def test_a_check_says_when_the_role_of_the_app_is_not_let_in(right):
    nowhere = replace(right, app=as_role(right.app, "nobody"))
    assert [*checks._unbound(right)] == []
    [said] = checks._unbound(nowhere)
    assert "does not let the user of PORTAL_DATABASE_URL in" in said


def test_a_login_name_that_is_anothers_opens_nothing_of_theirs(opened):
    accounts = [
        Account(id=uuid4(), identity_index=bytes([one]) * 32, given_names="", family_name="", created_at=now())
        for one in (1, 2)
    ]
    theirs = Password(
        account_id=accounts[0].id, login_name="a@b.example", login_key=b"k" * 32, encoded="", pepper=b"p", set_at=now()
    )
    with opened["admin"].writing() as db:
        db.add_all(accounts)
        db.flush()
        db.add(theirs)
    who = user(Reach(frozenset()), account_id=accounts[1].id)
    with opened[APP].seen_by(who.sight).reading() as db:
        assert passwords._is_anothers(db, b"k" * 32, who)
        assert db.execute(text("SELECT id FROM account")).scalars().all() == [who.account_id]
        assert db.execute(text("SELECT count(*) FROM password")).scalar() == 0


def test_a_backup_of_the_owner_is_restored_with_everybodys_rows_and_the_rights_of_each(
    postgres, opened, right, tmp_path
):
    row = {"id": uuid4(), "customer_number": "1", "kind": "person", "name": "Aino", "language": "fi"}
    with opened[WORK].writing() as db:
        db.connection().execute(table_of(Party).insert().values(row))
    name, backup = f"restored_{uuid4().hex[:12]}", tmp_path / "backup"
    with psycopg.connect(postgres.get_uri(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} OWNER {OWNER}")
    owner = make_url(right.owner).set(drivername="postgresql")
    source, into = (one.render_as_string(hide_password=False) for one in (owner, owner.set(database=name)))
    for program in (
        ("pg_dump", "--enable-row-security", "--format=custom", f"--file={backup}", source),
        ("pg_restore", "--exit-on-error", f"--dbname={into}", backup),
    ):
        subprocess.run(program, executable=postgres.bin_path / program[0], check=True)
    app, work = (Database(str(one).replace(owner.database, name)) for one in (right.app, right.work))
    assert bound(app, right) is app
    with work.reading() as db:
        assert db.execute(text("SELECT name FROM party")).scalars().all() == ["Aino"]
    for database in (app, work):
        database.engine.dispose()
    with psycopg.connect(postgres.get_uri(), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        with psycopg.connect(opened["admin"].engine.url.set(drivername="postgresql").render_as_string()) as there:
            there.execute(f"DROP OWNED BY {APP}, {WORK}, {REPORT}")
            assert there.execute("SELECT DISTINCT policyname FROM pg_policies").fetchall() == [("whole",)]
