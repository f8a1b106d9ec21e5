"""Readings from Datahub's files: whose they are, what is said of them, what is refused."""

import io
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import delete, select

from portal.consumption import store
from portal.consumption.formats import datahub_file
from portal.consumption.models import MonthTotal, ReadingMonth, Revision, Series
from portal.consumption.store import PointDays
from portal.feeds import imports, readings
from portal.feeds.readings import PointOptions
from portal.feeds.report import Taken
from portal.feeds.sources import Source
from portal.kit import clock
from portal.kit.db import Database
from portal.kit.feed import ImportContext
from portal.kit.intervals import Quality, quarter_of
from portal.sites.importing import points_of
from portal.sites.kinds import ReadingType
from portal.sites.models import MeteringPoint
from portal.sites.rules import is_gsrn
from tests.consumption.readings import listed
from tests.data import real
from tests.feeds.conftest import row
from tests.operating.conftest import ROOT

FIRST, SECOND = "643000000000000016", "643000000000000023"
UNKNOWN = "unknown metering point: bring it in feed metering_points, and take the file in again"
HEADER = "MeteringPointGSRN;Product Type;Resolution;Unit Type;Reading Type;Start Time;Quantity;Quality\n"


def reading(gsrn, hour, kwh, quality="OK", minute=0):
    return f"{gsrn};8716867000030;PT15M;kWh;BN01;2026-11-20T{hour:02}:{minute:02}:00Z;{kwh};{quality}\n"


@pytest.fixture
def take(take_in):
    """Import a Datahub file of these lines."""
    return lambda *told, options=(), name="r.csv": take_in(name, HEADER, *told, options=options)


@pytest.fixture
def point(database):
    """A metering point that the register knows."""

    def known(gsrn=FIRST, energy="electricity"):
        with database.writing() as db:
            db.add(MeteringPoint(gsrn=gsrn, energy=energy))

    return known


@pytest.fixture
def kept(database):
    """The metering points and how much energy is kept of each, in kWh."""

    def read():
        with database.reading() as db:
            points = db.exec(select(MeteringPoint).order_by(MeteringPoint.gsrn)).all()
            days = date(2020, 1, 1), date(2026, 12, 31)
            return {
                one.gsrn: (
                    one.energy,
                    sum(int(store.read(db, one.id, *days, kind).milliwatt_hours.sum()) for kind in ReadingType) / 1e6,
                )
                for one in points
            }

    return read


def test_readings_that_cannot_have_been_measured_yet_are_refused_line_by_line(take, point, kept, refused):
    point()
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    soon, ahead = (f"{hour + timedelta(hours=hours):%Y-%m-%dT%H:00:00Z}" for hours in (24, 26))
    lines = [reading(FIRST, 5, "1,0").replace("2026-11-20T05:00:00Z", start) for start in (soon, ahead)]
    answer = take(reading(FIRST, 5, "1,0"), *lines)
    assert (answer.code, answer.last) == (1, "accepted=2 unchanged=0 refused=1")
    ((line, reason, text),) = refused("r.csv")
    assert (line, text) == ("4", lines[1].strip())
    assert reason.startswith("start time is later than ")


@pytest.mark.sqlite
def test_readings_of_days_on_which_the_point_is_not_there_are_refused_line_by_line(take, database, kept, refused):
    with database.writing() as db:
        days = {"valid_from": date(2026, 11, 20), "valid_to": date(2026, 11, 20)}
        db.add(MeteringPoint(gsrn=FIRST, energy="electricity", **days))
    hours = (reading(FIRST, hour, "1,0") for hour in (5, 21, 22))
    answer = take(reading(FIRST, 21, "1,0").replace("-20T", "-19T"), *hours)
    assert (answer.code, answer.last) == (1, "accepted=2 unchanged=0 refused=2")
    day = "day of the metering point, 2026-11-20: correct its"
    mend = "in feed metering_points if it was there, and take the file in again"
    assert [(line, reason) for line, reason, _ in refused("r.csv")] == [
        ("2", f"start time is before the first {day} valid_from {mend}"),
        ("5", f"start time is after the last {day} valid_to {mend}"),
    ]
    assert kept() == {FIRST: ("electricity", 2.0)}


