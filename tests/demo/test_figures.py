"""Every total, its year before and the change, as pages and files show them, counted again from the demo's readings."""

import csv
import io
import re
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import numpy as np
import pytest
from sqlmodel import col, select

from portal.consumption import store
from portal.consumption.models import Series
from portal.consumption.periods import read
from portal.contracts.models import Contract
from portal.demo import estate
from portal.demo.people import AINO, JUHA, KARIN, LANDLORD, LIISA, MIKKO, RIIKKA, VEIKKO
from portal.demo.register import party_id
from portal.invoices.models import Invoice, InvoiceLine
from portal.kit import formats
from portal.kit.clock import day_of
from portal.kit.energy import Energy
from portal.kit.i18n import Language
from portal.kit.intervals import Quality, day_starts, instant_of
from portal.sites.kinds import ReadingType
from portal.sites.models import MeteringPoint, Occupancy, Site
from tests.days import UNTIL
from tests.markup import table
from tests.seeded import copied_house

DAY = timedelta(days=1)
NO_VALUE = {Quality.MISSING, Quality.PMISSING}
MONTH = UNTIL.replace(day=1), UNTIL.replace(year=UNTIL.year, month=12, day=1) - DAY
PERIODS = ("2026-11", "2026-10", "2026", "2024-02", "2026-W47", "2026-10-25", "2026-03-29", "2026-11-20", "2026-07")
TITLES = {
    "electricity": "Sähkö",
    "production": "Tuotanto",
    "heat": "Kaukolämpö",
    "cooling": "Kaukojäähdytys",
    "gas": "Maakaasu",
}
HOUSEHOLDS = (AINO, MIKKO, KARIN, VEIKKO, LIISA, RIIKKA)
LOOKED_AT = (*((person, ReadingType.METERED) for person in HOUSEHOLDS), (MIKKO, ReadingType.NETTED),
             (LIISA, ReadingType.COMMUNITY))  # fmt: skip
STEPPED = ("2026-11", "2026-10", "2026", "2026-W47")  # periods of which each step is a whole day or a month


class Readings:
    """The register's readings of one kind of series, day by day, added up one at a time."""

    def __init__(self, database, kind=ReadingType.METERED):
        self.database, self.kind = database, kind
        self.month = cache(self._month)

    def points(self, parties, energy):
        """Points of an energy with their site and the days on which the parties hold it."""
        found = defaultdict(list)
        wanted = (
            select(MeteringPoint, Occupancy)
            .join(Site, col(MeteringPoint.site_id) == Site.id)
            .join(Occupancy, col(Occupancy.site_id) == Site.id)
            .where(col(Occupancy.party_id).in_(parties), MeteringPoint.energy == energy)
        )
        with self.database.reading() as db:
            for point, held in db.exec(wanted):
                found[point.id, point.site_id].append((held.since, held.until or date.max))
        return found

    def there(self, points):
        """Those of the points that have readings of this kind."""
        with self.database.reading() as db:
            told = set(db.exec(select(Series.metering_point_id).where(Series.reading_type == self.kind)))
        return {key: held for key, held in points.items() if key[0] in told}

    def day(self, point, day):
        """What a point used on a day, and whether each of its quarter hours has a value."""
        return self.month(point, day.replace(day=1)).get(day, (0, False))

    def total(self, points, first, last):
        """All that is known of some days."""
        return sum(self.day(point, day)[0] for (point, _), held in points.items() for day in within(held, first, last))

    def known(self, points, first, last):
        """Whether anything is known of some days."""
        return any(
            day in self.month(point, day.replace(day=1))
            for (point, _), held in points.items()
            for day in within(held, first, last)
        )

    def pair(self, points, first, last, like):
        """The days of points that both years know in full: the sum of now, that of then, and the days."""
        now = then = 0
        days = set()
        for (point, _), held in points.items():
            for day in within(held, first, last):
                before = like(day)
                if before is None or not any(since <= before <= until for since, until in held):
                    continue
                (this, is_full), (that, was_full) = self.day(point, day), self.day(point, before)
                if is_full and was_full:
                    now, then = now + this, then + that
                    days.add(day)
        return Energy(now), Energy(then), len(days)

    def _month(self, point, month):
        last = (month + 31 * DAY).replace(day=1) - DAY
        with self.database.reading() as db:
            known = store.read(db, point, month, last, self.kind)
        sums, counted = defaultdict(int), defaultdict(int)
        columns = (known.quarter, known.length, known.milliwatt_hours, known.quality)
        for quarter, length, milliwatt_hours, quality in zip(*(column.tolist() for column in columns), strict=True):
            day = day_of(instant_of(quarter))
            sums[day] += milliwatt_hours
            counted[day] += 0 if Quality(quality) in NO_VALUE else length
        return {
            day: (sums[day], counted[day] == int(day_starts(day, day)[1] - day_starts(day, day)[0])) for day in sums
        }


