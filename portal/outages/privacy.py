"""What the outages hold about one customer: those of their sites, on the days on which they held them."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session, SQLModel, col, select

from portal.kit.belonging import EVERYBODY, Belonging
from portal.kit.clock import DAY, start_of
from portal.kit.privacy import DataSubject, Record, records
from portal.outages.models import Outage, OutageArea, OutageSite
from portal.sites.models import Occupancy

TABLES: Belonging = {Outage: EVERYBODY, OutageSite: EVERYBODY}
"""Outages are published. Whether one names sites decides whom it touches in its area, whoever holds them; the ids of
sites are random, and the sites themselves are seen by their holders alone."""
NOT_PERSONAL: Mapping[type[SQLModel], str] = {OutageArea: "a postcode is nobody's"}
NOT_SAID = frozenset({"says", "told"})


def export(db: Session, subject: DataSubject) -> Iterable[Record]:
    """Each outage that began while the customer held a site that it left without energy, and which site that was."""
    occupancies = select(Occupancy).where(Occupancy.party_id == subject.party_id)
    for held in db.exec(occupancies.order_by(col(Occupancy.since), col(Occupancy.site_id))).all():
        felt = (col(OutageSite.site_id) == held.site_id) & (col(Outage.starts_at) >= start_of(held.since))
        if held.until is not None:
            felt &= col(Outage.starts_at) < start_of(held.until + DAY)
        ordered = (col(Outage.starts_at), Outage.number)
        yield from records(db, select(Outage).join(OutageSite).where(felt).order_by(*ordered), NOT_SAID)
        yield from records(db, select(OutageSite).join(Outage).where(felt).order_by(*ordered))
