"""Rows come to say what another register says, with as little writing as that takes."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlmodel import select

from portal.kit.feed import Outcome, Refusal
from portal.kit.mirror import Kept, Parts, Wanted, mirror
from portal.sites.models import Meter, MeteringPoint

POINTS = Kept(MeteringPoint, ("gsrn",))
METERS = Parts(Meter, ("serial",), owner="metering_point_id")
GONE = Refusal("gone")


def wanted(gsrn, energy, meters):
    facts = {"kind": "meter", "installed_on": None, "removed_on": None}
    rows = [{"serial": serial, "model": model, **facts} for serial, model in meters.items()]
    return Wanted({"gsrn": gsrn, "energy": energy, "site_id": None, "main_fuse": None}, lambda _: {METERS: rows})


def standing(db):
    points = {point.id: point for point in db.exec(select(MeteringPoint))}
    told = {point.gsrn: (point.energy, {}) for point in points.values()}
    for meter in db.exec(select(Meter)):
        told[points[meter.metering_point_id].gsrn][1][meter.serial] = meter.model
    return told


meters = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["E1", "E2", None]))
registers = st.dictionaries(st.sampled_from("12345"), st.tuples(st.sampled_from(["heat", "gas"]), meters))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(registers, max_size=4))
def test_after_any_imports_what_was_told_last_stands(database, told):
    expected = {}
    with database.writing() as db:
        for register in told:
            verdicts = mirror(db, POINTS, [wanted(gsrn, *facts) for gsrn, facts in register.items()], (METERS,))
            same = [expected.get(gsrn) == facts for gsrn, facts in register.items()]
            assert verdicts == [Outcome.UNCHANGED if equal else Outcome.ACCEPTED for equal in same]
            expected |= register
            assert standing(db) == expected
        db.rollback()


def test_what_is_refused_stays_refused_in_its_place(database):
    with database.writing() as db:
        verdicts = mirror(db, POINTS, [GONE, wanted("1", "heat", {}), GONE], (METERS,))
    assert verdicts == [GONE, Outcome.ACCEPTED, GONE]


def test_rows_that_are_equal_are_not_written(database):
    told = [wanted("1", "heat", {"a": "E1"}), wanted("2", "gas", {})]
    with database.writing() as db:
        mirror(db, POINTS, told, (METERS,))
    written = []
    event.listen(database.engine, "before_cursor_execute", lambda *heard: written.append(heard[2]))
    with database.writing() as db:
        mirror(db, POINTS, told, (METERS,))
    assert not [one for one in written if one.startswith(("INSERT", "UPDATE", "DELETE"))]


def test_nothing_wanted_is_nothing_done(database):
    with database.writing() as db:
        assert mirror(db, POINTS, [], (METERS,)) == []
