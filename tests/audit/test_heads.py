"""The audit's end, kept outside: no change of what a head vouches for goes unseen, however well it is made."""

import json
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import insert
from sqlmodel import select

from portal.audit import chain, heads
from portal.audit.actions import record
from portal.audit.heads import BrokenSeal, ForeignSeal, Seals
from portal.audit.jobs import Rhythm, sealing
from portal.audit.models import AuditEntry
from portal.audit.rules import ChainEntry, ChainHead, hash_of
from portal.kit.jobs import Done, Shift
from tests.audit.test_chain import NOW, act, tamper, write

SECRET, OLDER = "a secret of more than thirty-two characters", "an older one of more than thirty-two characters"
ENTRIES, EVERY = 32, 8
TABLE = AuditEntry.__table__
MINUTE = timedelta(minutes=1)

on_both = pytest.mark.parametrize(
    ("database_url", "times"), [("sqlite", 1_000), ("postgresql", 70)], indirect=["database_url"]
)


pytestmark = pytest.mark.sqlite  # unless a test asks for both kinds


# Seven ways to tamper with what is there, by somebody who may do everything with the database


def changed(rows, pick):
    """Something else in one column of one entry."""
    place = pick.randrange(len(rows))
    column = pick.choice([*ChainEntry.__slots__[1:], "hash"])
    other = {"at": NOW - timedelta(days=1), "account_id": UUID(int=7), "party_id": UUID(int=7)}
    value = pick.randbytes(32) if column.endswith("hash") else other.get(column, f"x{pick.random()}")
    return [*rows[:place], rows[place] | {column: value}, *rows[place + 1 :]]


def deleted(rows, pick):
    """An entry is gone, and perhaps those after it have moved up."""
    place = pick.randrange(len(rows))
    return numbered([*rows[:place], *rows[place + 1 :]], pick)


def inserted(rows, pick):
    """An entry that nobody wrote, with a hash that is right in its place."""
    place = pick.randrange(len(rows))
    before = rows[place]["previous_hash"]
    forged = sealed(rows[place] | {"act": f"forged.{pick.random()}", "previous_hash": before})
    after = [row | {"number": row["number"] + 1} for row in rows[place:]]
    return [*rows[:place], forged, *after]


def swapped(rows, pick):
    """Two entries have changed places, numbers apart."""
    one, other = sorted(pick.sample(range(len(rows)), 2))
    mixed = list(rows)
    mixed[one], mixed[other] = (
        rows[other] | {"number": rows[one]["number"]},
        rows[one] | {"number": rows[other]["number"], "hash": pick.randbytes(32)},
    )
    return mixed


def replayed(rows, pick):
    """What happened once stands there again, in place of another entry."""
    here, again = pick.sample(range(len(rows)), 2)
    kept = {name: rows[here][name] for name in ("number", "previous_hash", "hash")}
    return [*rows[:here], rows[again] | kept, *rows[here + 1 :]]


def rewritten(rows, pick):
    """One entry is other, and the whole chain from there on is made anew: it holds together."""
    place = pick.randrange(len(rows))
    made, before = rows[:place], rows[place]["previous_hash"]
    for number, row in enumerate(rows[place:]):
        more = {"act": f"other.{pick.random()}"} if number == 0 else {}
        made = [*made, sealed(row | more | {"previous_hash": before})]
        before = made[-1]["hash"]
    return made


def cut(rows, pick):
    """The end is gone."""
    return rows[: pick.randrange(len(rows))]


WAYS = (changed, deleted, inserted, swapped, replayed, rewritten, cut)


def sealed(row):
    return row | {"hash": hash_of(ChainEntry(**{name: row[name] for name in ChainEntry.__slots__}))}


def numbered(rows, pick):
    return [row | {"number": number} for number, row in enumerate(rows, 1)] if pick.random() < 0.5 else rows


@pytest.fixture
def kept(database):
    """An audit, and the heads that were kept while it grew: one every so many entries, one at its end."""
    found = []
    with database.writing() as db:
        for number in range(1, ENTRIES + 1):
            record(db, act(number), NOW + timedelta(seconds=number))
            if number % EVERY == 0:
                found.append(chain.end(db))
    return found


@on_both
def test_whatever_is_done_to_what_a_head_vouches_for_is_found(database, kept, times):
    tamper(database)
    with database.reading() as db:
        rows = [dict(row) for row in db.connection().execute(select(TABLE).order_by(TABLE.c.number)).mappings()]
        assert chain.verify(db, kept).wrong is None
    pick, unseen = Random(16), []
    for number in range(times):
        way = WAYS[number % len(WAYS)]
        with database.writing() as db:
            other = way(rows, pick)
            db.execute(TABLE.delete())
            if other:
                db.connection().execute(insert(TABLE), other)
            wrong = chain.verify(db, kept).wrong
            if wrong is None:
                unseen.append(way.__name__)
            db.rollback()
    assert not unseen, f"{len(unseen)} of {times} were not found: {sorted(set(unseen))}"


@pytest.mark.parametrize("way", [rewritten, cut])
def test_without_a_head_a_new_end_is_not_found(database, kept, way):
    """Why heads are kept: the chain alone holds together."""
    tamper(database)
    with database.writing() as db:
        rows = [dict(row) for row in db.connection().execute(select(TABLE).order_by(TABLE.c.number)).mappings()]
        db.execute(TABLE.delete())
        db.connection().execute(insert(TABLE), way(rows, Random(1)))
        assert chain.verify(db).wrong is None


