"""Whole numbers packed small: the common step divided out, byte planes, zlib.

Readings and prices are many small numbers on a grid: a meter that counts watt-hours gives milliwatt-hours that are all
multiples of a thousand. What is left after the division takes one or two bytes, and the upper bytes, laid side by
side, hardly vary. Delta coding never made it smaller. To let zlib look for what came before takes several times as
long as to look for runs only, and finds nothing in bytes that are noise; each plane has a code of its own.
"""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

SOME = 16
WIDTHS = {width: np.dtype(f"<u{width}") for width in (1, 2, 4, 8)}
HEAD = struct.Struct("<qQB")  # lowest number, common step, bytes of each number


def pack(numbers: NDArray[np.int64]) -> bytes:
    """Numbers of any sign, the whole range of int64; no numbers are no bytes."""
    if not len(numbers):
        return b""
    lowest = np.minimum.reduce(numbers)
    above = numbers.view(np.uint64) - lowest.view(np.uint64)  # modulo 2**64, so that no difference is too great
    step, above = _steps(above)
    width = _bytes_for(int(np.maximum.reduce(above)))
    narrow = above.astype(WIDTHS[width])
    planes = (
        (plane.tobytes() for plane in narrow.view(np.uint8).reshape(-1, width).T) if width > 1 else [narrow.tobytes()]
    )
    return HEAD.pack(lowest, step, width) + _compressed(*planes)


def unpack(packed: bytes) -> NDArray[np.int64]:
    """The numbers that `pack` was given."""
    if not packed:
        return np.empty(0, np.int64)
    lowest, step, width = HEAD.unpack_from(packed)
    planes = np.frombuffer(zlib.decompress(memoryview(packed)[HEAD.size :]), np.uint8).reshape(width, -1)
    above = planes.T.copy().view(f"<u{width}").ravel().astype(np.uint64)
    return (above * np.uint64(step)).view(np.int64) + np.int64(lowest)


def pack_codes(codes: NDArray[np.uint8]) -> bytes:
    """Codes of one byte each, such as qualities; no codes are no bytes."""
    return _compressed(codes.tobytes()) if len(codes) else b""


def unpack_codes(packed: bytes) -> NDArray[np.uint8]:
    """The codes that `pack_codes` was given."""
    return np.frombuffer(zlib.decompress(packed) if packed else b"", np.uint8)


def _steps(above: NDArray[np.uint64]) -> tuple[np.uint64, NDArray[np.uint64]]:
    """The greatest common divisor of numbers, and how many times each has it; 1 where all are 0.

    Some of them nearly always tell it; those that do not fit say what it is instead.
    """
    step = np.gcd.reduce(above[:SOME]) or np.maximum.reduce(above) or np.uint64(1)
    while True:
        times = above // step
        left = above - times * step
        if not np.count_nonzero(left):
            return step, times
        step = np.gcd(step, np.gcd.reduce(left[left > 0][:SOME]))


def _compressed(*planes: bytes) -> bytes:
    runs = zlib.compressobj(strategy=zlib.Z_RLE)
    *before, last = planes
    parts = [part for plane in before for part in (runs.compress(plane), runs.flush(zlib.Z_BLOCK))]
    return b"".join([*parts, runs.compress(last), runs.flush()])


def _bytes_for(highest: int) -> int:
    return 1 if highest < 1 << 8 else 2 if highest < 1 << 16 else 4 if highest < 1 << 32 else 8
