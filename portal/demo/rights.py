"""The requests that households made about their data by phone before they used the portal: in work, waiting, done.

They stand in rights.toml.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter
from sqlmodel import SQLModel

from portal.demo.naming import id_of
from portal.demo.people import AINO, MIKKO, Member
from portal.kit.clock import DAY, HELSINKI
from portal.privacy.cases import clock_of
from portal.privacy.models import PrivacyCase, PrivacyStep
from portal.privacy.rules import Act, Right


@dataclass(frozen=True)
class Happened:
    """A step: so many days before the demo's first day without readings, at an hour of Helsinki, and its words.

    An extension also tells the last day to answer, so many days after it.
    """

    days_ago: int
    hour: int
    act: Act
    text: str
    answer_in: int | None = None


@dataclass(frozen=True)
class Asked:
    """A request with its steps, the receipt first."""

    place: int
    right: Right
    steps: tuple[Happened, ...]
    field: str | None = None


CUSTOMERS: Final = {"aino": AINO, "mikko": MIKKO}
ASKED: Final = TypeAdapter(dict[str, tuple[Asked, ...]]).validate_python(
    tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
)


def rows(until: date) -> Iterator[SQLModel]:
    """The requests and their steps, as they stand in the morning of a day."""
    for name, every in ASKED.items():
        for asked in every:
            yield from _request(CUSTOMERS[name], asked, until)


def _request(who: Member, asked: Asked, until: date) -> Iterator[SQLModel]:
    steps = [_step(asked, place, happened, until) for place, happened in enumerate(asked.steps, start=1)]
    clock = clock_of(steps)
    yield PrivacyCase(
        id=id_of("privacy case", asked.place),
        number=f"{steps[0].at:%y}-{asked.place:04}",
        party_id=id_of("party", who.customer_number),
        kind=asked.right,
        field=asked.field,
        text=steps[0].text,
        received_at=steps[0].at,
        state=clock.state,
        due_on=clock.due_on,
    )
    yield from steps


def _step(asked: Asked, place: int, happened: Happened, until: date) -> PrivacyStep:
    day = until - happened.days_ago * DAY
    return PrivacyStep(
        id=id_of("privacy step", asked.place, place),
        case_id=id_of("privacy case", asked.place),
        sequence=place,
        at=datetime(day.year, day.month, day.day, happened.hour, tzinfo=HELSINKI),
        act=happened.act,
        text=happened.text,
        answer_by=None if happened.answer_in is None else day + happened.answer_in * DAY,
    )
