"""What requests can be about, made in one line each."""

from datetime import date
from uuid import UUID, uuid4

from portal.contracts.kinds import ContractKind, Names
from portal.contracts.records import HeldContract
from portal.customers.change_requests import PostalAddress
from portal.requests.subjects import ContractSubject

TODAY = date(2026, 11, 21)
LONG_AGO = date(2020, 1, 1)
POSTAL = PostalAddress("Esimerkkikatu 4", "33100", "Tampere", "FI")
WHOSE = {"party_id": UUID(int=1), "customer_number": "1001", "customer": "Aino Mäkelä", "postal": POSTAL}


def contract(kind=ContractKind.SALES, **more):
    """A contract of a private person."""
    usual = {
        "id": uuid4(),
        "kind": kind,
        "product": Names("Vakaa", "Stadig", "Steady"),
        "street": "Esimerkkikatu 4",
        "first": LONG_AGO,
        "last": None,
        "fixed_until": None,
        "number": "20418733",
        "is_a_persons": True,
        "origin": None,
        "site_id": UUID(int=2),
        "site_number": "412337",
        "site_name": None,
        "postcode": "33100",
        "town": "Tampere",
        "estimated_kwh_a_year": None,
        "gsrn": None,
        "main_fuse": None,
        "signed_on": None,
        "notice_days": 14,
        "contracted_kw": None,
        "billing_minutes": 15,
        "reading_type": None,
        "every_price": (),
    }
    return HeldContract(**usual | more)


def about(held, *others):
    """A contract as a request sees it, and others at its site."""
    return ContractSubject(**WHOSE, contract=held, others=others)
