"""By which way in a session began; one that began without the bank has no moment at which the bank proved anything."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("way", sa.String(length=10), nullable=False, server_default="bank"))
        batch_op.alter_column("confirmed_at", existing_type=sa.DateTime(timezone=True), nullable=True)
        batch_op.create_check_constraint(op.f("ck_session_way"), "way IN ('bank', 'password', 'passkey')")
        batch_op.create_check_constraint(op.f("ck_session_proof"), "(way = 'bank') = (confirmed_at IS NOT NULL)")


def downgrade() -> None:
    op.execute("DELETE FROM session WHERE confirmed_at IS NULL")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_session_proof"), type_="check")
        batch_op.drop_constraint(op.f("ck_session_way"), type_="check")
        batch_op.alter_column("confirmed_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.drop_column("way")
