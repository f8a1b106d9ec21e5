from datetime import datetime

from sqlmodel import Field, SQLModel

from portal.kit.db import Instant


class ImportRun(SQLModel, table=True):
    """One `portal import` that came to its end, and what became of the lines of all its files."""

    __tablename__ = "import_run"

    number: int | None = Field(default=None, primary_key=True)
    ended_at: datetime = Field(sa_type=Instant, index=True)
    accepted: int
    unchanged: int
    refused: int
    left_out: int = Field(description="files of which nothing was taken in")
