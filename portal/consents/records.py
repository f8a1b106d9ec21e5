"""What a party has decided, as the customer reads it: the matrix with its rows, and each decision of the history."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from portal.auth.reach import NamedParty
from portal.consents import labels, notices, rules
from portal.consents.editions import Translated
from portal.consents.models import PermissionRecord
from portal.consents.notices import PurposeText
from portal.consents.rules import MATRIX, Action, Cell, Channel, DecisionKind, DecisionSubject, Place, Purpose, Switch
from portal.kit.i18n import Text

COLUMNS: Final = (Channel.EMAIL, Channel.SMS, Channel.PHONE, Channel.AUTOMATED_CALL, Channel.LETTER)


@dataclass(frozen=True, slots=True)
class PermissionSummary:
    """What holds somewhere in the matrix, at a glance."""

    kind: DecisionKind
    action: Action
    at: datetime


@dataclass(frozen=True, slots=True)
class DecisionEvent:
    """A decision as it stands in the history: who acted, None where it came from elsewhere, and what it replaced.

    Codes that nobody knows any more are told as they are.
    """

    record: PermissionRecord
    actor: str | None = None
    replaced: str | None = None  # the action that held before, None where nothing was decided

    @property
    def key(self) -> str:
        """Its place in forms: `direct-marketing.email`."""
        return f"{self.record.purpose}.{self.record.channel}"

    @property
    def deed(self) -> Text:
        """What was done."""
        return labels.DEEDS[self.record.kind, self.record.action]

    @property
    def title(self) -> Translated | str:
        """What it is about, as it was called then."""
        known = notices.EDITIONS.all.get(self.record.notice_version, notices.EDITIONS.current)
        about = next((about for purpose, about in known.purposes.items() if purpose == self.record.purpose), None)
        return about.title if about else self.record.purpose

    @property
    def channel(self) -> Text | str | None:
        """The way to the customer; None where the purpose reaches nobody by itself."""
        channel = self.record.channel
        return None if channel == Channel.ANY else labels.CHANNELS.get(channel, channel)

    @property
    def place(self) -> Text | str:
        """Where it was decided."""
        return labels.PLACES.get(self.record.where, self.record.where)

    @property
    def ground(self) -> Text | str:
        """The law that it stands on."""
        return labels.GROUNDS.get(self.record.ground, self.record.ground)

    @property
    def level(self) -> Text | str:
        """How surely it was known who acted."""
        return labels.level(self.record.assurance)

    @property
    def before(self) -> Text:
        """What held before."""
        return self._state(self.replaced)

    @property
    def after(self) -> Text:
        """What held from then on."""
        return self._state(self.record.action)

    @property
    def is_withdrawn_consent(self) -> bool:
        """Whether a consent was withdrawn, which can be given again."""
        return (self.record.kind, self.record.action) == (DecisionKind.CONSENT, Action.WITHDRAWN)

    def _state(self, action: str | None) -> Text:
        kind = DecisionKind(self.record.kind)
        return labels.STATES[kind, rules.switch(kind, action)]


@dataclass(frozen=True, slots=True)
class Matrix:
    """What a party has decided that holds now."""

    party: NamedParty
    in_force: Mapping[Place, PermissionRecord]

    @property
    def subject(self) -> DecisionSubject:
        """By which law the party decides."""
        return DecisionSubject(self.party.kind)

    @property
    def may_withdraw(self) -> bool:
        """Whether any consent is given that could be withdrawn."""
        return bool(rules.news(rules.withdrawing_all(self.subject), self.in_force))

    def after(self, records: Sequence[PermissionRecord]) -> "Matrix":
        """What holds once these have been decided."""
        return replace(self, in_force={**self.in_force, **rules.in_force(records)})


@dataclass(frozen=True, slots=True)
class PurposeRow:
    """A purpose with its switches, and what to say about them now.

    decided: cells that have just been decided, which their row tells
    asked: how switches were set, which stay so although it did not work out
    problem: why it did not
    """

    purpose: Purpose
    matrix: Matrix
    decided: Collection[Cell] = ()
    asked: Mapping[Cell, Switch] | None = None
    problem: Text | None = None

    @property
    def id(self) -> str:
        """Its name as an element and as a block."""
        return row_id(self.purpose)

    @property
    def about(self) -> PurposeText:
        """What is told about the purpose."""
        return notices.EDITIONS.current.purposes[self.purpose]

    @property
    def cells(self) -> Sequence[Cell]:
        """What can be decided about it."""
        return [cell for cell in MATRIX[self.matrix.subject] if cell.purpose is self.purpose]

    @property
    def places(self) -> Sequence[Cell | None]:
        """A cell or none for each of `COLUMNS`; the only one of a purpose that reaches nobody by itself."""
        by_channel = {cell.channel: cell for cell in self.cells}
        return [by_channel.get(channel) for channel in ((Channel.ANY,) if Channel.ANY in by_channel else COLUMNS)]

    @property
    def bases(self) -> Sequence[tuple[Cell, Translated, Translated]]:
        """Each ground of its cells: one of those, the law, and what the customer can do by it."""
        edition = notices.EDITIONS.current
        by_ground = {cell.ground: cell for cell in self.cells}.values()
        return [(cell, edition.grounds[cell.ground.name], edition.kinds[cell.kind]) for cell in by_ground]

    @property
    def was(self) -> str:
        """The channels that are on, by which a saved form tells what was changed from what was left alone."""
        return " ".join(cell.channel for cell in self.cells if self._state(cell) is Switch.ON)

    @property
    def told(self) -> Sequence[DecisionEvent]:
        """What has just been decided."""
        records = [rules.standing(cell, self.matrix.in_force) for cell in self.cells if cell in self.decided]
        return [DecisionEvent(record) for record in records if record]

    def is_on(self, cell: Cell) -> bool:
        """Whether its switch is on."""
        return (self.asked or {}).get(cell, self._state(cell)) is Switch.ON

    def ground_id(self, cell: Cell) -> str:
        """The element that says on what ground a cell stands."""
        return f"{self.id}-{cell.ground.name.lower()}"

    def _state(self, cell: Cell) -> Switch:
        return rules.state(cell, self.matrix.in_force)


def row_id(purpose: Purpose) -> str:
    """The name of a purpose's row as an element and as a block."""
    return purpose.name.lower()
