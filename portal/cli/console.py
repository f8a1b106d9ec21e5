"""How a command answers: its exit code, lines on standard error, a bar on a terminal."""

import sys
from typing import TYPE_CHECKING, Final

from portal.kit.complaints import Complaint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.operating.auditing import Severity

DONE, IN_PART, NOT_DONE = EXITS = (0, 1, 2)  # also of what is well, worth mending, broken
BAR: Final = 30


class NotDone(Complaint):
    """Nothing was done; the message says why and, where it is known, how to mend it."""


def aside(sentence: str) -> None:
    """Say something that is not what the command was asked for."""
    print(sentence, file=sys.stderr)


def not_done(sentence: str) -> int:
    """Say why nothing was done; the exit code."""
    aside(sentence)
    return NOT_DONE


def exit_of(levels: "Iterable[Severity]") -> int:
    """The exit code of the worst of what was found; of nothing, that all is well."""
    from portal.operating.auditing import Severity

    return EXITS[max(map(list(Severity).index, levels), default=0)]


def progress(name: str, done: int, of: int) -> None:
    """A bar on a terminal that goes away when all is done, and nothing elsewhere."""
    if not sys.stderr.isatty():
        return
    share = done / of if of else 1.0
    bar = f"\r{name[-40:]:<40} {'█' * int(BAR * share):<{BAR}} {share:4.0%}"
    print(bar if share < 1 else f"\r{' ' * len(bar)}\r", end="", file=sys.stderr, flush=True)
