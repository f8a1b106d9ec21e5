"""Bills that readings have left behind: what was billed, and what the corrected readings come to by now."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol
from uuid import UUID

from sqlmodel import Session

from portal.auth.people import User
from portal.auth.reach import Theme
from portal.contracts.charges import ELECTRICITY_TAX
from portal.invoices import labels
from portal.invoices.priced_energy import counted_once
from portal.invoices.records import Line, Source, WholeInvoice
from portal.kit.energy import MILLIWATT_HOURS_PER_KWH, Energy
from portal.kit.i18n import Text
from portal.sites.commodities import Commodity
from portal.sites.kinds import ReadingType

TOLD_FROM: Final = Energy(MILLIWATT_HOURS_PER_KWH)  # billing systems round the energy of a line; less is no other bill


class RereadSum(Protocol):
    """What the readings of billed days come to now, and came to when they were billed, where that is known."""

    @property
    def known(self) -> Energy | None: ...
    @property
    def now(self) -> Energy: ...
    @property
    def reasons(self) -> Sequence[Text]: ...


@dataclass(frozen=True, slots=True)
class Correction:
    """The energy of one metering point on a bill, what its readings came to then and come to now.

    href: the page of consumption of these days; None where it is not for the person
    """

    source: Source
    billed: Energy
    reread: RereadSum
    href: str | None

    @property
    def words(self) -> Text:
        """What was corrected: the commodity."""
        return (self.source.commodity or Commodity.ELECTRICITY).label.words

    @property
    def was(self) -> str:
        """What the invoice was made by, exactly."""
        return labels.exactly(self.source.kind, self.billed)

    @property
    def came_to(self) -> str | None:
        """What the readings came to when it was made, exactly; None where that is not known."""
        return labels.exactly(self.source.kind, self.reread.known) if self.reread.known is not None else None

    @property
    def comes_to(self) -> str:
        """What the readings come to now, exactly."""
        return labels.exactly(self.source.kind, self.reread.now)


@dataclass(frozen=True, slots=True)
class BilledSeries:
    """What a bill charges at one metering point by one kind of contract, from the first day to the last."""

    source: Source
    point_id: UUID
    energy: Energy
    first: date
    last: date

    @property
    def reading_type(self) -> ReadingType | None:
        """The series by which it is billed; None: the first that the point has."""
        return self.source.reading_type


Reread = Callable[[Session, Sequence[BilledSeries], date], Sequence[RereadSum | None]]
"""What the readings of each of the days that a bill of a day charges come to; None where none of them was corrected, or
nothing has come for these months since the day of the bill."""


def corrections(db: Session, who: User, bill: WholeInvoice, reread: Reread) -> Iterator[Correction]:
    """The metering points of a bill whose readings were corrected after it, by a kilowatt-hour or more."""
    every = list(_by_series(bill))
    for billed, found in zip(every, reread(db, every, bill.head.issued_on), strict=True):
        if found is not None and abs(found.now - billed.energy) >= TOLD_FROM:
            sees_use = who.reach.sees_at(Theme.CONSUMPTION, billed.source.site_id)
            yield Correction(
                billed.source,
                billed.energy,
                found,
                billed.source.href(billed.first, billed.last) if sees_use else None,
            )


def _by_series(bill: WholeInvoice) -> Iterator[BilledSeries]:
    """The energy of each series of a metering point once, though sale and distribution both bill it."""
    lines: dict[tuple[UUID, str], list[Line]] = defaultdict(list)
    for line in bill.lines:
        if line.energy is not None and line.source and line.source.point_id and line.code != ELECTRICITY_TAX:
            lines[line.source.point_id, line.source.kind].append(line)
    found: dict[tuple[UUID, ReadingType | None], BilledSeries] = {}
    for (point_id, _), of_kind in lines.items():
        billed = _billed(point_id, of_kind)
        if billed is None:
            continue
        series = point_id, billed.reading_type
        if series not in found or billed.energy > found[series].energy:
            found[series] = billed
    yield from found.values()


def _billed(point_id: UUID, lines: list[Line]) -> BilledSeries | None:
    source = lines[0].source
    if source is None:
        return None
    return BilledSeries(
        source=source,
        point_id=point_id,
        energy=counted_once(one for line in lines for one in line.priced),
        first=min(line.first for line in lines),
        last=max(line.last for line in lines),
    )
