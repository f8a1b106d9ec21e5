"""Whether tests notice what is wrong. A mutant is one thing that is wrong on purpose, in a process that is warm.

`python -m tests.mutants policies` takes a minute: on a PostgreSQL with the demo and the whole cast each policy of the
app, each table's row-level security and grants are made wrong, asked about, and put right again. It ends with 1 where a
mutant lives that mutants_equivalent.toml does not list, with the reason why nobody could see what it changes.
"""

import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import Table

from portal import migrations
from portal.demo import seed
from portal.kit.belonging import EVERYBODY, Rows
from portal.kit.db import Database
from portal.migrations import rights
from tests.access.test_rows import PERSONAL, QUESTIONS, TABLES, Kept
from tests.days import UNTIL
from tests.people import vault
from tests.postgres import APP, as_url, copied, migrated_server

EQUIVALENT = Path(__file__).with_name("mutants_equivalent.toml")


@dataclass(frozen=True)
class Mutant:
    """One thing that is wrong: what makes it so, what puts it right, and whether a test notices."""

    name: str
    apply: Callable[[], None]
    undo: Callable[[], None]
    is_noticed: Callable[[], bool]


@contextmanager
def policies() -> Iterator[Iterator[Mutant]]:
    """Each policy gone, or letting everything through; no row-level security; every grant. A table at a time."""
    with tempfile.TemporaryDirectory() as folder, migrated_server("empty") as server:
        demo = Database(f"sqlite:///{folder}/demo.db")
        migrations.upgrade(demo.engine)
        seed.seed(demo, vault(), UNTIL)
        copied(server.get_uri(), "empty", "kept")
        kept = Kept(as_url(server.get_uri("kept")), demo)
        with psycopg.connect(server.get_uri("kept"), autocommit=True) as admin:
            yield (
                Mutant(
                    f"{table}: {name}",
                    lambda wrong=wrong: _run(admin, wrong),
                    lambda right=right: _run(admin, right),
                    lambda table=table: any([*question(kept, [table])] for question in QUESTIONS),
                )
                for table, rows in PERSONAL.items()
                for name, wrong, right in _wrong(TABLES[table], rows)
            )
        demo.engine.dispose()
        kept.database.engine.dispose()


def _wrong(table: Table, rows: Rows) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    """What may be wrong with a table: its name, the statements that make it so, and those that put it right."""
    for made in rights._policies(table, rows, APP):
        if not made.startswith("CREATE POLICY"):
            continue
        policy = made.split()[2]
        drop = f"DROP POLICY {policy} ON {table.name}"
        yield f"{policy} is gone", [drop], [made]
        if rows is not EVERYBODY:
            through = " ".join(f"{part} (true)" for part in ("USING", "WITH CHECK") if f" {part} (" in made)
            yield (
                f"{policy} lets everything through",
                [f"ALTER POLICY {policy} ON {table.name} {through}"],
                [drop, made],
            )
    row_level = f"ALTER TABLE {table.name} {{}} ROW LEVEL SECURITY"
    if rows is not EVERYBODY:
        yield "no policy counts", [row_level.format("DISABLE")], [row_level.format("ENABLE")]
    take, give = f"REVOKE ALL ON {table.name} FROM {APP}", f"GRANT {{}} ON {table.name} TO {APP}"
    yield "everything is granted", [give.format("ALL")], [take, give.format(rights.GRANTS[rows.writes])]
    yield "nothing is granted", [take], [give.format(rights.GRANTS[rows.writes])]


def _run(admin: psycopg.Connection, statements: Sequence[str]) -> None:
    for one in statements:
        admin.execute(one.encode())


SETS = {"policies": policies}


def judged(mutants: Iterator[Mutant]) -> Iterator[tuple[str, bool]]:
    """The name of each, and whether no test notices it."""
    for mutant in mutants:
        mutant.apply()
        try:
            is_noticed = mutant.is_noticed()
        except Exception:  # noqa: BLE001 - a question that cannot even be asked has been noticed
            is_noticed = True
        finally:
            mutant.undo()
        yield mutant.name, not is_noticed


def main(asked: Sequence[str]) -> int:
    """Apply the mutants of the sets that are asked for, or of all; 1 where one lives that is not listed."""
    known: Mapping[str, Mapping[str, str]] = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))
    strange = 0
    for name in asked or SETS:
        with SETS[name]() as mutants:
            lives, harmless = dict(judged(mutants)), {*known.get(name, {})}
        living = {one for one, is_alive in lives.items() if is_alive}
        for one in sorted(living - harmless):
            print(f"{name}: no test notices: {one}")
        for one in sorted(harmless - living):
            print(f"{name}: a test notices, though it is listed: {one}")
        strange += len(living ^ harmless)
        how = "well" if living == harmless else "not well"
        print(f"{name}: {how}; of {len(lives)} {len(living)} live, {len(harmless)} are listed")
    return 1 if strange else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
