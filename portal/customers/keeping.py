"""Keeps parties, contact people and mandates as the utility's own systems say they are."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from portal.customers.feed import BillingEntry, Company, ContactPeople, Customer, MandateEntry, Person
from portal.customers.models import (
    BillingDetails,
    ContactDetail,
    ContactKind,
    ContactPerson,
    IdentityCode,
    Mandate,
    MandateSite,
    Party,
)
from portal.kit.crypto import Vault
from portal.kit.feed import Refusal, Verdict, unknown
from portal.kit.mirror import Columns, Kept, Parts, Wanted, ids, mirror, mirror_parts

PARTIES = Kept(Party, ("customer_number",))
DETAILS = Parts(ContactDetail, ("kind", "value"), owner="party_id")
IDENTITY = Parts(IdentityCode, (), frozenset({"encrypted"}), owner="party_id")
BILLING = Kept(BillingDetails, ("party_id",))
CONTACT_PEOPLE = Parts(ContactPerson, ("name", "role"), owner="party_id")
NO_ADDRESS = dict.fromkeys(("street", "postcode", "town", "country"))
MANDATES = Kept(Mandate, ("grantor_id", "grantee_id", "valid_from"))
MANDATE_SITES = Parts(MandateSite, ("site_id",), owner="mandate_id")


def party_ids(db: Session, customer_numbers: Iterable[str]) -> Mapping[str, UUID]:
    """The parties that these customer numbers name, as far as the register knows them."""
    return ids(db, col(Party.customer_number), col(Party.id), customer_numbers)


def keep_customers(db: Session, rows: Sequence[Customer], vault: Callable[[], Vault]) -> list[Verdict]:
    """Keep customers with their contact details; a person's identity code is sealed.

    The vault is asked for when the first person comes: companies need no keys.
    """
    holders = _holders(db, rows)
    return mirror(db, PARTIES, [_party(row, holders, vault) for row in rows], (DETAILS, IDENTITY))


def keep_contact_people(db: Session, rows: Sequence[ContactPeople]) -> list[Verdict]:
    """Keep the contact people of each customer: exactly those."""
    parties = party_ids(db, (row.customer_number for row in rows))
    known = [row for row in rows if row.customer_number in parties]
    owners = [parties[row.customer_number] for row in known]
    people = [[person.model_dump() for person in row.contact_people] for row in known]
    outcomes = iter(mirror_parts(db, CONTACT_PEOPLE, owners, people))
    return [
        next(outcomes) if row.customer_number in parties else unknown("customer", row.customer_number) for row in rows
    ]


def keep_billing(db: Session, rows: Sequence[BillingEntry]) -> list[Verdict]:
    """Keep how customers' bills come."""
    parties = party_ids(db, (row.customer_number for row in rows))
    return mirror(db, BILLING, [_billing(row, parties) for row in rows])


def keep_mandates(db: Session, rows: Sequence[MandateEntry], known_sites: Mapping[str, UUID]) -> list[Verdict]:
    """Keep mandates between customers, limited to sites that are known (ids by number) where they are limited."""
    parties = party_ids(db, (number for row in rows for number in (row.grantor, row.grantee)))
    return mirror(db, MANDATES, [_mandate(row, parties, known_sites) for row in rows], (MANDATE_SITES,))


def sealed(party_id: UUID, identity_code: str, vault: Vault) -> IdentityCode:
    """The row that keeps a party's identity code."""
    return IdentityCode(party_id=party_id, **_sealed(party_id, identity_code, vault))


def _holders(db: Session, rows: Sequence[Customer]) -> dict[str, str]:
    """Whose the business ids of these rows are now: customer numbers by business id."""
    asked = [row.business_id for row in rows if isinstance(row, Company)]
    held = select(Party.business_id, Party.customer_number).where(col(Party.business_id).in_(asked))
    return {business_id: number for business_id, number in db.exec(held) if business_id is not None}


def _party(row: Customer, holders: dict[str, str], vault: Callable[[], Vault]) -> Wanted | Refusal:
    business_id = row.business_id if isinstance(row, Company) else None
    if business_id and holders.setdefault(business_id, row.customer_number) != row.customer_number:
        return Refusal(f"business id {business_id} belongs to customer {holders[business_id]}")
    party = {
        "customer_number": row.customer_number,
        "kind": row.kind,
        "name": row.name,
        "business_id": business_id,
        "language": row.language,
        **(row.address.model_dump() if row.address else NO_ADDRESS),
    }
    return Wanted(party, lambda party_id: {DETAILS: _details(row), IDENTITY: _identity(party_id, row, vault)})


def _details(row: Customer) -> Iterator[Columns]:
    for kind, values in ((ContactKind.EMAIL, row.emails), (ContactKind.PHONE, row.phones)):
        for position, value in enumerate(dict.fromkeys(values)):
            yield {"kind": kind, "value": value, "position": position}


def _identity(party_id: UUID, row: Customer, vault: Callable[[], Vault]) -> Iterator[Columns]:
    if isinstance(row, Person):
        yield _sealed(party_id, row.identity_code, vault())


def _sealed(party_id: UUID, identity_code: str, vault: Vault) -> Columns:
    """The code, sealed for its place, and its blind index."""
    table = str(IdentityCode.__tablename__)
    return {
        "encrypted": vault.seal(identity_code, table=table, column="encrypted", row=party_id),
        "blind_index": vault.blind_index(identity_code),
    }


def _billing(row: BillingEntry, parties: Mapping[str, UUID]) -> Wanted | Refusal:
    if row.customer_number not in parties:
        return unknown("customer", row.customer_number)
    way = {"channel": row.channel, "email": row.bills_to, "reference": row.own_reference}
    return Wanted({"party_id": parties[row.customer_number], **way})


def _mandate(row: MandateEntry, parties: Mapping[str, UUID], known_sites: Mapping[str, UUID]) -> Wanted | Refusal:
    for number in (row.grantor, row.grantee):
        if number not in parties:
            return unknown("customer", number)
    for site in row.sites or ():
        if site not in known_sites:
            return unknown("site", site)
    mandate = {
        "grantor_id": parties[row.grantor],
        "grantee_id": parties[row.grantee],
        "themes": ",".join(sorted(set(row.themes))),
        "every_site": row.sites is None,
        "level": row.level,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
    }
    limits = [{"site_id": known_sites[number]} for number in sorted(set(row.sites or ()))]
    return Wanted(mandate, lambda _: {MANDATE_SITES: limits})
