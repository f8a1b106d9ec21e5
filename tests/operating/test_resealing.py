"""Data keys are changed: what an older one sealed is sealed anew, and the older one can go."""

import pytest
from sqlmodel import select

from portal.customers.importing import sealed
from portal.customers.models import IdentityCode, Party
from portal.keepers import KEEPERS
from portal.kit.crypto import Unreadable, Vault
from portal.kit.privacy import columns_of
from portal.operating import resealing

OLD, NEW, INDEX = b"d" * 32, b"n" * 32, b"i" * 32
CODES = ("010180-9015", "020270-9014", "030360-901A")


def test_after_sealing_anew_the_older_key_is_not_needed(database, monkeypatch):
    monkeypatch.setattr(resealing, "AT_ONCE", 2)
    with database.writing() as db:
        for number, code in enumerate(CODES):
            party = Party(customer_number=str(number), kind="person", name="Name", town="Turku")
            db.add(party)
            db.flush()
            db.add(sealed(party.id, code, Vault([OLD], INDEX)))
    new = Vault([NEW], INDEX)
    with pytest.raises(Unreadable):
        resealing.reseal(database, new)
    both = Vault([NEW, OLD], INDEX)
    assert [resealing.reseal(database, both), resealing.reseal(database, both)] == [len(CODES), 0]
    with database.reading() as db:
        kept = db.exec(select(IdentityCode)).all()
        said = {new.open(one.encrypted, table="identity_code", column="encrypted", row=one.party_id) for one in kept}
        assert said == set(CODES)
        assert {one.blind_index for one in kept} == {new.blind_index(code) for code in CODES}


def test_every_sealed_column_is_sealed_anew():
    marked = {
        (str(table.__tablename__), name)
        for keeper in KEEPERS
        for table in keeper.TABLES
        for name, column in columns_of(table.__table__).items()
        if column.is_sealed
    }
    assert {(one.table.name, one.column) for one in resealing.SEALED} == marked
