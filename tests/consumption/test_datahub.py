from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.consumption.formats import datahub, datahub_file, datahub_lines
from portal.consumption.formats.datahub import HEADERS, NotDatahub, Reader, SeriesReadings
from portal.consumption.formats.datahub_lines import Readings
from portal.consumption.formats.datahub_writing import write
from portal.kit.intervals import Quality, quarter_of
from portal.sites.kinds import ReadingType
from tests.consumption.readings import Reading, intervals, listed, loads, read
from tests.data import real

GSRN, OTHER = "643007572000000013", "643007572000000020"
HEADER, ENGLISH, OF_2022, ENGLISH_2022 = HEADERS
ROW = f"{GSRN};8716867000030;PT15M;kWh;BN01;2024-12-31T22:00:00Z;2,126000;OK"
CONTRADICTS = (
    "line 2 says something else of the same start time, and is taken: if this one is right, take out the other one "
    "and take the file in again"
)
AT = 1_928_536  # 2024-12-31T22:00Z in quarters


def file(*rows, header=HEADER, end="\n", bom="\ufeff"):
    return "".join([bom, *(line + end for line in (header, *rows))]).encode()


def row(start="2024-12-31T22:00:00Z", quantity="2,126000", quality="OK", gsrn=GSRN, resolution="PT15M"):
    return f"{gsrn};8716867000030;{resolution};kWh;BN01;{start};{quantity};{quality}"


def readings(content, gsrn=GSRN):
    (found,) = (series for series in read(content).series if series.gsrn == gsrn)
    return listed(found.intervals)


def refusals(*rows):
    return [(line.number, line.reason) for line in read(file(*rows)).refused]


def one_by_one(content):
    """What the file says when no line is taken as regular."""
    return read(content, take=lambda lines, *_: Readings.none_of(lines))


def as_values(export):
    return [(one.gsrn, listed(one.intervals)) for one in export.series], export.refused, export.repeated


@pytest.mark.parametrize("header", [HEADER, ENGLISH])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_every_way_to_write_a_file_reads_alike(header, end, bom):
    assert readings(file(ROW, header=header, end=end, bom=bom)) == [Reading(AT, 1, 2_126_000)]
    assert readings(file(ROW, header=header, end=end, bom=bom).rstrip()) == [Reading(AT, 1, 2_126_000)]


@pytest.mark.parametrize("header", [OF_2022, ENGLISH_2022])
def test_files_of_2022_have_no_reading_type(header):
    rows = [f"{GSRN};;PT1H;kWh;2024-12-31T22:00:00Z;0,64;OK", f"{GSRN};;PT1H;kWh;2024-12-31T23:00:00Z;null;MISSING"]
    assert readings(file(*rows, header=header)) == [Reading(AT, 4, 640_000), Reading(AT + 4, 4, 0, Quality.MISSING)]


@pytest.mark.parametrize(
    ("quantity", "milliwatt_hours"),
    [
        ("0,000001", 1),
        ("2", 2_000_000),
        ("2,5", 2_500_000),
        ("2.5", 2_500_000),
        ("007,100000", 7_100_000),
        ("-0,250000", -250_000),
        ("−0,250000", -250_000),
        ("-0,000000", 0),
        ("99999999,999999", 99_999_999_999_999),
    ],
)
def test_quantities_are_exact(quantity, milliwatt_hours):
    assert readings(file(row(quantity=quantity))) == [Reading(AT, 1, milliwatt_hours)]


@pytest.mark.parametrize("quantity", ["", "null", "0,000000", "1,5"])
def test_a_missing_reading_has_no_value_whatever_stands_there(quantity):
    assert readings(file(row(quantity=quantity, quality="MISSING"))) == [Reading(AT, 1, 0, Quality.MISSING)]


@pytest.mark.parametrize("quality", Quality)
def test_every_quality_is_read(quality):
    milliwatt_hours = 0 if quality is Quality.MISSING else 2_126_000
    assert readings(file(row(quality=quality.name))) == [Reading(AT, 1, milliwatt_hours, quality)]


