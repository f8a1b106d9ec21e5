"""The schema: one history, the same on both databases, that keeps what it finds and ends at the models."""

import ast
import hashlib
import re
import shutil
from datetime import UTC, date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import numpy as np
import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import func, insert, inspect, select
from sqlalchemy.exc import DatabaseError
from sqlmodel import SQLModel

from portal import migrations
from portal.consumption import history, store
from portal.consumption.models import Series
from portal.consumption.store import PointDays
from portal.kit.db import Database
from portal.kit.intervals import joined
from portal.migrations.differences import differences
from portal.sites.kinds import ReadingType
from portal.sites.models import Disconnection, MeteringPoint
from tests import filling
from tests.consumption import packed_before
from tests.consumption.readings import listed
from tests.postgres import as_url

FROZEN = "0001"
ARRIVED = datetime(2026, 11, 4, tzinfo=UTC)
FROZEN_TEXT = "a5868804f7d59d4bbc5b8ecb9781370fcde21375e950cab50541eef77cdd9dfe"
FROZEN_SCHEMA = "33d17f3290c8ddfe90248b30f9d52d0c009d4c21a3832adb655de1ee4147eb79"
GONE = {  # a column of the frozen schema, and where a later revision has put what it held
    "reading_month.mwh": "reading_month.quantities",
    "reading_month.day_mwh": "reading_month.day_quantities",
    "month_total.mwh": "month_total.quantity",
    "metering_point.connection": "disconnection.connection",
}


def test_the_newest_schema_is_what_the_models_say(database):
    command.check(migrations.config(database.engine))


def test_a_new_database_is_empty_and_a_migrated_one_current(database, tmp_path):
    assert migrations.state(database.engine) == migrations.SchemaState.CURRENT
    new = Database(f"sqlite:///{tmp_path}/new.db")
    assert migrations.state(new.engine) == migrations.SchemaState.EMPTY
    new.engine.dispose()


def test_the_revisions_are_one_line_in_the_order_of_their_numbers():
    scripts = ScriptDirectory(str(migrations.FOLDER))
    assert len(scripts.get_heads()) == 1
    line = [*scripts.walk_revisions()][::-1]
    numbers = [f"{number:04}" for number in range(1, len(line) + 1)]
    assert [one.revision for one in line] == numbers
    assert [one.down_revision for one in line] == [None, *numbers[:-1]]
    files = sorted(path.name[:5] for path in (migrations.FOLDER / "versions").glob("*.py"))
    assert files == [f"{number}_" for number in numbers], "each revision stands in a file that begins with its number"


def test_the_first_revision_stays_as_installations_have_it(tmp_path):
    """Whoever needs another schema writes a revision: an edited one never reaches a database that has run it."""
    [file] = (migrations.FOLDER / "versions").glob(f"{FROZEN}_*.py")
    assert _print_of([ast.unparse(ast.parse(file.read_text(encoding="utf-8")))]) == FROZEN_TEXT
    database = Database(f"sqlite:///{tmp_path}/frozen.db")
    command.upgrade(migrations.config(database.engine), FROZEN)
    with database.engine.connect() as connection:
        made = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").scalars()
        assert _print_of(made) == FROZEN_SCHEMA, "what it calls in migrations/tables.py does something else now"
    database.engine.dispose()


def test_an_upgrade_keeps_every_row_of_the_frozen_schema(frozen):
    filling.fill(frozen.engine)
    kept = {
        table: [name for name in names if f"{table}.{name}" not in GONE]
        for table, names in filling.columns(frozen.engine).items()
    }
    before = filling.contents(frozen.engine, kept)
    migrations.upgrade(frozen.engine)
    assert filling.contents(frozen.engine, kept) == before
    assert all(len(rows) == filling.ROWS for rows in before.values())
    assert not [*differences(frozen.engine)]
    with frozen.reading() as db:
        for table in SQLModel.metadata.sorted_tables:  # as the models read them
            assert len(db.execute(select(table)).all()) == db.execute(select(func.count()).select_from(table)).scalar()


