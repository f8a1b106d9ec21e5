"""Whole numbers packed small: the common step divided out, byte planes, zlib.

Readings and prices are many small numbers on a grid: a meter that counts watt-hours gives milliwatt-hours that are all
multiples of a thousand. What is left after the division takes one or two bytes, and the upper bytes, laid side by
side, hardly vary. Delta coding never made it smaller.
"""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

HEAD = struct.Struct("<qQB")  # lowest number, common step, bytes of each number
LEVEL = 6


def pack(numbers: NDArray[np.int64]) -> bytes:
    """Numbers of any sign, the whole range of int64; no numbers are no bytes."""
    if not len(numbers):
        return b""
    lowest = numbers.min()
    above = numbers.view(np.uint64) - lowest.view(np.uint64)  # modulo 2**64, so that no difference is too great
    step = np.gcd.reduce(above) or np.uint64(1)
    above //= step
    width = _bytes_for(int(above.max()))
    planes = above.astype(f"<u{width}").view(np.uint8).reshape(-1, width).T
    return HEAD.pack(lowest, step, width) + zlib.compress(planes.tobytes(), LEVEL)


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
    return zlib.compress(codes.tobytes(), LEVEL) if len(codes) else b""


def unpack_codes(packed: bytes) -> NDArray[np.uint8]:
    """The codes that `pack_codes` was given."""
    return np.frombuffer(zlib.decompress(packed) if packed else b"", np.uint8)


def _bytes_for(highest: int) -> int:
    return next(width for width in (1, 2, 4, 8) if highest < 1 << 8 * width)
