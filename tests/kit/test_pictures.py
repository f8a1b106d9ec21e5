"""Pictures from strangers: made anew without what else stood in the file, or refused in a sentence."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from portal.kit import pictures
from portal.kit.pictures import NoPicture

SECRET = b"made by a telephone of somebody"


def file(kind, size=(40, 30), mode="RGB", colour="red", **more):
    made = BytesIO()
    Image.new(mode, size, colour).save(made, kind, **more)
    return made.getvalue()


def bomb(width, height):
    """A PNG that says it is so large, and holds nothing."""
    said = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", said), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    written = (
        struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held)) for name, held in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def opened(jpeg):
    return Image.open(BytesIO(jpeg), formats=["JPEG"])


def test_a_photo_is_kept_upright_and_small_and_tells_nothing_of_where_and_by_what():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    sent = file("JPEG", (2000, 1000), exif=exif, comment=SECRET, icc_profile=SECRET) + SECRET
    assert sent.count(SECRET) >= 4
    made = pictures.plain(sent, "image/jpeg")
    assert SECRET not in made
    assert not opened(made).getexif()
    assert opened(made).size == (800, 1600)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_seen_through_becomes_white(kind):
    made = opened(pictures.plain(file(kind, mode="RGBA", colour=(255, 0, 0, 0)), f"image/{kind.lower()}"))
    assert (made.mode, made.size) == ("RGB", (40, 30))
    assert min(made.getpixel((20, 15))) > 250


REFUSED = [
    (bytes(pictures.MOST_BYTES + 1), "image/jpeg", pictures.TOO_LARGE),
    (b"hello", "text/plain", pictures.NO_IMAGE),
    (file("JPEG", (400, 300))[:700], "image/jpeg", pictures.NO_IMAGE),
    (file("GIF"), "image/gif", pictures.UNKNOWN_FORMAT),
    (bomb(8_000, 8_000), "image/png", pictures.TOO_MANY_PIXELS),
    (bomb(60_000, 60_000), "image/png", pictures.TOO_MANY_PIXELS),
]


@pytest.mark.parametrize(("sent", "kind", "says"), REFUSED, ids=["large", "words", "cut", "gif", "pixels", "bomb"])
def test_what_is_not_taken_says_why(sent, kind, says):
    with pytest.raises(NoPicture) as refused:
        pictures.plain(sent, kind)
    assert refused.value.says == says
