"""How the utility's own systems tell of sites, their holders, metering points and meters; how they are kept."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import pairwise
from typing import Annotated, Literal
from uuid import UUID, uuid4

from pydantic import Field, model_validator
from sqlmodel import Session, col, select

from portal.customers.importing import CustomerNumber, party_ids
from portal.kit.clock import DAY, day_of
from portal.kit.db import insert_or_skip, table_of
from portal.kit.feed import INT32, Day, FeedRow, ImportContext, Refusal, Verdict, Written, checked, unknown, words
from portal.kit.mirror import Kept, Parts, Wanted, ids, mirror, portions
from portal.kit.ranges import Range, overlaps
from portal.sites.commodities import Commodity
from portal.sites.kinds import Connection
from portal.sites.models import Disconnection, Meter, MeteringPoint, MeterKind, Occupancy, Rhythm, Site
from portal.sites.rules import CutOff, is_gsrn, told_now

SiteNumber = Annotated[
    str, words(40), Field(description="The utility's number of the delivery site.", examples=["500001"])
]
Gsrn = Annotated[
    str,
    Written(
        r"[0-9]{18}",
        "must be a GSRN: 18 digits, the last of them the right check digit",
        checked(is_gsrn),
        longest=18,
    ),
    Field(description="The metering point's GSRN.", examples=["643000000000000016"]),
]
Amount = Annotated[int, Field(ge=0, le=INT32)]


class Holder(FeedRow):
    """A customer who holds a site, from one day to another; they see nothing of it outside these days."""

    customer_number: CustomerNumber
    since: Day = Field(alias="from", description="First day.", examples=["2021-06-01"])
    until: Day | None = Field(alias="to", description="Last day; null while it lasts.", examples=["2026-08-31"])
    joint: bool = Field(
        default=False,
        description="Whether others hold the site on these days too, and are told to: people who live together, or an "
        "owner who has the connection beside whoever has the sale. Days that two holders share are refused otherwise.",
        examples=[False],
    )

    @model_validator(mode="after")
    def ends_later(self) -> "Holder":
        """The last day is not before the first."""
        if self.until is not None and self.until < self.since:
            raise ValueError("to is before from")
        return self

    @property
    def days(self) -> Range:
        """The days on which they hold it."""
        return Range.of_days(self.since, self.until)


class SiteEntry(FeedRow):
    """A delivery site and all its holders, former ones too; who is no longer among them sees nothing of it."""

    site_number: SiteNumber
    name: Annotated[str, words(100)] | None = Field(
        description="What the customer calls it, or null.", examples=["Mökki"]
    )
    street: Annotated[str, words(200)] = Field(
        description="Street, house, stair, flat.", examples=["Esimerkkikatu 4 A 12"]
    )
    postcode: Annotated[str, words(20)] = Field(description="Postcode.", examples=["20100"])
    town: Annotated[str, words(100)] = Field(description="Post town.", examples=["Turku"])
    dwelling: Annotated[str, words(40)] | None = Field(
        description="Kind of dwelling, or null.", examples=["detached house"]
    )
    heated_area_m2: Amount | None = Field(description="Heated area in m2, or null.", examples=[142])
    residents: Amount | None = Field(description="How many people live there, or null.", examples=[4])
    heating: Annotated[str, words(40)] | None = Field(
        description="How it is heated, or null.", examples=["district heat"]
    )
    estimated_kwh_a_year: Amount | None = Field(
        description="Estimated use of electricity in kWh a year, or null.", examples=[5200]
    )
    holders: tuple[Holder, ...] = Field(max_length=1000, description="Who holds the site, and when.")
    ownership: Annotated[str, words(40)] | None = Field(
        default=None,
        description="How the holder has it: owned, rented, right of occupancy, or in other words; or null.",
        examples=["owned"],
    )
    use_timing: Annotated[str, words(40)] | None = Field(
        default=None,
        description="When it is used: all year, weekends and holidays, summer, winter, working hours, "
        "or in other words; or null.",
        examples=["all year"],
    )
    weather_place: Annotated[str, words(100)] | None = Field(
        default=None,
        description="The `place` of feed `weather` whose temperature it has, where that is not called as its town; "
        "or null.",
        examples=["Turku"],
    )

    @model_validator(mode="after")
    def each_once(self) -> "SiteEntry":
        """A customer holds a site once at a time."""
        for number in dict.fromkeys(holder.customer_number for holder in self.holders):
            for twice in overlaps((one.days, one) for one in self.holders if one.customer_number == number):
                raise ValueError(f"customer {number} holds the site twice on {twice.shared.start}")
        return self

    @model_validator(mode="after")
    def one_after_the_other(self) -> "SiteEntry":
        """Whoever does not hold a site jointly holds it alone: who has left must not see how the next one lives."""
        for alone in (one for one in self.holders if not one.joint):
            for other in self.holders:
                if other is not alone and (shared := alone.days & other.days):
                    raise ValueError(_both(alone, other, shared))
        return self


class MeterEntry(FeedRow):
    """A meter or heat exchanger that hangs, or hung, at a metering point."""

    kind: MeterKind = Field(description="A meter, or district heat's exchanger.", examples=["meter"])
    serial: Annotated[str, words(40)] = Field(description="Serial number.", examples=["E450-1234567"])
    model: Annotated[str, words(100)] | None = Field(description="Make and model, or null.", examples=["E450"])
    installed_on: Day | None = Field(description="Day of installation, or null.", examples=["2019-03-14"])
    removed_on: Day | None = Field(description="Day of removal; null while it hangs.", examples=["2026-05-02"])


class DisconnectionEntry(FeedRow):
    """A time in which no energy can flow at a metering point; no reading of it is missed, on its two edges neither."""

    connection: Literal["AE02", "AN04"] = Field(
        description="AE02 disconnected, AN04 its meter is removed.", examples=["AE02"]
    )
    since: Day = Field(alias="from", description="Day on which it was cut off.", examples=["2024-03-04"])
    until: Day | None = Field(
        alias="to", description="Day on which it was connected again; null while it is not.", examples=["2024-03-18"]
    )

    @model_validator(mode="after")
    def ends_later(self) -> "DisconnectionEntry":
        """It is not connected again before it was cut off."""
        if self.until is not None and self.until < self.since:
            raise ValueError("to is before from")
        return self

    @property
    def cut_off(self) -> CutOff:
        """The same as a rule looks at it."""
        return CutOff(Connection(self.connection), self.since, self.until)


class MeteringPointEntry(FeedRow):
    """A metering point and all its meters."""

    gsrn: Gsrn
    site_number: SiteNumber | None = Field(description="The site it stands at, or null.", examples=["500001"])
    energy: Commodity = Field(description="What it measures.", examples=["electricity"])
    main_fuse: Annotated[str, words(20)] | None = Field(description="Main fuse, or null.", examples=["3 x 25 A"])
    meters: tuple[MeterEntry, ...] = Field(
        max_length=1000, description="Its meters and heat exchangers, former ones too."
    )
    valid_from: Day | None = Field(
        default=None,
        description="First day on which it exists; null where it has always been there. No reading is missed outside "
        "its days.",
        examples=["2019-03-14"],
    )
    valid_to: Day | None = Field(
        default=None, description="Last day on which it exists; null while it does.", examples=["2031-05-31"]
    )
    connection: Connection = Field(
        default=Connection.CONNECTED,
        description="How it stands now: AE01 connected, AE02 disconnected, AN04 its meter is removed. What is told "
        "otherwise than before is dated by when it is told: cut off the day before, or when its readings ended, "
        "connected again that day. `disconnections` tell it better; where they stand, this is not read.",
        examples=["AE01"],
    )
    used_for: Annotated[str, words(60)] | None = Field(
        default=None,
        description="What its energy is for, as far as that decides how much is used: heating and hot water, heating, "
        "hot water, cooling, cooking, car charging, or in other words; or null.",
        examples=["heating and hot water"],
    )
    estimated_kwh_a_year: Amount | None = Field(
        default=None, description="Estimated use in kWh a year, or null.", examples=[18600]
    )
    minutes: Literal[15, 60] | None = Field(
        default=None,
        description="How long each of its readings is meant to be, in minutes; null where that is not known. Where "
        "quarters are meant and whole hours come, the customer is told.",
        examples=[15],
    )
    rhythm: Rhythm | None = Field(
        default=None,
        description="How often its readings come: PT6H every six hours, P1D every day, P1M every month; null where "
        "that is not known, and they are awaited every day. Readings of a day are late when the next day has ended, "
        "those that come by the month when the next month has.",
        examples=["PT6H"],
    )
    disconnections: tuple[DisconnectionEntry, ...] | None = Field(
        default=None,
        max_length=1000,
        description="When no energy could or can flow, former times too; null where only `connection` is known.",
    )

    @model_validator(mode="after")
    def one_at_a_time(self) -> "MeteringPointEntry":
        """It is connected again before it is cut off anew."""
        for one, other in pairwise(sorted(self.disconnections or (), key=lambda each: each.since)):
            if one.since == other.since or one.until is None or other.since < one.until:
                raise ValueError(
                    f"disconnections: those from {one.since} and from {other.since} hold at once; "
                    "say when it was connected again in between, or leave one of them out"
                )
        return self

    @model_validator(mode="after")
    def each_once(self) -> "MeteringPointEntry":
        """A meter is told once."""
        if len({meter.serial for meter in self.meters}) < len(self.meters):
            raise ValueError("names a meter twice")
        return self

    @model_validator(mode="after")
    def ends_later(self) -> "MeteringPointEntry":
        """The last day is not before the first."""
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        return self


def _both(one: Holder, other: Holder, shared: Range) -> str:
    earlier, later = sorted((one, other), key=lambda holder: (holder.since, holder.customer_number))
    return (
        f"customers {earlier.customer_number} and {later.customer_number} both hold the site {shared.said}; "
        "say when the first one's days end, or that both hold it jointly"
    )


@dataclass(frozen=True, slots=True)
class KnownPoint:
    """What readings need to know of a metering point: what it measures, and on which days it is there."""

    id: UUID
    energy: Commodity
    valid_from: date | None = None
    valid_to: date | None = None


SITES = Kept(Site, ("number",))
OCCUPANCIES = Parts(Occupancy, ("party_id", "since"), owner="site_id")
POINTS = Kept(MeteringPoint, ("gsrn",))
POINT = table_of(MeteringPoint)
DISCONNECTION = table_of(Disconnection)
METERS = Parts(Meter, ("serial",), owner="metering_point_id")
DISCONNECTIONS = Parts(Disconnection, ("since",), owner="metering_point_id")
NewestDays = Callable[[Session, Collection[UUID]], Mapping[UUID, date]]
"""The days up to which metering points have sent readings; those that never have are not among them."""


def site_ids(db: Session, site_numbers: Iterable[str]) -> Mapping[str, UUID]:
    """The sites that these numbers name, as far as the register knows them."""
    return ids(db, col(Site.number), col(Site.id), site_numbers)


def points_of(db: Session, gsrns: Collection[str]) -> Mapping[str, MeteringPoint]:
    """The metering points that these GSRNs name, as far as the register knows them."""
    return {
        point.gsrn: point
        for some in portions(gsrns)
        for point in db.exec(select(MeteringPoint).where(col(MeteringPoint.gsrn).in_(some)))
    }


def known_points(db: Session, gsrns: Collection[str]) -> Mapping[str, KnownPoint]:
    """What readings need to know of the metering points that these GSRNs name, as far as the register knows them."""
    asked = select(*POINT.c["gsrn", "id", "energy", "valid_from", "valid_to"])
    return {
        gsrn: KnownPoint(point, Commodity(energy), *days)
        for some in portions(gsrns)
        for gsrn, point, energy, *days in db.connection().execute(asked.where(POINT.c.gsrn.in_(some)))
    }


def make_points(db: Session, gsrns: Iterable[str], energy: Commodity) -> Mapping[str, KnownPoint]:
    """Metering points that stand at no site yet: readings came before the register told of them."""
    made = {gsrn: KnownPoint(uuid4(), energy) for gsrn in gsrns}
    for some in portions(made):
        insert_or_skip(db, POINT, [{"id": made[gsrn].id, "gsrn": gsrn, "energy": energy} for gsrn in some])
    return made


def keep_sites(db: Session, rows: Sequence[SiteEntry], _context: ImportContext) -> list[Verdict]:
    """Keep sites with their holders."""
    parties = party_ids(db, (holder.customer_number for row in rows for holder in row.holders))
    return mirror(db, SITES, [_site(row, parties) for row in rows], (OCCUPANCIES,))


def keep_metering_points(
    db: Session, rows: Sequence[MeteringPointEntry], context: ImportContext, *, newest_days: NewestDays
) -> list[Verdict]:
    """Keep metering points with their meters, and when they were cut off."""
    sites = site_ids(db, (row.site_number for row in rows if row.site_number))
    cut_off = _cut_off(db, rows, day_of(context.now), newest_days)
    return mirror(db, POINTS, [_point(row, sites, cut_off[row.gsrn]) for row in rows], (METERS, DISCONNECTIONS))


def _site(row: SiteEntry, parties: Mapping[str, UUID]) -> Wanted | Refusal:
    for holder in row.holders:
        if holder.customer_number not in parties:
            return unknown("customer", holder.customer_number)
    site = {"number": row.site_number, **row.model_dump(exclude={"site_number", "holders"})}
    holders = [
        {"party_id": parties[holder.customer_number], "since": holder.since, "until": holder.until}
        for holder in row.holders
    ]
    return Wanted(site, lambda _: {OCCUPANCIES: holders})


def _cut_off(
    db: Session, rows: Sequence[MeteringPointEntry], today: date, newest_days: NewestDays
) -> Mapping[str, Sequence[CutOff]]:
    """When each metering point was cut off: as it is told, or by how it stands now, beside what is known of it."""
    known: defaultdict[str, list[CutOff]] = defaultdict(list)
    untold = {row.gsrn: row.connection for row in rows if row.disconnections is None}
    points = ids(db, col(MeteringPoint.gsrn), col(MeteringPoint.id), untold)
    asked = select(POINT.c.gsrn, *DISCONNECTION.c["connection", "since", "until"]).join_from(DISCONNECTION, POINT)
    for some in portions(points):
        for gsrn, connection, *days in db.connection().execute(asked.where(POINT.c.gsrn.in_(some))):
            known[gsrn].append(CutOff(Connection(connection), *days))
    cut = {gsrn: points[gsrn] for gsrn, connection in untold.items() if connection.is_cut_off and gsrn in points}
    newest = newest_days(db, cut.values())
    since = {gsrn: min(newest.get(point, today), today - DAY) for gsrn, point in cut.items()}
    return {
        row.gsrn: told_now(known[row.gsrn], row.connection, since.get(row.gsrn, today - DAY), today)
        if row.disconnections is None
        else [one.cut_off for one in row.disconnections]
        for row in rows
    }


def _point(row: MeteringPointEntry, sites: Mapping[str, UUID], cut_off: Sequence[CutOff]) -> Wanted | Refusal:
    if row.site_number is not None and row.site_number not in sites:
        return unknown("site", row.site_number)
    site_id = sites[row.site_number] if row.site_number else None
    point = {"site_id": site_id, **row.model_dump(exclude={"site_number", "meters", "connection", "disconnections"})}
    meters = [meter.model_dump() for meter in row.meters]
    return Wanted(point, lambda _: {METERS: meters, DISCONNECTIONS: [asdict(one) for one in cut_off]})
