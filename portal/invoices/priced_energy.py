"""How much energy the lines of a contract bill, when several of its prices bill the same."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final

from portal.contracts.kinds import TariffPeriod
from portal.kit.clock import DAY
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
    A price of fewer days than the others, as a margin that begins inside theirs, bills again what they bill: as few of
    these as can be are set aside, where the others still bill every day of it.
    Energy that is given back, as by a credit note, is laid the same way.
    """
    prices = _by_code(priced)
    whole = sum((one.energy.milliwatt_hours for one in prices), 0)
    is_one_way = len({one.energy.milliwatt_hours > 0 for one in prices}) == 1
    if not is_one_way or len(prices) > MOST_PRICES:
        return Energy(whole)
    inside = [one for one in prices if (one.first, one.last) != _days(prices)]
    for size in range(len(inside) + 1):
        for aside in combinations(inside, size):
            left = [one for one in prices if one not in aside]
            each = _of_a_layer(left)
            if each is not None and all(_bill_again(one, left, each) for one in aside):
                return Energy(each)
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


def _of_a_layer(prices: Sequence[PricedEnergy]) -> int | None:
    """What each layer bills, of as many as can be; None where they make none."""
    whole = sum(one.energy.milliwatt_hours for one in prices)
    for layers in range(len(prices), 1, -1):
        if whole % layers == 0 and _are_layers(prices, prices, whole // layers):
            return whole // layers
    return whole if _is_layer(prices, prices) and not _has_twins(prices) else None


def _are_layers(prices: Sequence[PricedEnergy], every: Sequence[PricedEnergy], each: int) -> bool:
    """Whether prices can be laid in layers that bill so much each, on all days of every price."""
    if not prices:
        return True
    first, *others = prices
    return any(
        sum(one.energy.milliwatt_hours for one in layer) == each
        and _is_layer(layer, every)
        and _are_layers([one for one in others if one not in layer], every, each)
        for size in range(len(prices))
        for beside in combinations(others, size)
        for layer in [(first, *beside)]
    )


def _is_layer(prices: Sequence[PricedEnergy], every: Sequence[PricedEnergy]) -> bool:
    """Whether prices bill all days once: each as many hours of the same days as another, or other days."""
    pairs = combinations(prices, 2)
    return all(_bill_the_days(prices, one) for one in every) and all(_are_beside(one, two) for one, two in pairs)


def _are_beside(one: PricedEnergy, two: PricedEnergy) -> bool:
    """Whether two prices bill other days, or may bill other hours of the same days."""
    return one.last < two.first or two.last < one.first or (one.first, one.last) == (two.first, two.last)


def _has_twins(prices: Sequence[PricedEnergy]) -> bool:
    """Whether two prices of some of the days bill as much on the same days: one bills again what the other does."""
    inside = [(one.first, one.last, one.energy) for one in prices if (one.first, one.last) != _days(prices)]
    return len(set(inside)) < len(inside)


def _bill_again(one: PricedEnergy, others: Sequence[PricedEnergy], each: int) -> bool:
    """Whether a price may bill again what others bill: they bill all of its days, and no less."""
    return _bill_the_days(others, one) and abs(one.energy.milliwatt_hours) <= abs(each)


def _bill_the_days(prices: Sequence[PricedEnergy], one: PricedEnergy) -> bool:
    """Whether all days of a price are days of others, or of itself among them."""
    reached = one.first
    for other in sorted(prices, key=lambda other: other.first):
        if other.first <= reached:
            reached = max(reached, other.last + DAY)
    return reached > one.last


def _days(priced: Sequence[PricedEnergy]) -> tuple[date, date]:
    """The first and the last of their days."""
    return min(one.first for one in priced), max(one.last for one in priced)
