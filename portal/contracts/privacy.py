"""What contracts hold about one customer."""

from collections.abc import Iterable, Mapping
from itertools import chain

from sqlmodel import Session, SQLModel, col, select

from portal.contracts.models import Contract, FuelMix, PricePart, Product, SpotMonth, Tax, TermNotice
from portal.kit.belonging import Belonging, of_party, part_of
from portal.kit.privacy import DataSubject, Record, records

TABLES: Belonging = {Contract: of_party(site="site_id"), TermNotice: part_of(Contract, "contract_id")}
NOT_PERSONAL: Mapping[type[SQLModel], str] = {
    Product: "what is for sale is the same for everybody",
    PricePart: "list prices",
    Tax: "the law's rates",
    FuelMix: "where energy comes from is the same for everybody",
    SpotMonth: "the market's prices",
}


def export(db: Session, subject: DataSubject) -> Iterable[Record]:
    """The customer's contracts, oldest first, and when they were told that a fixed term ends."""
    own = Contract.party_id == subject.party_id
    contracts = select(Contract).where(own).order_by(col(Contract.valid_from), Contract.number)
    notices = select(TermNotice).join(Contract).where(own).order_by(col(TermNotice.written_at), Contract.number)
    return chain(records(db, contracts), records(db, notices))
