"""Makes up many of the company's sites at once, in two processes.

A site's bills need its readings in a register, and SQLite has one writer; so each process has a register of its own, in
memory, and hands over what it made.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import cache
from itertools import repeat
from multiprocessing import get_context
from typing import Final

from sqlmodel import SQLModel

from portal.consumption.models import MonthTotal, ReadingMonth, Series
from portal.demo import company, estate
from portal.demo.rows import Row, insert, stored
from portal.demo.settling import Ground, ground, settled
from portal.kit.db import Database

PROCESSES: Final = 2
AT_ONCE: Final = 4


def made(sites: Iterable[int], until: date) -> Iterator[Sequence[Row]]:
    """The readings and bills of sites, site by site, in the order in which they are asked for."""
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as processes:
        yield from processes.map(readings_and_bills, sites, repeat(until), chunksize=AT_ONCE)


def readings_and_bills(site: int, until: date) -> Sequence[Row]:
    """Those of one site, made on a register in memory that forgets them again."""
    database, on = _register(until)
    with database.reading() as db:
        bills = list(settled(db, estate.site(site, until), on))
        return [*stored(db, Series), *stored(db, ReadingMonth), *stored(db, MonthTotal), *bills]


@cache
def _register(until: date) -> tuple[Database, Ground]:
    """A register in memory that knows the company, but none of its sites."""
    database = Database("sqlite://")
    SQLModel.metadata.create_all(database.engine)
    with database.writing() as db:
        on = ground(db, until)
        insert(db, company.register())
    return database, on
