"""What a company's data packages cost: others who download something meanwhile, and over the bare compression."""

import statistics
import time
import zlib
from contextlib import ExitStack, contextmanager
from threading import Event, Thread

import httpx2

from portal.app import html
from portal.auth.actions import SESSION_COOKIE
from portal.customers.models import Mandate
from portal.demo.people import LANDLORD
from portal.demo.register import party_id
from portal.keepers import KEEPERS
from portal.kit.archives import PackageFile, zipped
from portal.kit.i18n import Language
from portal.kit.privacy import DataSubject
from portal.privacy import package
from portal.privacy.holdings import Whose
from portal.privacy.package import PackageContext
from tests import days
from tests.browser import hidden
from tests.people import vault
from tests.settings import settings

ADMINISTRATORS = (
    ("30990001", "110871-956P", "Anna Apulainen"),
    ("30990002", "230293-957A", "Bertil Bisittare"),
    ("30990003", "170466-9551", "Cecilia Cederberg"),
    ("30990004", "210388-958K", "Daniel Dahl"),
)
THREE_YEARS = "/consumption/download?format=datahub&from=2023-11-21&to=2026-11-20"
SAFE = {"Sec-Fetch-Site": "same-origin", "Accept-Encoding": "identity"}
COMPANY = party_id(LANDLORD)


class Packages:
    """Four administrators of the company with 240 sites, and a household, at one process of the portal."""

    def __init__(self, portal):
        self.portal = portal
        self._cookies = [self._administrator(*one) for one in ADMINISTRATORS]

    def seconds(self, rounds):
        """A household's download of three years, alone and beside four packages under way."""
        with self.portal.serving("portal") as (port, _):
            cookie = {"Cookie": f"{SESSION_COOKIE}={self.portal.cookie}"}
            with httpx2.Client(base_url=f"http://localhost:{port}", headers=SAFE | cookie, timeout=300) as household:
                alone = [_download_s(household) for _ in range(rounds)]
                with ExitStack() as until_done:
                    for cookie_of_one in self._cookies:
                        until_done.enter_context(_taking(port, cookie_of_one))
                    beside = [_download_s(household) for _ in range(rounds)]
        return statistics.median(alone), statistics.median(beside)

    def made_s(self):
        """CPU seconds of the company's package, all of it."""
        started = time.process_time()
        for _ in zipped(self._files()):
            pass
        return time.process_time() - started

    def compressed_s(self):
        """CPU seconds that zlib alone takes for the same bytes, file by file."""
        spent = 0.0
        for file in (step for step in self._files() if isinstance(step, PackageFile)):
            packing = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
            for piece in file.pieces:
                started = time.thread_time()
                packing.compress(piece)
                spent += time.thread_time() - started
            packing.flush()
        return spent

    def _files(self):
        known = settings()
        context = PackageContext(KEEPERS, vault(), html(known.brand), known.brand)
        whose = [Whose(DataSubject(COMPANY, frozenset()), LANDLORD.name, LANDLORD.customer_number, is_own=False)]
        return package.files(self.portal.database, whose, context, Language.FI, days.now())

    def _administrator(self, number, code, name):
        """The cookie of somebody who decides for the company, just after they have proved who they are."""
        house = self.portal.house
        party = house.customer(code, name, number)
        mandate = {"themes": "billing,consumption,contracts,moves", "every_site": True, "level": "manage"}
        with house.database.writing() as db:
            db.add(Mandate(grantor_id=COMPANY, grantee_id=party, valid_from=days.UNTIL.replace(year=2025), **mandate))
        browser = house.open_for(code, name, proved_minutes_ago=0)
        answer = browser.submit("/act-as", {"party": str(COMPANY)}, page="/overview")
        return answer.cookies[SESSION_COOKIE]


def _download_s(household):
    started = time.perf_counter()
    answer = household.get(THREE_YEARS)
    assert (answer.status_code, len(answer.content) > 1_000_000) == (200, True), answer.text[:200]
    return time.perf_counter() - started


@contextmanager
def _taking(port, cookie):
    """A package on its way for as long as the block lasts; it has begun to come when the block begins."""
    begun, ending = Event(), Event()

    def take():
        headers = SAFE | {"Cookie": f"{SESSION_COOKIE}={cookie}"}
        with httpx2.Client(base_url=f"http://localhost:{port}", headers=headers, timeout=300) as client:
            form = hidden(client.get("/privacy/package").text)
            with client.stream("POST", "/privacy/package", data=form) as answer:
                assert answer.status_code == 200, answer.status_code
                for _ in answer.iter_raw():
                    begun.set()
                    if ending.is_set():
                        return

    taking = Thread(target=take)
    taking.start()
    assert begun.wait(120)
    try:
        yield
    finally:
        ending.set()
        taking.join()
