"""Everything that is held about one customer, as files to keep and to take elsewhere (GDPR, Articles 15 and 20).

For each customer number a folder: pages to read and print, `data.json` with every record, each table as CSV, the
readings of each metering point as Datahub writes them, and the receipts of permissions. The records and receipts of a
number are from one reading of the register and wait in a shelf; readings are read when it is their turn. The files are
made one after the other, each when it is asked for: memory holds a small part of them, and no transaction stays open.
Whoever makes them gives way every few milliseconds: a company's package takes a while, and nobody waits for it.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final
from urllib.parse import quote
from zipfile import ZIP_DEFLATED, ZipFile

from sqlmodel import Session, select

from portal.brand import Brand
from portal.consents import queries as consents
from portal.consents import receipts
from portal.consents.authorisations import queries as authorisations
from portal.consents.authorisations import receipts as authorisation_receipts
from portal.consumption import privacy as consumption
from portal.customers.models import IdentityCode, Party
from portal.kit import formats, private
from portal.kit.crypto import Vault
from portal.kit.db import Database
from portal.kit.html import Html
from portal.kit.i18n import Language, text
from portal.kit.privacy import Keeper, Record, Value
from portal.kit.spreadsheets import harmless
from portal.kit.streams import Pace, Pieces
from portal.privacy import readings, values
from portal.privacy.catalogue import BY_TABLE, GROUPS, Group, PersonalTable, of_group
from portal.privacy.holdings import Whose
from portal.privacy.readings import HeldPoint
from portal.privacy.spool import Spool

VERSION: Final = 1
"""Of the shape of data.json and of the names of files; within a version neither changes."""

BOM: Final = "\ufeff"
AT_ONCE: Final = 200  # rows of a file, or parts of a page, that are written together
WORTH_SENDING: Final = 1 << 16  # bytes
CODE = "identity_code"


@dataclass(frozen=True)
class PackageFile:
    """A file of the package, in pieces."""

    name: str
    pieces: Iterable[bytes]


class Pause:
    """Stands between files where the next one is not there yet, and others may go first."""


Step = PackageFile | Pause


@dataclass(frozen=True)
class Press:
    """What a package is made with: who keeps what, the key to identity codes, the templates, whose portal it is."""

    keepers: Sequence[Keeper]
    vault: Vault
    html: Html
    brand: Brand


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table on a page: its title, the names of its columns, and its rows in words."""

    title: str
    columns: Sequence[str]
    rows: Iterable[Sequence[str]]


