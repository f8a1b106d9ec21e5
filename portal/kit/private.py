"""Files and folders that hold personal data: for their owner alone, whatever the umask."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

FILE: Final = 0o600
FOLDER: Final = 0o700
OTHERS: Final = 0o077


def folder(path: Path) -> None:
    """Make a folder, and those above it that are missing; what is there keeps its mode. Raises OSError."""
    for missing in reversed([one for one in (path, *path.parents) if not one.exists()]):
        missing.mkdir(mode=FOLDER, exist_ok=True)
    path.mkdir(exist_ok=True)  # raises where something else has the name


def opener(name: str, flags: int) -> int:
    """How `open` is to open a file that it may have to make."""
    return os.open(name, flags, FILE)


def made(path: Path) -> None:
    """Make an empty file where there is none, for those who write into it themselves; without its folder nothing."""
    try:
        os.close(opener(str(path), os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except OSError:
        return


def open_to_others(path: Path) -> Iterator[Path]:
    """What of a file, or of a folder and the files in it, others than its owner may read or write."""
    for one in (path, *(sorted(path.iterdir()) if path.is_dir() else ())):
        try:
            if one.stat().st_mode & OTHERS:
                yield one
        except OSError:  # gone meanwhile, as what leaves the outbox
            continue
