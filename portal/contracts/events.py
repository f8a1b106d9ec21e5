"""What happened to a contract, and what is known to come."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Final

from portal.contracts import labels
from portal.contracts.records import HeldContract
from portal.contracts.rules import with_vat
from portal.kit.i18n import Language, Spoken, Text

YEAR: Final = timedelta(days=365)
AHEAD: Final = timedelta(days=366)
MOST: Final = 6  # of what comes, beside a list


@dataclass(frozen=True, slots=True)
class ContractEvent:
    """Something that happened or will happen to a contract."""

    contract: HeldContract
    on: date
    words: Text | Spoken

    def is_ahead(self, today: date) -> bool:
        """Whether it is still to come."""
        return self.on > today


@dataclass(frozen=True, slots=True)
class ComingEvent:
    """What comes on a day to one contract, or to several that have one product and hear the same."""

    on: date
    words: Text | Spoken
    contracts: Sequence[HeldContract]


def events(contract: HeldContract, today: date) -> Sequence[ContractEvent]:
    """How a contract began, what happened to it in the last year, and what is known to come; oldest first."""
    dated = (
        *((on, ahead if on > today else after) for on, (after, ahead) in _milestones(contract)),
        *_price_changes(contract),
    )
    return [
        ContractEvent(contract, on, words)
        for on, words in sorted(dated, key=lambda one: one[0])
        if on >= today - YEAR or on <= contract.first
    ]


def coming(contracts: Iterable[HeldContract], today: date) -> Sequence[ComingEvent]:
    """The first of what comes to some contracts within a year; what is said of several alike is said once."""
    alike: dict[tuple[date, str, str], list[ContractEvent]] = {}
    for one in (one for contract in contracts for one in events(contract, today)):
        if one.is_ahead(today) and one.on <= today + AHEAD:
            said, product = one.words.said(Language.FI), one.contract.product.said(Language.FI)
            alike.setdefault((one.on, said, product), []).append(one)
    found = sorted(alike.values(), key=lambda them: them[0].on)[:MOST]
    return [ComingEvent(them[0].on, them[0].words, [one.contract for one in them]) for them in found]


def _milestones(contract: HeldContract) -> Iterator[tuple[date, tuple[Text, Text]]]:
    if contract.signed_on and contract.signed_on < contract.first:
        yield contract.signed_on, labels.MADE
    yield contract.first, labels.BEGAN
    if contract.fixed_until and (contract.last is None or contract.fixed_until <= contract.last):
        yield contract.fixed_until, labels.FIXED_TERM_ENDED
    if contract.last and contract.last != contract.fixed_until:
        yield contract.last, labels.ENDED


def _price_changes(contract: HeldContract) -> Iterator[tuple[date, Text | Spoken]]:
    """Where a part of the price follows itself at another amount, and where VAT changes."""
    by_code = sorted(contract.every_price, key=lambda one: (one.price.code, one.first))
    vat: dict[date, Text] = {}
    for _, history in groupby(by_code, key=lambda one: one.price.code):
        for before, after in pairwise(history):
            if before.vat_percent is None or after.vat_percent is None:
                continue
            if before.price.amount != after.price.amount:
                was, becomes = with_vat(before.net, before.vat_percent), with_vat(after.net, after.vat_percent)
                yield after.first, labels.price_change(after.price.name, was, becomes, after.unit)
            if before.vat_percent != after.vat_percent:
                vat[after.first] = labels.vat_change(before.vat_percent, after.vat_percent)
    yield from vat.items()
