"""What customers see of their consumption, on a portal of its own with one home's readings."""

import csv
import gzip
import io
import json
import re
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import numpy as np
import pytest

from portal.consumption import store
from portal.kit.clock import first_of_month, next_month
from portal.kit.energy import MILLIWATT_HOURS_PER_KWH
from portal.kit.intervals import Quality, start_quarter
from portal.sites.models import Occupancy
from tests.consumption.homes import SINCE, Home, by_hour_of_day
from tests.consumption.readings import every, read
from tests.markup import found, said, words
from tests.markup import table as rows

DAY = timedelta(days=1)
PATHS = (
    "/consumption",
    "/consumption?at=all",
    "/consumption?at=2026",
    "/consumption?at=2026-10",
    "/consumption?at=2026-W43",
    "/consumption?at=2026-10-24",
    "/consumption?at=2026-10-24T14",
    "/consumption?from=2026-09-01&to=2026-10-31",
    "/consumption?from=2025-09-15&to=2026-02-10",
    "/consumption?at=2026-10&compare=weekday",
    "/consumption?at=2026&compare=none",
)


def bars(page):
    """The bars of the chart that are links: their addresses and labels."""
    return [(bar.get("href"), bar.get("aria-label").replace("\u00a0", " ")) for bar in found(page, "//a[@class='bar']")]


def kwh_of(label):
    return Decimal(re.search(r": ([0-9 ]+(?:,[0-9]+)?) kWh", label)[1].replace(" ", "").replace(",", "."))


def table(page):
    """The figures of the table's lines: the first cell and the kWh, and those of its last line."""
    lines, total = rows(page, "//tbody"), found(page, "//tfoot//*[@class='num']")[0]
    return {line[0]: number(line[1]) for line in lines}, number(said(total))


def number(text):
    return None if text == "–" else Decimal(text.replace(" ", "").replace(",", ".").replace("\u2212", "-"))


def stored_kwh(home, first, last):
    with home.database.reading() as db:
        readings = store.read(db, home.power, first, last)
    return Decimal(int(readings.milliwatt_hours.sum())) / MILLIWATT_HOURS_PER_KWH


def cents(value):
    return value.quantize(Decimal("0.01"))


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_view_opens_in_every_language(home, aino, language):
    aino.browser.headers["Accept-Language"] = language
    for path in PATHS:
        page = aino.browser.open(path)
        assert page.headers["content-language"] == language
        assert 0 <= len(bars(page)) <= 31


def test_nobody_is_sent_to_sign_in(nobody):
    for path in (*PATHS, "/consumption/download"):
        answer = nobody.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in?next=/consumption")


def test_a_stranger_finds_nothing(home, mikko):
    for path in ("/consumption?", "/consumption?at=2026-10&", "/consumption/download?"):
        foreign = mikko.browser.get(f"{path}site={home.site}")
        unknown = mikko.browser.get(f"{path}site={uuid4()}")
        assert (foreign.status_code, unknown.status_code) == (404, 404)
        own = mikko.browser.get(path)
        assert "Esimerkkikatu" not in foreign.text + own.text
        assert str(home.site) not in own.text


def test_what_was_before_one_came_is_not_seen(house, home, aino, mikko):
    moved = date(2026, 10, 16)
    with house.database.writing() as db:
        db.add(Occupancy(site_id=home.site, party_id=mikko.party, since=moved))
    page = mikko.browser.open("/consumption?at=2026-10")
    assert [href for href, _ in bars(page)] == [f"/consumption?at=2026-10-{day}" for day in range(16, 32)]
    _, total = table(page)
    assert total == cents(stored_kwh(home, moved, date(2026, 10, 31)))
    rows = list(csv.reader(io.StringIO(mikko.browser.get("/consumption/download?at=2026-10").text), delimiter=";"))
    assert rows[1][5] == "2026-10-15T21:00:00Z"


def test_a_time_that_there_is_not_shows_the_newest_month_and_says_so(home, aino):
    for wrong in ("at=2026-13", "at=yesterday", "at=2026-03-29T03", "from=2026-02-01&to=2026-01-01"):
        page = aino.browser.open(f"/consumption?{wrong}", status=422)
        assert "Tällaista aikaa ei ole." in words(page)
        assert len(bars(page)) >= 1


def test_what_does_not_exist_is_not_found(home, aino):
    for wrong in ("energy=steam", "site=4", "compare=moon", "at=2026&site='"):
        assert aino.browser.get(f"/consumption?{wrong}").status_code == 404


