"""`portal migrate`: the database gets the newest schema."""

import argparse

from portal.cli.arguments import Commands
from portal.cli.console import DONE


def add(commands: Commands) -> None:
    """Add the command."""
    commands.add("migrate", "Bring the database to the newest schema.", "migrate", run)


def run(_asked: argparse.Namespace) -> int:
    """Bring it there, and say where it is."""
    from portal import migrations
    from portal.cli import installation

    with installation.database(installation.environ()) as database:
        before = migrations.state(database.engine)
        migrations.upgrade(database.engine)
    since = "already" if before is migrations.SchemaState.CURRENT else "now"
    where = database.engine.url.set(query={}).render_as_string()  # hides a password; a query may hold another
    print(f"{where} has the newest schema {since}.")
    return DONE
