"""Another product: which are on sale to whom, what the last year would have cost, what is read before it is signed."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import numpy as np
import pytest
from sqlmodel import delete, select, update

from portal.consumption import recording
from portal.consumption.models import ReadingMonth
from portal.contracts import on_sale as shop
from portal.contracts.charges import Price, Terms, VatRate
from portal.contracts.kinds import Basis, ContractKind, Names, TariffPeriod
from portal.contracts.models import Contract, Product, SpotMonth
from portal.contracts.offers import ProductOffer
from portal.contracts.tariff_periods import Days
from portal.customers.models import PartyKind
from portal.kit.clock import DAY, months, next_month, quarters_in
from portal.kit.energy import Energy
from portal.kit.i18n import Language
from portal.kit.money import Money
from portal.outbox.models import OutboxEvent
from portal.requests.asking import Answers
from portal.requests.kinds.change_product import CHANGE_PRODUCT, earliest
from portal.requests.models import ServiceRequest
from portal.requests.subjects import SaleSubject, YearCosts
from portal.sites.models import Occupancy
from tests import markup
from tests.consumption.readings import every
from tests.people import AINO
from tests.requests.conftest import begin, fill_in, rows, send
from tests.requests.values import LONG_AGO, TODAY, WHOSE, contract

pytestmark = pytest.mark.sqlite

YEAR = Days(date(2025, 11, 1), date(2026, 10, 31))
VAT = VatRate(Decimal("25.5"), LONG_AGO)
NAMES = {"fi": "Uusi", "sv": "Ny", "en": "New"}


def offer(code="NEW", basis=Basis.ENERGY, months=None):
    """A product that is on sale, at 8 c/kWh without VAT."""
    price = Price("energy", Names("Energia", "Energi", "Energy"), basis, TariffPeriod.ALL, Decimal(8), LONG_AGO)
    id_ = UUID(int=7)
    terms = Terms(id_, None, id_, ContractKind.SALES, None, TODAY, TODAY, 15, None, (price,), (VAT,))
    return ProductOffer(code, Names(**NAMES), months, terms)


def about(held=None, *offers, year=None):
    return SaleSubject(**WHOSE, contract=held or contract(), others=(), offers=offers, year=year)


HINDERED = [
    (about(None, offer()), None),
    (about(contract(fixed_until=TODAY + DAY), offer()), None),
    (about(contract(ContractKind.NETWORK), offer()), "sale of electricity only"),
    (about(contract(last=TODAY), offer()), "last day already"),
    (about(), "no products to choose from"),
]


@pytest.mark.parametrize(("subject", "says"), HINDERED)
def test_a_contract_of_sale_that_goes_on_is_changed(subject, says):
    reason = CHANGE_PRODUCT.hindrance(subject, TODAY)
    assert (reason is None) if says is None else says in reason.said(Language.EN)


EARLIEST = [
    (contract(fixed_until=TODAY + timedelta(100)), TODAY + timedelta(15)),  # binds for two years, which are over
    (contract(), TODAY + timedelta(15)),
    (contract(first=date(2026, 1, 1), fixed_until=TODAY + timedelta(100)), TODAY + timedelta(101)),
    (contract(first=date(2026, 1, 1), fixed_until=TODAY + timedelta(3)), TODAY + timedelta(15)),
    (contract(first=TODAY + timedelta(30)), TODAY + timedelta(31)),
]


@pytest.mark.parametrize(("held", "first"), EARLIEST)
def test_a_fixed_term_and_the_notice_are_kept(held, first):
    assert earliest(about(held, offer()), TODAY) == first
    _, day = CHANGE_PRODUCT.questions(about(held, offer()), Answers(), TODAY)
    assert (day.field.first, day.suggested) == (first, first.isoformat())


def said(subject, code="NEW", first="2026-12-06"):
    promised = CHANGE_PRODUCT.promise(subject, Answers({"product": code, "first": first}), TODAY)
    return promised.said(Language.EN).replace("\u00a0", " ")


def test_the_key_terms_are_read_before_it_is_signed():
    whole = said(about(None, offer(months=12)))
    for told in (
        "New begins on 6 Dec 2026",
        "Energy 10,04 c/kWh",
        "fixed until 5 Dec 2027",
        "withdraw without a reason",
    ):
        assert told in whole
    assert "exchange" not in whole
    open_ended = said(about(contract(is_a_persons=False), offer(basis=Basis.SPOT)))
    for told in ("Margin on the spot price 10,04 c/kWh", "until further notice", "exchange", "not known beforehand"):
        assert told in open_ended
    assert "withdraw" not in open_ended


@pytest.mark.parametrize(
    ("would", "told"), [(900_00, "100,00 € less"), (1100_00, "100,00 € more"), (1000_00, "would have cost the same")]
)
def test_each_product_says_what_the_year_would_have_cost(would, told):
    year = YearCosts(YEAR, Energy(5_200 * 10**6), Money(1000_00), {"NEW": Money(would)})
    subject = about(None, offer(), year=year)
    choice, _ = CHANGE_PRODUCT.questions(subject, Answers(), TODAY)
    (option,) = choice.field.options
    assert told in option.hint.said(Language.EN).replace("\u00a0", " ")
    assert "5 200 kWh. It cost 1 000,00 €" in choice.hint.said(Language.EN).replace("\u00a0", " ")
    assert "instead of 1 000,00 €" in said(subject)
    assert "instead of" not in said(about(None, offer()))


def test_a_product_that_is_no_longer_sold_is_asked_for_anew():
    course = CHANGE_PRODUCT.course(about(None, offer()), Answers({"product": "OLD", "first": "2026-12-10"}), TODAY)
    assert course.next.code == "product"


# What is on sale


def on_sale(database, holder=PartyKind.PERSON, today=TODAY):
    with database.reading() as db:
        return [one.name.fi for one in shop.products(db, ContractKind.SALES, holder, today)]


@pytest.mark.parametrize(
    ("facts", "person", "company"),
    [
        ({"sold_from": TODAY}, True, True),
        ({"sold_from": TODAY, "sold_until": TODAY}, True, True),
        ({}, False, False),
        ({"sold_from": TODAY + DAY}, False, False),
        ({"sold_from": LONG_AGO, "sold_until": TODAY - DAY}, False, False),
        ({"sold_from": TODAY, "sold_to": "person"}, True, False),
        ({"sold_from": TODAY, "sold_to": "company"}, False, True),
        ({"sold_from": TODAY, "fixed_months": 24}, True, True),
        ({"sold_from": TODAY, "fixed_months": 36}, False, True),
        ({"sold_from": TODAY, "kind": "heat"}, False, False),
    ],
)
def test_who_may_choose_which_product(database, register, facts, person, company):
    register.taxes()
    product = register.product(name="Uusi", **facts)
    register.price(product, "energy", "8")
    assert on_sale(database) == ["Uusi"] * person
    assert on_sale(database, PartyKind.COMPANY) == ["Uusi"] * company


def test_a_product_without_a_price_today_or_a_rate_of_vat_is_not_offered(database, register):
    product = register.product(name="Uusi", sold_from=LONG_AGO)
    register.price(product, "energy", "8", first=TODAY + DAY)
    register.taxes()
    assert on_sale(database) == []
    assert on_sale(database, today=TODAY + DAY) == ["Uusi"]
    register.vat("sales", "25.5", first=LONG_AGO, last=TODAY)
    assert on_sale(database, today=TODAY + DAY) == []


# On the pages


@pytest.fixture
def lived_in(register, home, aino):
    """Aino's home, of which a kilowatt-hour an hour was used for two years, and three products on sale."""
    with register.database.writing() as db:
        vakaa = db.exec(select(Contract.product_id).where(Contract.id == home.sales)).one()
        readings = every(date(2024, 11, 1), aino.today - DAY, length=4, milliwatt_hours=lambda at: at * 0 + 1_000_000)
        recording.record(db, home.where[2], readings, aino.now)
    register.price(vakaa, "energy", "10")
    register.price(vakaa, "base", "5", basis="month")
    home.old = vakaa
    for name, price, basis in (("Halpa", "8", "energy"), ("Pörssi", "1", "spot")):
        product = register.product(name=name, sold_from=LONG_AGO, fixed_months=12 if name == "Halpa" else None)
        register.price(product, "energy", price, basis)
        register.price(product, "base", "4", basis="month")
    for month in months(YEAR.first, YEAR.last):
        quarters = sum(quarters_in(month + day * DAY) for day in range((next_month(month) - month).days))
        register.spot(month, np.zeros(quarters, np.int64))
    return home