def within(held, first, last):
    """The days from the first to the last that are held."""
    for since, until in held:
        day = max(first, since)
        while day <= min(last, until, UNTIL):
            yield day
            day += DAY


def same_date(day):
    return None if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def same_weekday(day):
    return day - timedelta(weeks=52)


def said(now, then):
    """A change as it reads: no decimals from ten per cent on, else one."""
    if not then.milliwatt_hours:
        return None
    percent = Decimal(now.milliwatt_hours - then.milliwatt_hours) / abs(then.milliwatt_hours) * 100
    rounded = percent.quantize(Decimal(1) if abs(percent) >= 10 else Decimal("0.1"), ROUND_HALF_UP)
    return rounded.normalize() + 0


@pytest.fixture(scope="module")
def house(seeded_sqlite, tmp_path_factory):
    with copied_house(seeded_sqlite, tmp_path_factory.mktemp("figures")) as house:
        yield house


@pytest.fixture(scope="module")
def readings(house):
    return Readings(house.database)


@pytest.fixture(scope="module")
def company(house):
    """Juha's browser, in which he acts for the company."""
    return acting(house, JUHA, LANDLORD)


def own(house, person):
    persona = person.persona
    return house.open_for(persona.identity_code, f"{persona.given_names} {persona.family_name}")


def acting(house, person, party):
    browser = own(house, person)
    assert browser.submit("/act-as", {"party": str(party_id(party))}, page="/overview").status_code == 303
    return browser


def plain(source):
    return " ".join(re.sub(r"<[^>]+>", " ", source).replace("\xa0", " ").split())


def stats(source):
    """The figures of a page by their labels."""
    found = re.findall(
        r'<span class="stat__label">(.*?)</span><span class="fig[^"]*">(.*?)</span>(?:</span>)?(?=<span|</div>)',
        source.replace("\n", ""),
    )
    return {plain(label): plain(figure) for label, figure in found}


def shown(energy):
    return plain(formats.kwh(energy))


def beside(energy):
    return plain(formats.kwh_compared(energy))


def number(words):
    return Decimal(words.replace("\u2212", "-").replace(" ", "").replace(",", "."))


@pytest.mark.parametrize("compare", ["date", "weekday"])
@pytest.mark.parametrize("at", PERIODS)
@pytest.mark.parametrize(("person", "kind"), LOOKED_AT, ids=lambda one: getattr(one, "name", one))
def test_the_head_of_consumption_shows_a_total_and_a_pair(house, person, kind, at, compare):
    browser, readings = own(house, person), Readings(house.database, kind)
    period, told = read(at), 0
    for energy in TITLES:
        points = readings.there(readings.points({party_id(person)}, energy))
        if not points:
            continue
        page = stats(browser.open(f"/consumption?at={at}&energy={energy}&compare={compare}&series={kind}").text)
        told += 1
        if not readings.known(points, period.first, period.last):
            assert set(page.values()) <= {"–"}, "the gas meter is silent"
            continue
        like = same_date if compare == "date" else same_weekday
        now, then, days = readings.pair(points, period.first, period.last, like)
        total = Energy(readings.total(points, period.first, period.last))
        what = "Tuotanto" if energy == "production" else "Kulutus"
        head = beside(total) if days and now == total else shown(total)
        assert head in [figure for label, figure in page.items() if label.startswith(what)], (energy, page)
        assert page.get("Sama päivä vuosi sitten" if days == 1 else f"Samat {days} päivää vuosi sitten") == (
            beside(then) if days else None
        )
        compared = page.get("Verrattava päivä" if days == 1 else f"Verrattavat {days} päivää")
        assert compared == (beside(now) if days and now != total else None), (energy, page)
        change = page.get("Muutos")
        assert (number(change.removesuffix(" %")) if change else None) == (said(now, then) if days else None)
    assert told


