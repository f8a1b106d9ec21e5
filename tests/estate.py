"""A company with many sites, the administrator who decides for it, and people with narrower rights."""

from datetime import timedelta
from uuid import uuid4

import numpy as np
import pytest

from portal.consumption import recording
from portal.customers.models import ContactDetail, ContactPerson, Mandate, MandateSite, Party
from portal.invoices.models import Invoice, InvoiceLine
from portal.kit.clock import first_of_month, next_month
from portal.kit.db import Database
from portal.sites.models import Meter, MeteringPoint, Occupancy, Site
from tests.consumption.readings import every
from tests.people import AINO, KARIN, MIKKO, OONA, House, Resident

DAY = timedelta(days=1)
TOWNS = ("Turku", "Tampere", "Äänekoski")
KINDS = ("office", "school", None)
SITES, FEW = 30, 12
THEMES = "billing,consumption,contracts,moves"


class Estate:
    """The company's rows. Site n uses n kWh an hour, and n + 1 the year before; the last has a gap and stands out."""

    def __init__(self, house):
        self.house = house
        self.admin = Resident(house, AINO, "Aino Mäkelä", "1001")
        self.accountant = Resident(house, MIKKO, "Mikko Korhonen", "1002")
        self.clerk = Resident(house, KARIN, "Karin Lindholm", "1003")
        self.mover = Resident(house, OONA, "Oona Virtanen", "1004")
        today = self.admin.today
        self.last = today - (2 if today.day == 2 else 1) * DAY  # some of its month is due, so that gaps are seen
        self.month = first_of_month(self.last)
        with house.database.writing() as db:
            self.company = self._company(db)
            self.sites = [self._site(db, number) for number in range(1, SITES + 1)]
            self.few = self.sites[:FEW]
            self._mandate(db, self.admin, THEMES, "manage")
            self._mandate(db, self.accountant, "billing,consumption", "see", self.few)
            self._mandate(db, self.clerk, "billing", "see")
            self._mandate(db, self.mover, "moves", "see", self.few)

    def act(self, person):
        """The person, newly signed in, acts for the company from now on."""
        person.browser = self.house.open_for(person.code, person.name)
        answer = person.browser.submit("/act-as", {"party": str(self.company)}, page="/overview")
        assert answer.status_code == 303
        return person.browser

    def kwh(self, numbers, *, gap=0):
        """What sites use in the newest month, counted one hour at a time."""
        hours = sum(1 for _ in every(self.month, self.last, length=4).quarter)
        return sum(number * hours for number in numbers) - gap

    def _company(self, db):
        party = Party(id=uuid4(), customer_number="9000", kind="company", name="Malliyhtiö Oy", business_id="9240240-1")
        db.add(party)
        db.flush()
        db.add(ContactDetail(party_id=party.id, kind="email", value="toimisto@malli.example"))
        db.add(ContactPerson(party_id=party.id, name="Pekka Pomo", role="AL02"))
        db.add(ContactPerson(party_id=party.id, name="Pekka Pomo", role="AL05", phone="+358400000001"))
        return party.id

    def _site(self, db, number):
        site = Site(
            id=uuid4(),
            number=f"77{number:04}",
            name=f"=Talo {number}",
            street=f"Mallikatu {number}",
            postcode="20100",
            town=TOWNS[number % len(TOWNS)],
            dwelling=KINDS[number % len(KINDS)],
            residents=86421,
        )
        point = MeteringPoint(
            id=uuid4(), gsrn=f"64300077{number:010}", site_id=site.id, energy="electricity", main_fuse="3 x 250 A"
        )
        db.add(site)
        db.flush()
        db.add(Occupancy(site_id=site.id, party_id=self.company, since=self.last - timedelta(days=900)))
        db.add(point)
        db.flush()
        db.add(Meter(metering_point_id=point.id, serial=f"NEW-{number}", installed_on=self.last - 90 * DAY))
        db.add(
            Meter(
                metering_point_id=point.id,
                serial=f"OLD-{number}",
                installed_on=self.last - 3000 * DAY,
                removed_on=self.last - 90 * DAY,
            )
        )
        self._readings(db, point.id, number)
        self._bill(db, site.id, number)
        return site.id

    def _readings(self, db, point, number):
        before = self.month.replace(year=self.month.year - 1)
        now, then = every(self.month, self.last, length=4), every(before, next_month(before) - DAY, length=4)
        then.milliwatt_hours[:] = (number + 1) * 1_000_000
        now.milliwatt_hours[:] = number * 1_000_000
        if number == SITES:
            now, then.milliwatt_hours[:] = now[np.arange(len(now)) != 5], 1_000_000
        recording.record(db, point, then, self.admin.now)
        recording.record(db, point, now, self.admin.now)

    def _bill(self, db, site, number):
        last = self.month - DAY
        invoice = Invoice(
            id=uuid4(),
            number=f"L{number}",
            party_id=self.company,
            site_id=site,
            issued_on=self.month,
            due_on=self.month + 14 * DAY,
            period_from=first_of_month(last),
            period_to=last,
            net_cents=number * 1000,
            vat_cents=number * 255,
            total_cents=number * 1255,
            reference="13",
            iban="FI2112345600000785",
            bic="NDEAFIHH",
            payee="Esimerkki Energia Oy",
        )
        db.add(invoice)
        db.flush()
        line = {"unit": "month", "unit_price": 1, "vat_percent": 25.5, "code": "basic"}
        names = dict.fromkeys(("name_fi", "name_sv", "name_en"), "Perusmaksu")
        days = {"period_from": invoice.period_from, "period_to": last}
        db.add(
            InvoiceLine(invoice_id=invoice.id, position=1, net_cents=number * 1000, quantity=1, **line, **names, **days)
        )

    def _mandate(self, db, grantee, themes, level, sites=None):
        mandate = Mandate(
            id=uuid4(),
            grantor_id=self.company,
            grantee_id=grantee.party,
            themes=themes,
            every_site=sites is None,
            level=level,
            valid_from=self.last - 100 * DAY,
        )
        db.add(mandate)
        db.flush()
        db.add_all(MandateSite(mandate_id=mandate.id, site_id=site) for site in sites or ())


@pytest.fixture(scope="session")
def estate(empty_sqlite, tmp_path_factory):
    """The company with many sites; tests only look at it."""
    path = tmp_path_factory.mktemp("estate") / "portal.db"
    path.write_bytes(empty_sqlite.read_bytes())
    database = Database(f"sqlite:///{path}")
    yield Estate(House(database))
    database.engine.dispose()