def test_points_and_resolutions_may_share_a_file():
    content = file(
        row(gsrn=OTHER),
        row(start="2024-12-31T23:00:00Z", resolution="PT1H"),
        row(),
        row(gsrn="", quantity="1,0"),
        row(gsrn="0", start="2024-12-31T22:15:00Z", quantity="3,0"),
    )
    assert [series.gsrn for series in read(content).series] == [OTHER, GSRN, None]
    assert readings(content) == [Reading(AT, 1, 2_126_000), Reading(AT + 4, 4, 2_126_000)]
    assert readings(content, None) == [Reading(AT, 1, 1_000_000), Reading(AT + 1, 1, 3_000_000)]


def test_a_file_may_hold_no_readings():
    assert as_values(read(file())) == ([], (), 0)
    assert as_values(read(HEADER.encode())) == ([], (), 0)
    assert as_values(read(file("", "  ", ""))) == ([], (), 0)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (ROW.replace("8716867000030", "8716867000047"), "unknown unit kWh, kvarh is asked for"),
        (
            ROW.replace("8716867000030", "8716867000054"),
            "unknown product 8716867000054, 8716867000030 (active), 8716867000047 (reactive) or none is asked for",
        ),
        (
            ROW.replace("PT15M", "P1D"),
            "resolution P1D is not taken, only PT15M and PT1H: send the hours of a longer time",
        ),
        (ROW.replace("kWh", "kVArh"), "unknown unit kVArh, kWh is asked for"),
        (
            ROW.replace("BN01", "BN09"),
            "unknown reading type BN09, BN01, BN02, BN03, estimate or lower is asked for",
        ),
        (ROW.replace(GSRN, "12345"), "metering point 12345 has not 18 digits"),
        (
            ROW.replace("8716867000030", "8716867000047").replace("BN01", "BN02"),
            "unknown reading type BN02, BN01 is asked for",
        ),
        (
            row(quality="GOOD"),
            "unknown quality GOOD, OK, EST, CALC, REVISED, UNCERTAIN, MISSING, PMISSING, E21 or E56 is asked for",
        ),
        (row(quantity=""), "has no quantity, although its quality is OK"),
        (row(quantity="null", quality="EST"), "has no quantity, although its quality is EST"),
        (row(quantity="2,1234567"), "quantity 2,1234567 is not a number with at most eight digits and six decimals"),
        *(
            (row(quantity=number), f"quantity {number} is not a number with at most eight digits and six decimals")
            for number in ("123456789,5", "1" * 17 + ",5", "-" + "1" * 40 + ",5")
        ),
        (row(quantity="1e3"), "quantity 1e3 is not a number with at most eight digits and six decimals"),
        (row(quantity="-"), "quantity - is not a number with at most eight digits and six decimals"),
        (
            row(start="31.12.2024 22:00"),
            "start time 31.12.2024 22:00 is not an instant in UTC such as 2026-11-21T14:15:00Z",
        ),
        (
            row(start="2024-11-31T22:00:00Z"),
            "start time 2024-11-31T22:00:00Z is not an instant in UTC such as 2026-11-21T14:15:00Z",
        ),
        (
            row(start="1924-12-31T22:00:00Z"),
            "start time 1924-12-31T22:00:00Z is not an instant in UTC such as 2026-11-21T14:15:00Z",
        ),
        (row(start="2024-12-31T22:05:00Z"), "start time 2024-12-31T22:05:00Z is not that of a quarter hour"),
        (
            row(start="2024-12-31T22:15:00Z", resolution="PT1H"),
            "start time 2024-12-31T22:15:00Z is not that of a full hour",
        ),
        (ROW + ";", "has 9 fields, not 8"),
        ("rubbish", "has 1 fields, not 8"),
    ],
)
def test_a_line_that_cannot_be_taken_is_refused_with_its_reason(wrong, reason):
    export = read(file(row(start="2024-12-31T21:45:00Z"), wrong, row(start="2024-12-31T23:00:00Z")))
    assert export.refused == ((3, reason),)
    assert len(export.series[0].intervals) == 2