@pytest.mark.parametrize("at", STEPPED)
@pytest.mark.parametrize(("person", "kind"), LOOKED_AT, ids=lambda one: getattr(one, "name", one))
def test_each_step_of_the_table_is_the_sum_of_its_days(house, person, kind, at):
    browser, readings = own(house, person), Readings(house.database, kind)
    told = 0
    for energy in TITLES:
        points = readings.there(readings.points({party_id(person)}, energy))
        if not points:
            continue
        page = browser.open(f"/consumption?at={at}&energy={energy}&series={kind}")
        shown_of = [line[1] for line in table(page, "//section[@aria-labelledby='table']//tbody")]
        sums = [Energy(readings.total(points, step.first, step.last)).kwh for step in read(at).steps]
        assert [number(one) if one != "–" else 0 for one in shown_of] == [
            kwh.quantize(Decimal("0.01"), ROUND_HALF_UP) for kwh in sums[: len(shown_of)]
        ], energy
        assert not any(sums[len(shown_of) :]), "what is not shown has not come"
        told += 1
    assert told


@pytest.mark.parametrize("person", [AINO, MIKKO, KARIN, VEIKKO], ids=lambda one: one.persona.family_name)
def test_overview_and_sites_of_a_household_show_the_same_pairs(house, readings, person):
    browser = own(house, person)
    overview = plain(browser.open("/overview").text)
    sites = browser.open("/sites").text
    points = readings.points({party_id(person)}, "electricity")
    now, then, days = readings.pair(points, *MONTH, same_date)
    assert f"samoina {days} päivänä vuosi sitten: {beside(now)}, silloin {beside(then)}." in overview
    for site in {site for _, site in points}:
        for energy in TITLES:
            here = {key: held for key, held in readings.points({party_id(person)}, energy).items() if key[1] == site}
            if here:
                now, then, days = readings.pair(here, *MONTH, same_date)
                told = f"samat {days} päivää: {beside(now)}, vuosi sitten {beside(then)}"
                assert told in plain(sites)
                assert told in plain(browser.open(f"/sites/{site}").text)


def test_the_meter_of_the_company_that_stands_still_is_said_where_its_days_are_shown(company, house):
    number = estate.site_number(estate.STUCK)
    with house.database.reading() as db:
        (site,) = db.exec(select(Site.id).where(Site.number == number))
        (beside,) = db.exec(select(Site.id).where(Site.number == estate.site_number(estate.STUCK + 10)))
    first = UNTIL - estate.STUCK_FOR * DAY
    page = plain(company.open(f"/consumption?site={site}&energy=electricity").text)
    assert "Mittari näyttää nollaa" in page
    assert f"Ajalta {formats.date_range(first, UNTIL - DAY, Language.FI)} ei mitattu mitään." in page
    for other in (f"site={beside}&energy=electricity", f"site={site}&energy=electricity&at={first - DAY}"):
        assert "näyttää nollaa" not in plain(company.open(f"/consumption?{other}").text)