def test_what_follows_an_entry_is_looked_through_from_its_hash_on(database, kept):
    with database.reading() as db:
        found = chain.verify(db, kept, since=kept[1].hash)
        assert (found.entries, found.end.number, found.wrong) == (ENTRIES - 2 * EVERY + 1, ENTRIES, None)
        with pytest.raises(chain.NoSuchEntry):
            chain.verify(db, kept, since=bytes(32))
    tamper(database, "UPDATE audit_entry SET act = 'x' WHERE number = 20")
    with database.reading() as db:
        assert chain.verify(db, since=kept[1].hash).wrong.number == 20
        assert chain.verify(db, since=kept[2].hash).wrong is None


# Seals


def test_a_head_reads_as_it_was_sealed_by_any_secret_that_is_still_there():
    head = ChainHead(7, b"h" * 32, NOW)
    line = Seals([OLDER]).line(head)
    assert Seals([SECRET, OLDER]).read(line) == head
    assert Seals([SECRET, OLDER]).line(head) == Seals([SECRET]).line(head) != line
    with pytest.raises(ForeignSeal):
        Seals([SECRET]).read(line)


@pytest.mark.parametrize("name", ["number", "hash", "at", "seal"])
def test_a_changed_head_is_no_head(name):
    told = json.loads(Seals([SECRET]).line(ChainHead(7, b"h" * 32, NOW)))
    other = {"number": 8, "hash": "00" * 32, "at": (NOW + MINUTE).isoformat(), "seal": "00" * 32}
    with pytest.raises(BrokenSeal):
        Seals([SECRET]).read(json.dumps(told | {name: other[name]}))
    with pytest.raises(BrokenSeal):
        Seals([SECRET]).read(json.dumps({key: value for key, value in told.items() if key != name}))


@pytest.mark.parametrize("line", ["", "{", "[]", "null", '"x"', "é", "1" * 5000])
def test_what_is_no_line_is_no_head(line):
    with pytest.raises(BrokenSeal):
        Seals([SECRET]).read(line)


def test_the_seal_of_a_head_stays_what_it_is():
    """Heads that are kept must be read by every later version of the portal."""
    line = Seals([SECRET]).line(ChainHead(7, b"h" * 32, NOW))
    assert Seals([SECRET]).read(line).number == 7
    assert (json.loads(line)["key"], json.loads(line)["seal"][:16]) == ("c6050afc", "821793761689e5f6")


def test_lines_are_only_added_a_file_a_month_for_their_owner_alone(tmp_path):
    seals, days = Seals([SECRET]), [NOW, NOW + timedelta(days=9), NOW + timedelta(days=10)]
    for number, at in enumerate(days, 1):
        heads.keep(tmp_path, seals, ChainHead(number, bytes([number]) * 32, at))
    files = sorted(tmp_path.iterdir())
    assert [(path.name, len(path.read_text().splitlines())) for path in files] == [
        ("audit-heads-2026-11.jsonl", 2),
        ("audit-heads-2026-12.jsonl", 1),
    ]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert [head.number for head in heads.kept(tmp_path, seals).heads] == [1, 2, 3]
    assert heads.newest(tmp_path, seals).number == heads.kept(tmp_path, seals).newest.number == 3


def test_a_line_that_a_crash_cut_short_is_named_and_costs_no_other(tmp_path):
    seals = Seals([SECRET])
    heads.keep(tmp_path, seals, ChainHead(1, b"a" * 32, NOW))
    (file,) = tmp_path.iterdir()
    file.write_text(file.read_text() + '{"number": 2, "ha')
    assert heads.newest(tmp_path, seals).number == 1
    heads.keep(tmp_path, seals, ChainHead(3, b"c" * 32, NOW + MINUTE))
    found = heads.kept(tmp_path, seals)
    assert ([head.number for head in found.heads], found.broken) == ([1, 3], [f"{file.name} line 2"])


# The job


@pytest.fixture
def round_(database, tmp_path):
    """A round of the job that keeps heads, so many minutes after the first; what came of it."""
    job = sealing(tmp_path, Seals([SECRET]), Rhythm(15 * MINUTE, 20))

    def run(minutes=0):
        return job.run(Shift(database, lambda: NOW + minutes * MINUTE))

    return run


def told(folder):
    return [head.number for head in heads.kept(folder, Seals([SECRET])).heads]


def test_a_head_is_kept_after_a_time_or_after_many_entries(database, round_, tmp_path):
    assert round_() == Done()
    write(database, 5)
    assert round_() == Done(1)
    write(database, 19)
    assert round_(14) == Done()
    write(database, 1)
    assert round_(14) == Done(1)
    assert round_(28) == Done()
    assert round_(29) == Done(1)  # nothing new: it says that the end was still there
    assert told(tmp_path) == [5, 25, 25]


@pytest.mark.parametrize(
    ("statement", "entry"),
    [
        ("UPDATE audit_entry SET act = 'x' WHERE number = 4", 4),
        ("DELETE FROM audit_entry WHERE number > 2", 3),
        ("DELETE FROM audit_entry", 3),
    ],
)
def test_a_broken_audit_gets_no_head(database, round_, tmp_path, caplog, statement, entry):
    write(database, 3)
    round_()
    write(database, 2)
    tamper(database, statement)
    assert round_(20) == Done(failed=1)
    assert told(tmp_path) == [3]
    assert f'"entry": {entry}' in caplog.text


def test_where_no_head_can_be_kept_nothing_is_lost(database, tmp_path):
    write(database, 1)
    job = sealing(tmp_path / "none", Seals([SECRET]), Rhythm(MINUTE, 1))
    with pytest.raises(OSError, match="Not a directory"):
        job.run(Shift(database, lambda: NOW))
