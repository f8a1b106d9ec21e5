from functools import partial

import pytest

from tests.asked import asking


@pytest.fixture
def statements(database):
    """`with statements() as asked:` fills the list with each statement that the block sends to the database."""
    return partial(asking, database)
