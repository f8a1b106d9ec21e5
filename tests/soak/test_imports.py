"""Imports that are cut, repeated or taken in another order end in the same state."""

import random
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from portal.consumption import recording
from portal.consumption.models import MonthTotal, ReadingMonth
from portal.sites.models import MeteringPoint
from tests.consumption.readings import read
from tests.data import SHARED

GSRN = "643007572000000003"
ROUNDS = 40


def figures(database):
    with database.reading() as db:
        months = db.exec(select(ReadingMonth).order_by(ReadingMonth.month)).all()
        totals = db.exec(select(MonthTotal).order_by(MonthTotal.month)).all()
        return [(m.month, m.quantities, m.qualities) for m in months], [
            (t.month, t.quantity, t.measured) for t in totals
        ]


@pytest.mark.skipif(not (SHARED / "datahub").is_dir(), reason="the shared data files are not beside this checkout")
def test_any_pieces_in_any_order_end_in_the_same_state(database):
    lines = (SHARED / "datahub" / "consumption-test.csv").read_bytes().splitlines(keepends=True)
    chance = random.Random(20261121)
    with database.writing() as db:
        point = MeteringPoint(gsrn=GSRN, energy="electricity")
        db.add(point)
        db.flush()
        point_id = point.id
    wanted = None
    for _ in range(ROUNDS):
        cuts = sorted(chance.sample(range(1, len(lines)), 6))
        pieces = [lines[first:last] for first, last in zip([1, *cuts], [*cuts, len(lines)], strict=True)]
        chance.shuffle(pieces)
        for piece in [*pieces, pieces[0]]:
            with database.writing() as db:
                for series in read(b"".join([lines[0], *piece])).series:
                    recording.record(db, point_id, series.intervals, datetime(2026, 11, 21, tzinfo=UTC))
        wanted = wanted or figures(database)
        assert figures(database) == wanted
        assert sum(row[1] for row in wanted[1]) == 9_057_930_000
    assert sum(row[2] for row in wanted[1]) == 26_204
