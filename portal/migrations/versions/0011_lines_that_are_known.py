"""Which line of a feed told a bill, a payment, a message: a line that comes again is known by its digest."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
TABLES = ("invoice", "payment", "message")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("line_digest", sa.LargeBinary(), nullable=True))
        op.create_index(op.f(f"ix_{table}_line_digest"), table, ["line_digest"], unique=False)


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(op.f(f"ix_{table}_line_digest"), table_name=table)
        op.drop_column(table, "line_digest")
