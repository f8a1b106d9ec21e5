"""Whom a customer wants to let read what, as they choose it and as an address says it."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from pydantic import field_validator
from starlette.datastructures import FormData, ImmutableMultiDict

from portal.consents.authorisations.rules import Resolution
from portal.kit import days
from portal.kit.forms import Form, wrong
from portal.kit.i18n import text

ALL: Final = "all"
LONGEST: Final = 40  # characters of a field, which holds an id, a day or a word
MOST_POINTS: Final = 40  # chosen one by one: an address holds them


class AuthorisationRequest(Form):
    """Whom a customer wants to let read what.

    points: typed as ids with a space between, or as `all`; then there are none, and all are meant that they hold
    renew: the authorisation whose place it would take
    """

    company: UUID
    points: tuple[UUID, ...]
    resolution: Resolution
    until: date
    renew: UUID | None = None

    @field_validator("company", mode="before")
    @classmethod
    def is_chosen(cls, value: str) -> object:
        """Of radio buttons none may have been chosen."""
        if not value:
            raise wrong(text("Choose one of the companies."))
        return value

    @field_validator("points", mode="before")
    @classmethod
    def split(cls, value: str) -> object:
        """None at all are too few; so many that an address cannot hold them are too many."""
        chosen = value.split()
        if not chosen:
            raise wrong(text("Choose at least one metering point."))
        if len(chosen) > MOST_POINTS:
            raise wrong(text("Choose at most %(n)s metering points, or all of them.", n=MOST_POINTS))
        return () if ALL in chosen else tuple(dict.fromkeys(chosen))

    @field_validator("until", mode="before")
    @classmethod
    def is_day(cls, value: str) -> object:
        """A day as people type it."""
        try:
            return days.typed(value)
        except ValueError:
            raise wrong(text("Write the last day like this: 31.12.2027.")) from None

    @field_validator("renew", mode="before")
    @classmethod
    def absent(cls, value: str) -> object:
        """An empty field says nothing."""
        return value or None

    @property
    def said(self) -> Sequence[tuple[str, str]]:
        """Names and values by which an address says it."""
        points = [("points", str(point)) for point in self.points] or [("points", ALL)]
        renew = [("renew", str(self.renew))] if self.renew else []
        about = (("company", str(self.company)), ("resolution", self.resolution), ("until", self.until.isoformat()))
        return [*about, *points, *renew]


def typed(sent: ImmutableMultiDict[str, object]) -> FormData:
    """What was sent, empty where nothing that there is was chosen, with every ticked point in one field."""
    names = AuthorisationRequest.model_fields
    one = {name: value if len(value := str(sent.get(name, ""))) <= LONGEST else "" for name in names}
    return FormData(one | {"points": " ".join(str(point) for point in sent.getlist("points"))})
