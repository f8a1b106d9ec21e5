"""Fills an empty database with the demo: the same rows, readings and bills for the same day, on either database."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from sqlmodel import Session, SQLModel, select

from portal.customers.importing import sealed
from portal.customers.models import Party
from portal.demo import (
    asked,
    bulletins,
    company,
    estate,
    households,
    mandates,
    odd_bills,
    outages,
    paid_here,
    permissions,
    registers,
    rights,
    third_parties,
    weather,
    workshop,
)
from portal.demo.company import TOWNS, Scale
from portal.demo.people import REGISTERED
from portal.demo.register import party_id
from portal.demo.rows import insert
from portal.demo.settling import Ground, ground, settle
from portal.feeds.models import ImportRun
from portal.kit.clock import start_of
from portal.kit.crypto import Vault
from portal.kit.db import Database
from portal.weather.hours import Temperatures, start_hour
from portal.weather.importing import record

Watch = Callable[[int, int], None]


def nobody_watches(done: int, of: int) -> None:
    """What is told to nobody."""


def is_empty(database: Database) -> bool:
    """Whether nobody is in the register yet."""
    with database.reading() as db:
        return db.exec(select(Party.id).limit(1)).first() is None


def seed(
    database: Database, vault: Vault, until: date, scale: Scale = Scale.SAMPLE, watch: Watch = nobody_watches
) -> None:
    """Make up the demo as it stands in the morning of `until`, the first day without readings, all or nothing.

    watch: is told how many of the company's sites are there, and how many there will be
    """
    with database.writing() as db:
        on = ground(db, until)
        record(db, _weather(on))
        for household in households.households(until):
            settle(db, household, on)
        insert(db, registers.rows(db, on))
        insert(db, company.register())
        _settle_sites(db, on, scale, watch)
        insert(db, _identity_codes(vault))
        insert(db, mandates.rows(until, scale))
        insert(db, mandates.given_here(until, vault))
        insert(db, permissions.records(start_of(until)))
        insert(db, rights.rows(until))
        insert(db, asked.rows(until))
        insert(db, odd_bills.rows(db, until))
        insert(db, paid_here.rows(db))
        insert(db, bulletins.rows(db, until))
        insert(db, outages.rows(until))
        insert(db, _night(until))
        insert(db, third_parties.rows(until))


def _settle_sites(db: Session, on: Ground, scale: Scale, watch: Watch) -> None:
    """Settle the company's sites: a few here, many in processes of their own."""
    match scale:
        case Scale.SAMPLE:
            for done, index in enumerate(scale.sites, start=1):
                settle(db, estate.site(index, on.until), on)
                watch(done, scale)
        case Scale.WHOLE:
            made = workshop.made(scale.sites, on.until)
            for done, (index, rows) in enumerate(zip(scale.sites, made, strict=True), start=1):
                insert(db, estate.site(index, on.until).rows)
                insert(db, rows)
                watch(done, scale)


def _weather(on: Ground) -> Mapping[str, Temperatures]:
    """What the weather was in each town."""
    first, until = start_hour(on.since), start_hour(on.until)
    return {town.name: weather.measured(first, until, town.warmer) for town in TOWNS}


def _night(until: date) -> Iterator[SQLModel]:
    """The last import, early in the morning."""
    ended = start_of(until) + timedelta(hours=4)
    yield ImportRun(ended_at=ended, accepted=0, unchanged=0, refused=0, left_out=0)


def _identity_codes(vault: Vault) -> Iterator[SQLModel]:
    for member in REGISTERED:
        yield sealed(party_id(member), member.persona.identity_code, vault)
