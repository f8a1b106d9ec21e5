"""What an invoice comes to when it is worked out anew by the one pricing rule, and where it says something else.

A line is worked out for its own days: from the readings as they were known when the invoice was made, and as they are
known now. What cannot be worked out says why, and only what it counts is multiplied by its price.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from portal.consumption.revisions import Known, in_a_row
from portal.consumption.rules import standings
from portal.contracts.charges import NoVatRate, Terms, TwoContracts, charges, check_one_of_a_kind
from portal.contracts.pricing import CostLine, NoSpotPrice, Supply, Unit, Vat, bill, vat_of
from portal.contracts.spot import NO_SPOT, SpotPrices
from portal.contracts.tariff_periods import Days
from portal.invoices.kinds import InvoiceKind, LineUnit
from portal.invoices.records import Line, Source, WholeInvoice
from portal.kit.clock import DAY
from portal.kit.energy import MILLIWATT_HOURS_PER_KWH, Energy
from portal.kit.i18n import Text
from portal.kit.intervals import QUARTERS_AN_HOUR, Intervals, Quality, day_starts
from portal.kit.money import Money, rounded, total
from portal.kit.ranges import Range
from portal.sites.commodities import Commodity
from portal.sites.kinds import ReadingType

OF_THE_RULE: Final = frozenset({LineUnit.KWH, LineUnit.MWH, LineUnit.KW, LineUnit.MONTH, None})
LAST_DECIMAL: Final = Decimal("0.0000005")  # half of the last one that an invoice keeps of quantities and prices
HALF_A_CENT: Final = Decimal("0.5")


class Outcome(StrEnum):
    """What becomes of a line that is looked at."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNCHECKED = "unchecked"


class Why(StrEnum):
    """Why a line cannot be worked out."""

    ANOTHER_INVOICE = "another-invoice"  # it takes back lines of another one, or reminds of it
    NO_CONTRACT = "no-contract"
    NO_POINT = "no-point"
    OTHER_UNIT = "other-unit"
    NOT_OPEN = "not-open"
    NOT_RUNNING = "not-running"
    TWO_CONTRACTS = "two-contracts"
    NO_PRICE = "no-price"
    NO_VAT = "no-vat"
    NO_SPOT = "no-spot"
    NO_READINGS = "no-readings"
    GAPS = "gaps"


class NotCheckable(Exception):
    """A line cannot be worked out."""

    def __init__(self, why: Why) -> None:
        """Take the reason."""
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True, eq=False)
class BilledReadings:
    """The readings of a series of a metering point on some days of an invoice.

    reading_type: which series they are
    then: as they were known when it was made; hours of which nothing was known then, as they are now
    was_known: whether anything was known of them then
    cut_off: the days on which no energy could flow
    late_hours: how many of the hours were known only later
    """

    source: Source
    reading_type: ReadingType
    days: Days
    then: Known
    now: Known
    was_known: bool
    late_hours: Decimal = Decimal(0)
    cut_off: tuple[Range, ...] = ()

    @property
    def words(self) -> Text:
        """What they are readings of: the commodity."""
        return (self.source.commodity or Commodity.ELECTRICITY).label.words

    @property
    def has_changed(self) -> bool:
        """Whether any value is another one now."""
        one, other = self.then.intervals, self.now.intervals
        same = np.array_equal(one.quarter, other.quarter) and np.array_equal(one.milliwatt_hours, other.milliwatt_hours)
        return self.was_known and not same

    @property
    def marked_days(self) -> "Sequence[MarkedDay]":
        """The days with estimates, and those whose readings were corrected or are other ones now."""
        edges = day_starts(self.days.first, self.days.last)
        then, now = _by_day(self.then, edges), _by_day(self.now, edges)
        marked = np.flatnonzero(then[:, 1] | now[:, 2] | (then[:, 0] != now[:, 0])).tolist()
        return [
            MarkedDay(
                day=(day := self.days.first + place * DAY),
                href=self.source.href(day, day),
                then=Energy(int(then[place, 0])),
                now=Energy(int(now[place, 0])),
                estimated_hours=Decimal(int(then[place, 1])) / QUARTERS_AN_HOUR,
                is_revised=bool(now[place, 2]),
            )
            for place in marked
        ]


