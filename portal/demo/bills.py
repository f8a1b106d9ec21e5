"""The demo's bills: every month of every account, priced by the one rule from stored readings, and mostly paid."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import numpy as np
from sqlmodel import Session

from portal.consumption import history, store
from portal.consumption.store import PointDays
from portal.contracts.pricing import Costing, CostLine, Supply, Unit, added_up, bill
from portal.contracts.spot import SpotPrices
from portal.contracts.tariff_periods import Days
from portal.contracts.terms import terms_for
from portal.demo.chance import uniform
from portal.demo.holdings import BillingAccount, Misread
from portal.demo.naming import id_of
from portal.demo.rows import Row
from portal.invoices.banking_days import on_or_after
from portal.invoices.kinds import InvoiceKind, ReadBy
from portal.invoices.models import Invoice, InvoiceLine, InvoiceVat, Payment
from portal.invoices.payment import reference
from portal.kit.clock import DAY, first_of_month, start_of
from portal.kit.energy import MILLIWATT_HOURS_PER_KWH
from portal.kit.intervals import Intervals, day_starts
from portal.kit.money import Money, rounded
from portal.sites.kinds import ReadingType

TERM: Final = timedelta(days=18)
EARLIEST, LATEST = 4, 28  # days of the month on which bills are made
IBAN: Final = "FI2112345600000785"
BIC: Final = "NDEAFIHH"
PAYEE: Final = "Esimerkki Energia Oy"


@dataclass(frozen=True)
class Cycle:
    """One month of an account: its number, 0 for the newest, what it bills, and when it is made and falls due."""

    number: int
    days: Days
    issued: date
    due: date


def of_account(db: Session, account: BillingAccount, spot: SpotPrices, since: date, today: date) -> Iterator[Row]:
    """Every bill of an account that was made before today, priced from stored readings, prices and taxes."""
    made = list(cycles(account, since, today))
    if account.as_known:
        of_months = (_supplies(db, account, cycle.days, cycle.issued) for cycle in made)
    else:
        every = _supplies(db, account, Days(made[-1].days.first, today - DAY)) if made else []
        of_months = (
            [replace(supply, readings=_within(supply.readings, cycle.days)) for supply in every] for cycle in made
        )
    for cycle, supplies in zip(made, of_months, strict=True):
        priced = bill(supplies, cycle.days, spot)
        if cycle.number in account.misread:
            priced = _misread(priced, account.misread[cycle.number])
        yield from _issued(account, cycle, priced, today)


def cycles(account: BillingAccount, since: date, today: date) -> Iterator[Cycle]:
    """The bills of an account from the newest back to the month of `since`, as far as they are told of."""
    newest = today - timedelta(days=account.issued_days_ago)
    issued = newest.replace(day=min(max(newest.day, EARLIEST), LATEST))
    number = 0
    while (last := first_of_month(issued) - DAY) >= since and not number >= account.most > 0:
        yield Cycle(number, Days(first_of_month(last), last), issued, on_or_after(issued + TERM))
        issued, number = (first_of_month(issued) - DAY).replace(day=issued.day), number + 1


def paid_on(account: BillingAccount, cycle: Cycle) -> date | None:
    """When the money comes: in the last days before it is due, unless the account is told to be late."""
    if cycle.number in account.unpaid:
        return None
    month = cycle.due.year * 12 + cycle.due.month
    early = int(uniform(f"{account.serial}/early", np.array([month]))[0] * 4)
    return on_or_after(cycle.due + timedelta(days=account.late.get(cycle.number, -early - account.early)))


def _issued(account: BillingAccount, cycle: Cycle, priced: Costing, today: date) -> Iterator[Row]:
    """A bill as the billing system issued it, with its lines, VAT and, where it came before today, its payment."""
    number = f"{cycle.issued:%y%m}{account.serial:05}"
    invoice_id = id_of("invoice", number)
    yield _invoice(account, cycle, priced, number)
    for position, line in enumerate(priced.lines):
        yield _line(invoice_id, position, line)
    for rate in priced.vats:
        yield Row.of(
            InvoiceVat,
            invoice_id=invoice_id,
            percent=rate.percent,
            net_cents=rate.net.cents,
            vat_cents=rate.vat.cents,
        )
    paid = paid_on(account, cycle)
    if paid and paid < today and priced.total > Money(0):
        yield Row.of(
            Payment,
            id=id_of("payment", number),
            number=f"{paid:%Y%m%d}{number}",
            invoice_id=invoice_id,
            paid_on=paid,
            cents=priced.total.cents,
        )


def _misread(priced: Costing, wrong: Misread) -> Costing:
    """A bill with one line wrong, which adds up in itself."""
    return added_up(_with_more(line, wrong) for line in priced.lines)


def _with_more(line: CostLine, wrong: Misread) -> CostLine:
    if (line.contract_id, line.code) != (wrong.contract.id, wrong.code):
        return line
    quantity = line.quantity + wrong.too_much.kwh
    return replace(line, quantity=quantity, net=rounded(quantity * line.unit_price))


def _supplies(db: Session, account: BillingAccount, days: Days, issued: date | None = None) -> list[Supply]:
    """What the account's contracts are about: point by point its readings, and the terms they are billed by.

    issued: the day on which readings are to be as they were known; None: as they are
    """
    contracts = {contract.id for contract in account.contracts}
    points = dict.fromkeys(contract.metering_point_id for contract in account.contracts if contract.metering_point_id)
    mine = {point: [one for one in terms_for(db, point, days) if one.contract_id in contracts] for point in points}
    return [
        Supply(
            _read(db, PointDays(point, days.first, days.last, reading_type=kind or ReadingType.METERED), issued),
            tuple(terms for terms in mine[point] if terms.reading_type is kind),
        )
        for point in points
        for kind in dict.fromkeys(terms.reading_type for terms in mine[point])
    ]


def _read(db: Session, days: PointDays, issued: date | None) -> Intervals:
    known = history.as_known(db, days, start_of(issued)) if issued else store.read_all(db, [days])[0]
    return known.intervals


def _within(readings: Intervals, days: Days) -> Intervals:
    starts = day_starts(days.first, days.last)
    begins, ends = np.searchsorted(readings.quarter, starts[[0, -1]])
    return readings[int(begins) : int(ends)]


def _invoice(account: BillingAccount, cycle: Cycle, priced: Costing, number: str) -> Row:
    return Row.of(
        Invoice,
        id=id_of("invoice", number),
        number=number,
        party_id=account.party_id,
        site_id=account.site_id,
        kind=InvoiceKind.CREDIT if priced.total < Money(0) else InvoiceKind.INVOICE,
        issued_on=cycle.issued,
        due_on=cycle.due,
        period_from=cycle.days.first,
        period_to=cycle.days.last,
        net_cents=priced.net.cents,
        vat_cents=priced.vat.cents,
        total_cents=priced.total.cents,
        reference=reference(f"20{number}"),
        iban=IBAN,
        bic=BIC,
        payee=PAYEE,
        estimated=any(line.estimated for line in priced.lines),
        read_by=ReadBy.REMOTE,
    )


def _line(invoice_id: UUID, position: int, line: CostLine) -> Row:
    by_meter = line.unit is Unit.KWH
    return Row.of(
        InvoiceLine,
        id=id_of("invoice line", invoice_id, position),
        invoice_id=invoice_id,
        position=position,
        contract_id=line.contract_id,
        code=line.code,
        name_fi=line.name.fi,
        name_sv=line.name.sv,
        name_en=line.name.en,
        period_from=line.days.first,
        period_to=line.days.last,
        quantity_mwh=int(line.quantity * MILLIWATT_HOURS_PER_KWH) if by_meter else None,
        quantity=None if by_meter else line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        vat_percent=line.vat_percent,
        net_cents=line.net.cents,
        estimated=line.estimated,
    )