# the real files


def test_a_file_without_ids_is_taken_in_for_the_named_point_and_again_changes_nothing(portal, kept):
    path = real("datahub/consumption-test.csv")
    first = portal("import", path, "--metering-point", FIRST)
    assert (first.code, first.last, first.err) == (0, "accepted=26204 unchanged=0 refused=0", "")
    period = "26 204 quarters, 2024-12-31T22:00Z to 2025-09-30T20:45Z, 9 057.93 kWh, reading type BN02"
    assert first.out.splitlines()[0] == f"consumption-test.csv: metering point {FIRST}: {period}"
    again = portal("import", path, "--metering-point", FIRST)
    assert (again.code, again.last) == (0, "accepted=0 unchanged=26204 refused=0")
    assert kept() == {FIRST: ("electricity", 9057.93)}


def test_production_is_the_direction_of_the_point_that_is_made(portal, kept):
    path = real("datahub/production-test.csv")
    answer = portal("import", path, "--metering-point", SECOND, "--direction", "production")
    assert (answer.code, answer.last) == (0, "accepted=26204 unchanged=0 refused=0")
    assert "3 158.27 kWh" in answer.out
    assert kept() == {SECOND: ("production", 3158.27)}


def test_missing_quarters_are_taken_in_as_missing_and_said(portal, database):
    answer = portal("import", real("datahub/15min-interval-error-at-15min.csv"), "--create-points")
    assert (answer.code, answer.last) == (0, "accepted=468 unchanged=0 refused=0")
    assert "9 quarters missing, first 2023-09-17T22:45Z" in answer.out
    with database.reading() as db:
        point = db.exec(select(MeteringPoint)).one()
        readings = store.read(db, point.id, date(2023, 9, 1), date(2023, 9, 30))
    missing = readings[readings.quality == Quality.MISSING]
    assert len(missing) == 9
    assert missing.quarter[0] == quarter_of(datetime(2023, 9, 17, 22, 45, tzinfo=UTC))


def test_the_format_of_2022_reads_as_hours(portal):
    answer = portal("import", real("datahub/consumption-with-null.csv"), "--metering-point", FIRST)
    assert (answer.code, answer.last) == (0, "accepted=624 unchanged=0 refused=0")
    assert "624 hours, 2022-09-30T21:00Z to 2022-10-26T20:00Z" in answer.out


@pytest.mark.sqlite
@pytest.mark.parametrize("options", [(), ("--metering-point", FIRST), ("--create-points",)])
def test_a_file_that_a_spreadsheet_has_damaged_is_refused_whole(portal, kept, tmp_path, options):
    answer = portal("import", real("datahub/error-consumption.csv"), "--refused-dir", tmp_path, *options)
    assert (answer.code, answer.out, kept()) == (2, "", {})
    assert answer.err.startswith("error-consumption.csv was saved by a spreadsheet program")
    assert answer.err.count("\n") == 1
    assert not list(tmp_path.glob("*.refused.csv"))


# whose readings they are


