"""What somebody types to search a list, as the address of the list has it: read from it, and told to it again."""

from collections.abc import Mapping, Sequence
from typing import Final

TYPED: Final = "q"
LONGEST: Final = 100  # characters; addresses, names and numbers are no longer


def typed(query: Mapping[str, str]) -> str:
    """What is looked for, without blanks that say nothing; empty where nothing is. No database takes a NUL."""
    return " ".join(query.get(TYPED, "").replace("\0", "")[:LONGEST].split())


def words(q: str) -> Sequence[str]:
    """The words that must all be found, in small letters."""
    return q.casefold().split()


def told(**said: str | None) -> Mapping[str, str]:
    """What an address needs to say: whatever is not as it would be anyway."""
    return {name: value for name, value in said.items() if value}
