"""A kind of request: what it is about, what it asks, and what becomes of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from portal.auth.reach import Theme
from portal.kit.i18n import Language, Text, text
from portal.requests.asking import Answers, Course, Question
from portal.requests.subjects import Subject

S = TypeVar("S", bound=Subject)


@dataclass(frozen=True)
class Promise:
    """What a request means once it is sent, sentence by sentence, and by which day the utility answers."""

    means: Sequence[Text]
    answer_by: date

    def said(self, language: Language) -> str:
        """What it means, a line for each sentence."""
        return "\n".join(one.said(language) for one in self.means)


@dataclass(frozen=True)
class Kind(Generic[S]):
    """One kind of request. Its functions are pure: they know what it is about, what was answered, and the day.

    code: in addresses, events and feeds; never changed, at most 20 characters
    theme: the matter that a mandate must let somebody manage
    title, explained: what it is called, and what it is, before it is begun
    hindrance: why it cannot be asked for now, None where it can
    questions: in order, as far as the answers so far lead
    promise: what follows, of answers that are whole
    binds: whether it is signed by proving anew who one is
    sends: what the button says that sends it, where that is neither to sign nor just to send
    tells: whether the letter of receipt says what was sent, and when
    """

    code: str
    theme: Theme
    subject: type[S]
    title: Text
    explained: Text
    hindrance: Callable[[S, date], Text | None]
    questions: Callable[[S, Answers, date], Sequence[Question]]
    promise: Callable[[S, Answers, date], Promise]
    binds: bool = True
    sends: Text | None = None
    tells: bool = False

    @property
    def button(self) -> Text:
        """What the button says that sends it."""
        return self.sends or (text("Sign and send") if self.binds else text("Send"))

    def course(self, about: S, answers: Answers, today: date) -> Course:
        """Its questions, with what has been answered."""
        return Course(self.questions(about, answers, today), answers)