@pytest.mark.sqlite
def test_an_unknown_point_is_refused_line_by_line(take, point, refused, kept):
    point(FIRST)
    answer = take(reading(FIRST, 0, "1,5"), reading(SECOND, 0, "2,5"), reading(FIRST, 1, "1,0"))
    assert (answer.code, answer.last) == (1, "accepted=2 unchanged=0 refused=1")
    assert refused("r.csv") == [("3", UNKNOWN, reading(SECOND, 0, "2,5").rstrip())]
    assert kept() == {FIRST: ("electricity", 2.5)}


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("change", "field", "remedy"),
    [
        ((FIRST, "12345"), "metering point 12345", "has not 18 digits"),
        ((FIRST, SECOND), "metering point", "bring it in feed metering_points"),
        ((FIRST, "643000000000000012"), "metering point", "correct its number"),
        (
            ("8716867000030", "8716867000054"),
            "product 8716867000054",
            "8716867000030 (active), 8716867000047 (reactive)",
        ),
        (("kWh", "MWh"), "unit MWh", "kWh is asked for"),
        (("PT15M", "P1M"), "resolution P1M", "only PT15M and PT1H: send the hours"),
        (("BN01", "BN07"), "reading type BN07", "BN01, BN02, BN03, estimate or lower is asked for"),
        (("8716867000030;PT15M;kWh;BN01", ";PT15M;m3;volume"), "reading type volume", "one of BN01, BN02, BN03"),
        (("2026-11-20T00:30", "20.11.2026 00:30"), "start time", "in UTC such as 2026-11-21T14:15:00Z"),
        (("2026-11-20T00", "2059-11-20T00"), "start time", "set the clock of the meter"),
        (("2,5", "much"), "quantity much", "at most eight digits and six decimals"),
        (
            ("OK", "GOOD"),
            "quality GOOD",
            "OK, EST, CALC, REVISED, UNCERTAIN, MISSING, PMISSING, E21 or E56 is asked for",
        ),
        (("T00:30", "T00:00"), "start time", "take out the other one"),
    ],
)
def test_each_refusal_names_the_field_and_what_to_do(take, point, refused, change, field, remedy):
    point(FIRST)
    told = reading(FIRST, 0, "2,5", minute=30).replace(*change)
    assert take(reading(FIRST, 0, "1,5"), told).last == "accepted=1 unchanged=0 refused=1"
    ((line, reason, text),) = refused("r.csv")
    assert (line, text) == ("3", told.rstrip())
    assert field in reason
    assert remedy in reason


def test_unknown_points_are_made_on_request(take, kept):
    answer = take(reading(FIRST, 0, "1,5"), reading(SECOND, 0, "2,5"), options=("--create-points",))
    assert (answer.code, answer.last) == (0, "accepted=2 unchanged=0 refused=0")
    assert kept() == {FIRST: ("electricity", 1.5), SECOND: ("electricity", 2.5)}


@pytest.mark.sqlite
def test_a_point_with_a_wrong_check_digit_is_never_made(take, refused, kept):
    answer = take(reading("643000000000000012", 0, "1,5"), options=("--create-points",))
    assert (answer.code, kept()) == (1, {})
    assert refused("r.csv")[0][1].startswith("unknown metering point: its check digit is wrong; ")


@pytest.mark.sqlite
@pytest.mark.parametrize("nothing", ["", "0", "000000000000000000"])
def test_the_operator_names_the_point_of_a_file_that_names_none(take, kept, nothing):
    assert take(reading(nothing, 0, "1,5"), options=("--metering-point", FIRST)).code == 0
    assert kept() == {FIRST: ("electricity", 1.5)}


@pytest.mark.sqlite
def test_a_file_that_names_no_point_needs_the_operator(take, kept):
    answer = take(reading("", 0, "1,5"), options=("--create-points",))
    assert (answer.code, kept()) == (2, {})
    assert answer.err == ("r.csv names no metering point; --metering-point GSRN says whose readings they are.\n")


@pytest.mark.sqlite
def test_a_file_about_another_point_than_the_named_one_is_refused_whole(take, kept):
    answer = take(reading(SECOND, 0, "1,5"), options=("--metering-point", FIRST, "--create-points"))
    assert (answer.code, kept()) == (2, {})
    assert answer.err == f"r.csv is about metering point {SECOND}, not {FIRST} as --metering-point says.\n"


@pytest.mark.sqlite
def test_a_file_that_names_the_named_point_itself_is_taken_in(take, kept):
    assert take(reading(FIRST, 0, "1,5"), options=("--metering-point", FIRST)).code == 0
    assert kept() == {FIRST: ("electricity", 1.5)}


