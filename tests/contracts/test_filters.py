"""Which sites a search among contracts finds, and in which order."""

from datetime import date
from uuid import UUID

import pytest

from portal.contracts.filters import ContractFilter, ListedContract, SortBy

TODAY = date(2026, 11, 21)
A, B, C = (UUID(int=number) for number in (1, 2, 3))
LISTED = [
    ListedContract(A, date(2027, 5, 31), (None, "Äijänkatu 1", "33100", "Tampere", "Vakaa", None)),
    ListedContract(A, None, (None, "Äijänkatu 1", "33100", "Tampere", "Siirto", "643000000000000016")),
    ListedContract(B, date(2026, 12, 31), ("Konttori", "Öljytie 2", "20100", "Turku", "Pörssi", None)),
    ListedContract(C, date(2026, 1, 31), (None, "Öljytie 3", "20100", "Turku", "Vakaa", None)),
]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("", [A, B, C]),
        ("ÄIJÄN", [A]),
        ("öljytie", [B, C]),
        ("turku  vakaa", [C]),
        ("vakaa tampere", [A]),
        ("vakaa 643000000000000016", []),  # of two contracts, not of one
        ("000016", [A]),
        ("konttori", [B]),
        ("nothing", []),
    ],
)
def test_a_site_is_found_where_one_contract_holds_every_word(q, found):
    assert ContractFilter.read({"q": q}).sites(LISTED, TODAY) == found


def test_what_ends_first_stands_first_and_what_has_run_out_last():
    assert ContractFilter(sort=SortBy.END).sites(LISTED, TODAY) == [B, A, C]
    assert ContractFilter("vakaa", SortBy.END).sites(LISTED, TODAY) == [A, C]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({}, {}),
        ({"q": " a   b ", "sort": "end"}, {"q": "a b", "sort": "end"}),
        ({"sort": "address", "q": ""}, {}),
        ({"sort": "x", "q": "y" * 300}, {"q": "y" * 100}),
    ],
)
def test_the_address_says_what_is_asked_and_no_more(query, said):
    assert ContractFilter.read(query).query == said
