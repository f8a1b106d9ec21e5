"""The schema and its history, by Alembic; one head, batch mode for SQLite."""

from enum import StrEnum
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

FOLDER = Path(__file__).parent


class SchemaState(StrEnum):
    """How a database stands to this version of the portal."""

    CURRENT = "current"
    OLD = "old"
    EMPTY = "empty"


def config(engine: Engine) -> Config:
    """Alembic's configuration for a database, without a file."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.attributes["engine"] = engine
    return made


def upgrade(engine: Engine) -> None:
    """Bring a database to the newest schema; a new one gets all of it."""
    command.upgrade(config(engine), "head")


def state(engine: Engine) -> SchemaState:
    """Whether a database has the newest schema, an older one, or none."""
    with engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        return SchemaState.EMPTY
    return SchemaState.CURRENT if revision == _newest() else SchemaState.OLD


@cache
def _newest() -> str | None:
    """The revision of this version. Alembic reads every revision to know it: once a process, not at each `/readyz`."""
    return ScriptDirectory(str(FOLDER)).get_current_head()