@pytest.mark.sqlite
def test_a_point_goes_on_measuring_what_it_did(take, point, kept):
    point(FIRST, "production")
    answer = take(reading(FIRST, 0, "1,5"), options=("--direction", "consumption"))
    assert answer.code == 0
    assert f"metering point {FIRST} measures production and goes on doing so" in answer.out
    assert kept() == {FIRST: ("production", 1.5)}


@pytest.mark.sqlite
def test_every_line_of_an_unknown_point_is_refused_however_it_is_spaced(take, refused):
    answer = take(f" {reading(FIRST, 0, '1,5')}", reading(FIRST, 1, "1,5"))
    assert (answer.last, len(refused("r.csv"))) == ("accepted=0 unchanged=0 refused=2", 2)


# what becomes of them


def test_revisions_count_as_accepted_and_are_said(take, kept):
    take(reading(FIRST, 0, "1,5"), reading(FIRST, 1, "1,5"), options=("--create-points",))
    answer = take(reading(FIRST, 0, "1,5"), reading(FIRST, 1, "2,0"))
    assert answer.last == "accepted=1 unchanged=1 refused=0"
    assert ", 1 revised" in answer.out
    assert kept() == {FIRST: ("electricity", 3.5)}


def test_a_wrong_value_is_withdrawn_by_an_estimate_and_never_by_a_missing_one(take, kept, database):
    """A file that knows less takes nothing away; what was known stays to be told (decision 0021)."""
    take(reading(FIRST, 0, "1,5"), reading(FIRST, 1, "2,5"), options=("--create-points",))
    answer = take(reading(FIRST, 0, "", "MISSING"))
    assert answer.last == "accepted=0 unchanged=1 refused=0"
    assert kept() == {FIRST: ("electricity", 4.0)}
    answer = take(reading(FIRST, 0, "0,5", "EST"))
    assert ", 1 revised" in answer.out
    assert kept() == {FIRST: ("electricity", 3.0)}
    with database.reading() as db:
        assert len(db.exec(select(Revision)).all()) == 1


@pytest.mark.sqlite
def test_an_hour_that_differs_from_its_quarters_changes_nothing_and_is_said(take, kept):
    """A network company that corrects by the hour what came by quarters learns that nothing was corrected."""
    quarters = [reading(FIRST, hour, "1,0", minute=minute) for hour in (0, 1, 2) for minute in (0, 15, 30, 45)]
    take(*quarters, options=("--create-points",))
    hours = [reading(FIRST, hour, kwh).replace("PT15M", "PT1H") for hour, kwh in ((0, "5,0"), (1, "4,0"), (2, "3,0"))]
    answer = take(*hours)
    assert answer.last == "accepted=0 unchanged=3 refused=0"
    assert "2 hours unlike the quarters that are known, which stay: send quarters to correct them" in answer.out
    assert kept() == {FIRST: ("electricity", 12.0)}
    assert "unlike" not in take(*quarters).out


@pytest.mark.sqlite
def test_a_line_that_is_no_reading_is_refused_beside_the_others(take, refused):
    answer = take(reading(FIRST, 0, "1,5"), reading(FIRST, 1, "much"), options=("--create-points",))
    assert (answer.code, answer.last) == (1, "accepted=1 unchanged=0 refused=1")
    assert refused("r.csv")[0][0] == "3"


@pytest.mark.sqlite
def test_a_line_that_is_repeated_changes_nothing(take, point, refused):
    point(FIRST)
    told = reading(FIRST, 0, "1,5"), reading(FIRST, 0, "1,5"), reading(SECOND, 0, "1,5"), reading(SECOND, 0, "1,5")
    assert take(*told).last == "accepted=1 unchanged=1 refused=2"


@pytest.mark.sqlite
def test_feeds_come_before_the_readings_that_refer_to_them(take_in, portal, tmp_path):
    take_in("a.csv", HEADER, reading(FIRST, 0, "1,5"))
    take_in("z.jsonl", row("metering_points", site_number=None))
    assert portal("import", tmp_path / "feeds").last == "accepted=1 unchanged=1 refused=0"