def test_a_reader_of_the_heads_comes_to_the_same_change(house):
    """What one computes from the two numbers as they are shown, to the last digit that they show."""
    for person in (AINO, MIKKO, KARIN, VEIKKO):
        browser = own(house, person)
        for at in ("2026-11", "2026-10", "2026"):
            page = stats(browser.open(f"/consumption?at={at}").text)
            (then,) = [figure for label, figure in page.items() if label.endswith("vuosi sitten")]
            pairs = [figure for label, figure in page.items() if label.startswith("Verrattava")]
            now = pairs[0] if pairs else next(figure for label, figure in page.items() if label.startswith("Kulutus"))
            low, high = share(now, then)
            change = number(page["Muutos"].removesuffix(" %"))
            rounding = Decimal("0.5") if abs(change) >= 10 else Decimal("0.05")
            assert low - rounding <= change <= high + rounding, (person.name, at)


def share(now, then):
    """The least and the most per cent that rounded figures may stand for."""
    (this, half), (that, other) = (figure_of(words) for words in (now, then))
    ends = [(this + a * half) / (that + b * other) * 100 - 100 for a in (-1, 1) for b in (-1, 1)]
    return min(ends), max(ends)


def figure_of(words):
    figure = words.split(" kWh")[0].split(" MWh")[0]
    digits = len(figure.partition(",")[2])
    return number(figure), Decimal(5).scaleb(-digits - 1)


@pytest.mark.parametrize("energy", ["electricity", "heat"])
def test_the_company_has_one_pair_on_every_page(company, readings, energy):
    points = readings.points({party_id(LANDLORD)}, energy)
    total = Energy(readings.total(points, *MONTH))
    now, then, days = readings.pair(points, *MONTH, same_date)
    head = stats(company.open(f"/consumption?at=2026-11&energy={energy}").text)
    assert head[f"Samat {days} päivää vuosi sitten"] == beside(then)
    assert head.get(f"Verrattavat {days} päivää") == (beside(now) if now != total else None)
    assert number(head["Muutos"].removesuffix(" %")) == said(now, then)
    told = f"samat {days} päivää: {beside(now)}, vuosi sitten {beside(then)}"
    assert told in plain(company.open(f"/sites?energy={energy}").text)
    if energy == "electricity":
        assert told in plain(company.open("/overview").text)


@pytest.mark.parametrize("energy", ["electricity", "heat"])
def test_the_table_and_its_file_show_the_pairs_and_the_costs_of_one_energy(company, house, readings, energy):
    points = readings.points({party_id(LANDLORD)}, energy)
    with house.database.reading() as db:
        number_of = {site.id: site.number for site in db.exec(select(Site))}
        costs = billed(db, energy)
    answer = company.get(f"/sites/download?energy={energy}")
    heading, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    rows = {cell(line[0]): dict(zip(heading, line, strict=True)) for line in lines}
    table = table_rows(company, energy)
    for site in {site for _, site in points}:
        here = {key: held for key, held in points.items() if key[1] == site}
        total = Energy(readings.total(here, *MONTH))
        now, then, days = readings.pair(here, *MONTH, same_date)
        row = rows[number_of[site]]
        assert row[next(name for name in heading if name.startswith(f"{TITLES[energy]} 1.–"))] == decimal(total.kwh)
        pair = [row[name] for name in ("Nämä päivät, kWh", "Samat päivät vuosi sitten, kWh")]
        assert pair == ([decimal(now.kwh), decimal(then.kwh)] if days else ["", ""])
        cost = next(row[name] for name in heading if "alv 0 %" in name)
        assert cost == (decimal(Decimal(costs[site]) / 100) if site in costs else "")
        kwh, before = table[number_of[site]]
        compared = f" verrattu {days} päivää: {plain(formats.number(now.kwh))}" if days and now != total else ""
        assert kwh == plain(formats.number(total.kwh)) + compared
        assert before == (plain(formats.number(then.kwh)) if days else "– ei vertailutietoa")
    page = stats(company.open(f"/sites?energy={energy}").text)
    (cost,) = [figure for label, figure in page.items() if "alv 0 %" in label]
    assert cost == plain(formats.number(Decimal(sum(costs.values())) / 100)) + " €"


