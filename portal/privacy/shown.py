"""How requests, groups of data and the log are put before a customer."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from portal.customers.wishes import Matter
from portal.kit import formats
from portal.kit.i18n import Language, Text, counted, text
from portal.kit.privacy import Record
from portal.privacy import catalogue, values
from portal.privacy.catalogue import CORRECTED, GROUPS, About, Described, Group, Holding
from portal.privacy.queries import LOOKED, Case, Entry, Event, Reading
from portal.privacy.rules import Act, Fate, Right, State, due_on

OURS: Final = frozenset({Act.IN_WORK, Act.ASKED, Act.EXTENDED, Act.DONE, Act.REFUSED})
FEW: Final = 3  # different values of a column that are shown beside each other

RIGHTS: Final[Mapping[Right, Text]] = {
    Right.ACCESS: text("See all my data"),
    Right.PORTABILITY: text("Take my data elsewhere"),
    Right.RECTIFICATION: text("Correct my data"),
    Right.ERASURE: text("Erase my data"),
    Right.RESTRICTION: text("Restrict the use of my data"),
    Right.OBJECTION: text("Object to the use of my data"),
    Right.RECORDINGS: text("Copy of call recordings"),
}
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
    Right.PORTABILITY: text("The package holds your data as JSON and CSV, for you or for another company."),
    Right.RECTIFICATION: text("Say what is wrong or missing and how it should be."),
    Right.ERASURE: text("We tell you first what would go now, and what the law obliges us to keep and until when."),
    Right.RESTRICTION: text("We only keep the data, while its correctness or your objection is being looked into."),
    Right.OBJECTION: text("Where we rely on our legitimate interest. Marketing you can prohibit at once."),
    Right.RECORDINGS: text("Calls to customer service are recorded. You can have a copy of yours."),
}
STATES: Final[Mapping[State, Text]] = {
    State.RECEIVED: text("Received"),
    State.IN_WORK: text("In work"),
    State.WAITING: text("Waits for you"),
    State.DONE: text("Done"),
    State.REFUSED: text("Refused"),
    State.WITHDRAWN: text("Withdrawn"),
}
BADGES: Final[Mapping[State, tuple[str, str]]] = {
    State.RECEIVED: ("brand", "clock"),
    State.IN_WORK: ("brand", "clock"),
    State.WAITING: ("warn", "circle-pause"),
    State.DONE: ("ok", "check"),
    State.REFUSED: ("warn", "circle-alert"),
    State.WITHDRAWN: ("off", "undo-2"),
}
STEPS: Final[Mapping[Act, Text]] = {
    Act.RECEIVED: text("We received the request"),
    Act.IN_WORK: text("We are working on it"),
    Act.ASKED: text("We asked for more; the time does not run while we wait"),
    Act.ANSWERED: text("An answer was added"),
    Act.EXTENDED: text("We need more time to answer"),
    Act.DONE: text("Done"),
    Act.REFUSED: text("We refused it"),
    Act.WITHDRAWN: text("The request was withdrawn"),
}
DEEDS: Final[Mapping[str, Text]] = {
    "session.begun": text("Signed in"),
    "session.confirmed": text("Proved their identity again"),
    "session.ended": text("Signed out"),
    "session.all-ended": text("Signed out everywhere"),
    "session.others-ended": text("Signed out everywhere else"),
    "account.language-chosen": text("Chose a language"),
    "account.welcomed": text("Finished the first visit"),
    "message.sent": text("Wrote to customer service"),
    "authorisation.given": text("Gave an authorisation"),
    "authorisation.ended": text("Ended an authorisation"),
    "acting.begun": text("Began to act on behalf of the customer"),
    "acting.ended": text("Stopped acting on behalf of the customer"),
    "consent.given": text("Gave a consent"),
    "consent.withdrawn": text("Withdrew a consent"),
    "objection.given": text("Prohibited something"),
    "objection.withdrawn": text("Took back a prohibition"),
    "preference.given": text("Turned a channel on"),
    "preference.withdrawn": text("Turned a channel off"),
    "privacy.requested": text("Made a request about the data"),
    "privacy.answered": text("Added to a request about the data"),
    "privacy.withdrawn": text("Withdrew a request about the data"),
    "privacy.packaged": text("Downloaded the data package"),
    "privacy.exported": text("Made the data package for the customer"),
}
CHANGES: Final[Mapping[str, Text]] = {
    "asked": text("Asked to change a contact detail"),
    "changed": text("Changed a contact detail"),
    "withdrawn": text("Took back a change of a contact detail"),
}
LOOKS: Final[Mapping[str, Text]] = {
    "/overview": text("Looked at the overview"),
    "/consumption": text("Looked at the consumption"),
    "/consumption/download": text("Downloaded readings"),
    "/invoices": text("Looked at the list of invoices"),
    "/invoices/{id}": text("Looked at an invoice"),
    "/contracts": text("Looked at the list of contracts"),
    "/contracts/{id}": text("Looked at a contract"),
    "/sites": text("Looked at the list of sites"),
    "/sites/{id}": text("Looked at a site"),
    "/sites/download": text("Downloaded the list of sites"),
    "/organisation": text("Looked at who may act for the customer"),
    "/messages": text("Looked at the list of messages"),
    "/messages/{id}": text("Looked at messages about a matter"),
    "/messages/new": text("Opened the form for writing to customer service"),
    "/feedback": text("Opened the form for feedback"),
    "/account": text("Looked at the account"),
    "/account/contact": text("Opened the form of contact details"),
    "/account/address": text("Opened the form of the postal address"),
    "/account/billing": text("Opened the form of how invoices come"),
    "/welcome": text("Looked at the first steps"),
    "/welcome/contact": text("Opened the form of contact details"),
    "/welcome/billing": text("Opened the form of how invoices come"),
    "/confirm": text("Was asked to prove their identity again"),
    "/consents": text("Looked at the consents and prohibitions"),
    "/consents/history": text("Looked at the history of consents and prohibitions"),
    "/consents/receipts/{id}": text("Downloaded the receipt of a decision"),
    "/authorisations": text("Looked at the authorisations"),
    "/authorisations/new": text("Opened the form of a new authorisation"),
    "/authorisations/{id}": text("Looked at an authorisation"),
    "/authorisations/receipts/{id}": text("Downloaded the receipt of a decision"),
    "/privacy": text("Looked at what we hold and at the requests"),
    "/privacy/data": text("Looked at every detail that we hold"),
    "/privacy/log": text("Looked at this log"),
    "/privacy/requests": text("Looked at the list of requests"),
    "/privacy/requests/{id}": text("Looked at a request"),
    "/privacy/requests/new": text("Opened the form of a new request"),
    "/privacy/package": text("Looked at what the data package holds"),
}
"""What somebody did who opened a page on behalf of another, by its address."""

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
    Fate.CONTRACT: text("stays as long as your contract needs it"),
    Fate.ACCOUNTING: text("stays, the Accounting Act obliges us"),
    Fate.EVIDENCE: text("stays for a set time: we must be able to show what was decided and done"),
}


@dataclass(frozen=True, slots=True)
class Tile:
    """A request in a list of them, with its clock; `left` is None where the clock does not run."""

    id: UUID
    number: str
    title: Text
    state: Text
    badge: str
    icon: str
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
    """A column in words: what stands in it, what is to be known of it beside its group, and where to correct it."""

    label: Text
    value: Text | str | None
    about: About | None
    correct: str | None


@dataclass(frozen=True, slots=True)
class TableShown:
    """A table in words, and how many rows it has."""

    title: Text
    fields: Sequence[FieldShown]
    rows: int


@dataclass(frozen=True, slots=True)
class GroupShown:
    """A group with everything that is known of it."""

    group: Group
    described: Described
    tables: Sequence[TableShown]


@dataclass(frozen=True, slots=True)
class Line:
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
    badge, icon = BADGES[clock.state]
    used = clock.days_used(today)
    return Tile(
        id=row.id,
        number=row.number,
        title=title(case),
        state=_done_in(case) if clock.state is State.DONE else STATES[clock.state],
        badge=badge,
        icon=icon,
        is_open=not clock.is_closed,
        is_waiting=clock.state is State.WAITING,
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


def told(event: Event) -> Told:
    """A step of a request in words."""
    step = event.step
    elsewhere = None if step.act in OURS else text("by phone or letter")
    return Told(step.at, STEPS[Act(step.act)], step.text, step.ground, step.answer_by, event.actor or elsewhere)


def group_rows(counts: Mapping[str, int]) -> Sequence[GroupRow]:
    """Every group, and how many rows its tables have."""
    return [GroupRow(group, described, _rows(group, counts)) for group, described in GROUPS.items()]


def groups(records: Iterable[Record], counts: Mapping[str, int], language: Language) -> Sequence[GroupShown]:
    """Every column of every group, with the values that these records hold."""
    found = _values(records, language)
    return [
        GroupShown(group, described, [_table(holding, found, counts) for holding in catalogue.of_group(group)])
        for group, described in GROUPS.items()
    ]


def line(entry: Entry | Reading, language: Language) -> Line:
    """An entry of the log in words: nothing of what it was about but the kind of act."""
    if isinstance(entry, Reading):
        return _read(entry, language)
    row = entry.row
    behalf = text("on behalf of %(name)s", name=entry.behalf) if entry.behalf else None
    return Line(
        at=row.at,
        actor=_actor(entry),
        behalf=text("on behalf of another customer") if entry.is_elsewhere else behalf,
        deed=_deed(row.act, row.object_kind),
        icon="refresh-cw" if row.account_id is None else "eye" if row.act == LOOKED else "user-round",
    )


def _read(reading: Reading, language: Language) -> Line:
    days = formats.date_range(reading.first_day, reading.last_day, language)
    deed = text("Read your consumption of %(days)s by your authorisation", days=days)
    return Line(reading.at, reading.company, None, deed, "eye")


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
    if case.clock.state is State.WAITING:
        return next(event.step.text for event in reversed(case.events) if event.step.act == Act.ASKED)
    return case.latest.step.text if case.latest.step.act in OURS else ""


def _longer(case: Case) -> Longer | None:
    extension = case.clock.extension
    if extension is None:
        return None
    why = next(event.step.text for event in reversed(case.events) if event.step.act == Act.EXTENDED)
    instead_of = due_on(case.clock.received_on, extension.paused_days)
    return Longer(extension.answer_by, instead_of, extension.told_on, why)


def _done_in(case: Case) -> Text:
    days = case.clock.days_used(case.clock.received_on)
    return counted("Done in %(n)s day", "Done in %(n)s days", days, none=text("Done on the same day"))


def _left(days: int) -> Text:
    if days < 0:
        return counted("%(n)s day late", "%(n)s days late", -days)
    return counted("%(n)s day left", "%(n)s days left", days, none=text("The last day is today"))


def _values(records: Iterable[Record], language: Language) -> Mapping[tuple[str, str], Sequence[str]]:
    """The different values of each column in words, in the order in which they came."""
    found: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for record in records:
        for column, value in record.values.items():
            if value is not None:
                found[record.table, column][values.said(record.table, column, value, language)] = None
    return {place: list(different) for place, different in found.items()}


def _table(holding: Holding, found: Mapping[tuple[str, str], Sequence[str]], counts: Mapping[str, int]) -> TableShown:
    fields = [
        FieldShown(
            label=label,
            value=_value(holding, column, found, counts),
            about=holding.about(column),
            correct=f"{holding.table}.{column}" if holding.group in CORRECTED else None,
        )
        for column, label in holding.columns.items()
    ]
    return TableShown(holding.title, fields, counts.get(holding.table, 0))


def _value(
    holding: Holding, column: str, found: Mapping[tuple[str, str], Sequence[str]], counts: Mapping[str, int]
) -> Text | str | None:
    if column in holding.sealed:
        return text("kept encrypted") if counts.get(holding.table) else None
    different = found.get((holding.table, column), ())
    if len(different) > FEW:
        return text("%(n)s different values", n=len(different))
    return ", ".join(different) or None


def _actor(entry: Entry) -> Text | str:
    if entry.is_mine:
        return text("You")
    return text("A program") if entry.row.account_id is None else entry.actor or text("A person")


def _deed(act: str, object_kind: str) -> Text:
    if act != LOOKED:
        matter, _, deed = act.partition(".")
        return CHANGES.get(deed, SOMETHING) if matter in set(Matter) else DEEDS.get(act, SOMETHING)
    slice_ = object_kind.partition(".")[0]
    return LOOKS.get(object_kind) or LOOKS.get(FORMERLY.get(slice_, "")) or text("Opened a page")