def test_a_line_that_only_repeats_is_counted():
    export = read(file(row(), row(), row(quantity="2,126")))
    assert (len(export.series[0].intervals), export.repeated, export.refused) == (1, 2, ())


def test_of_two_lines_that_differ_the_later_is_refused():
    later = row(quantity="9,000000")
    assert refusals(row(), row(start="2024-12-31T22:15:00Z"), later) == [(4, CONTRADICTS)]
    assert readings(file(row(), later)) == [Reading(AT, 1, 2_126_000)]


def test_an_hour_and_its_quarter_are_not_both_taken():
    assert refusals(row(resolution="PT1H"), row(start="2024-12-31T22:45:00Z")) == [(3, CONTRADICTS)]


def test_two_points_may_have_the_same_time():
    assert refusals(row(), row(gsrn=OTHER)) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\n", "is empty"),
        (HEADER.encode("latin-1"), "was saved by a spreadsheet program, which has changed its letters and numbers"),
        (HEADER.encode("utf-16"), "does not begin with the header of Datahub's export"),
        (b"a;b\n1;2\n", "does not begin with the header of Datahub's export"),
        (b"PK\x03\x04", "does not begin with the header of Datahub's export"),
        (
            file(ROW, row(gsrn="6,43007E+17")),
            "was saved by a spreadsheet program, which has rounded its numbers (6,43007E+17)",
        ),
        (file(ROW.replace("8716867000030", "8,71687E+12")), "which has rounded its numbers (8,71687E+12)"),
        (file(ROW, ROW)[:-20], "breaks off in the middle of line 3"),
        (file(ROW, row(quality="UNCERTAIN"))[:-3], "breaks off in the middle of line 3"),
    ],
)
def test_a_file_that_is_no_export_is_refused_whole(content, says):
    with pytest.raises(NotDatahub) as refused:
        read(content)
    assert says in str(refused.value)
    assert "download it again from Datahub's customer portal" in str(refused.value)


@pytest.mark.parametrize("header", HEADERS)
def test_a_damaged_export_still_looks_like_one(header):
    assert datahub.looks_like(header.encode("latin-1"))
    assert datahub.looks_like(file(ROW, header=header)[:100])
    assert not datahub.looks_like(b'{"customer_number": "100001"}')


def test_a_whole_last_line_needs_no_end():
    assert len(read(file(ROW).rstrip()).series[0].intervals) == 1
    reactive = ROW.replace("8716867000030", "8716867000047")
    assert [line.number for line in read(file(ROW, reactive).rstrip()).refused] == [3]


def test_lines_are_numbered_through_all_pieces():
    rows = [row(start=f"2024-12-31T{hour:02}:00:00Z") for hour in range(24)]
    export = read(file(*rows[:20], "rubbish", *rows[20:], row(quantity="7,0", start="2024-12-31T00:00:00Z")), size=100)
    assert [line.number for line in export.refused] == [22, 27]
    assert len(export.series[0].intervals) == 24


def test_rubbish_is_refused_line_by_line_and_not_remembered(monkeypatch):
    """However many different heads there are that mean nothing, and though good lines stand between them."""
    good = [row(start=f"2024-12-{day}T00:00:00Z") for day in range(11, 31)]
    odd = [
        line for number, other in enumerate(good, 1) for line in (row(gsrn=f"{number}"), other, row(gsrn=f"x{number}"))
    ]
    whole = as_values(read(file(*odd)))
    monkeypatch.setattr(datahub_lines, "MOST_ODD", 3)
    assert as_values(read(file(*odd), size=200)) == whole
    assert len(whole[1]) == 40
    heads = Reader(file()[:4096]).heads
    heads.read([f"{number};;PT15M;kWh;BN01".encode() for number in range(1, 101)])
    assert heads.remembered == 3


# regular lines, read all at once, and the others, one by one, must never disagree

