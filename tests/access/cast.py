"""The cast: everybody who may knock at a door, in each of the parts that they can play."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

import numpy as np
from sqlalchemy import update
from sqlmodel import col, select

from portal.auth.actions import SESSION_COOKIE
from portal.auth.models import Account, SignedSession
from portal.auth.rules import Way
from portal.consumption import recording
from portal.customers.models import Mandate, MandateSite
from portal.demo.people import AINO, JUHA, KARIN, LANDLORD, LIISA, MIKKO, MINNA, OLAVI, OONA, PETRI, SANNA, VEIKKO
from portal.demo.register import party_id
from portal.kit.clock import start_of
from portal.kit.intervals import Intervals, quarter_of
from portal.sites.models import Meter, MeteringPoint, Occupancy, Site
from tests.access.belongings import Owner
from tests.addresses import Kind
from tests.browser import Browser
from tests.people import House, customer, vault

TUULA, TUULA_NAME = "170466-9551", "Tuula Entinen"
BERTTA, BERTTA_NAME = "110871-956P", "Bertta Laskunen"
MAIJA, MAIJA_NAME = "230293-957A", "Maija Muuttola"
MOVED_OUT = date(2026, 10, 31)
SITE, GSRN, NEW_METER = "899001", "643000000899001015", "AM550-8990017"


@dataclass(frozen=True)
class Person:
    """Somebody in a part: their browser, and whose things they may see now."""

    name: str
    kind: Kind
    browser: Browser
    account: UUID | None = None
    parties: frozenset[UUID] = frozenset()
    sites: frozenset[UUID] | None = None  # None for all
    matters: frozenset[str] | None = None  # None for all
    choices: frozenset[UUID] = frozenset()  # parties that they may choose to act for, themselves included
    known: frozenset[UUID] = frozenset()  # parties whose name and number they may know besides
    known_sites: frozenset[UUID] = frozenset()  # sites whose address they may know: those of the mandates they hold
    lost: frozenset[str] = frozenset()  # texts about what was theirs once

    def may_see(self, owner: Owner) -> bool:
        """Whether something of an owner is within their reach; what belongs to no site is not, for one of few sites."""
        if owner.account is not None:
            return owner.account == self.account
        is_open = self.matters is None or owner.matter is None or owner.matter in self.matters
        return owner.party in self.parties and is_open and (self.sites is None or owner.site in self.sites)


def enter(house: House) -> dict[str, Person]:
    """The whole cast, each signed in ten minutes ago."""
    tuula = _former_holder(house)
    bertta = _with_one_matter(house, BERTTA, BERTTA_NAME, "30199002", "billing")
    maija = _with_one_matter(house, MAIJA, MAIJA_NAME, "30199003", "moves")
    company, veikko = party_id(LANDLORD), party_id(VEIKKO)
    people = [
        Person("nobody", Kind.NOBODY, Browser(house.app)),
        *(_own(house, one) for one in (AINO, MIKKO, KARIN, VEIKKO)),
        _own(house, AINO, kind=Kind.PROVED, minutes=-60),  # so that it lasts for all the tests
        _by_password(house, AINO),
        _own(house, JUHA),
        _acting(house, JUHA, company, Kind.STAND_IN),
        _own(house, SANNA),
        _acting(house, SANNA, company, Kind.BOOKS),
        _acting(house, PETRI, company, Kind.USAGE),
        _acting(house, MINNA, company, Kind.PAPERS),
        _acting_in(house, BERTTA, BERTTA_NAME, bertta, Kind.BILLS),
        _acting_in(house, MAIJA, MAIJA_NAME, maija, Kind.MOVES),
        _own(house, LIISA),
        _acting(house, LIISA, veikko, Kind.STAND_IN),
        _too_late(house, company),
        _stranger(house),
        Person(
            "Tuula, who moved out",
            Kind.OWN,
            house.open_for(TUULA, TUULA_NAME),
            None,
            frozenset({tuula}),
            choices=frozenset({tuula}),
        ),
    ]
    return {person.name: person for person in people}


def switched(house: House, browser: Browser, party: UUID) -> Browser:
    """A browser with the session that acts for another party."""
    answer = browser.submit("/act-as", {"party": str(party)}, page="/overview")
    assert answer.status_code == 303, answer.text
    return Browser(house.app, cookies={SESSION_COOKIE: answer.cookies[SESSION_COOKIE]})


def _own(house, member, *, kind=Kind.OWN, minutes=10):
    browser = house.open_for(member.persona.identity_code, member.name, proved_minutes_ago=minutes)
    name = member.persona.given_names + (", just proved" if kind is Kind.PROVED else "")
    known = _connected(house, party_id(member))
    if known:  # whoever holds nothing themselves begins by acting for another
        browser = switched(house, browser, party_id(member))
    own = frozenset({party_id(member)})
    choices = own | _grantors(house, party_id(member))
    account, sites = _account(house, member), _entrusted(house, party_id(member))
    return Person(name, kind, browser, account, own, choices=choices, known=known, known_sites=sites)


def _by_password(house, member):
    browser = house.open_by(Way.PASSWORD, member.persona.identity_code, member.name)
    own = frozenset({party_id(member)})
    name = f"{member.persona.given_names}, by password"
    return Person(name, Kind.PASSWORD, browser, _account(house, member), own, choices=own | _grantors(house, *own))


def _stranger(house):
    browser = house.open_for(OONA.persona.identity_code, OONA.name)
    return Person("Oona", Kind.STRANGER, browser, _account(house, OONA))


def _acting(house, member, party, kind):
    browser = house.open_for(member.persona.identity_code, member.name)
    browser = switched(house, browser, party)
    known = frozenset({party_id(member)}) | _connected(house, party)
    name = f"{member.persona.given_names} for {'the company' if party == party_id(LANDLORD) else 'Veikko'}"
    sites, matters = _limits(house, party, party_id(member))
    choices = frozenset({party, party_id(member)})
    return Person(name, kind, browser, _account(house, member), frozenset({party}), sites, matters, choices, known)


def _acting_in(house, code, name, party, kind):
    """Somebody who looks after one matter of the company, and is otherwise no customer."""
    company = party_id(LANDLORD)
    browser = switched(house, house.open_for(code, name), company)
    known = frozenset({party}) | _connected(house, company)
    sites, matters = _limits(house, company, party)
    with house.database.reading() as db:
        account = db.exec(select(Account.id).where(Account.identity_index == vault().blind_index(code))).one()
    choices = frozenset({company, party})
    return Person(
        f"{name.split()[0]} for the company",
        kind,
        browser,
        account,
        frozenset({company}),
        sites,
        matters,
        choices,
        known,
    )


def _with_one_matter(house, code, name, number, theme):
    """Add somebody to whom the company gave a mandate to see one matter at every site."""
    party, tie = customer(code, name, number)
    mandate = Mandate(
        grantor_id=party_id(LANDLORD),
        grantee_id=party.id,
        themes=theme,
        every_site=True,
        level="see",
        valid_from=date(2026, 1, 1),
    )
    with house.database.writing() as db:
        db.add(party)
        db.flush()
        db.add_all([tie, mandate])
        return party.id


def _too_late(house, company):
    """Olavi, whose session still has the company chosen, though his mandate ended a year ago."""
    browser = house.open_for(OLAVI.persona.identity_code, OLAVI.name)
    with house.database.writing() as db:
        newest = db.exec(select(SignedSession.id).order_by(col(SignedSession.created_at).desc())).first()
        db.execute(update(SignedSession).where(col(SignedSession.id) == newest).values(acting_for=company))
    own = frozenset({party_id(OLAVI)})
    return Person(
        "Olavi, too late", Kind.OWN, browser, _account(house, OLAVI), own, choices=own, known=frozenset({company})
    )


def _account(house, member):
    with house.database.reading() as db:
        index = vault().blind_index(member.persona.identity_code)
        return db.exec(select(Account.id).where(Account.identity_index == index)).one()


def _limits(house, grantor, grantee):
    """The sites and the matters of a mandate, None for all: read from its own rows."""
    with house.database.reading() as db:
        between = select(Mandate).where(Mandate.grantor_id == grantor, Mandate.grantee_id == grantee)
        mandate = db.exec(between).one()
        of_mandate = select(MandateSite.site_id).where(MandateSite.mandate_id == mandate.id)
        sites = None if mandate.every_site else frozenset(db.exec(of_mandate))
        matters = frozenset(mandate.themes.split(","))
        return sites, None if len(matters) == 4 and mandate.level == "manage" else matters


def _entrusted(house, party):
    with house.database.reading() as db:
        held = select(MandateSite.site_id).join(Mandate).where(Mandate.grantee_id == party)
        return frozenset(db.exec(held))


def _grantors(house, party):
    with house.database.reading() as db:
        return frozenset(db.exec(select(Mandate.grantor_id).where(Mandate.grantee_id == party)))


def _connected(house, party):
    """Parties that gave a mandate to a party or got one from it: each knows the other by name."""
    with house.database.reading() as db:
        return _grantors(house, party) | set(db.exec(select(Mandate.grantee_id).where(Mandate.grantor_id == party)))


def _former_holder(house):
    """Somebody who moved out three weeks ago; Minna moved in, and got a new meter."""
    party, tie = customer(TUULA, TUULA_NAME, "30199001")
    site = Site(id=uuid4(), number=SITE, street="Muuttotie 1", postcode="33100", town="Tampere")
    point = MeteringPoint(id=uuid4(), gsrn=GSRN, site_id=site.id, energy="electricity")
    stays = [
        Occupancy(site_id=site.id, party_id=party.id, since=date(2024, 1, 1), until=MOVED_OUT),
        Occupancy(site_id=site.id, party_id=party_id(MINNA), since=MOVED_OUT + timedelta(days=1)),
    ]
    meter = Meter(metering_point_id=point.id, serial=NEW_METER, installed_on=MOVED_OUT + timedelta(days=5))
    with house.database.writing() as db:
        for rows in ([party, site], [tie, point, *stays], [meter]):
            db.add_all(rows)
            db.flush()
        for day, kwh in ((date(2026, 10, 20), 13), (date(2026, 11, 10), 4321)):
            recording.record(db, point.id, _a_day(day, kwh), house.now)
        return party.id


def _a_day(day, kwh):
    quarters = np.arange(quarter_of(start_of(day)), quarter_of(start_of(day + timedelta(days=1))))
    each = np.full_like(quarters, kwh * 1_000_000 // len(quarters))
    return Intervals(quarters, np.ones_like(quarters), each, np.zeros(len(quarters), np.uint8))