@dataclass(frozen=True, slots=True)
class MarkedDay:
    """A day whose readings are not all measured and left as they were.

    href: the page of its consumption
    estimated_hours: of how much of it they were estimates when the invoice was made
    """

    day: date
    href: str
    then: Energy
    now: Energy
    estimated_hours: Decimal
    is_revised: bool


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What the register holds of a contract of an invoice: prices and taxes, and the readings that it bills."""

    terms: Terms
    readings: BilledReadings


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """A line, and what it comes to by the rule.

    anew: as the rule has it, one line for each price and rate of VAT; where it cannot be worked out and what it
        counts times its price is not its amount, with the right amount
    now: what it comes to by the readings that are known now; None where it cannot be worked out
    """

    line: Line
    outcome: Outcome
    anew: tuple[Line, ...] = ()
    why: Why | None = None
    now: Money | None = None

    @property
    def href(self) -> str | None:
        """The page of the consumption that it was worked out from; None where it was not, or bills no energy."""
        is_by_meter = self.why is None and self.line.energy is not None
        return self.line.source.href(self.line.first, self.line.last) if is_by_meter and self.line.source else None

    @property
    def worked_out(self) -> Money:
        """What it comes to by the rule, without VAT; what the invoice charges where that cannot be worked out."""
        return total(one.net for one in self.anew) if self.anew else self.line.net

    @property
    def difference(self) -> Money:
        """By how much the invoice charges more than that."""
        return self.line.net - self.worked_out


@dataclass(frozen=True, slots=True)
class CheckedVat:
    """The VAT of one rate: as the invoice says it, and on its lines as they are right."""

    percent: Decimal
    billed: Vat
    anew: Vat


@dataclass(frozen=True, slots=True)
class BillCheck:
    """An invoice, each of its lines checked.

    absent: what its contracts charge for the days of its lines and it does not
    """

    invoice: WholeInvoice
    lines: tuple[CheckedLine, ...]
    absent: tuple[Line, ...] = ()
    readings: tuple[BilledReadings, ...] = field(default=(), compare=False)

    def having(self, outcome: Outcome) -> Sequence[CheckedLine]:
        """The lines with an outcome."""
        return [one for one in self.lines if one.outcome is outcome]

    @property
    def differing(self) -> Sequence[CheckedLine]:
        """The lines that are not what they should be."""
        return self.having(Outcome.DIFFERS)

    @property
    def agreeing(self) -> Sequence[CheckedLine]:
        """The lines that follow from readings and prices."""
        return self.having(Outcome.AGREES)

    @property
    def unchecked(self) -> Sequence[CheckedLine]:
        """The lines that could not be worked out."""
        return self.having(Outcome.UNCHECKED)

    @property
    def vats(self) -> Sequence[CheckedVat]:
        """The VAT of each rate that the invoice names or its lines have, the lowest rate first."""
        billed, anew = _by_rate(self.invoice.vats), _by_rate(vat_of(self._right))
        return [
            CheckedVat(percent, *(one.get(percent, Vat(percent, Money(0), Money(0))) for one in (billed, anew)))
            for percent in sorted({*billed, *anew})
        ]

    @property
    def total(self) -> Money:
        """What the invoice comes to by the rule, with VAT; lines that cannot be worked out as they are."""
        return _with_vat(self._right)

    @property
    def difference(self) -> Money:
        """By how much it is too high, with VAT."""
        return self.invoice.head.total - self.total

    @property
    def is_added_up(self) -> bool:
        """Whether its sums and VAT are those of its lines as they stand."""
        invoice, lines = self.invoice, self.invoice.lines
        vats = vat_of(lines)
        return (invoice.net, invoice.vat, invoice.vats, invoice.head.total) == (
            total(line.net for line in lines),
            total(rate.vat for rate in vats),
            vats,
            invoice.net + invoice.vat,
        )

    @property
    def was_known(self) -> bool | None:
        """Whether anything was known of its readings when it was made; None where of some, and not of others."""
        known = {one.was_known for one in self.readings}
        return known.pop() if len(known) == 1 else None

    @property
    def total_now(self) -> Money | None:
        """What it would come to by the readings known now, with VAT; None where they are the same as then."""
        if not any(one.has_changed for one in self.readings):
            return None
        lines = [replace(one.line, net=one.now) if one.now is not None else one.line for one in self.lines]
        return _with_vat(lines)

    @property
    def change_since(self) -> Money:
        """By how much that is more than by the readings known then."""
        return Money(0) if self.total_now is None else self.total_now - self.total

    @property
    def _right(self) -> Sequence[Line]:
        return [line for one in self.lines for line in one.anew or (one.line,)]


def as_billed(
    source: Source, reading_type: ReadingType, days: Days, then: Known, now: Known, cut_off: tuple[Range, ...] = ()
) -> BilledReadings:
    """Readings as an invoice was made by them; what was not known then can only be taken as it is now."""
    told = then[~np.isin(_hours(then), _hours(_missing(then)))]
    came_later = now[~np.isin(_hours(now), _hours(told))]
    every = in_a_row([told, came_later])
    missing = _missing(came_later).intervals.length.sum()
    return BilledReadings(
        source,
        reading_type,
        days,
        every[np.argsort(every.intervals.quarter)],
        now,
        was_known=len(told.intervals) > 0,
        late_hours=Decimal(int(came_later.intervals.length.sum() - missing)) / QUARTERS_AN_HOUR,
        cut_off=cut_off,
    )


def check(invoice: WholeInvoice, evidence: Mapping[UUID, Evidence], spot: SpotPrices = NO_SPOT) -> BillCheck:
    """An invoice, line by line; `evidence` is what the reader may see of its contracts, by their ids."""
    if is_about_another(invoice):
        return BillCheck(invoice, tuple(_by_its_figures(line, Why.ANOTHER_INVOICE) for line in invoice.lines))
    return BillCheck(
        invoice,
        tuple(_checked(line, evidence, spot) for line in invoice.lines),
        tuple(absent for one in evidence.values() for absent in _absent(invoice, one, spot)),
        tuple({id(one.readings): one.readings for one in evidence.values()}.values()),
    )


def is_about_another(invoice: WholeInvoice) -> bool:
    """Whether it takes back what another invoice charged, or reminds of it."""
    return invoice.refers_to is not None or invoice.head.kind is InvoiceKind.REMINDER


def amount_of(line: Line) -> Money | None:
    """What a line counts times its price; None where it counts nothing."""
    if line.quantity is None or line.unit_price is None:
        return None
    return rounded(_cents(line.quantity, line.unit_price, line.unit))


def _checked(line: Line, evidence: Mapping[UUID, Evidence], spot: SpotPrices) -> CheckedLine:
    try:
        mine = _evidence(line, evidence)
        anew = _anew(line, mine, mine.readings.then.intervals, evidence.values(), spot)
    except NotCheckable as reason:
        return _by_its_figures(line, reason.why)
    agrees = total(one.net for one in anew) == line.net and {one.vat_percent for one in anew} == {line.vat_percent}
    now = _now(line, mine, evidence.values(), spot) if mine.readings.has_changed else total(one.net for one in anew)
    return CheckedLine(line, Outcome.AGREES if agrees else Outcome.DIFFERS, anew, now=now)


def _evidence(line: Line, evidence: Mapping[UUID, Evidence]) -> Evidence:
    """What a line can be worked out from. Raises NotCheckable."""
    if line.source is None:
        raise NotCheckable(Why.NO_CONTRACT)
    if line.unit not in OF_THE_RULE:
        raise NotCheckable(Why.OTHER_UNIT)
    if line.source.point_id is None:
        raise NotCheckable(Why.NO_POINT)
    if line.source.contract_id not in evidence:
        raise NotCheckable(Why.NOT_OPEN)
    return evidence[line.source.contract_id]


def _anew(
    line: Line, mine: Evidence, readings: Intervals, all_evidence: Iterable[Evidence], spot: SpotPrices
) -> tuple[Line, ...]:
    """The line as the rule has it. Raises NotCheckable."""
    days, terms = Days(line.first, line.last), mine.terms
    at_point = [one.terms for one in all_evidence if one.terms.metering_point_id == terms.metering_point_id]
    of_code = replace(terms, prices=tuple(price for price in terms.prices if price.code == line.code))
    running = days.within(terms.held)
    if running is None:
        raise NotCheckable(Why.NOT_RUNNING)
    try:
        check_one_of_a_kind(at_point, days)
        if sum(len(charge.days) for charge in charges(of_code, days)) < len(running):
            raise NotCheckable(Why.NO_PRICE)
        made = bill([Supply(readings, (of_code,), cut_off=mine.readings.cut_off)], days, spot)
    except TwoContracts:
        raise NotCheckable(Why.TWO_CONTRACTS) from None
    except NoVatRate:
        raise NotCheckable(Why.NO_VAT) from None
    except NoSpotPrice:
        raise NotCheckable(Why.NO_SPOT) from None
    if not made.lines:
        raise NotCheckable(Why.NO_READINGS)
    if made.missing and made.net != line.net:
        raise NotCheckable(Why.GAPS)
    return tuple(_of_rule(line.source, one) for one in made.lines)


def _now(line: Line, mine: Evidence, all_evidence: Iterable[Evidence], spot: SpotPrices) -> Money | None:
    try:
        anew = _anew(line, mine, mine.readings.now.intervals, all_evidence, spot)
    except NotCheckable:
        return None
    return total(one.net for one in anew)


def _by_its_figures(line: Line, why: Why) -> CheckedLine:
    """A line of which only what it says of itself can be looked at: what it counts, times its price."""
    if line.quantity is None or line.unit_price is None:
        return CheckedLine(line, Outcome.UNCHECKED, why=why)
    cents = _cents(line.quantity, line.unit_price, line.unit)
    inexact = _cents(LAST_DECIMAL, abs(line.quantity) + abs(line.unit_price), line.unit)
    if abs(cents - line.net.cents) <= HALF_A_CENT + inexact:
        return CheckedLine(line, Outcome.UNCHECKED, why=why)
    return CheckedLine(line, Outcome.DIFFERS, (replace(line, net=rounded(cents)),), why)


def _absent(invoice: WholeInvoice, mine: Evidence, spot: SpotPrices) -> Iterator[Line]:
    """What a contract charges under codes that the invoice has no line of, where that is anything."""
    lines = [line for line in invoice.lines if line.source and line.source.contract_id == mine.terms.contract_id]
    if not lines:
        return
    days = Days(min(line.first for line in lines), max(line.last for line in lines))
    billed = {line.code for line in lines}
    others = replace(mine.terms, prices=tuple(price for price in mine.terms.prices if price.code not in billed))
    try:
        supply = Supply(mine.readings.then.intervals, (others,), cut_off=mine.readings.cut_off)
        made = bill([supply], days, spot)
    except (NoVatRate, NoSpotPrice):
        return
    yield from (_of_rule(lines[0].source, one) for one in made.lines if one.net)


def _of_rule(source: Source | None, made: CostLine) -> Line:
    """A line of the pricing rule as an invoice has it."""
    by_meter = made.unit is Unit.KWH
    return Line(
        source=source,
        code=made.code,
        name=made.name,
        first=made.days.first,
        last=made.days.last,
        quantity=made.quantity,
        energy=Energy(int(made.quantity * MILLIWATT_HOURS_PER_KWH)) if by_meter else None,
        unit=LineUnit(made.unit),
        unit_price=made.unit_price,
        vat_percent=made.vat_percent,
        net=made.net,
        estimated=made.estimated,
    )


def _cents(quantity: Decimal, price: Decimal, unit: LineUnit | None) -> Decimal:
    """So many at a price: cents for kilowatt-hours, else euros."""
    return quantity * price if unit is LineUnit.KWH else quantity * price * 100


def _with_vat(lines: Sequence[Line]) -> Money:
    return total(rate.net + rate.vat for rate in vat_of(lines))


def _by_rate(vats: Iterable[Vat]) -> Mapping[Decimal, Vat]:
    return {rate.percent: rate for rate in vats}


def _hours(known: Known) -> NDArray[np.int64]:
    return known.intervals.quarter // QUARTERS_AN_HOUR


def _missing(known: Known) -> Known:
    return known[known.intervals.quality == Quality.MISSING]


def _by_day(known: Known, edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """Day by day what readings come to, and how many quarter hours of them are estimated and revised."""
    found = np.zeros((len(edges) - 1, 3), np.int64)
    if len(known.intervals):
        _, estimated, _, revised = standings(known)
        day = np.searchsorted(edges, known.intervals.quarter, side="right") - 1
        np.add.at(found, day, np.stack([known.intervals.milliwatt_hours, estimated, revised], axis=1))
    return found