def billed(db, energy):
    """Net cents of each site's lines of an energy, in October, the newest month that is billed."""
    sums = defaultdict(int)
    wanted = (
        select(InvoiceLine.net_cents, Contract.site_id)
        .join(Invoice, col(InvoiceLine.invoice_id) == Invoice.id)
        .join(Contract, col(InvoiceLine.contract_id) == Contract.id)
        .join(MeteringPoint, col(Contract.metering_point_id) == MeteringPoint.id)
        .where(
            MeteringPoint.energy == energy,
            Invoice.party_id == party_id(LANDLORD),
            col(Invoice.period_to).between(date(2026, 10, 1), date(2026, 10, 31)),
        )
    )
    for cents, site in db.exec(wanted):
        sums[site] += cents
    return sums


def table_rows(browser, energy):
    """What the table shows of each site, by its number: the newest month, and the year before."""
    found = {}
    for at in range(1, 3):
        source = browser.open(f"/sites?by=none&energy={energy}&page={at}").text
        for row in re.findall(r"<tr>\s*<th scope=\"row\">(.*?)</tr>", source, re.DOTALL):
            cells = [plain(one) for one in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
            name = re.search(r"(\d+)</span>\s*</th>", row)
            if name:
                found[name[1]] = cells[3], cells[4]
    return found


def cell(words):
    """A cell as a spreadsheet shows it."""
    return words.removeprefix('="').removesuffix('"').removeprefix("'")


def decimal(value):
    return str(value.quantize(Decimal("0.01"), ROUND_HALF_UP)).replace(".", ",")


def test_who_acts_for_another_sees_the_same_figures_as_they_do(house):
    mine = own(house, VEIKKO)
    theirs = acting(house, LIISA, VEIKKO)
    for at in ("2026-11", "2026", "2026-11-20"):
        assert stats(mine.open(f"/consumption?at={at}").text) == stats(theirs.open(f"/consumption?at={at}").text)


SERIES = {  # of demo people whose points tell more than one
    (MIKKO, "electricity"): {"Mitattu": "BN01", "Netotettu": "BN02"},
    (MIKKO, "production"): {"Mitattu": "BN01", "Netotettu": "BN02"},
    (LIISA, "electricity"): {"Mitattu": "BN01", "Energiayhteisön osuuden jälkeen": "BN03"},
    (AINO, "heat"): {"Mitattu": "BN01", "Tilavuus": "volume", "Menolämpötila": "flow", "Paluulämpötila": "return"},
}


@pytest.mark.parametrize("at", ["2026-10", "2026", "2026-10-25", "2026-11-20", "2026-W47"])
@pytest.mark.parametrize(("person", "energy"), SERIES, ids=lambda one: getattr(one, "name", one))
def test_every_series_is_the_sum_of_its_readings_and_temperatures_are_their_mean(house, readings, person, energy, at):
    page = plain(own(house, person).open(f"/consumption?at={at}&energy={energy}").text)
    period = read(at)
    for name, code in SERIES[person, energy].items():
        kind, quantities, hours = ReadingType(code), 0, Decimal(0)
        for (point, _), held in readings.points({party_id(person)}, energy).items():
            for first, last in held:
                days = max(first, period.first), min(last, period.last)
                with house.database.reading() as db:
                    known = store.read(db, point, *days, kind)
                weight = np.ones(len(known), np.int64) if kind.adds_up else known.length
                valued = known.quality != Quality.MISSING
                quantities += int((known.milliwatt_hours * weight)[valued].sum())
                hours += int(weight[valued].sum())
        value = Decimal(quantities) / 1_000_000 / (1 if kind.adds_up else hours)
        unit = {"m3": "m³"}.get(kind.unit, kind.unit)
        assert f"{name} {plain(formats.number(value, 2))} {unit}" in page.replace("\u00ad", ""), (name, value)
