"""What a signed-in page costs, over rendering its template from memory."""

import asyncio
import time
from datetime import date
from pathlib import Path

import httpx2

from portal import migrations
from portal.auth.actions import SESSION_COOKIE
from portal.demo import seed
from portal.demo.people import AINO
from portal.kit.db import Database
from tests.browser import ORIGIN
from tests.people import House, vault

PAGES = 60
UNTIL = date(2026, 11, 21)


class Portal:
    """The portal on a seeded SQLite database, with one customer signed in."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(f"sqlite:///{folder / 'portal.db'}")
        migrations.upgrade(self.database.engine)
        seed.seed(self.database, vault(), UNTIL)
        self.house = House(self.database)
        self.cookies = {SESSION_COOKIE: self.house.cookie(AINO.persona.identity_code, AINO.name)}
        self._rendered: list[tuple[object, ...]] = []

    async def page_cpu_s(self) -> float:
        """CPU seconds of one overview, asked for through the whole stack."""
        transport = httpx2.ASGITransport(self.house.app)
        async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN, cookies=self.cookies) as client:
            (await client.get("/overview")).raise_for_status()
            started = time.process_time()
            for _ in range(PAGES):
                await client.get("/overview")
            return (time.process_time() - started) / PAGES

    def template_cpu_s(self) -> float:
        """CPU seconds of rendering the same page from values in memory."""
        html, page, here = self._kept()
        started = time.process_time()
        for _ in range(PAGES):
            html.render(page, here).encode()
        return (time.process_time() - started) / PAGES

    def _kept(self):
        """The page's values, taken while it is shown once."""
        if not self._rendered:
            inner = self.house.app.app.app
            html = inner.state.platform.html
            shown = html.render

            def keep(page, here, block=None):
                self._rendered.append((html, page, here))
                return shown(page, here, block)

            html.render = keep
            asyncio.run(self.page_cpu_s())
            del html.render
        return self._rendered[-1]
