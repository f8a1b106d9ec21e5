"""What is asked of a person, and by when: each thing once, the most pressing first."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from portal.consents.authorisations.records import Expiring
from portal.contracts.kinds import ContractKind, Names
from portal.contracts.records import ContractHead
from portal.kit.i18n import Language
from portal.overview.needs import SOON, needs
from portal.requests.records import Draft

TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)
ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))
TERM = Names("Vakaa", "Stabil", "Steady")


def contract(fixed_until, last=None):
    return ContractHead(ONE, ContractKind.SALES, TERM, "Kotikatu 1", date(2025, 1, 1), last, fixed_until)


def told(*contracts, drafts=(), expiring=()):
    return [(one.words.said(Language.EN), one.by, one.href) for one in needs(contracts, drafts, expiring, TODAY)]


@pytest.mark.parametrize(
    ("fixed_until", "last", "asks"),
    [
        (TODAY - DAY, None, False),
        (TODAY, None, True),
        (TODAY + SOON, None, True),
        (TODAY + SOON + DAY, None, False),
        (TODAY, TODAY, False),  # what is ended already needs nobody
        (None, None, False),
    ],
)
def test_a_fixed_term_wants_a_decision_in_its_last_month(fixed_until, last, asks):
    wanted = [("The fixed term of Steady ends.", fixed_until, f"/contracts/{ONE}")] if asks else []
    assert told(contract(fixed_until, last)) == wanted


def test_the_most_pressing_stands_first():
    draft = Draft(TWO, "end", datetime(2026, 11, 1, 12, tzinfo=UTC))
    expiring = Expiring(THREE, "Vertailu Oy", TODAY + 3 * DAY)
    assert told(contract(TODAY + 20 * DAY), drafts=[draft], expiring=[expiring]) == [
        ("The authorisation of Vertailu Oy ends.", TODAY + 3 * DAY, f"/authorisations/{THREE}"),
        ("You have begun: End a contract. It has not been sent yet.", date(2026, 12, 1), f"/requests/{TWO}"),
        ("The fixed term of Steady ends.", TODAY + 20 * DAY, f"/contracts/{ONE}"),
    ]