def options(page):
    return markup.words(page, "//fieldset").replace("\u00a0", " ")


def test_the_last_year_is_priced_with_each_product_by_the_one_rule(aino, lived_in):
    page = aino.browser.open(f"/contracts/{lived_in.sales}")
    assert f"/requests/new/change-product?contract={lived_in.sales}" in markup.found(page, "//main//a/@href")
    draft = begin(aino.browser, "change-product", contract=lived_in.sales)
    asked = aino.browser.open(draft)
    net, halpa, spot = 8760 * 10 + 12 * 500, 8760 * 8 + 12 * 400, 8760 * 1 + 12 * 400
    paid, cheap, by_spot = (round(cents + round(cents * 0.255)) for cents in (net, halpa, spot))
    assert f"Se maksoi {paid // 1000 // 100} {paid // 100 % 1000},{paid % 100:02}" in markup.words(
        asked, "//main//header"
    ).replace("\u00a0", " ")
    assert f"vuosi olisi maksanut {cheap // 100},{cheap % 100:02} €" in options(asked)
    assert f"vuosi olisi maksanut {by_spot // 100},{by_spot % 100:02} €" in options(asked)
    assert "määräaikainen, 12 kk" in options(asked)
    assert "Vakaa" not in options(asked)


@pytest.mark.parametrize(("months", "is_offered"), [(None, False), (12, True)])
def test_the_same_product_is_offered_only_for_a_new_term(house, aino, lived_in, months, is_offered):
    with house.database.writing() as db:
        same = db.get_one(Product, lived_in.old)
        same.sold_from, same.fixed_months = LONG_AGO, months
    draft = begin(aino.browser, "change-product", contract=lived_in.sales)
    assert ("Vakaa" in options(aino.browser.open(draft))) is is_offered


