"""What an estimate in euros is of, so that it is never taken for a bill."""

from dataclasses import dataclass
from enum import StrEnum

from portal.contracts.kinds import Basis


class Of(StrEnum):
    """Of what an estimate is: contracts may price the sale of electricity or its distribution alone."""

    ALL = "all"
    SALES = "sales"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an estimate is of, and which charges of those contracts it leaves out: by month, by power."""

    of: Of = Of.ALL
    leaves_out: frozenset[Basis] = frozenset()
