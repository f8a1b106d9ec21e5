"""What tests of the month that is not billed yet may ask for."""

import pytest

from tests.contracts.register import Register


@pytest.fixture
def register(database):
    """The register of a test, empty."""
    return Register(database)
