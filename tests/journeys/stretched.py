"""The demo with the longest words that its register can hold: names of 80 letters, mail addresses of 130."""

from pathlib import Path
from typing import Final

from sqlmodel import SQLModel, col, update

from portal.consents.authorisations.models import ThirdParty
from portal.contracts.models import PricePart, Product
from portal.customers.models import BillingDetails, ContactDetail, ContactKind, ContactPerson, Party
from portal.invoices.models import Invoice, InvoiceLine
from portal.kit.db import Database
from portal.messages.models import Message, MessageThread
from portal.sites.models import Meter, Site

NAME: Final = "Lentokonesuihkuturbiinimoottoriapumekaanikkoaliupseerioppilas".ljust(80, "o")
MAIL: Final = f"{'a' * 64}@{'b' * 52}.example.fi"
NAMES: Final[dict[type[SQLModel], tuple[str, ...]]] = {
    Party: ("name", "street", "town"),
    ContactPerson: ("name",),
    Site: ("name", "street", "town"),
    Meter: ("model",),
    Product: ("name_fi", "name_sv", "name_en"),
    PricePart: ("name_fi", "name_sv", "name_en"),
    InvoiceLine: ("name_fi", "name_sv", "name_en"),
    MessageThread: ("subject",),
    Message: ("from_name", "body"),
    ThirdParty: ("name", "purpose_fi", "purpose_sv", "purpose_en"),
}


def stretched(path: Path) -> None:
    """Put the longest words into a seeded database."""
    database = Database(f"sqlite:///{path}")
    with database.writing() as db:
        for model, columns in NAMES.items():
            db.exec(update(model).values(dict.fromkeys(columns, NAME)))
        db.exec(update(Invoice).values(payee=NAME[:70]))
        db.exec(update(BillingDetails).values(reference=NAME[:70], email=MAIL))
        db.exec(update(ContactPerson).values(email=MAIL))
        db.exec(update(ContactDetail).where(col(ContactDetail.kind) == ContactKind.EMAIL).values(value=MAIL))
    database.engine.dispose()
