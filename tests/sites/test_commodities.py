"""Whatever flows to a site is on every page that tells of sites: a commodity needs no page or query of its own."""

from datetime import timedelta

import pytest

from portal.contracts.kinds import ContractKind, Covers
from portal.kit.clock import first_of_month
from portal.kit.i18n import Language
from portal.sites.commodities import Commodity
from tests.consumption.homes import Home
from tests.contracts.register import Register, line
from tests.markup import words

SOLD = {kind.commodity: kind for kind in ContractKind if kind.covers is not Covers.DELIVERY}


class Supplied(Home):
    """A home with a metering point of one commodity, read until yesterday, its contract, and a bill of last month."""

    def __init__(self, house, resident, commodity):
        super().__init__(Register(house.database), resident.party)
        self.kind = SOLD[commodity]
        self.of = self.register.point(self.site, commodity)
        self.readings(resident.today - timedelta(days=1), self.of)
        self.register.taxes()
        product = self.register.product(self.kind)
        self.register.price(product, "energy", "5")
        self.contract = self.register.contract(self.party, self.site, self.of, product, self.kind)
        last = first_of_month(resident.today) - timedelta(days=1)
        self.bill = self.register.bill(self.party, self.site, last, lines=[line(self.contract, 10_000, kwh="1000")])


@pytest.mark.sqlite
@pytest.mark.parametrize("commodity", Commodity)
def test_a_commodity_is_on_every_page_of_sites(house, aino, commodity):
    home = Supplied(house, aino, commodity)
    label, contract = (one.words.said(Language.FI) for one in (commodity.label, home.kind.label))
    pages = {
        f"/consumption?energy={commodity}": commodity.trade.used.said(Language.FI),
        f"/sites/{home.site}": label,
        f"/sites?energy={commodity}": label,
        "/contracts": contract,
        f"/contracts/{home.contract}": contract,
        f"/invoices?energy={commodity}": contract,
        f"/invoices/{home.bill}": contract,
        f"/invoices/{home.bill}/check": label,
    }
    lacking = [page for page, said in pages.items() if said.lower() not in words(aino.browser.open(page)).lower()]
    assert lacking == []
