"""The overview: what is owed and when, how much was used, which contracts run, what was decided; one question each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from portal.auth.people import User
from portal.consents import queries as consents
from portal.consents.rules import Action, DecisionKind
from portal.consumption import queries as consumption
from portal.consumption import selection
from portal.consumption.pairs import Comparison
from portal.consumption.periods import Span
from portal.consumption.rules import Compare, total
from portal.consumption.selection import Selection, ViewRequest
from portal.consumption.view import Change, Direction, change
from portal.contracts import queries as contracts
from portal.contracts.labels import KINDS, STATES
from portal.contracts.queries import Running
from portal.contracts.rules import ContractState, state
from portal.customers import queries as customers
from portal.home.sites.portfolio import MANY, Portfolio
from portal.home.sites.portfolio import portfolio as of_many
from portal.kit import formats, spark
from portal.kit.clock import DAY, HELSINKI, next_month
from portal.kit.i18n import Language, Text, counted, text
from portal.kit.labels import Label
from portal.sites import queries as sites
from portal.sites.labels import COMMODITIES

QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class OverviewContract:
    """A contract in the list."""

    id: UUID
    icon: str
    title: str
    subtitle: Text
    state: Label


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a customer has decided, in numbers."""

    consents: Text
    prohibitions: Text
    latest_at: datetime | None


def greeting(name: str, now: datetime) -> Text:
    """A greeting by the hour in Helsinki, and the first name; the night has none of its own."""
    hour = now.astimezone(HELSINKI).hour
    first = name.split(" ", maxsplit=1)[0]
    if 5 <= hour < 10:
        return text("Good morning, %(name)s", name=first)
    return text("Good evening, %(name)s", name=first) if 17 <= hour < 23 else text("Hello, %(name)s", name=first)


def heading(db: Session, who: User, now: datetime) -> Text:
    """A greeting to the person in their own matters; above those of another, whose they are."""
    another = customers.first(db, who) if who.reach.acting_for else None
    return text("Overview of %(name)s", name=another.name) if another else greeting(who.name, now)


def portfolio(db: Session, who: User, today: date, language: Language) -> Portfolio | None:
    """All sites together, for whoever looks after many; None for the few of a household."""
    return of_many(db, who, today, language) if sites.number_held(db, who, today) > MANY else None


def running_contracts(db: Session, who: User, today: date, language: Language) -> Sequence[OverviewContract]:
    """The contracts that run today."""
    return [_row(held, today, language) for held in contracts.running(db, who, today, limit=6)]


def _row(held: Running, today: date, language: Language) -> OverviewContract:
    ends = held.last or held.fixed_until
    is_ending = state(held.first, held.last, held.fixed_until, today) is ContractState.ENDING
    about = text("%(kind)s · %(place)s", kind=KINDS[held.kind].words, place=held.street)
    return OverviewContract(
        id=held.id,
        icon=KINDS[held.kind].icon,
        title=held.product.said(language),
        subtitle=about,
        state=_ends(ends, language) if is_ending and ends else STATES[ContractState.RUNNING],
    )


def _ends(on: date, language: Language) -> Label:
    words = text("Ends %(on)s", on=formats.full_date(on, language))
    return replace(STATES[ContractState.ENDING], words=words)


def permissions(db: Session, who: User) -> Permissions | None:
    """How many consents and prohibitions are in force; None for those who decide for no customer."""
    permissions = consents.permissions(db, who) if who.reach.is_full else None
    if permissions is None:
        return None
    given = [one for one in permissions if one.action is Action.GIVEN]
    agreed = sum(one.kind is DecisionKind.CONSENT for one in given)
    forbidden = sum(one.kind is DecisionKind.OBJECTION for one in given)
    return Permissions(
        counted(
            "%(n)s consent has been given.",
            "%(n)s consents have been given.",
            agreed,
            none=text("No consents have been given."),
        ),
        counted(
            "%(n)s prohibition is in force.",
            "%(n)s prohibitions are in force.",
            forbidden,
            none=text("No prohibitions are in force."),
        ),
        max((one.at for one in permissions), default=None),
    )


@dataclass(frozen=True, slots=True)
class Usage:
    """How much energy was used in the newest month, beside the same days a year before, and the year so far."""

    title: Text
    href: str
    figure: str
    unit: str
    change: Change | None
    sentence: Text
    bars: Sequence[spark.Bar]
    label: Text


def looked_at(db: Session, who: User, today: date) -> Selection:
    """What the overview tells of consumption: the newest month with readings, at all sites."""
    return consumption.selection(db, who, ViewRequest(), today)


def usage(db: Session, who: User, shown: Selection, today: date, language: Language) -> Usage | None:
    """The newest month with readings, None before there are any."""
    steps = consumption.steps(db, who, shown, today)
    month = total(step.now for step in steps)
    if not month.measured and not month.estimated:
        return None
    compared = consumption.comparison(db, who, shown, steps, today)
    figure, unit = formats.kwh_parts(month.energy)
    year = Span(_a_year_to(shown.period.first), shown.period.last)
    before = replace(shown, period=Span(year.first, shown.period.first - DAY), compare=Compare.NONE)
    months = [(step.period.first, step.now.milliwatt_hours) for step in consumption.steps(db, who, before, today)]
    return Usage(
        title=text(
            "%(energy)s %(month)s",
            energy=COMMODITIES[shown.energy].words,
            month=formats.in_month(shown.period.first, language),
        ),
        href=f"/consumption?at={shown.period.at}&energy={shown.energy}",
        figure=figure,
        unit=unit,
        change=change(compared),
        sentence=_sentence(compared),
        bars=spark.bars([*months, (shown.period.first, month.milliwatt_hours)]),
        label=text(
            "Use month by month from %(first)s to %(last)s, this month %(now)s.",
            first=formats.month_year(year.first, language),
            last=formats.month_year(year.last, language),
            now=formats.kwh(month.energy),
        ),
    )


def freshness(who: User, shown: Selection, today: date) -> datetime | None:
    """When the newest readings begin; None without any."""
    until = selection.freshness(shown.choices, who.parties, today).until
    return until - QUARTER if until else None


def _a_year_to(month: date) -> date:
    """The first of the twelve months that end with a month."""
    return next_month(month.replace(year=month.year - 1))


def _sentence(compared: Comparison | None) -> Text:
    changed = change(compared)
    if compared is None or changed is None:
        return text("There are no readings of the same days a year ago to compare with.")
    now, then = formats.kwh_compared(compared.now), formats.kwh_compared(compared.then)
    size = formats.percent(changed.size)
    match changed.direction:
        case Direction.LESS:
            return counted(
                "%(percent)s less was used than on the same day a year ago: %(now)s, then %(then)s.",
                "%(percent)s less was used than on the same %(n)s days a year ago: %(now)s, then %(then)s.",
                compared.days,
                percent=size,
                now=now,
                then=then,
            )
        case Direction.MORE:
            return counted(
                "%(percent)s more was used than on the same day a year ago: %(now)s, then %(then)s.",
                "%(percent)s more was used than on the same %(n)s days a year ago: %(now)s, then %(then)s.",
                compared.days,
                percent=size,
                now=now,
                then=then,
            )
        case Direction.SAME:
            return counted(
                "As much was used as on the same day a year ago: %(now)s.",
                "As much was used as on the same %(n)s days a year ago: %(now)s.",
                compared.days,
                now=now,
            )
