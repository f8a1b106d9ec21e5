"""The bills of somebody at a site, for the pages of invoices."""

from datetime import date, timedelta

from portal.kit.clock import first_of_month
from tests.contracts.register import line


class Books:
    """An unpaid bill with lines, that of a year before, and one that was paid in between."""

    def __init__(self, register, who):
        self.site = register.site()
        point = register.point(self.site)
        self.sales = register.contract(who.party, self.site, point, register.product())
        self.network = network = register.contract(
            who.party, self.site, point, register.product("network", "Siirto"), "network"
        )
        self.last = first_of_month(who.today) - timedelta(days=1)
        before = date(self.last.year, self.last.month, 1).replace(year=self.last.year - 1)
        before = (before + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        self.due_on = who.today + timedelta(days=13)
        self.unpaid = register.bill(
            who.party,
            self.site,
            self.last,
            cents=9499,
            due_on=self.due_on,
            estimated=True,
            lines=[
                line(self.sales, 3925, kwh="462.318"),
                line(self.sales, 390, code="base", price="3.90"),
                line(network, 3254, kwh="462.318", code="night", estimated=True),
            ],
        )
        self.earlier = register.bill(
            who.party,
            self.site,
            before,
            cents=9039,
            lines=[line(self.sales, 4402, kwh="440"), line(network, 2800, kwh="440")],
        )
        register.payment(self.earlier, 9039, before + timedelta(days=20))
        self.paid = register.bill(who.party, self.site, self.last - timedelta(days=40), cents=7518)
        register.payment(self.paid, 7518, self.last)
