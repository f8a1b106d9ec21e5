"""What customers see of their consumption, on a portal of its own with one home's readings."""

import csv
import gzip
import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from uuid import uuid4

import numpy as np
import pytest

from portal.consumption import store
from portal.consumption.formats import datahub
from portal.kit.clock import first_of_month
from portal.kit.energy import MWH_PER_KWH
from portal.kit.intervals import Quality, instant_of, joined, start_quarter
from portal.sites.models import Occupancy
from tests.browser import check
from tests.consumption.readings import Reading, every, intervals
from tests.contracts.register import Register

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
SINCE = date(2024, 3, 10)
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


def by_hour_of_day(quarter):
    """0.2 to 0.43 kWh an hour by the hour of day, a little more each day."""
    return 50_000 + quarter % 96 * 600 + quarter // 96 % 7 * 1_000


class Home:
    """A site of somebody with an electricity meter, its contracts, and readings up to a day."""

    def __init__(self, house, party, street="Esimerkkikatu 4", since=SINCE):
        self.database, self.party = house.database, party
        self.register = Register(house.database)
        self.site = self.register.site(street)
        self.register.add(Occupancy(site_id=self.site, party_id=party, since=since))
        self.power = self.register.point(self.site)

    def record(self, point, readings):
        with self.database.writing() as db:
            store.record(db, point, readings, NOW)

    def readings(self, until, point=None, **more):
        self.record(point or self.power, every(SINCE, until, mwh=by_hour_of_day, **more))

    def contracts(self, **facts):
        self.register.taxes()
        sales = self.register.product("sales", "Vakaa")
        self.register.price(sales, "energy", "10")
        self.register.price(sales, "month", "5", basis="month")
        self.register.contract(self.party, self.site, self.power, sales, **facts)


@pytest.fixture
def home(house, aino):
    """Aino's home, read by the quarter until yesterday."""
    home = Home(house, aino.party)
    home.readings(aino.today - DAY)
    home.contracts()
    return home


def words(page):
    """The text of a page, without its tags and with plain blanks."""
    text = unescape(re.sub(r"<[^>]+>", " ", page.text)).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", text)


def bars(page):
    """The bars of the chart that are links: their addresses and labels."""
    found = re.findall(r'<a class="bar" href="([^"]+)"[^>]*?aria-label="([^"]+)"', page.text)
    return [(unescape(href), unescape(label).replace("\u00a0", " ")) for href, label in found]


def kwh_of(label):
    return Decimal(re.search(r": ([0-9 ]+(?:,[0-9]+)?) kWh", label)[1].replace(" ", "").replace(",", "."))


def table(page):
    """The figures of the table's lines: the first cell and the kWh, and those of its last line."""
    body, foot = re.search(r"<tbody>(.*?)</tbody>\s*<tfoot>(.*?)</tfoot>", page.text, re.DOTALL).groups()
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in body.split("</tr>") if row.strip()]
    plain = [[unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in row] for row in cells]
    total = re.search(r'class="num">([^<]+)<', foot)[1]
    return {row[0]: number(row[1]) for row in plain}, number(unescape(total))


def number(text):
    return None if text == "–" else Decimal(text.replace("\u00a0", "").replace(",", ".").replace("\u2212", "-"))


def stored_kwh(home, first, last):
    with home.database.reading() as db:
        readings = store.read(db, home.power, first, last)
    return Decimal(int(readings.mwh.sum())) / MWH_PER_KWH


def cents(value):
    return value.quantize(Decimal("0.01"))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_view_opens_in_every_language(home, aino, path, language):
    aino.browser.headers["Accept-Language"] = language
    page = aino.browser.open(path)
    assert page.headers["content-language"] == language
    assert len(re.findall(r'<(?:a|summary)[^>]*class="bar"', page.text)) <= 31


@pytest.mark.parametrize("path", [*PATHS, "/consumption/download"])
def test_nobody_is_sent_to_sign_in(nobody, path):
    answer = nobody.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=/consumption")


