"""How long an authorisation may last and how it stands on a day; what is told about it, word by word."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.consents.authorisations import notices
from portal.consents.authorisations.models import ThirdParty
from portal.consents.authorisations.notices import Facts
from portal.consents.authorisations.rules import (
    AuthorisationState,
    Ending,
    Resolution,
    is_in_force,
    is_renewable,
    may_last_until,
    state,
    was_allowed,
)
from portal.contracts.tariff_periods import Days
from portal.kit.i18n import Language

TERM = Days(date(2026, 1, 1), date(2026, 12, 31))


def company(name, business_id, purpose):
    purposes = {f"purpose_{language}": purpose for language in Language}
    return ThirdParty(name=name, business_id=business_id, offered=True, **purposes)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 11, 21), date(2028, 11, 20)),
        (date(2027, 1, 1), date(2028, 12, 31)),
        (date(2026, 3, 1), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2030, 2, 28)),
    ],
)
def test_it_lasts_two_years_at_most(first, last):
    assert may_last_until(first) == last


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_the_longest_one_is_never_longer_than_two_years(first):
    assert timedelta(days=729) <= may_last_until(first) - first <= timedelta(days=730)


@pytest.mark.parametrize(
    ("ending", "today", "stands"),
    [
        (None, date(2026, 6, 1), AuthorisationState.IN_FORCE),
        (None, date(2026, 11, 1), AuthorisationState.IN_FORCE),
        (None, date(2026, 11, 2), AuthorisationState.ENDS_SOON),
        (None, date(2026, 12, 31), AuthorisationState.ENDS_SOON),
        (None, date(2027, 1, 1), AuthorisationState.EXPIRED),
        (Ending.ENDED, date(2026, 6, 1), AuthorisationState.ENDED),
        (Ending.ENDED, date(2027, 6, 1), AuthorisationState.ENDED),
        (Ending.REPLACED, date(2026, 6, 1), AuthorisationState.REPLACED),
    ],
)
def test_how_it_stands_on_a_day(ending, today, stands):
    assert state(TERM, ending, today) is stands


def test_what_is_in_force_and_what_may_be_renewed():
    assert {one for one in AuthorisationState if is_in_force(one)} == {
        AuthorisationState.IN_FORCE,
        AuthorisationState.ENDS_SOON,
    }
    assert {one for one in AuthorisationState if is_renewable(one)} == {
        AuthorisationState.ENDS_SOON,
        AuthorisationState.EXPIRED,
        AuthorisationState.ENDED,
    }


@pytest.mark.parametrize(
    ("ended", "read", "allowed"),
    [
        (None, date(2026, 1, 1), True),
        (None, date(2025, 12, 31), False),
        (None, date(2026, 12, 31), True),
        (None, date(2027, 1, 1), False),
        (date(2026, 5, 1), date(2026, 5, 1), True),
        (date(2026, 5, 1), date(2026, 5, 2), False),
    ],
)
def test_a_read_outside_of_its_days_was_not_allowed(ended, read, allowed):
    assert was_allowed(TERM, ended, read) is allowed


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("resolution", Resolution)
def test_the_words_name_everything_that_is_agreed_to(language, resolution):
    facts = Facts(company("Malli {0} Oy", "7654330-0", "x {y}."), ["6430001", "6430002"], resolution, TERM)
    wording = notices.EDITIONS.current.wording(facts, language)
    for word in ("Malli {0} Oy", "7654330-0", "x {y}.", "6430001, 6430002", "2026"):
        assert word in wording.whole
    assert len(wording.sha256) == 64


def test_an_edition_that_was_in_use_is_never_edited():
    facts = Facts(company("A", "B", "C"), ["D"], Resolution.HOUR, TERM)
    shas = {
        language: notices.EDITIONS.by_version("2026-11-21").wording(facts, language).sha256[:12]
        for language in Language
    }
    assert shas == {"fi": "9659145d7383", "sv": "0ed34a9b7fe9", "en": "79fc20f40624"}
