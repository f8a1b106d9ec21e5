"""The records of a package for programs: every table as JSON and as CSV, and the receipts of what was decided."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from sqlmodel import Session, select

from portal.brand import Brand
from portal.consents import lookups as consents
from portal.consents import receipts as decision_receipts
from portal.consents.authorisations import lookups as authorisations
from portal.consents.authorisations import receipts as authorisation_receipts
from portal.consumption import privacy as consumption
from portal.customers.models import IdentityCode, Party
from portal.kit.archives import PackageFile
from portal.kit.crypto import Vault
from portal.kit.db import Database
from portal.kit.privacy import Keeper, Record, Value
from portal.kit.spreadsheets import harmless
from portal.privacy.holdings import Whose
from portal.privacy.package.spool import Spool
from portal.requests.models import RequestPhoto, ServiceRequest
from portal.requests.photos import opened

VERSION: Final = 1
"""Of the shape of data.json and of the names of files; within a version neither changes."""

BOM: Final = "\ufeff"
AT_ONCE: Final = 200  # rows of a file that are written together
CODE: Final = "identity_code"


def records(db: Session, whose: Whose, keepers: Sequence[Keeper], vault: Vault) -> Iterator[Record]:
    """What the keepers keep; readings, which are millions, have files of their own."""
    for keeper in keepers:
        if keeper is not consumption:
            for record in keeper.export(db, whose.subject):
                yield _opened(db, whose, vault) if record.table == CODE and whose.is_own else record


def _opened(db: Session, whose: Whose, vault: Vault) -> Record:
    """The identity code: it is the person's own, and they have just proved who they are."""
    party_id = whose.subject.party_id
    sealed = db.exec(select(IdentityCode.encrypted).where(IdentityCode.party_id == party_id)).one()
    code = vault.open(sealed, table=CODE, column="encrypted", row=party_id)
    return Record(CODE, {"party_id": str(party_id), CODE: code})


def as_json(spool: Spool, whose: Whose, now: datetime) -> Iterator[bytes]:
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


def as_csv(spool: Spool, table: str) -> Iterator[bytes]:
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


def receipts(db: Session, whose: Whose, brand: Brand) -> Iterator[PackageFile]:
    """The receipts of a customer's authorisations, and of their consents, prohibitions and preferences."""
    for given in authorisations.given_by(db, [whose.subject.party_id]):
        receipt = authorisation_receipts.receipt(given, brand).model_dump_json(indent=2)
        yield PackageFile(f"receipts/{given.id}.json", [receipt.encode()])
    for decision in consents.decided_by(db, [whose.subject.party_id]):
        customer = db.get_one(Party, decision.record.party_id)
        receipt = decision_receipts.receipt(decision, customer, brand).model_dump_json(indent=2)
        yield PackageFile(f"receipts/{decision.record.id}.json", [receipt.encode()])


def photos(database: Database, whose: Whose, vault: Vault) -> Iterator[PackageFile]:
    """The photos that came with a customer's requests, each read when it is its turn."""
    own = ServiceRequest.party_id == whose.subject.party_id
    wanted = select(RequestPhoto.id, ServiceRequest.number).join(ServiceRequest).where(own)
    with database.reading() as db:
        found = db.exec(wanted.order_by(ServiceRequest.number)).all()
    for photo_id, number in found:
        with database.reading() as db:
            photo = db.get(RequestPhoto, photo_id)
            jpeg = opened(photo, vault) if photo else None
        if jpeg is not None:
            yield PackageFile(f"photos/{number}.jpg", [jpeg])
