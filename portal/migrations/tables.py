"""What a migration says about tables beyond their columns, on SQLite and on PostgreSQL."""

from alembic import op
from sqlalchemy import LargeBinary, inspect


def only_grows(table: str) -> None:
    """Let rows be added to a table and nothing else be done to them: triggers refuse UPDATE and DELETE."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} only grows'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_only_grows()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
        )


def keep_blobs_plain(table: str) -> None:
    """Keep PostgreSQL from compressing what is packed already."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for column in inspect(op.get_bind()).get_columns(table):
        if isinstance(column["type"], LargeBinary):
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column['name']} SET STORAGE EXTERNAL")