@pytest.mark.sqlite
def test_many_points_are_summed_up(take):
    gsrns = [f"{number:017}" for number in range(1, 31)]
    told = [reading(gsrn + check_digit(gsrn), 0, "1,25") for gsrn in gsrns]
    answer = take(*told, options=("--create-points",))
    assert "r.csv: 30 metering points: 30 quarters, 2026-11-20T00:00Z to 2026-11-20T00:00Z, 37.50 kWh" in answer.out


def check_digit(digits):
    return next(str(digit) for digit in range(10) if is_gsrn(f"{digits}{digit}"))


def test_a_rehearsal_of_readings_keeps_nothing(take, kept):
    answer = take(reading(FIRST, 0, "1,5"), options=("--create-points", "--dry-run"))
    assert (answer.code, answer.last, kept()) == (0, "accepted=1 unchanged=0 refused=0", {})


WHOLE = (
    reading(FIRST, 0, "1,5"),
    reading(FIRST, 1, "", "MISSING"),
    f"{FIRST};8716867000030;PT1H;kWh;BN02;2026-11-20T02:00:00Z;-0,25;EST\n",
    reading(SECOND, 0, "2", "UNCERTAIN"),
    reading(FIRST, 0, "3,5", minute=15),
)


@pytest.mark.sqlite
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, len("".join(WHOLE)) + len(HEADER)), order=st.permutations(WHOLE))
def test_cut_anywhere_and_reordered_the_whole_file_mends_it(portal, database, kept, tmp_path, cut, order):
    with database.writing() as db:
        for table in (Revision, ReadingMonth, MonthTotal, Series, MeteringPoint):
            db.exec(delete(table))
    path = tmp_path / "r.csv"
    path.write_text((HEADER + "".join(WHOLE))[:cut])
    portal("import", path, "--create-points")
    path.write_text(HEADER + "".join(order))
    assert portal("import", path, "--create-points").code == 0
    assert portal("import", path).last == "accepted=0 unchanged=5 refused=0"
    assert kept() == {FIRST: ("electricity", 4.75), SECOND: ("electricity", 2.0)}
    with database.reading() as db:
        assert {one.revised for one in db.exec(select(ReadingMonth))} == {None}, "half a line never told another value"


# a file of any size, portion by portion

TOLD = st.lists(
    st.builds(
        "{};8716867000030;{};kWh;{};{};{};{}\n".format,
        st.sampled_from([FIRST, FIRST, SECOND, "643000000000000030"]),
        st.sampled_from(["PT15M", "PT15M", "PT1H"]),
        st.sampled_from(["BN01", "BN01", "BN02", "volume"]),
        st.sampled_from(
            [f"2026-{day}Z" for day in ("03-28T22:00:00", "03-29T00:45:00", "03-29T01:00:00", "10-25T00:30:00")]
            + [f"2026-{day}Z" for day in ("10-25T01:00:00", "10-31T22:00:00", "11-01T00:00:00", "11-20T05:07:00")]
        ),
        st.sampled_from(["0,000000", "1,250000", "-3,5"]),
        st.sampled_from(["OK", "OK", "EST", "MISSING"]),
    ),
    max_size=30,
)


