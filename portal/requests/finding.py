"""Finds what a request is about among what somebody may see."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlmodel import Session, col, select

from portal.auth.people import User
from portal.consumption.registers import queries as registers
from portal.contracts import on_sale
from portal.contracts import queries as contracts
from portal.contracts.kinds import ContractKind
from portal.contracts.models import Contract
from portal.contracts.records import ContractHead
from portal.customers import contact
from portal.customers.contact import Contact
from portal.customers.models import PartyKind
from portal.invoices import queries as invoices
from portal.invoices.kinds import InvoiceKind
from portal.invoices.models import Invoice
from portal.kit import formats
from portal.kit.errors import NotThere
from portal.kit.i18n import Spoken, text
from portal.requests import year_costs
from portal.requests.models import ServiceRequest
from portal.requests.rules import State
from portal.requests.subjects import (
    ContractSubject,
    CustomerSubject,
    InvoiceSubject,
    MeasuringPoint,
    SaleSubject,
    SiteFact,
    SiteSubject,
    Subject,
)
from portal.sites import queries as sites
from portal.sites.models import Site
from portal.sites.records import SitePoint, housing_by_column
from portal.terms import PaymentTerms

S = TypeVar("S", bound=Subject)
OFFERED: Final = 20
"""So many things are offered to choose from; of more, one is found on its own page."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that a request could be about."""

    id: UUID
    title: Spoken | str


@dataclass(frozen=True, slots=True)
class Finder:
    """How one kind of subject is found: by its id, and those to choose from."""

    by_id: Callable[[Session, User, UUID, PaymentTerms, date], Subject]
    choices: Callable[[Session, User, date], Sequence[Choice]]


def by_id(db: Session, who: User, kind: type[S], id_: UUID, terms: PaymentTerms, today: date) -> S:
    """The subject of an id, as the utility's terms let it be handled.

    Raises NotThere.
    """
    found = FINDERS[kind].by_id(db, who, id_, terms, today)
    assert isinstance(found, kind)  # noqa: S101 - each kind has its own finder
    return found


def choices(db: Session, who: User, kind: type[Subject], today: date) -> Sequence[Choice]:
    """What may be chosen, at most so many as are offered."""
    return FINDERS[kind].choices(db, who, today)


def _contract(db: Session, who: User, id_: UUID, _terms: PaymentTerms, today: date) -> ContractSubject:
    found = contracts.by_id(db, who, id_, today)
    others = contracts.at_sites(db, who, [found.site_id], today)
    whose = _customer(db, who, db.get_one(Contract, id_).party_id)
    others = [one for one in others if one.id != id_]
    return ContractSubject(**_of(whose), contract=found, others=others, granted=_granted(db, id_))


def _sale(db: Session, who: User, id_: UUID, terms: PaymentTerms, today: date) -> SaleSubject:
    held = _contract(db, who, id_, terms, today)
    holder = PartyKind.PERSON if held.contract.is_a_persons else PartyKind.COMPANY
    is_sale = held.contract.kind is ContractKind.SALES
    row = db.get_one(Contract, id_)
    offers = [
        one
        for one in (on_sale.products(db, ContractKind.SALES, holder, today) if is_sale else ())
        if one.fixed_months or one.terms.product_id != row.product_id  # a new term is something new
    ]
    point = row.metering_point_id
    year = year_costs.of_point(db, who, point, offers, today) if point and offers else None
    return SaleSubject(**vars(held), offers=offers, year=year)


def _sales(db: Session, who: User, today: date) -> Sequence[Choice]:
    heads = contracts.running(db, who, today, OFFERED)
    return [_choice(one) for one in heads if one.kind is ContractKind.SALES]


def _contracts(db: Session, who: User, today: date) -> Sequence[Choice]:
    return [_choice(one) for one in contracts.not_ended(db, who, today, OFFERED)]


def _choice(one: ContractHead) -> Choice:
    return Choice(one.id, Spoken(lambda language: f"{one.product.said(language)}, {one.street}"))


