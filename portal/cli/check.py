"""`portal check`: what is wrong with this installation, and how to mend it."""

import argparse

from portal.cli.arguments import Commands
from portal.cli.console import exit_of


def add(commands: Commands) -> None:
    """Add the command."""
    commands.add("check", "Say what is wrong with this installation, and how to mend it.", "check", run)


def run(_asked: argparse.Namespace) -> int:
    """Say it part by part as it is found; the exit code is of the worst."""
    from portal.cli.installation import environ
    from portal.kit import clock
    from portal.operating.checks import findings

    levels = []
    for found in findings(environ(), clock.now):
        print(f"{found.level:<8} {found.about:<9} {found.says}", flush=True)
        levels.append(found.level)
    return exit_of(levels)
