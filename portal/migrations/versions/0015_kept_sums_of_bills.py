"""What was paid of a bill and what was credited stand with it; an index holds the bills that are still to be paid."""

from alembic import op
from sqlalchemy import text

from portal.migrations.kept_sums import forget_sums, keep_sums, sum_anew

revision = "0015"
down_revision = "0014"
COLUMNS = ("paid_cents", "credited_cents")
UNPAID = "total_cents > paid_cents AND total_cents >= 0 AND (total_cents = 0 OR total_cents > credited_cents)"


def upgrade() -> None:
    for column in COLUMNS:  # in place: SQLite would not let go of a table that others refer to
        op.execute(f"ALTER TABLE invoice ADD COLUMN {column} INTEGER DEFAULT 0 NOT NULL")
    sum_anew()
    keep_sums()
    op.drop_index(op.f("ix_invoice_party_id_due_on"), table_name="invoice")
    op.create_index(
        "ix_invoice_unpaid",
        "invoice",
        ["party_id", "due_on"],
        sqlite_where=text(UNPAID),
        postgresql_where=text(UNPAID),
    )


def downgrade() -> None:
    op.drop_index("ix_invoice_unpaid", table_name="invoice")
    op.create_index(op.f("ix_invoice_party_id_due_on"), "invoice", ["party_id", "due_on"])
    forget_sums()
    for column in COLUMNS:
        op.execute(f"ALTER TABLE invoice DROP COLUMN {column}")
