"""What somebody wants to let another do, as they choose it."""

import re
from datetime import date
from typing import Annotated, Final
from uuid import UUID

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from starlette.datastructures import FormData

from portal.auth.reach import Grant, Level, Theme
from portal.customers.fields import OneLine, email_address
from portal.kit import days
from portal.kit.forms import Form, wrong
from portal.kit.i18n import Language, text

ALL: Final = "all"
MOST_SITES: Final = 100  # chosen one by one
MANY: Final = ("themes", "sites")
"""The fields that come once for each box that is ticked."""
NO_NAME: Final = re.compile(r"[/:@\d]|\.\w")


def bare_name(value: str) -> str:
    """A name as people bear it: it stands in a letter of ours to whatever mailbox, and is no place for an address."""
    if NO_NAME.search(value):
        raise wrong(text("Write the name alone, without numbers and addresses."))
    return value


class ExtentForm(Form):
    """How far a mandate reaches; `sites` are none where all are meant, and `until` is None without an end."""

    themes: tuple[Theme, ...]
    sites: tuple[UUID, ...]
    level: Level
    until: date | None = None

    @field_validator("themes", mode="before")
    @classmethod
    def split_themes(cls, value: str) -> object:
        """None at all are too few."""
        if not value:
            raise wrong(text("Choose at least one matter."))
        return tuple(dict.fromkeys(value.split()))

    @field_validator("sites", mode="before")
    @classmethod
    def split_sites(cls, value: str) -> object:
        """All of them, or those that were ticked."""
        chosen = value.split()
        if not chosen:
            raise wrong(text("Choose all sites, or at least one of them."))
        if ALL in chosen and len(chosen) > 1:
            raise wrong(text("Choose either all sites or some of them, not both."))
        if len(chosen) > MOST_SITES:
            raise wrong(text("Choose at most %(n)s sites, or all of them.", n=MOST_SITES))
        return () if ALL in chosen else tuple(dict.fromkeys(chosen))

    @field_validator("until", mode="before")
    @classmethod
    def last_day(cls, value: str) -> object:
        """A day as people type it; nothing says that there is no end."""
        return _day(value) if value else None

    @property
    def grant(self) -> Grant:
        """What it would open."""
        return Grant(frozenset(self.themes), frozenset(self.sites) or None, self.level)


class InvitationForm(ExtentForm):
    """Whom somebody invites to which mandate; `language` is that of the letter."""

    giver: UUID
    name: Annotated[str, Field(min_length=1, max_length=200), OneLine, AfterValidator(bare_name)]
    email: Annotated[str, Field(min_length=1, max_length=254), OneLine, AfterValidator(email_address)]
    since: date
    language: Language

    @field_validator("since", mode="before")
    @classmethod
    def first_day(cls, value: str) -> object:
        """A day as people type it."""
        return _day(value)

    @field_validator("since")
    @classmethod
    def before_the_end(cls, since: date, others: ValidationInfo) -> date:
        """A mandate holds for a day at least."""
        until = others.data.get("until")
        if until is not None and until < since:
            raise wrong(text("The first day is not later than the last one."))
        return since


def typed(sent: FormData) -> FormData:
    """What was sent, with every ticked box of a kind in one field."""
    one = {name: value for name, value in sent.items() if name not in MANY}
    return FormData(one | {name: " ".join(str(value) for value in sent.getlist(name)) for name in MANY})


def _day(value: str) -> date:
    try:
        return days.typed(value)
    except ValueError:
        raise wrong(text("Write the day like this: 31.12.2027.")) from None
