"""What the page of a contract asks of requests about it, of which contracts know nothing themselves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from sqlmodel import Session

from portal.auth.people import User
from portal.contracts.records import HeldContract
from portal.kit.i18n import Text
from portal.kit.labels import Label


class AskedFor(Protocol):
    """A request about a contract, as templates/requests/parts.html lists it."""

    @property
    def row(self) -> Any:  # noqa: ANN401 - a table of a slice above
        """Its number, what it is about, and when it was filled in."""

    @property
    def label(self) -> Label:
        """Where it stands, in words."""

    @property
    def waits_for_us(self) -> bool:
        """Whether its clock runs."""

    def left(self, today: date) -> Text:
        """How much of the time to answer is left."""


@dataclass(frozen=True, slots=True)
class Requests:
    """What there is to be asked.

    about: the requests about a contract that somebody may see: drafts, open ones, then the last that are over
    withdrawn_until: of a contract, the requests about it and today: the last day on which a customer may withdraw; None
        where there is no such right, or it is over or used
    """

    about: Callable[[Session, User, UUID], Sequence[AskedFor]]
    withdrawn_until: Callable[[HeldContract, Sequence[Any], date], date | None]
