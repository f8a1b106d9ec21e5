"""Everything that is held about one customer, as files to keep and to take elsewhere (GDPR, Articles 15 and 20).

For each customer number a folder: pages to read and print, `data.json` with every record, each table as CSV, the
readings of each metering point as Datahub writes them, receipts of permissions, and photos. Records and receipts of a
number are from one reading of the register and wait in a spool; readings are read when it is their turn. The files are
made one after the other, each when it is asked for: memory holds a small part of them, and no transaction stays open.
Whoever makes them gives way every few milliseconds: a company's package takes a while, and nobody waits for it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from portal.brand import Brand
from portal.kit.archives import PackageFile, Pause, Step
from portal.kit.crypto import Vault
from portal.kit.db import Database
from portal.kit.html import Html
from portal.kit.i18n import Language
from portal.kit.privacy import Keeper
from portal.kit.streams import Pace
from portal.privacy.catalogue import Group
from portal.privacy.holdings import Whose
from portal.privacy.package import readings
from portal.privacy.package.pages import page, sheets
from portal.privacy.package.readme import readme
from portal.privacy.package.records import as_csv, as_json, photos, receipts, records
from portal.privacy.package.spool import Spool


@dataclass(frozen=True)
class PackageContext:
    """What a package is made with: who keeps what, the key to identity codes, the templates, whose portal it is."""

    keepers: Sequence[Keeper]
    vault: Vault
    html: Html
    brand: Brand


def files(
    database: Database,
    whose: Sequence[Whose],
    context: PackageContext,
    language: Language,
    now: datetime,
    pace: Pace | None = None,
) -> Iterator[Step]:
    """Every file of the packages of some customer numbers; each is to be read before the next one is asked for.

    A pause comes where records have been gathered for as long as the pace allows.
    """
    pace = pace or Pace()
    yield PackageFile("README.txt", [readme(whose, context.brand, language, now).encode()])
    for one in whose:
        folder = _folder(one)
        for step in _of_one(database, one, context, language, now, pace):
            yield PackageFile(f"{folder}/{step.name}", step.pieces) if isinstance(step, PackageFile) else step


def _folder(whose: Whose) -> str:
    """A folder's name wherever it is unpacked: slashes and dots in a number would lead elsewhere."""
    return quote(whose.customer_number or "account", safe="").replace(".", "%2E")


def _of_one(
    database: Database, whose: Whose, context: PackageContext, language: Language, now: datetime, pace: Pace
) -> Iterator[Step]:
    yield Pause()
    pace.again()
    with Spool() as spool:
        with database.reading() as db:
            days, decided = readings.held(db, whose.subject), list(receipts(db, whose, context.brand))
            for record in records(db, whose, context.keepers, context.vault):
                spool.put(record)
                if pace.is_over:
                    yield Pause()
                    pace.again()
        for group in Group:
            if found := sheets(spool, group, days, language):
                made = page(context.html, whose, context.brand.company, (group, found), language, now)
                yield PackageFile(f"pages/{group}.html", made)
        yield PackageFile("data.json", as_json(spool, whose, now))
        for table in spool.tables:
            yield PackageFile(f"tables/{table}.csv", as_csv(spool, table))
    for gsrn, pieces in readings.written(database, days):
        yield PackageFile(f"readings/{gsrn}.csv", pieces)
    yield from decided
    yield from photos(database, whose, context.vault)
