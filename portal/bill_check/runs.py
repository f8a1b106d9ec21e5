"""The check of all bills of a year, some at a time: what was found travels sealed from one request to the next.

Nothing is kept (docs/decisions/0022), and nobody can make up in an address that bills were checked.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final
from uuid import UUID

from portal.bill_check.rules import BillCheck, Why
from portal.kit.crypto import Unreadable, Vault
from portal.kit.money import Money

AT_ONCE: Final = 36  # bills: a year of a household with heat; those of a company take a second
MOST_TOLD: Final = 20  # one by one, of either kind: an address has its bounds
PLACE: Final = {"table": "bill_check", "column": "run"}


@dataclass(frozen=True, slots=True)
class Finding:
    """A bill that is not right, by how many cents too high; or of which nothing could be worked out, and why."""

    id: str
    cents: int = 0
    why: Why | None = None

    @property
    def invoice_id(self) -> UUID:
        """Which bill it is."""
        return UUID(self.id)

    @property
    def difference(self) -> Money:
        """By how much it is too high."""
        return Money(self.cents)


@dataclass(frozen=True, slots=True)
class CheckRun:
    """What was found of the bills of a year so far, the oldest first; of the wrong ones the largest differences.

    checked: how many were looked at
    wrong, unchecked: how many are not right, and how many could not be checked; so many more than are told
    cents: by how much all wrong ones together are too high
    """

    year: int
    checked: int = 0
    wrong: int = 0
    unchecked: int = 0
    cents: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def right(self) -> int:
        """How many follow from readings and prices, as far as they can be worked out."""
        return self.checked - self.wrong - self.unchecked

    @property
    def difference(self) -> Money:
        """By how much the wrong ones are too high together."""
        return Money(self.cents)

    @property
    def differing(self) -> Sequence[Finding]:
        """Those that are not right, the largest difference first."""
        return sorted((one for one in self.findings if one.why is None), key=lambda one: -abs(one.cents))

    @property
    def not_worked_out(self) -> Sequence[Finding]:
        """Those that could not be checked."""
        return [one for one in self.findings if one.why is not None]

    def going_on(self, checks: Iterable[BillCheck]) -> "CheckRun":
        """The run after some more bills."""
        run = self
        for check in checks:
            run = run._with(_finding(check))
        return run

    def sealed(self, vault: Vault, session: UUID) -> str:
        """The run as it travels in an address, which opens in the same session alone."""
        return urlsafe_b64encode(vault.seal(json.dumps(asdict(self)), **PLACE, row=session)).decode()

    def _with(self, finding: Finding | None) -> "CheckRun":
        if finding is None:
            return replace(self, checked=self.checked + 1)
        return replace(
            self,
            checked=self.checked + 1,
            wrong=self.wrong + (finding.why is None),
            unchecked=self.unchecked + (finding.why is not None),
            cents=self.cents + finding.cents,
            findings=self._told_with(finding),
        )

    def _told_with(self, finding: Finding) -> tuple[Finding, ...]:
        """The findings with one more; of too many alike, that of the smallest difference goes, the newest first."""
        every = (*self.findings, finding)
        alike = [one for one in every if (one.why is None) is (finding.why is None)]
        if len(alike) <= MOST_TOLD:
            return every
        least = min(reversed(alike), key=lambda one: abs(one.cents))
        return tuple(one for one in every if one is not least)


def opened(sealed: str, vault: Vault, session: UUID) -> CheckRun | None:
    """A run that was sealed in the same session, for the same party therefore; None for anything else."""
    try:
        told = json.loads(vault.open(urlsafe_b64decode(sealed), **PLACE, row=session))
    except (Unreadable, ValueError):
        return None
    findings = (Finding(one["id"], one["cents"], Why(one["why"]) if one["why"] else None) for one in told["findings"])
    return CheckRun(**{**told, "findings": tuple(findings)})


def _finding(check: BillCheck) -> Finding | None:
    """What is to be said of a bill; nothing where it is right as far as it can be worked out."""
    if check.differing or not check.is_added_up:
        return Finding(str(check.invoice.head.id), check.difference.cents)
    if check.agreeing:
        return None
    whys = [one.why for one in check.unchecked if one.why is not None]
    return Finding(str(check.invoice.head.id), why=max(whys, key=whys.count, default=Why.NO_CONTRACT))