def _invoice(db: Session, who: User, id_: UUID, terms: PaymentTerms, _today: date) -> InvoiceSubject:
    found = invoices.by_id(db, who, id_)
    referring = invoices.related(db, who, found).referring
    return InvoiceSubject(
        **_of(_customer(db, who, found.party_id)),
        invoice=found.head,
        at_site=db.get_one(Invoice, id_).site_id,
        is_reminded=any(one.kind is InvoiceKind.REMINDER for one in referring),
        granted=_granted(db, id_),
        terms=terms,
    )


def _invoices(db: Session, who: User, _today: date) -> Sequence[Choice]:
    return [Choice(one.id, Spoken(one.title.said)) for one in invoices.due(db, who, OFFERED)]


def _party(db: Session, who: User, id_: UUID, terms: PaymentTerms, today: date) -> CustomerSubject:
    whose = next((one for one in contact.contacts(db, who) if one.party_id == id_), None)
    if whose is None:
        raise NotThere
    offers = on_sale.products(db, ContractKind.SALES, PartyKind(whose.kind), today)
    return CustomerSubject(
        **_of(whose),
        offers=offers,
        holds=contracts.kinds_held(db, who, today),
        rhythm=whose.rhythm,
        due_day=whose.due_day,
        billing=terms.billing,
    )


def _parties(db: Session, who: User, _today: date) -> Sequence[Choice]:
    """One for a person, whatever number of customer numbers they have: the first."""
    first = contact.first(db, who)
    return [Choice(first.party_id, first.name)] if first else []


def _site(db: Session, who: User, id_: UUID, _terms: PaymentTerms, today: date) -> SiteSubject:
    found = sites.by_id(db, who, id_, today)
    held = sorted(found.occupancies, key=lambda one: (one.lasts_on(today), one.since), reverse=True)
    whose = _customer(db, who, held[0].party_id)
    points = sites.points_with_meters(db, who, id_, today)
    return SiteSubject(
        **_of(whose),
        at_site=id_,
        called=found.title,
        is_held=found.is_held,
        points=[MeasuringPoint(one.gsrn, one.commodity) for one in points],
        registers=registers.at_site(db, who, id_),
        facts=list(_facts(db.get_one(Site, id_), points)) if found.is_held else (),
    )


def _facts(site: Site, points: Sequence[SitePoint]) -> Iterator[SiteFact]:
    """What is known of a site and can be wrong."""
    yield SiteFact("site.address", text("Address"), f"{site.street}, {site.postcode} {site.town}")
    for column, (label, value) in housing_by_column(site).items():
        yield SiteFact(f"site.{column}", label, value)
    for point in points:
        if point.main_fuse:
            fuse = text("Main fuse")
            of_many = text("Main fuse, metering point %(gsrn)s", gsrn=formats.grouped(point.gsrn))
            label = of_many if len(points) > 1 else fuse
            yield SiteFact(f"point.main_fuse/{point.gsrn}", label, point.main_fuse)
        for device in point.hanging:
            label = text("%(device)s, serial number", device=device.words)
            yield SiteFact(f"meter.serial/{point.gsrn}/{device.serial}", label, device.serial)


def _sites(db: Session, who: User, today: date) -> Sequence[Choice]:
    return [Choice(one.id, one.title) for one in sites.places(db, who, today) if one.is_held][:OFFERED]


def _granted(db: Session, about_id: UUID) -> frozenset[str]:
    """The codes of what was accepted or done about a thing."""
    yes = col(ServiceRequest.state).in_([State.ACCEPTED, State.DONE])
    return frozenset(db.exec(select(ServiceRequest.kind).where(ServiceRequest.about_id == about_id, yes)))


def _customer(db: Session, who: User, party_id: UUID) -> Contact:
    return next(one for one in contact.contacts(db, who) if one.party_id == party_id)


def _of(whose: Contact) -> dict[str, Any]:
    """What every subject tells of its customer."""
    return {
        "party_id": whose.party_id,
        "customer_number": whose.customer_number,
        "customer": whose.name,
        "postal": whose.address,
    }


FINDERS: Final[Mapping[type[Subject], Finder]] = {
    ContractSubject: Finder(_contract, _contracts),
    SaleSubject: Finder(_sale, _sales),
    InvoiceSubject: Finder(_invoice, _invoices),
    SiteSubject: Finder(_site, _sites),
    CustomerSubject: Finder(_party, _parties),
}