DAYS = st.builds("2024-{:02}-{:02}".format, st.integers(1, 13), st.integers(1, 31))
CLOCKS = st.builds("T{:02}:{:02}:00Z".format, st.integers(0, 25), st.sampled_from([0, 15, 30, 45, 7, 60]))
ODD_STARTS = (
    "2024-W10-1T00:00:00Z",
    "2024-12-31T22:00:00+",
    "20241231T220000Z",
    "2024-12-31T22:00:01Z",
    "2024-12-31 22:00:00Z",
    "9999-12-31T22:00:00Z",
)
SIGNS = st.sampled_from(["", "", "-", "--", "+"])
ODD_QUANTITIES = ("", "null", "0,000000", "1", "1,", ",5", "1.5", "1,2,3", "1,5 ", "−1,5", "\uff11,5", "1\0,5")
FIELDS = (
    st.sampled_from([GSRN, OTHER, "", "0", "0" * 18, GSRN[:-1], f" {GSRN}", "\0" * 18, "6 43"]),
    st.sampled_from(["8716867000030", "8716867000030", "", "8716867000047", "1"]),
    st.sampled_from(["PT15M", "PT15M", "PT1H", "P1D", "PT1M"]),
    st.sampled_from(["kWh", "kWh", "kWh", "MWh", " kWh"]),
    st.sampled_from(["BN01", "BN01", "BN02", "", "BN1\0", "B;"]),
    st.one_of(st.builds(str.__add__, DAYS, CLOCKS), st.sampled_from(ODD_STARTS)),
    st.one_of(
        st.builds("{}{},{}".format, SIGNS, st.integers(0, 10**9), st.integers(0, 10**7)),
        st.sampled_from(ODD_QUANTITIES),
    ),
    st.sampled_from(["OK", "OK", "OK", "MISSING", "EST", "UNCERTAIN", "E21", "", "ok", "OK ", "O\0"]),
)
ROWS = st.one_of(st.tuples(*FIELDS).map(";".join), st.sampled_from([ROW, ROW, "", ";" * 7, "rubbish", "\0"]))


@settings(max_examples=300, deadline=None)
@given(st.lists(ROWS, max_size=12), st.sampled_from(["\n", "\r\n"]))
def test_lines_read_at_once_say_what_they_say_one_by_one(rows, end):
    content = file(*rows, ROW, end=end)
    assert as_values(read(content)) == as_values(one_by_one(content))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_byte_is_never_read_in_two_ways(data):
    content = bytearray(file(ROW, row(start="2024-12-31T22:15:00Z", quantity="-13,250000", quality="EST"), ROW))
    place = data.draw(st.integers(len(HEADER.encode()) + 4, len(content) - 1))
    content[place] = data.draw(st.integers(0, 255))
    try:
        expected = as_values(one_by_one(bytes(content)))
    except NotDatahub:
        with pytest.raises(NotDatahub):
            read(bytes(content))
    else:
        assert as_values(read(bytes(content))) == expected


# pieces and portions

SAME_TIMES = (  # around the changes of the clock: days of 23 and 25 hours
    *("2024-03-30T22:00:00Z", "2024-03-31T00:45:00Z", "2024-03-31T01:00:00Z", "2024-03-31T20:45:00Z"),
    *("2024-10-26T21:00:00Z", "2024-10-27T00:30:00Z", "2024-10-27T01:00:00Z", "2024-10-27T22:00:00Z"),
)
TELLING = st.builds(
    "{};8716867000030;{};kWh;{};{};{};{}".format,
    st.sampled_from([GSRN, OTHER]),
    st.sampled_from(["PT15M", "PT15M", "PT1H"]),
    st.sampled_from(["BN01", "BN01", "BN02"]),
    st.sampled_from(SAME_TIMES),
    st.sampled_from(["0,000000", "1,250000", "11,250000", "-3,5", "4"]),
    st.sampled_from(["OK", "OK", "EST", "MISSING"]),
)
TOLD = st.lists(st.one_of(TELLING, TELLING, TELLING, ROWS), max_size=40)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TOLD, st.integers(1, 400), st.integers(1, 30), st.integers(1, 20))
def test_a_file_read_in_pieces_says_what_it_says_at_once(monkeypatch, rows, size, stretch, portion):
    content = file(*rows, ROW)
    with monkeypatch.context() as patched:
        patched.setattr(datahub_file, "STRETCH", stretch)
        patched.setattr(datahub_file, "IN_MEMORY", 100)
        in_pieces = as_values(read(content, size=size, portion=portion))
    assert in_pieces == as_values(read(content))