@pytest.mark.parametrize("lacks", ["readings", "contract", "spot", "holder"])
def test_half_a_year_is_compared_with_nothing(house, aino, lived_in, register, lacks):
    with house.database.writing() as db:
        if lacks == "contract":
            db.get_one(Contract, lived_in.sales).valid_from = date(2026, 1, 1)
        if lacks == "readings":
            db.exec(delete(ReadingMonth).where(ReadingMonth.month == date(2026, 2, 1)))
        if lacks == "holder":
            db.exec(update(Occupancy).where(Occupancy.site_id == lived_in.site).values(since=date(2026, 1, 1)))
        if lacks == "spot":
            db.exec(delete(SpotMonth))
    draft = begin(aino.browser, "change-product", contract=lived_in.sales)
    said = markup.words(aino.browser.open(draft), "//main")
    assert "Halpa" in said
    assert "olisi maksanut" not in said


def test_it_is_signed_and_told_by_the_code_of_the_product(house, aino, lived_in):
    proved = house.open_for(AINO, aino.name, proved_minutes_ago=1)
    draft = begin(proved, "change-product", contract=lived_in.sales)
    code = markup.found(proved.open(draft), "//input[@name='answer']/@value")[0]
    fill_in(proved, draft, code, "6.12.2026")
    checked = markup.words(proved.open(draft), "//main")
    for told in (
        "Halpa alkaa 6.12.2026",
        "määräaikainen 5.12.2027 asti",
        "Voit peruuttaa sopimuksen syytä ilmoittamatta",
    ):
        assert told in checked
    assert send(proved, draft).headers["location"] == draft
    assert "Halpa alkaa 6.12.2026" in markup.words(proved.open(draft), "//main")
    (event,) = [one.payload for one in rows(house.database, OutboxEvent) if one.kind == "request.sent"]
    assert f'"answer":"{code}"' in event
    assert [one.state for one in rows(house.database, ServiceRequest)] == ["received"]


def test_a_draft_of_a_product_that_left_the_shop_chooses_anew(house, aino, lived_in):
    draft = begin(aino.browser, "change-product", contract=lived_in.sales)
    code = markup.found(aino.browser.open(draft), "//input[@name='answer']/@value")[0]
    fill_in(aino.browser, draft, code)
    with house.database.writing() as db:
        db.exec(select(Product).where(Product.code == code)).one().sold_until = aino.today - DAY
    assert markup.words(aino.browser.open(draft), "//h1") == "Minkä tuotteen valitset?"
