"""Where a contract stands, when it can end, and what its prices are on a day, with VAT."""

from datetime import date
from decimal import Decimal

import pytest

from portal.contracts.charges import VatRate
from portal.contracts.records import dated_prices
from portal.contracts.rules import (
    ContractState,
    When,
    consumer_bound_until,
    earliest_end,
    fixed_term,
    state,
    with_vat,
)
from tests.contracts.values import contract, energy

TODAY = date(2026, 11, 21)
BEGAN = date(2025, 4, 1)


@pytest.mark.parametrize(
    ("first", "last", "fixed_until", "stands"),
    [
        (BEGAN, None, None, ContractState.RUNNING),
        (TODAY, None, None, ContractState.RUNNING),
        (date(2026, 11, 22), None, None, ContractState.COMING),
        (BEGAN, TODAY, None, ContractState.ENDING),
        (BEGAN, date(2027, 12, 31), None, ContractState.ENDING),
        (BEGAN, date(2026, 11, 20), None, ContractState.ENDED),
        (BEGAN, None, date(2027, 3, 31), ContractState.ENDING),
        (BEGAN, None, date(2028, 3, 31), ContractState.RUNNING),
        (BEGAN, None, date(2026, 10, 31), ContractState.RUNNING),
    ],
)
def test_where_a_contract_stands(first, last, fixed_until, stands):
    assert state(first, last, fixed_until, TODAY) is stands


@pytest.mark.parametrize(
    ("fixed_until", "last_day"),
    [(None, date(2026, 12, 5)), (date(2027, 3, 31), date(2027, 3, 31)), (date(2026, 11, 25), date(2026, 12, 5))],
)
def test_when_notice_given_today_would_end_a_contract(fixed_until, last_day):
    assert earliest_end(14, fixed_until, TODAY) == last_day


@pytest.mark.parametrize(
    ("first", "fixed_until", "bound_until"),
    [
        (date(2025, 4, 1), date(2027, 3, 31), date(2027, 3, 31)),
        (date(2025, 4, 1), date(2028, 3, 31), date(2027, 3, 31)),
        (date(2025, 4, 1), date(2026, 3, 31), date(2026, 3, 31)),
        (date(2024, 2, 29), date(2028, 2, 28), date(2026, 2, 27)),
    ],
)
def test_a_fixed_term_binds_a_consumer_for_two_years_at_most(first, fixed_until, bound_until):
    assert consumer_bound_until(first, fixed_until) == bound_until


def test_how_far_a_fixed_term_has_come():
    term = fixed_term(BEGAN, date(2027, 3, 31), TODAY)
    assert (term.length, term.passed, term.left) == (729, 599, 130)
    assert fixed_term(BEGAN, None, TODAY) is None
    assert fixed_term(BEGAN, date(2026, 11, 20), TODAY) is None


@pytest.mark.parametrize(
    ("price", "gross"), [("6.765", "8.49"), ("3.90", "4.89"), ("0.063", "0.0791"), ("0", "0.00"), ("-0.24", "-0.30")]
)
def test_prices_with_vat_are_rounded_as_price_lists_do(price, gross):
    assert with_vat(Decimal(price), Decimal("25.5")) == Decimal(gross)


def test_prices_are_cut_to_the_contract_and_stand_in_time():
    history = (
        energy("5", last=date(2024, 12, 31)),
        energy("6", first=date(2025, 1, 1), last=date(2025, 12, 31)),
        energy("7", first=date(2026, 1, 1), last=date(2026, 12, 31)),
        energy("8", first=date(2027, 1, 1)),
    )
    found = dated_prices(contract(*history, first=BEGAN))
    assert [(one.price.amount, one.first, one.last, one.when(TODAY)) for one in found] == [
        (Decimal(6), BEGAN, date(2025, 12, 31), When.PAST),
        (Decimal(7), date(2026, 1, 1), date(2026, 12, 31), When.NOW),
        (Decimal(8), date(2027, 1, 1), None, When.COMING),
    ]


def test_a_price_has_the_vat_of_its_time():
    history = (energy("5", last=date(2024, 6, 30)), energy("6", first=date(2024, 7, 1)))
    found = dated_prices(contract(*history, first=date(2024, 1, 1)))
    assert [one.gross for one in found] == [Decimal("6.20"), Decimal("7.44"), Decimal("7.53")]


def test_a_price_is_cut_where_vat_changes():
    """On 31 August 2024 VAT was 24 %, the day after 25.5 %."""
    (before, after) = dated_prices(contract(energy("10"), first=date(2024, 1, 1)))
    assert (before.first, before.last, before.gross, before.when(TODAY)) == (
        date(2024, 1, 1),
        date(2024, 8, 31),
        Decimal("12.40"),
        When.PAST,
    )
    assert (after.first, after.last, after.gross, after.when(TODAY)) == (
        date(2024, 9, 1),
        None,
        Decimal("12.55"),
        When.NOW,
    )


def test_a_price_is_not_cut_where_a_rate_goes_on_in_another_row():
    same = (VatRate(Decimal(24), date(2020, 1, 1), date(2022, 12, 31)), VatRate(Decimal(24), date(2023, 1, 1)))
    assert len(dated_prices(contract(energy("10"), first=date(2021, 1, 1), vat=same))) == 1


def test_a_price_has_no_gross_where_two_rates_contradict_each_other():
    twice = (VatRate(Decimal(24), date(2013, 1, 1)), VatRate(Decimal("25.5"), date(2024, 9, 1)))
    before, after = dated_prices(contract(energy("10"), first=date(2024, 1, 1), vat=twice))
    assert (before.gross, after.gross, after.first) == (Decimal("12.40"), None, date(2024, 9, 1))


def test_a_price_without_a_known_rate_has_no_gross():
    now, later = dated_prices(contract(energy("5"), first=BEGAN, vat=(VatRate(Decimal(24), date(2030, 1, 1)),)))
    assert (now.gross, later.gross, later.when(TODAY)) == (None, Decimal("6.20"), When.COMING)