def test_htmx_gets_only_its_block(home, aino):
    for path in PATHS:
        fragment = aino.browser.fragment(path, "view")
        assert fragment.text.startswith("<title>Sähkön kulutus, ")
        assert fragment.text.count('id="view"') == 1


def test_a_drill_down_is_small(home, aino):
    for at in ("2026", "2026-10", "2026-10-24", "2026-10-24T14"):
        fragment = aino.browser.fragment(f"/consumption?at={at}", "view")
        assert len(gzip.compress(fragment.content, 4)) <= 8 * 1024, at


def test_the_default_is_the_newest_month_with_data(home, aino):
    newest = aino.today - DAY
    page = aino.browser.open("/consumption")
    lines, total = table(page)
    assert total == cents(stored_kwh(home, first_of_month(newest), newest))
    assert len(lines) == newest.day


def test_the_way_from_a_year_to_an_hour_and_back(home, aino):
    open_ = aino.browser.open
    for path, leads_to in (
        ("at=all", "at=2026"),
        ("at=2026", "at=2026-10"),
        ("at=2026-10", "at=2026-10-24"),
        ("at=2026-10-24", "at=2026-10-24T14"),
    ):
        page = open_(f"/consumption?{path}")
        assert f"/consumption?{leads_to}" in [href for href, _ in bars(page)]
        assert 'hx-push-url="true"' in page.text
        assert f'href="/consumption?{path}"' in open_(f"/consumption?{leads_to}").text


def test_sums_on_the_page_are_those_of_the_store(home, aino):
    for at, first, last in (
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-10", date(2026, 10, 1), date(2026, 10, 31)),
        ("2026-W43", date(2026, 10, 19), date(2026, 10, 25)),
        ("2026-10-25", date(2026, 10, 25), date(2026, 10, 25)),
        ("2026-03-29", date(2026, 3, 29), date(2026, 3, 29)),
    ):
        page = aino.browser.open(f"/consumption?at={at}")
        lines, total = table(page)
        assert total == cents(stored_kwh(home, first, last))
        assert sum(lines.values()) == pytest.approx(total, abs=Decimal("0.005") * len(lines))
        told = [kwh_of(label) for _, label in bars(page) if "2026:" in label or label.startswith("klo")]
        assert sum(told) == pytest.approx(total, rel=Decimal("0.01"))


@pytest.mark.parametrize(
    ("at", "hours", "words_above"),
    [
        ("2026-10-25", ["2–3", "3a–4", "3b–4", "4–5"], "tässä päivässä on 25 tuntia"),
        ("2026-03-29", ["1–2", "2–3", "4–5", "5–6"], "tässä päivässä on 23 tuntia"),
    ],
)
def test_days_on_which_the_clocks_change_show_their_hours(home, aino, at, hours, words_above):
    page = aino.browser.open(f"/consumption?at={at}")
    shown = [label.split(":")[0].removeprefix("klo ") for _, label in bars(page)]
    assert [hour for hour in shown if hour in hours] == hours
    assert len(shown) == (25 if "10-25" in at else 23)
    assert words_above in words(page)


def test_the_hour_that_comes_twice_is_two_hours(home, aino):
    first, second = (words(aino.browser.open(f"/consumption?at=2026-10-25T{hour}")) for hour in ("03", "03B"))
    assert "Klo 3a–4" in first
    assert "Klo 3b–4" in second


def test_an_hour_shows_its_quarters_in_a_table_and_as_shapes(home, aino):
    page = aino.browser.open("/consumption?at=2026-10-24T14")
    said = words(page)
    for quarter in ("14.00–14.15", "14.15–14.30", "14.30–14.45", "14.45–15.00"):
        assert quarter in said
    assert 'aria-current="time"' in page.text
    assert page.text.count('<rect class="spark__now"') == 4


def test_a_meter_read_by_the_hour_has_no_quarters(register, aino):
    home = Home(register, aino.party)
    home.readings(aino.today - DAY, length=4)
    page = aino.browser.open("/consumption?at=2026-10-24T14")
    assert "luetaan tunneittain" in words(page)


def with_marks(first, last, marks):
    """Readings of days by the quarter; `marks` gives some of them another quality, by day and quarter of the day."""
    readings = every(first, last, milliwatt_hours=by_hour_of_day)
    for (day, quarter), quality in marks.items():
        place = start_quarter(day) + quarter - int(readings.quarter[0])
        readings.quality[place] = quality
        if quality == Quality.MISSING:
            readings.milliwatt_hours[place] = 0
    return readings


