"""The demo stands on any day: a month and a year ahead, on a leap day, as clocks change, over the New Year."""

from datetime import date, timedelta

import numpy as np
import pytest
from sqlalchemy import func
from sqlmodel import col, select

from portal.consumption import store
from portal.demo import company, households, permissions, rights, third_parties
from portal.demo.people import AINO, KARIN, MIKKO, RIIKKA
from portal.demo.register import party_id
from portal.demo.rows import insert
from portal.demo.settling import ground, settle
from portal.invoices.models import Invoice
from portal.kit.clock import first_of_month, start_of
from portal.kit.db import Database
from portal.kit.intervals import quarter_of
from portal.sites.models import MeteringPoint
from tests import days
from tests.people import House

MONTHS = 4  # of readings and bills: enough for every kind of bill
DAYS = [
    *("2026-12-28", "2027-11-28"),  # a month and a year after this was written
    *("2028-02-29", "2028-03-01"),
    *("2027-03-28", "2027-03-29", "2027-10-31", "2027-11-01"),  # the clocks change, and the day after
    *("2026-12-31", "2027-01-01"),
]
TO_OPEN = ("/overview", "/consumption", "/invoices", "/contracts", "/sites", "/messages", "/authorisations", "/account")


@pytest.fixture(params=DAYS)
def until(request, monkeypatch):
    """The first day without readings; portals of this test live on it."""
    day = date.fromisoformat(request.param)
    monkeypatch.setattr(days, "UNTIL", day)
    return day


@pytest.fixture
def database(sqlite_url, until):
    """The households of the demo on that day, with readings of some months, and all that is told of them."""
    database = Database(sqlite_url)
    with database.writing() as db:
        on = ground(db, until, MONTHS)
        for household in households.households(until):
            settle(db, household, on)
        insert(db, company.register())
        insert(db, permissions.records(start_of(until)))
        insert(db, rights.rows(until))
        insert(db, third_parties.rows(until))
    yield database
    database.engine.dispose()


def test_the_demo_stands_on_any_day(database, until):
    with database.reading() as db:
        for point in db.exec(select(MeteringPoint).where(col(MeteringPoint.valid_to).is_(None))):
            readings = store.read(db, point.id, until - timedelta(days=9), until)
            reached = until - timedelta(days=households.SILENT_FOR - 1) if point.gsrn == households.SILENT else until
            assert int(readings.quarter[-1] + readings.length[-1]) == quarter_of(start_of(reached)), point.gsrn
            assert (np.diff(readings.quarter) == readings.length[:-1]).all(), point.gsrn
        for member in (AINO, MIKKO, KARIN, RIIKKA):
            of_member = select(func.max(Invoice.period_to), func.count()).where(Invoice.party_id == party_id(member))
            newest, count = db.exec(of_member).one()
            assert newest >= first_of_month(first_of_month(until) - timedelta(days=1)) - timedelta(days=1)
            assert count >= MONTHS - 1
    house = House(database)
    for member in (AINO, RIIKKA):
        browser = house.open_for(member.persona.identity_code, member.name)
        for path in TO_OPEN:
            browser.open(path)
