"""`portal migrate`: the database gets the newest schema, and its roles what they may do."""

import argparse
from typing import TYPE_CHECKING

from portal.cli.arguments import Commands
from portal.cli.console import DONE, IN_PART, aside

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from portal.settings import Databases


def add(commands: Commands) -> None:
    """Add the command."""
    commands.add("migrate", "Bring the database to the newest schema, and its roles to their rights.", "migrate", run)


def run(_asked: argparse.Namespace) -> int:
    """Bring it there, and say where it is."""
    from portal import migrations
    from portal.cli import installation
    from portal.migrations import rights
    from portal.settings import databases

    environ = installation.environ()
    with installation.owned(environ) as database:
        before = migrations.state(database.engine)
        if before is not migrations.SchemaState.CURRENT:
            rights.lift(database.engine)
        migrations.upgrade(database.engine)
        since = "already" if before is migrations.SchemaState.CURRENT else "now"
        where = database.engine.url.set(query={}).render_as_string()  # hides a password; a query may hold another
        print(f"{where} has the newest schema {since}.")
        addresses = databases(environ)
        return _let_in(database.engine, addresses) if addresses.has_roles else DONE


def _let_in(engine: "Engine", addresses: "Databases") -> int:
    """Make what each role may see and do."""
    from portal.migrations import rights

    try:
        is_new = rights.build(engine, rights.Roles.at(addresses))
    except rights.RolesMissing as missing:
        aside(f"Roles are missing that {engine.url.username} may not make. Have an administrator run: {missing}")
        aside("Then `portal migrate` gives them their rights; until then nobody is served.")
        return IN_PART
    print(f"Its roles have the rights of this version {'now' if is_new else 'already'}.")
    return DONE
