"""What is on sale: the same for everybody who may choose it."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlmodel import Session, col, or_, select

from portal.contracts.charges import Terms
from portal.contracts.kinds import ContractKind, Names
from portal.contracts.models import Product
from portal.contracts.offers import ProductOffer
from portal.contracts.rules import MOST_YEARS
from portal.contracts.tariff_periods import Days
from portal.contracts.terms import terms_of
from portal.customers.models import PartyKind

MOST: Final = 20
MONTHS: Final = 12


def products(db: Session, kind: ContractKind, holder: PartyKind, today: date) -> Sequence[ProductOffer]:
    """The products of a kind of contract that somebody may choose today, by code; none without a price or a VAT rate.

    A fixed term of electricity binds a consumer for two years at most (Act 588/2013): no longer one is offered.
    """
    on_sale = (
        Product.kind == kind,
        col(Product.sold_from) <= today,
        or_(col(Product.sold_until).is_(None), col(Product.sold_until) >= today),
        or_(col(Product.sold_to).is_(None), col(Product.sold_to) == holder),
    )
    found = db.exec(select(Product).where(*on_sale).order_by(col(Product.code)).limit(MOST)).all()
    priced = terms_of(db, [_unpriced(one, today) for one in found], Days(today, today))
    offers = [
        ProductOffer(one.code, Names(one.name_fi, one.name_sv, one.name_en), one.fixed_months, terms)
        for one, terms in zip(found, priced, strict=True)
        if len(terms.vat) == 1 and terms.prices
    ]
    return [one for one in offers if holder is PartyKind.COMPANY or (one.fixed_months or 0) <= MOST_YEARS * MONTHS]


def _unpriced(product: Product, today: date) -> Terms:
    """A product as a contract that lasts for today."""
    kind = ContractKind(product.kind)
    return Terms(product.id, None, product.id, kind, None, today, today, product.billing_minutes)
