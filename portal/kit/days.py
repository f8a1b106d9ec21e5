"""Days as people type and read them in a form: `31.12.2027`, in every language."""

import re
from datetime import date
from typing import Final

ISO: Final = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
WRITTEN: Final = re.compile(r"([0-9]{1,2})\s*[./\s-]\s*([0-9]{1,2})\s*[./\s-]\s*([0-9]{4})\.?")


def written(day: date) -> str:
    """A day as its field shows it."""
    return f"{day.day}.{day.month}.{day.year}"


def typed(text: str) -> date:
    """The day that somebody means: `31.12.2027`, `31. 12. 2027`, `31/12/2027`, `31 12 2027` or `2027-12-31`.

    Raises ValueError.
    """
    said = text.strip()
    if found := ISO.fullmatch(said):
        year, month, day = map(int, found.groups())
    elif found := WRITTEN.fullmatch(said):
        day, month, year = map(int, found.groups())
    else:
        raise ValueError("no day")
    return date(year, month, day)


def as_written(text: str) -> str:
    """What somebody typed, as a field shows a day; what is no day stays as it is."""
    try:
        return written(typed(text))
    except ValueError:
        return text
