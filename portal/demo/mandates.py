"""Who may act for whom in the demo: for a company, or parts of it, for a relative, and by invitation for others."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import SQLModel

from portal.auth.models import Account
from portal.auth.reach import Level, Theme
from portal.customers.models import Mandate, MandateInvitation, MandateSite
from portal.demo.company import Scale, site_number, town_of
from portal.demo.naming import id_of
from portal.demo.people import (
    AINO,
    EERO,
    ELINA,
    JUHA,
    LANDLORD,
    LIISA,
    MINNA,
    OLAVI,
    PETRI,
    SANNA,
    VEIKKO,
    Company,
    Member,
)
from portal.demo.register import party_id
from portal.kit.clock import day_of, start_of
from portal.kit.crypto import Vault

ALL: Final = tuple(Theme)
HELD: Final = (
    (AINO, AINO, EERO, (Theme.BILLING, Theme.CONSUMPTION), Level.MANAGE),
    (LANDLORD, JUHA, ELINA, (Theme.BILLING,), Level.SEE),
)
"""Mandates given here: by whom, who invited, to whom, for what and how far."""

ASCII: Final = str.maketrans("äö", "ao")
KEPT_BOOKS: Final = tuple(site_number(index) for index in range(0, Scale.WHOLE, 20))  # twelve, some in every town


@dataclass(frozen=True)
class Entrusted:
    """A mandate: who gave it to whom, for what, how far, and when.

    sites: their numbers, None for every site
    """

    grantor: Member | Company
    grantee: Member
    themes: tuple[Theme, ...]
    level: Level
    first: date
    last: date | None = None
    sites: tuple[str, ...] | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.first <= day and (self.last is None or day <= self.last)


def given(today: date, scale: Scale) -> Iterator[Entrusted]:
    """The mandates as they stand on a day: some in force, one that ends soon, one that has ended."""
    year = timedelta(days=365)
    yield Entrusted(LANDLORD, JUHA, ALL, Level.MANAGE, date(2021, 3, 1))
    yield Entrusted(LANDLORD, SANNA, (Theme.BILLING, Theme.CONSUMPTION), Level.SEE, date(2024, 1, 1), sites=KEPT_BOOKS)
    yield Entrusted(
        LANDLORD, PETRI, (Theme.CONSUMPTION,), Level.MANAGE, date(2022, 8, 15), sites=_in_town("Tampere", scale)
    )
    yield Entrusted(
        LANDLORD, MINNA, (Theme.BILLING, Theme.CONTRACTS), Level.MANAGE, today - year, today + timedelta(days=19)
    )
    yield Entrusted(LANDLORD, OLAVI, ALL, Level.MANAGE, date(2015, 6, 1), today - year)
    yield Entrusted(VEIKKO, LIISA, ALL, Level.MANAGE, date(2023, 2, 6))


def rows(today: date, scale: Scale) -> Iterator[SQLModel]:
    """The mandates for the register."""
    for entrusted in given(today, scale):
        grantor, grantee = party_id(entrusted.grantor), party_id(entrusted.grantee)
        mandate = Mandate(
            id=id_of("mandate", grantor, grantee, entrusted.first),
            grantor_id=grantor,
            grantee_id=grantee,
            themes=",".join(entrusted.themes),
            every_site=entrusted.sites is None,
            level=entrusted.level,
            valid_from=entrusted.first,
            valid_to=entrusted.last,
        )
        yield mandate
        for number in entrusted.sites or ():
            yield MandateSite(mandate_id=mandate.id, site_id=id_of("site", number))


def given_here(today: date, vault: Vault) -> Iterator[SQLModel]:
    """What was given in the portal: to who lives in the same home, to an accountant, and what waits to be accepted."""
    began = start_of(today) - timedelta(days=40)
    for giver, inviter, holder, themes, level in HELD:
        yield from (_account(one, began, vault) for one in (inviter, holder))
        mandate_id = id_of("mandate", party_id(giver), holder.name)
        yield Mandate(
            id=mandate_id,
            number=str(mandate_id),
            grantor_id=party_id(giver),
            holder_account_id=id_of("account", holder.persona.identity_code),
            holder_name=holder.name,
            themes=",".join(themes),
            every_site=True,
            level=level,
            valid_from=day_of(began),
            valid_to=day_of(began) + timedelta(days=364),
        )
        yield _invitation(giver, inviter, holder.name, began, mandate_id)
    yield _invitation(AINO, AINO, "Leena Järvi", start_of(today) - timedelta(days=2))
    yield _invitation(LANDLORD, JUHA, "Kirsi Laine", start_of(today) - timedelta(days=3))


def _account(member: Member, since: datetime, vault: Vault) -> Account:
    """Somebody who has been here before."""
    persona = member.persona
    return Account(
        id=id_of("account", persona.identity_code),
        identity_index=vault.blind_index(persona.identity_code),
        given_names=persona.given_names,
        family_name=persona.family_name,
        created_at=since,
    )


def _invitation(
    giver: Member | Company, inviter: Member, name: str, at: datetime, mandate_id: UUID | None = None
) -> MandateInvitation:
    """An invitation whose letter nobody has any more."""
    invitation_id = id_of("invitation", party_id(giver), name)
    return MandateInvitation(
        id=invitation_id,
        grantor_id=party_id(giver),
        account_id=id_of("account", inviter.persona.identity_code),
        name=name,
        email=f"{name.lower().replace(' ', '.').translate(ASCII)}@example.fi",
        language="fi",
        themes=Theme.CONSUMPTION,
        every_site=True,
        level=Level.SEE,
        valid_from=day_of(at),
        valid_to=day_of(at) + timedelta(days=364),
        token_hash=hashlib.sha256(invitation_id.bytes).digest(),
        invited_at=at,
        expires_at=at + timedelta(days=14),
        ended_at=at + timedelta(hours=2) if mandate_id else None,
        mandate_id=mandate_id,
    )


def _in_town(name: str, scale: Scale) -> tuple[str, ...]:
    return tuple(site_number(index) for index in scale.sites if town_of(index).name == name)
