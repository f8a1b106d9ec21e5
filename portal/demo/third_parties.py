"""Two made-up companies, and what Aino let them read: one authorisation in force with its reads, one over."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from sqlmodel import SQLModel

from portal.consents.authorisations import notices
from portal.consents.authorisations.models import (
    Authorisation,
    AuthorisationEnd,
    AuthorisationPoint,
    AuthorisationRead,
    ThirdParty,
)
from portal.consents.authorisations.notices import Facts
from portal.consents.authorisations.rules import Ending, Resolution
from portal.consents.rules import Ground
from portal.contracts.tariff_periods import Days
from portal.demo.naming import id_of
from portal.demo.people import AINO, MIKKO, Member
from portal.demo.register import point_id
from portal.kit.clock import DAY, HELSINKI
from portal.kit.i18n import Language

POWER: Final = "643000000412337410"
HEAT: Final = "643000000412337427"
READ_AT: Final = time(4, 12)

ROOF_OWNERS_POWER: Final = "643000000528411080"
WARMER: Final = ThirdParty(
    id=id_of("third party", "7654330-0"),
    business_id="7654330-0",
    name="Malli-Lämpö Oy",
    purpose_fi="lämmityksen ohjaus kulutuksen mukaan",
    purpose_sv="styrning av uppvärmningen enligt förbrukningen",
    purpose_en="heating controlled by consumption",
    offered=True,
)
HOUSEKEEPER: Final = ThirdParty(
    id=id_of("third party", "7654325-5"),
    business_id="7654325-5",
    name="Isännöinti Malli Oy",
    purpose_fi="kaukolämmön kuukausiraportit",
    purpose_sv="månadsrapporter om fjärrvärmen",
    purpose_en="monthly reports on district heat",
    offered=True,
)


def rows(today: date) -> Iterator[SQLModel]:
    """The companies and authorisations as they stand on a day."""
    yield from (WARMER, HOUSEKEEPER)
    term = Days(today - 240 * DAY, today + 48 * DAY)
    yield from _given(WARMER, (POWER, HEAT), Resolution.QUARTER, term)
    for days_ago in range(40, 0, -1):
        yield _read(WARMER, term, today - days_ago * DAY)
    term = Days(today - 500 * DAY, today - 150 * DAY)
    yield from _given(HOUSEKEEPER, (HEAT,), Resolution.MONTH, term)
    yield _ended(HOUSEKEEPER, term, today - 300 * DAY)
    for days_ago in (460, 430, 400, 370, 340, 310):
        yield _read(HOUSEKEEPER, term, today - days_ago * DAY)
    term = Days(today - 100 * DAY, today + 265 * DAY)
    yield from _given(WARMER, (ROOF_OWNERS_POWER,), Resolution.HOUR, term, MIKKO)
    for days_ago in (9, 6, 3):
        yield _read(WARMER, term, today - days_ago * DAY)


def _given(
    company: ThirdParty, points: tuple[str, ...], resolution: Resolution, term: Days, giver: Member = AINO
) -> Iterator[SQLModel]:
    facts = Facts(company, points, resolution, term)
    wording = notices.EDITIONS.current.wording(facts, Language.FI)
    yield Authorisation(
        id=_id(company, term),
        party_id=id_of("party", giver.customer_number),
        third_party_id=company.id,
        resolution=resolution,
        valid_from=term.first,
        valid_to=term.last,
        given_at=_at(term.first, time(9, 4)),
        where="phone",
        ground=Ground.CONSENT,
        notice_version=wording.edition,
        notice_sha256=wording.sha256,
        notice_text=wording.whole,
        language=wording.language,
    )
    for gsrn in points:
        yield AuthorisationPoint(authorisation_id=_id(company, term), metering_point_id=point_id(gsrn))


def _ended(company: ThirdParty, term: Days, day: date) -> AuthorisationEnd:
    return AuthorisationEnd(
        authorisation_id=_id(company, term), at=_at(day, time(16, 40)), how=Ending.ENDED, where="phone"
    )


def _read(company: ThirdParty, term: Days, day: date) -> AuthorisationRead:
    """What was read early on a day: the day before."""
    before = max(day - DAY, term.first)
    return AuthorisationRead(
        authorisation_id=_id(company, term), at=_at(day, READ_AT), first_day=before, last_day=before
    )


def _id(company: ThirdParty, term: Days) -> UUID:
    return id_of("authorisation", company.business_id, (term.last - term.first).days)


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, HELSINKI)
