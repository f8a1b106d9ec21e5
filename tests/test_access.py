"""Who may open what: every address, each kind of person, each one's things. The table is written apart from the guards.

A new address that is not in the table fails; so does a word of one customer in a page of another.
"""

from datetime import date

import pytest
from sqlmodel import select

from portal.consents.models import PermissionRecord
from portal.contracts.models import Contract
from portal.customers.models import Party
from portal.demo import seed
from portal.demo.people import AINO, KARIN, MIKKO, OONA
from portal.invoices.models import Invoice
from portal.kit.db import Database
from portal.sites.models import MeteringPoint, Occupancy, Site
from tests.browser import Browser
from tests.people import House, vault
from tests.portal import routes

HOUSEHOLDS = (AINO, MIKKO, KARIN)
PUBLIC = {
    "/": 303,
    "/sign-in": 200,
    "/sign-in/return": 400,
    "/livez": 200,
    "/.well-known/jwks.json": 200,
    "/.well-known/openid-federation": 200,
    "/oidc/signed-jwks": 200,
}
SIGNED_IN = (
    "/overview",
    "/consumption",
    "/consumption/download",
    "/invoices",
    "/contracts",
    "/consents",
    "/consents/history",
)
ONES_OWN = {"/invoices/{id}": "invoice", "/contracts/{id}": "contract", "/consents/receipts/{id}": "receipt"}
STRONGER = {"/confirm": 200}
POSTS = {"/language", "/csp-report", "/sign-in/bank", "/confirm/bank", "/sign-out", "/consents"}


@pytest.fixture(scope="module")
def house(empty_sqlite, tmp_path_factory):
    """The demo's three households, and somebody who is no customer."""
    path = tmp_path_factory.mktemp("access") / "portal.db"
    path.write_bytes(empty_sqlite.read_bytes())
    database = Database(f"sqlite:///{path}")
    seed.seed(database, vault(), date(2026, 11, 21))
    yield House(database)
    database.engine.dispose()


@pytest.fixture(scope="module")
def browsers(house):
    """A browser for each of the cast, signed in ten minutes ago."""
    return {one.name: house.open_for(one.persona.identity_code, one.name) for one in (*HOUSEHOLDS, OONA)}


@pytest.fixture(scope="module")
def belongings(house):
    """Some ids and words that are one customer's alone, by name."""
    found = {}
    with house.database.reading() as db:
        for one in HOUSEHOLDS:
            party = db.exec(select(Party).where(Party.customer_number == one.customer_number)).one()
            site = db.exec(select(Site).join(Occupancy).where(Occupancy.party_id == party.id)).first()
            invoices = db.exec(select(Invoice).where(Invoice.party_id == party.id).limit(3)).all()
            contracts = db.exec(select(Contract).where(Contract.party_id == party.id).limit(3)).all()
            receipts = db.exec(select(PermissionRecord).where(PermissionRecord.party_id == party.id).limit(3)).all()
            points = db.exec(select(MeteringPoint).where(MeteringPoint.site_id == site.id)).all()
            found[one.name] = {
                "invoice": [invoice.id for invoice in invoices],
                "contract": [contract.id for contract in contracts],
                "receipt": [receipt.id for receipt in receipts],
                "site": site.id,
                "words": {
                    one.customer_number,
                    one.persona.family_name,
                    one.persona.identity_code,
                    site.street,
                    *(invoice.number for invoice in invoices),
                    *(invoice.reference for invoice in invoices),
                    *(contract.number for contract in contracts),
                    *(point.gsrn for point in points),
                },
            }
    return found


def test_every_address_stands_in_the_table():
    known = {*PUBLIC, *SIGNED_IN, *ONES_OWN, *STRONGER}
    served = {route.path for route in routes() if "GET" in route.methods}
    assert served == known, "say in tests/test_access.py who may open it"
    assert {route.path for route in routes() if "POST" in route.methods} == POSTS


@pytest.mark.parametrize("path", PUBLIC)
def test_everybody_may_open_what_is_public(house, path):
    assert Browser(house.app).get(path).status_code == PUBLIC[path]


@pytest.mark.parametrize("path", [*SIGNED_IN, *ONES_OWN, *STRONGER])
def test_nobody_is_sent_to_sign_in(house, path):
    wanted = path.replace("{id}", "00000000-0000-4000-8000-000000000000")
    answer = Browser(house.app).get(wanted)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={wanted}")


@pytest.mark.parametrize("path", SIGNED_IN)
@pytest.mark.parametrize("one", [*HOUSEHOLDS, OONA], ids=lambda one: one.persona.given_names)
def test_a_page_tells_of_nobody_else(browsers, belongings, path, one):
    answer = browsers[one.name].get(path, params={"format": "datahub"} if path.endswith("download") else None)
    assert answer.status_code in ({200, 404} if one is OONA else {200}), path
    for other in HOUSEHOLDS:
        if other is not one:
            told = {word for word in belongings[other.name]["words"] if word in answer.text}
            assert not told, f"{path} tells {one.name} of {other.name}: {told}"


@pytest.mark.parametrize(("path", "kind"), ONES_OWN.items())
def test_ones_own_is_there_and_anothers_looks_as_if_it_were_not(browsers, belongings, path, kind):
    for one in HOUSEHOLDS:
        for mine in belongings[one.name][kind]:
            assert browsers[one.name].get(path.replace("{id}", str(mine))).status_code == 200
            for other in (*HOUSEHOLDS, OONA):
                if other is not one:
                    answer = browsers[other.name].get(path.replace("{id}", str(mine)))
                    assert answer.status_code == 404
                    assert not [word for word in belongings[one.name]["words"] if word in answer.text]


@pytest.mark.parametrize("path", ONES_OWN)
@pytest.mark.parametrize("wrong", ["00000000-0000-4000-8000-000000000000", "1", "x", "%00"])
def test_a_wrong_id_and_a_foreign_one_are_the_same_page(browsers, belongings, path, wrong):
    mikko = browsers[MIKKO.name]
    foreign = mikko.get(path.replace("{id}", str(belongings[AINO.name][ONES_OWN[path]][0])))
    unknown = mikko.get(path.replace("{id}", wrong))
    assert (unknown.status_code, said(unknown)) == (404, said(foreign))


def said(answer):
    """What a page says, without what differs at every rendering."""
    text = answer.text.partition("<main")[2].replace(answer.headers["x-request-id"], "")
    return text[: text.index("<time")] if "<time" in text else text


@pytest.mark.parametrize("path", ["/consumption", "/consumption/download?format=datahub"])
def test_anothers_site_shows_nothing(browsers, belongings, path):
    join = "&" if "?" in path else "?"
    answer = browsers[MIKKO.name].get(f"{path}{join}site={belongings[AINO.name]['site']}")
    assert answer.status_code == 404


@pytest.mark.parametrize("path", sorted(POSTS - {"/csp-report"}))
def test_a_form_from_another_site_does_nothing(house, path):
    browser = Browser(house.app)
    assert browser.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize("path", ["/consents", "/confirm/bank"])
def test_nobody_can_post_what_a_customer_can(house, path):
    answer = Browser(house.app).post(path)
    assert answer.status_code in {303, 401}
    assert "/sign-in" in answer.headers["location"]
