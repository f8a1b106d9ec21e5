"""What was paid of a bill, and what was credited, is as large as its payments and credit notes together."""

from alembic import op
from sqlalchemy import ColumnElement, literal_column

from portal.migrations.kept_sums import forget_sums, keep_sums, sum_anew

revision = "0022"
down_revision = "0021"
UNPAID: ColumnElement[bool] = literal_column(
    "total_cents > paid_cents AND total_cents >= 0 AND (total_cents = 0 OR total_cents > credited_cents)"
)


def upgrade() -> None:
    _sums_are("BIGINT")


def downgrade() -> None:
    _sums_are("INTEGER")


def _sums_are(kind: str) -> None:
    """Make the columns anew: SQLite changes the type of none, and would not let go of a table that others refer to."""
    forget_sums()
    op.drop_index("ix_invoice_unpaid", table_name="invoice")
    for column in ("paid_cents", "credited_cents"):
        op.execute(f"ALTER TABLE invoice DROP COLUMN {column}")
        op.execute(f"ALTER TABLE invoice ADD COLUMN {column} {kind} DEFAULT 0 NOT NULL")
    sum_anew()
    keep_sums()
    columns = ["party_id", "due_on"]
    op.create_index("ix_invoice_unpaid", "invoice", columns, sqlite_where=UNPAID, postgresql_where=UNPAID)
