"""What a party's bills come to by the last day that they bill is read from an index alone.

It begins with the party as the former index of parties did, which goes. The index of unpaid bills is made anew after
it: of two that begin alike SQLite takes the last.
"""

from alembic import op
from sqlalchemy import ColumnElement, literal_column

revision = "0018"
down_revision = "0017"
BY_DAY = ["party_id", "period_to", "site_id", "total_cents"]
NAME = f"ix_invoice_{'_'.join(BY_DAY)}"
UNPAID: ColumnElement[bool] = literal_column(
    "total_cents > paid_cents AND total_cents >= 0 AND (total_cents = 0 OR total_cents > credited_cents)"
)


def upgrade() -> None:
    op.create_index(op.f(NAME), "invoice", BY_DAY)
    _make_unpaid_anew()
    op.drop_index(op.f("ix_invoice_party_id"), table_name="invoice")


def downgrade() -> None:
    op.create_index(op.f("ix_invoice_party_id"), "invoice", ["party_id"])
    _make_unpaid_anew()
    op.drop_index(op.f(NAME), table_name="invoice")


def _make_unpaid_anew() -> None:
    op.drop_index("ix_invoice_unpaid", table_name="invoice")
    columns = ["party_id", "due_on"]
    op.create_index("ix_invoice_unpaid", "invoice", columns, sqlite_where=UNPAID, postgresql_where=UNPAID)
