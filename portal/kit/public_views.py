"""What PostgreSQL lets everybody know: an answer about nobody, made of everybody's rows.

On a PostgreSQL with roles it is a view of the owner (migrations/rights.py), which shows these columns and nothing else
of its table; anywhere else it is the same statement, asked as it stands.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnClause, Dialect, FromClause, Select, column, table
from sqlmodel import Session

from portal.kit.sight import BOUND


@dataclass(frozen=True, eq=False)
class PublicView:
    """A statement over everybody's rows whose answer names nobody, and the name of its view."""

    name: str
    statement: Select[*tuple[Any, ...]]

    def seen(self, db: Session) -> FromClause:
        """Its rows, to select from."""
        if not db.connection().info.get(BOUND):
            return self.statement.subquery(self.name)
        columns: list[ColumnClause[Any]] = [column(one.name, one.type) for one in self.statement.selected_columns]
        return table(self.name, *columns)

    def sql(self, dialect: Dialect) -> str:
        """The statement, for the view."""
        return str(self.statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
