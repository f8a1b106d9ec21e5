"""The second check of access, on PostgreSQL: who may do what to which table, and the policies by which it shows rows.

All of it is made from what the slices say of their tables (`TABLES` of each privacy.py), anew each time: whatever was
changed by hand is as it should be then. A note beside the function `portal_see` says what was made, so that whoever
serves can tell whether it stands. The roles are the users of the database's addresses: the owner migrates, the app
serves the web, work does what is done by the clock and by hand, report reads what opens nothing.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg import sql as quoting
from sqlalchemy import URL, Connection, Engine, LargeBinary, Table, make_url
from sqlalchemy.dialects import postgresql

from portal.audit.actions import END
from portal.auth.models import Account, SeenToken
from portal.auth.passwords.models import GuessBucket
from portal.customers.models import MailboxLink
from portal.home.service import READ_UNTIL
from portal.keepers import KEEPERS
from portal.kit.belonging import LIMITED, MINE, OWN, PARTIES, POINTS, SHOWN, SITES, Rows, Writes
from portal.kit.db import table_of
from portal.kit.privacy import columns_of
from portal.kit.public_views import PublicView
from portal.kit.sight import BOUND, run
from portal.migrations import in_force
from portal.migrations.in_force import HERE, OURS
from portal.settings import Databases

DIALECT: Final = postgresql.dialect()  # type: ignore[no-untyped-call] # as SQLAlchemy has it
QUOTE: Final = DIALECT.identifier_preparer.quote
AS_IT_STANDS: Final = {"no_parameters": True}
PUBLIC_VIEWS: Final[Sequence[PublicView]] = (END, READ_UNTIL)
NOBODYS: Final = {SeenToken: "INSERT", GuessBucket: "INSERT, UPDATE", MailboxLink: "INSERT"}
"""What the web writes of tables that are nobody's; the others of them it reads."""
GRANTS: Final = {
    Writes.NOTHING: "SELECT",
    Writes.LOCKS: "SELECT, UPDATE (id)",  # PostgreSQL asks it of whoever locks a row; the policy refuses a change
    Writes.ADDS: "SELECT, INSERT",
    Writes.CHANGES: "SELECT, INSERT, UPDATE",
    Writes.REMOVES: "SELECT, INSERT, UPDATE, DELETE",
}


@dataclass(frozen=True, slots=True)
class Roles:
    """The four roles, by the users of the addresses of the database."""

    owner: URL
    app: URL
    work: URL
    report: URL

    @classmethod
    def at(cls, addresses: Databases) -> "Roles":
        """Those of an installation."""
        return cls(*map(make_url, (addresses.owner, addresses.app, addresses.work, addresses.report)))

    @property
    def others(self) -> Sequence[URL]:
        """Those whom the owner lets in, each once."""
        return [*{url.username: url for url in (self.app, self.work, self.report)}.values()]


class RolesMissing(Exception):
    """The database lacks roles that its owner may not make; the message is what an administrator has to run."""


def build(engine: Engine, roles: Roles) -> bool:
    """Make the roles, what they may do, and the policies; False where all stood already. Raises RolesMissing."""
    with engine.begin() as connection:
        _make_roles(connection, roles)
        stood = _stands(connection, roles)
        for statement in _statements(connection, roles):
            connection.exec_driver_sql(statement, execution_options=AS_IT_STANDS)
        connection.exec_driver_sql(f"COMMENT ON FUNCTION portal_see IS '{_said(connection, roles)}'")
    return not stood


def lift(engine: Engine) -> None:
    """Take away the policies and views: no migration could change a column that they name.

    Until they are built again the owner sees everything, as migrations have to, and nobody else anything.
    """
    if engine.dialect.name != "postgresql":
        return
    with engine.begin() as connection:
        connection.exec_driver_sql(_away(_EARLIER), execution_options=AS_IT_STANDS)
        for view in PUBLIC_VIEWS:
            connection.exec_driver_sql(f"DROP VIEW IF EXISTS {view.name}")


