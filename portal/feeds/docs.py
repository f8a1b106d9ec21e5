"""docs/feeds.md, written from the rows themselves: `python -m portal.feeds.docs docs/feeds.md` renews it."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portal.feeds.kinds import KINDS, FeedKind
from portal.feeds.schema import Schema, schema

INTRODUCTION = """\
# Feeds: what the utility's own systems tell the portal

This page is made from the code that reads the feeds (`portal/feeds/docs.py`); do not edit it by hand.

`portal import PATH...` takes in files and folders. A file is recognised by what it holds, not by its name, and a
folder's files (`.jsonl`, `.ndjson`, `.csv`, `.xml`, also packed as `.gz` or `.zip`) are taken in the order of their
references, which is the order of this page. The last line of the output is
`accepted=26204 unchanged=0 refused=0`; the exit code is 0 when all is taken in, 1 when a part is, 2 when nothing
is.

- **One row a line.** The utility's own feed is JSON Lines in UTF-8: one JSON object a line, at most 4 MiB long.
  Fields that are not named here are refused, and so are missing ones: what is not known is `null`, where `null` is
  allowed. Only a field that came to its kind later may be left out; then it is what its row here says. Rows that
  were right once stay right.
- **Money is whole cents** (`4394` is 43.94 EUR). Every other number that is not whole is a text of digits with a
  point (`"8.49"`), so that no reader rounds it. Days are `"2026-11-21"`, days of Helsinki; instants are UTC,
  `"2026-11-21T18:30:00Z"`.
- **Rows are known by the utility's own numbers.** A row that the register has already changes nothing
  (`unchanged`); a new or different one is taken in (`accepted`). A row that is not in a file stays as it is. Lists
  inside a row (lines, holders, meters, prices, contact people) are whole: what is no longer in the list goes.
- **What cannot be taken in is refused line by line**, for instance a row about an unknown customer: the line, its
  number and the reason go to `NAME.EXT.refused.csv` beside the file, or in `--refused-dir`. Mended lines can be
  taken in again. That file holds what the line held, so it is made for its owner's eyes only (mode 0600). Rows of
  one number that differ within a file are all refused, for their order does not say which is right.
- **What contradicts itself is refused; what is only doubtful is taken in and told**: the line, its number and the
  reason go to `NAME.EXT.doubtful.csv` (as the refused ones do), and `doubtful=2` stands above the last line of the
  output. The exit code stays 0; with `--strict` it is 1.
- **What is true only once a day holds once a day.** A metering point has one contract of a kind, a kind of contract one
  rate of VAT, a tax class one rate. At the end of each import the register is
  looked at as it would then stand: where two rows of one of these hold on the same day, none of this import's rows
  about it are kept, whatever their order and files. The reason names both rows and the days, and what to do: mostly to
  send the former row again with its last day, in the same import as the new one or before it.
- **A file that cannot be what it says is refused whole**: one that is of no kind, empty, or a damaged archive.
  Nothing of it is written.
- **An import that breaks off goes on where it was.** A file is read to its end before its first row is written; then
  500 lines at a time are, of readings some 250 000. What is written stays, and is `unchanged` when the file is taken in
  again. All files of mandates, of taxes and of contracts are written whole or not at all.
- **A line that comes again costs next to nothing.** Of invoices, payments and messages the register keeps a digest of
  the line that told each: the very same line is `unchanged` without being read or judged again.
- On SQLite nothing else can be written while some lines are; a large register belongs on PostgreSQL.
- `--dry-run` says all this and leaves the database as it is. `portal import --schema KIND` prints the JSON Schema
  (2020-12) of a kind.
"""

FINVOICE = """\
## Bills as Finvoice

Bills may come as Finvoice messages (3.0, 2.01, 2.0, 1.3) instead of rows of feed `invoices`: one or more in a file,
each with a declaration of its own or without, a SOAP frame before it or not, in UTF-8, ISO-8859-1 or ISO-8859-15.
They are recognised by their content. A message becomes the row that says the same, and is kept or refused as that
row is; where it is refused, its line is that on which it begins.