@pytest.mark.parametrize("path", ["/consumption", "/consumption?at=2026-10", "/consumption/download"])
def test_a_stranger_finds_nothing(home, mikko, path):
    separator = "&" if "?" in path else "?"
    foreign = mikko.browser.get(f"{path}{separator}site={home.site}")
    unknown = mikko.browser.get(f"{path}{separator}site={uuid4()}")
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
    lines, total = table(page)
    assert total == cents(stored_kwh(home, moved, date(2026, 10, 31)))
    rows = list(csv.reader(io.StringIO(mikko.browser.get("/consumption/download?at=2026-10").text), delimiter=";"))
    assert rows[1][5] == "2026-10-15T21:00:00Z"


@pytest.mark.parametrize("wrong", ["at=2026-13", "at=yesterday", "at=2026-03-29T03", "from=2026-02-01&to=2026-01-01"])
def test_a_time_that_there_is_not_shows_the_newest_month_and_says_so(home, aino, wrong):
    page = aino.browser.open(f"/consumption?{wrong}", status=422)
    assert "Tällaista aikaa ei ole." in words(page)
    assert len(bars(page)) >= 1


@pytest.mark.parametrize("wrong", ["energy=steam", "site=4", "compare=moon", "at=2026&site='"])
def test_what_does_not_exist_is_not_found(home, aino, wrong):
    assert aino.browser.get(f"/consumption?{wrong}").status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_htmx_gets_only_its_block(home, aino, path):
    fragment = aino.browser.fragment(path, "view")
    assert fragment.text.startswith("<title>Sähkön kulutus, ")
    assert fragment.text.count('id="view"') == 1


@pytest.mark.parametrize("path", ["2026", "2026-10", "2026-10-24", "2026-10-24T14"])
def test_a_drill_down_is_small(home, aino, path):
    fragment = aino.browser.fragment(f"/consumption?at={path}", "view")
    assert len(gzip.compress(fragment.content, 4)) <= 8 * 1024


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


@pytest.mark.parametrize(
    ("at", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-10", date(2026, 10, 1), date(2026, 10, 31)),
        ("2026-W43", date(2026, 10, 19), date(2026, 10, 25)),
        ("2026-10-25", date(2026, 10, 25), date(2026, 10, 25)),
        ("2026-03-29", date(2026, 3, 29), date(2026, 3, 29)),
    ],
)
def test_sums_on_the_page_are_those_of_the_store(home, aino, at, first, last):
    page = aino.browser.open(f"/consumption?at={at}")
    lines, total = table(page)
    assert total == cents(stored_kwh(home, first, last))
    assert sum(lines.values()) == pytest.approx(total, abs=Decimal("0.005") * len(lines))
    assert sum(kwh_of(label) for _, label in bars(page) if "2026" in label or "klo" in label) == pytest.approx(
        total, rel=Decimal("0.01")
    )


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


def test_a_meter_read_by_the_hour_has_no_quarters(house, aino):
    home = Home(house, aino.party)
    home.readings(aino.today - DAY, length=4)
    page = aino.browser.open("/consumption?at=2026-10-24T14")
    assert "Mittari luetaan tunneittain" in words(page)


def test_what_is_missing_is_named_and_marked(home, aino):
    noon = start_quarter(date(2026, 10, 14)) + 48
    gap = [Reading(quarter, 1, 0, Quality.MISSING) for quarter in range(noon, noon + 9)]
    other = Home.__new__(Home)
    other.__dict__.update(home.__dict__)
    point = home.register.point(home.site, "heat")
    before, after = every(date(2026, 10, 1), date(2026, 10, 13)), every(date(2026, 10, 15), date(2026, 10, 31))
    day = every(date(2026, 10, 14), date(2026, 10, 14))
    told = joined([before, day[: noon - int(day.quarter[0])], intervals(gap), day[noon - int(day.quarter[0]) + 9 :], after])
    home.record(point, told)
    page = aino.browser.open("/consumption?at=2026-10&energy=heat")
    said = words(page)
    assert "Tiedot puuttuvat 14.10. klo 12.00–14.15. Tämä aika ei ole mukana summassa." in said
    assert "30 / 31 päivää mitattu" in said
    assert any("osin puuttuu" in label for _, label in bars(page))
