"""When imports came to their ends; how far the readings reach, found without looking at all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "import_run",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_import_run")),
    )
    op.create_index(op.f("ix_import_run_ended_at"), "import_run", ["ended_at"])
    op.create_index(op.f("ix_month_total_until_quarter"), "month_total", ["until_quarter"])


def downgrade() -> None:
    op.drop_index(op.f("ix_month_total_until_quarter"), "month_total")
    op.drop_table("import_run")
