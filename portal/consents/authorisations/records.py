"""An authorisation as the customer who gave it reads it: what it covers, how it stands, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portal.consents.authorisations import labels, rules
from portal.consents.authorisations.models import Authorisation, AuthorisationEnd, AuthorisationRead, ThirdParty
from portal.consents.authorisations.rules import AuthorisationState, Ending
from portal.contracts.kinds import Names
from portal.contracts.tariff_periods import Days
from portal.customers.models import Party
from portal.kit.clock import day_of
from portal.kit.i18n import Text
from portal.kit.labels import Label
from portal.sites.commodities import Commodity


@dataclass(frozen=True, slots=True)
class Expiring:
    """An authorisation that ends by itself: of which company, and its last day."""

    id: UUID
    company: str
    last: date


@dataclass(frozen=True, slots=True)
class Covered:
    """A metering point of an authorisation, as it is named now; the street is None where it stands at no site."""

    gsrn: str
    commodity: Commodity
    street: str | None

    @property
    def words(self) -> Text:
        """What is measured there."""
        return self.commodity.label.words


@dataclass(frozen=True, slots=True)
class Given:
    """An authorisation with everything that is told about it."""

    authorisation: Authorisation
    company: ThirdParty
    customer: Party
    end: AuthorisationEnd | None
    giver: str | None  # who acted, None where it came from elsewhere
    ender: str | None
    points: Sequence[Covered] = ()
    reads: int = 0
    last_read: datetime | None = None

    @property
    def streets(self) -> Sequence[str]:
        """Where its metering points are; of those that stand at no site, their numbers."""
        return sorted({point.street or point.gsrn for point in self.points})

    @property
    def id(self) -> UUID:
        """The id of the authorisation."""
        return self.authorisation.id

    @property
    def term(self) -> Days:
        """Its days, as they were agreed."""
        return Days(self.authorisation.valid_from, self.authorisation.valid_to)

    @property
    def ended_on(self) -> date | None:
        """The day on which somebody ended it, if anybody did."""
        return day_of(self.end.at) if self.end else None

    @property
    def last(self) -> date:
        """The last day on which the company may or might read."""
        return min(self.term.last, self.ended_on or self.term.last)

    @property
    def purpose(self) -> Names:
        """What the company does with the readings."""
        return purpose(self.company)

    @property
    def resolution(self) -> Text:
        """How finely the company sees them."""
        return labels.RESOLUTIONS[self.authorisation.resolution]

    def state(self, today: date) -> AuthorisationState:
        """How it stands on a day."""
        return rules.state(self.term, Ending(self.end.how) if self.end else None, today)

    def label(self, today: date) -> Label:
        """How it stands on a day, in words."""
        return labels.STATES[self.state(today)]

    def ends(self, today: date) -> Text:
        """How it ended, or will."""
        return labels.ENDS[self.state(today)]

    def is_in_force(self, today: date) -> bool:
        """Whether the company may read."""
        return rules.is_in_force(self.state(today))

    def is_renewable(self, today: date) -> bool:
        """Whether it is worth giving again, and can be."""
        return rules.is_renewable(self.state(today)) and self.company.offered

    def covers(self, read: AuthorisationRead) -> bool:
        """Whether a read was allowed: not where the authorisation was over, or had not begun."""
        return rules.was_allowed(self.term, self.ended_on, day_of(read.at))


def purpose(company: ThirdParty) -> Names:
    """What a company does with readings."""
    return Names(company.purpose_fi, company.purpose_sv, company.purpose_en)