@pytest.fixture
def heat(home):
    """A heat meter at home, read in October 2026: nine quarters missing, one day estimated."""
    point = home.register.point(home.site, "heat")
    gap = {(date(2026, 10, 14), quarter): Quality.MISSING for quarter in range(48, 57)}
    estimated = {(date(2026, 10, 20), quarter): Quality.EST for quarter in range(96)}
    home.record(point, with_marks(date(2026, 10, 1), date(2026, 10, 31), gap | estimated))
    return point


def test_what_is_missing_is_named_and_marked(home, heat, aino):
    page = aino.browser.open("/consumption?at=2026-10&energy=heat")
    said = words(page)
    assert "Tiedot puuttuvat 14.10. klo 12.00–14.15. Tämä aika ei ole mukana summassa." in said
    assert "29 / 31 päivää mitattu" in said
    assert next(label for _, label in bars(page) if "osin puuttuu" in label).startswith("ke 14.10.2026: ")


def test_what_is_estimated_is_hatched_and_said(home, heat, aino):
    page = aino.browser.open("/consumption?at=2026-10&energy=heat")
    assert page.text.count('class="bar__est"') == 2  # the bar, and the legend
    assert "Osa arvoista on arvioitu, koska mittariin ei ole saatu yhteyttä." in words(page)
    assert next(label for _, label in bars(page) if "arvioitu" in label).startswith("ti 20.10.2026: ")


def test_what_is_corrected_stays_marked(home, aino):
    before = aino.browser.open("/consumption?at=2026-10")
    home.record(
        home.power, every(date(2026, 10, 12), date(2026, 10, 12), milliwatt_hours=lambda quarter: quarter * 0 + 9_000)
    )
    page = aino.browser.open("/consumption?at=2026-10")
    assert "korjattu" not in words(before)
    assert "Osa arvoista on korjattu jälkikäteen." in words(page)
    assert next(label for _, label in bars(page) if "korjattu" in label).startswith("ma 12.10.2026: 0,86 kWh")


def test_a_day_without_any_value_is_a_marked_gap(home, aino):
    point = home.register.point(home.site, "heat")
    gap = {(date(2026, 10, 14), quarter): Quality.MISSING for quarter in range(96)}
    home.record(point, with_marks(date(2026, 10, 1), date(2026, 10, 31), gap))
    page = aino.browser.open("/consumption?at=2026-10&energy=heat")
    assert [label for _, label in bars(page) if "ke 14.10." in label] == ["ke 14.10.2026: mittaus puuttuu."]
    assert "Tiedot puuttuvat 14.10., eikä tämä aika ole mukana summassa." in words(page)
    assert table(page)[0]["ke 14.10."] is None


def test_the_same_days_are_compared(home, aino):
    said = words(aino.browser.open("/consumption?at=2026-10"))
    assert re.search(r"Kulutusta oli (\S+ % \S+|yhtä paljon) kuin samoina 31 päivänä vuosi sitten\.", said)
    ratio = stored_kwh(home, date(2026, 10, 1), date(2026, 10, 31)) / stored_kwh(
        home, date(2025, 10, 1), date(2025, 10, 31)
    )
    change = abs(round((ratio - 1) * 100, 1))
    assert f"{change:f}".rstrip("0").rstrip(".").replace(".", ",") + " %" in said


def test_a_day_is_compared_as_a_whole_though_it_had_more_hours(home, aino):
    said = words(aino.browser.open("/consumption?at=2026-10-25"))
    then = stored_kwh(home, date(2025, 10, 25), date(2025, 10, 25))
    assert f"Sama päivä vuosi sitten {str(cents(then)).replace('.', ',')} kWh" in said


def test_the_same_weekdays_are_a_year_less_a_day_before(home, aino):
    page = aino.browser.open("/consumption?at=2026-10&compare=weekday")
    label = bars(page)[0][1]
    assert label.startswith("to 1.10.2026: ")
    assert " to 2.10.2025: " in label
    assert bars(page)[0][0] == "/consumption?at=2026-10-01&compare=weekday"


def test_nothing_is_compared_where_one_does_not_want_it(home, aino):
    page = aino.browser.open("/consumption?at=2026-10&compare=none")
    assert "vuosi sitten" not in words(page)
    assert 'class="bar__then"' not in page.text


def test_the_estimate_in_euros_follows_from_prices_and_readings(home, aino):
    said = words(aino.browser.open("/consumption?at=2026-10"))
    euros = cents(stored_kwh(home, date(2026, 10, 1), date(2026, 10, 31)) * 10 * Decimal("1.255") / 100)
    assert f"Arvio sähköenergiasta ilman kuukausimaksuja {str(euros).replace('.', ',')} €" in said


