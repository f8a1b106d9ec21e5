"""What is typed to search a list: read from any address, told to it again as it was read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.contracts.filters import ContractFilter
from portal.invoices.filters import InvoiceFilter
from portal.kit import searching
from portal.sites_overview.filters import SiteFilter


@pytest.mark.parametrize(
    ("q", "typed"), [(None, ""), ("  ", ""), (" Koti\t 4 ", "Koti 4"), ("a\0b", "ab"), ("x" * 200, "x" * 100)]
)
def test_blanks_and_what_no_database_takes_say_nothing(q, typed):
    assert searching.typed({} if q is None else {"q": q}) == typed


def test_words_are_told_apart_in_small_letters():
    assert searching.words("Koti STRASSE ß") == ["koti", "strasse", "ss"]


def test_an_address_says_only_what_differs():
    assert searching.told(q="", sort=None, show="open") == {"show": "open"}


@pytest.mark.parametrize("filters", [ContractFilter, InvoiceFilter, SiteFilter])
@given(q=st.text(max_size=150))
def test_every_list_reads_what_its_address_says(filters, q):
    once = filters.read({"q": q})
    assert "\0" not in once.q
    assert filters.read(once.query) == once