class _Ready:
    """Where an archive is written to: what has not been sent yet."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Keep it."""
        self._written.append(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """What is left can still be taken."""

    @property
    def size(self) -> int:
        """How many bytes have been written since the last time."""
        return sum(map(len, self._written))

    def taken(self) -> bytes:
        """What has been written since the last time, in one piece."""
        written, self._written = b"".join(self._written), []
        return written


def files(
    database: Database,
    whose: Sequence[Whose],
    press: Press,
    language: Language,
    now: datetime,
    pace: Pace | None = None,
) -> Iterator[Step]:
    """Every file of the packages of some customer numbers; each is to be read before the next one is asked for.

    A pause comes where records have been gathered for as long as the pace allows.
    """
    pace = pace or Pace()
    yield PackageFile("README.txt", [_readme(whose, press.brand, language, now).encode()])
    for one in whose:
        folder = _folder(one)
        for step in _of_one(database, one, press, language, now, pace):
            yield PackageFile(f"{folder}/{step.name}", step.pieces) if isinstance(step, PackageFile) else step


def zipped(made: Iterable[Step]) -> Pieces:
    """A ZIP archive of the files, piece by piece as they are made; an empty piece gives way.

    Sizes stand behind each file, as in every archive that is sent while it grows; no file may have 2 GiB.
    """
    ready, pace = _Ready(), Pace()
    with ZipFile(ready, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for step in made:
            if isinstance(step, Pause):
                yield ready.taken()
                pace.again()
                continue
            with archive.open(step.name, "w") as entry:
                for piece in step.pieces:
                    entry.write(piece)
                    if pace.is_over or ready.size >= WORTH_SENDING:
                        yield ready.taken()
                        pace.again()
    yield ready.taken()


def unpacked(made: Iterable[Step], folder: Path) -> Iterator[str]:
    """Write the files into a folder, for their owner's eyes only; the name of each, before it is written."""
    private.folder(folder)
    folder.chmod(private.FOLDER)
    for file in made:
        if isinstance(file, Pause):
            continue
        yield file.name
        path = folder / file.name
        private.folder(path.parent)
        with open(path, "xb", opener=private.opener) as written:
            written.writelines(file.pieces)


def _folder(whose: Whose) -> str:
    """A folder's name wherever it is unpacked: slashes and dots in a number would lead elsewhere."""
    return quote(whose.customer_number or "account", safe="").replace(".", "%2E")


def _of_one(
    database: Database, whose: Whose, press: Press, language: Language, now: datetime, pace: Pace
) -> Iterator[Step]:
    yield Pause()
    pace.again()
    with Spool() as spool:
        with database.reading() as db:
            days, receipts_ = readings.held(db, whose.subject), list(_receipts(db, whose, press.brand))
            for record in _records(db, whose, press):
                spool.put(record)
                if pace.is_over:
                    yield Pause()
                    pace.again()
        for group in Group:
            if sheets := _sheets(spool, group, days, language):
                yield PackageFile(f"pages/{group}.html", _page(press, whose, group, sheets, language, now))
        yield PackageFile("data.json", _json(spool, whose, now))
        for table in spool.tables:
            yield PackageFile(f"tables/{table}.csv", _csv(spool, table))
    for gsrn, pieces in readings.written(database, days):
        yield PackageFile(f"readings/{gsrn}.csv", pieces)
    yield from receipts_


def _records(db: Session, whose: Whose, press: Press) -> Iterator[Record]:
    """What the keepers keep; readings, which are millions, have files of their own."""
    for keeper in press.keepers:
        if keeper is not consumption:
            for record in keeper.export(db, whose.subject):
                yield _opened(db, whose, press.vault) if record.table == CODE and whose.is_own else record


def _opened(db: Session, whose: Whose, vault: Vault) -> Record:
    """The identity code: it is the person's own, and they have just proved who they are."""
    party_id = whose.subject.party_id
    sealed = db.exec(select(IdentityCode.encrypted).where(IdentityCode.party_id == party_id)).one()
    code = vault.open(sealed, table=CODE, column="encrypted", row=party_id)
    return Record(CODE, {"party_id": str(party_id), CODE: code})


# pages


def _sheets(spool: Spool, group: Group, days: Sequence[HeldPoint], language: Language) -> list[Sheet]:
    if group is Group.CONSUMPTION:
        return _files_of_readings(days, language)
    with_rows = [holding for holding in of_group(group) if holding.table in spool.tables and holding.columns]
    return [_sheet(spool, holding, language) for holding in with_rows]


def _sheet(spool: Spool, holding: PersonalTable, language: Language) -> Sheet:
    columns = holding.columns
    return Sheet(
        title=holding.title.said(language),
        columns=[one.label.said(language) for one in columns.values()],
        rows=(
            [values.said(holding.table, name, _value(row, name), language) for name in columns]
            for row in spool.rows(holding.table)
        ),
    )


def _value(row: dict[str, Value], column: str) -> Value:
    return row.get(CODE if column == "encrypted" else column)


def _files_of_readings(days: Sequence[HeldPoint], language: Language) -> list[Sheet]:
    columns = (text("Metering point (GSRN)"), text("First day"), text("Last day"), text("File"))
    rows = [
        (
            one.gsrn,
            formats.full_date(one.first, language),
            formats.full_date(one.last, language),
            f"readings/{one.gsrn}.csv",
        )
        for one in days
    ]
    title = BY_TABLE["reading_month"].title.said(language)
    return [Sheet(title, [column.said(language) for column in columns], rows)] if rows else []


def _page(
    press: Press, whose: Whose, group: Group, sheets: Sequence[Sheet], language: Language, now: datetime
) -> Iterator[bytes]:
    template = press.html.environment(language).get_template("privacy/package/group.html")
    stream = template.stream(whose=whose, described=GROUPS[group], sheets=sheets, at=now, company=press.brand.company)
    stream.enable_buffering(AT_ONCE)
    return (piece.encode() for piece in stream)


# records for programs


def _json(spool: Spool, whose: Whose, now: datetime) -> Iterator[bytes]:
    """`{"version": 1, ..., "tables": {"party": [{...}], ...}}`; money is cents, instants and days are ISO 8601."""
    about = {"version": VERSION, "customer_number": whose.customer_number, "made_at": now.isoformat()}
    yield f'{json.dumps(about)[:-1]}, "tables": {{'.encode()
    for number, table in enumerate(spool.tables):
        yield f"{',' if number else ''}\n{json.dumps(table)}: [".encode()
        for place, lines in enumerate(_portions(spool.lines(table))):
            yield ("," if place else "").encode() + ",".join(f"\n{line}" for line in lines).encode()
        yield b"]"
    yield b"}}\n"


def _portions(lines: Iterator[str]) -> Iterator[Sequence[str]]:
    while portion := list(islice(lines, AT_ONCE)):
        yield portion


def _csv(spool: Spool, table: str) -> Iterator[bytes]:
    """UTF-8 with a byte order mark; what a spreadsheet would take for a formula gets an apostrophe before it."""
    columns = spool.columns(table)
    written = io.StringIO(BOM, newline="")
    written.seek(0, io.SEEK_END)
    rows = csv.writer(written, delimiter=";")
    rows.writerow(columns)
    for place, row in enumerate(spool.rows(table), start=1):
        rows.writerow([_cell(row.get(name)) for name in columns])
        if place % AT_ONCE == 0:
            yield written.getvalue().encode()
            written.seek(0)
            written.truncate()
    yield written.getvalue().encode()


def _cell(value: Value) -> Value:
    return harmless(value) if isinstance(value, str) else value


# receipts


def _receipts(db: Session, whose: Whose, brand: Brand) -> Iterator[PackageFile]:
    for given in authorisations.given_by(db, [whose.subject.party_id]):
        receipt = authorisation_receipts.receipt(given, brand).model_dump_json(indent=2)
        yield PackageFile(f"receipts/{given.id}.json", [receipt.encode()])
    for decision in consents.decided_by(db, [whose.subject.party_id]):
        customer = db.get_one(Party, decision.record.party_id)
        receipt = receipts.receipt(decision, customer, brand).model_dump_json(indent=2)
        yield PackageFile(f"receipts/{decision.record.id}.json", [receipt.encode()])


# the first thing to read


def _readme(whose: Sequence[Whose], brand: Brand, language: Language, now: datetime) -> str:
    names = ", ".join(f"{one.name} {one.customer_number or ''}".strip() for one in whose)
    sentences = (
        text("Everything that %(company)s holds about: %(names)s", company=brand.company, names=names),
        text("Made %(at)s.", at=formats.instant(now, language)),
        text("There is a folder for each customer number. In it:"),
        text("pages: everything to read and print, a page for each group of data"),
        text("data.json: every record for programs; amounts of money are cents, times are ISO 8601"),
        text("tables: the same records as CSV files, to be opened in a spreadsheet"),
        text("readings: the readings of each metering point, as Datahub writes them (CSV, times in UTC)"),
        text("receipts: the receipts of consents and prohibitions (ISO/IEC TS 27560)"),
        text(
            "A text in a CSV file that begins with =, +, - or @ has an apostrophe before it, so that no program takes "
            "it for a formula; data.json has it as it is."
        ),
        text("The package holds personal data. Keep it safe, and delete it when you no longer need it."),
        text("Questions about personal data: %(email)s", email=brand.data_protection.email),
    )
    return "\n\n".join(sentence.said(language) for sentence in sentences) + "\n"
