"""The page that checks a bill, as its receiver, nobody, a stranger, and those with half a mandate meet it."""

import re
from dataclasses import replace
from datetime import timedelta

from portal.auth.reach import Grant, Level, Reach, Theme
from portal.bill_check import queries
from portal.bill_check.rules import Outcome, Why
from portal.consumption import recording
from portal.invoices import queries as invoices
from portal.kit.clock import DAY, first_of_month, start_of
from portal.kit.money import Money
from tests.asked import asking
from tests.consumption.readings import every
from tests.contracts.register import line
from tests.markup import found, table, words
from tests.people import user


class MeteredBill:
    """A month of hours of a kilowatt-hour each, at 10 c/kWh, and a bill of it."""

    def __init__(self, mikko, register, *, too_much=0, since=None, at=None, reading_type=None, **facts):
        self.who, self.database = mikko, register.database
        self.last = first_of_month(mikko.today) - DAY
        self.first = first_of_month(self.last)
        self.hours = every(self.first, self.last, length=4, milliwatt_hours=lambda quarter: quarter * 0 + 1_000_000)
        site = register.site()
        register.occupancy(mikko.party, site, **({"since": since} if since else {}))
        register.taxes()
        self.point, product = register.point(site), register.product()
        register.price(product, "energy", "10")
        contract = register.contract(mikko.party, site, self.point, product, reading_type=reading_type)
        self.come(self.hours, at)
        kwh = len(self.hours) + too_much
        lines = [line(contract, kwh * 10, kwh=kwh)]
        cents = kwh * 10 + round(kwh * 10 * 0.255)
        self.id = register.bill(mikko.party, site, self.last, cents=cents, lines=lines, **facts)
        self.path = f"/invoices/{self.id}/check"

    def come(self, readings, at=None):
        with self.database.writing() as db:
            recording.record(db, self.point, readings, at or self.who.now)

    def corrected(self):
        """Let the first hour have had ten kilowatt-hours more."""
        first = self.hours[:1]
        self.come(replace(first, milliwatt_hours=first.milliwatt_hours + 10_000_000))

    @property
    def page(self):
        return self.who.browser.open(self.path)


def test_a_right_bill_says_first_that_every_line_follows(mikko, register):
    said = words(MeteredBill(mikko, register).page)
    assert "Jokainen rivi täsmää mittaustietoihin ja hintoihin." in said
    assert "Ero 0,00 €" in said
    assert "Mikä poikkeaa" not in said
    assert "Kaikki on mitattu, eikä mitään ole korjattu." in said


def test_the_bill_leads_to_its_check_and_back(mikko, register):
    metered = MeteredBill(mikko, register)
    assert found(mikko.browser.open(f"/invoices/{metered.id}"), f"//a[@href='{metered.path}']")
    assert found(metered.page, f"//a[@class='crumb'][@href='/invoices/{metered.id}']")


def test_a_wrong_line_stands_beside_what_it_should_be_and_leads_to_its_readings(mikko, register):
    metered = MeteredBill(mikko, register, too_much=100)
    kwh = len(metered.hours)
    said = words(metered.page)
    assert "Yksi rivi poikkeaa. Lasku on 12,55 € liian suuri." in said
    compared = table(metered.page, "//section[@aria-labelledby='differs']//table")
    billed, right = (f"{cents / 10:.2f} €".replace(".", ",") for cents in (kwh + 100, kwh))
    assert compared[1:] == [
        [f"Määrä Laskulla {kwh + 100} kWh", f"{kwh + 100} kWh", f"{kwh} kWh"],
        ["Hinta, alv 0 % Laskulla 10,00 c/kWh", "10,00 c/kWh", "10,00 c/kWh"],
        [f"Alv 0 % Laskulla {billed}", billed, right],
        ["Ero", "", "10,00 €"],
    ]
    href, complaint = found(metered.page, "//section[@aria-labelledby='differs']//a/@href")
    assert "Kulutus" in words(mikko.browser.open(href))
    form = mikko.browser.open(complaint)
    assert '<option value="1" selected>' in form.text
    assert 'id="disputed" name="disputed" type="text" value="12,55"' in form.text


def test_what_was_corrected_since_is_told_with_what_it_comes_to(mikko, register):
    metered = MeteredBill(mikko, register, at=start_of(first_of_month(mikko.today)))
    metered.corrected()
    said = words(metered.page)
    assert "Jokainen rivi täsmää" in said  # to what was known then
    assert "1,25 € enemmän kuin laskua tehtäessä tiedossa olleilla" in said
    assert "korjattu Laskutettaessa 24,00 kWh 24,00 kWh 34,00 kWh" in said


def test_where_nobody_knows_what_the_readings_were_those_of_today_are_taken(mikko, register):
    metered = MeteredBill(mikko, register)
    metered.corrected()
    said = words(metered.page)
    assert "mittaustietoja ei enää tiedetä, joten rivit on laskettu nykyisillä mittaustiedoilla" in said
    assert "Yksi rivi poikkeaa. Lasku on 1,25 € liian pieni." in said


def test_the_series_of_the_contract_is_the_one_that_is_read(mikko, register):
    metered = MeteredBill(mikko, register, reading_type="BN02")
    assert "Näiltä päiviltä ei ole täällä mittaustietoja." in words(metered.page)


def test_a_mandate_for_bills_alone_opens_no_readings(mikko, register):
    metered = MeteredBill(mikko, register, too_much=100)
    bills_only = Grant(frozenset({Theme.BILLING}), None, Level.SEE)
    who = user(Reach(frozenset({mikko.party}), (bills_only,), acting_for=mikko.party))
    with metered.database.reading() as db, asking(metered.database) as statements:
        outcome = queries.check(db, who, invoices.by_id(db, who, metered.id))
    assert [(one.outcome, one.why, one.anew) for one in outcome.lines] == [(Outcome.UNCHECKED, Why.NOT_OPEN, ())]
    assert (outcome.difference, outcome.readings) == (Money(0), ())
    assert not any(re.search("reading_month|revision|price_part", one) for one in statements)


def test_who_held_the_site_for_a_part_of_the_days_sees_no_readings_of_them(mikko, register):
    moved_in = first_of_month(first_of_month(mikko.today) - DAY) + timedelta(days=9)
    said = words(MeteredBill(mikko, register, since=moved_in).page)
    assert "Sinulla ei ole oikeutta nähdä näiden päivien mittaustietoja." in said
    assert "Laskun summat täsmäävät." in said


def test_a_credit_note_says_that_only_its_sums_are_checked(mikko, register):
    metered = MeteredBill(mikko, register, refers_to="7")
    assert "Rivi koskee toista laskua: tarkista rivit sieltä." in words(metered.page)


def test_a_bill_without_lines_or_meter_is_a_page_as_well(mikko, register):
    bill = register.bill(mikko.party, None, mikko.today, cents=1255, lines=[line(None, 1000, code="job")])
    assert "Rivi ei liity mihinkään rekisterissä olevaan sopimukseen" in words(
        mikko.browser.open(f"/invoices/{bill}/check")
    )
    bare = register.bill(mikko.party, None, mikko.today, cents=1255)
    assert "laskulla on toinen summa" in words(mikko.browser.open(f"/invoices/{bare}/check"))


def test_nobody_is_sent_to_sign_in_and_a_stranger_finds_nothing(mikko, aino, nobody, register):
    metered = MeteredBill(mikko, register)
    assert nobody.get(metered.path).status_code == 303
    assert aino.browser.get(metered.path).status_code == 404
    assert aino.browser.get("/invoices/1/check").status_code == 404
