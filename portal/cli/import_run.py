"""One run of `portal import`: what it takes in, what it says of each file and of all of them."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import cache

from portal import settings
from portal.cli.console import DONE, IN_PART, NOT_DONE, aside, progress
from portal.cli.installation import current, database, environ
from portal.customers.seals import misfit
from portal.feeds import imports, runs
from portal.feeds.readings import PointOptions, Unknown
from portal.feeds.report import LeftOut, Taken, Told, in_all
from portal.feeds.sources import NotAFeed, found
from portal.kit import clock
from portal.kit.crypto import Vault
from portal.kit.db import Database
from portal.kit.feed import ImportContext
from portal.sites.commodities import Commodity

COMMODITIES = {None: None, "consumption": Commodity.ELECTRICITY, "production": Commodity.PRODUCTION}


def run(asked: argparse.Namespace) -> int:
    """Take in what is asked for, and tell what came of it; the exit code."""
    told = _take_in(asked)
    for one in told:
        _tell(one)
    return _sum_up(told, asked)


def _take_in(asked: argparse.Namespace) -> Sequence[Told]:
    sources = found(asked.paths)
    environment = environ()
    with ExitStack() as until_done:
        register = current(until_done.enter_context(database(environment)))
        context = ImportContext(_vault(environment, register), clock.now())
        sessions = until_done.enter_context(imports.rehearsal(register)) if asked.dry_run else register.writing
        told = imports.run(sessions, sources, _point(asked), asked.refused_dir, context, progress)
        with sessions() as db:
            runs.note(db, told, clock.now())
        return told


def _point(asked: argparse.Namespace) -> PointOptions:
    unknown = Unknown.MADE if asked.create_points else Unknown.REFUSED
    return PointOptions(asked.metering_point, COMMODITIES[asked.direction], unknown)


def _vault(environment: Mapping[str, str], register: Database) -> Callable[[], Vault]:
    """The keys for identity codes, read when the first person comes.

    Without them, or with others than the register's, a file of people is left out: they could not sign in any more.
    """

    @cache
    def vault() -> Vault:
        try:
            keys = settings.data_keys(environment)
        except settings.BadSettings as missing:
            raise NotAFeed(f"holds people, but {missing}") from None
        if keys.made_up:
            aside(f"{' and '.join(keys.made_up)} made up for this import only: nobody in it can sign in later.")
        made = Vault(keys.data_keys, keys.index_key)
        with register.reading() as db:
            wrong = misfit(db, made)
        if wrong:
            raise NotAFeed(f"is not taken in. {wrong}")
        return made

    return vault


def _tell(one: Told) -> None:
    if isinstance(one, LeftOut):
        aside(f"{one.name} {one.why.rstrip('.')}.")
        return
    for sentence in one.says:
        print(f"{one.name}: {sentence}")
    if one.broke_off:
        aside(f"{one.name} {one.broke_off.rstrip('.')}. What came before that is taken in; take the file in again.")
    if one.refused_to:
        print(f"{one.name}: {one.tally.refused} lines refused, see {one.refused_to}")
    if one.doubtful_to:
        print(f"{one.name}: {one.tally.doubtful} lines taken in but doubtful, see {one.doubtful_to}")


def _sum_up(told: Sequence[Told], asked: argparse.Namespace) -> int:
    taken = [one for one in told if isinstance(one, Taken)]
    if not taken:
        return NOT_DONE
    if asked.dry_run:
        print("This was a rehearsal (--dry-run): the database is as it was.")
    lines = in_all(told)
    if lines.doubtful:
        print(f"doubtful={lines.doubtful}")
    print(lines)
    in_part = (
        len(taken) < len(told)
        or any(one.broke_off for one in taken)
        or lines.refused
        or (asked.strict and lines.doubtful)
    )
    return IN_PART if in_part else DONE
