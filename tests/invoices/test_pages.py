"""The invoice pages, as a customer, nobody, a stranger, somebody who mistypes, and htmx meet them."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select, update

from portal.consumption import recording
from portal.consumption.models import RevisionReason
from portal.contracts.models import Product
from portal.customers.models import Party
from portal.invoices.models import Invoice, InvoiceLine
from portal.kit.clock import DAY, first_of_month, start_of
from portal.sites.kinds import ReadingType
from tests.consumption.readings import every
from tests.contracts.register import counted, line
from tests.markup import found, words
from tests.people import AINO


def test_the_list_shows_what_is_to_be_paid_and_every_bill(aino, books):
    said = words(aino.browser.open("/invoices"))
    assert "Maksettavaa 94,99 €" in said
    assert "13 päivän" in said
    assert "Avoimet laskut Maksettavaa 94,99 €" in said
    assert "Yhteensä 3 laskua" in said
    assert "260,56 €" in said
    assert "Laskut 12 kuukaudelta" in said


def test_a_month_has_an_average_after_a_year_of_bills(aino, register, books):
    assert "keskimäärin" in words(aino.browser.open("/invoices"))


def test_after_the_first_bill_there_is_no_average_yet(mikko, register):
    register.bill(mikko.party, None, first_of_month(mikko.today) - DAY, cents=4390)
    said = words(mikko.browser.open("/invoices"))
    assert "Laskut olivat yhteensä 43,90 €" in said
    assert "keskimäärin" not in said


def test_an_overdue_bill_is_said_above_the_list(aino, register, books):
    due_on = aino.today - timedelta(days=20)
    late = register.bill(aino.party, None, books.last, cents=8640, due_on=due_on)
    answer = aino.browser.open("/invoices")
    assert "Lasku 86,40 €" in words(answer)
    assert f'href="/invoices/{late}#pay"' in answer.text
    assert "Laskun eräpäivä oli" in words(answer)


def test_who_owes_nothing_reads_so(aino, register, books):
    register.payment(books.unpaid, 9499, aino.today)
    assert "Avoimia laskuja ei ole" in words(aino.browser.open("/invoices"))


def test_who_has_no_bills_reads_what_will_come(oona):
    assert "Laskuja ei vielä ole" in words(oona.open("/invoices"))


def test_one_bill_shows_all_it_says(aino, books):
    said = words(aino.browser.open(f"/invoices/{books.unpaid}"))
    assert "FI21 1234 5600 0007 85" in said
    assert "462,318 kWh 10,00 c/kWh 25,5 % 39,25 €" in said
    assert "1 kk 3,90 €/kk" in said
    assert "Arvioitu kulutus" in said
    assert "Osa laskusta on arvioitu" in said
    assert "Yhteensä ilman arvonlisäveroa 75,69 €" in said
    assert "Arvonlisävero 25,5 % summasta 75,69 € 19,30 €" in said
    assert "Sähkö 462 kWh" in said
    assert "Vero lasketaan kerran kutakin verokantaa kohti" in said
    assert "462,318 kWh 49,26 €" in said, "with VAT, before the fold"
    assert said.index("462,318 kWh 49,26 €") < said.index("Hinnat ja summat ilman arvonlisäveroa")
    assert "kuluttajariita.fi" in said
    assert "kuluttajariitalautakuntaan" in said
    assert "sahkonhinta.fi" in said


@pytest.mark.parametrize(
    ("of", "price", "said"),
    [
        (("1", "pcs"), "5", "1 kpl × 5,00 €"),
        (("0.8", "m3"), "12.5", "0,8 m³ × 12,50 €/m³"),
        (("1.5", "MWh"), "71.2", "1,5 MWh × 71,20 €/MWh"),
        (("4", "kvarh"), "2.5", "4 kvarh × 2,50 €/kvarh"),
        (("31", "day"), "0.16", "31 pv × 0,16 €/pv"),
        (("3.6", "kW"), "0.95", "3,6 kW × 0,95 €/kW"),
        (("1", "month"), "3.9", "1 kk × 3,90 €/kk"),
        ((None, None), "1", "Rivi energy – – 25,5 % 10,00 €"),
    ],
)
def test_a_line_counts_in_the_unit_it_was_told_in(mikko, register, of, price, said):
    bill = register.bill(
        mikko.party, None, mikko.today, cents=1255, lines=[counted(line(None, 1000, price=price), *of)]
    )
    assert said in words(mikko.browser.open(f"/invoices/{bill}"))


@pytest.mark.parametrize(
    ("kind", "said"), [("heat", "0,4623 MWh × 100,00 €/MWh"), ("sales", "462,3 kWh × 10,00 c/kWh")]
)
def test_heat_is_billed_by_the_megawatt_hour_as_its_contract_says(mikko, register, kind, said):
    site = register.site()
    contract = register.contract(mikko.party, site, register.point(site), register.product(kind), kind)
    bill = register.bill(mikko.party, site, mikko.today, cents=5802, lines=[line(contract, 4623, kwh="462.3")])
    assert said in words(mikko.browser.open(f"/invoices/{bill}"))


def test_what_was_used_of_heat_stands_in_the_unit_of_its_lines(mikko, register):
    site = register.site()
    contract = register.contract(mikko.party, site, register.point(site, "heat"), register.product("heat"), "heat")
    bill = register.bill(mikko.party, site, mikko.today, cents=5802, lines=[line(contract, 4623, kwh="1520.548")])
    said = words(mikko.browser.open(f"/invoices/{bill}"))
    assert "Kaukolämpö 1,521 MWh" in said
    assert "kWh" not in said


@pytest.fixture
def metered(mikko, register):
    """A bill of a month, by hours of one kilowatt-hour each."""
    return MeteredBill(mikko, register)


class MeteredBill:
    def __init__(self, mikko, register, missing=0, reading_type=None, arriving=None, at=None):
        self.mikko, self.database = mikko, register.database
        self.last = first_of_month(mikko.today) - DAY
        self.hours = every(
            first_of_month(self.last), self.last, length=4, milliwatt_hours=lambda quarter: quarter * 0 + 1_000_000
        )
        site = register.site()
        register.occupancy(mikko.party, site)
        self.point = register.point(site)
        contract = register.contract(mikko.party, site, self.point, register.product(), reading_type=reading_type)
        self.come(self.hours[missing:], arriving or ReadingType(reading_type or "BN01"), at)
        lines = [line(contract, 10000, kwh=len(self.hours))]
        self.path = f"/invoices/{register.bill(mikko.party, site, self.last, lines=lines)}"

    def come(self, readings, kind=ReadingType.METERED, at=None):
        with self.database.writing() as db:
            recording.record(db, self.point, readings, at or self.mikko.now, kind)

    def corrected(self, kind=ReadingType.METERED):
        """Let the first hour have had two and a half kilowatt-hours more; what was billed."""
        first = self.hours[:1]
        self.come(replace(first, milliwatt_hours=first.milliwatt_hours + 2_500_000), kind)
        return len(self.hours)

    @property
    def said(self):
        return words(self.mikko.browser.open(self.path))


def test_a_bill_says_when_its_readings_were_corrected_after_it(metered):
    assert "korjattu laskun jälkeen" not in metered.said
    kwh = metered.corrected()
    assert (
        f"Mittaustietoja on korjattu laskun jälkeen Energia Sähkö Laskulla {kwh} kWh Mittaustiedot nyt {kwh + 2},5 kWh "
        "Syy Mittauksesta vastaavan korjaus Korjaamme eron myöhemmällä laskulla. Näytä korjattu kulutus"
    ) in metered.said


def test_energy_that_two_lines_charge_for_the_same_days_is_billed_once(mikko, register):
    metered = MeteredBill(mikko, register)
    with metered.database.writing() as db:
        price = db.exec(select(InvoiceLine)).one()
        db.add(InvoiceLine(**price.model_dump(exclude={"id", "position", "code"}), position=1, code="margin"))
    kwh = metered.corrected()
    assert f"Laskulla {kwh} kWh Mittaustiedot nyt {kwh + 2},5 kWh" in metered.said


def test_it_tells_what_was_known_when_it_was_made_and_why_that_was_corrected(mikko, register):
    metered = MeteredBill(mikko, register, at=start_of(first_of_month(mikko.today)))
    kwh = metered.corrected()
    with metered.database.writing() as db:
        days = {"first_day": first_of_month(metered.last), "last_day": metered.last, "told_at": metered.mikko.now}
        db.add(RevisionReason(metering_point_id=metered.point, reading_type="BN01", cause="wrong-constant", **days))
    assert (
        f"Mittaustiedot laskua tehtäessä {kwh} kWh Mittaustiedot nyt {kwh + 2},5 kWh Syy Väärä mittarikerroin"
    ) in metered.said


def test_a_bill_is_read_again_by_the_series_that_its_contract_is_billed_by(mikko, register):
    metered = MeteredBill(mikko, register, reading_type="BN02")
    metered.come(metered.hours)
    metered.corrected()
    assert "korjattu laskun jälkeen" not in metered.said
    kwh = metered.corrected(ReadingType.NETTED)
    assert f"Laskulla {kwh} kWh Mittaustiedot nyt {kwh + 2},5 kWh" in metered.said
    assert "&amp;series=BN02" in mikko.browser.open(metered.path).text


def test_a_contract_that_names_no_series_is_billed_by_the_first_that_the_point_has(mikko, register):
    metered = MeteredBill(mikko, register, arriving=ReadingType.NETTED)
    kwh = metered.corrected(ReadingType.NETTED)
    assert f"Laskulla {kwh} kWh Mittaustiedot nyt {kwh + 2},5 kWh" in metered.said


def test_the_corrected_consumption_is_a_link_that_leads_to_it(metered):
    metered.corrected()
    (href,) = re.findall(r'href="(/consumption\?from=[^"]+)"', metered.mikko.browser.open(metered.path).text)
    said = words(metered.mikko.browser.open(href.replace("&amp;", "&")))
    assert "Korjatut arvot" in said


def test_a_correction_of_less_than_a_kilowatt_hour_makes_no_other_bill(metered):
    corrected = metered.hours[:1]
    metered.come(replace(corrected, milliwatt_hours=corrected.milliwatt_hours + 900_000))
    assert "korjattu laskun jälkeen" not in metered.said


def test_where_readings_are_missing_nobody_knows_what_the_bill_should_have_been(mikko, register):
    metered = MeteredBill(mikko, register, missing=1)
    corrected = metered.hours[1:2]
    metered.come(replace(corrected, milliwatt_hours=corrected.milliwatt_hours + 2_500_000))
    assert "korjattu laskun jälkeen" not in metered.said
    metered.come(metered.hours[:1])
    assert "korjattu laskun jälkeen" in metered.said


def test_the_payment_data_can_be_copied_and_scanned(aino, books):
    source = aino.browser.open(f"/invoices/{books.unpaid}").text
    copied = re.findall(r'data-copy="([^"]+)"', source)
    everything, barcode, iban, reference, amount = copied[:5]
    assert (iban, amount) == ("FI2112345600000785", "94,99")
    assert re.fullmatch(r"4[0-9]{53}", barcode)
    assert barcode.endswith(f"{books.due_on:%y%m%d}")
    assert everything.split("\n") == ["Esimerkki Energia Oy", iban, reference, amount]
    assert source.count('role="img"') == 3  # with the bar of its parts


def test_a_bill_is_compared_with_that_of_a_year_before(aino, books):
    answer = aino.browser.open(f"/invoices/{books.unpaid}")
    assert "Lasku on 4,60 € suurempi kuin vuosi sitten." in words(answer)
    assert f'href="/invoices/{books.earlier}"' in answer.text
    assert "Suurin syy: perusmaksut +3,90 €." in words(answer)
    assert "Kulutus 462 kWh, aiemmin 440 kWh +3,65 €" in words(answer)
    assert "Vuoden takaa ei ole laskua" not in words(answer)


def test_a_bill_is_compared_with_the_previous_one(aino, register, books):
    lines = [line(books.sales, 3500, kwh="400"), line(books.network, 3000, kwh="400")]
    until = books.last.replace(day=1) - timedelta(days=1)
    previous = register.bill(aino.party, books.site, until, cents=8158, lines=lines)
    answer = aino.browser.open(f"/invoices/{books.unpaid}")
    assert "Lasku on 13,41 € suurempi kuin edellinen lasku." in words(answer)
    led_to = found(answer, "//section[@aria-labelledby='change']//a/@href")
    assert f"/invoices/{previous}" in led_to
    assert any(f"from={until.replace(day=1)}&to={until}" in href for href in led_to if "/consumption" in href)


def test_nothing_is_made_up_where_there_is_no_bill_to_compare_with(aino, books):
    said = words(aino.browser.open(f"/invoices/{books.earlier}"))
    assert "Vuoden takaa ei ole laskua samoilta päiviltä, joten siihen ei voi verrata." in said
    assert "suurempi kuin" not in said


def test_bills_of_other_contracts_are_not_compared(aino, register, books):
    about = {"lines": [line(books.sales, 4000, kwh="440")], "cents": 5020}
    with_network_later = register.bill(aino.party, books.site, books.last, **about)
    said = words(aino.browser.open(f"/invoices/{with_network_later}"))
    assert "Vuosi sitten tämän käyttöpaikan lasku koski eri sopimuksia kuin nyt" in said


def test_a_bill_is_split_into_energy_distribution_and_taxes(aino, books):
    shown = aino.browser.open(f"/invoices/{books.unpaid}")
    assert "Energia 43,15 € Sähkönsiirto 32,54 € Verot 19,30 €" in words(shown)
    assert len(found(shown, "//svg[@class='split__bar']/rect")) == 3


def test_a_bill_says_where_its_energy_came_from_and_what_that_emitted(aino, register, books):
    year = books.last.year
    register.fuel_mix(year - 2, renewable="90", fossil="10")
    register.fuel_mix(year - 1, renewable="60.5", nuclear="29.5", fossil="10", co2="41.5", waste="0.75")
    register.fuel_mix(year + 1, renewable="100")
    register.fuel_mix(year - 1, "heat", peat="100")

    answer = aino.browser.open(f"/invoices/{books.unpaid}")

    assert words(answer, "//section[@aria-labelledby='origins']").startswith(
        f"Energialähteet ja päästöt Sähkö {year - 1} Uusiutuvat energialähteet 60,5 % Ydinvoima 29,5 % "
        "Fossiiliset polttoaineet 10 % Hiilidioksidi 41,5 g/kWh Käytetty ydinpolttoaine 0,75 mg/kWh "
        "Tämän laskun hiilidioksidi 19 kg"  # 462.318 kWh
    )


def test_the_sources_of_a_product_count_before_those_of_its_kind(aino, register, books):
    year = books.last.year
    with register.database.reading() as db:
        code = db.exec(select(Product.code).where(Product.kind == "sales")).one()
    register.fuel_mix(year - 1, renewable="40", fossil="60")
    register.fuel_mix(year - 2, product_code=code, renewable="100", co2="0")
    said = words(aino.browser.open(f"/invoices/{books.unpaid}"), "//section[@aria-labelledby='origins']")
    assert f"Sähkö {year - 2} Uusiutuvat energialähteet 100 % Hiilidioksidi 0 g/kWh" in said
    assert "hiilidioksidi 0 kg" in said
    assert "Fossiiliset" not in said


def test_heat_tells_the_taxes_of_its_fuels_and_leads_to_other_years(mikko, register):
    site = register.site()
    contract = register.contract(mikko.party, site, register.point(site, "heat"), register.product("heat"), "heat")
    last = first_of_month(mikko.today) - DAY
    bill = register.bill(mikko.party, site, last, cents=9000, lines=[line(contract, 7000, kwh="812")])
    register.fuel_mix(last.year - 1, "heat", surplus_heat="75", peat="25", co2="48.7", taxes="2.8")

    answer = mikko.browser.open(f"/invoices/{bill}")

    said = words(answer, "//section[@aria-labelledby='origins']")
    assert f"Kaukolämpö {last.year - 1} Hukkalämpö 75 % Turve 25 % Hiilidioksidi 48,7 g/kWh" in said
    assert "Polttoaineiden verot 2,80 €/MWh Tämän laskun hiilidioksidi 40 kg" in said
    [href] = found(answer, "//section[@aria-labelledby='origins']//a/@href")
    assert mikko.browser.open(href).status_code == 200


def test_nothing_is_said_of_sources_that_nobody_told_of(aino, register, books):
    register.fuel_mix(books.last.year - 1, "gas", fossil="100")
    assert "Energialähteet" not in words(aino.browser.open(f"/invoices/{books.unpaid}"))


def test_the_contracts_of_a_bill_say_how_long_they_hold_and_who_sells_and_distributes(aino, register, books):
    fixed = {"fixed_until": aino.today + timedelta(days=400), "notice_days": 30}
    contract = register.contract(aino.party, books.site, register.point(books.site), register.product(), **fixed)
    sold = register.bill(aino.party, books.site, books.last, cents=5020, lines=[line(contract, 4000, kwh="440")])
    said = words(aino.browser.open(f"/invoices/{sold}"))
    assert f"1.1.2020 alkaen Voimassaolo määräaikainen, {fixed['fixed_until']:%-d.%-m.%Y} asti" in said
    assert "Irtisanomisaikasi 30 päivää" in said
    assert "Laskun sähkön myy Esimerkki Energia Oy. Alueen verkkoyhtiö siirtää sähkön" in said
    assert "Laskun sähkön myy ja siirtää Esimerkki Energia Oy." in words(aino.browser.open(f"/invoices/{books.unpaid}"))


def test_two_years_of_use_are_a_picture_with_a_table_behind(aino, register, books):
    assert "Kahden vuoden kulutus" not in words(aino.browser.open(f"/invoices/{books.unpaid}"))  # of two months
    until = books.last.replace(day=1) - timedelta(days=1)
    register.bill(aino.party, books.site, until, lines=[line(books.sales, 3500, kwh="400")])
    shown = aino.browser.open(f"/invoices/{books.unpaid}")
    assert len(found(shown, "//section[@aria-labelledby='two-years']//svg[@role='img']/rect")) == 24
    assert len(found(shown, "//section[@aria-labelledby='two-years']//tbody/tr[td != '–']")) == 3


@pytest.mark.parametrize(("kind", "board"), [("person", "kuluttajariita.fi"), ("company", "energiamarkkinariita")])
def test_the_dispute_body_is_that_of_the_customer(aino, register, books, kind, board):
    with register.database.writing() as db:
        db.exec(update(Party).where(Party.id == aino.party).values(kind=kind))
    said = words(aino.browser.open(f"/invoices/{books.unpaid}"))
    assert board in said
    assert ("kuluttajaneuvonnasta" in said) is (kind == "person")
    assert "Motiva (motiva.fi)" in said


def test_a_companys_bill_of_something_else_names_no_board_of_electricity(aino, register, books):
    with register.database.writing() as db:
        db.exec(update(Party).where(Party.id == aino.party).values(kind="company"))
    fee = register.bill(aino.party, books.site, books.last, cents=1000)
    said = words(aino.browser.open(f"/invoices/{fee}"))
    assert "energiamarkkinariita" not in said
    assert "Motiva (motiva.fi)" in said


def test_offers_of_electricity_are_pointed_at_only_where_electricity_is_sold(aino, books):
    assert "sahkonhinta.fi" not in words(aino.browser.open(f"/invoices/{books.paid}"))


def test_a_paid_bill_says_so_and_asks_for_nothing(aino, books):
    source = aino.browser.open(f"/invoices/{books.paid}")
    assert "Lasku on maksettu." in words(source)
    assert "data-copy" not in source.text


def test_a_part_that_was_paid_is_left_out_of_the_codes(aino, register, books):
    register.payment(books.unpaid, 5000, aino.today)
    answer = aino.browser.open(f"/invoices/{books.unpaid}")
    assert "Maksettavaa 44,99 €" in words(answer)
    assert re.search(r'data-copy="4[0-9]{16}00004499', answer.text)
    assert "Maksettu 50,00 €, jäljellä 44,99 €" in words(aino.browser.open("/invoices"))


def test_a_credit_note_is_money_back_and_falls_due_on_no_day(aino, register, books):
    due_on = aino.today + timedelta(days=99)
    credit = register.bill(aino.party, books.site, books.last, cents=-4157, due_on=due_on)
    said = words(aino.browser.open(f"/invoices/{credit}"))
    assert "Hyvityslasku," in said
    assert "Hyvitämme sinulle 41,57 €" in said
    assert "Eräpäivä" not in said
    assert f"{due_on:%-d.%-m.%Y}" not in words(aino.browser.open("/invoices?show=credit"))
    assert "\u221241,57 €" in words(aino.browser.open("/invoices?show=credit"))


def test_a_credit_note_that_was_settled_promises_nothing_more(aino, register, books):
    credit = register.bill(aino.party, books.site, books.last, cents=-4157)
    register.payment(credit, -4157, aino.today)
    said = words(aino.browser.open(f"/invoices/{credit}"))
    assert "Hyvitys 41,57 € on maksettu sinulle tai vähennetty toisesta laskusta." in said
    assert "Hyvitämme" not in said


def test_a_credit_note_and_its_bill_lead_to_each_other(aino, register, books):
    number = words(aino.browser.open(f"/invoices/{books.paid}")).partition("Laskun numero ")[2].split()[0]
    credit = register.bill(aino.party, books.site, books.last, cents=-7518, refers_to=number)
    shown = aino.browser.open(f"/invoices/{credit}")
    assert found(shown, "//dt[.='Hyvittää laskun']/following-sibling::dd[1]/a/@href") == [f"/invoices/{books.paid}"]
    bill = aino.browser.open(f"/invoices/{books.paid}")
    assert f'<a href="/invoices/{credit}">' in bill.text
    assert "Maksettavaa ei ole jäljellä: lasku on hyvitetty." in words(bill)


def test_a_bill_that_was_credited_before_it_was_paid_is_asked_for_nowhere(aino, register, books):
    number = words(aino.browser.open(f"/invoices/{books.unpaid}")).partition("Laskun numero ")[2].split()[0]
    register.bill(aino.party, books.site, books.last, cents=-9499, refers_to=number)
    page = aino.browser.open(f"/invoices/{books.unpaid}")
    assert "Maksettavaa ei ole jäljellä: lasku on hyvitetty." in words(page)
    assert "Hyvitetty" in words(page)
    assert "data-copy" not in page.text
    assert "Avoimia laskuja ei ole" in words(aino.browser.open("/invoices"))
    assert "Avoimia laskuja ei ole" in words(aino.browser.open("/overview"))
    assert f"/invoices/{books.unpaid}" in aino.browser.open("/invoices?show=credit").text
    assert f"/invoices/{books.unpaid}" not in aino.browser.open("/invoices?show=paid").text


def test_a_bill_that_is_not_in_the_register_is_named_without_a_link(aino, mikko, register, books):
    strangers = register.bill(mikko.party, None, books.last, cents=100)
    number = words(mikko.browser.open(f"/invoices/{strangers}")).partition("Laskun numero ")[2].split()[0]
    credit = register.bill(aino.party, books.site, books.last, cents=-100, refers_to=number)
    page = aino.browser.open(f"/invoices/{credit}")
    assert f"Hyvittää laskun {number}" in words(page)
    assert str(strangers) not in page.text


def test_a_reminder_leads_to_the_bill_that_it_reminds_of(aino, register, books):
    number = words(aino.browser.open(f"/invoices/{books.unpaid}")).partition("Laskun numero ")[2].split()[0]
    lines = [counted(line(None, 500, code="reminder", price="5"), "1", "pcs")]
    reminder = register.bill(
        aino.party, books.site, books.last, cents=500, lines=lines, refers_to=number, kind="reminder"
    )
    page = aino.browser.open(f"/invoices/{reminder}")
    assert "Maksumuistutus, " in words(page)
    assert found(page, "//dt[.='Koskee laskua']/following-sibling::dd[1]/a/@href") == [f"/invoices/{books.unpaid}"]
    assert f'<a href="/invoices/{reminder}">' in aino.browser.open(f"/invoices/{books.unpaid}").text


def test_a_bill_of_nothing_asks_for_nothing_and_thanks_for_nothing(aino, register, books):
    nothing = register.bill(aino.party, books.site, books.last, cents=0)
    said = words(aino.browser.open(f"/invoices/{nothing}"))
    assert "Laskussa ei ole maksettavaa." in said
    assert "on maksettu" not in said
    assert "Eräpäivä" not in said


def test_what_was_paid_too_much_is_said_and_what_becomes_of_it(aino, register, books):
    bill = register.bill(aino.party, books.site, books.last, cents=1255)
    register.payment(bill, 2000, aino.today)
    said = words(aino.browser.open(f"/invoices/{bill}"))
    assert "Lasku on maksettu, ja maksoit 7,45 € liikaa. Vähennämme liikaa maksetun seuraavasta laskustasi." in said
    assert "Maksettu 7,45 € liikaa" in words(aino.browser.open("/invoices"))
    register.payment(bill, -745, aino.today)  # it went back
    assert "Lasku on maksettu. Kiitos." in words(aino.browser.open(f"/invoices/{bill}"))


@pytest.mark.parametrize(
    ("due", "paid", "said"),
    [
        (timedelta(days=9), 0, "ota yhteyttä ennen eräpäivää"),
        (timedelta(days=-20), 0, "ota heti yhteyttä ja maksa se osa, jota et kiistä"),
        (timedelta(days=9), 1255, "Jos jokin laskussa näyttää väärältä, ota yhteyttä."),
    ],
)
def test_when_to_complain_fits_the_bill(aino, register, books, due, paid, said):
    bill = register.bill(aino.party, books.site, books.last, cents=1255, due_on=aino.today + due)
    register.payment(bill, paid, aino.today)
    assert said in words(aino.browser.open(f"/invoices/{bill}"))


def test_a_bill_without_a_barcode_speaks_of_none(mikko, register):
    bill = register.bill(mikko.party, None, mikko.today, cents=1255)
    with register.database.writing() as db:
        db.get(Invoice, bill).iban = "DE89370400440532013000"
    assert "viivakoodi" not in words(mikko.browser.open(f"/invoices/{bill}"))


def test_two_bills_of_a_month_are_told_apart_wherever_they_stand(aino, register, books):
    heat = register.contract(
        aino.party, books.site, register.point(books.site, "heat"), register.product("heat"), "heat"
    )
    register.bill(aino.party, books.site, books.last, cents=6100, lines=[line(heat, 4861, kwh="600")])
    register.occupancy(aino.party, books.site)
    for path in ("/invoices", f"/sites/{books.site}"):
        page = words(aino.browser.open(path))
        assert re.search(r"20\d\d, kaukolämpö", page)
        assert re.search(r"20\d\d, sähkö\b", page)
    assert re.search(r"20\d\d, (sähkö|kaukolämpö)\b", words(aino.browser.open("/overview")))


@pytest.mark.parametrize(("language", "word"), [("fi", "Lasku,"), ("sv", "Faktura,"), ("en", "Invoice,")])
def test_every_language_has_its_own_words(house, aino, books, language, word):
    browser = house.open_for(AINO, aino.name, language=language)
    assert f"<h1>{word} " in browser.open(f"/invoices/{books.unpaid}").text
    browser.open("/invoices")


def test_nobody_is_sent_to_sign_in(nobody, books):
    for path in ("/invoices", f"/invoices/{books.unpaid}"):
        answer = nobody.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={path}")


def test_a_stranger_finds_nothing(mikko, oona, books):
    for browser in (mikko.browser, oona):
        browser.open(f"/invoices/{books.unpaid}", status=404)
        assert "94,99" not in browser.open("/invoices").text


@pytest.mark.parametrize("wrong", [uuid4(), "1", "%00", "x" * 500])
def test_a_wrong_id_finds_nothing(aino, books, wrong):
    aino.browser.open(f"/invoices/{wrong}", status=404)


@pytest.mark.parametrize(
    "question",
    [{"page": "x"}, {"page": "99999"}, {"year": "x"}, {"year": "0000"}, {"year": "20266"}, {"show": "everything"}],
)
def test_a_question_that_makes_no_sense_asks_for_everything(aino, books, question):
    assert "Yhteensä 3 laskua" in words(aino.browser.open("/invoices", params=question))


def test_a_filter_that_finds_nothing_offers_a_way_back(aino, books):
    answer = aino.browser.open("/invoices", params={"year": "1999"})
    assert "Valinnoillasi ei löytynyt laskuja" in words(answer)
    assert 'hx-get="/invoices"' in answer.text


def test_htmx_gets_only_its_block_and_the_filter_stays_in_addresses(aino, register, books):
    for number in range(25):
        bill = register.bill(aino.party, books.site, books.last - timedelta(days=60), cents=1000 + number)
        register.payment(bill, 1000 + number, aino.today)
    answer = aino.browser.fragment("/invoices?show=paid&page=2", "bills")
    assert "<h1" not in answer.text
    assert "/invoices?show=paid" in answer.text
    assert '<option value="paid" selected>' in answer.text
    assert "Yhteensä 27 laskua" in words(answer)
    assert len(found(answer, "//tbody//a[starts-with(@href, '/invoices/')]")) == 7
