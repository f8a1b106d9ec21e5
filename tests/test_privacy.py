"""No table is forgotten: whatever holds something about a person is exported by its slice's keeper."""

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from sqlmodel import SQLModel

import portal.tables  # noqa: F401 - all tables
from portal.audit.models import AuditEntry
from portal.auth.models import Account, SignedSession
from portal.consumption import recording
from portal.consumption.models import RevisionReason
from portal.consumption.registers.models import RegisterReading
from portal.customers import privacy as customers
from portal.customers.importing import sealed
from portal.customers.models import ContactDetail, Party
from portal.keepers import KEEPERS
from portal.kit.crypto import Vault
from portal.kit.intervals import Intervals, quarter_of
from portal.kit.privacy import DataSubject
from portal.outbox.models import OutboxEvent
from portal.privacy.words import LOOKS
from portal.sites.models import MeteringPoint, Occupancy, Site
from tests.portal import routes

ROOT = Path(__file__).parents[1]
OF_NOBODY = {"anyone"}  # guards of pages that open nobody's matters

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
VAULT = Vault([b"d" * 32], b"i" * 32)


def every_table():
    return {mapper.class_ for mapper in SQLModel._sa_registry.mappers}


def test_each_table_is_kept_by_exactly_one_keeper():
    claimed = [table for keeper in KEEPERS for table in (*keeper.TABLES, *keeper.NOT_PERSONAL)]
    twice = {table.__name__ for table in claimed if claimed.count(table) > 1}
    forgotten = {table.__name__ for table in every_table() - set(claimed)}
    assert not twice, f"{sorted(twice)}: let one privacy.py claim it"
    assert not forgotten, (
        f"{sorted(forgotten)}: add each to TABLES of its slice's privacy.py and to what export() gives, "
        "or to NOT_PERSONAL with the reason"
    )


def test_a_look_at_each_page_has_words_in_the_log():
    """What somebody opens on behalf of another is told to the customer, page by page."""
    opened = {route.path for route in routes() if "GET" in route.methods and route.guard.name not in OF_NOBODY}
    assert opened == set(LOOKS), "say what somebody did who opened the page: page(..., viewed=text(...))"
    assert max(map(len, opened)) <= AuditEntry.__table__.c.object_kind.type.length


def test_looks_have_words_before_a_portal_is_made():
    """`portal export` makes none, and says them too."""
    asked = "import portal.app; from portal.privacy.words import LOOKS; print(*LOOKS)"
    told = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(told.stdout.split()) == set(LOOKS)


def test_every_keeper_is_listed():
    listed = {keeper.__name__.split(".")[1] for keeper in KEEPERS}
    found = {path.parent.name for path in (ROOT / "portal").glob("*/privacy.py")} - {"kit"}
    assert listed == found, "portal/keepers.py lists every slice that has a privacy.py"


@pytest.mark.parametrize("keeper", KEEPERS, ids=lambda keeper: keeper.__name__)
def test_a_keeper_keeps_tables_of_its_own_slice_only(keeper):
    slice_ = keeper.__name__.rpartition(".")[0]
    for table in (*keeper.TABLES, *keeper.NOT_PERSONAL):
        assert table.__module__.startswith(f"{slice_}."), f"{table.__name__} belongs to another slice"


@pytest.fixture
def aino(database):
    """A person with a site that another one held before, and a stranger with everything too."""
    with database.writing() as db:
        return add_person(db, "100001", "010180-9015")


def add_person(db, number, code):
    party = Party(customer_number=number, kind="person", name=f"Person {number}")
    account = Account(identity_index=VAULT.blind_index(code), given_names="A", family_name="M", created_at=NOW)
    db.add(party)
    db.add(account)
    db.flush()
    db.add(sealed(party.id, code, VAULT))
    db.add(ContactDetail(party_id=party.id, kind="email", value=f"{number}@example.fi"))
    times = {"confirmed_at": NOW, "created_at": NOW, "seen_at": NOW, "expires_at": NOW}
    db.add(SignedSession(token_hash=uuid4().bytes * 2, account_id=account.id, broker="demo", acr="loa2", **times))
    db.add(OutboxEvent(kind="test", party_id=party.id, payload="{}", created_at=NOW, due_at=NOW))
    return party


