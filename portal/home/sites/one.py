"""One site: facts, what measures there, what it uses, its contracts and bills; a question for each part."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlmodel import Session

from portal.auth.people import User
from portal.auth.reach import Theme
from portal.consumption import queries as consumption
from portal.consumption.by_site import SiteUse, Uses
from portal.consumption.pairs import Comparison
from portal.consumption.selection import Point as MeteredPoint
from portal.consumption.view import Change, Direction, change
from portal.contracts import queries as contracts
from portal.contracts.records import HeldContract
from portal.customers.words import ROLES
from portal.home.organisation import queries as organisation
from portal.home.organisation.queries import Contact
from portal.invoices import queries as invoices
from portal.invoices.records import InvoiceHead
from portal.kit import formats, spark
from portal.kit.i18n import Language, Text, counted, text
from portal.kit.labels import Label
from portal.sites import queries as sites
from portal.sites import words
from portal.sites.labels import COMMODITIES
from portal.sites.models import Connection
from portal.sites.queries import Device, HeldSite, Housing, PointShown
from portal.sites.scope import measured_for

INVOICES: Final = 3
YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Use:
    """What one energy came to in the newest month, beside the same days a year before, and in twelve months."""

    title: Text
    days: Text
    icon: str
    figure: str
    unit: str
    change: Change | None
    compared: Comparison | None
    first: date
    last: date
    href: str
    bars: Sequence[spark.Bar]
    label: Text

    @property
    def sentence(self) -> Text:
        """How it compares."""
        if self.compared is None or self.change is None:
            return text("There are no readings of the same days a year ago to compare with.")
        now, then = formats.kwh_compared(self.compared.now), formats.kwh_compared(self.compared.then)
        size = formats.percent(self.change.size)
        match self.change.direction:
            case Direction.LESS:
                return counted(
                    "%(percent)s less was used than on the same day a year ago: %(now)s, then %(then)s.",
                    "%(percent)s less was used than on the same %(n)s days a year ago: %(now)s, then %(then)s.",
                    self.compared.days,
                    percent=size,
                    now=now,
                    then=then,
                )
            case Direction.MORE:
                return counted(
                    "%(percent)s more was used than on the same day a year ago: %(now)s, then %(then)s.",
                    "%(percent)s more was used than on the same %(n)s days a year ago: %(now)s, then %(then)s.",
                    self.compared.days,
                    percent=size,
                    now=now,
                    then=then,
                )
            case Direction.SAME:
                return counted(
                    "As much was used as on the same day a year ago: %(now)s.",
                    "As much was used as on the same %(n)s days a year ago: %(now)s.",
                    self.compared.days,
                    now=now,
                )


@dataclass(frozen=True, slots=True)
class Hung:
    """A meter or heat exchanger, in words."""

    what: Text
    device: Device


@dataclass(frozen=True, slots=True)
class Point:
    """A metering point with the meters that hang there, and those that hung there before.

    days: where it is not there all the time; cut_off: how, where no energy flows; facts: what is known of its use
    """

    commodity: Label
    gsrn: str
    main_fuse: str | None
    days: Text | None
    cut_off: Text | None
    facts: Sequence[tuple[Text, str]]
    hanging: Sequence[Hung]
    former: Sequence[Hung]


@dataclass(frozen=True, slots=True)
class SiteHolding:
    """Which of the person's parties holds a site, from when until when."""

    name: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A contact person, with their roles in words."""

    contact: Contact
    roles: Sequence[Text]


def metered(db: Session, who: User, points: Collection[MeteredPoint], today: date) -> Sequence[Uses]:
    """What some metering points use of each of their energies."""
    first = consumption.by_site(db, who, points, None, today)
    if first is None:
        return []
    others = (consumption.by_site(db, who, points, energy, today) for energy in first.energies[1:])
    return [first, *(one for one in others if one)]


def uses(every: Sequence[Uses], site_id: UUID, language: Language) -> Sequence[Use]:
    """What a site came to of each energy of which anything is known."""
    of_site = ((one, one.by_site.get(site_id)) for one in every)
    href = f"/consumption?site={site_id}"
    return [use(one, found, href, language) for one, found in of_site if found and found.is_known]


def use(found: Uses, of_site: SiteUse, href: str, language: Language) -> Use:
    """What a site, or several, came to of one energy."""
    now = of_site.newest.energy
    figure, unit = formats.kwh_parts(now)
    months = list(zip(found.months, of_site.months, strict=True))[-YEAR:]
    newest = found.months[-1]
    named = COMMODITIES[found.energy].words
    title = text("%(energy)s %(month)s", energy=named, month=formats.in_month(newest, language))
    return Use(
        title=title,
        days=text("%(energy)s %(days)s", energy=named, days=formats.date_range(newest, found.last, language)),
        icon=COMMODITIES[found.energy].icon,
        figure=figure,
        unit=unit,
        change=change(of_site.compared),
        compared=of_site.compared,
        first=newest,
        last=found.last,
        href=f"{href}{'&' if '?' in href else '?'}at={newest:%Y-%m}&energy={found.energy}",
        bars=spark.bars([(month, energy.milliwatt_hours) for month, energy in months]),
        label=text(
            "Use month by month from %(first)s to %(last)s, this month %(now)s.",
            first=formats.month_year(months[0][0], language),
            last=formats.month_year(newest, language),
            now=formats.kwh(now),
        ),
    )


def points(db: Session, who: User, site: HeldSite, today: date, language: Language) -> Sequence[Point] | None:
    """The metering points with their meters; None where they are not for the person: see `sites.queries`."""
    open_at = measured_for(who)
    if not site.is_held or (open_at is not None and site.id not in open_at):
        return None
    return [_point(point, today, language) for point in sites.points_with_meters(db, who, site.id, today)]


def housing(db: Session, who: User, site: HeldSite, today: date, language: Language) -> Sequence[tuple[Text, str]]:
    """How the site is lived in: terms and values, what is not known left out."""
    found = sites.housing(db, who, site.id, today)
    return list(_facts(found, language)) if found else []


def holdings(db: Session, who: User, site: HeldSite) -> Sequence[SiteHolding]:
    """The times in which the person's parties hold the site, the latest first."""
    names = dict(organisation.names(db, who))
    return [SiteHolding(names[occupancy.party_id], occupancy.since, occupancy.until) for occupancy in site.occupancies]


