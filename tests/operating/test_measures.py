"""What is measured, in the words of Prometheus."""

import json
import logging
import os
import re
from datetime import date, timedelta
from uuid import uuid4

import numpy as np
import pytest

from portal.consumption import recording
from portal.feeds import runs
from portal.feeds.report import LeftOut, Taken, Tally
from portal.kit.clock import day_of, start_of
from portal.kit.headers import Served
from portal.kit.intervals import Intervals, quarter_of
from portal.kit.logs import OneLine
from portal.kit.metrics import Meter, gathered
from portal.kit.threads import Threads
from portal.operating import measures
from portal.sites.kinds import ReadingType
from portal.sites.models import Disconnection, MeteringPoint
from tests import days
from tests.settings import settings

NOW = days.now()


def told(database, meter):
    """The lines of `/metrics` by name."""
    lines = measures.text(meter.counts, settings(), database, [os.getpid()], NOW).splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))


def test_durations_are_told_by_route(database):
    meter = Meter()
    count = measures.counting(meter)
    for route, seconds in (("/livez", 0.001), ("/invoices", 0.3), ("/invoices", 3.0)):
        count(Served(route, 200, seconds, {}))
    figures = told(database, meter)
    assert figures['portal_request_seconds_bucket{route="/livez",le="0.005"}'] == "1"
    assert figures['portal_request_seconds_bucket{route="/invoices",le="0.25"}'] == "0"
    assert figures['portal_request_seconds_bucket{route="/invoices",le="0.5"}'] == "1"
    assert figures['portal_request_seconds_bucket{route="/invoices",le="+Inf"}'] == "2"
    assert figures['portal_request_seconds_count{route="/invoices"}'] == "2"
    assert figures['portal_request_seconds_sum{route="/invoices"}'] == "3.3"


def test_what_failed_of_the_database_is_counted_by_its_code(database):
    meter = Meter()
    measures.counting(meter)(Served("/invoices", 503, 0.1, {"database": "57P01"}))
    assert told(database, meter)['portal_database_errors_total{code="57P01"}'] == "1"


def test_tries_of_a_password_are_counted_and_a_look_at_the_form_is_not(database):
    meter = Meter()
    for notes in ({}, {"reason": "password.not_right"}, {"reason": "password.signed_in"}):
        measures.counting(meter)(Served("/sign-in/password", 200, 0.1, notes))
    figures = told(database, meter)
    counted = {name: value for name, value in figures.items() if name.startswith("portal_sign_ins_total{")}
    assert counted == {
        'portal_sign_ins_total{outcome="password.not_right"}': "1",
        'portal_sign_ins_total{outcome="password.signed_in"}': "1",
    }


@pytest.mark.anyio
async def test_requests_in_hand_and_waiting_are_those_of_now(tmp_path):
    meter, threads = Meter(), Threads()
    measures.watch(meter, threads)
    counts = await threads.run(lambda: meter.counts)
    assert (counts["portal_requests_in_hand"], counts["portal_requests_waiting"]) == (1, 0)
    assert meter.counts["portal_requests_in_hand"] == 0
    left = {"counts": {"portal_requests_in_hand": 1, "portal_requests_total": 5}, "now": ["portal_requests_in_hand"]}
    for process in (7, 8):
        (tmp_path / f"{process}.json").write_text(json.dumps(left))
    assert gathered(tmp_path, [8]) == {"portal_requests_in_hand": 1, "portal_requests_total": 10}


def test_how_fresh_feeds_are_is_told(database):
    ages = ("portal_newest_reading_age_seconds", "portal_last_import_age_seconds")
    assert not {*ages} & {*told(database, Meter())}
    with database.writing() as db:
        point = MeteringPoint(id=uuid4(), gsrn="643000000000000016", energy="electricity")
        db.add(point)
        db.flush()
        quarter = quarter_of(NOW - timedelta(days=2))
        whole = Intervals(*(np.array([value]) for value in (quarter, 1, 5, 0)))
        recording.record(db, point.id, whole, NOW)
        runs.note(db, [Taken("a", (), Tally(3, 2, 1)), LeftOut("b", "is empty")], NOW - timedelta(hours=3))
    figures = told(database, Meter())
    assert 2 * 86_400 - 900 <= float(figures[ages[0]]) <= 2 * 86_400
    assert float(figures[ages[1]]) == 3 * 3_600


@pytest.mark.parametrize(
    ("ago", "facts", "silent"),
    [
        (5, {}, 1),
        (4, {}, 0),
        (5, {"rhythm": "P1D"}, 1),
        (5, {"rhythm": "P1M"}, 0),
        (5, {"cut_off": (18, None)}, 0),
        (5, {"cut_off": (20, None)}, 0),
        (5, {"cut_off": (16, 18)}, 0),
        (5, {"cut_off": (16, 17)}, 1),
        (5, {"valid_to": date(2026, 11, 18)}, 0),
        (5, {"valid_from": date(2026, 11, 22)}, 0),
    ],
)
def test_silent_metering_points_are_counted(database, ago, facts, silent):
    with database.writing() as db:
        cut_off = [date(2026, 11, day) if day else None for day in facts.get("cut_off", ())]
        point = MeteringPoint(id=uuid4(), gsrn="643000000000000016", energy="electricity")
        point.sqlmodel_update({name: value for name, value in facts.items() if name != "cut_off"})
        db.add(point)
        db.flush()
        if cut_off:
            db.add(Disconnection(metering_point_id=point.id, connection="AE02", since=cut_off[0], until=cut_off[1]))
        last = quarter_of(start_of(day_of(NOW) - timedelta(days=ago))) + 95
        for kind, quarter in ((ReadingType.METERED, last), (ReadingType.REACTIVE, last - 96)):
            whole = Intervals(*(np.array([value]) for value in (quarter, 1, 5, 0)))
            recording.record(db, point.id, whole, NOW, kind)
    assert told(database, Meter())["portal_silent_metering_points"] == str(silent)


def test_a_line_of_the_log_is_one_whatever_was_said_and_tells_the_time_in_utc():
    record = logging.LogRecord("other", logging.WARNING, "", 0, "a\r\n%s", ("\n{}\x1b",), None)
    said = OneLine().format(record)
    assert not re.search(r"[\r\n\x1b]", said)
    assert json.loads(said)["time"].endswith("+00:00")


def test_a_failure_names_its_five_last_places():
    def deeper(steps):
        return deeper(steps - 1) if steps else 1 / 0

    try:
        deeper(20)
    except ZeroDivisionError as failed:
        record = logging.LogRecord(
            "portal", logging.ERROR, "", 0, "{}", (), (type(failed), failed, failed.__traceback__)
        )
    line = json.loads(OneLine().format(record))
    assert (line["error"], len(line["at"])) == ("ZeroDivisionError", 5)
    assert all("deeper" in place for place in line["at"])