def exported(db, party):
    subject = customers.subject_of(db, party.id)
    return [record for keeper in KEEPERS for record in keeper.export(db, subject)]


def test_an_export_holds_the_subject_and_nobody_else(database, aino):
    with database.writing() as db:
        add_person(db, "100002", "290296-912H")
    with database.reading() as db:
        records = exported(db, aino)
    assert {record.table for record in records} == {
        "party",
        "identity_code",
        "contact_detail",
        "account",
        "session",
        "outbox_event",
    }
    assert "100002" not in repr(records)


def test_an_export_holds_no_secret(database, aino):
    with database.reading() as db:
        columns = {name for record in exported(db, aino) for name in record.values}
    assert not columns & {"token_hash", "identity_index", "blind_index", "encrypted"}


def test_acts_on_the_customer_and_by_their_account_are_exported(database, aino):
    with database.writing() as db:
        subject = customers.subject_of(db, aino.id)
        for number, (account, party) in enumerate([(None, aino.id), (*subject.accounts, None), (None, None)], 1):
            hashes = {"previous_hash": bytes(32), "hash": bytes([number]) * 32}
            act = AuditEntry(
                number=number,
                at=NOW,
                account_id=account,
                party_id=party,
                act="see",
                **hashes,
                object_kind="party",
                object_id="1",
            )
            db.add(act)
    with database.reading() as db:
        acts = [record.values["number"] for record in exported(db, aino) if record.table == "audit_entry"]
    assert acts == [1, 2]


def test_readings_are_exported_for_the_days_of_an_occupancy_only(database, aino):
    begins = quarter_of(datetime(2026, 10, 30, 22, tzinfo=UTC))  # 31 October in Helsinki
    with database.writing() as db:
        site = Site(number="500001", street="Katu 1", postcode="20100", town="Turku", residents=3)
        db.add(site)
        db.flush()
        point = MeteringPoint(gsrn="643000000000000016", site_id=site.id, energy="electricity")
        db.add(point)
        db.add(Occupancy(site_id=site.id, party_id=aino.id, since=date(2026, 11, 1), until=date(2026, 11, 2)))
        quarters = np.arange(begins, begins + 5 * 96)
        readings = Intervals(quarters, np.ones_like(quarters), quarters - begins, np.zeros(len(quarters), np.uint8))
        recording.record(db, point.id, readings, NOW)
        db.flush()
        for first, last in ((date(2026, 10, 1), date(2026, 11, 1)), (date(2026, 11, 3), date(2026, 11, 4))):
            told = {"first_day": first, "last_day": last, "told_at": NOW, "reading_type": "BN01", "cause": "other"}
            db.add(RevisionReason(metering_point_id=point.id, **told))
        for day in (date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 3)):
            told = {"serial": "A", "counts": "total", "reading": 1, "unit": "kWh", "read_how": "customer"}
            db.add(RegisterReading(metering_point_id=point.id, read_on=day, **told))
    with database.reading() as db:
        records = exported(db, aino)
    assert [one.values["read_on"] for one in records if one.table == "register_reading"] == ["2026-11-01"]
    reasons = [record.values["first_day"] for record in records if record.table == "revision_reason"]
    assert reasons == ["2026-10-01"], "why readings were corrected is for whoever held the site on any of the days"
    readings = [record.values for record in records if record.table == "reading_month"]
    ends = readings[0]["start"], readings[-1]["quantity"]
    assert (len(readings), ends) == (192, ("2026-10-31T22:00:00+00:00", "0.000287"))
    (place,) = [record.values for record in records if record.table == "site"]
    assert "residents" not in place, "who lives there now is not the former holder's business"


def test_a_stranger_has_nothing(database, aino):
    with database.reading() as db:
        nobody = DataSubject(uuid4(), frozenset())
        assert [record for keeper in KEEPERS for record in keeper.export(db, nobody)] == []
