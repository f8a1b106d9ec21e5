"""How requests, groups of data and the log are put before a customer."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from portal.customers.change_requests import Matter
from portal.kit import formats
from portal.kit.i18n import Language, Text, counted, text
from portal.kit.labels import Label
from portal.kit.privacy import Record
from portal.privacy import catalogue, values
from portal.privacy.catalogue import GROUPS, About, Described, Group, PersonalTable
from portal.privacy.queries import LOOKED, Case, CaseEvent, LogEntry, Reading
from portal.privacy.rules import Act, CaseState, Fate, Right, due_on
from portal.privacy.words import CHANGES, DEEDS, LOOKS, RIGHTS, STATES, STEPS

OURS: Final = frozenset({Act.IN_WORK, Act.ASKED, Act.EXTENDED, Act.DONE, Act.REFUSED})
MOST: Final = 20  # records of a table that are shown; all of them are in the package

ARTICLES: Final[Mapping[Right, Text]] = {
    Right.ACCESS: text("GDPR, Article 15"),
    Right.PORTABILITY: text("GDPR, Article 20"),
    Right.RECTIFICATION: text("GDPR, Article 16"),
    Right.ERASURE: text("GDPR, Article 17"),
    Right.RESTRICTION: text("GDPR, Article 18"),
    Right.OBJECTION: text("GDPR, Article 21"),
    Right.RECORDINGS: text("GDPR, Article 15(3)"),
}
EXPLAINED: Final[Mapping[Right, Text]] = {
    Right.ACCESS: text("You get everything at once as a package. If something is missing from it, ask for it here."),
    Right.PORTABILITY: text("The package holds the data as JSON and CSV, to keep or for another company."),
    Right.RECTIFICATION: text("Say what is wrong or missing and how it should be."),
    Right.ERASURE: text("We tell you first what would go now, and what the law obliges us to keep and until when."),
    Right.RESTRICTION: text("We only keep the data, while its correctness or an objection is being looked into."),
    Right.OBJECTION: text("Where we rely on our legitimate interest. Marketing you can prohibit at once."),
    Right.RECORDINGS: text("Calls to customer service are recorded. You can have a copy of them."),
}
FORMERLY: Final[Mapping[str, str]] = {
    "consumption": "/consumption",
    "invoices": "/invoices",
    "contracts": "/contracts",
    "messages": "/messages",
    "privacy": "/privacy",
}
"""Under which names pages were noted before their addresses were; of the others it cannot be told which page it was."""

SOMETHING: Final = text("Used this service")
FATES: Final[Mapping[Fate, Text]] = {
    Fate.GOES: text("goes now"),
    Fate.CONTRACT: text("stays as long as the contract needs it"),
    Fate.ACCOUNTING: text("stays, the Accounting Act obliges us"),
    Fate.EVIDENCE: text("stays for a set time: we must be able to show what was decided and done"),
}


@dataclass(frozen=True, slots=True)
class Tile:
    """A request in a list of them, with its clock; `left` is None where the clock does not run."""

    id: UUID
    number: str
    title: Text
    state: Label
    is_open: bool
    is_waiting: bool
    received_on: date
    due_on: date | None
    paused_on: date | None
    ended_on: date | None
    days: int
    used: int
    left: Text | None
    passed: Text
    said: str
    longer: "Longer | None"


@dataclass(frozen=True, slots=True)
class Longer:
    """That a request takes longer than a month: until which day instead of which, and why, as it was told on a day."""

    answer_by: date
    instead_of: date
    told_on: date
    why: str


@dataclass(frozen=True, slots=True)
class Told:
    """A step of a request in words; `actor` is None for the company."""

    at: datetime
    deed: Text
    text: str
    ground: str
    answer_by: date | None
    actor: Text | str | None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group of data in the list of them, and how many rows it has."""

    group: Group
    described: Described
    rows: int


