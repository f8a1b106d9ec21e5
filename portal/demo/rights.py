"""The requests that households made about their data by phone before they used the portal: in work, waiting, done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

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
    who: Member = AINO


ASKED: Final = (
    Asked(
        97,
        Right.RECTIFICATION,
        (
            Happened(166, 9, Act.RECEIVED, "Nimessäni on kirjoitusvirhe: oikea muoto on Mäkelä."),
            Happened(160, 14, Act.DONE, "Korjasimme nimesi asiakastietoihin ja sopimuksiin."),
        ),
        "party.name",
    ),
    Asked(
        148,
        Right.RECORDINGS,
        (
            Happened(15, 10, Act.RECEIVED, "Pyydän kopiot lokakuun puheluista."),
            Happened(12, 11, Act.IN_WORK, "Seuraavaksi: tallenteet haetaan arkistosta."),
        ),
    ),
    Asked(
        153,
        Right.ERASURE,
        (
            Happened(6, 13, Act.RECEIVED, "Poistakaa vanha osoitteeni."),
            Happened(2, 9, Act.ASKED, "Kerro, mitä osoitetta tarkoitat."),
        ),
    ),
    Asked(
        150,
        Right.RESTRICTION,
        (
            Happened(11, 12, Act.RECEIVED, "Rajoittakaa tietojeni käyttöä, kunnes lukema on selvitetty."),
            Happened(10, 9, Act.IN_WORK, "Selvitämme mittarin lukemaa verkkoyhtiöltä."),
            Happened(3, 10, Act.EXTENDED, "Mittari tarkastetaan, ja tulos tulee vasta ensi kuussa.", 60),
        ),
        who=MIKKO,
    ),
)


def rows(until: date) -> Iterator[SQLModel]:
    """The requests and their steps, as they stand in the morning of a day."""
    for asked in ASKED:
        case_id = id_of("privacy case", asked.place)
        steps = [_step(asked, place, happened, until) for place, happened in enumerate(asked.steps, start=1)]
        clock = clock_of(steps)
        yield PrivacyCase(
            id=case_id,
            number=f"{steps[0].at:%y}-{asked.place:04}",
            party_id=id_of("party", asked.who.customer_number),
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
