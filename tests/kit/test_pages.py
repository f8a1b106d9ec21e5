"""Long lists in pages."""

import pytest

from portal.kit.pagination import paginate


@pytest.mark.parametrize(
    ("asked", "items", "number", "count"),
    [
        (None, 0, 1, 1),
        (None, 20, 1, 1),
        (None, 21, 1, 2),
        ("2", 21, 2, 2),
        ("3", 21, 2, 2),
        ("0", 21, 1, 2),
        ("-1", 21, 1, 2),
        ("x", 21, 1, 2),
        ("9" * 5000, 21, 1, 2),
    ],
)
def test_the_page_that_was_asked_for_or_the_nearest(asked, items, number, count):
    found = paginate(asked, items, 20, "/things")
    assert (found.number, found.count) == (number, count)


def test_neighbours_are_offered():
    assert list(paginate("5", 200, 20, "/things").near) == [3, 4, 5, 6, 7]
    assert list(paginate("1", 200, 20, "/things").near) == [1, 2, 3]
    assert list(paginate("10", 200, 20, "/things").near) == [8, 9, 10]


def test_addresses_keep_the_rest_of_the_question():
    found = paginate("2", 100, 20, "/things", {"show": "a b"})
    assert found.href(1) == "/things?show=a+b"
    assert found.href(3) == "/things?show=a+b&page=3"
    assert paginate(None, 1, 20, "/things").href(1) == "/things"
