"""What a spreadsheet makes of our files: numbers are numbers, words are the words they are, nothing is run."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kit.spreadsheets import FORMULAS, as_words, figure, harmless, written


def cells(source):
    """The cells as a program reads them."""
    return list(csv.reader(io.StringIO(source.decode("utf-8-sig"), newline=""), delimiter=";"))


def seen(cell):
    """What a spreadsheet shows of a cell of ours that is text."""
    return cell[2:-1] if cell.startswith('="') and cell.endswith('"') else cell


@pytest.mark.parametrize(
    "words",
    [
        *(
            "00100",
            "000123",
            "3-12",
            "3/12",
            "1.2.2026",
            "12,50",
            "1 000",
            "1E5",
            "12e3",
            "10:30",
            "5 %",
            "12 €",
            "5 A",
        ),
        *(
            "5 pm",
            "+358401234567",
            "-5",
            "maalis 3",
            "3-maaliskuu-2026",
            "Mar 1",
            "1 juni",
            "TOSI",
            "falskt",
            "\u22123",
        ),
    ],
)
def test_what_would_be_a_number_a_day_or_a_truth_arrives_as_it_is(words):
    ((cell,),) = cells(written([[words]]))
    assert cell == f'="{words}"'
    assert seen(cell) == words


@pytest.mark.parametrize(
    "words", ["Esimerkkikatu 4 A 12", "Talo 3", "6430 Sähkö", "Turku", "E", "", "maaliskuu", "a, b;c"]
)
def test_other_words_are_left_alone(words):
    assert cells(written([[words, "x"]])) == [[words, "x"]]


@pytest.mark.parametrize("words", ["=1+1", "+SUM(A1)", "-cmd|' /C calc'!A0", "@SUM(A1)", "\tx", "\rx"])
def test_a_cell_is_never_a_formula(words):
    assert harmless(words) == as_words(words) == f"'{words}"
    assert harmless(words[1:] or "x") == (words[1:] or "x")


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20))
def test_no_words_are_run_and_none_are_lost(words):
    cell = as_words(words)
    assert not cell.startswith(FORMULAS) or (cell == f'="{words}"' and '"' not in words)
    assert seen(cell).removeprefix("'") == words.removeprefix("'")


def test_numbers_are_numbers_and_nothing_is_nothing():
    row = ["Talo", 19, figure(Decimal("-1234.565"), 2), figure(Decimal(7), 1), None]
    assert written([row]) == b"\xef\xbb\xbfTalo;19;-1234,57;7,0;\r\n"