@dataclass
class Imports:
    """Imports of Datahub files into a database, and what then stands there."""

    database: Database
    folder: Path

    def take(self, told, sessions=None):
        """What became of a file."""
        content = "".join([HEADER, *told]).encode()
        source = Source("r.csv", self.folder, len(content), lambda: io.BytesIO(content))
        context = ImportContext(lambda: None, clock.now())
        sessions = sessions or self.database.writing
        (taken,) = imports.run(sessions, [source], PointOptions(), None, context, lambda *_: None)
        return taken

    def state(self):
        """All readings that are kept, and the lines that were refused."""
        with self.database.reading() as db:
            points = db.exec(select(MeteringPoint).order_by(MeteringPoint.gsrn)).all()
            wanted = [
                PointDays(one.id, date(2026, 1, 1), date(2026, 12, 31), reading_type=kind)
                for one in points
                for kind in (ReadingType.METERED, ReadingType.NETTED)
            ]
            kept = [(listed(known.intervals), known.revised.tolist()) for each in wanted
                    for known in store.read_all(db, [each])]  # fmt: skip
        refused = self.folder / "r.csv.refused.csv"
        return kept, refused.read_text() if refused.exists() else ""

    def clear(self):
        """Keep the points only."""
        with self.database.writing() as db:
            for table in (ReadingMonth, MonthTotal, Series):
                db.execute(delete(table))
        (self.folder / "r.csv.refused.csv").unlink(missing_ok=True)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TOLD, st.integers(1, 10), st.integers(0, 3))
def test_portions_end_where_the_whole_does_also_after_a_stop(database, tmp_path, monkeypatch, told, portion, stop):
    imported = Imports(database, tmp_path)
    with database.writing() as db:
        for gsrn in (FIRST, SECOND):
            if not points_of(db, [gsrn]):
                db.add(MeteringPoint(gsrn=gsrn, energy="electricity"))
    imported.clear()
    whole = imported.take(told)
    wanted = imported.state()
    imported.clear()
    with monkeypatch.context() as patched:
        patched.setattr(readings, "PORTION", portion)
        patched.setattr(readings, "PIECE", 100)
        patched.setattr(datahub_file, "STRETCH", portion)
        in_portions = imported.take(told)
        assert (in_portions.says, in_portions.tally) == (whole.says, whole.tally)
        assert imported.state() == wanted
        imported.clear()
        stopped = imported.take(told, stopping(database, stop))
        again = imported.take(told)
    assert imported.state() == wanted
    before = stopped.tally.accepted if isinstance(stopped, Taken) else 0
    assert (before + again.tally.accepted, again.tally.refused) == (whole.tally.accepted, whole.tally.refused)


def stopping(database, after):
    """Transactions of which only the first ones come about."""
    left = iter(range(after))

    @contextmanager
    def session():
        with database.writing() as db:
            yield db
            if next(left, None) is None:
                raise RuntimeError

    return session


# a process that is killed

WITHOUT_TIMES = {ReadingMonth: {"loaded_at", "updated_at"}, MonthTotal: set(), Series: set()}


def store_of(database):
    """All that is kept of readings but when it came: packed as it is, with its totals."""
    with database.reading() as db:
        return [
            sorted(db.exec(select(*(column for column in table.__table__.c if column.name not in left))).all(), key=str)
            for table, left in WITHOUT_TIMES.items()
        ]


def test_an_import_killed_between_portions_ends_in_the_same_store_when_it_is_run_again(
    database, database_url, portal, tmp_path
):
    gsrns = (FIRST, SECOND, "643000000000000030")
    file = tmp_path / "r.csv"
    told = [reading(gsrn, at // 4, f"{at},5", minute=at % 4 * 15) for gsrn in gsrns for at in range(96)]
    file.write_text("".join([HEADER, *told]))
    command = ["import", str(file), "--create-points"]
    dying = [sys.executable, "-m", "tests.feeds.dying", "2", *command]
    environ = os.environ | {"PORTAL_ENV": "test", "PORTAL_DATABASE_URL": database_url, "PYTHONPATH": str(ROOT)}
    assert subprocess.run(dying, env=environ, check=False).returncode == -signal.SIGKILL
    (months, _, _) = store_of(database)
    assert 0 < len(months) < len(gsrns), "the first portion is there, the second is not"
    portal(*command)
    resumed = store_of(database)
    with database.writing() as db:
        for table in (ReadingMonth, MonthTotal, Series):
            db.execute(delete(table))
    portal(*command)
    assert store_of(database) == resumed
