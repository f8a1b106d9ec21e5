"""A customer's whole package, unpacked into a folder by the utility itself: for a request that came by letter."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select

from portal.audit import actions as audit
from portal.customers import privacy as customers
from portal.customers.models import Party
from portal.kit.archives import unpacked
from portal.kit.complaints import Complaint
from portal.kit.db import Database
from portal.kit.i18n import Language
from portal.privacy.holdings import Whose
from portal.privacy.package import PackageContext, files


class NotExported(Complaint):
    """Nothing was written; the message says why."""


def export(
    database: Database, customer_number: str, folder: Path, context: PackageContext, now: datetime
) -> Iterator[str]:
    """Write the package of a customer into an empty folder, in the customer's language; each file's name as it comes.

    It is noted in the audit first, so that the customer sees it.
    Raises NotExported for an unknown number and for a folder that holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotExported(f"{folder} is not an empty folder; name another one")
    with database.writing() as db:
        party = _party(db, customer_number)
        audit.record(db, _act(party), now)
        whose = [Whose(customers.subject_of(db, party.id), party.name, party.customer_number)]
    yield from unpacked(files(database, whose, context, Language(party.language), now), folder)


def _party(db: Session, customer_number: str) -> Party:
    found = db.exec(select(Party).where(Party.customer_number == customer_number)).first()
    if found is None:
        raise NotExported(f"There is no customer with the number {customer_number}")
    return found


def _act(party: Party) -> audit.Act:
    return audit.Act(act="privacy.exported", object_kind="party", object_id=party.id, party_id=party.id)
