"""Who can sign in at the test bank, who they are to the utility, and whom the utility knows besides.

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


@dataclass(frozen=True)
class Company:
    """A company that is a customer."""

    name: str
    customer_number: str
    business_id: str


AINO: Final = Member(
    Persona("010180-9015", "Aino", "Mäkelä", "household with electricity and district heat"), "30112045"
)
MIKKO: Final = Member(
    Persona("290296-912H", "Mikko", "Korhonen", "household with solar panels and a spot-price contract"), "30118216"
)
KARIN: Final = Member(
    Persona("120775Y9446", "Karin", "Lindholm", "Swedish-speaking household with an overdue invoice"), "30125530"
)
JUHA: Final = Member(Persona("140374-9174", "Juha", "Lehto", "administrator of a company with 240 sites"), "30131907")
SANNA: Final = Member(Persona("230889-9253", "Sanna", "Niemi", "accountant limited to 12 of those sites"), "30134422")
LIISA: Final = Member(Persona("050679-938P", "Liisa", "Hakala", "person who acts for a relative"), "30137015")
OONA: Final = Member(Persona("150704A933E", "Oona", "Virtanen", "person with no contract"))
RIIKKA: Final = Member(
    Persona("070492-963J", "Riikka", "Salonen", "household with natural gas and district cooling"), "30140226"
)

EERO: Final = Member(Persona("040982-9322", "Eero", "Mäkelä", "person with no contract who lives in the same home"))
ELINA: Final = Member(Persona("170388-9281", "Elina", "Koski", "accountant with no contract, invited by a company"))

CAST: Final = (AINO, MIKKO, KARIN, JUHA, SANNA, LIISA, OONA, RIIKKA, EERO, ELINA)

# In the register, but not at the test bank.
VEIKKO: Final = Member(Persona("190341-906F", "Veikko", "Rantanen", "elderly relative"), "30109338")
PETRI: Final = Member(Persona("080783X941K", "Petri", "Aaltonen", "property manager in one town"), "30136650")
MINNA: Final = Member(Persona("211190-953C", "Minna", "Karjalainen", "stand-in until soon"), "30138804")
OLAVI: Final = Member(Persona("300561-9625", "Olavi", "Tuominen", "administrator of earlier years"), "30106171")
REGISTERED: Final = (*(member for member in CAST if member.customer_number), VEIKKO, PETRI, MINNA, OLAVI)
LANDLORD: Final = Company("Esimerkkikiinteistöt Oy", "30200240", "9240240-1")
