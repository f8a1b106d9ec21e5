"""The overview beside a page of Django's that tells the same facts of the same database.

Django's page stands in `peers/overview`. It gets a copy of the portal's database, sums of readings by month and by day
in tables of its own (the portal packs them, Django's programmer would not), and the portal's words as its catalogue.
"""

import difflib
import json
import os
import re
import sqlite3
import statistics
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from urllib.request import Request, urlopen

import numpy as np
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from sqlmodel import select

from portal.auth.actions import SESSION_COOKIE
from portal.consumption import store
from portal.kit import i18n
from portal.kit.clock import start_of
from portal.kit.i18n import Language
from portal.kit.intervals import day_starts
from portal.messages.rules import FRESH
from portal.sites.models import MeteringPoint
from tests import days
from tests.bench import load, peers
from tests.bench.pages import PATH
from tests.settings import settings

QUERIES = 12  # that an idiomatic page may ask
PAGES = 100  # in a turn
SAID = ("aria-label",)  # attributes that are read to people


class OtherFacts(Exception):
    """The two pages do not say the same, so their costs say nothing."""


@dataclass(frozen=True)
class Page:
    """A page that a server serves to a session: ours or Django's."""

    port: int
    process: object
    cookie: str

    @property
    def html(self) -> str:
        """The page as it comes."""
        headers = {"Cookie": self.cookie, "Accept-Language": "fi"}
        with urlopen(Request(f"http://localhost:{self.port}{PATH}", headers=headers), timeout=30) as answer:
            return answer.read().decode()

    def cpu_s(self) -> float:
        """CPU seconds of its server for one page."""
        return load.cpu_s(self.port, self.process, PATH, self.cookie, PAGES)


@contextmanager
def both(portal, folder):
    """Our page and Django's, each served by one process."""
    folder.mkdir(exist_ok=True)
    _copy(portal, folder / "django.db")
    _write_words(folder / "locale")
    (folder / "facts.json").write_text(json.dumps(_facts(portal), default=str))
    prepared = peers.ask("django_page.py", "prepare", folder)
    assert prepared["queries"] <= QUERIES, prepared
    gunicorn = [peers.python(), "-m", "gunicorn", "--bind", "localhost:PORT", "--log-level", "error"]
    command = [*gunicorn, "--chdir", peers.HERE, "django_page:application"]
    environ = os.environ | {"BENCH_FOLDER": str(folder)}
    with portal.serving("portal") as ours, load.server(command, env=environ) as theirs:
        yield Page(*ours, f"{SESSION_COOKIE}={portal.cookie}"), Page(*theirs, f"sessionid={prepared['session']}")


def costs(portal, folder, rounds):
    """CPU seconds of our page and of Django's, the medians of so many turns, and the median of their ratios.

    Raises OtherFacts, and peers.Missing.
    """
    with both(portal, folder) as (ours, theirs):
        if differences := different(ours.html, theirs.html):
            raise OtherFacts(f"they say {differences[0]!r}")
        for page in (ours, theirs):
            page.cpu_s()  # what is compiled once is no page's
        turns = [(ours.cpu_s(), theirs.cpu_s()) for _ in range(rounds)]
    mine, other = (statistics.median(of_one) for of_one in zip(*turns, strict=True))
    return mine, other, statistics.median(two / one for one, two in turns)


def different(ours: str, theirs: str) -> list[str]:
    """Where the words of two pages differ, with what stands around."""
    lines = difflib.unified_diff(said(ours), said(theirs), "ours", "theirs", n=1, lineterm="")
    return [" ".join(line for line in lines)] if said(ours) != said(theirs) else []


def said(html: str) -> list[str]:
    """What a page says to people, word by word in its order: what is read aloud, too."""
    reader = _Reader()
    reader.feed(html)
    return re.sub(r"\s+", " ", " ".join(reader.said)).split()


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.said, self._silent = [], 0

    def handle_starttag(self, tag, attrs):
        self.said += [f" {value} " for name, value in attrs if name in SAID]
        self._silent += tag in {"script", "style"}

    def handle_endtag(self, tag):
        self._silent -= tag in {"script", "style"}

    def handle_data(self, data):
        if not self._silent:
            self.said.append(data)


def _copy(portal, path):
    """The portal's database in a file of its own."""
    source = sqlite3.connect(portal.database.engine.url.database)
    target = sqlite3.connect(path)
    source.backup(target)
    target.close()
    source.close()


def _write_words(folder):
    """The portal's words as the one catalogue of each language that Django reads."""
    for language in (Language.FI, Language.SV):
        every = Catalog(locale=language.value)
        for path in sorted((i18n.LOCALE / language).glob("*.po")):
            with path.open("rb") as file:
                for message in read_po(file, locale=language.value):
                    if message.id:
                        every.add(message.id, message.string)
        there = folder / language / "LC_MESSAGES"
        there.mkdir(parents=True, exist_ok=True)
        with (there / "django.mo").open("wb") as file:
            write_mo(file, every)


def _facts(portal):
    """What Django's own tables hold, and what its settings say of the installation."""
    _, page, here = portal.kept()
    brand, use = settings().brand, page.usage
    [site_id] = use.of.by_site
    with portal.database.reading() as db:
        at_home = (MeteringPoint.site_id == site_id) & (MeteringPoint.energy == use.of.commodity)
        [point_id] = db.exec(select(MeteringPoint.id).where(at_home)).all()
        by_day = _by_day(store.read(db, point_id, use.of.months[0], use.of.last), use.of.months[0], use.of.last)
    compared = use.compared.dates
    whole = compared | {day.replace(year=day.year - 1) for day in compared}
    [party_id] = here.who.parties
    return {
        "party": party_id,
        "account": here.who.account_id,
        "first": here.who.name.partition(" ")[0],
        "last": here.who.name.rpartition(" ")[2],
        "now": days.now().isoformat(),
        "months": [
            {"point_id": point_id, "month": month, "mwh": energy.milliwatt_hours}
            for month, energy in zip(use.of.months, use.sums.months, strict=True)
        ],
        "days": [
            {"point_id": point_id, "day": day, "mwh": mwh, "is_whole": day in whole, "until": _ends(day, page.reaches)}
            for day, mwh in by_day.items()
        ],
        "brand": {
            **{
                name: getattr(brand, name) for name in ("company", "business_id", "phone", "phone_href", "faults_phone")
            },
            "called": brand.called(Language.FI),
            "faults_phone_href": brand.faults_phone_href,
            "fresh_days": FRESH.days,
        },
    }


def _by_day(readings, first, last):
    """Milliwatt-hours of each day."""
    begins = np.searchsorted(readings.quarter, day_starts(first, last))
    sums = np.concatenate([[0], np.cumsum(readings.milliwatt_hours)])[begins]
    return {first + timedelta(days=place): int(mwh) for place, mwh in enumerate(np.diff(sums))}


def _ends(day, reaches):
    """When the last reading of a day begins."""
    return min(start_of(day + timedelta(days=1)) - timedelta(minutes=15), reaches).isoformat()
