"""Lines that come again, and imports that break off and are run again."""

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from sqlmodel import func, select, text

from portal.feeds import known, sources
from portal.feeds.imports import run
from portal.feeds.kinds import KINDS
from portal.feeds.readings import PointOptions
from portal.feeds.report import Tally
from portal.feeds.rows import BATCH
from portal.feeds.schema import kind_named, schema
from portal.invoices.models import Invoice, Payment
from portal.kit.feed import ImportContext
from portal.messages.models import Message
from tests.feeds.conftest import VAULT, lines, row

REGISTER = ("customers", "sites", "metering_points", "products", "contracts")
BILL = row("invoices")
REMEMBERING = [kind for kind in KINDS if kind.remembers]
MANY = 3 * BATCH + 7


@pytest.fixture
def register(take_in_kinds):
    """What the examples of bills, payments and messages refer to."""
    assert take_in_kinds(**{kind: schema(kind_named(kind))["examples"] for kind in REGISTER}).code == 0


def digests(database):
    with database.reading() as db:
        return dict(db.exec(select(Invoice.number, Invoice.line_digest)).all())


def counted(database, table):
    with database.reading() as db:
        return db.exec(select(func.count()).select_from(table)).one()


def test_large_kinds_remember_and_each_of_them_is_told_by_one_number():
    assert {kind.name: kind.remembers for kind in REMEMBERING} == {
        "invoices": Invoice,
        "payments": Payment,
        "messages": Message,
    }
    assert all(len(kind.key) == 1 for kind in REMEMBERING)


def change_beside_the_feed(database):
    """What only a line that is judged again mends."""
    with database.writing() as db:
        db.exec(select(Invoice)).one().payee = "Changed beside the feed"


def test_a_line_that_comes_again_is_not_judged_again(register, take_in, database):
    assert take_in("bills.jsonl", BILL).last == "accepted=1 unchanged=0 refused=0"
    change_beside_the_feed(database)
    assert take_in("bills.jsonl", BILL).last == "accepted=0 unchanged=1 refused=0"
    with database.reading() as db:
        assert db.exec(select(Invoice.payee)).one() == "Changed beside the feed"
    assert take_in("bills.jsonl", f"{json.dumps(BILL)} \n").last == "accepted=1 unchanged=0 refused=0"


@pytest.mark.sqlite
def test_a_row_is_known_by_the_line_that_told_it_last(register, take_in, database):
    other = BILL | {"payee": "Toinen Energia Oy"}
    for bill in (BILL, other, BILL, other):
        assert take_in("bills.jsonl", bill).last == "accepted=1 unchanged=0 refused=0"
        assert take_in("bills.jsonl", bill).last == "accepted=0 unchanged=1 refused=0"
    with database.reading() as db:
        assert db.exec(select(Invoice.payee)).one() == "Toinen Energia Oy"


@pytest.mark.sqlite
def test_a_known_line_beside_another_of_its_number_is_refused_with_it(register, take_in, refused):
    take_in("bills.jsonl", BILL)
    for bills in ((BILL, BILL | {"payee": "X"}), (BILL | {"payee": "X"}, BILL)):
        assert take_in("bills.jsonl", *bills).last == "accepted=0 unchanged=0 refused=2"
        assert {reason for _, reason, _ in refused("bills.jsonl")} == {
            "lines 1 and 2 tell the same invoice_number differently"
        }


@pytest.mark.sqlite
def test_a_known_line_beside_the_same_in_other_words_is_unchanged(register, take_in):
    take_in("bills.jsonl", BILL)
    turned = dict(reversed(BILL.items()))
    assert take_in("bills.jsonl", BILL, turned).last == "accepted=0 unchanged=2 refused=0"


