"""The questions of a request, one a page, and what has been answered of them."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from portal.kit.i18n import Language, Text
from portal.requests.fields import YES, Field, Words, Wrong


@dataclass(frozen=True)
class Question:
    """Something to ask, by a code that is unique in its kind.

    suggested: what the control holds before anything is answered
    hint: what helps to answer
    doubt: a sentence about an answer that is taken, and may be wrong
    """

    code: str
    asks: Text
    field: Field
    hint: Text | None = None
    suggested: str = ""
    doubt: Callable[[str], Text | None] = lambda _kept: None


@dataclass(frozen=True, slots=True)
class Answers:
    """What has been answered, by the codes of the questions; nothing is an empty text."""

    kept: Mapping[str, str] = field(default_factory=dict)

    def get(self, code: str) -> str:
        """An answer as it is kept."""
        return self.kept.get(code, "")

    def day(self, code: str) -> date | None:
        """A day, None where it is not answered yet."""
        return date.fromisoformat(self.kept[code]) if code in self.kept else None

    def is_yes(self, code: str) -> bool:
        """Whether a question of yes or no was answered with yes."""
        return self.get(code) == YES

    def having(self, code: str, kept: str) -> "Answers":
        """These, and one more or another one."""
        return Answers({**self.kept, code: kept})

    def written(self) -> str:
        """All of them as one text."""
        return json.dumps(self.kept, ensure_ascii=False)

    @staticmethod
    def read(written: str) -> "Answers":
        """What `written` wrote."""
        return Answers(json.loads(written))


@dataclass(frozen=True)
class Answered:
    """A question with its answer, as it is kept and as people read it."""

    question: Question
    kept: str

    @property
    def words(self) -> Words:
        """The answer as people read it."""
        return self.question.field.said(self.kept)

    @property
    def doubt(self) -> Text | None:
        """Why the answer may be wrong, None where it need not be doubted."""
        return self.question.doubt(self.kept)

    def asked(self, language: Language) -> str:
        """The question in a language."""
        return self.question.asks.said(language)

    def said(self, language: Language) -> str:
        """The answer in a language."""
        return self.words if isinstance(self.words, str) else self.words.said(language)


@dataclass(frozen=True)
class Course:
    """The questions of a request as its answers make them, in order."""

    questions: Sequence[Question]
    answers: Answers

    @cached_property
    def next(self) -> Question | None:
        """The first question that waits for an answer, or for another one; None where all is answered."""
        return next((one for one in self.questions if not self._holds(one)), None)

    @property
    def answered(self) -> Sequence[Answered]:
        """What is answered, up to the question that waits."""
        until = self.questions.index(self.next) if self.next else len(self.questions)
        return [Answered(one, self.answers.get(one.code)) for one in self.questions[:until]]

    def asked(self, code: str | None) -> Question | None:
        """The question of a code, if it can be answered already; else the one that waits."""
        reachable = [one.question for one in self.answered] + ([self.next] if self.next else [])
        return next((one for one in reachable if one.code == code), self.next)

    def place(self, question: Question) -> int:
        """Which question it is, counted from 1."""
        return self.questions.index(question) + 1

    def before(self, question: Question) -> Question | None:
        """The question before one."""
        place = self.questions.index(question)
        return self.questions[place - 1] if place else None

    @property
    def whole(self) -> Answers:
        """The answers to these questions alone."""
        return Answers({one.question.code: one.kept for one in self.answered})

    def summary(self, language: Language) -> str:
        """The questions and answers as they were read, a line each."""
        return "\n".join(f"{one.asked(language)} {' '.join(one.said(language).split())}" for one in self.answered)

    def _holds(self, question: Question) -> bool:
        if question.code not in self.answers.kept:
            return False
        try:
            question.field.check(self.answers.get(question.code))
        except Wrong:
            return False
        return True
