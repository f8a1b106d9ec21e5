"""How the utility's own systems tell what becomes of the requests that customers made in the portal."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from portal.kit.feed import Day, FeedRow, Moment, words

Progress = Literal["in-work", "waiting", "extended", "done", "refused"]


class PrivacyProgress(FeedRow):
    """One step of a request for one's rights. Steps are only ever added; a closed request takes none.

    Where a request is complex, or one of many, the time to answer may be extended (GDPR, Article 12(3)): by two months
    after the first at most, and by a row that comes within the first month, for the customer hears of it when it comes.
    The days for which the clock stands put both off.
    """

    case_number: Annotated[str, words(20)] = Field(
        description="The number that the portal gave the request.", examples=["26-0148"]
    )
    state: Progress = Field(
        description="in-work; waiting (for the customer: who they are, or what they mean; the clock stands until they "
        "answer); extended (what was asked takes longer; the state stays as it is); done; refused.",
        examples=["refused"],
    )
    text: Annotated[str, words(4000)] = Field(
        description="What the customer reads: what is done next, what they are asked, why it takes longer, or the "
        "decision and its reasons.",
        examples=["Emme voi poistaa laskujasi vielä: kirjanpitolaki velvoittaa säilyttämään ne."],
    )
    ground: Annotated[str, words(200)] | None = Field(
        description="The provision that a refusal rests on; null for anything else.",
        examples=["GDPR 17(3)(b); Accounting Act 1336/1997 2:10"],
    )
    answer_by: Day | None = Field(
        description="The last day to answer after an extension; null for anything else.",
        examples=[None],
    )
    at: Moment = Field(description="When, in UTC.", examples=["2026-11-19T08:30:00Z"])

    @model_validator(mode="after")
    def refused_on_a_ground(self) -> "PrivacyProgress":
        """A refusal says why (GDPR, Article 12(4)); nothing else rests on a ground."""
        if (self.state == "refused") != (self.ground is not None):
            raise ValueError("a refusal, and only a refusal, has a ground")
        return self

    @model_validator(mode="after")
    def extended_until_a_day(self) -> "PrivacyProgress":
        """An extension says until when; nothing else moves the last day."""
        if (self.state == "extended") != (self.answer_by is not None):
            raise ValueError("an extension, and only an extension, has an answer_by")
        return self
