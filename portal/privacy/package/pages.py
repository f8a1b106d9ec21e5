"""The pages of a package, to read and print: one for each group of data, with its tables in words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from portal.kit import formats
from portal.kit.html import Html
from portal.kit.i18n import Language, text
from portal.kit.privacy import Value
from portal.privacy import values
from portal.privacy.catalogue import BY_TABLE, GROUPS, Group, PersonalTable, of_group
from portal.privacy.holdings import Whose
from portal.privacy.package.readings import HeldPoint
from portal.privacy.package.records import CODE
from portal.privacy.package.spool import Spool
from portal.sites.labels import READING_TYPES

AT_ONCE: Final = 200  # parts of a page that are written together


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table on a page: its title, the names of its columns, and its rows in words."""

    title: str
    columns: Sequence[str]
    rows: Iterable[Sequence[str]]


def page(
    html: Html, whose: Whose, company: str, shown: tuple[Group, Sequence[Sheet]], language: Language, now: datetime
) -> Iterator[bytes]:
    """A group with its tables, in pieces."""
    group, sheets = shown
    template = html.environment(language).get_template("privacy/package/group.html")
    stream = template.stream(whose=whose, described=GROUPS[group], sheets=sheets, at=now, company=company)
    stream.enable_buffering(AT_ONCE)
    return (piece.encode() for piece in stream)


def sheets(spool: Spool, group: Group, days: Sequence[HeldPoint], language: Language) -> list[Sheet]:
    """The tables of a group that have records; of readings, the files that hold them."""
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
    columns = (
        *(text("Metering point (GSRN)"), text("Reading type")),
        *(text("First day"), text("Last day"), text("File")),
    )
    rows = [
        (
            one.gsrn,
            READING_TYPES[one.reading_type].words.said(language),
            formats.full_date(one.first, language),
            formats.full_date(one.last, language),
            f"readings/{one.gsrn}.csv",
        )
        for one in days
    ]
    title = BY_TABLE["reading_month"].title.said(language)
    return [Sheet(title, [column.said(language) for column in columns], rows)] if rows else []
