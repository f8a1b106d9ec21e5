"""What may be asked: commands, acts of a command, and the kinds of value that several of them take."""

import argparse
from collections.abc import Callable
from typing import Final, NoReturn

from portal.cli.console import NOT_DONE

Run = Callable[[argparse.Namespace], int]

LOOPBACK: Final = "127.0.0.1"


class Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one sentence."""

    def error(self, message: str) -> NoReturn:
        """End with it."""
        self.exit(NOT_DONE, f"{self.prog}: {message}; `{self.prog} --help` shows how.\n")


class Commands:
    """The commands of the program, or the acts of a command: one of them must be asked for."""

    def __init__(self, parser: Parser, called: str) -> None:
        """Let a parser ask for one; `called` is what its help calls them."""
        self._parsers = parser.add_subparsers(required=True, metavar=called)

    def add(self, name: str, does: str, example: str, run: Run | None = None) -> Parser:
        """Add one that `run` does, or else one of its acts; what it asks for is added to the result."""
        made = self._parsers.add_parser(name, help=does, description=does, epilog=f"Example: portal {example}")
        made.set_defaults(run=run)
        return made


def times(text: str) -> int:
    """How often something was."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1")
    return int(text)


def port(text: str) -> int:
    """A port, or as many of something."""
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 to 65535")
    return int(text)
