"""Sites, contracts and bills in a test's database, in one line each."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

from sqlmodel import delete

from portal.auth.reach import Reach
from portal.contracts.kinds import ContractKind, EnergySource
from portal.contracts.models import Contract, FuelMix, PricePart, Product, SpotMonth, Tax
from portal.customers.models import Party
from portal.invoices.models import Invoice, InvoiceLine, InvoiceVat, Payment
from portal.invoices.payment import reference
from portal.kit.packing import pack
from portal.sites.models import MeteringPoint, Occupancy, Site
from tests.people import user

LONG_AGO = date(2020, 1, 1)
IBAN, BIC, PAYEE = "FI2112345600000785", "NDEAFIHH", "Esimerkki Energia Oy"


class Register:
    """What the utility tells, written straight into the tables; every method answers with the row's id."""

    def __init__(self, database):
        self.database = database
        self.counted = 0

    def number(self):
        self.counted += 1
        return self.counted

    def add(self, *rows):
        with self.database.writing() as db:
            for row in rows:
                db.add(row)
                db.flush()
        return rows[0].id

    def party(self):
        number = self.number()
        return self.add(Party(customer_number=f"9{number:05}", kind="person", name=f"Customer {number}"))

    def site(self, street="Esimerkkikatu 4", name=None, **facts):
        number = f"{self.number():06}"
        return self.add(Site(number=number, street=street, name=name, postcode="33100", town="Tampere", **facts))

    def occupancy(self, party, site, since=LONG_AGO, until=None):
        return self.add(Occupancy(party_id=party, site_id=site, since=since, until=until))

    def point(self, site, energy="electricity"):
        gsrn = f"6430000000{self.number():08}"
        return self.add(MeteringPoint(gsrn=gsrn, site_id=site, energy=energy, main_fuse="3 x 25 A"))

    def fuel_mix(self, year, kind="sales", product_code="", co2="50", waste=None, taxes=None, **percents):
        shares = {f"{source}": Decimal(percents.get(source, 0)) for source in EnergySource}
        mix = FuelMix(kind=kind, product_code=product_code, year=year, co2_g_per_kwh=Decimal(co2), **shares)
        mix.nuclear_waste_mg_per_kwh = waste and Decimal(waste)
        mix.fuel_taxes_eur_per_mwh = taxes and Decimal(taxes)
        return self.add(mix)

    def product(self, kind="sales", name="Vakaa", **facts):
        code = f"{name}-{self.number()}"
        return self.add(
            Product(code=code, kind=kind, name_fi=name, name_sv=f"{name} sv", name_en=f"{name} en", **facts)
        )

    def price(self, product, code, price, basis="energy", first=LONG_AGO, last=None, **facts):
        return self.add(
            PricePart(
                product_id=product,
                code=code,
                name_fi=f"Osa {code}",
                name_sv=f"Del {code}",
                name_en=f"Part {code}",
                basis=basis,
                price=Decimal(price),
                valid_from=first,
                valid_to=last,
                **facts,
            )
        )

    def taxes(self):
        vat = [
            Tax(kind="vat", applies_to=kind, rate=Decimal("25.5"), valid_from=LONG_AGO)
            for kind in ContractKind
            if kind is not ContractKind.PURCHASE
        ]
        vat.append(Tax(kind="vat", applies_to="purchase", rate=Decimal(0), valid_from=LONG_AGO))
        return self.add(*vat, Tax(kind="electricity-tax", applies_to="I", rate=Decimal("2.253"), valid_from=LONG_AGO))

    def vat(self, kind, percent, first=LONG_AGO, last=None):
        """A rate of VAT in the place of the one that begins on the same day."""
        with self.database.writing() as db:
            db.exec(delete(Tax).where(Tax.kind == "vat", Tax.applies_to == kind, Tax.valid_from == first))
        return self.add(Tax(kind="vat", applies_to=kind, rate=Decimal(percent), valid_from=first, valid_to=last))

    def contract(self, party, site, point, product, kind="sales", first=LONG_AGO, **facts):
        return self.add(
            Contract(
                number=f"70{self.number():04}",
                party_id=party,
                site_id=site,
                metering_point_id=point,
                product_id=product,
                kind=kind,
                valid_from=first,
                **facts,
            )
        )

    def spot(self, month, prices):
        with self.database.writing() as db:
            db.add(SpotMonth(month=month, prices=pack(prices)))

    def bill(self, party, site, last, *, due_on=None, cents=12550, lines=(), **facts):
        """A bill of the month that ends on a day, of `cents` in all at 25.5 % of VAT."""
        number = f"{self.number():08}"
        net = round(cents / 1.255)
        invoice = Invoice(
            party_id=party,
            site_id=site,
            issued_on=last + timedelta(days=5),
            due_on=due_on or last + timedelta(days=25),
            period_from=last.replace(day=1),
            period_to=last,
            net_cents=net,
            vat_cents=cents - net,
            total_cents=cents,
            reference=reference(f"20{number}"),
            iban=IBAN,
            bic=BIC,
            payee=PAYEE,
            **{"number": number, "kind": "credit" if cents < 0 else "invoice", **facts},
        )
        vat = InvoiceVat(invoice_id=invoice.id, percent=Decimal("25.5"), net_cents=net, vat_cents=cents - net)
        return self.add(invoice, vat, *(line(invoice, place) for place, line in enumerate(lines)))

    def payment(self, invoice, cents, on):
        return self.add(Payment(number=uuid4().hex, invoice_id=invoice, paid_on=on, cents=cents))


def somebody(*parties):
    """A signed-in customer who may see these parties' things."""
    return user(Reach(frozenset(parties)))


def line(contract, cents, *, kwh=None, code="energy", price="10", estimated=False):
    """A line of a bill over all its days, made when the bill is known: of energy, or of one month."""

    def made(invoice, place):
        return InvoiceLine(
            invoice_id=invoice.id,
            position=place,
            contract_id=contract,
            code=code,
            name_fi=f"Rivi {code}",
            name_sv=f"Rad {code}",
            name_en=f"Line {code}",
            period_from=invoice.period_from,
            period_to=invoice.period_to,
            quantity_mwh=None if kwh is None else int(Decimal(kwh) * 1_000_000),
            quantity=None if kwh is not None else Decimal(1),
            unit="month" if kwh is None else "kWh",
            unit_price=Decimal(price),
            vat_percent=Decimal("25.5"),
            net_cents=cents,
            estimated=estimated,
        )

    return made


def counted(made, quantity, unit):
    """The same line of so many of another unit; of None where nothing is counted."""

    def made_so(invoice, place):
        row = made(invoice, place)
        row.quantity, row.unit = quantity and Decimal(quantity), unit
        row.unit_price = row.unit_price if unit else None
        return row

    return made_so
