"""The `portal` command: a file per command, each with `add` (what may be asked) and `run` (what is then done).

Exit 0: done; 1: done in part; 2: not done. What goes wrong is one sentence on standard error. A command imports
what it needs when it runs, so that each starts as fast as it can.
"""

import argparse
import gc
import os
import sys
from collections.abc import Sequence

from portal.cli import account, audit, bank, check, demo, exporting, importing, jobs, keys, migrate, photo, serve
from portal.cli.arguments import Commands, Parser
from portal.cli.console import IN_PART, not_done
from portal.kit.complaints import Complaint

# Starting makes hundreds of thousands of objects that stay: looking through them for garbage again and again is a sixth
# of a start. What pages and rows leave behind is nearly all freed without a search.
GARBAGE = (50_000, 20, 50)
# As --help lists them.
COMMANDS = (migrate, demo, bank, serve, importing, jobs, check, audit, exporting, photo, keys, account)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name; its exit code."""
    gc.set_threshold(*GARBAGE)
    asked = _parser().parse_args(arguments)
    try:
        return _run(asked)
    except Complaint as refused:
        return not_done(refused.sentence)
    except KeyboardInterrupt:
        return not_done("Stopped. What was not finished is not written.")
    except Exception as wrong:  # noqa: BLE001 - nobody is to read a traceback
        from portal.cli.failures import sentence

        return not_done(sentence(wrong))


def _run(asked: argparse.Namespace) -> int:
    try:
        code: int = asked.run(asked)
        sys.stdout.flush()
    except BrokenPipeError:  # who reads us has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return IN_PART
    return code


def _parser() -> Parser:
    parser = Parser(
        prog="portal",
        description="The self-service customer portal of an energy utility.",
        epilog="Example: portal demo. Every command has a --help of its own.",
    )
    commands = Commands(parser, "COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return parser
