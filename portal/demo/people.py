"""Who can sign in at the test bank, and who they are to the utility.

Their identity codes are temporary ones (individual number 900-999): no real person has such a code.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Persona:
    """A person as the test bank knows them."""

    identity_code: str
    given_names: str
    family_name: str
    role: str


@dataclass(frozen=True)
class Member:
    """One of the cast: a persona, and the number that the utility knows them by, if they are a customer."""

    persona: Persona
    customer_number: str | None = None

    @property
    def role(self) -> str:
        """What they are in the demo for."""
        return self.persona.role

    @property
    def name(self) -> str:
        """The name in full."""
        return f"{self.persona.given_names} {self.persona.family_name}"


AINO: Final = Member(
    Persona("010180-9015", "Aino", "Mäkelä", "household with electricity and district heat"), "30112045"
)
MIKKO: Final = Member(
    Persona("290296-912H", "Mikko", "Korhonen", "household with solar panels and a spot-price contract"), "30118216"
)
KARIN: Final = Member(
    Persona("120775Y9446", "Karin", "Lindholm", "Swedish-speaking household with an overdue invoice"), "30125530"
)
OONA: Final = Member(Persona("150704A933E", "Oona", "Virtanen", "person with no contract"))

CAST: Final = (AINO, MIKKO, KARIN, OONA)
PERSONAS: Final = tuple(member.persona for member in CAST)