@dataclass(frozen=True, slots=True)
class FieldShown:
    """A column in words: what stands in it, what is to be known of it beside its group, and how to ask to correct it.

    `correct` names it in a request; None for what nobody corrects.
    """

    label: Text
    value: Text | str | None
    about: About | None
    correct: str | None


@dataclass(frozen=True, slots=True)
class TableShown:
    """A table in words: its records as they stand here, how many more there are, and its columns by their labels.

    `is_here` is False where the values stand on a page of their own; `count` is how many rows that page has, as far as
    it is known without reading them.
    """

    title: Text
    records: Sequence[Sequence[FieldShown]]
    more: int
    labels: Sequence[Text]
    is_here: bool
    count: int


@dataclass(frozen=True, slots=True)
class GroupShown:
    """A group with everything that is known of it."""

    group: Group
    described: Described
    tables: Sequence[TableShown]


@dataclass(frozen=True, slots=True)
class LogLine:
    """An entry of the log in words."""

    at: datetime
    actor: Text | str
    behalf: Text | None
    deed: Text
    icon: str


@dataclass(frozen=True, slots=True)
class Prospect:
    """What would become of a group if it were to be erased today; `until` is the last day, where the law names one."""

    title: Text
    rows: int
    says: Text
    until: date | None


def tile(case: Case, today: date) -> Tile:
    """A request with its clock as it is on a day."""
    row, clock = case.row, case.clock
    used = clock.days_used(today)
    return Tile(
        id=row.id,
        number=row.number,
        title=title(case),
        state=_done_in(case) if clock.state is CaseState.DONE else STATES[clock.state],
        is_open=not clock.is_closed,
        is_waiting=clock.state is CaseState.WAITING,
        received_on=clock.received_on,
        due_on=clock.due_on,
        paused_on=clock.paused_on,
        ended_on=clock.ended_on,
        days=clock.days,
        used=min(used, clock.days),
        left=_left(clock.days_left(today)) if clock.due_on and not clock.is_closed else None,
        passed=text("%(used)s days of %(days)s have passed", used=used, days=clock.days),
        said=_said(case),
        longer=_longer(case),
    )


def title(case: Case) -> Text:
    """What a request is about."""
    right = Right(case.row.kind)
    named = catalogue.field_named(case.row.field)
    return text("Correction: %(field)s", field=named) if named and right is Right.RECTIFICATION else RIGHTS[right]


def told(event: CaseEvent) -> Told:
    """A step of a request in words."""
    step = event.step
    elsewhere = None if step.act in OURS else text("by phone or letter")
    return Told(step.at, STEPS[Act(step.act)], step.text, step.ground, step.answer_by, event.actor or elsewhere)


def group_rows(counts: Mapping[str, int]) -> Sequence[GroupRow]:
    """Every group, and how many rows its tables have."""
    return [GroupRow(group, described, _rows(group, counts)) for group, described in GROUPS.items()]


def groups(
    records: Iterable[Record], here: Collection[Group], counts: Mapping[str, int], language: Language
) -> Sequence[GroupShown]:
    """Every group: what these records say, of those that stand here, and what is held in the others."""
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        found[record.table].append(record)
    return [
        GroupShown(
            group,
            described,
            [
                _table(holding, found[holding.table], counts, language, is_here=group in here)
                for holding in catalogue.of_group(group)
                if holding.columns
            ],
        )
        for group, described in GROUPS.items()
    ]


def line(entry: LogEntry | Reading, language: Language) -> LogLine:
    """An entry of the log in words: nothing of what it was about but the kind of act."""
    if isinstance(entry, Reading):
        return _read(entry, language)
    row = entry.row
    behalf = text("on behalf of %(name)s", name=entry.behalf) if entry.behalf else None
    return LogLine(
        at=row.at,
        actor=_actor(entry),
        behalf=text("on behalf of another customer") if entry.is_elsewhere else behalf,
        deed=_deed(row.act, row.object_kind),
        icon="refresh-cw" if row.account_id is None else "eye" if row.act == LOOKED else "user-round",
    )


