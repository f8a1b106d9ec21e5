"""What households asked for by phone before they used the portal: one request is in work, one was taken back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import SQLModel

from portal.demo.naming import id_of
from portal.demo.people import AINO, MIKKO, Member
from portal.invoices import banking_days
from portal.kit.clock import DAY, HELSINKI
from portal.kit.numbers import case_number
from portal.requests.asking import Answers
from portal.requests.kinds.end import ANSWERED_IN, END, Why
from portal.requests.models import RequestStep, ServiceRequest
from portal.requests.rules import State


@dataclass(frozen=True)
class Asked:
    """A contract to be ended, asked for so many days before the demo's first day without readings.

    state, text: what happened the day after
    """

    who: Member
    site: str
    contract: str
    about: str
    days_ago: int
    ends_in: int
    state: State
    text: str


ASKED: Final = (
    Asked(MIKKO, "528411", "20344120", "Pörssi, Mallitie 12", 2, 40, State.IN_WORK, "Tarkistamme käyttöpaikan tiedot."),
    Asked(AINO, "412337", "20418733", "Vakaa 24 kk, Esimerkkikatu 4", 75, 200, State.WITHDRAWN, ""),
)


def rows(until: date) -> Iterator[SQLModel]:
    """The requests and their steps, as they stand in the morning of a day."""
    for asked in ASKED:
        yield from _request(asked, until)


def _request(asked: Asked, until: date) -> Iterator[SQLModel]:
    day = until - asked.days_ago * DAY
    sent_at = datetime(day.year, day.month, day.day, 10, 12, tzinfo=HELSINKI)
    last = day + asked.ends_in * DAY
    request_id = id_of("service request", asked.contract)
    yield ServiceRequest(
        id=request_id,
        number=case_number(request_id),
        party_id=id_of("party", asked.who.customer_number),
        kind=END.code,
        theme=END.theme,
        about_id=id_of("contract", asked.contract),
        about=asked.about,
        site_id=id_of("site", asked.site),
        contract_id=id_of("contract", asked.contract),
        answers=Answers({"why": Why.OTHER, "last": last.isoformat()}).written(),
        said=f"Miksi sopimus päättyy? Muusta syystä\nMikä on sopimuksen viimeinen päivä? {last:%-d.%-m.%Y}",
        language="fi",
        state=asked.state,
        changed_at=sent_at,
        sent_at=sent_at,
        answer_by=banking_days.after(day, ANSWERED_IN),
    )
    yield _step(request_id, 1, State.RECEIVED, sent_at)
    yield _step(request_id, 2, asked.state, sent_at + timedelta(hours=22), asked.text)


def _step(request_id: UUID, place: int, act: State, at: datetime, text: str = "") -> RequestStep:
    return RequestStep(
        id=id_of("request step", f"{request_id} {place}"),
        request_id=request_id,
        sequence=place,
        at=at,
        act=act,
        text=text,
    )
