"""The codes as drawings: what another program reads in them is what was put in."""

import re
from datetime import date, timedelta

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from portal.invoices import code128, drawings
from portal.invoices.payment import Payable, epc_text, reference, rf_reference, virtual_barcode
from portal.kit.money import Money

STROKE = re.compile(r"M(\d+) (\d+)h(\d+)v(\d+)h-(\d+)z")


def painted(drawing, scale=2):
    """The picture of a drawing, and what a scanner reads in it."""
    image = Image.new("L", (drawing.width * scale, drawing.height * scale), 255)
    pen = ImageDraw.Draw(image)
    strokes = STROKE.findall(drawing.path)
    assert "".join(f"M{x} {y}h{wide}v{high}h-{back}z" for x, y, wide, high, back in strokes) == drawing.path
    for x, y, wide, high, back in (map(int, stroke) for stroke in strokes):
        assert wide == back
        pen.rectangle((x * scale, y * scale, (x + wide) * scale - 1, (y + high) * scale - 1), fill=0)
    return image


def read(drawing, kind):
    """What a scanner of such codes reads; one that looks for every kind may see a small one within a QR code."""
    (found,) = zxingcpp.read_barcodes(painted(drawing), formats=kind)
    return found.text


payables = st.builds(
    Payable,
    payee=st.sampled_from(["Esimerkki Energia Oy", "Ålands Fjärrvärme Ab", "Sähkö & Lämpö Oy"]),
    iban=st.sampled_from(["FI3715903000000776", "FI2112345600000785"]),
    bic=st.just("ITELFIHH"),
    reference=st.integers(100, 10**18).map(lambda n: reference(str(n)))
    | st.integers(1, 10**20).map(lambda n: rf_reference(str(n))),
    amount=st.integers(1, 99_999_999).map(Money),
    due_on=st.none() | st.dates(date(2020, 1, 1), date(2020, 1, 1) + timedelta(days=9000)),
)


@settings(max_examples=40, deadline=None)
@given(payables)
def test_a_scanner_reads_the_barcode(paid):
    digits = virtual_barcode(paid)
    assert read(drawings.barcode(digits), zxingcpp.BarcodeFormat.Code128) == digits


@settings(max_examples=40, deadline=None)
@given(payables)
def test_a_scanner_reads_the_qr_code(paid):
    text = epc_text(paid)
    assert read(drawings.qr(text), zxingcpp.BarcodeFormat.QRCode) == text


def test_a_scanner_finds_error_correction_level_m():
    (found,) = zxingcpp.read_barcodes(painted(drawings.qr("BCD\n002")))
    assert found.ec_level == "M"


def test_a_symbol_has_eleven_modules_and_the_stop_thirteen():
    assert sum(code128.bars("00")) == 3 * 11 + 13
    assert code128.width("0" * 54) == 352


def test_every_value_has_bars_of_its_own():
    symbols = [code128.WIDTHS[at : at + 6] for at in range(0, len(code128.WIDTHS), 6)]
    assert len(symbols) == len(set(symbols)) == code128.START_C + 1
    assert all(sum(map(int, symbol)) == 11 for symbol in symbols)


@pytest.mark.parametrize("text", ["", "1", "123", "12a4", "12 34", "١٢"])
def test_set_c_holds_pairs_of_digits_only(text):
    with pytest.raises(ValueError, match="pairs of digits"):
        code128.bars(text)
