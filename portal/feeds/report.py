"""What an import says about itself: per file, and in all."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from portal.feeds.sources import NotAFeed


@dataclass(frozen=True)
class Tally:
    """How many lines were new or different, were as the register has them already, or were refused.

    doubtful: how many of those taken in may be wrong
    """

    accepted: int = 0
    unchanged: int = 0
    refused: int = 0
    doubtful: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.accepted + other.accepted,
            self.unchanged + other.unchanged,
            self.refused + other.refused,
            self.doubtful + other.doubtful,
        )

    def __str__(self) -> str:
        return f"accepted={self.accepted} unchanged={self.unchanged} refused={self.refused}"


@dataclass(frozen=True)
class Taken:
    """A file that was taken in: what it held, in sentences, and what became of its lines.

    broke_off: why the lines after these were not taken in, in words that follow its name
    """

    name: str
    says: tuple[str, ...]
    tally: Tally
    refused_to: Path | None = None
    doubtful_to: Path | None = None
    broke_off: str | None = None

    @classmethod
    def nothing(cls, name: str) -> Self:
        """A file of which nothing is taken in yet."""
        return cls(name, (), Tally())

    def and_then(self, more: "Taken") -> "Taken":
        """With what was taken in of the same file after it."""
        return replace(more, tally=self.tally + more.tally)


@dataclass(frozen=True)
class LeftOut:
    """A file that was refused whole, and why."""

    name: str
    why: str

    @classmethod
    def because(cls, name: str, why: Exception) -> Self:
        """What went wrong with a file of which nothing is written. Raises as `reason` does."""
        return cls(name, reason(why))


Told = Taken | LeftOut
Progress = Callable[[str, int, int], None]  # hears a file's name, how many of its lines are done, and of how many


def reason(why: Exception) -> str:
    """What went wrong with a file, in words that follow its name; never what a row held.

    Raises it again where a database is out of reach, locked or full: no other file would fare better.
    """
    if isinstance(why, OperationalError):
        raise why
    if isinstance(why, NotAFeed):
        return str(why)
    # what a driver says, or anything unforeseen, may repeat a row: only its kind is said
    if isinstance(why, IntegrityError | DataError):
        return f"holds a row that the database refuses ({type(why.orig).__name__})"
    return f"could not be taken in ({type(why).__name__})"


def in_all(told: Iterable[Told]) -> Tally:
    """The lines of all files that were taken in."""
    return sum((one.tally for one in told if isinstance(one, Taken)), Tally())


def grouped(number: int) -> str:
    """A whole number with its digits in threes: 26 204."""
    return f"{number:,}".replace(",", " ")
