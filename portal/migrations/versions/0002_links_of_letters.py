"""Links of letters to new e-mail addresses: of each token the hash. Those under way are asked for once more."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "mailbox_link",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_mailbox_link")),
    )
    with op.batch_alter_table("mailbox_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mailbox_link_request_id"), ["request_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mailbox_link_expires_at"), ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_table("mailbox_link")
