"""Pictures that people send: JPEG, PNG or WebP. A new JPEG is made of each, without what else stood in its file.

Each is opened in a process of its own (pictures_process.py). Why, and why these figures: docs/decisions/0032.
"""

from pathlib import Path
from typing import Final

from portal.kit.companion import Companion
from portal.kit.i18n import Text, text

PROGRAM: Final = Path(__file__).with_name("pictures_process.py")
LIMIT_S: Final = 20.0
MEGABYTE: Final = 1_000_000
MOST_BYTES: Final = 10 * MEGABYTE  # of the file that is sent
MOST_MEGABYTES: Final = MOST_BYTES // MEGABYTE
IMAGE: Final = "image/"


class NoPicture(ValueError):
    """What was sent is not taken as a picture; `says` tells why, and what to do."""

    def __init__(self, says: Text) -> None:
        super().__init__()
        self.says = says


TOO_LARGE: Final = text("The image is larger than %(n)s megabytes. Take it anew in a lower quality.", n=MOST_MEGABYTES)
TOO_MANY_PIXELS: Final = text("The image has too many pixels. Take it anew in a lower quality.")
NO_IMAGE: Final = text("The file is not an image, or it is damaged. Choose a photo.")
UNKNOWN_FORMAT: Final = text("We cannot open images of this format. Choose a photo as JPEG, PNG or WebP.")


def plain(sent: bytes, content_type: str) -> bytes:
    """The picture as a JPEG, upright, its longer side at most 1 600 pixels, without what tells where and by what.

    Raises NoPicture, and CompanionGone where it took too long.
    """
    if len(sent) > MOST_BYTES:
        raise NoPicture(TOO_LARGE)
    companion = Companion(PROGRAM)
    try:
        answer = companion.answer(sent, LIMIT_S)
    finally:
        companion.end()
    match answer[:1]:
        case b"=":
            return answer[1:]
        case b"+":
            raise NoPicture(TOO_MANY_PIXELS)
        case b"?" if content_type.startswith(IMAGE):
            raise NoPicture(UNKNOWN_FORMAT)
        case _:
            raise NoPicture(NO_IMAGE)
