"""`portal serve`: the portal for its customers, if it is safe to serve them."""

import argparse

from portal.cli.arguments import LOOPBACK, Commands, port
from portal.cli.console import DONE, aside


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add("serve", "Serve the portal.", "serve --workers 2", run)
    command.add_argument("--host", default=LOOPBACK, help="address to listen at (%(default)s)")
    command.add_argument("--port", type=port, default=8000, help="port (%(default)s)")
    command.add_argument("--workers", type=port, default=1, help="processes (%(default)s)")


def run(asked: argparse.Namespace) -> int:
    """Serve until told to stop."""
    from portal.cli.installation import bound, check_safe, current, environ
    from portal.cli.ports import check_free, with_internal_port
    from portal.kit.db import Database
    from portal.kit.logs import to_standard_error
    from portal.operating import serving
    from portal.settings import Settings

    settings = Settings.from_environment(environ(), asked.port)
    if settings.made_up:
        aside(f"Made up for as long as this runs: {', '.join(settings.made_up)}.")
    check_safe(settings)
    check_free(asked.host, asked.port, "--port")
    settings = with_internal_port(settings)
    to_standard_error()
    database = current(bound(Database(settings.database_url), settings.databases))
    serving.serve(settings, database, asked.host, asked.port, asked.workers)
    return DONE