def _read(reading: Reading, language: Language) -> LogLine:
    days = formats.date_range(reading.first_day, reading.last_day, language)
    deed = text("Read the consumption of %(days)s by an authorisation", days=days)
    return LogLine(reading.at, reading.company, None, deed, icon="eye")


def prospects(counts: Mapping[str, int], kept_until: date | None, *, is_customer: bool) -> Iterator[Prospect]:
    """What would become of each group that has rows; `kept_until` is the last day of the newest voucher."""
    for group, described in GROUPS.items():
        rows = _rows(group, counts)
        if rows:
            fate = Fate.GOES if described.fate is Fate.CONTRACT and not is_customer else described.fate
            until = kept_until if fate is Fate.ACCOUNTING else None
            yield Prospect(described.title, rows, FATES[fate], until)


def _rows(group: Group, counts: Mapping[str, int]) -> int:
    return sum(counts.get(holding.table, 0) for holding in catalogue.of_group(group))


def _said(case: Case) -> str:
    """What we asked, while it waits for that; else what we said, if nothing has happened since."""
    if case.clock.state is CaseState.WAITING:
        return next(event.step.text for event in reversed(case.events) if event.step.act == Act.ASKED)
    return case.latest.step.text if case.latest.step.act in OURS else ""


def _longer(case: Case) -> Longer | None:
    extension = case.clock.extension
    if extension is None:
        return None
    why = next(event.step.text for event in reversed(case.events) if event.step.act == Act.EXTENDED)
    instead_of = due_on(case.clock.received_on, extension.paused_days)
    return Longer(extension.answer_by, instead_of, extension.told_on, why)


def _done_in(case: Case) -> Label:
    days = case.clock.days_used(case.clock.received_on)
    words = counted("Done in %(n)s day", "Done in %(n)s days", days, none=text("Done on the same day"))
    return replace(STATES[CaseState.DONE], words=words)


def _left(days: int) -> Text:
    if days < 0:
        return counted("%(n)s day late", "%(n)s days late", -days)
    return counted("%(n)s day left", "%(n)s days left", days, none=text("The last day is today"))


def _table(
    holding: PersonalTable, records: Sequence[Record], counts: Mapping[str, int], language: Language, *, is_here: bool
) -> TableShown:
    shown = [_record(holding, record, language) for record in records[:MOST]] if is_here else []
    count = len(records) if is_here else counts.get(holding.table, 0)
    more = max(0, len(records) - MOST) if is_here else 0
    return TableShown(holding.title, shown, more, [one.label for one in holding.columns.values()], is_here, count)


def _record(holding: PersonalTable, record: Record, language: Language) -> Sequence[FieldShown]:
    return [
        FieldShown(
            label=column.label,
            value=text("kept encrypted") if column.is_sealed else _value(holding, name, record, language),
            about=holding.about(name),
            correct=f"{holding.table}.{name}" if column.is_correctable else None,
        )
        for name, column in holding.columns.items()
    ]


def _value(holding: PersonalTable, column: str, record: Record, language: Language) -> str | None:
    value = record.values.get(column)
    return None if value is None or value == "" else values.said(holding.table, column, value, language)


def _actor(entry: LogEntry) -> Text | str:
    if entry.is_mine:
        return text("You")
    return text("A program") if entry.row.account_id is None else entry.actor or text("A person")


def _deed(act: str, object_kind: str) -> Text:
    if act != LOOKED:
        matter, _, deed = act.partition(".")
        return CHANGES.get(deed, SOMETHING) if matter in set(Matter) else DEEDS.get(act, SOMETHING)
    slice_ = object_kind.partition(".")[0]
    return LOOKS.get(object_kind) or LOOKS.get(FORMERLY.get(slice_, "")) or text("Opened a page")
