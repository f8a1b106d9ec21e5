"""Files that are there whole or not at all, also when the power fails, and for their owner alone."""

import os
from pathlib import Path

from portal.kit import private


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, in place of one of the same name. Raises OSError; then what was there before is there still."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with open(part, "wb", opener=private.opener) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
