"""What this month costs until yesterday, beside the last bills, and what it may come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from portal.auth.people import User, sees
from portal.auth.reach import Theme
from portal.billing_month import queries
from portal.billing_month.records import MonthSoFar, NoMonth
from portal.billing_month.rules import Lack
from portal.kit.html import Page
from portal.kit.i18n import Text, text
from portal.kit.web import Visit, page

NO_MONTH: Final[Mapping[NoMonth, Text]] = {
    NoMonth.NOTHING_METERED: text("There is no contract here today whose readings and prices you may see."),
    NoMonth.TOO_MANY: text("The month so far is worked out for at most ten metering points."),
    NoMonth.NO_READINGS: text("There are no readings of this month yet. They come a day or two later."),
    NoMonth.NO_PRICE: text("The register does not hold every price of this month yet."),
}
NO_FORECAST: Final[Mapping[Lack, Text]] = {
    Lack.TOO_LITTLE: text("There are too few past readings to say what the whole month may come to."),
    Lack.TOO_UNSURE: text("Your use has changed too much from year to year to say what the whole month may come to."),
    Lack.NO_PRICE: text(
        "The prices of the rest of the month are not known yet, so there is no forecast of the whole month."
    ),
}


@dataclass(frozen=True)
class MonthPage(Page):
    """What this month costs so far, or why that is not known."""

    template = "billing_month/show.html"
    month: MonthSoFar | None
    why_not: Text | None


def show(visit: Visit[User]) -> MonthPage:
    """The month so far."""
    found = queries.so_far(visit.db, visit.who, visit.today)
    if isinstance(found, NoMonth):
        return MonthPage(None, NO_MONTH[found])
    return MonthPage(found, NO_FORECAST[found.forecast] if isinstance(found.forecast, Lack) else None)


routes = [page("/invoices/month", show, who=sees(Theme.BILLING), viewed=text("Looked at what this month costs"))]
