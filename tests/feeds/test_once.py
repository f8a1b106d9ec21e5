"""What is true only once a day: what contradicts itself is refused, in whatever order and files it is told."""

import csv
import io
import json
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import delete, select

from portal.auth.models import Account
from portal.contracts.models import Contract, Tax
from portal.customers.models import Mandate, MandateEnd
from portal.feeds import imports
from portal.feeds.readings import PointOptions
from portal.feeds.report import Taken, in_all
from portal.feeds.rows import read
from portal.feeds.schema import kind_named
from portal.feeds.sources import found
from portal.kit.feed import ImportContext, Refusal
from portal.sites.models import Occupancy
from tests.feeds.conftest import VAULT, lines, row

GSRN = "643000000000000016"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = date(2026, 11, 20)
FIRST, HORIZON = date(2025, 1, 1), 400


@pytest.fixture
def register(take_in_kinds):
    """A home with a metering point, and a product for every kind of contract that it may have."""
    answer = take_in_kinds(
        customers=[row("customers"), row("customers", 1)],
        sites=[row("sites", holders=[])],
        metering_points=[row("metering_points")],
        products=[row("products"), row("products", product_code="NET", kind="network")],
    )
    assert answer.code == 0


def contract(number, first, last=None, kind="sales", **changes):
    code = {"sales": "FIXED-24", "network": "NET"}[kind]
    told = {"contract_number": number, "valid_from": first, "valid_to": last, "kind": kind, "product_code": code}
    return row("contracts", signed_on=None, fixed_until=None, tax_class=None) | told | changes


def tax(rate, first, last=None, kind="vat", applies_to="sales"):
    return {"kind": kind, "applies_to": applies_to, "rate": rate, "valid_from": first, "valid_to": last}


OLD, NEW = contract("K-1", "2026-01-01"), contract("K-2", "2026-03-15")
ENDED = OLD | {"valid_to": "2026-03-14"}
SOLD_TWICE = (
    f"contract K-1 (from 2026-01-01 on) and contract K-2 (from 2026-03-15 on) both hold from 2026-03-15 on, "
    f"but metering point {GSRN} has one sales contract on a day; end contract K-1 on 2026-03-14, "
    "or leave one of them out"
)


def contracts(database):
    with database.reading() as db:
        kept = db.exec(select(Contract)).all()
    return {one.number: (str(one.valid_from), one.valid_to and str(one.valid_to)) for one in kept}


def test_of_two_sellers_of_a_metering_point_none_is_taken_in(register, take_in, refused, database):
    answer = take_in("k.jsonl", OLD, contract("N-1", "2026-01-01", kind="network"), NEW)
    assert (answer.code, answer.last) == (1, "accepted=1 unchanged=0 refused=2")
    assert refused("k.jsonl") == [("1", SOLD_TWICE, json.dumps(OLD)), ("3", SOLD_TWICE, json.dumps(NEW))]
    assert contracts(database) == {"N-1": ("2026-01-01", None)}


def test_a_rehearsal_refuses_the_same(register, portal, tmp_path, database):
    (tmp_path / "k.jsonl").write_text(lines(NEW, OLD))
    answer = portal("import", tmp_path / "k.jsonl", "--dry-run")
    assert (answer.code, answer.last, contracts(database)) == (1, "accepted=0 unchanged=0 refused=2", {})
    assert SOLD_TWICE in (tmp_path / "k.jsonl.refused.csv").read_text()


def test_a_second_seller_is_refused_beside_the_one_that_stands(register, take_in, refused, database):
    take_in("k.jsonl", OLD)
    assert take_in("k.jsonl", NEW).last == "accepted=0 unchanged=0 refused=1"
    assert refused("k.jsonl")[0][:2] == ("1", SOLD_TWICE)
    assert contracts(database) == {"K-1": ("2026-01-01", None)}


