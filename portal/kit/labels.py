"""What a value is called where people read it: its words, the picture beside them, and the colour of the badge."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from portal.kit.i18n import Text

Value = TypeVar("Value", bound=str)
Tone = Literal["", "brand", "ok", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Label:
    """A value in words. The icon is a Lucide name, found by the build where it is written out as `icon="..."`."""

    words: Text
    icon: str = ""
    tone: Tone = ""


def words_of(labels: Mapping[Value, Label]) -> dict[str, Text]:
    """The words alone, by the values as columns hold them."""
    return {str(value): label.words for value, label in labels.items()}
