from contextlib import contextmanager

import pytest
from sqlalchemy import event


@pytest.fixture
def statements(database):
    """`with statements() as asked:` fills the list with each statement that the block sends to the database."""

    @contextmanager
    def listening():
        asked = []

        def heard(_connection, _cursor, statement, *_):
            asked.append(statement)

        event.listen(database.engine, "before_cursor_execute", heard)
        yield asked
        event.remove(database.engine, "before_cursor_execute", heard)

    return listening
