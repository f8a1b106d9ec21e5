"""How the network's own system tells of outages, and how that is kept."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator
from sqlmodel import Session

from portal.kit.feed import FeedRow, ImportContext, Moment, Names, Refusal, Verdict, unknown, words
from portal.kit.mirror import Kept, Parts, Wanted, mirror
from portal.outages.kinds import OutageKind, OutageState
from portal.outages.models import Outage, OutageArea, OutageSite
from portal.outages.rules import says, with_sites
from portal.sites.commodities import Flowing
from portal.sites.importing import SiteNumber, site_ids

MOST_AREAS, MOST_SITES = 4_000, 200_000


class OutageEntry(FeedRow):
    """An outage, as it stands now: it is told again whenever anything of it changes, under the same number.

    It names the sites that are without energy, where they are known, for only their holders are certain to be touched
    and are written to; of an outage that names areas alone, those who have a site there read that it may concern them.
    """

    outage_number: Annotated[str, words(40)] = Field(
        description="The number of the outage in the network's own system.", examples=["K-2611-0042"]
    )
    energy: Flowing = Field(description="What does not flow.", examples=["electricity"])
    kind: OutageKind = Field(description="fault: something broke. work: it is planned.", examples=["fault"])
    state: OutageState = Field(
        description="announced, before it begins; ongoing; restored, with ended_at; cancelled, where it did not come.",
        examples=["restored"],
    )
    starts_at: Moment = Field(
        description="When it began, or is to begin, in UTC; of a fault: when the company learned of it, for from then "
        "on standard compensation is counted.",
        examples=["2026-11-14T03:20:00Z"],
    )
    expected_until: Moment | None = Field(
        description="When energy is expected back, in UTC; null where nobody can say.",
        examples=["2026-11-14T18:00:00Z"],
    )
    ended_at: Moment | None = Field(
        description="When energy flowed again, in UTC; null until then.", examples=["2026-11-14T17:05:00Z"]
    )
    postcodes: tuple[Annotated[str, words(20)], ...] = Field(
        max_length=MOST_AREAS, description="The postcodes in which it is.", examples=[["20100"]]
    )
    site_numbers: tuple[SiteNumber, ...] = Field(
        max_length=MOST_SITES,
        description="The sites that are without energy, as far as they are known.",
        examples=[["500001"]],
    )
    cause: Names | None = Field(
        default=None,
        description="What caused it, in a few words; or null.",
        examples=[{"fi": "Puu kaatui linjalle", "sv": "Ett träd föll på linjen", "en": "A tree fell on the line"}],
    )
    compensated: bool = Field(
        default=True,
        description="Whether a long one gives a right to standard compensation; false where the company could not have "
        "helped it (Electricity Market Act 588/2013, section 100).",
        examples=[True],
    )

    @model_validator(mode="after")
    def ends(self) -> "OutageEntry":
        """An outage has ended exactly when it is restored, and not before it began."""
        if (self.ended_at is None) == (self.state is OutageState.RESTORED):
            raise ValueError("ended_at: is told of an outage that is restored, and of no other")
        if self.ended_at is not None and self.ended_at < self.starts_at:
            raise ValueError("ended_at is before starts_at")
        if self.expected_until is not None and self.expected_until < self.starts_at:
            raise ValueError("expected_until is before starts_at")
        return self

    @model_validator(mode="after")
    def is_somewhere(self) -> "OutageEntry":
        """An outage is somewhere, and each place is named once."""
        if not self.postcodes and not self.site_numbers:
            raise ValueError("names neither postcodes nor site_numbers; say where the outage is")
        for name in ("postcodes", "site_numbers"):
            if len(set(getattr(self, name))) < len(getattr(self, name)):
                raise ValueError(f"{name}: names one twice")
        return self


OUTAGES = Kept(Outage, ("number",))
AREAS = Parts(OutageArea, ("postcode",), owner="outage_id")
SITES = Parts(OutageSite, ("site_id",), owner="outage_id")


def keep_outages(db: Session, rows: Sequence[OutageEntry], context: ImportContext) -> list[Verdict]:
    """Keep outages with their areas and sites; customers are written to afterwards, by `portal jobs`."""
    sites = site_ids(db, (number for row in rows for number in row.site_numbers))
    return mirror(db, OUTAGES, [_early(row, context) or _outage(row, sites) for row in rows], (AREAS, SITES))


def _early(row: OutageEntry, context: ImportContext) -> Refusal | None:
    if row.ended_at is not None and row.ended_at > context.now:
        return Refusal("ended_at: lies in the future; send expected_until until energy flows again")
    if row.state is OutageState.ONGOING and row.starts_at > context.now:
        return Refusal('starts_at: lies in the future; an outage that is to come has the state "announced"')
    return None


def _outage(row: OutageEntry, sites: Mapping[str, UUID]) -> Wanted | Refusal:
    for number in row.site_numbers:
        if number not in sites:
            return unknown("site", number)
    of_row = row.model_dump(include={"energy", "kind", "state", "starts_at", "expected_until", "ended_at"})
    cause = {f"cause_{name}": getattr(row.cause, name, None) for name in ("fi", "sv", "en")}
    areas = [{"postcode": one} for one in row.postcodes]
    without = [{"site_id": sites[number]} for number in row.site_numbers]
    return Wanted(
        {
            "number": row.outage_number,
            **of_row,
            **cause,
            "compensated": row.compensated,
            "says": with_sites(
                says(row.state, row.starts_at, row.expected_until, row.ended_at),
                row.site_numbers,
                compensated=row.compensated,
            ),
        },
        lambda _: {AREAS: areas, SITES: without},
    )
