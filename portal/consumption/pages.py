"""The pages of consumption: one address, one view; and the same selection as a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from portal.auth.people import User, sees
from portal.auth.reach import Theme
from portal.consumption import queries
from portal.consumption.addresses import DOWNLOAD, PAGE, Shown, ViewLink, shown, time_of
from portal.consumption.downloads import ENDINGS, TYPES, Format, Resolution, made
from portal.consumption.periods import NoSuchPeriod
from portal.consumption.selection import Selection, ViewRequest, freshness
from portal.consumption.view import View
from portal.consumption.view_context import view_context, view_of
from portal.kit.errors import Invalid, NotThere
from portal.kit.html import Page
from portal.kit.i18n import Text
from portal.kit.labels import Label
from portal.kit.web import Answer, Download, Reply, Visit, page
from portal.sites.kinds import Commodity
from portal.sites.labels import COMMODITIES

QUARTER: Final = timedelta(minutes=15)
TIMES: Final = ("at", "from", "to")


MOST_SITES = 30  # in a list to choose from; of more, a table that searches is the way


@dataclass(frozen=True, slots=True)
class CommodityTab:
    """A kind of energy that the person has."""

    commodity: Label
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Site:
    """A site whose consumption can be looked at by itself."""

    id: UUID
    name: str
    chosen: bool


@dataclass(frozen=True)
class Consumption(Page):
    """What was used or produced.

    reaches: when the newest readings begin
    too_many: whether the sites are too many to choose from a list; then only the chosen one is told
    kept: names and values that the choice of a site keeps
    notice: why something else is shown than was asked for
    has_points: whether the person has any metering point at all
    view: None where there has never been a reading
    """

    template = "consumption/show.html"
    energy: Commodity
    reaches: datetime | None
    tabs: Sequence[CommodityTab]
    sites: Sequence[Site]
    too_many: bool
    kept: Sequence[tuple[str, str]]
    notice: Text | None
    has_points: bool
    view: View | None


def show(visit: Visit[User]) -> Reply:
    """The selected period; where there is no such time the newest month, and it is said."""
    try:
        return _shown(visit, visit.query, None)
    except NoSuchPeriod as none:
        others = {name: value for name, value in visit.query.items() if name not in TIMES}
        return Answer(_shown(visit, others, none.says), status=Invalid.status)


def download(visit: Visit[User]) -> Download:
    """The same selection as a file.

    Raises NotThere for a format that there is not.
    """
    try:
        format_ = Format(visit.query.get("format", Format.DATAHUB))
        resolution = Resolution(visit.query.get("resolution", Resolution.QUARTER))
    except ValueError:
        raise NotThere from None
    selection = queries.selection(visit.db, visit.who, ViewRequest.read(visit.query), visit.today)
    name = f"{selection.energy}-{selection.period.at.replace('/', '-to-')}.{ENDINGS[format_]}"
    return Download(name, TYPES[format_], partial(made, visit.who, selection, format_, resolution))


def _shown(visit: Visit[User], query: Mapping[str, str], notice: Text | None) -> Consumption:
    selection = queries.selection(visit.db, visit.who, ViewRequest.read(query), visit.today)
    address = _address(selection, shown(query.get("show")))
    reaches = freshness(selection.points, visit.who.parties, visit.today).until
    sites = list(_sites(selection, visit.who.parties, visit.today))
    too_many = len(sites) > MOST_SITES
    return Consumption(
        energy=selection.energy,
        reaches=reaches - QUARTER if reaches else None,
        tabs=[_tab(energy, selection, address) for energy in selection.energies],
        sites=[site for site in sites if site.chosen] if too_many else sites,
        too_many=too_many,
        kept=[*time_of(selection.period), *address.kept],
        notice=notice,
        has_points=bool(selection.choices),
        view=view_of(view_context(visit.db, visit.who, selection, visit.today, address)) if reaches else None,
    )


def _address(selection: Selection, show: frozenset[Shown] | None) -> ViewLink:
    """What links keep: of what there is only one, nothing needs to be said."""
    energy = selection.energy if len(selection.energies) > 1 else None
    return ViewLink(energy, selection.site_id, selection.compare, show)


def _tab(energy: Commodity, selection: Selection, address: ViewLink) -> CommodityTab:
    href = replace(address, energy=energy).of(selection.period)
    return CommodityTab(COMMODITIES[energy], href, energy is selection.energy)


def _sites(selection: Selection, parties: frozenset[UUID], today: date) -> Iterator[Site]:
    """The sites to choose from; what one is called today is for those who hold it today."""
    for point in selection.sites:
        named = point.site_name and point.is_held_by(parties, today)
        name = f"{point.street}, {point.site_name}" if named else point.street
        yield Site(point.site_id, name, point.site_id == selection.site_id)


routes = [
    page(PAGE, show, who=sees(Theme.CONSUMPTION)),
    page(DOWNLOAD, download, who=sees(Theme.CONSUMPTION)),
]
