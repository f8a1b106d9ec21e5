"""The files beside a feed, without an import around them."""

import csv

from portal.feeds.remarks import remarks


def test_no_cell_of_what_is_told_of_lines_is_a_formula(tmp_path):
    with remarks(tmp_path / "r.csv", tmp_path / "d.csv") as kept:
        for start in "=+-@\t\r":
            kept.refused.put(1, f"{start}1", f"{start}2")
    with (tmp_path / "r.csv").open(newline="") as file:
        _, *rows = csv.reader(file)
    assert rows == [["1", f"'{start}1", f"'{start}2"] for start in "=+-@\t\r"]
