"""Whole numbers packed small: the common step divided out, byte planes, zlib.

Readings and prices are many small numbers on a grid: a meter that counts watt-hours gives milliwatt-hours that are all
multiples of a thousand. What is left after the division takes one or two bytes, and the upper bytes, laid side by
side, hardly vary. Delta coding never made it smaller. To let zlib look for what came before takes several times as
long as to look for runs only, and finds nothing in bytes that are noise; each plane has a code of its own.

Where the lowest bytes are noise, they stand as they are behind the others: zlib would take half of all the time for a
twentieth of the size. Few numbers stand as they are altogether.
"""

import struct
import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

SOME: Final = 16
FEW: Final = 64
EVEN: Final = 32  # bytes are noise of which none is more often there than once in so many
WIDTHS: Final = {width: np.dtype(f"<u{width}") for width in (1, 2, 4, 8)}
HEAD: Final = struct.Struct("<qQB")  # lowest number, common step, bytes of each number
AS_THEY_ARE, LOWEST_BEHIND = 16, 32  # added to the bytes of each number


def pack(numbers: NDArray[np.int64]) -> bytes:
    """Numbers of any sign, the whole range of int64; no numbers are no bytes."""
    if not len(numbers):
        return b""
    lowest = np.minimum.reduce(numbers)
    step, times = _steps(numbers.view(np.uint64) - lowest.view(np.uint64))  # modulo 2**64: no difference is too great
    width = _bytes_for(int(np.maximum.reduce(times)))
    narrow = times.astype(WIDTHS[width])
    if len(narrow) <= FEW:
        return HEAD.pack(lowest, step, width | AS_THEY_ARE) + narrow.tobytes()
    low, *high = (plane.tobytes() for plane in narrow.view(np.uint8).reshape(-1, width).T)
    if high and np.bincount(np.frombuffer(low, np.uint8)).max() * EVEN < len(low):
        return HEAD.pack(lowest, step, width | LOWEST_BEHIND) + _compressed(*high) + low
    return HEAD.pack(lowest, step, width) + _compressed(low, *high)


def unpack(packed: bytes) -> NDArray[np.int64]:
    """The numbers that `pack` was given."""
    if not packed:
        return np.empty(0, np.int64)
    lowest, step, width = HEAD.unpack_from(packed)
    rest = memoryview(packed)[HEAD.size :]
    if width & AS_THEY_ARE:
        times = np.frombuffer(rest, WIDTHS[width - AS_THEY_ARE]).astype(np.uint64)
    else:
        stream = zlib.decompressobj()
        planes = stream.decompress(rest)
        if width & LOWEST_BEHIND:
            width, planes = width - LOWEST_BEHIND, stream.unused_data + planes
        times = _numbers(np.frombuffer(planes, np.uint8).reshape(width, -1))
    times *= np.uint64(step)
    numbers = times.view(np.int64)
    numbers += np.int64(lowest)
    return numbers


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


def _numbers(planes: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """The numbers of which the rows are the bytes, the lowest first."""
    *lower, highest = planes
    numbers: NDArray[np.uint64] = highest.astype(np.uint64)
    for plane in reversed(lower):
        numbers <<= np.uint64(8)
        numbers |= plane
    return numbers


def _compressed(*planes: bytes) -> bytes:
    runs = zlib.compressobj(strategy=zlib.Z_RLE)
    *before, last = planes
    parts = [part for plane in before for part in (runs.compress(plane), runs.flush(zlib.Z_BLOCK))]
    return b"".join([*parts, runs.compress(last), runs.flush()])


def _bytes_for(highest: int) -> int:
    return 1 if highest < 1 << 8 else 2 if highest < 1 << 16 else 4 if highest < 1 << 32 else 8
