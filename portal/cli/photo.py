"""`portal photo`: the photo of a meter that came with a request, as the event of the request tells of it."""

import argparse
from pathlib import Path

from portal.cli.arguments import Commands
from portal.cli.console import DONE, NotDone


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add(
        "photo", "Write the photo that came with a service request.", "photo P7K2-M4QX-93TB photo.jpg", run
    )
    command.add_argument("number", metavar="REQUEST_NUMBER", help="the number of the request, as its event tells it")
    command.add_argument("file", type=Path, metavar="FILE", help="file to write, a JPEG; there must be none yet")


def run(asked: argparse.Namespace) -> int:
    """Write the file."""
    from portal.cli import installation
    from portal.kit.crypto import Vault
    from portal.requests import photos
    from portal.settings import Settings

    environ = installation.environ()
    settings = Settings.from_environment(environ)
    vault = Vault(settings.data_keys, settings.index_key)
    with installation.database(environ) as database, installation.current(database).reading() as db:
        jpeg = photos.by_number(db, vault, asked.number)
    if jpeg is None:
        raise NotDone(f"There is no sent request {asked.number} with a photo")
    try:
        with asked.file.open("xb") as file:
            asked.file.chmod(0o600)
            file.write(jpeg)
    except FileExistsError:
        raise NotDone(f"{asked.file} is there already; name a file that is not") from None
    print(f"{asked.file}: the photo of request {asked.number}.")
    return DONE
