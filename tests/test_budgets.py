"""What the pages of every day may cost, counted: whoever makes one dearer sees it here, and says why or finds a way.

Seconds differ by machine and hour; these figures do not. `make bench ARGS="P2 P4"` measures the rest.
"""

import pytest

from portal.demo.naming import id_of
from portal.demo.people import AINO
from tests.counted import Counts, counted
from tests.seeded import copied_house

BILL = id_of("invoice", "261148213")  # electricity
BUDGETS = {
    "/overview": Counts(statements=20, escaped=97, macros=0),
    "/invoices": Counts(
        statements=12, escaped=284, macros=0
    ),  # which of the open ones were paid here, what is set aside of all; which energies there are
    "/contracts": Counts(statements=8, escaped=92, macros=0),
    "/consumption?at=2026-10": Counts(statements=15, escaped=271, macros=6),  # a month with corrections, and why
    "/consumption": Counts(statements=14, escaped=209, macros=5),  # the newest month: whether the newest days are zero
    "/sites": Counts(statements=12, escaped=67, macros=0),
    "/invoices?q=261148213": Counts(statements=12, escaped=90, macros=0),
    f"/invoices/{BILL}": Counts(statements=18, escaped=250, macros=2),  # with VAT, and without it behind a fold
    f"/invoices/{BILL}/check": Counts(statements=13, escaped=81, macros=0),
    "/invoices/check?year=2026": Counts(statements=125, escaped=48, macros=0),  # five for each bill of the year
    "/invoices/month": Counts(statements=14, escaped=52, macros=0),
    "/mandates": Counts(statements=9, escaped=66, macros=0),
    "/messages": Counts(statements=6, escaped=106, macros=0),
}


@pytest.fixture
def house(seeded_sqlite, tmp_path):
    with copied_house(seeded_sqlite, tmp_path) as house:
        yield house


@pytest.mark.sqlite
@pytest.mark.parametrize("address", BUDGETS)
def test_a_page_costs_no_more_than_it_did(house, address):
    browser = house.open_for(AINO.persona.identity_code, AINO.name)
    assert counted(house.app, house.database, lambda: browser.open(address)) <= BUDGETS[address], (
        "ask less (a question that covers both), print figures through their filters, keep macros out of rows; "
        "what is worth its cost gets a larger budget"
    )


def test_each_way_of_costing_more_is_seen():
    budget = Counts(10, 100, 5)
    assert Counts(10, 100, 5) <= budget
    assert Counts(1, 1, 1) <= budget
    for dearer in (Counts(11, 0, 0), Counts(0, 101, 0), Counts(0, 0, 6)):
        assert not dearer <= budget