@pytest.mark.parametrize("pieces", list(permutations([[ENDED], [NEW]])))
def test_a_change_of_seller_is_taken_in_from_files_in_any_order(register, portal, take_in, tmp_path, database, pieces):
    take_in("k.jsonl", OLD)
    for number, piece in enumerate(pieces):
        (tmp_path / f"{number}.jsonl").write_text(lines(*piece))
    answer = portal("import", tmp_path / "0.jsonl", tmp_path / "1.jsonl")
    assert (answer.code, answer.last) == (0, "accepted=2 unchanged=0 refused=0")
    assert contracts(database) == {"K-1": ("2026-01-01", "2026-03-14"), "K-2": ("2026-03-15", None)}


@pytest.mark.parametrize("pieces", list(permutations([ENDED, NEW])))
def test_told_day_by_day_in_the_wrong_order_the_whole_mends_it(register, take_in, database, pieces):
    take_in("k.jsonl", OLD)
    for piece in pieces:
        take_in("k.jsonl", piece)
    assert take_in("k.jsonl", *pieces).code == 0
    assert take_in("k.jsonl", *pieces).last == "accepted=0 unchanged=2 refused=0"
    assert contracts(database) == {"K-1": ("2026-01-01", "2026-03-14"), "K-2": ("2026-03-15", None)}


def test_a_contract_that_is_refused_for_another_reason_contradicts_none(register, take_in, refused, database):
    stranger = NEW | {"customer_number": "999999"}
    assert take_in("k.jsonl", OLD, stranger).last == "accepted=1 unchanged=0 refused=1"
    assert refused("k.jsonl")[0][1] == "unknown customer 999999"
    assert contracts(database) == {"K-1": ("2026-01-01", None)}


def test_an_end_that_is_refused_makes_no_room_for_another(register, take_in, refused, database):
    take_in("k.jsonl", OLD)
    assert take_in("k.jsonl", NEW, ENDED | {"product_code": "NONE"}).last == "accepted=0 unchanged=0 refused=2"
    assert [reason for _, reason, _ in refused("k.jsonl")] == [SOLD_TWICE, "unknown product NONE"]
    assert contracts(database) == {"K-1": ("2026-01-01", None)}


def test_a_contract_that_may_not_move_stays_and_bars_its_place(register, take_in, refused, database):
    """One that moves to a taken metering point stays at its own, so none can take that."""
    other = "643000000000000023"
    take_in("m.jsonl", row("metering_points", gsrn=other))
    there = contract("K-3", "2026-01-01", gsrn=other)
    take_in("k.jsonl", OLD, there)
    assert take_in("k.jsonl", NEW, OLD | {"gsrn": other}).last == "accepted=0 unchanged=0 refused=2"
    assert refused("k.jsonl")[0][1] == SOLD_TWICE
    assert refused("k.jsonl")[1][1].startswith("contract K-1 (from 2026-01-01 on) and contract K-3")
    assert contracts(database) == {"K-1": ("2026-01-01", None), "K-3": ("2026-01-01", None)}


def test_a_number_that_two_files_tell_differently_is_refused_in_both(register, portal, tmp_path, database):
    (tmp_path / "a.jsonl").write_text(lines(OLD))
    (tmp_path / "b.jsonl").write_text(lines(ENDED, contract("N-1", "2026-01-01", kind="network")))
    assert portal("import", tmp_path / "b.jsonl", tmp_path / "a.jsonl").last == "accepted=1 unchanged=0 refused=2"
    reason = "line 1 of b.jsonl and line 1 of a.jsonl tell the same contract_number differently"
    assert all(reason in (tmp_path / f"{name}.jsonl.refused.csv").read_text() for name in "ab")


