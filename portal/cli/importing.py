"""`portal import`: feeds are taken in; the work is done by `import_run`."""

import argparse
import json
from pathlib import Path

from portal.cli.arguments import Commands
from portal.cli.console import DONE, NotDone


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add(
        "import",
        "Take in feeds: the utility's own (JSON Lines), and Datahub's readings (CSV); packed by gzip or zip too.",
        "import feeds/ --refused-dir refused",
        run,
    )
    command.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="a file, or a folder of files")
    command.add_argument("--schema", metavar="KIND", help="print the JSON Schema of a kind of row, and do nothing else")
    command.add_argument(
        "--metering-point", type=_gsrn, metavar="GSRN", help="the point of a file that names none; made if unknown"
    )
    command.add_argument(
        "--direction", choices=("consumption", "production"), help="what a point that is made measures (consumption)"
    )
    command.add_argument("--create-points", action="store_true", help="make metering points that are unknown")
    command.add_argument(
        "--refused-dir", type=Path, metavar="DIR", help="where refused and doubtful lines go (beside the file)"
    )
    command.add_argument("--dry-run", action="store_true", help="say what would happen; the database stays as it is")
    command.add_argument(
        "--strict", action="store_true", help="end with 1 also when a line was taken in but is doubtful"
    )


def run(asked: argparse.Namespace) -> int:
    """Take in what is named, or print a schema."""
    if asked.schema:
        return _print_schema(asked.schema)
    if not asked.paths:
        raise NotDone("Name a file or a folder to take in, or a kind with --schema")
    from portal.cli import import_run

    return import_run.run(asked)


def _print_schema(kind: str) -> int:
    from portal.feeds.schema import kind_named, schema

    print(json.dumps(schema(kind_named(kind)), indent=2, ensure_ascii=False))
    return DONE


def _gsrn(text: str) -> str:
    from portal.sites.rules import is_gsrn

    if is_gsrn(text):
        return text
    mistyped = next((near for digit in "0123456789" if is_gsrn(near := text[:-1] + digit)), None)
    hint = f"its last digit would have to be {mistyped[-1]}" if mistyped else "a GSRN has 18 digits"
    raise argparse.ArgumentTypeError(f"{text} is not a GSRN: {hint}")