def wrong(engine: Engine, roles: Roles) -> Iterator[str]:
    """What keeps policies from binding whoever uses an engine, the app's, in sentences; nothing where all is well."""
    with engine.connect() as connection:
        stands = _stands(connection, roles)
        if stands and not connection.info.get(BOUND):
            yield (
                "No policy binds the user of PORTAL_DATABASE_URL: it is a superuser or passes by row-level security; "
                "`ALTER ROLE ... NOSUPERUSER NOBYPASSRLS` mends it."
            )
        if not stands:
            yield "The rights of the database's roles are not those of this version; `portal migrate` renews them."
        mighty = [str(url.username) for url in (roles.owner, roles.work, roles.report)]
        yield from in_force.ways_around(connection, _ours(), mighty)


def _make_roles(connection: Connection, roles: Roles) -> None:
    there = {*connection.exec_driver_sql("SELECT rolname FROM pg_roles").scalars()}
    missing = [url for url in roles.others if url.username not in there]
    may = "SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user"
    if missing and not connection.exec_driver_sql(may).scalar():
        raise RolesMissing(" ".join(f"{_make_role(connection, url, '...')};" for url in missing))
    for url in missing:
        run(connection, _make_role(connection, url, _verifier(connection, url)))


def _verifier(connection: Connection, url: URL) -> str:
    """What PostgreSQL keeps of a password: whoever reads the statement, as in the log, cannot sign in by it."""
    driver: Any = connection.connection.driver_connection
    user, password = (str(one or "").encode() for one in (url.username, url.password))
    return str(driver.pgconn.encrypt_password(password, user, b"scram-sha-256").decode()) if password else ""


def _make_role(connection: Connection, url: URL, password: str) -> str:
    with_password = quoting.SQL(" PASSWORD {}").format(quoting.Literal(password)) if url.password else quoting.SQL("")
    made = quoting.SQL("CREATE ROLE {} LOGIN").format(quoting.Identifier(url.username or "")) + with_password
    return made.as_string(connection.connection.driver_connection)


def _stands(connection: Connection, roles: Roles) -> bool:
    """Whether what this version makes was made, and is as it was then."""
    note: str | None = connection.exec_driver_sql(_NOTE).scalar()
    return note == _said(connection, roles)


def _said(connection: Connection, roles: Roles) -> str:
    """What this version makes, and what there is of it."""
    users = [str(url.username) for url in (roles.owner, *roles.others)]
    both = "\n".join(_statements(connection, roles)), "\n".join(in_force.found(connection, _ours(), users))
    return " ".join(hashlib.sha256(one.encode()).hexdigest() for one in both)


def _statements(connection: Connection, roles: Roles) -> Iterator[str]:
    """All of it in the order in which it is made; what was there before goes first."""
    urls = (roles.owner, roles.app, roles.work, roles.report)
    owner, app, work, report = (QUOTE(url.username or "") for url in urls)
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    everybody = ", ".join(dict.fromkeys((app, work, report)))
    tables = ", ".join(_tables())
    yield _away(f"tablename = ANY ('{{{tables}}}')")
    yield f"REVOKE ALL ON {tables}, alembic_version FROM {everybody}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {everybody}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO {work}"
    for sequence in connection.exec_driver_sql(_SEQUENCES, {"ours": _tables()}).scalars():
        yield f"GRANT USAGE ON SEQUENCE {sequence} TO {app}, {work}"
    yield f"GRANT SELECT ON alembic_version TO {everybody}"
    for keeper in KEEPERS:
        for model in keeper.NOT_PERSONAL:
            may = ", ".join(filter(None, ("SELECT", NOBODYS.get(model))))
            yield f"GRANT {may} ON {table_of(model).name} TO {app}"
            yield f"GRANT SELECT ON {table_of(model).name} TO {report}"
    for view in PUBLIC_VIEWS:
        yield f"DROP VIEW IF EXISTS {view.name}"
        yield f"CREATE VIEW {view.name} AS {view.sql(connection.dialect)}"
        yield f"GRANT SELECT ON {view.name} TO {everybody}"
    personal = _personal()
    yield from _functions(schema, personal)
    for table, rows in personal.items():
        yield from _policies(table, rows, app)
        yield f"CREATE POLICY whole ON {table.name} TO {owner}, {work} USING (true) WITH CHECK (true)"
        yield f"CREATE POLICY report ON {table.name} FOR SELECT TO {report} USING (true)"
        yield f"GRANT {GRANTS[rows.writes]} ON {table.name} TO {app}"
        yield f"GRANT SELECT ({', '.join(_reported(table, rows))}) ON {table.name} TO {report}"
    yield "REVOKE ALL ON FUNCTION portal_see, portal_show FROM PUBLIC"
    yield f"GRANT EXECUTE ON FUNCTION portal_see, portal_show TO {app}"


