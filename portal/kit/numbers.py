"""Numbers by which customers and the utility speak of something, made from its id: nobody counts them."""

from typing import Final
from uuid import UUID

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing that is misheard or misread


def case_number(id_: UUID) -> str:
    """60 bits of an id, such as P7K2-M4QX-93TB."""
    rest = id_.int
    digits = []
    for _ in range(12):
        rest, digit = divmod(rest, 32)
        digits.append(ALPHABET[digit])
    return "-".join("".join(digits[at : at + 4]) for at in range(0, 12, 4))
