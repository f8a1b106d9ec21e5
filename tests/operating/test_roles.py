"""The four roles of a PostgreSQL: made by `portal migrate` or by hand, each with its rights, and that they bind."""

from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import ProgrammingError

from portal import cli
from portal.cli.console import NotDone
from portal.cli.installation import bound
from portal.customers.models import Party
from portal.kit.db import Database, table_of
from portal.migrations import rights
from portal.settings import Databases
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
        with opened[role].reading() as db, pytest.raises(ProgrammingError, match="must be owner"):
            db.execute(text("ALTER TABLE party DISABLE ROW LEVEL SECURITY"))


@pytest.mark.parametrize(
    "secret", ["session.token_hash", "identity_code.encrypted", "password.encoded", "passkey.public_key"]
)
def test_a_report_reads_no_secret(opened, secret):
    table, _, column = secret.partition(".")
    with opened[REPORT].reading() as db:
        assert db.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0
        with pytest.raises(ProgrammingError, match="permission denied"):
            db.execute(text(f"SELECT {column} FROM {table}"))


def test_a_portal_whose_role_no_policy_binds_is_not_served(opened, addresses):
    right = Databases(*(addresses[role] for role in (APP, OWNER, WORK, REPORT)))
    assert bound(opened[APP], right) is opened[APP]
    with pytest.raises(NotDone, match="No policy binds"):
        bound(opened["admin"], right)
    with opened[OWNER].writing() as db:
        db.execute(text("COMMENT ON FUNCTION portal_see IS 'of another version'"))
    with opened["admin"].writing() as db:
        db.execute(text("CREATE VIEW of_theirs AS SELECT 1 AS one"))
    with pytest.raises(NotDone, match="`portal migrate` renews them"):
        bound(opened[APP], right)
    assert rights.build(opened[OWNER].engine, roles(addresses[APP]))
    assert bound(opened[APP], right) is opened[APP]
    with opened["admin"].reading() as db:
        assert db.execute(text("SELECT one FROM of_theirs")).scalar() == 1
