"""What tests about bills may ask for."""

import pytest

from tests.contracts.register import Register
from tests.invoices.books import Books


@pytest.fixture
def register(database):
    """The register of a test, empty."""
    return Register(database)


@pytest.fixture
def books(register, aino):
    """Aino's bills: an unpaid one with lines, the one of a year before, and one that was paid in between."""
    return Books(register, aino)
