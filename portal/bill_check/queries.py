"""What an invoice is checked by: of its contracts those whose readings the person may see on all of the billed days."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from portal.auth.people import User
from portal.bill_check import rules
from portal.bill_check.rules import BillCheck, BilledReadings, Evidence
from portal.consumption import history
from portal.consumption import queries as consumption
from portal.consumption.selection import Point
from portal.consumption.store import PointDays
from portal.contracts.kinds import Basis
from portal.contracts.models import Contract, Product
from portal.contracts.spot import NO_SPOT
from portal.contracts.tariff_periods import Days
from portal.contracts.terms import PRICED, spot_for, terms_of, unpriced
from portal.invoices.records import Line, Source, WholeInvoice
from portal.kit.clock import start_of
from portal.kit.db import table_of
from portal.kit.questions import Question, any_of
from portal.sites.kinds import ReadingType

Series = tuple[UUID, ReadingType]
_CONTRACT: Final = table_of(Contract)
CONTRACTS: Final = Question(
    unpriced,
    sa.select(*PRICED)
    .join_from(_CONTRACT, table_of(Product))
    .where(any_of(_CONTRACT.c.id, "contracts"))
    .order_by(_CONTRACT.c.number),
)


def check(db: Session, who: User, invoice: WholeInvoice) -> BillCheck:
    """An invoice that the person may see, each line worked out anew where they may see its readings."""
    days = _days_by_point(invoice)
    points = {point.id: point for point in consumption.some_points(db, who, days, invoice.head.last)}
    seen = {id_: point for id_, point in points.items() if _is_held(point, who, days[id_])}
    sources = {one.contract_id: one for one in _sources(invoice) if one.point_id in seen}
    if rules.is_about_another(invoice) or not sources:
        return rules.check(invoice, {})
    span = Days(min(one.first for one in days.values()), max(one.last for one in days.values()))
    terms = terms_of(db, CONTRACTS.all(db, contracts=sources), span)
    series = {contract: _series(one, seen) for contract, one in sources.items()}
    of_series = {series[contract]: one for contract, one in sources.items()}
    readings = dict(_readings(db, invoice, of_series, days, seen))
    follows = any(price.basis is Basis.SPOT for one in terms for price in one.prices)
    return rules.check(
        invoice,
        {one.contract_id: Evidence(one, readings[series[one.contract_id]]) for one in terms},
        spot_for(db, span) if follows else NO_SPOT,
    )


def _readings(
    db: Session,
    invoice: WholeInvoice,
    series: Mapping[Series, Source],
    days: Mapping[UUID, Days],
    points: Mapping[UUID, Point],
) -> Iterator[tuple[Series, BilledReadings]]:
    """The readings of some series on the days of their points, as they were known on the morning of the invoice."""
    issued = start_of(invoice.head.issued_on)
    wanted = [PointDays(point, days[point].first, days[point].last, reading_type=kind) for point, kind in series]
    for told in history.read(db, wanted):
        mine = point, kind = told.days.metering_point_id, told.days.reading_type
        then, cut_off = told.as_known(issued), points[point].cut_off
        yield mine, rules.as_billed(series[mine], kind, days[point], then, told.now, cut_off)


def _series(source: Source, points: Mapping[UUID, Point]) -> Series:
    """The series that a contract is billed by: its own, or the first that its point has."""
    point = next(point for point in points.values() if point.id == source.point_id)
    return point.id, source.reading_type or point.reading_type


def _is_held(point: Point, who: User, days: Days) -> bool:
    return any(first <= days.first and days.last <= last for first, last in point.held_by(who.parties))


def _sources(invoice: WholeInvoice) -> Iterator[Source]:
    yield from (line.source for line in invoice.lines if line.source)


def _days_by_point(invoice: WholeInvoice) -> Mapping[UUID, Days]:
    """From the first day to the last that an invoice bills at each metering point."""
    lines: defaultdict[UUID, list[Line]] = defaultdict(list)
    for line in invoice.lines:
        if line.source and line.source.point_id:
            lines[line.source.point_id].append(line)
    return {
        point: Days(min(line.first for line in mine), max(line.last for line in mine)) for point, mine in lines.items()
    }
