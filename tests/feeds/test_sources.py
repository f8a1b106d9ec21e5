"""Files, folders and archives: what is read, within which bounds, and that nothing is taken in by halves."""

import gzip
import io
import os
import stat
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from portal.consumption.formats.datahub import HEADERS
from portal.customers.models import Party
from portal.feeds import readings, sources
from portal.feeds.imports import run
from portal.feeds.readings import PointOptions
from portal.feeds.report import LeftOut
from portal.kit.feed import ImportContext
from tests.feeds.conftest import VAULT, lines, row

pytestmark = pytest.mark.sqlite

IDENTITY = "010180-9015"
LINE = "643000000000000016;8716867000030;PT15M;kWh;BN01;2026-10-31T22:00:00Z;0,105000;OK"
MANY = lines(
    *(
        row("customers", 1, customer_number=str(number), business_id=business_id)
        for number, business_id in enumerate(("7654321-2", "0109160-2", "0984944-9"))
    )
).encode()


def zipped(ending="jsonl", **members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.{ending}", content)
    return packed.getvalue()


def parties(database):
    with database.reading() as db:
        return len(db.exec(select(Party)).all())


@pytest.fixture
def take_bytes(portal, tmp_path):
    def take(name, content, *options):
        (tmp_path / name).write_bytes(content)
        return portal("import", tmp_path / name, *options)

    return take


def test_a_gzip_file_is_read(take_bytes, database):
    assert take_bytes("c.jsonl.gz", gzip.compress(MANY)).last == "accepted=3 unchanged=0 refused=0"


def test_a_zip_archive_is_read_like_a_folder(take_bytes, database):
    site = row("sites", holders=[row("sites")["holders"][0] | {"customer_number": "0"}])
    answer = take_bytes("all.zip", zipped(a=lines(site), b=MANY))
    assert (answer.code, answer.last) == (0, "accepted=4 unchanged=0 refused=0")


def test_refused_lines_of_an_archive_go_beside_it(take_bytes, tmp_path):
    assert take_bytes("all.zip", zipped(sites=lines(row("sites")))).code == 1
    assert (tmp_path / "all.zip.sites.jsonl.refused.csv").exists()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
@pytest.mark.parametrize("packed", [gzip.compress(MANY), zipped(c=MANY)], ids=["gzip", "zip"])
def test_a_truncated_archive_is_refused_whole(take_bytes, database, packed, data):
    cut = data.draw(st.integers(1, len(packed) - 1))
    answer = take_bytes("cut", packed[:cut])
    assert (answer.code, answer.out, parties(database)) == (2, "", 0)
    assert answer.err.count("\n") == 1


def test_a_damaged_archive_is_refused_whole(take_bytes, database):
    packed = bytearray(zipped(c=MANY))
    packed[60] ^= 1
    answer = take_bytes("c.zip", bytes(packed))
    assert (answer.code, parties(database)) == (2, 0)
    assert "damaged" in answer.err


def test_a_line_without_end_is_refused_whole(take_bytes, database, monkeypatch):
    monkeypatch.setattr(sources, "LONGEST_LINE", 2000)
    answer = take_bytes("c.jsonl", MANY + b'{"customer_number": "' + b"1" * 3000)
    assert (answer.code, parties(database)) == (2, 0)
    assert "a line of more than 2000 bytes" in answer.err


def test_an_archive_that_unpacks_to_too_much_is_refused_whole(take_bytes, database, monkeypatch):
    monkeypatch.setattr(sources, "MOST_BYTES", 1000)
    for name, packed in (("c.gz", gzip.compress(MANY * 10)), ("c.zip", zipped(c=MANY * 10))):
        answer = take_bytes(name, packed)
        assert (answer.code, parties(database)) == (2, 0)
        assert "split it" in answer.err


@pytest.mark.parametrize("name", ["r.csv", "r.csv.gz", "r.zip"])
def test_readings_are_read_in_pieces_whatever_they_are_packed_in(take_bytes, monkeypatch, name):
    monkeypatch.setattr(readings, "PIECE", 100)
    monkeypatch.setattr(sources, "MOST_BYTES", 100_000)
    text = f"{HEADERS[0]}\n{LINE}\n" + f"{'8' * 90}\n" * 100
    packed = {"r.csv": bytes, "r.csv.gz": gzip.compress, "r.zip": lambda of: zipped(ending="csv", r=of)}
    answer = take_bytes(name, packed[name](text.encode()), "--create-points")
    assert (answer.code, answer.last) == (1, "accepted=1 unchanged=0 refused=100")


def test_readings_in_a_line_without_end_are_refused_whole(take_bytes, monkeypatch):
    monkeypatch.setattr(sources, "LONGEST_LINE", 2000)
    monkeypatch.setattr(readings, "PIECE", 100)
    answer = take_bytes("r.csv", f"{HEADERS[0]}\n{LINE}\n{'8' * 3000}".encode(), "--create-points")
    assert (answer.code, answer.out) == (2, "")
    assert "a line of more than 2000 bytes" in answer.err


def test_a_path_that_is_not_there_stops_everything(portal, tmp_path, database):
    (tmp_path / "c.jsonl").write_bytes(MANY)
    answer = portal("import", tmp_path / "c.jsonl", tmp_path / "nothing")
    assert (answer.code, answer.out, parties(database)) == (2, "", 0)
    assert answer.err == f"{tmp_path}/nothing is not there.\n"


def test_an_empty_folder_is_said_to_be_empty(portal, tmp_path):
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "README.txt").write_text("hello")
    answer = portal("import", tmp_path / "feeds")
    assert answer.code == 2
    assert "holds no file ending in .jsonl" in answer.err


