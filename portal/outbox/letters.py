"""How a letter is put together: to whom it goes, what it says, and the name under it.

Whatever gives reason to write knows the first two; in whose name letters go out `portal jobs` knows, which sends them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from portal.kit.formats import NBSP
from portal.kit.i18n import Language, Text
from portal.outbox.mail import Letter


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who is written to, where, and in which language; party_id is the customer whose matter it is."""

    email: str
    party_id: UUID | None
    language: Language


@dataclass(frozen=True, slots=True)
class Signature:
    """In whose name letters go out: what the company is called, the address that answers reach, where its portal is."""

    called: Callable[[Language], str]
    email: str
    base_url: str

    def under(self, letter: Letter) -> Letter:
        """A letter with the name in its subject and at its end; one that is signed already stays as it is."""
        if letter.language is None:
            return letter
        name = self.called(letter.language)
        signed = f"{letter.body}\n{name}\n{self.base_url}\n"
        return replace(letter, subject=f"{letter.subject} – {name}", body=signed, language=None)


def letter(to: Addressee, subject: Text | str, *paragraphs: Text | str) -> Letter:
    """A letter of some paragraphs, still to be signed. A subject is a header: it holds plain blanks only."""
    subject, *said = [one if isinstance(one, str) else one.said(to.language) for one in (subject, *paragraphs)]
    return Letter(to.email, subject.replace(NBSP, " "), "\n\n".join(said) + "\n", to.party_id, to.language)
