"""`portal export`: a customer's whole data package, as a folder."""

import argparse
from pathlib import Path

from portal.cli.arguments import Commands
from portal.cli.console import DONE, progress


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add("export", "Write everything that is held about a customer.", "export 30112045 package/", run)
    command.add_argument("customer_number", metavar="CUSTOMER_NUMBER", help="the customer's number")
    command.add_argument("dir", type=Path, metavar="DIR", help="folder to write to, new or empty")


def run(asked: argparse.Namespace) -> int:
    """Write the files, and say how many."""
    from portal.app import html
    from portal.cli import installation
    from portal.keepers import KEEPERS
    from portal.kit import clock
    from portal.kit.crypto import Vault
    from portal.privacy.exports import export
    from portal.privacy.package import PackageContext
    from portal.settings import Settings

    environ = installation.environ()
    settings = Settings.from_environment(environ)
    vault = Vault(settings.data_keys, settings.index_key)
    context = PackageContext(KEEPERS, vault, html(settings.brand), settings.brand)
    with installation.database(environ) as database:
        files = export(installation.current(database), asked.customer_number, asked.dir, context, clock.now())
        count = 0
        for count, name in enumerate(files, start=1):  # noqa: B007 - told below
            progress(name, 0, 1)
    progress("", 1, 1)
    print(f"{asked.dir}: {count} files about customer {asked.customer_number}.")
    return DONE