| field | Finvoice |
|---|---|
| `invoice_number` | `InvoiceNumber`; of one with 20 characters the whole `SellerReferenceIdentifier` that ends with \
it |
| `customer_number` | `SellersBuyerIdentifier`, which must be there |
| `site_number` | `DeliverySiteCode` |
| `kind` | `InvoiceTypeCode`: INV01, INV02; a reminder is INV01 with `ClassificationCode` `reminder` |
| `issued_on`, `due_on` | `InvoiceDate`; `InvoiceDueDate`, else `EpiDateOptionDate`, else the day of issue |
| `period_from`, `period_to` | `InvoicingPeriodStartDate`, `InvoicingPeriodEndDate`, else the days of the rows |
| `net_cents`, `vat_cents`, `total_cents` | `InvoiceTotalVatExcludedAmount` (else the rows), \
`InvoiceTotalVatAmount` (else the rates), `InvoiceTotalVatIncludedAmount`, which of a bill is \
`EpiInstructedAmount` too |
| `reference`, `iban`, `bic` | `EpiRemittanceInfoIdentifier`, `EpiAccountID`, `EpiBfiIdentifier` |
| `payee` | `SellerAccountName`, else `EpiNameAddressDetails`, else `SellerOrganisationName` |
| `refers_to` | `OriginalInvoiceNumber` |
| `estimated`, `read_by` | `DefinitionValue` of the `DefinitionCode` `estimated` (`yes`), `read-by` |
| `vat[]` | `VatSpecificationDetails`: `VatRatePercent`, `VatBaseAmount`, `VatRateAmount` |
| `lines[]` | each `InvoiceRow` with `RowVatExcludedAmount`, which is `net_cents`; rows of words alone are left out |
| `lines[].contract_number` | `RowAgreementIdentifier` |
| `lines[].code`, `name` | `ArticleIdentifier`, else `row`; `ArticleName`, in each language |
| `lines[].period_from`, `period_to` | `StartDate`, `EndDate`, else those of the bill |
| `lines[].quantity`, `unit` | `InvoicedQuantity` and its `QuantityUnitCodeUN` \
(KWH, MWH, MTQ, KWT, K3, MON, DAY, C62), else the same in `QuantityUnitCode` |
| `lines[].unit_price` | `UnitPriceAmount` for `UnitPriceBaseQuantity` of the unit |
| `lines[].vat_percent` | `RowVatRatePercent`, else the only rate of the bill |
| `lines[].estimated` | `RowDefinitionValue` of the `DefinitionCode` `estimated` (`yes`) |

- Amounts in another currency than euros, charges outside rows, and bills with `OriginCode` Cancel are refused.
- A file with a DOCTYPE, with an encoding other than it declares, or with a message of more than 4 MiB, without an end
  or of broken XML is refused whole, and nothing of it is written.
- The file that customers download of an invoice (`/invoices/{id}/finvoice`) is such a message.
- Finvoice has no place for collection: a message says that a bill is in none. Tell it by a row of feed `invoices`
  taken in after the message.
"""

READINGS = """\
## Readings

Readings come as the CSV of Datahub's customer portal, in all its variants: Finnish and English headers, seven or
eight columns, quarter hours and hours, several metering points in a file. They are recognised by their header.

```csv
Mittauspisteen tunnus;Tuotteen tyyppi;Resoluutio;Yksikkötyyppi;Lukeman tyyppi;Alkuaika;Määrä;Laatu
643000000000000016;8716867000030;PT15M;kWh;BN01;2026-10-31T22:00:00Z;0,105000;OK
643000000000000016;8716867000030;PT15M;kWh;BN01;2026-10-31T22:15:00Z;0,098000;OK
```

- A metering point that the register does not know is refused line by line (`unknown metering point`), unless
  `--create-points` is given. `--metering-point GSRN` names the point of a file that has no ids (blank or zero), and
  makes it if it is unknown; a file with another id is then refused whole. `--direction consumption|production` is
  what a point measures when it is made; a point that is known stays what it is.
- Each line keeps its reading type: BN01 metered, BN02 netted, BN03 with an energy community's share; product
  8716867000047 in kvarh is reactive energy. What Datahub does not carry has the same columns without a product:
  `volume` in m3, `flow` and `return` in °C of district heat and cooling, `lower` in kWh of gas by its lower
  heating value (what is metered is by the upper one), `volume` in m3 of gas, and `estimate` in kWh of points
  without a meter. A type that a point of its kind does not have is refused line by line.
