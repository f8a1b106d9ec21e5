"""`portal jobs`: what is done by the clock; letters and events leave, what has expired goes."""

import argparse

from portal.cli.arguments import Commands
from portal.cli.console import DONE, IN_PART


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add("jobs", "Tell other systems, send mail, tidy up; by the clock.", "jobs --once", run)
    command.add_argument("--once", action="store_true", help="one round of every job, then end")


def run(asked: argparse.Namespace) -> int:
    """Do the jobs until told to stop, or once."""
    from portal.cli.installation import check_safe, current, environ
    from portal.kit import clock
    from portal.kit.db import Database
    from portal.kit.jobs import Done, Shift
    from portal.kit.logs import to_standard_error
    from portal.operating import jobs
    from portal.settings import Settings

    settings = Settings.from_environment(environ())
    check_safe(settings)
    to_standard_error()
    shift = Shift(current(Database(settings.databases.work)), clock.now)
    if not asked.once:
        jobs.until_told(settings, shift)
        return DONE
    came = jobs.once(settings, shift)
    for name, done in came.items():
        print(f"{name}: done={done.done} failed={done.failed}")
    return IN_PART if sum(came.values(), Done()).failed else DONE