@pytest.mark.parametrize(
    ("kinds", "bases", "said"),
    [
        (["sales"], [], r"Arvio sähköenergiasta \d"),
        (["network"], ["month"], "Arvio siirrosta ja veroista ilman kuukausimaksuja"),
        (["sales", "network"], ["month", "power"], "Arvio ilman kuukausi- ja tehomaksuja"),
        (["sales", "network"], ["power"], "Arvio ilman tehomaksuja"),
    ],
)
def test_an_estimate_says_what_it_is_of_and_what_it_leaves_out(register, aino, kinds, bases, said):
    home = Home(register, aino.party)
    home.readings(date(2026, 10, 31))
    register.taxes()
    for kind in kinds:
        product = register.product(kind)
        register.price(product, "energy", "10")
        for basis in bases:
            register.price(product, basis, "5", basis=basis)
        register.contract(home.party, home.site, home.power, product, kind)
    assert re.search(said, words(aino.browser.open("/consumption?at=2026-10")))


def test_what_has_no_price_has_no_estimate_and_it_is_said(register, aino):
    home = Home(register, aino.party)
    home.readings(date(2026, 10, 31))
    home.contracts(first=date(2026, 10, 15))
    said = words(aino.browser.open("/consumption?at=2026-10"))
    assert "Emme tiedä hintaa koko tältä ajalta" in said
    assert "Emme tiedä hintaa" not in words(aino.browser.open("/consumption?at=2026-10-20"))


def test_a_spot_price_contract_has_its_price_as_a_line_in_the_day(register, aino):
    home = Home(register, aino.party)
    home.readings(date(2026, 10, 31))
    home.register.taxes()
    spot = home.register.product("sales", "Pörssi")
    home.register.price(spot, "margin", "0.5", basis="spot")
    home.register.contract(home.party, home.site, home.power, spot)
    home.register.spot(date(2026, 10, 1), np.full(31 * 96 + 4, 800_000))
    page = aino.browser.open("/consumption?at=2026-10-24T14")
    assert 'class="chart__temp"' in page.text
    assert "Pörssihinta, sis. alv 10,04 c/kWh" in words(page)
    assert 'class="chart__line"' not in aino.browser.open("/consumption?at=2026-10").text


def test_euros_are_left_out_where_one_does_not_want_them(home, aino):
    page = aino.browser.open("/consumption?at=2026-10&show=price")
    assert "Arvio" not in words(page)
    assert all(href.endswith("&show=price") and "€" not in label for href, label in bars(page))


def test_tabs_are_only_of_what_one_has(home, heat, aino, mikko):
    said = words(aino.browser.open("/consumption"))
    assert "Kaukolämpö" in said
    assert "Tuotanto" not in said
    Home(home.register, mikko.party).readings(date(2026, 10, 31))
    assert "Kaukolämpö" not in words(mikko.browser.open("/consumption"))


def test_what_is_produced_is_said_so(home, aino):
    panels = home.register.point(home.site, "production")
    home.record(panels, every(date(2026, 6, 1), date(2026, 6, 30)))
    page = aino.browser.open("/consumption?energy=production&at=2026-06")
    assert "<title>Sähkön tuotanto, kesäkuu 2026" in page.text
    assert "Tuotanto 2,88 kWh" in words(page)
    assert "Arvio" not in words(page)


def test_a_net_value_below_zero_hangs_from_zero(home, aino):
    panels = home.register.point(home.site, "production")
    home.record(
        panels, every(date(2026, 6, 1), date(2026, 6, 30), milliwatt_hours=lambda quarter: quarter % 2 * 900 - 600)
    )
    page = aino.browser.open("/consumption?energy=production&at=2026-06")
    assert 'class="bar__sold"' in page.text
    assert "−" in bars(page)[0][1]


def test_several_sites_are_together_until_one_is_chosen(home, aino):
    cottage = Home(home.register, aino.party, "Rantapolku 12", since=date(2026, 10, 1))
    cottage.record(cottage.power, every(date(2026, 10, 1), date(2026, 10, 31)))
    both = aino.browser.open("/consumption?at=2026-10")
    one = aino.browser.open(f"/consumption?at=2026-10&site={cottage.site}")
    october = date(2026, 10, 1), date(2026, 10, 31)
    assert table(both)[1] == cents(stored_kwh(home, *october) + stored_kwh(cottage, *october))
    assert table(one)[1] == cents(stored_kwh(cottage, *october))
    assert f'<option value="{cottage.site}" selected>Rantapolku 12</option>' in one.text
    assert all(f"site={cottage.site}" in href for href, _ in bars(one))
    assert '<input type="hidden" name="at" value="2026-10">' in one.text


