"""`portal audit verify`: whether anything in the audit was changed."""

import argparse

from portal.cli.arguments import Commands
from portal.cli.console import exit_of

HASH_BYTES = 32


def add(commands: Commands) -> None:
    """Add the command and its act."""
    command = commands.add("audit", "Look through the audit: whether anything was changed.", "audit verify")
    act = Commands(command, "ACT").add(
        "verify", "Say whether the audit is whole: 0 yes, 1 as far as can be told, 2 no.", "audit verify", verify
    )
    act.add_argument(
        "--since", type=_hash, metavar="HASH", help="look through what came after the entry with this hash, and at it"
    )


def verify(asked: argparse.Namespace) -> int:
    """Say what is found; the exit code is of the worst."""
    from portal.cli import installation
    from portal.kit import clock
    from portal.operating.auditing import verified
    from portal.settings import Settings

    environ = installation.environ()
    settings = Settings.from_environment(environ)
    levels = []
    with installation.database(environ) as database, installation.current(database).reading() as db:
        for level, sentence in verified(db, settings, asked.since, clock.now()):
            print(sentence)
            levels.append(level)
    return exit_of(levels)


def _hash(text: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != HASH_BYTES:
        raise argparse.ArgumentTypeError(f"{text} is not a hash of {2 * HASH_BYTES} digits from 0 to f")
    return found
