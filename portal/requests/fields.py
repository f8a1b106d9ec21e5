"""What a question may ask for: a day, a thing of several, a number, an address, a metering point, words, a photo.

An answer is kept as one text that is the same in every language: a day as ISO 8601, a number with a decimal point, an
address in lines. It is checked when it is typed and again when it is sent, for days pass meanwhile.
"""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar, Final

from portal.customers.change_requests import HOME_COUNTRY, PostalAddress
from portal.invoices.payment import is_iban
from portal.kit import days, formats, pictures
from portal.kit.i18n import Spoken, Text, counted, text
from portal.sites.rules import is_gsrn

ANSWER: Final = "answer"
"""What the control of a question is called in its form, but for an address, which has several."""

PHOTO: Final = "photo"
"""The code of the question for a photo, of which a request has one at most, and the name of its control."""

LONGEST: Final = 200
MOST_WORDS: Final = 500
CONTROLS: Final = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode's categories of what nobody can read, or no database takes."""
FILL_IN: Final = text("Fill in this field.")
WHOLE: Final = text("Write a whole number.")
CHOOSE: Final = text("Choose one of the options.")
Words = Text | Spoken | str


class Wrong(ValueError):
    """What was typed is no answer: what to correct, by the name of each control."""

    def __init__(self, **errors: Text) -> None:
        super().__init__()
        self.errors = errors


class Field(ABC):
    """One kind of answer; `control` names the macro that draws it."""

    control: ClassVar[str]

    @abstractmethod
    def kept(self, typed: Mapping[str, str]) -> str:
        """What is kept of what was typed into the controls, each without blanks around.

        Raises Wrong.
        """

    @abstractmethod
    def check(self, kept: str) -> None:
        """Hold what was kept to what may be answered now.

        Raises Wrong.
        """

    @abstractmethod
    def said(self, kept: str) -> Words:
        """An answer as people read it."""

    def shown(self, kept: str) -> Mapping[str, str]:
        """What stands in the controls."""
        return {ANSWER: kept}


@dataclass(frozen=True)
class DayField(Field):
    """A day from one to another, both allowed.

    too_early: why no earlier one
    unfit: what to do where a day between them does not fit, None where it does
    """

    first: date
    last: date
    too_early: Text
    unfit: Callable[[date], Text | None] = lambda _day: None

    control = "day"

    @property
    def example(self) -> str:
        """How a day is written."""
        return days.written(self.first)

    def kept(self, typed: Mapping[str, str]) -> str:
        """A day as ISO 8601."""
        if not (written := typed.get(ANSWER, "")):
            raise Wrong(answer=FILL_IN)
        try:
            kept = days.typed(written).isoformat()
        except ValueError:
            raise Wrong(answer=text("Write the day like this: %(example)s.", example=self.example)) from None
        self.check(kept)
        return kept

    def check(self, kept: str) -> None:
        """Within its bounds."""
        day = date.fromisoformat(kept)
        if day < self.first:
            raise Wrong(answer=self.too_early)
        if day > self.last:
            raise Wrong(answer=text("The latest day that can be chosen is %(day)s.", day=said_day(self.last)))
        if says := self.unfit(day):
            raise Wrong(answer=says)

    def said(self, kept: str) -> Words:
        """`31.12.2026`."""
        return said_day(date.fromisoformat(kept))

    def shown(self, kept: str) -> Mapping[str, str]:
        """The day as it is written in a form."""
        return {ANSWER: days.as_written(kept)}


@dataclass(frozen=True)
class Option:
    """One of the things to choose from."""

    code: str
    words: Text | Spoken
    hint: Text | Spoken | None = None


@dataclass(frozen=True)
class ChoiceField(Field):
    """One of some things."""

    options: tuple[Option, ...]

    control = "choice"

    def kept(self, typed: Mapping[str, str]) -> str:
        """The code of what was chosen."""
        kept = typed.get(ANSWER, "")
        self.check(kept)
        return kept

    def check(self, kept: str) -> None:
        """Still one of them."""
        if kept not in {one.code for one in self.options}:
            raise Wrong(answer=CHOOSE)

    def said(self, kept: str) -> Words:
        """Its words."""
        return next(one.words for one in self.options if one.code == kept)


YES: Final = "yes"
YES_OR_NO: Final = ChoiceField((Option(YES, text("Yes")), Option("no", text("No"))))


@dataclass(frozen=True)
class NumberField(Field):
    """A number from one to another with at most so many decimals; `unit` stands behind it."""

    least: Decimal
    most: Decimal
    decimals: int = 0
    unit: str = ""

    control = "number"

    def kept(self, typed: Mapping[str, str]) -> str:
        """The number with a decimal point."""
        if not (written := typed.get(ANSWER, "")):
            raise Wrong(answer=FILL_IN)
        plain = re.sub(r"\s", "", written).replace(",", ".")
        if not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,15})?", plain):
            raise Wrong(answer=text("Write a number in digits, for example %(example)s.", example="12345"))
        self.check(plain)
        return plain

    def check(self, kept: str) -> None:
        """Within its bounds, and no finer than it can be."""
        number = Decimal(kept)
        if number != round(number, self.decimals):
            raise Wrong(
                answer=counted(
                    "Write at most %(n)s decimal.", "Write at most %(n)s decimals.", self.decimals, none=WHOLE
                )
            )
        if not self.least <= number <= self.most:
            least, most = formats.exact(self.least, 0), formats.exact(self.most, 0)
            raise Wrong(answer=text("Write a number from %(least)s to %(most)s.", least=least, most=most))

    def said(self, kept: str) -> Words:
        """`12 345 kWh`."""
        return f"{formats.exact(Decimal(kept), 0)}{formats.NBSP}{self.unit}".strip()

    def shown(self, kept: str) -> Mapping[str, str]:
        """The number with a decimal comma."""
        return {ANSWER: kept.replace(".", ",")}


