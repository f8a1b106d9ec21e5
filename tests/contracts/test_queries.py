"""Which contracts somebody sees, and which prices pricing is given, on both databases."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import numpy as np
import pytest
from sqlmodel import select

from portal.auth.reach import Grant, Level, Reach, Theme
from portal.contracts import queries
from portal.contracts.charges import ELECTRICITY_TAX
from portal.contracts.kinds import ContractKind
from portal.contracts.models import Contract
from portal.contracts.pricing import Supply, bill
from portal.contracts.queries import NoSuchContract
from portal.contracts.scope import CONTRACTS
from portal.contracts.spot_days import UNTOLD
from portal.contracts.terms import spot_for, terms_for
from portal.kit.questions import itself
from tests.contracts.register import LONG_AGO, somebody
from tests.contracts.values import days, measured, quarters
from tests.people import user

TODAY = date(2026, 11, 21)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def home(register):
    """A household with a sales and a network contract at one metering point."""
    return Home(register)


class Home:
    def __init__(self, register, street="Esimerkkikatu 4"):
        self.party = register.party()
        self.who = somebody(self.party)
        self.site = register.site(street, "koti", estimated_kwh_a_year=9000)
        register.occupancy(self.party, self.site)
        self.point = register.point(self.site)
        self.product = register.product(name="Vakaa", origin="hydro")
        register.price(self.product, "energy", "6.765", position=0)
        register.price(self.product, "base", "3.90", "month", position=1)
        self.network_product = register.product("network", "Siirto")
        register.price(self.network_product, "energy", "3.51", last=date(2026, 12, 31))
        register.price(self.network_product, "energy", "3.60", first=date(2027, 1, 1))
        self.sales = register.contract(self.party, self.site, self.point, self.product)
        self.network = register.contract(
            self.party, self.site, self.point, self.network_product, "network", tax_class="I"
        )


def test_a_contract_with_all_there_is_to_it(database, register, home):
    register.taxes()
    with database.reading() as db:
        held = queries.by_id(db, home.who, home.sales, TODAY)
    assert (held.product.fi, held.origin, held.kind) == ("Vakaa", "hydro", ContractKind.SALES)
    assert (held.street, held.main_fuse) == ("Esimerkkikatu 4", "3 x 25 A")
    assert [one.price.code for one in held.every_price] == ["energy", "base"]
    assert {one.vat_percent for one in held.every_price} == {Decimal("25.5")}


def test_a_contract_about_a_whole_site_has_no_metering_point(database, register, home):
    product = register.product("connection", "Liittymä")
    whole = register.contract(home.party, home.site, None, product, "connection")
    with database.reading() as db:
        assert queries.by_id(db, home.who, whole, TODAY).gsrn is None


@pytest.mark.parametrize(
    ("since", "until", "told"),
    [
        (LONG_AGO, None, True),
        (LONG_AGO, TODAY, True),
        (TODAY, None, True),
        (LONG_AGO, YESTERDAY, False),
        (TODAY + timedelta(days=1), None, False),
    ],
)
def test_what_a_site_is_like_is_for_who_holds_it_today(database, register, since, until, told):
    party = register.party()
    site = register.site(name="koti", estimated_kwh_a_year=9000)
    contract = register.contract(party, site, register.point(site), register.product())
    register.occupancy(party, site, since, until)
    register.occupancy(register.party(), site)
    with database.reading() as db:
        held = queries.by_id(db, somebody(party), contract, TODAY)
    assert held.street == "Esimerkkikatu 4"
    shown = (held.site_name, held.estimated_kwh_a_year, held.main_fuse)
    assert shown == (("koti", 9000, "3 x 25 A") if told else (None, None, None))


def test_energy_is_priced_by_ones_own_contracts_only(database, register, home):
    register.taxes()
    november = days("2026-11-01", "2026-11-30")
    with database.reading() as db:
        mine = queries.terms(db, home.who, november)
        theirs = queries.terms(db, somebody(register.party()), november)
    assert [one.contract_id for one in mine[home.point]] == [home.sales, home.network]
    assert not theirs


def test_a_stranger_finds_no_contract(database, register, home):
    stranger = somebody(register.party())
    with database.reading() as db:
        for who, contract in ((stranger, home.sales), (somebody(), home.sales), (home.who, uuid4())):
            with pytest.raises(NoSuchContract):
                queries.by_id(db, who, contract, TODAY)
        assert queries.running(db, stranger, TODAY) == []
        assert queries.listed(db, stranger, TODAY) == []
        assert queries.number_of_sites(db, stranger, TODAY) == 0
        assert queries.at_sites(db, stranger, [home.site], TODAY) == []
        assert queries.at_sites_and_ended(db, stranger, [], TODAY) == ([], [])


def test_contracts_run_from_their_first_day_to_their_last(database, register, home):
    over = register.contract(home.party, home.site, home.point, home.product, valid_to=YESTERDAY)
    last_day = register.contract(home.party, home.site, home.point, home.product, valid_to=TODAY)
    to_come = register.contract(home.party, home.site, home.point, home.product, first=TODAY + timedelta(days=1))
    with database.reading() as db:
        running = {held.id for held in queries.running(db, home.who, TODAY)}
        at_site = {held.id for held in queries.at_sites(db, home.who, [home.site], TODAY)}
        ended = [held.id for held in queries.at_sites_and_ended(db, home.who, [], TODAY)[1]]
    assert running == {home.sales, home.network, last_day}
    assert at_site == running | {to_come}
    assert ended == [over]


def test_contracts_are_listed_by_the_address_of_their_site(database, register, home):
    others = [Home(register, street) for street in ("Aleksanterinkatu 1", "Rantapolku 12")]
    who = somebody(home.party, *(other.party for other in others))
    with database.reading() as db:
        assert queries.number_of_sites(db, who, TODAY) == 3
        sites = [one.site_id for one in queries.listed(db, who, TODAY)]
    assert sites == [site for site in (others[0].site, home.site, others[1].site) for _ in range(2)]


def test_pricing_is_given_the_contracts_and_prices_of_its_days(database, register, home):
    register.taxes()
    register.contract(home.party, home.site, home.point, home.product, valid_to=date(2025, 12, 31))
    with database.reading() as db:
        found = terms_for(db, home.point, days("2026-11-01", "2026-11-30"))
        later = terms_for(db, home.point, days("2026-12-31", "2027-01-01"))
    assert [terms.contract_id for terms in found] == [home.sales, home.network]
    assert [(price.code, price.amount) for price in found[1].prices] == [
        ("energy", Decimal("3.51")),
        (ELECTRICITY_TAX, Decimal("2.253")),
    ]
    assert [price.amount for price in later[1].prices if price.code == "energy"] == [Decimal("3.51"), Decimal("3.60")]
    assert found[0].vat[0].percent == Decimal("25.5")


def test_a_bill_from_the_register(database, register, home):
    register.taxes()
    november = days("2026-11-01", "2026-11-30")
    with database.reading() as db:
        terms = terms_for(db, home.point, november)
    found = bill([Supply(measured(quarters(november), 100_000), terms)], november)
    assert [(line.contract_id, line.code, line.quantity, line.net.cents) for line in found.lines] == [
        (home.sales, "energy", Decimal(288), 1948),
        (home.sales, "base", Decimal(1), 390),
        (home.network, "energy", Decimal(288), 1011),
        (home.network, ELECTRICITY_TAX, Decimal(288), 649),
    ]
    assert (found.net.cents, found.vat.cents, found.total.cents) == (3998, 1019, 5017)


def test_spot_prices_come_month_by_month_and_gaps_stay_gaps(database, register):
    november = quarters(days("2026-11-01", "2026-11-30"))
    register.spot(date(2026, 11, 1), np.arange(100))
    register.spot(date(2027, 1, 1), np.full(31 * 96, 7))
    with database.reading() as db:
        spot = spot_for(db, days("2026-11-30", "2027-01-01"))
    assert spot.first == november[0]
    assert len(spot.prices) == (30 + 31 + 31) * 96
    assert spot.prices[99] == 99
    assert (spot.prices[100 : (30 + 31) * 96] == UNTOLD).all()
    assert (spot.prices[(30 + 31) * 96 :] == 7).all()


def test_prices_of_long_ago_are_of_no_interest_to_pricing(database, register, home):
    register.price(home.product, "old", "1", first=LONG_AGO, last=date(2021, 1, 1), position=2)
    with database.reading() as db:
        (sales, _) = terms_for(db, home.point, days("2026-11-01", "2026-11-30"))
        held = queries.by_id(db, home.who, home.sales, TODAY)
    assert [price.code for price in sales.prices] == ["energy", "base"]
    assert [one.price.code for one in held.every_price] == ["energy", "base", "old"]


@pytest.mark.parametrize("themes", [{Theme.CONTRACTS}, {Theme.CONTRACTS, Theme.BILLING}, {Theme.BILLING}, set()])
@pytest.mark.parametrize("limited", [True, False])
def test_a_question_and_a_select_of_one_scope_see_the_same_rows(database, register, home, themes, limited):
    other = register.contract(home.party, register.site(), None, home.product)
    register.contract(register.party(), home.site, home.point, home.product)
    sites = frozenset({home.site}) if limited else None
    who = user(Reach(frozenset({home.party}), (Grant(frozenset(themes), sites, Level.SEE),)))
    asked = CONTRACTS.question(itself, select(Contract.id))
    with database.reading() as db:
        found = set(asked.all(db, who))
        assert found == set(db.exec(select(Contract.id).where(CONTRACTS.visible_to(who))))
    seen = {home.sales, home.network} | (set() if limited else {other})
    assert found == (seen if Theme.CONTRACTS in themes else set())
