from datetime import date, timedelta
from uuid import uuid4

import pytest

from portal.auth.models import Account
from portal.auth.reach import EVERYTHING, Level, Reach, Theme
from portal.customers import lookups, queries
from portal.customers.importing import sealed
from portal.customers.models import Mandate, MandateSite, Party
from portal.kit import clock
from portal.kit.crypto import Vault
from portal.sites.models import Site
from tests.people import user

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
    """Give a mandate for everything, changed; `sites` limits it."""

    def given(grantor, grantee, sites=(), **changes):
        whole = {"themes": ",".join(Theme), "every_site": not sites, "level": "manage", "valid_from": TODAY}
        with database.writing() as db:
            mandate = Mandate(grantor_id=grantor, grantee_id=grantee, **(whole | changes))
            db.add(mandate)
            db.flush()
            db.add_all(MandateSite(mandate_id=mandate.id, site_id=site) for site in sites)

    return given


@pytest.fixture
def site(database):
    with database.writing() as db:
        site = Site(number="500001", street="Katu 1", postcode="20100", town="Turku")
        db.add(site)
    return site.id


@pytest.fixture
def reach(database):
    def found(acting_for=None, today=TODAY, who=AINO):
        with database.reading() as db:
            return lookups.reach(db, who, acting_for, today)

    return found


@pytest.fixture
def aino(add, database):
    """Aino, a customer with an account."""
    party = add("1", code="010180-9015")
    account = Account(identity_index=AINO, given_names="Aino", family_name="Mäkelä", created_at=clock.now())
    with database.writing() as db:
        db.add(account)
    return user(Reach(frozenset({party})), account_id=account.id)


def test_a_person_is_every_customer_number_with_their_code(add, reach):
    first, second = add("1", code="010180-9015"), add("2", code="010180-9015")
    add("3", code="290296-912H")
    assert reach() == Reach(frozenset({first, second}))


def test_a_stranger_is_nobody(add, reach):
    other = add("1", code="290296-912H")
    assert reach() == reach(other) == Reach(frozenset())


def test_a_mandate_opens_its_giver_when_chosen_and_while_it_lasts(add, give, reach):
    aino, company = add("1", code="010180-9015"), add("2", "company")
    give(company, aino, valid_to=TODAY + timedelta(1))
    assert reach().parties == {aino}
    assert reach(company, TODAY - timedelta(1)).parties == {aino}
    for day in (TODAY, TODAY + timedelta(1)):
        assert reach(company, day) == Reach(frozenset({company}), (EVERYTHING,), company, frozenset({aino}))
    assert reach(company, TODAY + timedelta(2)) == Reach(frozenset({aino}))


def test_a_limited_mandate_reaches_as_far_as_it_says(add, give, reach, site):
    aino, company = add("1", code="010180-9015"), add("2", "company")
    give(company, aino, [site], themes="billing,consumption", level="see")
    give(company, aino, themes="moves", valid_from=TODAY - timedelta(1))
    found = reach(company)
    assert not found.is_full
    assert (found.sites(Theme.BILLING), found.sites(Theme.MOVES)) == ({site}, None)
    assert found.sites(Theme.CONTRACTS) == found.sites(Theme.BILLING, Level.MANAGE) == frozenset()
    assert found.covers(Theme.BILLING)
    assert not found.covers(Theme.BILLING, Level.MANAGE)
    assert found.any_sites is None


def test_a_mandate_for_some_sites_without_any_left_opens_no_site(add, give, reach):
    aino, company = add("1", code="010180-9015"), add("2", "company")
    give(company, aino, every_site=False)
    assert reach(company).any_sites == frozenset()


def test_a_mandate_is_not_handed_on_and_does_not_work_backwards(add, give, reach):
    aino, company, other = add("1", code="010180-9015"), add("2", "company"), add("3", "company")
    give(other, company)
    give(aino, other)
    assert reach(other) == reach(company) == Reach(frozenset({aino}))


def test_a_person_chooses_between_themselves_and_those_they_may_act_for(add, give, database, aino, reach):
    company, former = add("2", "company"), add("3", "company")
    (own,) = aino.parties
    give(company, own)
    give(former, own, valid_from=TODAY - timedelta(9), valid_to=TODAY - timedelta(1))
    assert [(party.id, party.is_own) for party in reach().choices] == [(own, True), (company, False)]
    assert reach().party.id == own
    assert reach(company).party.id == company
    with database.reading() as db:
        assert queries.choice(db, aino, own, TODAY) is None
        assert queries.choice(db, aino, company, TODAY) == company
        for refused in (former, uuid4()):
            with pytest.raises(queries.NoSuchParty):
                queries.choice(db, aino, refused, TODAY)


def test_a_person_without_a_customer_number_has_nothing_to_show(add, reach):
    add("1")
    assert reach().party is None
    assert reach().choices == ()


def test_of_several_customer_numbers_the_first_stands_for_all(add, reach):
    add("2", code="010180-9015")
    first = add("1", code="010180-9015")
    assert [party.id for party in reach().choices] == [first]
    assert reach().party.customer_number == "1"
