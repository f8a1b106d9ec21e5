"""The series of a metering point on the page of consumption and in files, and what was corrected of it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from portal.consumption import recording
from portal.consumption.models import RevisionReason
from portal.kit.i18n import Language
from portal.kit.intervals import Quality
from portal.sites.commodities import Commodity
from portal.sites.kinds import ReadingType
from portal.sites.labels import READING_TYPES as LABELS
from portal.sites.models import MeteringPoint
from tests.consumption.homes import NOW, SINCE, Home
from tests.consumption.readings import every, read
from tests.consumption.test_pages import cents
from tests.markup import table, words

DAY = timedelta(days=1)
MONTH = date(2026, 10, 1), date(2026, 10, 31)
PAGE = "/consumption?at=2026-10"


def a_quarter(milliwatt_hours):
    return lambda quarter: quarter * 0 + milliwatt_hours


@pytest.fixture
def home(register, aino):
    """A home whose use is set off against its production: of 200 Wh a quarter 150 are left."""
    home = Home(register, aino.party)
    home.record(home.power, every(SINCE, aino.today - DAY, milliwatt_hours=a_quarter(200_000)))
    record(home, every(SINCE, aino.today - DAY, milliwatt_hours=a_quarter(150_000)), ReadingType.NETTED)
    return home


def record(home, readings, kind=ReadingType.METERED, at=NOW):
    with home.database.writing() as db:
        recording.record(db, home.power, readings, at, kind)


def of_month(kwh_a_quarter):
    return f"{Decimal(kwh_a_quarter) * (31 * 96 + 4):,.2f}".replace(",", " ").replace(".", ",")


def test_metered_and_netted_energy_stand_beside_each_other(home, aino):
    said = words(aino.browser.open(PAGE))
    assert f"Mitattu {of_month('0.2')} kWh kuvaajassa" in said
    assert f"Netotettu {of_month('0.15')} kWh" in said
    assert "Netotettu energia on se, mitä tunnista tai vartista jää" in said


def test_the_chart_is_of_the_series_that_the_address_names_and_links_keep_it(home, aino):
    page = aino.browser.open(f"{PAGE}&series=BN02")
    assert f"Netotettu {of_month('0.15')} kWh kuvaajassa" in words(page)
    assert "/consumption?at=2026-10-05&amp;series=BN02" in page.text
    assert "series=BN02" in aino.browser.open("/consumption?at=2026-10-05&series=BN02").text


@pytest.mark.parametrize("series", ["BN03", "volume"])
def test_a_series_that_cannot_be_shown_is_the_first_one(home, aino, series):
    assert f"Mitattu {of_month('0.2')} kWh kuvaajassa" in words(aino.browser.open(f"{PAGE}&series={series}"))


def test_a_word_that_names_no_series_is_not_found(home, aino):
    assert aino.browser.get(f"{PAGE}&series=BN99").status_code == 404


@pytest.mark.parametrize(("reading_type", "kwh"), [("BN02", "0.15"), ("BN01", "0.2"), (None, "0.2")])
def test_euros_are_of_the_series_that_the_contract_names_whichever_is_shown(home, aino, reading_type, kwh):
    home.contracts(reading_type=reading_type)
    euros = cents(Decimal(kwh) * (31 * 96 + 4) / 10 * Decimal("1.255"))
    for address in (PAGE, f"{PAGE}&series=BN02"):
        assert f"{euros} €".replace(".", ",") in words(aino.browser.open(address))


def test_no_price_is_told_of_a_time_of_which_the_billed_series_is_not_known(home, aino):
    home.contracts(reading_type="BN03")
    record(home, every(date(2026, 10, 15), aino.today - DAY, milliwatt_hours=a_quarter(100_000)), ReadingType.COMMUNITY)
    for address in (PAGE, "/consumption?at=2026-10-10", "/consumption?at=2026-10&series=BN02"):
        said = words(aino.browser.open(address))
        assert "Emme tiedä hintaa koko tältä ajalta" in said
        assert "0,00 €" not in said
    euros = cents(Decimal("0.1") * 96 / 10 * Decimal("1.255"))
    assert f"{euros} €".replace(".", ",") in words(aino.browser.open("/consumption?at=2026-10-20"))


@pytest.mark.parametrize("series", ["", "&series=BN02"])
def test_a_contract_prices_its_own_days_by_its_own_series(home, aino, series):
    home.contracts(reading_type="BN01", valid_to=date(2026, 10, 14))
    sales = home.register.product("sales", "Uusi")
    home.register.price(sales, "energy", "10")
    facts = {"reading_type": "BN02", "first": date(2026, 10, 15)}
    home.register.contract(aino.party, home.site, home.power, sales, **facts)
    kwh = Decimal("0.2") * 14 * 96 + Decimal("0.15") * (17 * 96 + 4)
    euros = cents(kwh / 10 * Decimal("1.255"))
    assert f"{euros} €".replace(".", ",") in words(aino.browser.open(f"{PAGE}{series}"))


def test_a_point_with_one_series_says_nothing_of_series(register, aino):
    home = Home(register, aino.party)
    home.readings(aino.today - DAY)
    assert "Saman ajan mittaussarjat" not in words(aino.browser.open(PAGE))


def test_a_file_holds_every_series_and_reads_back_the_same(home, aino):
    told = read(aino.browser.get("/consumption/download?at=2026-10").content)
    assert {(one.reading_type, int(one.intervals.milliwatt_hours.sum())) for one in told.series} == {
        (ReadingType.METERED, 200_000 * (31 * 96 + 4)),
        (ReadingType.NETTED, 150_000 * (31 * 96 + 4)),
    }
    netted = read(aino.browser.get("/consumption/download?at=2026-10&series=BN02").content)
    assert [one.reading_type for one in netted.series] == [ReadingType.NETTED]


def test_a_file_for_programs_tells_each_series_by_its_name_and_adds_up_to_the_page(home, aino):
    file = "/consumption/download?format=json&at=2026-10"
    told = aino.browser.get(file).json()
    (first,), (other,) = told["metering_points"], told["other_series"]
    assert (first["reading_type"], first["unit"], other["reading_type"], other["unit"]) == (
        "BN01",
        "kWh",
        "BN02",
        "kWh",
    )
    assert first["metering_point"] == other["metering_point"]
    assert {one["kwh"] for one in first["readings"]} == {"0.200000"}
    assert {one["quantity"] for one in other["readings"]} == {"0.150000"}
    netted = aino.browser.get(f"{file}&series=BN02").json()
    assert [one["reading_type"] for one in netted["metering_points"]] == ["BN02"]
    assert {one["kwh"] for one in netted["metering_points"][0]["readings"]} == {"0.150000"}
    assert "other_series" not in netted
    assert "other_series" not in aino.browser.get(f"{file}&series=BN01").json()


def test_a_file_for_programs_tells_what_is_no_energy_in_its_unit(register, aino):
    home = Home(register, aino.party)
    heat = register.point(home.site, energy="heat")
    kinds = (ReadingType.METERED, 3_000), (ReadingType.VOLUME, 20_000), (ReadingType.FLOW, 80_000_000)
    with home.database.writing() as db:
        for kind, quantity in kinds:
            recording.record(db, heat, every(*MONTH, milliwatt_hours=a_quarter(quantity)), NOW, kind)
    told = aino.browser.get("/consumption/download?format=json&at=2026-10&energy=heat&resolution=hour").json()
    assert [one["reading_type"] for one in told["metering_points"]] == ["BN01"]
    others = [(one["reading_type"], one["unit"], one["readings"][0]["quantity"]) for one in told["other_series"]]
    assert others == [("volume", "m3", "0.080000"), ("flow", "°C", "80.000000")]
    assert all(len(one["readings"]) == 31 * 24 + 1 for one in told["other_series"])


def test_temperatures_have_means_by_the_hour(register, aino):
    home = Home(register, aino.party)
    home.heat = register.point(home.site, energy="heat")
    with home.database.writing() as db:
        recording.record(db, home.heat, every(*MONTH, length=4), NOW)
        for kind, degrees in ((ReadingType.FLOW, 80), (ReadingType.RETURN, 45)):
            told = every(*MONTH, length=4, milliwatt_hours=a_quarter(degrees * 1_000_000))
            recording.record(db, home.heat, told, NOW, kind)
    said = words(aino.browser.open(f"{PAGE}&energy=heat"))
    assert "Menolämpötila 80,00 °C keskiarvo" in said
    assert "Paluulämpötila 45,00 °C keskiarvo" in said


@pytest.mark.parametrize("commodity", Commodity)
def test_every_series_that_a_metering_point_may_have_is_told_in_its_unit(register, aino, commodity):
    """Each in one row with its sum or its mean, and in a file that tells the same."""
    home = Home(register, aino.party)
    point = register.point(home.site, energy=commodity)
    quantities = {kind: (number + 1) * 10_000 for number, kind in enumerate(commodity.trade.series)}
    with home.database.writing() as db:
        for kind, quantity in quantities.items():
            recording.record(db, point, every(*MONTH, milliwatt_hours=a_quarter(quantity)), NOW, kind)
    page = aino.browser.open(f"{PAGE}&energy={commodity}")
    shown = [line[:2] for line in table(page, "//section[@aria-labelledby='series']//tbody")]
    assert shown == [[said(kind), figure(kind, Decimal(of_kind) / 10**6)] for kind, of_kind in quantities.items()]
    told = read(aino.browser.get(f"/consumption/download?at=2026-10&energy={commodity}").content)
    assert {one.reading_type: set(one.intervals.milliwatt_hours.tolist()) for one in told.series} == {
        kind: {quantity} for kind, quantity in quantities.items()
    }


def said(kind):
    return LABELS[kind].words.said(Language.FI).replace("\u00ad", "")


def figure(kind, value):
    number = of_month(value) if kind.adds_up else f"{value:.2f}".replace(".", ",")
    return f"{number} {kind.unit.replace('m3', 'm³')}"


@pytest.mark.parametrize("at", ["2026-10", "2026-10-05"])
def test_an_hour_of_which_a_part_is_missing_is_not_in_the_mean_of_temperatures(register, aino, at):
    home = Home(register, aino.party)
    home.heat = register.point(home.site, energy="heat")
    flow = every(*MONTH, length=4, milliwatt_hours=a_quarter(80_000_000))
    flow.quality[::2] = Quality.PMISSING
    with home.database.writing() as db:
        recording.record(db, home.heat, every(*MONTH, length=4), NOW)
        recording.record(db, home.heat, flow, NOW, ReadingType.FLOW)
    assert "Menolämpötila 80,00 °C keskiarvo" in words(aino.browser.open(f"/consumption?at={at}&energy=heat"))


def test_what_is_no_energy_is_never_shown_as_energy(register, aino):
    home = Home(register, aino.party)
    gas = register.point(home.site, energy="gas")
    with home.database.writing() as db:
        recording.record(db, gas, every(*MONTH, length=4), NOW, ReadingType.VOLUME)
    for address in (f"{PAGE}&energy=gas", "/overview", "/sites"):
        assert "kWh" not in words(aino.browser.open(address))
    file = aino.browser.get("/consumption/download?at=2026-10&format=json&energy=gas").json()
    assert [point["readings"] for point in file["metering_points"]] in ([], [[]])
    assert [(one["reading_type"], one["unit"]) for one in file["other_series"]] == [("volume", "m3")]
    with home.database.writing() as db:
        recording.record(db, gas, every(*MONTH, milliwatt_hours=a_quarter(2_000)), NOW, ReadingType.ESTIMATED)
    said = words(aino.browser.open(f"{PAGE}&energy=gas"))
    assert said.count("kuvaajassa") == 1
    assert "Kulutus 5,96 kWh" in said


def test_a_point_without_the_series_that_is_asked_for_keeps_nobody_waiting_for_it(home, aino):
    other = home.register.point(home.site)
    home.readings(aino.today - DAY, other)
    with home.database.writing() as db:
        for point in db.exec(select(MeteringPoint)).all():
            point.rhythm = "P1D"
            db.add(point)
    for address in ("/consumption", "/consumption?series=BN02"):
        assert "ei tule tietoja" not in words(aino.browser.open(address))


def test_what_the_chart_adds_up_is_said_where_points_have_different_series(home, aino):
    """Of one point what is metered, of another what is netted, for it tells nothing else."""
    netted = home.register.point(home.site)
    with home.database.writing() as db:
        told = every(*MONTH, milliwatt_hours=a_quarter(50_000))
        recording.record(db, netted, told, NOW, ReadingType.NETTED)
    page = aino.browser.open(PAGE)
    assert f"Kulutus {of_month('0.25')[:-3]}" in words(page)
    assert f"Mitattu {of_month('0.2')} kWh kuvaajassa" in words(page)
    assert f"Netotettu {of_month('0.2')} kWh osittain kuvaajassa" in words(page)
    steps = table(page, "//section[@aria-labelledby='table']//table")
    assert (steps[1][1], steps[1][steps[0].index("Netotettu, kWh")]) == ("24,00", "19,20")
    page = aino.browser.open(f"{PAGE}&series=BN02")
    assert f"Netotettu {of_month('0.2')} kWh kuvaajassa" in words(page)
    assert f"Mitattu {of_month('0.2')} kWh" in words(page)
    assert "osittain" not in words(page)


def test_what_was_corrected_of_several_points_names_the_point(home, aino):
    other = home.register.point(home.site)
    home.readings(aino.today - DAY, other)
    day = date(2026, 10, 20)
    record(home, every(day, day, milliwatt_hours=a_quarter(300_000)), at=NOW + DAY)
    with home.database.reading() as db:
        gsrn = db.get_one(MeteringPoint, home.power).gsrn
    assert f"20.10. Esimerkkikatu 4, {gsrn} Mittauksesta vastaavan korjaus" in words(aino.browser.open(PAGE))


def test_what_was_corrected_is_told_with_the_value_before_it(home, aino):
    day = date(2026, 10, 20)
    corrected = every(day, day, milliwatt_hours=a_quarter(300_000))
    corrected.quality[:] = Quality.REVISED
    record(home, corrected, at=NOW + DAY)
    said = words(aino.browser.open(PAGE))
    assert "Korjatut arvot" in said
    assert "20.10. Mittauksesta vastaavan korjaus Korjattu 22.11. klo 10.00 19,20 28,80" in said
    assert "Korjatut arvot" not in words(aino.browser.open("/consumption?at=2026-09"))


def test_what_was_corrected_is_told_with_the_reason_that_the_utility_gave(home, aino):
    day = date(2026, 10, 20)
    record(home, every(day, day, milliwatt_hours=a_quarter(300_000)), at=NOW + DAY)
    with home.database.writing() as db:
        days = {"first_day": day, "last_day": day, "told_at": NOW}
        note = "Uusi mittari on <b>asennettu</b>."
        db.add(
            RevisionReason(metering_point_id=home.power, reading_type="BN01", cause="meter-fault", note=note, **days)
        )
    assert "20.10. Mittarivika Uusi mittari on <b>asennettu</b>. Korjattu" in words(aino.browser.open(PAGE))


def test_a_series_that_began_after_somebody_left_is_not_told_to_them(register, aino, mikko):
    left = date(2026, 9, 30)
    home = Home(register, register.party())
    register.occupancy(aino.party, home.site, SINCE, left)
    register.occupancy(mikko.party, home.site, left + DAY)
    home.record(home.power, every(SINCE, aino.today - DAY))
    record(home, every(left + DAY, aino.today - DAY), ReadingType.NETTED)
    assert "Saman ajan mittaussarjat" not in words(aino.browser.open("/consumption?at=2026-09"))
    assert "Netotettu" in words(mikko.browser.open(PAGE))
    (told,) = read(aino.browser.get("/consumption/download?at=2026").content).series
    assert told.reading_type is ReadingType.METERED


def test_a_meter_that_fell_silent_before_somebody_came_is_told_to_them(register, aino):
    home = Home(register, aino.party, since=date(2026, 10, 1))
    home.record(home.power, every(SINCE, date(2026, 8, 31)))
    said = words(aino.browser.open("/consumption"))
    assert "Mittarilta ei tule tietoja Tietoja ei ole vielä tullut" in said
