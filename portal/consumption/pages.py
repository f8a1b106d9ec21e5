"""The pages of consumption: one address, one view; and the same selection as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from portal.auth.people import User, sees
from portal.auth.reach import Level, Theme
from portal.consumption import queries
from portal.consumption.downloads import ENDINGS, TYPES, Format, Resolution, made
from portal.consumption.freshness import Freshness, freshness
from portal.consumption.periods import NoSuchPeriod
from portal.consumption.selection import DOWNLOAD, PAGE, Point, Selection, ViewRequest
from portal.consumption.view import View, view
from portal.consumption.zeros import ZeroDays
from portal.kit.errors import Invalid, NotThere
from portal.kit.html import Page
from portal.kit.i18n import Text, text
from portal.kit.web import Answer, Download, Reply, Visit, page
from portal.outages import queries as outages
from portal.outages.records import OutageHere
from portal.sites.commodities import Commodity

TIMES: Final = ("at", "from", "to")
MOST_SITES: Final = 30  # in a list to choose from; of more, a table that searches is the way


@dataclass(frozen=True)
class Consumption(Page):
    """What was used or produced.

    zeros: the metering points of which the newest days are hard to believe
    read_by: who must deliver the readings: of electricity and gas the network company, of heat and cooling we
    may_write: whether they may write to customer service about it
    commodities: those to choose from
    sites: one point of each, to choose from; of more than MOST_SITES only the chosen one
    notice: why something else is shown than was asked for
    view: None where there has never been a reading
    """

    template = "consumption/show.html"
    selection: Selection
    outages: Sequence[OutageHere]
    freshness: Freshness
    zeros: Sequence[ZeroDays]
    read_by: Text
    may_write: bool
    commodities: Sequence[Commodity]
    sites: Sequence[Point]
    too_many: bool
    notice: Text | None
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
    name = f"{selection.commodity}-{selection.period.at.replace('/', '-to-')}.{ENDINGS[format_]}"
    return Download(name, TYPES[format_], partial(made, visit.who, selection, format_, resolution))


def _shown(visit: Visit[User], query: Mapping[str, str], notice: Text | None) -> Consumption:
    selection = queries.selection(visit.db, visit.who, ViewRequest.read(query), visit.today)
    fresh = freshness(selection.points, visit.who.parties, visit.now)
    sites = selection.sites
    too_many = len(sites) > MOST_SITES
    return Consumption(
        selection=selection,
        outages=_outages(visit, selection),
        freshness=fresh,
        zeros=queries.hard_to_believe(visit.db, visit.who, selection, fresh, visit.today),
        read_by=selection.commodity.trade.read_by,
        may_write=visit.who.reach.covers(Theme.CONSUMPTION, Level.MANAGE),
        commodities=selection.commodities,
        sites=[site for site in sites if site.site_id == selection.site_id] if too_many else sites,
        too_many=too_many,
        notice=notice,
        view=view(visit.db, visit.who, selection, visit.today) if fresh.until else None,
    )


def _outages(visit: Visit[User], selection: Selection) -> Sequence[OutageHere]:
    """The open outages at the sites that are looked at; of many sites together they would be in the way."""
    shown = {point.site_id for point in selection.points}
    if len(shown) > MOST_SITES:
        return ()
    return [one for one in outages.here(visit.db, visit.who, visit.today) if one.site_id in shown]


routes = [
    page(PAGE, show, who=sees(Theme.CONSUMPTION), viewed=text("Looked at the consumption")),
    page(DOWNLOAD, download, who=sees(Theme.CONSUMPTION), viewed=text("Downloaded readings")),
]