@dataclass(frozen=True)
class PointField(Field):
    """The number of a metering point (GSRN), which may be left out."""

    control = "point"

    def kept(self, typed: Mapping[str, str]) -> str:
        """Its digits."""
        kept = re.sub(r"\s", "", typed.get(ANSWER, ""))
        self.check(kept)
        return kept

    def check(self, kept: str) -> None:
        """Eighteen digits, the last of which checks the others (GS1)."""
        if kept and not is_gsrn(kept):
            raise Wrong(answer=text("Check the number: it has 18 digits. Leave the field empty if you do not know it."))

    def said(self, kept: str) -> Words:
        """In groups of digits."""
        return formats.grouped(kept) if kept else text("not known")


@dataclass(frozen=True)
class LineField(Field):
    """Words on one line, such as a name."""

    control = "line"

    def kept(self, typed: Mapping[str, str]) -> str:
        """The words, with single blanks between."""
        kept = " ".join(typed.get(ANSWER, "").split())
        self.check(kept)
        return kept

    def check(self, kept: str) -> None:
        """Something that can be read, and not too much of it."""
        if not kept:
            raise Wrong(answer=FILL_IN)
        if len(kept) > LONGEST:
            raise Wrong(answer=text("Write at most %(n)s characters.", n=LONGEST))
        if not kept.isprintable():
            raise Wrong(answer=text("Check what you wrote here."))

    def said(self, kept: str) -> Words:
        """As it is."""
        return kept


@dataclass(frozen=True)
class IbanField(Field):
    """The number of a bank account (IBAN, ISO 13616), kept without blanks."""

    control = "line"

    def kept(self, typed: Mapping[str, str]) -> str:
        """Its letters and digits."""
        kept = re.sub(r"\s", "", typed.get(ANSWER, "")).upper()
        self.check(kept)
        return kept

    def check(self, kept: str) -> None:
        """An IBAN, whose check digits tell of a digit that is wrong."""
        if not kept:
            raise Wrong(answer=FILL_IN)
        if not is_iban(kept):
            raise Wrong(
                answer=text("Check the account number: a Finnish one has FI and 16 digits, and one of them is wrong.")
            )

    def said(self, kept: str) -> Words:
        """In groups of four."""
        return formats.grouped(kept)


@dataclass(frozen=True)
class TextField(Field):
    """Words of one's own, on several lines if need be."""

    control = "text"

    def kept(self, typed: Mapping[str, str]) -> str:
        """The words."""
        lines = typed.get(ANSWER, "").replace("\r\n", "\n").split("\n")
        kept = "\n".join("".join(" " if sign.isspace() else sign for sign in line) for line in lines)
        self.check(kept)
        return kept

    def check(self, kept: str) -> None:
        """Something that can be read, and not too much of it. What joins signs, as in emoji, is no control."""
        if not kept:
            raise Wrong(answer=FILL_IN)
        if len(kept) > MOST_WORDS:
            raise Wrong(answer=text("Write at most %(n)s characters.", n=MOST_WORDS))
        if any(unicodedata.category(sign) in CONTROLS for sign in kept if sign != "\n"):
            raise Wrong(answer=text("Check what you wrote here."))

    def said(self, kept: str) -> Words:
        """As it was written."""
        return kept


@dataclass(frozen=True)
class PhotoField(Field):
    """A photo, which may be left out: the id of the one that is kept, empty without; a route of its own takes it."""

    control = "photo"
    most_megabytes: ClassVar = pictures.MOST_MEGABYTES

    def kept(self, typed: Mapping[str, str]) -> str:  # noqa: ARG002 - no words are a photo
        """Nothing that is typed."""
        raise Wrong(answer=text("Choose a photo, or go on without one."))

    def check(self, kept: str) -> None:
        """It was looked at when it came."""

    def said(self, kept: str) -> Words:
        """Whether there is one."""
        return text("with a photo") if kept else text("without a photo")


@dataclass(frozen=True)
class AddressField(Field):
    """A postal address in Finland."""

    control = "address"
    parts: ClassVar = ("street", "postcode", "town")

    def kept(self, typed: Mapping[str, str]) -> str:
        """Its parts, a line each."""
        kept = "\n".join(" ".join(typed.get(part, "").split()) for part in self.parts)
        self.check(kept)
        return kept

    def check(self, kept: str) -> None:
        """Every part, and a postcode of five digits."""
        wrong = {part: fault for part, typed in self.shown(kept).items() if (fault := _fault(part, typed))}
        if wrong:
            raise Wrong(**wrong)

    def said(self, kept: str) -> Words:
        """On one line."""
        street, postcode, town = kept.split("\n")
        return f"{street}, {postcode} {town}"

    def shown(self, kept: str) -> Mapping[str, str]:
        """Each part in its control."""
        return dict(zip(self.parts, (*kept.split("\n"), "", ""), strict=False))


def _fault(part: str, typed: str) -> Text | None:
    if not typed:
        return FILL_IN
    if len(typed) > LONGEST:
        return text("Write at most %(n)s characters.", n=LONGEST)
    if not typed.isprintable():
        return text("Check what you wrote here.")
    if part == "postcode" and not re.fullmatch("[0-9]{5}", typed):
        return text("A Finnish postcode has five digits.")
    return None


def address(known: PostalAddress | None) -> str:
    """An address that is known already, as an answer; empty where there is none, or it is in another country."""
    if known is None or known.country != HOME_COUNTRY:
        return ""
    return f"{known.street}\n{known.postcode}\n{known.town}"


def said_day(day: date) -> Spoken:
    """A day within a sentence."""
    return Spoken(lambda language: formats.full_date(day, language))
