"""Sites with their holders, and outages at them."""

from datetime import timedelta

import pytest
from sqlmodel import select

from portal.outages.models import Outage, OutageArea, OutageSite
from portal.outages.rules import says, with_sites
from tests import days
from tests.contracts.register import Register
from tests.people import AINO, House

HOUR = timedelta(hours=1)


class Network(Register):
    """A register whose network has outages."""

    now = days.now()

    def outage(
        self, *sites, state="ongoing", starts=-2 * HOUR, expected=None, ended=None, postcodes=("33100",), **more
    ):
        """An outage; its times are counted from now."""
        number = f"K-{self.number()}"
        begins, until, end = (self.now + at if at is not None else None for at in (starts, expected, ended))
        outage = Outage(
            number=number,
            state=state,
            starts_at=begins,
            expected_until=until,
            ended_at=end,
            says=with_sites(says(state, begins, until, end), map(str, sites), compensated=True),
            **{"energy": "electricity", "kind": "fault"} | more,
        )
        areas = [OutageArea(outage_id=outage.id, postcode=one) for one in postcodes]
        self.add(outage, *areas, *(OutageSite(outage_id=outage.id, site_id=site) for site in sites))
        return outage.id

    def now_says(self, outage_id, **facts):
        """Let an outage say something else."""
        with self.database.writing() as db:
            outage = db.get_one(Outage, outage_id)
            for name, value in facts.items():
                setattr(outage, name, value)
            said = says(outage.state, outage.starts_at, outage.expected_until, outage.ended_at)
            sites = db.exec(select(OutageSite.site_id).where(OutageSite.outage_id == outage_id))
            outage.says = with_sites(said, map(str, sites), compensated=outage.compensated)

    def also_at(self, outage_id, site):
        """Let an outage name one more site."""
        with self.database.writing() as db:
            db.add(OutageSite(outage_id=outage_id, site_id=site))
        self.now_says(outage_id)


@pytest.fixture
def network(database):
    """A register."""
    return Network(database)


@pytest.fixture
def home(network):
    """Aino's home in 33100, with electricity."""
    house = House(network.database)
    party = house.customer(AINO, "Aino Mäkelä", "1001")
    site = network.site("Esimerkkikatu 4")
    network.occupancy(party, site)
    network.point(site)
    return house, party, site
