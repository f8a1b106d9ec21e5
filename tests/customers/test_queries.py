from datetime import date, timedelta
from uuid import uuid4

import pytest

from portal.auth.people import Customer
from portal.customers import queries
from portal.customers.keeping import sealed
from portal.customers.models import Mandate, Party
from portal.customers.rules import Theme
from portal.kit.crypto import Vault

TODAY = date(2026, 11, 21)
VAULT = Vault([b"d" * 32], b"i" * 32)
AINO = VAULT.blind_index("010180-9015")


@pytest.fixture
def add(database):
    """Add a party, perhaps with an identity code; its id."""

    def added(number, kind="person", code=None):
        with database.writing() as db:
            party = Party(customer_number=number, kind=kind, name=f"Name {number}", town="Turku")
            db.add(party)
            db.flush()
            if code:
                db.add(sealed(party.id, code, VAULT))
        return party.id

    return added


@pytest.fixture
def give(database):
    """Give a mandate for everything, changed."""

    def given(grantor, grantee, **changes):
        whole = {"themes": ",".join(Theme), "sites": "", "level": "manage", "valid_from": TODAY}
        with database.writing() as db:
            db.add(Mandate(grantor_id=grantor, grantee_id=grantee, **(whole | changes)))

    return given


@pytest.fixture
def parties(database):
    def found(who, today=TODAY):
        with database.reading() as db:
            return queries.parties_of(db, who, today)

    return found


def person(*parties):
    return Customer(account_id=uuid4(), session_id=uuid4(), name="Aino", parties=frozenset(parties), acr="")


def test_a_person_is_every_customer_number_with_their_code(add, parties):
    first, second = add("1", code="010180-9015"), add("2", code="010180-9015")
    add("3", code="290296-912H")
    assert parties(AINO) == {first, second}


def test_a_stranger_is_nobody(add, parties):
    add("1", code="290296-912H")
    assert parties(AINO) == frozenset()


def test_a_mandate_for_everything_opens_its_giver_while_it_lasts(add, give, parties):
    aino, company = add("1", code="010180-9015"), add("2", "company")
    give(company, aino, valid_to=TODAY + timedelta(1))
    assert parties(AINO, TODAY - timedelta(1)) == {aino}
    assert parties(AINO, TODAY) == parties(AINO, TODAY + timedelta(1)) == {aino, company}
    assert parties(AINO, TODAY + timedelta(2)) == {aino}


@pytest.mark.parametrize("limit", [{"sites": "500001"}, {"level": "see"}, {"themes": "billing,consumption"}])
def test_a_limited_mandate_opens_nothing_by_itself(add, give, parties, limit):
    aino, company = add("1", code="010180-9015"), add("2", "company")
    give(company, aino, **limit)
    assert parties(AINO) == {aino}


def test_a_mandate_is_not_handed_on_and_does_not_work_backwards(add, give, parties):
    aino, company, other = add("1", code="010180-9015"), add("2", "company"), add("3", "company")
    give(other, company)
    give(aino, other)
    assert parties(AINO) == {aino}


def test_the_head_of_a_page_names_the_person_first(add, database):
    company, aino = add("1", "company"), add("2")
    with database.reading() as db:
        assert queries.shown(db, person(company, aino)).customer_number == "2"
        assert queries.shown(db, person(company)).name == "Name 1"


def test_a_person_without_a_customer_number_has_nothing_to_show(add, database):
    add("1")
    with database.reading() as db:
        assert queries.shown(db, person()) is None
