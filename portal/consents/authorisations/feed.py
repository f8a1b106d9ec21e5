"""How the utility's own systems tell of the companies that may be authorised, and of what they have read."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from portal.customers.rules import is_business_id
from portal.kit.feed import Day, FeedRow, Moment, Written, checked, words

Sentence = Annotated[str, words(300)]


class Purpose(FeedRow):
    """What the company does with readings, in each language, as it goes on after "Purpose:"."""

    fi: Sentence = Field(description="In Finnish.", examples=["lämmityksen ohjaus tuntikulutuksen mukaan"])
    sv: Sentence = Field(description="In Swedish.", examples=["styrning av uppvärmningen enligt timförbrukningen"])
    en: Sentence = Field(description="In English.", examples=["heating controlled by hourly use"])


class ThirdPartyEntry(FeedRow):
    """A company that customers may authorise to read their readings."""

    business_id: Annotated[
        str,
        Written(r"[0-9]{7}-[0-9]", 'must be a business id such as "0984944-9"', checked(is_business_id), longest=9),
    ] = Field(description="The company's business id.", examples=["0984944-9"])
    name: Annotated[str, words(200)] = Field(description="Its name.", examples=["Malli-Lämpö Oy"])
    purpose: Purpose = Field(description="What it does with readings.")
    offered: bool = Field(description="Whether customers may authorise it from now on.", examples=[True])


class AuthorisationReadEntry(FeedRow):
    """That a company read by an authorisation, from Datahub or another interface. Reads are only ever added."""

    authorisation_id: Annotated[
        UUID,
        Written(
            r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
            "must be the id that the event authorisation.given told",
            UUID,
            longest=36,
            form="uuid",
        ),
    ] = Field(
        description="The id that the event authorisation.given told.", examples=["7a4c1f60-5f5e-4f0c-9a7e-2f1f6f0f9d11"]
    )
    at: Moment = Field(description="When it read, in UTC.", examples=["2026-11-19T02:12:00Z"])
    first_day: Day = Field(description="The first day whose readings it got.", examples=["2026-11-18"])
    last_day: Day = Field(description="The last day whose readings it got.", examples=["2026-11-18"])

    @model_validator(mode="after")
    def ends_later(self) -> "AuthorisationReadEntry":
        """The last day is not before the first."""
        if self.last_day < self.first_day:
            raise ValueError("last_day is before first_day")
        return self
