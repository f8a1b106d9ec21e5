"""Whether the colours of the portal can be read: WCAG 2.2 contrast ratios of every pair that carries text or a control.

The tokens are read from the stylesheet itself (static/css/tokens.css), so that the two cannot differ.
Success criteria 1.4.3 (text, 4.5) and 1.4.11 (controls and graphics, 3).
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from portal.brand import Colours

TEXT: Final = 4.5
CONTROL: Final = 3.0

SURFACES: Final = ("page", "surface", "raised", "sunken")
SOFT: Final = ("tint", "ok-soft", "warn-soft", "bad-soft")
READ: Final[Mapping[str, Sequence[str]]] = {
    "ink": (*SURFACES, *SOFT, "tint-2", "selected"),
    "ink-2": (*SURFACES, "tint"),
    "brand": (*SURFACES, "tint"),
    "brand-2": (*SURFACES, "tint", "tint-2", "selected"),
    "on-brand": ("brand", "brand-2"),
    "on-deep": ("deep", "deep-2"),
    "on-deep-2": ("deep", "deep-2"),
    "on-warm": ("warm", "warm-2"),
    "on-bad": ("bad",),
    "ok": ("ok-soft", "surface"),
    "warn": ("warn-soft", "surface"),
    "bad": ("bad-soft", "surface", "page"),
}
SEEN: Final[Mapping[str, Sequence[str]]] = {
    "line-2": ("surface", "page", "raised"),
    "brand": ("tint-2",),
    "warm": ("deep", "deep-2"),
    "warm-ink": ("surface", "page"),
    "now": ("surface", "sunken"),
    "then-line": ("surface",),
}


class Scheme(StrEnum):
    """For which light a page is coloured."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Contrast:
    """One colour on another: the ratio it has, 1 to 21, and the one it needs."""

    scheme: Scheme
    ink: str
    ground: str
    ratio: float
    needed: float

    @property
    def holds(self) -> bool:
        """Whether it can be told apart well enough."""
        return self.ratio >= self.needed

    def __str__(self) -> str:
        return f"--{self.ink} on --{self.ground} ({self.scheme}): {self.ratio:.2f}, needs {self.needed:g}"


Rgb = tuple[float, float, float]


def contrasts(colours: Colours) -> tuple[Contrast, ...]:
    """The contrast of every pair that carries text or a control, in both schemes."""
    seeds = {"hue": colours.hue, "hue-warm": colours.hue_warm, "chroma": colours.chroma}
    return tuple(found for scheme in Scheme for found in _pairs(_Palette(_tokens(), seeds, scheme), scheme))


def ratio(one: Rgb, other: Rgb) -> float:
    """The contrast ratio of two colours in linear sRGB (WCAG 2.2, "contrast ratio")."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def srgb(lightness: float, chroma: float, hue: float) -> Rgb:
    """An OKLCH colour in linear sRGB, cut to what a screen can show (CSS Color 4, section 10)."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _cut(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        _cut(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        _cut(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
    )


def _pairs(palette: "_Palette", scheme: Scheme) -> Iterator[Contrast]:
    for pairs, needed in ((READ, TEXT), (SEEN, CONTROL)):
        for ink, grounds in pairs.items():
            for ground in grounds:
                yield Contrast(scheme, ink, ground, ratio(palette.colour(ink), palette.colour(ground)), needed)


class _Palette:
    """The tokens as colours, for some seeds in one scheme. It knows as much CSS as the tokens are written in."""

    def __init__(self, tokens: Mapping[str, str], seeds: Mapping[str, float], scheme: Scheme) -> None:
        self._tokens, self._seeds, self._scheme = tokens, seeds, scheme

    def colour(self, token: str) -> Rgb:
        """The colour of a token in linear sRGB."""
        value = self._tokens[token]
        if value.startswith("light-dark("):
            value = _parts(value, ",")[list(Scheme).index(self._scheme)]
        if value == "#fff":
            return (1.0, 1.0, 1.0)
        lightness, chroma, hue = (self._number(part) for part in _parts(value, " "))
        return srgb(lightness, chroma, hue)

    def _number(self, text: str) -> float:
        if text.startswith("var("):
            return self._seeds[text[6:-1]]
        if text.startswith("calc("):
            left, sign, right = _parts(text, " ")
            return self._number(left) + (1 if sign == "+" else -1) * self._number(right)
        return float(text)


@cache
def _tokens() -> Mapping[str, str]:
    css = (Path(__file__).parent.parent / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    return {name: " ".join(value.split()) for name, value in re.findall(r"--([\w-]+):\s*([^;]+);", css)}


def _parts(value: str, separator: str) -> list[str]:
    """What stands between the outer parentheses, split where no inner ones are open."""
    inside, depth, parts = value[value.index("(") + 1 : -1], 0, [""]
    for character in inside:
        depth += (character == "(") - (character == ")")
        if character == separator and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def _luminance(colour: Rgb) -> float:
    red, green, blue = colour
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _cut(channel: float) -> float:
    return min(max(channel, 0.0), 1.0)