- Readings are of a quarter (`PT15M`) or an hour (`PT1H`). Longer ones (`P1D`, `P1M`, `P1Y`) are refused: a point that
  is read by the month (`rhythm` P1M) sends the hours of the month together, estimated (`EST`) where only their sum is
  known; what a register showed on a day is feed `register_readings`.
- A reading that is marked missing is taken in as missing, and how many are is said. It never takes the place of a
  value: a wrong one is withdrawn by what stands in its place, an estimate (`EST`) where nothing better is known.
- Values that differ from those known are revisions: they count as accepted, and are said. Quarters say more than an
  hour: one that differs from its quarters that are known changes nothing, and is said.
- A reading that starts later than a day from now is refused: it cannot have been measured. So is one before the first
  day of its metering point, or after the last (`valid_from`, `valid_to` of feed `metering_points`).
- Of two lines for the same time of the same metering point and reading type the later one is refused, unless it says
  the same, however far apart they stand in the file; which line it contradicts is said. Another file's is a revision.
- A file that a spreadsheet program has saved again has lost its numbers and is refused whole.
- A file of readings may have any size, also packed by gzip. What it says is sorted before anything is written, in a
  temporary file of a third of its unpacked size in the folder that `TMPDIR` names, which should be on a disk.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *map(_chapter, KINDS), FINVOICE, READINGS])


def _chapter(kind: FeedKind) -> str:
    told = schema(kind)
    definitions: Schema = told.get("$defs", {})
    variants = [_resolved(one, definitions) for one in told.get("oneOf", [told])]
    parts = [f"## {kind.name}\n\nKnown by {_and(kind.key)}.\n"]
    for variant, example in zip(variants, told["examples"], strict=True):
        parts += [f"{variant['description']}\n", _table(variant, definitions)]
        parts += [f"```json\n{json.dumps(example, ensure_ascii=False)}\n```\n"]
    return "\n".join(parts)


def _table(part: Schema, definitions: Schema) -> str:
    rows = [f"| {' | '.join(row)} |" for row in _rows(part, definitions, "")]
    return "\n".join(["| field | is | says |", "|---|---|---|", *rows, ""])


def _rows(part: Schema, definitions: Schema, within: str) -> Iterator[tuple[str, str, str]]:
    for name, field in part["properties"].items():
        says = field.get("description") or _resolved(field, definitions).get("description", "")
        left_out = f" `{json.dumps(field['default'])}` where it is left out." if "default" in field else ""
        yield f"`{within}{name}`", _type(field, definitions), (says + left_out).replace("|", "\\|")
        inner = _resolved(field, definitions)
        if inner.get("type") == "array":
            inner, mark = _resolved(inner["items"], definitions), "[]."
        else:
            mark = "."
        if "properties" in inner:
            yield from _rows(inner, definitions, f"{within}{name}{mark}")


def _type(field: Schema, definitions: Schema) -> str:
    """A field's type in words: `text, or null`."""
    kinds = {"string": "text", "integer": "whole number", "boolean": "true or false", "object": "object"}
    or_null = ", or null" if {"type": "null"} in field.get("anyOf", []) else ""
    inner = _resolved(field, definitions)
    if "enum" in inner or "const" in inner:
        choices = inner.get("enum") or [inner["const"]]
        return " ".join(f"`{json.dumps(choice)}`" for choice in choices) + or_null
    if inner["type"] == "array":
        return f"list of {_type(inner['items'], definitions)}{or_null}"
    longest = f" of at most {inner['maxLength']} characters" if "maxLength" in inner and "format" not in inner else ""
    return f"{inner.get('format') or kinds[inner['type']]}{longest}{or_null}"


def _resolved(part: Schema, definitions: Schema) -> Any:  # noqa: ANN401 - a part of a JSON Schema
    """The part that a reference or an `or null` stands for."""
    if "anyOf" in part:
        return _resolved(part["anyOf"][0], definitions)
    if "$ref" in part:
        return definitions[part["$ref"].rpartition("/")[2]]
    return part


def _and(names: tuple[str, ...]) -> str:
    return " and ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