def _personal() -> Mapping[Table, Rows]:
    return {table_of(model): rows for keeper in KEEPERS for model, rows in keeper.TABLES.items()}


def _tables() -> Sequence[str]:
    """The names of our tables; what an administrator keeps beside them, such as a view of an extension, is theirs."""
    nobodys = [table_of(model).name for keeper in KEEPERS for model in keeper.NOT_PERSONAL]
    return [*(table.name for table in _personal()), *nobodys]


def _ours() -> Sequence[str]:
    return [*_tables(), *(view.name for view in PUBLIC_VIEWS), "alembic_version"]


POLICIES: Final = ("app", "app_sees", "app_adds", "app_locks", "whole", "report")


def _away(which: str) -> str:
    """Takes our policies from these tables.

    Row-level security stays enabled: without a policy PostgreSQL shows a table's rows to its owner alone.
    """
    return f"""DO $$ DECLARE gone record; BEGIN
  FOR gone IN SELECT policyname, tablename FROM pg_policies
      WHERE schemaname = current_schema() AND policyname = ANY ('{{{", ".join(POLICIES)}}}') AND {which} LOOP
    EXECUTE format('DROP POLICY %I ON %I', gone.policyname, gone.tablename);
    EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', gone.tablename);
  END LOOP;
END $$"""  # noqa: S608 - of names alone


_EARLIER: Final = """tablename IN
  (SELECT tablename FROM pg_policies WHERE policyname = 'whole' AND current_user = ANY (roles))"""
"""Tables of whichever version: they have the owner's policy."""
_NOTE: Final = f"""SELECT obj_description(oid, 'pg_proc') FROM pg_proc
  WHERE proname = 'portal_see' AND pronamespace = {HERE}"""  # noqa: S608 - of names alone
_SEQUENCES: Final = f"""SELECT quote_ident(sequence.relname) FROM pg_depend
  JOIN pg_class AS sequence ON sequence.oid = objid AND sequence.relkind = 'S'
  WHERE refclassid = 'pg_class'::regclass AND refobjid IN (SELECT oid FROM pg_class WHERE {OURS})
  ORDER BY sequence.relname"""  # noqa: S608 - of names alone


def _policies(table: Table, rows: Rows, app: str) -> Iterator[str]:
    """What the app may see of a table, and what it may write there."""
    name = table.name
    seen = " OR ".join(f"({condition.format(table=name)})" for condition in rows.conditions)
    yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"
    match rows.writes:
        case Writes.CHANGES | Writes.REMOVES:
            yield f"CREATE POLICY app ON {name} TO {app} USING ({seen}) WITH CHECK ({seen})"
            for condition in rows.only_seen_if:
                only = condition.format(table=name)
                yield f"CREATE POLICY app_sees ON {name} FOR SELECT TO {app} USING ({only})"
            return
        case Writes.ADDS:
            added = " OR ".join(filter(None, (seen, *(one.format(table=name) for one in rows.added_if))))
            yield f"CREATE POLICY app_adds ON {name} FOR INSERT TO {app} WITH CHECK ({added})"
        case Writes.LOCKS:
            yield f"CREATE POLICY app_locks ON {name} FOR UPDATE TO {app} USING ({seen}) WITH CHECK (false)"
        case Writes.NOTHING:
            pass
    yield f"CREATE POLICY app ON {name} FOR SELECT TO {app} USING ({seen})"