def running(db: Session, who: User, site: HeldSite, today: date) -> Sequence[HeldContract]:
    """The contracts of the site that have not ended."""
    return contracts.at_sites(db, who, [site.id], today) if who.reach.covers(Theme.CONTRACTS) else []


def newest_invoices(db: Session, who: User, site: HeldSite) -> Sequence[InvoiceHead]:
    """The newest invoices of the site."""
    return invoices.at_site(db, who, site.id, INVOICES) if who.reach.covers(Theme.BILLING) else []


def people(db: Session, who: User) -> Sequence[ContactLine]:
    """The contact persons of the customer."""
    return [ContactLine(one, [ROLES[role] for role in one.roles]) for one in organisation.contacts(db, who)]


def _facts(found: Housing, language: Language) -> Sequence[tuple[Text, str]]:
    nbsp = formats.NBSP
    told = (
        (text("Kind of building"), words.kind(found.kind, language)),
        (text("Ownership"), words.ownership(found.ownership, language)),
        (text("Use over the year"), words.use_timing(found.use_timing, language)),
        (text("Heated area"), f"{formats.number(found.area_m2)}{nbsp}m²" if found.area_m2 else ""),
        (text("Residents"), str(found.residents) if found.residents is not None else ""),
        (text("Heating"), words.heating(found.heating, language)),
        (
            text("Estimated electricity use a year"),
            _a_year(found.estimated_kwh_a_year),
        ),
    )
    return [(term, value) for term, value in told if value]


def _point(point: PointShown, today: date, language: Language) -> Point:
    devices = [Hung(words.DEVICES[device.kind], device) for device in point.devices]
    return Point(
        commodity=COMMODITIES[point.energy],
        gsrn=point.gsrn,
        main_fuse=point.main_fuse,
        days=_days(point, today, language),
        cut_off=None if point.connection is Connection.CONNECTED else words.CONNECTIONS[point.connection],
        facts=[(term, value) for term, value in _used(point, language) if value],
        hanging=[one for one in devices if one.device.removed_on is None],
        former=[one for one in devices if one.device.removed_on is not None],
    )


def _used(point: PointShown, language: Language) -> Sequence[tuple[Text, str]]:
    return (
        (text("Used for"), words.used_for(point.used_for, language)),
        (text("Estimated use a year"), _a_year(point.estimated_kwh_a_year)),
    )


def _a_year(kwh: int | None) -> str:
    return f"{formats.number(kwh)}{formats.NBSP}kWh" if kwh else ""


def _days(point: PointShown, today: date, language: Language) -> Text | None:
    if point.valid_to:
        return text("in use until %(date)s", date=formats.full_date(point.valid_to, language))
    if point.valid_from and today < point.valid_from:
        return text("in use from %(date)s", date=formats.full_date(point.valid_from, language))
    return None