@pytest.mark.sqlite
def test_what_is_doubtful_is_told_each_time_it_comes(register, take_in, database):
    take_in("bills.jsonl", BILL)
    assert set(digests(database).values()) != {None}
    rates = [BILL["vat"][0] | {"vat_cents": BILL["vat_cents"] + 1}]
    doubtful = BILL | {"vat": rates, "vat_cents": BILL["vat_cents"] + 1, "total_cents": BILL["total_cents"] + 1}
    for outcome in ("accepted=1 unchanged=0", "accepted=0 unchanged=1"):
        answer = take_in("bills.jsonl", doubtful)
        assert answer.last == f"{outcome} refused=0"
        assert "doubtful=1" in answer.out
    assert digests(database) == {BILL["invoice_number"]: None}
    assert take_in("bills.jsonl", BILL).last == "accepted=1 unchanged=0 refused=0"


@pytest.mark.sqlite
def test_a_refused_line_leaves_the_known_one_known(register, take_in, database):
    take_in("bills.jsonl", BILL)
    before = digests(database)
    assert take_in("bills.jsonl", BILL | {"customer_number": "nobody"}).last == "accepted=0 unchanged=0 refused=1"
    assert digests(database) == before


@pytest.mark.sqlite
def test_a_newer_portal_knows_no_line_of_before(register, take_in, database, monkeypatch):
    take_in("bills.jsonl", BILL)
    change_beside_the_feed(database)
    assert take_in("bills.jsonl", BILL).last == "accepted=0 unchanged=1 refused=0"
    monkeypatch.setattr(known, "reader_of", lambda _kind: b"a newer one")
    assert take_in("bills.jsonl", BILL).last == "accepted=1 unchanged=0 refused=0"


def bills(number):
    return [BILL | {"invoice_number": f"B{at}"} for at in range(number)]


class Cut(BaseException):
    """The process ends: nothing in it goes on."""


@pytest.mark.parametrize("cut", [Cut, RuntimeError])
def test_an_import_that_breaks_off_goes_on_where_it_was(register, take_in, tmp_path, database, cut):
    path = tmp_path / "bills.jsonl"
    path.write_text(lines(*bills(MANY)))

    def progress(_name, done, of):
        assert of == MANY
        if done > BATCH:
            raise cut

    context = ImportContext(lambda: VAULT, datetime(2026, 11, 21, tzinfo=UTC))
    with suppress(Cut):
        (told,) = run(database.writing, sources.found([path]), PointOptions(), None, context, progress)
        assert told.tally == Tally(accepted=BATCH)
        assert told.broke_off == "could not be taken in (RuntimeError)"
    assert counted(database, Invoice) == BATCH
    (told,) = run(database.writing, sources.found([path]), PointOptions(), None, context, lambda *_: None)
    assert (told.tally, told.broke_off) == (Tally(accepted=MANY - BATCH, unchanged=BATCH), None)


@pytest.mark.sqlite
def test_an_operator_reads_that_a_file_broke_off(register, portal, tmp_path, database, monkeypatch):
    """The second portion does not get into the database: it refuses one of its rows."""
    with database.writing() as db:
        db.execute(
            text(
                "CREATE TRIGGER refuses BEFORE INSERT ON invoice WHEN NEW.number = 'B600' "
                "BEGIN SELECT RAISE(ABORT, 'refused'); END"
            )
        )
    (tmp_path / "bills.jsonl").write_text(lines(*bills(MANY)))
    answer = portal("import", tmp_path / "bills.jsonl")
    assert (answer.code, answer.last) == (1, f"accepted={BATCH} unchanged=0 refused=0")
    assert answer.err == (
        "bills.jsonl holds a row that the database refuses (IntegrityError). "
        "What came before that is taken in; take the file in again.\n"
    )


@pytest.mark.sqlite
def test_a_rehearsal_in_portions_leaves_nothing(register, portal, tmp_path, database):
    (tmp_path / "bills.jsonl").write_text(lines(*bills(MANY)))
    answer = portal("import", tmp_path / "bills.jsonl", "--dry-run")
    assert answer.last == f"accepted={MANY} unchanged=0 refused=0"
    assert counted(database, Invoice) == 0
