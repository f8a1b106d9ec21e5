"""What has come for each bill and what credit notes take off it, kept beside the bill by triggers of the database.

A trigger sums anew for the bills that a change is about, whoever made it and in whichever order; it writes only where
the sum is another. On PostgreSQL whoever writes bills or payments waits for whoever did before: two that did not see
each other's rows would both sum without them, and two that wrote the same bills in another order would wait for ever.
"""

from collections.abc import Iterator
from typing import Final

from alembic import op
from sqlalchemy import Connection, text

PAID: Final = "(SELECT coalesce(sum(payment.cents), 0) FROM payment WHERE payment.invoice_id = invoice.id)"
CREDITED: Final = (
    "(SELECT coalesce(-sum(note.total_cents), 0) FROM invoice AS note WHERE note.refers_to = invoice.number"
    " AND note.party_id = invoice.party_id AND note.kind = 'credit')"
)
SUM: Final = (
    f"UPDATE invoice SET paid_cents = {PAID}, credited_cents = {CREDITED}"  # noqa: S608 - of our own words alone
    f" WHERE (paid_cents <> {PAID} OR credited_cents <> {CREDITED})"
)
SUMMED: Final = {  # which bills a change of a row is about
    ("invoice", "INSERT"): ("id = NEW.id", "number = NEW.refers_to"),
    ("invoice", "UPDATE"): ("id = NEW.id", "number = NEW.refers_to", "number = OLD.refers_to"),
    ("invoice", "DELETE"): ("number = OLD.refers_to",),
    ("payment", "INSERT"): ("id = NEW.invoice_id",),
    ("payment", "UPDATE"): ("id = NEW.invoice_id", "id = OLD.invoice_id"),
    ("payment", "DELETE"): ("id = OLD.invoice_id",),
}
WAITING: Final = "sums_one_at_a_time"
THERE: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


def sum_anew() -> None:
    """Bring the sums of all bills to what they are."""
    op.execute(SUM)


def keep_sums() -> None:
    """Let the sums follow every change from now on.

    A revision that makes one of the tables anew on SQLite says `forget_sums` before, and this again afterwards.
    """
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    if on_postgresql:
        _wait_for_each_other()
    for (table, act), which in SUMMED.items():
        name, body = _name(table, act), " ".join(f"{SUM} AND {condition};" for condition in which)
        if on_postgresql:
            made = f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
            op.execute(f"{made} $$ BEGIN {body} RETURN NULL; END $$")
            op.execute(f"CREATE TRIGGER {name} AFTER {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
        else:
            op.execute(f"CREATE TRIGGER {name} AFTER {act} ON {table} BEGIN {body} END")


def forget_sums() -> None:
    """Let the sums stand as they are, whatever changes."""
    names = [_name(*change) for change in SUMMED]
    if op.get_bind().dialect.name == "postgresql":
        for name in (*names, WAITING):
            op.execute(f"DROP FUNCTION {name}() CASCADE")
        return
    for name in names:
        op.execute(f"DROP TRIGGER {name}")


def missing(connection: Connection) -> Iterator[tuple[str, str]]:
    """The triggers that a database lacks, each with its table."""
    there = set(connection.execute(text(THERE[connection.dialect.name])).scalars())
    yield from ((table, _name(table, act)) for table, act in SUMMED if _name(table, act) not in there)


def _name(table: str, act: str) -> str:
    return f"{table}_sums_{act.lower()}"


def _wait_for_each_other() -> None:
    op.execute(
        f"CREATE FUNCTION {WAITING}() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_advisory_xact_lock(hashtextextended('sums of bills', 0)); RETURN NULL; END $$"
    )
    for table in dict.fromkeys(table for table, _ in SUMMED):
        op.execute(
            f"CREATE TRIGGER {table}_sums_wait BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {WAITING}()"
        )
