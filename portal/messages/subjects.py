"""What of their own somebody may write about, and what a thread is about."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal.auth.people import User
from portal.contracts.models import Contract
from portal.contracts.scope import CONTRACTS
from portal.customers.models import Party
from portal.invoices.models import Invoice
from portal.invoices.scope import INVOICES
from portal.kit.errors import NotThere
from portal.messages.models import MessageThread
from portal.messages.records import Thing, ThreadSubject
from portal.sites.models import Occupancy, Site
from portal.sites.scope import OCCUPANCIES


class NoSuchThing(NotThere):
    """No site, contract or invoice of that id that this person may see."""


def sites(db: Session, who: User) -> Sequence[Thing]:
    """The sites that a person may write about, held now or once, by street."""
    return [_place(site) for site in db.exec(_sites_of(who).order_by(Site.street, Site.number))]


def general(who: User) -> ThreadSubject | None:
    """What a thread is about that concerns nothing in particular: the first customer number; None without any."""
    party = who.reach.party
    return ThreadSubject(party.id, party.customer_number) if party else None


def of_site(db: Session, who: User, site_id: UUID) -> ThreadSubject:
    """What a thread is about that concerns a site, for whichever of the person's parties holds or held it.

    Raises NoSuchThing.
    """
    held = (
        select(Site, Party)
        .join(Occupancy, col(Occupancy.site_id) == Site.id)
        .join(Party, col(Party.id) == Occupancy.party_id)
        .where(Site.id == site_id, OCCUPANCIES.visible_to(who))
        .order_by(col(Occupancy.since).desc(), Party.customer_number)
    )
    found = db.exec(held).first()
    if found is None:
        raise NoSuchThing
    site, party = found
    return ThreadSubject(party.id, party.customer_number, site=_place(site))


def of_contract(db: Session, who: User, contract_id: UUID) -> ThreadSubject:
    """What a thread is about that concerns a contract.

    Raises NoSuchThing.
    """
    wanted = (
        select(Contract, Party.customer_number, Site)
        .join(Party, col(Party.id) == Contract.party_id)
        .join(Site, col(Site.id) == Contract.site_id)
        .where(Contract.id == contract_id, CONTRACTS.visible_to(who))
    )
    found = db.exec(wanted).first()
    if found is None:
        raise NoSuchThing
    contract, customer_number, site = found
    return ThreadSubject(contract.party_id, customer_number, _place(site), contract=Thing(contract.id, contract.number))


def of_invoice(db: Session, who: User, invoice_id: UUID) -> ThreadSubject:
    """What a thread is about that concerns an invoice.

    Raises NoSuchThing.
    """
    wanted = (
        select(Invoice, Party.customer_number, Site)
        .join(Party, col(Party.id) == Invoice.party_id)
        .join(Site, col(Site.id) == Invoice.site_id, isouter=True)
        .where(Invoice.id == invoice_id, INVOICES.visible_to(who))
    )
    found = db.exec(wanted).first()
    if found is None:
        raise NoSuchThing
    invoice, customer_number, site = found
    place = _place(site) if invoice.site_id else None
    return ThreadSubject(invoice.party_id, customer_number, place, invoice=Thing(invoice.id, invoice.number))


def of_thread(db: Session, who: User, thread: MessageThread, customer_number: str) -> ThreadSubject:
    """What a thread says it is about, as far as that is the customer's own."""
    site = db.exec(_sites_of(who).where(Site.id == thread.site_id)).first()
    contracts = select(Contract).where(Contract.id == thread.contract_id, col(Contract.party_id).in_(who.parties))
    invoices = select(Invoice).where(Invoice.id == thread.invoice_id, col(Invoice.party_id).in_(who.parties))
    contract, invoice = db.exec(contracts).first(), db.exec(invoices).first()
    return ThreadSubject(
        party_id=thread.party_id,
        customer_number=customer_number,
        site=_place(site) if site else None,
        contract=Thing(contract.id, contract.number) if contract else None,
        invoice=Thing(invoice.id, invoice.number) if invoice else None,
    )


def _sites_of(who: User) -> SelectOfScalar[Site]:
    return select(Site).where(col(Site.id).in_(select(Occupancy.site_id).where(OCCUPANCIES.visible_to(who))))


def _place(site: Site) -> Thing:
    return Thing(site.id, site.number, site.street)
