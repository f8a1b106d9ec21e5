"""Which rights of the database's roles are in force, as PostgreSQL's catalogue tells, and what passes by them.

What an administrator gives to a role of their own is theirs, and is not looked at.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import Connection

HERE: Final = "to_regnamespace(quote_ident(current_schema()))"
OURS: Final = f"relnamespace = {HERE} AND relname = ANY (%(ours)s)"
"""Rows of `pg_class` that are about our tables and views, whose names are given as `ours`."""


def found(connection: Connection, ours: Sequence[str], users: Sequence[str]) -> Sequence[str]:
    """Row-level security, views, functions, policies and grants of these tables, views and users: a line each, sorted.

    Who may do what by being everybody counts too.
    """
    return sorted(connection.exec_driver_sql(_FOUND, {"ours": [*ours], "users": [*users]}).scalars())


def ways_around(connection: Connection, ours: Sequence[str], mighty: Sequence[str]) -> Iterator[str]:
    """What lets the user of a connection, the app, pass by policies that bind it, in sentences.

    mighty: the users that no policy keeps from anything, the owner first
    """
    named = {"ours": [*ours], "mighty": [*mighty]}
    for other, app in connection.exec_driver_sql(_MEMBER_OF, named):
        yield f"The user of PORTAL_DATABASE_URL may do what {other} may; `REVOKE {other} FROM {app}` mends it."
    for table, owner in connection.exec_driver_sql(_OTHERS_TABLES, named):
        yield f"{table} is another's than the owner's; `ALTER TABLE {table} OWNER TO {owner}` mends it."
    for schema, app in connection.exec_driver_sql(_MAY_CREATE):
        yield (
            "The user of PORTAL_DATABASE_URL may put functions beside ours; "
            f"`REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {app}` mends it."
        )


_MEMBER_OF: Final = f"""SELECT quote_ident(rolname), quote_ident(current_user) FROM pg_roles
  WHERE current_setting('is_superuser') = 'off' AND rolname <> current_user AND pg_has_role(oid, 'MEMBER')
    AND (rolsuper OR rolbypassrls
    OR rolname = ANY (%(mighty)s) OR oid IN (SELECT relowner FROM pg_class WHERE {OURS}))"""  # noqa: S608
_OTHERS_TABLES: Final = f"""SELECT quote_ident(relname), quote_ident((%(mighty)s::text[])[1]) FROM pg_class
  WHERE {OURS} AND pg_get_userbyid(relowner) <> (%(mighty)s::text[])[1]"""  # noqa: S608 - of names alone
_MAY_CREATE: Final = """SELECT quote_ident(current_schema()), quote_ident(current_user)
  WHERE has_schema_privilege(current_schema(), 'CREATE')"""
_FOUND: Final = f"""WITH
  ours AS (SELECT * FROM pg_class WHERE {OURS}),
  functions AS (SELECT * FROM pg_proc WHERE pronamespace = {HERE} AND proname IN ('portal_see', 'portal_show')),
  grants AS (
    SELECT relname AS what, '' AS part, relacl AS acl FROM ours
    UNION ALL SELECT relname, attname, attacl FROM ours JOIN pg_attribute ON attrelid = ours.oid
    UNION ALL SELECT proname, '', proacl FROM functions
  )
SELECT concat_ws(' ', relname, relrowsecurity, relforcerowsecurity,
  CASE relkind WHEN 'v' THEN pg_get_viewdef(oid) END) FROM ours
UNION ALL SELECT concat_ws(' ', proname, prosecdef, proconfig, prosrc) FROM functions
UNION ALL SELECT concat_ws(' ', tablename, policyname, permissive, roles::text, cmd, qual, with_check) FROM pg_policies
  WHERE schemaname = current_schema() AND tablename = ANY (%(ours)s)
    AND roles::text[] && (%(users)s::text[] || 'public'::text)
UNION ALL SELECT concat_ws(' ', what, part, pg_get_userbyid(grantee), privilege_type) FROM grants, aclexplode(acl)
  WHERE grantee = 0 OR pg_get_userbyid(grantee)::text = ANY (%(users)s)"""  # noqa: S608 - of names alone