def test_a_line_that_contradicts_one_far_before_it_is_refused(monkeypatch):
    monkeypatch.setattr(datahub_file, "STRETCH", 2)
    others = [row(start=f"2024-12-31T{hour:02}:00:00Z") for hour in range(20)]
    content = file(row(), *others, row(quantity="9,000000"), row())
    export = read(content, size=100, portion=1)
    assert (export.refused, export.repeated) == (((23, CONTRADICTS),), 1)


# writing

SOME = loads([490_000, 490_001, 510_000]).filter(len).map(intervals)
SERIES = st.lists(
    st.builds(SeriesReadings, st.sampled_from([GSRN, OTHER, None]), SOME, st.sampled_from(ReadingType)),
    max_size=5,
    unique_by=lambda series: (series.gsrn, series.reading_type),
)


@settings(deadline=None)
@given(SERIES)
def test_what_is_written_is_read_again(series):
    export = read(write(series))
    assert as_values(export) == ([(one.gsrn, listed(one.intervals)) for one in series], (), 0)
    assert [one.reading_type for one in export.series] == [one.reading_type for one in series]


def test_a_written_file_is_what_datahub_writes():
    quarters = [Reading(AT, 1, 2_126_000), Reading(AT + 1, 1, -50, Quality.EST), Reading(AT + 2, 1, 0, Quality.MISSING)]
    hour = Reading(AT + 4, 4, 123_000_000)
    assert write([SeriesReadings(GSRN, intervals([*quarters, hour]))]) == file(
        ROW,
        row(start="2024-12-31T22:15:00Z", quantity="-0,000050", quality="EST"),
        row(start="2024-12-31T22:30:00Z", quantity="", quality="MISSING"),
        row(start="2024-12-31T23:00:00Z", quantity="123,000000", resolution="PT1H"),
    )


def test_no_readings_are_a_header():
    assert write([]) == write([SeriesReadings(GSRN, intervals([]))]) == file()


# real files


def series_of(name):
    export = read(real(f"datahub/{name}.csv").read_bytes())
    assert (len(export.series), export.refused, export.repeated) == (1, (), 0)
    return export.series[0]


@pytest.mark.parametrize(
    ("name", "kwh"), [("consumption-test", 9057.93), ("production-test", 3158.27)], ids=["consumption", "production"]
)
def test_a_real_year_of_quarters(name, kwh):
    series = series_of(name)
    found = series.intervals
    assert (series.gsrn, len(found), found.milliwatt_hours.sum()) == (None, 26204, round(kwh * 1_000_000))
    assert set(found.quality.tolist()) == {Quality.OK}
    assert set(np.diff(found.quarter).tolist()) == {1}


def test_a_real_gap_of_nine_quarters():
    found = series_of("15min-interval-error-at-15min").intervals
    missing = found[found.quality == Quality.MISSING]
    assert len(found) == 468
    first = quarter_of(datetime(2023, 9, 17, 22, 45, tzinfo=UTC))
    assert missing.quarter.tolist() == list(range(first, first + 9))


def test_real_hours_of_2022():
    found = series_of("consumption-with-null").intervals
    assert len(found) == 624
    assert set(found.length.tolist()) == {4}
    assert (found.quality == Quality.MISSING).sum() == 9


def test_a_real_file_that_a_spreadsheet_damaged():
    with pytest.raises(NotDatahub, match="was saved by a spreadsheet program"):
        read(real("datahub/error-consumption.csv").read_bytes())


@pytest.mark.parametrize("name", ["consumption-test", "15min-interval-error-at-15min", "consumption-with-null"])
def test_real_files_say_the_same_one_by_one(name):
    content = real(f"datahub/{name}.csv").read_bytes()
    assert as_values(read(content)) == as_values(one_by_one(content))
