"""How authorisations are put before a customer: as a tile of the list, and as lines of their history."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from portal.consents.authorisations import rules
from portal.consents.authorisations.models import AuthorisationRead, ThirdParty
from portal.consents.authorisations.queries import Covered, Given
from portal.consents.authorisations.rules import AuthorisationState, Resolution
from portal.kit.clock import day_of
from portal.kit.i18n import Language, Text, text
from portal.kit.labels import Label

RESOLUTIONS: Final[Mapping[str, Text]] = {
    Resolution.QUARTER: text("Every 15 minutes"),
    Resolution.HOUR: text("By the hour"),
    Resolution.DAY: text("By the day"),
    Resolution.MONTH: text("By the month"),
}


STATES: Final[Mapping[AuthorisationState, Label]] = {
    AuthorisationState.IN_FORCE: Label(text("In force"), icon="check", tone="ok"),
    AuthorisationState.ENDS_SOON: Label(text("Ends soon"), icon="clock", tone="warn"),
    AuthorisationState.EXPIRED: Label(text("Expired"), icon="minus"),
    AuthorisationState.ENDED: Label(text("Ended"), icon="minus"),
    AuthorisationState.REPLACED: Label(text("Renewed"), icon="refresh-cw"),
}


@dataclass(frozen=True, slots=True)
class Tile:
    """An authorisation at a glance; `last` is the last day on which the company may or might read."""

    id: UUID
    company: str
    business_id: str
    purpose: str
    label: Label
    first: date
    last: date
    resolution: Text
    points: Sequence[Covered]
    reads: int
    last_read: datetime | None
    in_force: bool
    renewable: bool


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A line of the history; one that has not happened yet has no actor."""

    at: datetime | date
    says: Text
    actor: str | None
    to_come: bool = False

    @property
    def by_the_clock(self) -> bool:
        """Whether the hour is known, not only the day."""
        return isinstance(self.at, datetime)


@dataclass(frozen=True, slots=True)
class Read:
    """A read of the company's; `allowed` is False where the authorisation was over, or had not begun."""

    at: datetime
    first: date
    last: date
    allowed: bool


def tile(given: Given, language: Language, today: date) -> Tile:
    """An authorisation as the list shows it on a day."""
    state = given.state(today)
    return Tile(
        id=given.authorisation.id,
        company=given.company.name,
        business_id=given.company.business_id,
        purpose=purpose(given.company, language),
        label=STATES[state],
        first=given.term.first,
        last=min(given.term.last, given.ended_on or given.term.last),
        resolution=RESOLUTIONS[given.authorisation.resolution],
        points=given.points,
        reads=given.reads,
        last_read=given.last_read,
        in_force=rules.is_in_force(state),
        renewable=rules.is_renewable(state) and given.company.offered,
    )


def purpose(company: ThirdParty, language: Language) -> str:
    """What a company does with readings."""
    said = {Language.FI: company.purpose_fi, Language.SV: company.purpose_sv, Language.EN: company.purpose_en}
    return said[language]


def history(given: Given, today: date) -> Sequence[HistoryLine]:
    """What became of an authorisation, the newest first, and what is still to come."""
    return list(_events(given, today))[::-1]


def read(row: AuthorisationRead, given: Given) -> Read:
    """A read of the company's, and whether it was allowed."""
    allowed = rules.was_allowed(given.term, given.ended_on, day_of(row.at))
    return Read(row.at, row.first_day, row.last_day, allowed)


def _events(given: Given, today: date) -> Iterator[HistoryLine]:
    yield HistoryLine(given.authorisation.given_at, text("The authorisation was given"), given.giver)
    match given.state(today):
        case AuthorisationState.ENDED if given.end:
            yield HistoryLine(given.end.at, text("The authorisation was ended"), given.ender)
        case AuthorisationState.REPLACED if given.end:
            yield HistoryLine(given.end.at, text("It was renewed: a newer authorisation took its place"), given.ender)
        case AuthorisationState.EXPIRED:
            yield HistoryLine(given.term.last, text("The authorisation expired"), None)
        case _:
            yield HistoryLine(given.term.last, text("Last day of the authorisation"), None, to_come=True)