def test_refused_lines_of_an_earlier_import_are_no_feed(take_in, portal, tmp_path):
    take_in("c.jsonl", row("sites"))
    assert (tmp_path / "feeds" / "c.jsonl.refused.csv").exists()
    assert portal("import", tmp_path / "feeds").last == "accepted=0 unchanged=0 refused=1"


def test_a_file_that_is_left_out_does_not_stop_the_others(portal, tmp_path, database):
    (tmp_path / "a.jsonl").write_bytes(b"hello")
    (tmp_path / "b.jsonl").write_bytes(MANY)
    answer = portal("import", tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert (answer.code, answer.last, parties(database)) == (1, "accepted=3 unchanged=0 refused=0", 3)
    assert answer.err.startswith("a.jsonl ")


def test_a_file_on_which_the_reader_stumbles_does_not_stop_the_others(tmp_path, database):
    def stumbles():
        raise IndexError(IDENTITY)

    (tmp_path / "b.jsonl").write_bytes(MANY)
    files = [sources.Source("a.jsonl", tmp_path, 1, stumbles), *sources.found([tmp_path / "b.jsonl"])]
    context = ImportContext(lambda: VAULT, datetime(2026, 11, 21, tzinfo=UTC))
    told = run(database.writing, files, PointOptions(), None, context, lambda *_: None)
    assert parties(database) == 3
    assert told[1] == LeftOut("a.jsonl", "could not be taken in (IndexError)")


def test_refused_lines_go_where_the_operator_says(take_in, tmp_path):
    answer = take_in("c.jsonl", row("sites"), options=("--refused-dir", tmp_path / "deep" / "refused"))
    assert (tmp_path / "deep" / "refused" / "c.jsonl.refused.csv").exists()
    assert str(tmp_path / "deep" / "refused" / "c.jsonl.refused.csv") in answer.out
    assert not (tmp_path / "feeds" / "c.jsonl.refused.csv").exists()


def test_refused_lines_of_feeds_of_one_name_do_not_cover_each_other(portal, tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "s.jsonl").write_text(lines(row("sites")))
    portal("import", tmp_path / "a", tmp_path / "b", "--refused-dir", tmp_path / "r")
    assert sorted(path.name for path in (tmp_path / "r").iterdir()) == [
        "s.jsonl.2.refused.csv",
        "s.jsonl.refused.csv",
    ]


def test_refused_lines_are_for_their_owner_only(take_in, tmp_path):
    take_in("c.jsonl", row("sites"))
    mode = (tmp_path / "feeds" / "c.jsonl.refused.csv").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_refused_lines_are_not_written_through_a_link(take_in, refused, tmp_path):
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "feeds" / "c.jsonl.refused.csv.part").symlink_to(tmp_path / "mine")
    take_in("c.jsonl", row("sites"))
    assert len(refused("c.jsonl")) == 1
    assert (tmp_path / "mine").read_text() == "mine"


def test_nothing_is_taken_in_when_refused_lines_cannot_be_written(take_in, tmp_path, database):
    (tmp_path / "file").write_text("")
    answer = take_in("c.jsonl", row("customers", 1), row("sites"), options=("--refused-dir", tmp_path / "file"))
    assert (answer.code, parties(database)) == (2, 0)
    assert "--refused-dir" in answer.err


def test_a_line_that_a_spreadsheet_would_run_is_made_harmless(take_in, refused):
    take_in("c.jsonl", row("customers", 1), "=1+1\n")
    assert refused("c.jsonl")[0][2] == "'=1+1"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said(take_in, portal, tmp_path):
    (tmp_path / "c.jsonl").write_bytes(MANY)
    (tmp_path / "c.jsonl").chmod(0)
    assert "Permission denied" in portal("import", tmp_path / "c.jsonl").err
