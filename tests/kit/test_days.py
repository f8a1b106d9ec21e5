"""Days are taken as people type them, and nothing else is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal.kit import days, formats
from portal.kit.i18n import Language


@pytest.mark.parametrize(
    "text",
    ["31.12.2027", " 31. 12. 2027 ", "31.12.2027.", "31/12/2027", "31-12-2027", "31 12 2027", "2027-12-31"],
)
def test_a_day_is_taken_as_it_is_typed(text):
    assert days.typed(text) == date(2027, 12, 31)


@pytest.mark.parametrize("text", ["", "31", "12/31/2027", "30.2.2027", "31.12.27", "tomorrow", "31 Dec 2027", "1" * 99])
def test_what_is_no_day_is_refused_and_stays_in_its_field(text):
    with pytest.raises(ValueError, match=r"day|month"):
        days.typed(text)
    assert days.as_written(text) == text


@given(some.dates(min_value=date(1000, 1, 1)))
def test_what_a_field_shows_can_be_sent_back(day):
    assert days.typed(days.written(day)) == day
    assert days.written(day) == formats.full_date(day, Language.FI)
    assert days.as_written(day.isoformat()) == days.written(day)
