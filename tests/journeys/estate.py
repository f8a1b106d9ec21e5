"""The company of the demo in its full size, quickly: sites like those that are seeded, but nothing measured there."""

from pathlib import Path
from uuid import uuid4

from sqlmodel import Session, col, select

from portal.contracts.models import Contract
from portal.demo.company import Scale, site_number, town_of
from portal.demo.people import LANDLORD
from portal.demo.register import party_id
from portal.kit.db import Database
from portal.sites.models import MeteringPoint, Occupancy, Site


def grown(path: Path) -> None:
    """Add to a seeded database the sites that the small company lacks."""
    database = Database(f"sqlite:///{path}")
    with database.writing() as db:
        held = db.exec(select(Occupancy).where(Occupancy.party_id == party_id(LANDLORD))).first()
        like = db.exec(select(Contract).where(Contract.site_id == held.site_id)).first()
        for index in range(Scale.WHOLE):
            if db.exec(select(Site.id).where(col(Site.number) == site_number(index))).first() is None:
                _add(db, index, held, like)
    database.engine.dispose()


def _add(db: Session, index: int, held: Occupancy, like: Contract) -> None:
    town = town_of(index)
    site = Site(
        id=uuid4(), number=site_number(index), street=f"Lisäkatu {index}", postcode=town.postcode, town=town.name
    )
    point = MeteringPoint(id=uuid4(), gsrn=f"6430000009{index:08}", site_id=site.id, energy="electricity")
    of_site = {"id": uuid4(), "number": f"9{index:07}", "site_id": site.id, "metering_point_id": point.id}
    for rows in (
        [site],
        [point, Occupancy(site_id=site.id, party_id=held.party_id, since=held.since)],
        [Contract(**like.model_dump(exclude=set(of_site)), **of_site)],
    ):
        db.add_all(rows)
        db.flush()
