"""Files for spreadsheets as Office Open XML: one sheet, its headings in sight, where days are days and sums are sums.

Source: ECMA-376, Part 1, 12.3 (package), 18.3 (worksheets), 18.8 (styles). Texts stand in their cells, so that nothing
is a formula; the same rows have the same bytes.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Final
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from portal.kit.spreadsheets import Cell

CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DAY_ZERO: Final = date(1899, 12, 30)  # of the 1900 date system, for every day since 1 March 1900 (18.17.4.1)
LONGEST_TEXT: Final = 32_767  # characters of a cell
WIDEST: Final = 60
WIDTH_OF_A_DAY: Final = 10
NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
HEADING, PLAIN, DAY, EUROS = range(4)  # places of STYLES

_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPES: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"

PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}


def workbook(title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The file; the title is that of its sheet, of 31 characters at most and without any of []:*?/ and backslashes."""
    every = [list(row) for row in rows]
    named = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{_said(title)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as parts:
        for name, part in {**PARTS, "xl/workbook.xml": named}.items():
            parts.writestr(_dateless(name), _XML + part)
        with parts.open(_dateless("xl/worksheets/sheet1.xml"), "w") as sheet:
            sheet.writelines(piece.encode() for piece in _sheet(headings, every))
    return file.getvalue()


def _dateless(name: str) -> ZipInfo:
    """A part as it is whenever it is written."""
    info = ZipInfo(name)
    info.compress_type = ZIP_DEFLATED
    return info


def _sheet(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    yield f'{_XML}<worksheet xmlns="{_MAIN}">'
    yield '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView>'
    yield "</sheetViews><cols>"
    for number, heading in enumerate(headings, 1):
        width = max(map(_width, (heading, *(row[number - 1] for row in rows))))
        yield f'<col min="{number}" max="{number}" width="{min(width, WIDEST) + 2}" customWidth="1"/>'
    yield "</cols><sheetData>"
    numbers = count(1)
    yield _row(next(numbers), (_text(heading, HEADING) for heading in headings))
    for row in rows:
        yield _row(next(numbers), map(_cell, row))
    yield "</sheetData></worksheet>"


def _row(number: int, cells: Iterable[str]) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def _width(cell: Cell) -> int:
    return WIDTH_OF_A_DAY if isinstance(cell, date) else len(str(cell or ""))


def _cell(cell: Cell) -> str:
    match cell:
        case None:
            return "<c/>"
        case str():
            return _text(cell, PLAIN)
        case date():
            return f'<c s="{DAY}"><v>{(cell - DAY_ZERO).days}</v></c>'
        case Decimal():
            return f'<c s="{EUROS}"><v>{cell}</v></c>'
        case _:
            return f'<c s="{PLAIN}"><v>{cell}</v></c>'


def _text(words: str, style: int) -> str:
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{_said(words)}</t></is></c>'


def _said(words: str) -> str:
    return escape(NOT_XML.sub("", words)[:LONGEST_TEXT], {'"': "&quot;"})
