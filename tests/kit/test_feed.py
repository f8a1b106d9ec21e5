"""How values are written in feeds."""

from decimal import Decimal
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from portal.kit.feed import Day, Moment, Price, decimal, words


@given(st.decimals(-(10**7), 10**7, places=6))
def test_every_price_is_read_exactly(price):
    assert TypeAdapter(Price).validate_python(f"{price:f}") == price


@pytest.mark.parametrize("text", ["", "1,5", "01", "1.", ".5", "1e3", "+1", "NaN", "1.1234567", "\u0661", "1\n"])
def test_other_texts_are_no_prices(text):
    with pytest.raises(ValidationError, match="must be digits"):
        TypeAdapter(Price).validate_python(text)


def test_a_number_is_refused_where_a_text_of_digits_is_asked_for():
    with pytest.raises(ValidationError):
        TypeAdapter(Price).validate_json("1.5")


def test_only_signed_numbers_may_be_negative():
    assert TypeAdapter(Price).validate_python("-0.5") == Decimal("-0.5")
    with pytest.raises(ValidationError):
        TypeAdapter(Annotated[Decimal, decimal(3, 2)]).validate_python("-0.5")


@pytest.mark.parametrize(
    "text", ["2026-02-29", "20260221", "2026-W08-1", "1899-12-31", "2200-01-01", "2026-1-1", "١٢٣٤-01-01"]
)
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValidationError, match="must be a day"):
        TypeAdapter(Day).validate_python(text)


@pytest.mark.parametrize(
    "text", ["2026-11-21T18:30:00", "2026-11-21T18:30:00+00:00", "2026-11-21T25:30:00Z", "2026-11-21Z"]
)
def test_an_instant_is_in_utc_and_says_so(text):
    with pytest.raises(ValidationError, match="must be an instant"):
        TypeAdapter(Moment).validate_python(text)


@pytest.mark.parametrize("text", ["", " a", "a ", "a\tb", "a\x00", "a\n", "x" * 11])
def test_words_are_of_bounded_length_and_without_control_characters(text):
    with pytest.raises(ValidationError, match="must be 1 to 10 characters"):
        TypeAdapter(Annotated[str, words(10)]).validate_python(text)
