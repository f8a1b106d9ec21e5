"""The installation that a command works on: its environment, its settings, its database.

What reads a database is imported late: many a command needs only the environment.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from portal.cli.console import NotDone
from portal.settings import Databases, Environment, Settings, databases, read_env_file

if TYPE_CHECKING:
    from portal.kit.db import Database


def environ() -> Mapping[str, str]:
    """The environment, with what `.env` adds in demo and test."""
    return read_env_file(Path(".env"), os.environ)


def check_safe(settings: Settings) -> None:
    """Raise NotDone where customers would be served by what is unsafe."""
    from portal.auth.oidc.keys import readable_by_others

    if settings.environment is not Environment.PRODUCTION:
        return
    if settings.dangers:
        raise NotDone(" ".join(settings.dangers))
    if exposed := readable_by_others(settings.keys_dir):
        raise NotDone(f"{', '.join(map(str, exposed))} can be read by others than the owner; `chmod 600` mends it")


@contextmanager
def database(environ: Mapping[str, str]) -> "Iterator[Database]":
    """The database that an environment names for work, whatever its schema; its connections are closed afterwards."""
    with _opened(databases(environ).work) as database:
        yield database


@contextmanager
def owned(environ: Mapping[str, str]) -> "Iterator[Database]":
    """The same, as its owner."""
    with _opened(databases(environ).owner) as database:
        yield database


@contextmanager
def _opened(url: str) -> "Iterator[Database]":
    from portal.kit.db import Database

    database = Database(url)
    try:
        yield database
    finally:
        database.engine.dispose()


def current(database: "Database") -> "Database":
    """The database, if its schema is this version's, in fact and not only by name; else raise NotDone."""
    from portal import migrations
    from portal.migrations.differences import MENDED, differences

    if migrations.state(database.engine) is not migrations.SchemaState.CURRENT:
        raise NotDone("The database does not have the schema of this version; `portal migrate` brings it up to date")
    if wrong := [*differences(database.engine)]:
        raise NotDone(" ".join([*wrong, MENDED]))
    return database


def bound(database: "Database", databases: Databases) -> "Database":
    """The database, if its policies are this version's and bind whoever serves the web; else raise NotDone."""
    if databases.has_roles:
        from portal.migrations import rights

        if wrong := [*rights.wrong(database.engine, rights.Roles.at(databases))]:
            raise NotDone(" ".join(wrong))
    return database
