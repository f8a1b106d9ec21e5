"""What is asked of a person, with the day by which: what stands on the overview before everything else.

An unpaid bill has its own place there, and so have unread messages: nothing is told twice.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from portal.consents.authorisations.records import Expiring
from portal.consumption.registers.queries import HandRead
from portal.contracts.records import MadeContract
from portal.kit.clock import day_of
from portal.kit.i18n import Spoken, Text, text
from portal.organisation.queries import EndingRight
from portal.requests.kinds import reading, withdrawal
from portal.requests.records import Draft
from portal.requests.rules import DRAFT_KEPT

SOON: Final = timedelta(days=30)
"""How long before its end a fixed term, an authorisation or a mandate wants a decision, and a meter to be read."""

MADE: Final = withdrawal.WITHIN + timedelta(days=7)
"""How far back a contract may have been made that can still be withdrawn from: holidays put the last day off."""

READ_EACH: Final = timedelta(days=365)
"""How often whoever reads their meter by hand is to do so."""

FEW: Final = 3
"""So many contracts whose terms end are told each; more are told in one sentence."""


@dataclass(frozen=True, slots=True)
class Need:
    """Something to do, by when, and where."""

    words: Text
    by: date
    href: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """What may need somebody.

    contracts: whose fixed term ends soon, or that were just made
    expiring: authorisations that end soon
    rights: mandates that end soon
    unread: meters that were not read for nearly a year
    under_way: what is asked for already, each by the code of its kind, and what it is about
    """

    contracts: Sequence[MadeContract] = ()
    drafts: Sequence[Draft] = ()
    expiring: Sequence[Expiring] = ()
    rights: Sequence[EndingRight] = ()
    unread: Sequence[HandRead] = ()
    under_way: Collection[tuple[str, UUID]] = ()


def needs(pending: Pending, today: date) -> Sequence[Need]:
    """What is asked, the most pressing first."""
    every = (
        *_withdrawals(pending, today),
        *_terms(pending.contracts, today),
        *_drafts(pending.drafts),
        *_endings(pending.expiring),
        *_rights(pending.rights),
        *_readings(pending, today),
    )
    return sorted(every, key=lambda one: (one.by, one.href))


def can_be_withdrawn(contracts: Iterable[MadeContract], today: date) -> Iterator[tuple[MadeContract, date]]:
    """Those of some contracts from which their holder may still withdraw, and the last day for it."""
    for one in contracts:
        last = withdrawal.last_day(one)
        if last is not None and today <= last:
            yield one, last


def _withdrawals(pending: Pending, today: date) -> Iterator[Need]:
    for one, last in can_be_withdrawn(pending.contracts, today):
        if (withdrawal.CODE, one.id) not in pending.under_way:
            said = text(
                "%(contract)s can be withdrawn from without giving a reason.", contract=Spoken(one.product.said)
            )
            yield Need(said, last, f"/contracts/{one.id}", icon="file-text")


def _terms(contracts: Sequence[MadeContract], today: date) -> Iterator[Need]:
    ending = [(ends, one) for one in contracts if (ends := one.fixed_until) and today <= ends <= today + SOON]
    if len(ending) > FEW:
        said = text("The fixed terms of %(n)s contracts end.", n=len(ending))
        yield Need(said, min(ends for ends, _ in ending), "/contracts", icon="file-text")
        return
    for ends, one in ending:
        said = text("The fixed term of %(contract)s ends.", contract=Spoken(one.product.said))
        yield Need(said, ends, f"/contracts/{one.id}", icon="file-text")


def _drafts(drafts: Sequence[Draft]) -> Iterator[Need]:
    for one in drafts:
        said = text("Begun and not sent yet: %(request)s.", request=one.title)
        yield Need(said, day_of(one.changed_at + DRAFT_KEPT), f"/requests/{one.id}", icon="pencil")


def _endings(endings: Sequence[Expiring]) -> Iterator[Need]:
    for one in endings:
        said = text("The authorisation of %(company)s ends.", company=one.company)
        yield Need(said, one.last, f"/authorisations/{one.id}", icon="key-round")


def _rights(rights: Sequence[EndingRight]) -> Iterator[Need]:
    for one in rights:
        given = text("The mandate of %(name)s ends.", name=one.name)
        held = text("Your mandate from %(name)s ends.", name=one.name)
        yield Need(given if one.is_given else held, one.last, "/mandates", icon="key-round")


def _readings(pending: Pending, today: date) -> Iterator[Need]:
    for one in pending.unread:
        if (reading.CODE, one.site_id) not in pending.under_way:
            energy = one.commodity.label
            said = text("%(energy)s, %(street)s: the meter waits to be read.", energy=energy.words, street=one.street)
            by = max(today, one.read_on + READ_EACH)
            yield Need(said, by, f"/requests/new/reading?site={one.site_id}", energy.icon)
