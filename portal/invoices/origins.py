"""Where the energy of an invoice came from: Annex I of directive (EU) 2019/944, section 4 of decree 254/2021."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlmodel import Session

from portal.contracts import lookups
from portal.contracts.origins import EnergyOrigin
from portal.invoices.records import Line, WholeInvoice, consumption
from portal.kit.energy import Energy

NO_ENERGY: Final = Energy(0)


@dataclass(frozen=True, slots=True)
class BilledOrigin:
    """Where energy came from, and how much of it the invoice bills."""

    origin: EnergyOrigin
    used: Energy

    @property
    def emitted(self) -> str | None:
        """What it emitted; None where nothing is billed, or something is given back."""
        return self.origin.emitted(self.used) if self.used > NO_ENERGY else None


def origins(db: Session, invoice: WholeInvoice) -> Sequence[BilledOrigin]:
    """By contract, those of one origin together; as far as it is known for the year of the invoice or one before it."""
    of = lookups.origins(db, {source.contract_id for source in invoice.sources}, invoice.head.last.year)
    lines: dict[EnergyOrigin, list[Line]] = defaultdict(list)
    for line in invoice.lines:
        if line.source and line.source.contract_id in of:
            lines[of[line.source.contract_id]].append(line)
    return [BilledOrigin(origin, sum(consumption(some).values(), NO_ENERGY)) for origin, some in lines.items()]
