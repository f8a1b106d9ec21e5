"""`portal bank`: the test bank alone, for whoever tests a relying party."""

import argparse
import os
from importlib.util import find_spec
from pathlib import Path

from portal.cli.arguments import LOOPBACK, Commands, port
from portal.cli.console import DONE, NotDone


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add("bank", "Serve the test bank alone, for other relying parties.", "bank --port 8001", run)
    command.add_argument("--host", default=LOOPBACK, help="address to listen at (%(default)s)")
    command.add_argument("--port", type=port, default=8001, help="port (%(default)s)")
    command.add_argument(
        "--data",
        type=Path,
        default=Path("bank-data"),
        metavar="DIR",
        help="where its keys and its relying parties are kept (%(default)s)",
    )


def run(asked: argparse.Namespace) -> int:
    """Serve until told to stop."""
    if find_spec("portal.demo") is None:
        raise NotDone(
            "This is the production image, which has no test bank; `portal[bank]` of a clone has (docs/bank.md)"
        )
    if os.environ.get("PORTAL_ENV") == "production":
        raise NotDone("PORTAL_ENV is production; the test bank vouches for whoever is asked, so it never runs there")
    from portal.cli.ports import check_free
    from portal.demo import bank_alone

    check_free(asked.host, asked.port, "--port")
    bank_alone.serve(asked.host, asked.port, asked.data, print)
    return DONE
