"""The file of refused lines, without an import around it."""

import csv

from portal.feeds.refused import refused_lines


def test_no_cell_of_the_refused_lines_is_a_formula(tmp_path):
    with refused_lines(tmp_path / "r.csv") as kept:
        for start in "=+-@\t\r":
            kept.put(1, f"{start}1", f"{start}2")
    with (tmp_path / "r.csv").open(newline="") as file:
        _, *rows = csv.reader(file)
    assert rows == [["1", f"'{start}1", f"'{start}2"] for start in "=+-@\t\r"]
