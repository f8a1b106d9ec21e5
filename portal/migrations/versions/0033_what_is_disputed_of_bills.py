"""Parts of bills that customers dispute, each in a thread of its own."""

import sqlalchemy as sa
from alembic import op

from portal.kit.db import Instant

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.create_table(
        "invoice_dispute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("made_at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint("cents > 0", name=op.f("ck_invoice_dispute_cents")),
        sa.CheckConstraint("place > 0", name=op.f("ck_invoice_dispute_place")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_dispute_invoice_id_invoice")),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["message_thread.id"], name=op.f("fk_invoice_dispute_thread_id_message_thread")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_dispute")),
        sa.UniqueConstraint("thread_id", name=op.f("uq_invoice_dispute_thread_id")),
    )
    with op.batch_alter_table("invoice_dispute", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_dispute_invoice_id"), ["invoice_id"], unique=False)


def downgrade() -> None:
    op.drop_table("invoice_dispute")
