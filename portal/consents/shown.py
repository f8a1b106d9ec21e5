"""How decisions are put before a customer: the rows of the matrix, what has just been decided, what was once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from portal.consents import notices, rules
from portal.consents.models import PermissionRecord
from portal.consents.queries import DecisionEvent, Matrix
from portal.consents.rules import MATRIX, Action, Cell, Channel, DecisionKind, Ground, Purpose, Switch
from portal.kit.i18n import Language, Text, text

COLUMNS = (Channel.EMAIL, Channel.SMS, Channel.PHONE, Channel.AUTOMATED_CALL, Channel.LETTER)

CHANNELS: Mapping[str, Text] = {
    Channel.EMAIL: text("Email"),
    Channel.SMS: text("Text message"),
    Channel.PHONE: text("Phone call"),
    Channel.AUTOMATED_CALL: text("Automated call"),
    Channel.LETTER: text("Letter"),
}
DEEDS: Mapping[tuple[str, str], Text] = {
    (DecisionKind.CONSENT, Action.GIVEN): text("Consent given"),
    (DecisionKind.CONSENT, Action.WITHDRAWN): text("Consent withdrawn"),
    (DecisionKind.OBJECTION, Action.GIVEN): text("Prohibited"),
    (DecisionKind.OBJECTION, Action.WITHDRAWN): text("Allowed again"),
    (DecisionKind.PREFERENCE, Action.GIVEN): text("Channel turned on"),
    (DecisionKind.PREFERENCE, Action.WITHDRAWN): text("Channel turned off"),
}
STATES: Mapping[tuple[DecisionKind, Switch], Text] = {
    (DecisionKind.CONSENT, Switch.ON): text("consent"),
    (DecisionKind.CONSENT, Switch.OFF): text("no consent"),
    (DecisionKind.OBJECTION, Switch.ON): text("allowed"),
    (DecisionKind.OBJECTION, Switch.OFF): text("prohibited"),
    (DecisionKind.PREFERENCE, Switch.ON): text("channel on"),
    (DecisionKind.PREFERENCE, Switch.OFF): text("channel off"),
}
GROUNDS: Mapping[str, Text] = {
    Ground.CONTRACT: text("GDPR 6(1)(b)"),
    Ground.CONSENT: text("GDPR 6(1)(a)"),
    Ground.ELECTRONIC_MARKETING: text("GDPR 6(1)(a); Act 917/2014 s. 200(1)"),
    Ground.OTHER_MARKETING: text("GDPR 6(1)(f), 21(2)-(3); Act 917/2014 s. 200(2)"),
    Ground.COMPANY_MARKETING: text("GDPR 6(1)(f), 21(2)-(3); Act 917/2014 s. 202"),
    Ground.RESEARCH: text("GDPR 6(1)(f), 21(1)"),
}
LEVELS: Mapping[str, Text] = {"loa2": text("substantial"), "loa3": text("high")}
PLACES: Mapping[str, Text] = {
    "portal": text("In this service"),
    "phone": text("By phone"),
    "letter": text("By letter"),
    "feed": text("From our customer register"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One decision, as the history and the answer to a click tell it; `cell` is its place in the form."""

    id: UUID
    cell: str
    at: datetime
    kind: str
    action: str
    deed: Text | str
    title: str
    channel: Text | str | None
    actor: str | None
    place: Text | str
    before: Text | str
    after: Text | str
    ground: Text | str


@dataclass(frozen=True, slots=True)
class Toggle:
    """A switch of the matrix: the id of its element, its name in the form, its label and whether it is on."""

    id: str
    name: str
    label: Text | None
    is_on: bool
    ground_id: str


@dataclass(frozen=True, slots=True)
class Basis:
    """The ground of some switches of a row, in words."""

    id: str
    kind: DecisionKind
    ground: str
    rule: str


