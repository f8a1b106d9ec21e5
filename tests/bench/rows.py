"""What it costs that PostgreSQL shows whoever asks the rows that are theirs: the app's role against the owner's."""

import asyncio
import statistics
import time
from datetime import date
from uuid import UUID

from sqlalchemy import update

from portal import app
from portal.customers.models import Party
from portal.demo import seed
from portal.demo.people import AINO
from portal.kit.db import Database
from portal.kit.sight import Sight
from portal.sites.models import MeteringPoint, Occupancy, Site
from tests import days
from tests.bench.pages import MAIN, UNTIL, WARM, Portal
from tests.bench.store import Kept
from tests.people import House, vault
from tests.postgres import APP, OWNER, as_role, with_roles
from tests.settings import settings

SOMEBODY = UUID(int=1)


class Pages:
    """Two portals on one database of the demo, one of which serves as its owner, and one customer at both."""

    def __init__(self, url):
        owner = with_roles(url)
        seed.seed(owner, vault(), UNTIL)
        cookie = House(Database(url)).cookie(AINO.persona.identity_code, AINO.name)
        self.doors = [Portal(as_role(url, role), cookie) for role in (APP, OWNER)]
        self.doors[1].house.app = app.create_app(settings(), owner, now=days.now)

    def by_turns(self, rounds):
        """Seconds of each of the main pages as the app and as the owner, the median of the rounds."""
        return {name: asyncio.run(self._turns(path, rounds)) for name, path in MAIN.items()}

    async def _turns(self, path, rounds):
        taken = [[], []]
        for turn in range(WARM + rounds):
            for at in (0, 1) if turn % 2 else (1, 0):
                started = time.perf_counter()
                await self.doors[at]._ask(path)
                taken[at].append(time.perf_counter() - started)
        return tuple(statistics.median(one[WARM:]) for one in taken)


def years(url, readings):
    """The same readings, all of one customer's: kept as the app sees them for that customer, and as the owner does."""
    with_roles(url).engine.dispose()
    kept = [Kept(as_role(url, OWNER)) for _ in (APP, OWNER)]
    kept[1].load_s(readings)
    kept[0].points = kept[1].points
    party = Party(id=SOMEBODY, customer_number="1", kind="company", name="Malliyhtiö Oy")
    with kept[1].database.writing() as db:
        db.add_all([party, *(Site(id=one, number=f"{one}", street="", postcode="", town="") for one in kept[1].points)])
        db.flush()
        db.add_all(Occupancy(site_id=one, party_id=SOMEBODY, since=date(2020, 1, 1)) for one in kept[1].points)
        db.execute(update(MeteringPoint).values(site_id=MeteringPoint.id))
    kept[0].database = Database(as_role(url, APP)).seen_by(Sight(parties=frozenset({SOMEBODY})))
    return kept
