"""Which customers were told that a fixed term of theirs ends, and how many days ahead."""

import sqlalchemy as sa
from alembic import op

from portal.kit.db import Instant

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.create_table(
        "term_notice",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("fixed_until", sa.Date(), nullable=False),
        sa.Column("days_ahead", sa.Integer(), nullable=False),
        sa.Column("written_at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_term_notice_contract_id_contract")),
        sa.PrimaryKeyConstraint("contract_id", "fixed_until", "days_ahead", name=op.f("pk_term_notice")),
    )


def downgrade() -> None:
    op.drop_table("term_notice")
