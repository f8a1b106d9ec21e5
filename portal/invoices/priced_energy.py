"""How much energy the lines of a contract bill, when several of its prices bill the same."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final

from portal.contracts.kinds import TariffPeriod
from portal.kit.energy import Energy

A_PART: Final = "part"
PARTS: Final = frozenset(period.value for period in TariffPeriod) - {TariffPeriod.ALL.value}
"""Codes of prices that by their name hold at some hours only: together they are one price."""
MOST_PRICES: Final = 12  # of one contract on one bill that are tried in every arrangement


@dataclass(frozen=True, slots=True)
class PricedEnergy:
    """Energy of some days that a bill charges under one price."""

    code: str
    first: date
    last: date
    energy: Energy


def counted_once(priced: Iterable[PricedEnergy]) -> Energy:
    """The energy that prices of one contract bill, each milliwatt-hour once.

    A price, a margin and a fee by energy each bill all of it; prices by day and by night bill it only together. So the
    prices are laid in layers: as many as can be that come to the same energy on the same days. It is that of one.
    Energy that is given back, as by a credit note, is laid the same way.
    """
    prices = _by_code(priced)
    whole = sum((one.energy.milliwatt_hours for one in prices), 0)
    is_one_way = len({one.energy.milliwatt_hours > 0 for one in prices}) == 1
    if is_one_way and len(prices) <= MOST_PRICES:
        for layers in range(len(prices), 1, -1):
            if whole % layers == 0 and _are_layers(prices, _days(prices), whole // layers):
                return Energy(whole // layers)
    return Energy(whole)


def _by_code(priced: Iterable[PricedEnergy]) -> Sequence[PricedEnergy]:
    """Each price once, with all that it bills: its validity may split the days of a bill. None that bills nothing."""
    found: defaultdict[str, list[PricedEnergy]] = defaultdict(list)
    for one in priced:
        found[A_PART if one.code in PARTS else one.code].append(one)
    summed = (
        PricedEnergy(code, *_days(those), sum((one.energy for one in those), Energy(0)))
        for code, those in found.items()
    )
    return [one for one in summed if one.energy]


def _are_layers(prices: Sequence[PricedEnergy], days: tuple[date, date], each: int) -> bool:
    """Whether prices can be laid in layers that bill so much each, from the first to the last of the days."""
    if not prices:
        return True
    first, *others = prices
    return any(
        _days(layer) == days
        and sum(one.energy.milliwatt_hours for one in layer) == each
        and _are_layers([one for one in others if one not in layer], days, each)
        for size in range(len(prices))
        for beside in combinations(others, size)
        for layer in [(first, *beside)]
    )


def _days(priced: Sequence[PricedEnergy]) -> tuple[date, date]:
    """The first and the last of their days."""
    return min(one.first for one in priced), max(one.last for one in priced)