def test_readings_that_were_kept_before_there_were_series_read_as_they_did(frozen):
    """Reading by reading, with quality and marks, packed as the code of that time did it; and its sums."""
    command.upgrade(migrations.config(frozen.engine), "0015")
    point = uuid4()
    with frozen.engine.begin() as connection:
        found = {table.name: table for table in filling.tables(connection)}
        gsrn = {"id": point.hex if connection.dialect.name == "sqlite" else point, "gsrn": "643000000000000016"}
        connection.execute(insert(found["metering_point"]).values({**gsrn, "energy": "electricity"}))
        of_point = {"metering_point_id": gsrn["id"]}
        for month, total in ((packed_before.OCTOBER, packed_before.OCTOBER_TOTAL),
                             (packed_before.NOVEMBER, packed_before.NOVEMBER_TOTAL)):  # fmt: skip
            came = {"loaded_at": ARRIVED, "updated_at": ARRIVED}
            connection.execute(insert(found["reading_month"]).values(of_point | came | month))
            reach = {name: month[name] for name in ("month", "first_quarter", "until_quarter")}
            connection.execute(insert(found["month_total"]).values(of_point | reach | total))
    migrations.upgrade(frozen.engine)
    every = [packed_before.of_october(), packed_before.of_november()]
    readings, revised = joined(one for one, _ in every), np.concatenate([marks for _, marks in every])
    with frozen.reading() as db:
        (known,) = store.read_all(db, [PointDays(point, date(2026, 10, 1), date(2026, 11, 30))])
        assert listed(known.intervals) == listed(readings)
        assert known.revised.tolist() == revised.tolist()
        (series,) = db.execute(select(Series)).scalars().all()
        assert (series.metering_point_id, series.reading_type) == (point, ReadingType.METERED)
        assert (series.first_quarter, series.until_quarter) == (int(readings.quarter[0]), int(readings.quarter[-1]) + 1)
        for first, last in ((date(2026, 10, 1), date(2026, 10, 31)), (date(2026, 11, 1), date(2026, 11, 30))):
            whole = PointDays(point, first, last)
            ((_, of_month),) = store.read_months(db, [whole])
            assert store.read_days(db, [whole], first, last).sum(axis=0).tolist() == of_month[0].tolist()
            inside = store.read(db, point, first, last)
            assert of_month[0][0] == inside.milliwatt_hours.sum()
        assert history.as_known(db, whole, ARRIVED).intervals.quarter.tolist() == inside.quarter.tolist()
        assert history.read(db, [whole])[0].unrevised.revised.any(), "nobody knows when, or what it was before"


def test_points_that_were_cut_off_are_so_since_their_newest_readings(frozen):
    command.upgrade(migrations.config(frozen.engine), "0036")
    midnight = int(datetime(2026, 10, 4, tzinfo=ZoneInfo("Europe/Helsinki")).timestamp()) // 900
    told = [
        ("AE01", midnight, None),
        ("AE02", midnight, None),
        ("AE02", midnight + 1, None),
        ("AN04", None, "2026-05-02"),
    ]
    with frozen.engine.begin() as connection:
        found = {table.name: table for table in filling.tables(connection)}
        for number, (state, until_quarter, valid_to) in enumerate(told):
            point = {"id": uuid4().hex if connection.dialect.name == "sqlite" else uuid4(), "gsrn": f"{number:018}"}
            there = {"energy": "heat", "connection": state, "valid_to": valid_to and date.fromisoformat(valid_to)}
            connection.execute(insert(found["metering_point"]).values({**point, **there}))
            if until_quarter:
                series = {"reading_type": "BN01", "first_quarter": 0, "until_quarter": until_quarter}
                connection.execute(insert(found["series"]).values({"metering_point_id": point["id"], **series}))
    migrations.upgrade(frozen.engine)
    with frozen.reading() as db:
        asked = select(MeteringPoint.gsrn, Disconnection).join(Disconnection).order_by(MeteringPoint.gsrn)
        kept = [(int(gsrn), one.connection, str(one.since), one.until) for gsrn, one in db.execute(asked)]
    assert kept == [(1, "AE02", "2026-10-03", None), (2, "AE02", "2026-10-04", None), (3, "AN04", "2026-05-02", None)]