def test_a_damaged_file_is_left_out_and_the_others_of_its_kind_are_taken_in(register, portal, tmp_path, database):
    (tmp_path / "a.jsonl").write_text(lines(OLD) + "x" * (4 * 2**20 + 1))
    (tmp_path / "b.jsonl").write_text(lines(NEW))
    answer = portal("import", tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert (answer.code, answer.last) == (1, "accepted=1 unchanged=0 refused=0")
    assert answer.err.startswith("a.jsonl has a line of more than")
    assert contracts(database) == {"K-2": ("2026-03-15", None)}


def test_contracts_about_a_whole_site_compete_with_none(register, take_in):
    """A site may have two connections, one of electricity and one of heat."""
    assert take_in("k.jsonl", OLD | {"gsrn": None}, NEW | {"gsrn": None}).code == 0


TWO_RATES = (
    "the vat rate for sales of 2013-01-01 (from 2013-01-01 on) and the vat rate for sales of 2024-09-01 "
    "(from 2024-09-01 on) both hold from 2024-09-01 on, but vat has one rate for sales on a day; "
    "end the vat rate for sales of 2013-01-01 on 2024-08-31, or leave one of them out"
)


def test_of_two_rates_of_vat_on_a_day_none_is_taken_in(take_in, refused, database):
    told = (tax("24", "2013-01-01"), tax("25.5", "2024-09-01"), tax("25.5", "2024-09-01", applies_to="heat"))
    assert take_in("t.jsonl", *told).last == "accepted=1 unchanged=0 refused=2"
    assert [reason for _, reason, _ in refused("t.jsonl")] == [TWO_RATES, TWO_RATES]


def test_a_rate_ends_in_the_import_in_which_the_next_one_begins(take_in, database):
    assert take_in("t.jsonl", tax("24", "2013-01-01")).code == 0
    assert take_in("t.jsonl", tax("25.5", "2024-09-01")).code == 1
    assert take_in("t.jsonl", tax("25.5", "2024-09-01"), tax("24", "2013-01-01", "2024-08-31")).code == 0
    with database.reading() as db:
        assert {str(one.rate) for one in db.exec(select(Tax))} == {"24.000000", "25.500000"}


def test_a_tax_class_has_one_rate_a_day(take_in):
    of_class = {"kind": "electricity-tax", "applies_to": "I"}
    told = [tax("2.253", "2021-01-01", **of_class), tax("2.325", "2026-04-01", **of_class)]
    assert take_in("t.jsonl", *told).last == "accepted=0 unchanged=0 refused=2"
    assert take_in("t.jsonl", told[0] | {"valid_to": "2026-03-31"}, told[1]).last == "accepted=2 unchanged=0 refused=0"


def test_mandates_overlap_and_two_of_one_day_are_told_apart_by_their_numbers(register, take_in, database):
    wide = row("mandates", valid_from="2026-01-01", valid_to=None, sites=None, mandate_number=None)
    later = wide | {"valid_from": "2026-06-01", "themes": ["billing"]}
    same_day = wide | {"themes": ["moves"], "mandate_number": "V-2"}
    assert take_in("f.jsonl", wide, later, same_day).last == "accepted=3 unchanged=0 refused=0"
    assert take_in("f.jsonl", wide, same_day | {"valid_to": "2026-09-30"}).last == "accepted=1 unchanged=1 refused=0"
    with database.reading() as db:
        rows = db.exec(select(Mandate)).all()
    assert sorted((one.number, one.themes, one.valid_to is None) for one in rows) == [
        ("", "billing", True),
        ("", "billing,consumption", True),
        ("V-2", "moves", False),
    ]


# Mandates of the register that took another form here, and those that were given here


@pytest.fixture
def changed_here(register, take_in, database):
    """A mandate of the register that was narrowed twice here on a day; the feed's row, and the one that holds now."""
    told = row("mandates", valid_from="2026-01-01", valid_to="2027-12-31", sites=None, mandate_number=None)
    assert take_in("f.jsonl", told).code == 0
    with database.writing() as db:
        original = db.exec(select(Mandate)).one()
        account = Account(identity_index=b"1" * 32, given_names="Aino", family_name="Mäkelä", created_at=NOW)
        db.add(account)
        db.flush()
        old = original
        for last in (date(2028, 6, 30), None):
            new_id = uuid4()
            same = {"grantor_id": old.grantor_id, "grantee_id": old.grantee_id, "every_site": True, "level": "see"}
            days = {"valid_from": DAY, "valid_to": last}
            new = Mandate(id=new_id, number=str(new_id), themes="billing", replaces_id=old.id, **same, **days)
            at = datetime.combine(DAY, time(12), UTC)
            db.add_all([new, MandateEnd(mandate_id=old.id, at=at, how="replaced", account_id=account.id)])
            db.flush()
            old = new
    return told, new_id


def days_in(database, mandate):
    with database.reading() as db:
        found = db.get_one(Mandate, mandate)
        return found.valid_from, found.valid_to


@pytest.mark.parametrize(
    ("last", "days"),
    [
        ("2027-12-31", (DAY, None)),  # as it was: an extension holds
        ("2027-01-31", (DAY, date(2027, 1, 31))),
        ("2026-11-10", (date(2026, 11, 10),) * 2),  # the giver had died before the change
        (DAY.isoformat(), (DAY, None)),  # the event of the change, told back
    ],
)
def test_an_earlier_end_in_the_register_ends_what_a_mandate_became_here(changed_here, take_in, database, last, days):
    told, new = changed_here
    for _ in range(2):
        assert take_in("f.jsonl", told | {"valid_to": last}).code == 0
        assert days_in(database, new) == days


def test_of_a_mandate_given_here_a_feed_says_an_earlier_last_day_and_nothing_else(
    changed_here, take_in, database, refused
):
    told, new = changed_here
    echo = told | {"themes": ["billing"], "valid_from": DAY.isoformat(), "valid_to": None, "mandate_number": str(new)}
    assert take_in("f.jsonl", echo).last == "accepted=0 unchanged=1 refused=0"
    for other in ({"themes": ["moves"]}, {"level": "manage"}, {"sites": ["500001"]}, {"valid_from": "2026-11-19"}):
        assert take_in("f.jsonl", echo | other).last == "accepted=0 unchanged=0 refused=1"
        [(_, reason, _)] = refused("f.jsonl")
        assert reason == (
            f"mandate {new} was given here, and a row of it says nothing but an earlier valid_to; "
            f"let {next(iter(other))} be as in its event, or leave the row out"
        )
    assert days_in(database, new) == (DAY, None)
    end = echo | {"valid_to": "2026-12-24", "mandate_number": str(new).upper()}
    assert take_in("f.jsonl", end).last == "accepted=1 unchanged=0 refused=0"
    assert days_in(database, new) == (DAY, date(2026, 12, 24))
    assert take_in("f.jsonl", echo).last == "accepted=0 unchanged=0 refused=1"
    assert "only its giver lets it hold for longer" in refused("f.jsonl")[0][1]
    with database.reading() as db:
        assert len(db.exec(select(Mandate)).all()) == 3


def test_a_mandate_of_somebody_without_a_customer_number_ends_by_a_row_without_one(
    changed_here, take_in, database, refused
):
    told, _ = changed_here
    mandate_id = uuid4()
    with database.writing() as db:
        giver, account = db.exec(select(Mandate.grantor_id)).first(), db.exec(select(Account)).one()
        what = {"themes": "billing", "every_site": True, "level": "see", "valid_from": DAY}
        holder = {"holder_account_id": account.id, "holder_name": "Oona Virtanen"}
        db.add(Mandate(id=mandate_id, number=str(mandate_id), grantor_id=giver, **what, **holder))
    end = told | {"themes": ["billing"], "valid_from": DAY.isoformat(), "valid_to": "2026-12-24"}
    assert take_in("f.jsonl", end | {"grantee": None}).last == "accepted=0 unchanged=0 refused=1"
    assert refused("f.jsonl")[0][1] == "grantee is null, but mandate_number is not that of a mandate given here"
    number = {"mandate_number": str(mandate_id)}
    assert take_in("f.jsonl", end | number).last == "accepted=0 unchanged=0 refused=1"
    assert "let grantee be as in its event" in refused("f.jsonl")[0][1]
    assert take_in("f.jsonl", end | number | {"grantee": None}).last == "accepted=1 unchanged=0 refused=0"
    assert days_in(database, mandate_id) == (DAY, date(2026, 12, 24))


# holders stand in the row of their site


def holder(number, first, last=None, **joint):
    return {"customer_number": number, "from": first, "to": last, **joint}


@pytest.mark.parametrize(
    ("holders", "reason"),
    [
        (
            [holder("100001", "2021-06-01"), holder("100002", "2026-09-01")],
            "customers 100001 and 100002 both hold the site from 2026-09-01 on; say when the first one's days end",
        ),
        (
            [holder("100002", "2026-09-01", joint=True), holder("100001", "2021-06-01", "2026-09-01")],
            "customers 100001 and 100002 both hold the site on 2026-09-01",
        ),
    ],
)
def test_who_has_left_and_who_came_share_no_day(holders, reason):
    told = read(kind_named("sites"), lines(row("sites", holders=holders)).encode())
    assert isinstance(told, Refusal)
    assert reason in told.reason


@pytest.mark.parametrize(
    "holders",
    [
        [holder("100001", "2021-06-01", "2026-08-31"), holder("100002", "2026-09-01")],
        [holder("100001", "2021-06-01", joint=True), holder("100002", "2021-06-01", joint=True)],
    ],
)
def test_holders_follow_each_other_or_are_told_to_be_joint(register, take_in, database, holders):
    """Also the connection and the sale may have different holders."""
    assert take_in("s.jsonl", row("sites", holders=holders)).code == 0
    with database.reading() as db:
        assert len(db.exec(select(Occupancy)).all()) == 2


# any rows, in any order, in any files


def days_from(pair):
    start, length = pair
    first = FIRST + timedelta(start)
    return str(first), None if length is None else str(first + timedelta(length))


spans = st.tuples(st.integers(0, 300), st.none() | st.integers(0, 120)).map(days_from)
of_contracts = st.lists(st.tuples(spans, st.sampled_from(["sales", "network"])), max_size=6).map(
    lambda told: [contract(f"K-{number}", *days, kind) for number, (days, kind) in enumerate(told)]
)
of_taxes = st.lists(
    st.tuples(st.sampled_from(["10", "24"]), spans, st.sampled_from(["vat sales", "vat heat", "electricity-tax II"])),
    max_size=6,
).map(lambda told: [tax(rate, *days, *what.split()) for rate, days, what in told])
worlds = st.tuples(of_contracts, of_taxes).map(lambda both: [*both[0], *both[1]])


def naive(told):
    """Which rows may stand: none that is told in two ways, then none of a key of which two hold on one day."""
    known = defaultdict(set)
    for one in told:
        known[number_of(one)].add(json.dumps(one))
    clear = [one for one in told if len(known[number_of(one)]) == 1]
    held = defaultdict(set)
    for one in clear:
        for day in days_of(one):
            held[key_of(one), day].add(json.dumps(one))
    twice = {key for (key, _), rows in held.items() if len(rows) > 1}
    return {json.dumps(one) for one in clear if key_of(one) not in twice}


def number_of(one):
    return one.get("contract_number") or (one["kind"], one["applies_to"], one["valid_from"])


def key_of(one):
    return (one["kind"], one.get("gsrn") or one["applies_to"])


def days_of(one):
    last = date.fromisoformat(one["valid_to"]) if one["valid_to"] else FIRST + timedelta(HORIZON)
    first = date.fromisoformat(one["valid_from"])
    return [first + timedelta(number) for number in range((last - first).days + 1)]


def divided(told, places):
    """The rows in files of one kind each, as the numbers of their places say."""
    files = defaultdict(list)
    for one, place in zip(told, places, strict=True):
        files["contract_number" in one, place].append(one)
    return list(files.values())


def taken(database, folder, files):
    """Import files in one run: the sum, and the texts of refused lines."""
    for old in folder.iterdir():
        old.unlink()
    for number, rows in enumerate(files):
        (folder / f"{number}.jsonl").write_text(lines(*rows))
    context, silent = ImportContext(lambda: VAULT, NOW), lambda *_: None
    told = imports.run(database.writing, found([folder]), PointOptions(), None, context, silent) if files else []
    assert all(isinstance(one, Taken) for one in told)
    written = (path.read_text(encoding="utf-8") for path in folder.glob("*.refused.csv"))
    refused = [text for csv_text in written for _, _, text in [*csv.reader(io.StringIO(csv_text, newline=""))][1:]]
    return in_all(told), sorted(refused)


def standing(database):
    """What stands of contracts and taxes: (what, from, to)."""
    with database.reading() as db:
        of_contract = [(one.number, one.valid_from, one.valid_to) for one in db.exec(select(Contract))]
        of_tax = [(one.kind, one.applies_to, one.rate, one.valid_from, one.valid_to) for one in db.exec(select(Tax))]
    return {tuple(map(str, one)) for one in (*of_contract, *of_tax)}


def emptied(database):
    with database.writing() as db:
        db.exec(delete(Contract))
        db.exec(delete(Tax))


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "run"
    made.mkdir()
    return made


@pytest.mark.sqlite
def test_an_import_that_breaks_off_has_written_all_files_of_a_kind_or_none(register, database, folder):
    (folder / "a.jsonl").write_text(lines(ENDED, contract("N-1", "2026-01-01", kind="network"), "{}\n"))
    (folder / "b.jsonl").write_text(lines(NEW))

    def stop(name, *_done):
        if name == "b.jsonl":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imports.run(
            database.writing,
            found([folder]),
            PointOptions(),
            None,
            ImportContext(lambda: VAULT, NOW),
            stop,
        )
    assert standing(database) == set()
    assert sorted(path.name for path in folder.iterdir()) == ["a.jsonl", "b.jsonl"]


any_rows = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.sqlite
@any_rows
@given(data=st.data(), told=worlds)
def test_neither_order_nor_files_say_what_a_run_takes_in(register, database, folder, data, told):
    outcomes = []
    for _ in range(2):
        emptied(database)
        shuffled = data.draw(st.permutations(told))
        files = divided(shuffled, data.draw(st.lists(st.integers(0, 2), min_size=len(told), max_size=len(told))))
        outcomes.append((*taken(database, folder, files), standing(database)))
    may_stand = naive(told)
    assert outcomes[0] == outcomes[1]
    assert set(outcomes[0][1]) == {json.dumps(one) for one in told} - may_stand
    assert len(outcomes[0][2]) == len(may_stand)


@pytest.mark.sqlite
@any_rows
@given(data=st.data(), told=worlds)
def test_cut_into_runs_in_any_order_the_whole_ends_in_the_same_state(register, database, folder, data, told):
    emptied(database)
    may_stand = naive(told)
    whole = [one for one in told if json.dumps(one) in may_stand]
    taken(database, folder, divided(whole, [0] * len(whole)))
    expected = standing(database)
    emptied(database)
    runs = defaultdict(list)
    for one in data.draw(st.permutations(told)):  # those that contradict too: some of them may stand for a while
        runs[data.draw(st.integers(0, 3))].append(one)
    for rows in runs.values():
        taken(database, folder, divided(rows, [data.draw(st.integers(0, 1)) for _ in rows]))
        assert no_day_is_held_twice(database)
    emptied(database)
    for rows in runs.values():
        clear = [one for one in rows if json.dumps(one) in may_stand]
        taken(database, folder, divided(clear, [data.draw(st.integers(0, 1)) for _ in clear]))
    assert standing(database) == expected
    assert taken(database, folder, divided(whole, [0] * len(whole)))[0].unchanged == len(whole)


def no_day_is_held_twice(database):
    held = set()
    with database.reading() as db:
        rows = [
            *((one.kind, one) for one in db.exec(select(Contract))),
            *((f"{one.kind} {one.applies_to}", one) for one in db.exec(select(Tax))),
        ]
    for key, one in rows:
        last = one.valid_to or FIRST + timedelta(HORIZON)
        days = {(key, one.valid_from + timedelta(number)) for number in range((last - one.valid_from).days + 1)}
        if days & held:
            return False
        held |= days
    return True
