"""A file for spreadsheets as Office Open XML: days are days, sums are sums, and words the words they are."""

import io
from datetime import date
from decimal import Decimal
from zipfile import ZipFile

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from portal.kit.workbooks import workbook

NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
SHEET = "xl/worksheets/sheet1.xml"


def parts(*rows, headings=("Number", "Day", "Sum", "Site")):
    return ZipFile(io.BytesIO(workbook("Invoices", headings, rows)))


def cells(file):
    sheet = etree.fromstring(file.read(SHEET))
    return [
        [(cell.get("s"), cell.findtext("m:v", cell.findtext(".//m:t", None, NS), NS)) for cell in row]
        for row in sheet.iterfind(".//m:row", NS)
    ]


def test_each_cell_is_what_it_says():
    file = parts(
        ["00123", date(2026, 11, 30), Decimal("94.90"), None], [7, date(1900, 3, 1), Decimal("-0.05"), "Å & <b>"]
    )
    assert cells(file) == [
        [("0", "Number"), ("0", "Day"), ("0", "Sum"), ("0", "Site")],
        [("1", "00123"), ("2", "46356"), ("3", "94.90"), (None, None)],
        [("1", "7"), ("2", "61"), ("3", "-0.05"), ("1", "Å & <b>")],
    ]


def test_nothing_that_somebody_is_called_becomes_a_formula():
    sheet = parts(["=1+1", "+358", "@x", "-"]).read(SHEET)
    assert b"<f>" not in sheet
    assert sheet.count(b't="inlineStr"') == 8


def test_every_part_is_well_formed_and_named_in_its_lists():
    file = parts()
    assert file.testzip() is None
    for name in file.namelist():
        etree.fromstring(file.read(name))
    listed = etree.fromstring(file.read("[Content_Types].xml"))
    named = {one.get("PartName").lstrip("/") for one in listed if one.get("PartName")}
    assert named == {name for name in file.namelist() if name.startswith("xl/") and not name.endswith(".rels")}


def test_the_same_rows_have_the_same_bytes():
    assert workbook("Invoices", ["Number"], [["1"]]) == workbook("Invoices", ["Number"], [["1"]])


@given(st.text(max_size=50))
def test_any_words_make_a_sheet_that_can_be_read(words):
    [_, [(_, said)]] = cells(parts([words], headings=["x"]))
    kept = "".join(sign for sign in words if sign in "\t\n\r" or (sign >= " " and sign not in "\ufffe\uffff"))
    assert (said or "").replace("\r\n", "\n").replace("\r", "\n") == kept.replace("\r\n", "\n").replace("\r", "\n")