def test_somebody_without_a_metering_point_is_told_what_they_would_see(oona):
    page = oona.open("/consumption")
    assert "Käyttöpaikkaa ei ole" in words(page)


def test_before_the_first_reading_one_is_told_when_it_comes(register, aino):
    Home(register, aino.party)
    assert "Kulutustietoja ei ole vielä" in words(aino.browser.open("/consumption"))


def test_a_time_of_which_nothing_has_come_says_so(home, aino):
    for at in ("2024", f"{next_month(aino.today):%Y-%m}", aino.today.isoformat()):
        assert "Tältä ajalta ei ole vielä kulutustietoja" in words(aino.browser.open(f"/consumption?at={at}"))


def test_every_address_of_a_bar_opens(home, aino):
    for at in ("2026", "2026-10", "2026-10-25"):
        for href, _ in bars(aino.browser.open(f"/consumption?at={at}"))[::5]:
            aino.browser.open(href)


def test_the_file_is_exactly_the_selection(home, aino):
    answer = aino.browser.get("/consumption/download?format=datahub&resolution=quarter&at=2026-10")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="electricity-2026-10.csv"'
    export = read(answer.content)
    (series,) = export.series
    with home.database.reading() as db:
        kept = store.read(db, home.power, date(2026, 10, 1), date(2026, 10, 31))
    assert np.array_equal(series.intervals.quarter, kept.quarter)
    assert np.array_equal(series.intervals.milliwatt_hours, kept.milliwatt_hours)
    assert export.refused == ()


def test_the_file_by_the_hour_has_the_same_sum(home, aino):
    quarters, hours = (
        read(aino.browser.get(f"/consumption/download?at=2026-10&resolution={resolution}").content).series[0]
        for resolution in ("quarter", "hour")
    )
    assert len(hours.intervals) == 31 * 24 + 1
    assert hours.intervals.milliwatt_hours.sum() == quarters.intervals.milliwatt_hours.sum()


def test_the_file_for_programs_has_a_version(home, heat, aino):
    told = json.loads(aino.browser.get("/consumption/download?format=json&at=2026-10-14&energy=heat").content)
    (point,) = told["metering_points"]
    assert told["version"] == 1
    assert len(point["readings"]) == 96
    assert point["readings"][48] == {
        "start": "2026-10-14T09:00:00Z",
        "minutes": 15,
        "kwh": None,
        "quality": "MISSING",
    }
    total = table(aino.browser.open("/consumption?at=2026-10-14&energy=heat"))[1]
    assert cents(sum(Decimal(one["kwh"]) for one in point["readings"] if one["kwh"])) == total


def test_a_file_that_is_not_made_is_not_found(home, aino):
    for wrong in ("format=pdf", "resolution=second", "format=xlsx"):
        assert aino.browser.get(f"/consumption/download?{wrong}").status_code == 404


def test_every_file_that_is_linked_is_there(home, aino):
    page = aino.browser.open("/consumption?from=2026-10-01&to=2026-10-03")
    links = found(page, "//a[starts-with(@href, '/consumption/download')]/@href")
    assert len(links) == 3
    for link in links:
        assert aino.browser.get(link).status_code == 200


def test_a_former_holder_does_not_read_what_the_site_is_called_now(aino, register):
    for street, until in (("Ennenkatu 1", aino.today - 30 * DAY), ("Nytkatu 2", None)):
        site = register.site(street, "mökki")
        register.point(site)
        register.occupancy(aino.party, site, SINCE, until)
    said = words(aino.browser.open("/consumption"))
    assert "Nytkatu 2, mökki" in said
    assert "Ennenkatu 1" in said
    assert "Ennenkatu 1, mökki" not in said


def test_nobodys_energy_is_priced_by_another_holders_contract(aino, mikko, register, home):
    register.occupancy(mikko.party, home.site, SINCE)
    day = f"/consumption?at={aino.today - DAY}"
    euros = re.compile("[0-9] €")
    assert euros.search(words(aino.browser.open(day)))
    assert not euros.search(words(mikko.browser.open(day)))


def test_a_century_is_looked_at_from_the_first_reading_to_today(aino, home):
    page = aino.browser.open("/consumption?from=2000-01-01&to=2099-12-31")
    months = (aino.today.year - SINCE.year) * 12 + aino.today.month - SINCE.month + 1
    assert [href[-7:] for href, _ in bars(page)][:: months - 1] == [f"{SINCE:%Y-%m}", f"{aino.today:%Y-%m}"]