def _reported(table: Table, rows: Rows) -> Iterator[str]:
    """The columns that a report may read: nothing sealed, no bytes that nobody is told of, no secret beside a key."""
    told = columns_of(table)
    for column in table.columns:
        is_bytes, is_link = isinstance(column.type, LargeBinary), column.primary_key or bool(column.foreign_keys)
        is_told = column.name in told and not told[column.name].is_sealed
        is_dull = column.name not in told and not is_bytes and (is_link or not rows.keys)
        if (is_told or is_dull) and column.name not in rows.unreported:
            yield QUOTE(column.name)


def _functions(schema: str, personal: Mapping[Table, Rows]) -> Iterator[str]:
    """What a transaction says of whoever asks, and what a key opens before that is known.

    They run as the owner, with a fixed search_path: what they look up, no policy could show yet.
    """
    head = f"LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$"
    yield f"""CREATE OR REPLACE FUNCTION portal_see(mine uuid[], own uuid[], parties uuid[], limits uuid[]) RETURNS void
{head}
DECLARE sites uuid[]; points uuid[];
BEGIN
  SELECT array_agg(DISTINCT site_id) INTO sites FROM (
    SELECT site_id FROM occupancy WHERE party_id = ANY (parties)
    UNION ALL SELECT site_id FROM contract WHERE party_id = ANY (parties)
  ) AS held WHERE limits IS NULL OR site_id = ANY (limits);
  SELECT array_agg(id) INTO points FROM metering_point WHERE site_id = ANY (sites);
  PERFORM set_config('{MINE}', mine::text, true), set_config('{OWN}', own::text, true),
    set_config('{PARTIES}', parties::text, true), set_config('{SITES}', coalesce(sites, '{{}}')::text, true),
    set_config('{POINTS}', coalesce(points, '{{}}')::text, true),
    set_config('{LIMITED}', CASE WHEN limits IS NULL THEN '' ELSE 'yes' END, true),
    set_config('{SHOWN}', '', true);
END $$"""  # noqa: S608 - of names alone
    yield f"""CREATE OR REPLACE FUNCTION portal_show(which text, value text) RETURNS void
{head}
DECLARE
  mine uuid[] := nullif(current_setting('{MINE}', true), '')::uuid[];
  own uuid[] := nullif(current_setting('{OWN}', true), '')::uuid[];
  parties uuid[] := nullif(current_setting('{PARTIES}', true), '')::uuid[];
BEGIN
  PERFORM set_config('{SHOWN}', (nullif(current_setting('{SHOWN}', true), '')::text[] || value)::text, true);
  CASE which
{"".join(_opened(personal))}  END CASE;
  own := own || ARRAY(
    SELECT party_id FROM identity_code JOIN account ON identity_index = blind_index WHERE account.id = ANY (mine)
  );
  PERFORM set_config('{MINE}', coalesce(mine, '{{}}')::text, true),
    set_config('{OWN}', coalesce(own, '{{}}')::text, true),
    set_config('{PARTIES}', coalesce(parties, '{{}}')::text, true);
END $$"""  # noqa: S608 - of names alone


def _opened(personal: Mapping[Table, Rows]) -> Iterator[str]:
    """What the value of each key opens: accounts, or parties."""
    for table, rows in personal.items():
        for key in rows.keys:
            kind = table.c[key.column].type.compile(dialect=DIALECT)
            where = f"{key.column} = value::{kind}" + (f" AND {key.until} IS NULL" if key.until else "")
            opened = "".join(f" {_known(table, column)};" for column in key.opens)
            yield f"  WHEN '{table.name}.{key.column}' THEN{opened.format(where=where) or ' NULL;'}\n"


def _known(table: Table, column: str) -> str:
    """Whom a column names who is known from now on: an account, as it refers to one, or a party."""
    is_account = table is table_of(Account) or table.c[column].references(table_of(Account).c.id)
    known = "mine" if is_account else "parties"
    return f"{known} := {known} || ARRAY(SELECT {column} FROM {table.name} WHERE {{where}})"  # noqa: S608
