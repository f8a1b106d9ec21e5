"""Countries are those of ISO 3166-1, however many territories the library that names them knows."""

import pytest

from portal.kit.countries import COUNTRIES, is_country


def test_every_assigned_code_is_a_country():
    assert len(COUNTRIES) == 249, "a code was assigned or taken back since: see whether CLDR has reserved ones as well"
    assert all(map(is_country, ("FI", "SE", "AX", "GB", "US", "BV", "ZW")))


@pytest.mark.parametrize("code", ["UK", "EU", "XK", "UN", "ZZ", "AC", "001", "fi", "F", ""])
def test_other_codes_are_none(code):
    assert not is_country(code)
