"""Whether a text shows anything: "not empty" is about what people see."""

import re
from typing import Final

_INVISIBLE: Final = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f"
    # Default_Ignorable_Code_Point of the Unicode Character Database, as of 17.0
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    r"\u2800]*"  # the pattern of Braille without dots
)


def shows_something(text: str) -> bool:
    """Whether a text has a visible character."""
    return _INVISIBLE.fullmatch(text) is None
