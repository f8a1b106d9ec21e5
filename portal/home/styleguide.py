"""Every component of the stylesheet with its markup, for those who build pages; mounted in demo and test only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from portal.auth.people import anyone
from portal.contrast import Contrast, contrasts
from portal.kit import spark
from portal.kit.access import Anyone
from portal.kit.clock import first_of_month
from portal.kit.forms import Typed
from portal.kit.html import Page
from portal.kit.i18n import text
from portal.kit.money import Money
from portal.kit.pagination import Pagination, paginate
from portal.kit.web import Visit, page

ADDRESS: Final = "/styleguide"
TIGHT: Final = 1.35  # times what is needed: pairs to look at when a colour changes


@dataclass(frozen=True)
class Styleguide(Page):
    """The components, with made-up values; `tight` are the colour pairs that come nearest to what they need."""

    template = "home/styleguide.html"
    typed: Typed
    pagination: Pagination
    bars: Sequence[spark.Bar]
    today: date
    now: datetime
    amount: Money
    tight: Sequence[Contrast]


def show(visit: Visit[Anyone]) -> Styleguide:
    """Everything on one page."""
    month = first_of_month(visit.today)
    months = [(month.replace(month=number), 40 + (number * 37) % 60) for number in range(1, 13)]
    every = contrasts(visit.installation.brand.colours)
    return Styleguide(
        typed=Typed({"email": "aino", "name": ""}, {"email": text("Check what you wrote here.")}),
        pagination=paginate(visit.query.get("page"), 60, 20, ADDRESS),
        bars=spark.bars(months),
        today=visit.today,
        now=visit.now,
        amount=Money(128_450),
        tight=sorted((one for one in every if one.ratio < TIGHT * one.needed), key=lambda one: one.ratio / one.needed),
    )


routes = [page(ADDRESS, show, who=anyone)]