def test_autogenerate_writes_a_revision_that_runs(database, tmp_path):
    """As CONTRIBUTING.md says it; in a copy of the history, on a database that has lost what the models have."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrations.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    config = migrations.config(database.engine)
    config.set_main_option("script_location", str(folder))
    with database.engine.begin() as connection:
        for column in ("party.town", "account.welcomed_at", "invoice.estimated"):
            connection.exec_driver_sql("ALTER TABLE {} DROP COLUMN {}".format(*column.split(".")))
    made = command.revision(config, "what was lost", autogenerate=True)
    written = (folder / "versions" / f"{made.revision}_what_was_lost.py").read_text(encoding="utf-8")
    assert 'sa.Column("town", sa.String(length=100), nullable=True)' in written.replace("'", '"')
    assert "sqlmodel" not in written
    assert "portal" not in written
    command.upgrade(config, "head")
    assert not [*differences(database.engine)]


@pytest.mark.parametrize(
    ("by_hand", "said"),
    [
        ("DROP TABLE thread_reading", "The table thread_reading is missing."),
        ("ALTER TABLE invoice DROP COLUMN payee", "The column invoice.payee is missing."),
        ("DROP INDEX ix_invoice_unpaid", "ix_invoice_unpaid of the table invoice is missing."),
        ("ALTER TABLE invoice ADD COLUMN remark TEXT", None),
        ("CREATE TABLE of_the_operator (id INTEGER)", None),
    ],
)
def test_what_was_done_to_a_schema_by_hand_is_named_where_something_lacks(database, by_hand, said):
    with database.engine.begin() as connection:
        connection.exec_driver_sql(by_hand)
    assert [*differences(database.engine)] == [said] * (said is not None)


@pytest.mark.parametrize(
    ("by_hand", "said"),
    [
        ("ALTER COLUMN body DROP NOT NULL", "The column message.body must refuse NULL."),
        ("ALTER COLUMN from_name SET NOT NULL", "The column message.from_name must take NULL."),
        ("ALTER COLUMN sent_at TYPE DATE", "The column message.sent_at is DATE, not DATETIME."),
        ("DROP CONSTRAINT uq_message_number", "uq_message_number of the table message is missing."),
        (
            "DROP CONSTRAINT fk_message_account_id_account",
            "fk_message_account_id_account of the table message is missing.",
        ),
    ],
)
def test_a_column_or_key_of_another_kind_is_named(postgresql_url, by_hand, said):
    database = Database(postgresql_url)
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE message {by_hand}")
    assert [*differences(database.engine)] == [said]
    database.engine.dispose()


HISTORY = (
    *("audit_entry", "permission_record", "privacy_step"),
    *("authorisation", "authorisation_point", "authorisation_end", "authorisation_read"),
)


def test_history_only_grows(database):
    filling.fill(database.engine)
    for table in HISTORY:
        for act in _changes(database.engine, table):
            assert "only grows" in _refused(database.engine, act), act


def test_a_change_of_a_contact_detail_stays_as_it_is_once_it_counts_or_was_taken_back(database):
    filling.fill(database.engine)
    settled, waiting = "SET counts_from = asked_at, withdrawn_at = NULL", "SET counts_from = NULL, withdrawn_at = NULL"
    with database.engine.begin() as connection:
        ids = connection.exec_driver_sql("SELECT id FROM contact_change ORDER BY id").scalars().all()
        _untied(connection, f"UPDATE contact_change {waiting}")
        connection.exec_driver_sql(f"UPDATE contact_change {settled} WHERE id = '{ids[0]}'")
    for act in _changes(database.engine, "contact_change"):
        assert "what is settled stays as it is" in _refused(database.engine, act), act
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"DELETE FROM contact_change WHERE id <> '{ids[0]}'")  # what never counted may go


def _changes(engine, table):
    """Every way in which rows of a table could be other than they were written."""
    with engine.connect() as connection:
        column = next(iter(inspect(connection).get_columns(table)))["name"]
    yield f"UPDATE {table} SET {column} = {column}"
    yield f"DELETE FROM {table}"
    if engine.dialect.name == "postgresql":
        yield f"TRUNCATE {table} CASCADE"
    else:
        yield f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
        yield f"UPDATE OR REPLACE {table} SET {column} = {column}"


def _refused(engine, act):
    """What the database says to an act that it does not do."""
    with engine.connect() as connection, pytest.raises(DatabaseError) as refusal:
        connection.exec_driver_sql(act)
    return str(refusal.value)


def _untied(connection, act):
    """Do something that the triggers of contact changes refuse, as an earlier version of the schema would."""
    if connection.dialect.name == "postgresql":
        for switch, statement in (("DISABLE", act), ("ENABLE", None)):
            connection.exec_driver_sql(f"ALTER TABLE contact_change {switch} TRIGGER USER")
            if statement:
                connection.exec_driver_sql(statement)
        return
    of_table = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'contact_change'"
    triggers = connection.exec_driver_sql(of_table).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    connection.exec_driver_sql(act)
    for _, made in triggers:
        connection.exec_driver_sql(made)


@pytest.fixture(params=["sqlite", "postgresql"])
def frozen(request, tmp_path):
    """A database of either kind with the first schema, and nothing in it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/frozen.db"
    else:
        server = request.getfixturevalue("postgres")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS frozen WITH (FORCE)")
            connection.execute("CREATE DATABASE frozen")
        url = as_url(server.get_uri("frozen"))
    database = Database(url)
    command.upgrade(migrations.config(database.engine), FROZEN)
    yield database
    database.engine.dispose()


def _print_of(texts):
    """A fingerprint of texts that lines and blanks do not change."""
    return hashlib.sha256("\n".join(re.sub(r"\s+", " ", one) for one in texts).encode()).hexdigest()
