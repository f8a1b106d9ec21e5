"""The process in which a picture is opened: one picture, and then it ends. What hides in a file harms nobody else here.

`pictures.py` starts it by its path, with nothing of the portal.
"""

import resource
import struct
import sys
import zlib
from contextlib import suppress
from io import BytesIO
from multiprocessing.connection import Connection

from PIL import Image, ImageOps, UnidentifiedImageError

TAKEN = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 50_000_000  # of a telephone's camera; 200 MB in memory at most
MOST_MEMORY = 1024**3
LONGEST_SIDE = 1600
QUALITY = 85
BROKEN = (
    *(OSError, EOFError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError),
    *(struct.error, zlib.error, MemoryError, OverflowError),
)


def main(pipe: str) -> None:
    """Answer what comes through a pipe: a code of one letter, and the new picture behind an `=`."""
    with suppress(ValueError, OSError):  # where a system knows no such bound, time is the only one
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    with Connection(int(pipe)) as asked, suppress(EOFError):
        asked.send_bytes(answer(asked.recv_bytes()))


def answer(sent: bytes) -> bytes:
    """`=` and a JPEG; `?` for what is none of the formats, `+` for too many pixels, `!` for what is damaged."""
    try:
        with Image.open(BytesIO(sent), formats=TAKEN) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return b"+"
            return b"=" + _anew(picture)
    except UnidentifiedImageError:
        return b"?"
    except Image.DecompressionBombError:
        return b"+"
    except BROKEN:
        return b"!"


def _anew(picture: Image.Image) -> bytes:
    """The picture alone, upright and no larger than it is read: whatever else stood in its file is left behind."""
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    clean = Image.new("RGB", upright.size, "white")
    clean.paste(upright, mask=upright)
    made = BytesIO()
    clean.save(made, "JPEG", quality=QUALITY)
    return made.getvalue()


if __name__ == "__main__":
    main(*sys.argv[1:])
