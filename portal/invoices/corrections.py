"""Bills that readings have left behind: what was billed, and what the corrected readings come to by now."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlmodel import Session

from portal.contracts.charges import ELECTRICITY_TAX
from portal.invoices import labels
from portal.invoices.records import Line, Source, WholeInvoice
from portal.kit.energy import MILLIWATT_HOURS_PER_KWH, Energy
from portal.kit.i18n import Text
from portal.sites.kinds import Commodity
from portal.sites.labels import COMMODITIES

TOLD_FROM: Final = Energy(MILLIWATT_HOURS_PER_KWH)  # billing systems round the energy of a line; less is no other bill
Reread = Callable[[Session, UUID, date, date, date], Energy | None]
"""What the readings of a metering point come to, from the first day to the last; None where none of them was corrected,
or nothing has come for these months since a third day."""


@dataclass(frozen=True, slots=True)
class Correction:
    """The energy of one metering point on a bill, and what its readings come to now."""

    source: Source
    billed: Energy
    now: Energy

    @property
    def words(self) -> Text:
        """What was corrected: the commodity."""
        return COMMODITIES[self.source.commodity or Commodity.ELECTRICITY].words

    @property
    def was(self) -> str:
        """What the invoice was made by, exactly."""
        return labels.exactly(self.source.kind, self.billed)

    @property
    def comes_to(self) -> str:
        """What the readings come to now, exactly."""
        return labels.exactly(self.source.kind, self.now)


@dataclass(frozen=True, slots=True)
class _Billed:
    """What a bill charges at one metering point by one kind of contract, from the first day to the last."""

    source: Source
    point_id: UUID
    energy: Energy
    first: date
    last: date


def corrections(db: Session, bill: WholeInvoice, reread: Reread) -> Iterator[Correction]:
    """The metering points of a bill whose readings were corrected after it, by a kilowatt-hour or more."""
    for billed in _by_point(bill):
        now = reread(db, billed.point_id, billed.first, billed.last, bill.head.issued_on)
        if now is not None and abs(now - billed.energy) >= TOLD_FROM:
            yield Correction(billed.source, billed.energy, now)


def _by_point(bill: WholeInvoice) -> Iterator[_Billed]:
    """The energy of each metering point once, though sale and distribution both bill it."""
    lines: dict[tuple[UUID, str], list[Line]] = defaultdict(list)
    for line in bill.lines:
        if line.energy is not None and line.source and line.source.point_id and line.code != ELECTRICITY_TAX:
            lines[line.source.point_id, line.source.kind].append(line)
    found: dict[UUID, _Billed] = {}
    for (point_id, _), of_kind in lines.items():
        billed = _billed(point_id, of_kind)
        if billed and (point_id not in found or billed.energy > found[point_id].energy):
            found[point_id] = billed
    yield from found.values()


def _billed(point_id: UUID, lines: list[Line]) -> _Billed | None:
    source = lines[0].source
    if source is None:
        return None
    return _Billed(
        source=source,
        point_id=point_id,
        energy=sum((line.energy for line in lines if line.energy), Energy(0)),
        first=min(line.first for line in lines),
        last=max(line.last for line in lines),
    )
