"""What is asked of a person, with the day by which: what stands on the overview before everything else.

An unpaid bill has its own place there, and so have unread messages: nothing is told twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from portal.consents.authorisations.records import Expiring
from portal.contracts.records import ContractHead
from portal.kit.clock import day_of
from portal.kit.i18n import Spoken, Text, text
from portal.requests.records import Draft
from portal.requests.rules import DRAFT_KEPT

SOON: Final = timedelta(days=30)
"""How long before its end a fixed term or an authorisation wants a decision."""


@dataclass(frozen=True, slots=True)
class Need:
    """Something to do, by when, and where."""

    words: Text
    by: date
    href: str
    icon: str


def needs(
    contracts: Sequence[ContractHead], drafts: Sequence[Draft], endings: Sequence[Expiring], today: date
) -> Sequence[Need]:
    """What is asked, the most pressing first."""
    every = (*_terms(contracts, today), *_drafts(drafts), *_endings(endings))
    return sorted(every, key=lambda one: (one.by, one.href))


def _terms(contracts: Sequence[ContractHead], today: date) -> Iterator[Need]:
    for one in contracts:
        if one.last is None and one.fixed_until is not None and today <= one.fixed_until <= today + SOON:
            said = text("The fixed term of %(contract)s ends.", contract=Spoken(one.product.said))
            yield Need(said, one.fixed_until, f"/contracts/{one.id}", icon="file-text")


def _drafts(drafts: Sequence[Draft]) -> Iterator[Need]:
    for one in drafts:
        said = text("You have begun: %(request)s. It has not been sent yet.", request=one.title)
        yield Need(said, day_of(one.changed_at + DRAFT_KEPT), f"/requests/{one.id}", icon="pencil")


def _endings(endings: Sequence[Expiring]) -> Iterator[Need]:
    for one in endings:
        said = text("The authorisation of %(company)s ends.", company=one.company)
        yield Need(said, one.last, f"/authorisations/{one.id}", icon="key-round")
