"""What is told of sites to whoever asks for all that is held about them."""

from datetime import date

from portal.kit.privacy import DataSubject
from portal.sites import privacy
from portal.sites.models import Disconnection
from tests.contracts.register import Register


def test_when_energy_was_cut_off_is_told_as_far_as_the_site_was_held(database):
    register = Register(database)
    party, site = register.party(), register.site()
    register.occupancy(party, site, since=date(2026, 3, 1))
    point = register.point(site)
    cut_off = [
        (date(2026, 1, 5), date(2026, 1, 9)),
        (date(2026, 2, 20), date(2026, 3, 4)),
        (date(2026, 10, 1), None),
    ]
    for since, until in cut_off:
        register.add(Disconnection(metering_point_id=point, connection="AE02", since=since, until=until))
    with database.reading() as db:
        every = list(privacy.export(db, DataSubject(party, frozenset())))
    told = [(one.values["since"], one.values["until"]) for one in every if one.table == "disconnection"]
    assert told == [("2026-03-01", "2026-03-04"), ("2026-10-01", None)]
