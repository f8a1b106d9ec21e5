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


def settled_stays(table: str, *, unchanged: str, unremoved: str) -> None:
    """Let rows of a table be changed, or removed, only as long as a condition on the row (OLD) does not hold."""
    says = f"{table}: what is settled stays as it is"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{says}'; END $$"
        )
        call = f"EXECUTE FUNCTION {table}_stays()"
        op.execute(f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({unchanged}) {call}")
        op.execute(f"CREATE TRIGGER {table}_is_kept BEFORE DELETE ON {table} FOR EACH ROW WHEN ({unremoved}) {call}")
        op.execute(f"CREATE TRIGGER {table}_is_not_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {call}")
        return
    for act, when in (("UPDATE", unchanged), ("DELETE", unremoved)):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
        )
