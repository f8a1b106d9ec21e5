"""What contracts hold about one customer."""

from collections.abc import Iterable, Mapping, Sequence

from sqlmodel import Session, SQLModel, col, select

from portal.contracts.models import Contract, PricePart, Product, SpotMonth, Tax
from portal.kit.privacy import DataSubject, Record, records

TABLES: Sequence[type[SQLModel]] = (Contract,)
NOT_PERSONAL: Mapping[type[SQLModel], str] = {
    Product: "what is for sale is the same for everybody",
    PricePart: "list prices",
    Tax: "the law's rates",
    SpotMonth: "the market's prices",
}


def export(db: Session, subject: DataSubject) -> Iterable[Record]:
    """The customer's contracts, oldest first."""
    own = select(Contract).where(Contract.party_id == subject.party_id)
    return records(db, own.order_by(col(Contract.valid_from), Contract.number))
