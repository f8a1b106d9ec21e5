"""`portal account`: what an operator does about how people sign in."""

import argparse
from pathlib import Path

from portal.cli.arguments import Commands, times
from portal.cli.console import DONE


def add(commands: Commands) -> None:
    """Add the command and its acts."""
    example = "account load-breached pwned.txt"
    command = commands.add("account", "How people sign in.", example)
    acts = Commands(command, "ACT")
    does = "Take in a list of stolen passwords, which nobody may set: a SHA-1 a line, with or without :COUNT."
    load = acts.add("load-breached", does, example, load_breached)
    load.add_argument("file", type=Path, help="file of hashes, as Have I Been Pwned publishes them")
    load.add_argument("--seen", type=times, default=1, help="only those seen so often or more (%(default)s)")


def load_breached(asked: argparse.Namespace) -> int:
    """Take in a list of stolen passwords."""
    from portal.auth.passwords import breaches
    from portal.cli.installation import current, database, environ

    with database(environ()) as found:
        taken = breaches.load(current(found), asked.file, asked.seen)
    print(f"{taken} stolen passwords are in the list; nobody can set one of them.")
    return DONE