@dataclass(frozen=True, slots=True)
class PurposeRow:
    """A purpose with its switches, one for each column or a single one, and what to say about them now.

    `id` names the element and the template's block, `purpose` the fields of the form; `was` lists the channels
    that are on, so that a saved form tells what was changed from what was left alone.
    """

    id: str
    purpose: Purpose
    title: str
    text: str
    data: str
    bases: Sequence[Basis]
    toggles: Sequence[Toggle | None]
    was: str
    told: Sequence[Told]
    problem: Text | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a customer has just tried.

    The decisions on `decided` cells are told in their rows; `asked` switches stay as they were set although it did
    not work out; `problems`, by row id, say why.
    """

    decided: Collection[Cell] = ()
    asked: Mapping[Cell, Switch] = field(default_factory=dict)
    problems: Mapping[str, Text] = field(default_factory=dict)


def rows(matrix: Matrix, language: Language, attempt: Attempt) -> Mapping[str, PurposeRow]:
    """The rows of a party's matrix by their ids, in the order of the page."""
    purposes = dict.fromkeys(cell.purpose for cell in MATRIX[matrix.decider.subject])
    return {row_id(purpose): _row(matrix, purpose, language, attempt) for purpose in purposes}


def row_id(purpose: Purpose) -> str:
    """The name of a purpose's row as an element and as a block."""
    return purpose.name.lower()


def told(event: DecisionEvent, language: Language) -> Told:
    """A decision of the history in words; codes that nobody knows any more are told as they are."""
    record = event.record
    return Told(
        id=record.id,
        cell=f"{record.purpose}.{record.channel}",
        at=record.at,
        kind=record.kind,
        action=record.action,
        deed=DEEDS[record.kind, record.action],
        title=_title(record, language),
        channel=None if record.channel == Channel.ANY else CHANNELS.get(record.channel, record.channel),
        actor=event.actor,
        place=PLACES.get(record.where, record.where),
        before=_state(record.kind, event.before),
        after=_state(record.kind, record.action),
        ground=GROUNDS.get(record.ground, record.ground),
    )


def level(assurance: str) -> Text | str:
    """The level of assurance of a sign-in, by the end of its acr (`.../loa2`); an unknown one is told as it is."""
    name = assurance.rpartition("/")[2]
    return LEVELS.get(name.replace("loatest", "loa"), name)


def _state(kind: str, action: str | None) -> Text:
    return STATES[DecisionKind(kind), rules.switch(DecisionKind(kind), action)]


def _title(record: PermissionRecord, language: Language) -> str:
    known = notices.EDITIONS.all.get(record.notice_version, notices.EDITIONS.current)
    about = next((about for purpose, about in known.purposes.items() if purpose == record.purpose), None)
    return about.title.by(language) if about else record.purpose


def _row(matrix: Matrix, purpose: Purpose, language: Language, attempt: Attempt) -> PurposeRow:
    cells = [cell for cell in MATRIX[matrix.decider.subject] if cell.purpose is purpose]
    states = {cell: rules.state(cell, matrix.in_force) for cell in cells}
    about = notices.EDITIONS.current.purposes[purpose]
    return PurposeRow(
        id=row_id(purpose),
        purpose=purpose,
        title=about.title.by(language),
        text=about.text.by(language),
        data=about.data.by(language),
        bases=list(_bases(cells, language)),
        toggles=list(_toggles({cell: attempt.asked.get(cell, states[cell]) for cell in cells})),
        was=" ".join(cell.channel for cell in cells if states[cell] is Switch.ON),
        told=list(_just_told(matrix, [cell for cell in cells if cell in attempt.decided], language)),
        problem=attempt.problems.get(row_id(purpose)),
    )


def _bases(cells: Sequence[Cell], language: Language) -> Iterator[Basis]:
    for cell in {cell.ground: cell for cell in cells}.values():
        wording = notices.EDITIONS.current.wording(cell, language)
        yield Basis(_basis_id(cell), cell.kind, wording.ground, wording.rule)


def _toggles(states: Mapping[Cell, Switch]) -> Iterator[Toggle | None]:
    by_channel = {cell.channel: cell for cell in states}
    for channel in (Channel.ANY,) if Channel.ANY in by_channel else COLUMNS:
        cell = by_channel.get(channel)
        yield _toggle(cell, states[cell]) if cell else None


def _toggle(cell: Cell, state: Switch) -> Toggle:
    return Toggle(
        id=f"{row_id(cell.purpose)}-{cell.channel}",
        name=cell.key,
        label=CHANNELS.get(cell.channel),
        is_on=state is Switch.ON,
        ground_id=_basis_id(cell),
    )


def _basis_id(cell: Cell) -> str:
    return f"{row_id(cell.purpose)}-{cell.ground.name.lower()}"


def _just_told(matrix: Matrix, cells: Sequence[Cell], language: Language) -> Iterator[Told]:
    for cell in cells:
        record = rules.standing(cell, matrix.in_force)
        if record:
            yield told(DecisionEvent(record, actor=None, before=None), language)
