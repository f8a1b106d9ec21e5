"""Somebody's home with its readings, for the pages of consumption."""

from datetime import UTC, date, datetime

from portal.consumption import recording
from portal.sites.models import Disconnection, Occupancy
from tests.consumption.readings import every

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
SINCE = date(2025, 9, 1)


def by_hour_of_day(quarter):
    """0.2 to 0.43 kWh an hour by the hour of day, a little more each day."""
    return 50_000 + quarter % 96 * 600 + quarter // 96 % 7 * 1_000


class Home:
    """A site of somebody with an electricity meter, its contracts, and readings up to a day."""

    def __init__(self, register, party, street="Esimerkkikatu 4", since=SINCE, **facts):
        self.register, self.database, self.party = register, register.database, party
        self.site = self.register.site(street, **facts)
        self.register.add(Occupancy(site_id=self.site, party_id=party, since=since))
        self.power = self.register.point(self.site)

    def record(self, point, readings):
        with self.database.writing() as db:
            recording.record(db, point, readings, NOW)

    def readings(self, until, point=None, **more):
        self.record(point or self.power, every(SINCE, until, milliwatt_hours=by_hour_of_day, **more))

    def cut_off(self, point, since, until=None):
        """From the day on which no energy could flow until that on which it could again."""
        self.register.add(Disconnection(metering_point_id=point, connection="AE02", since=since, until=until))

    def contracts(self, **facts):
        self.register.taxes()
        sales = self.register.product("sales", "Vakaa")
        self.register.price(sales, "energy", "10")
        self.register.price(sales, "month", "5", basis="month")
        self.register.contract(self.party, self.site, self.power, sales, **facts)
