"""What was booked of a bill when a payment of it began here, payments that are under way, and refunds asked for."""

import sqlalchemy as sa
from alembic import op

from portal.kit.db import Instant

revision = "0027"
down_revision = "0026"
STATES = "state IN ('begun', 'under-way', 'paid', 'cancelled', 'failed', 'refunding', 'refunded')"
OPEN: sa.ColumnElement[bool] = sa.literal_column("state IN ('begun', 'under-way')")


def upgrade() -> None:
    with op.batch_alter_table("payment_attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("booked_before", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("refund_asked_at", Instant(timezone=True), nullable=True))
    attempts = sa.table("payment_attempt", sa.column("state"), sa.column("paid_at"), sa.column("refund_asked_at"))
    # Whoever asked for a refund before this version may ask for it again: it is not the first time.
    op.execute(attempts.update().where(attempts.c.state == "refunding").values(refund_asked_at=attempts.c.paid_at))
    with op.batch_alter_table("payment_attempt", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_payment_attempt_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_payment_attempt_state"), STATES)
        batch_op.drop_index("ix_payment_attempt_open")
        batch_op.create_index(
            "ix_payment_attempt_open", ["invoice_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
        )


def downgrade() -> None:
    raise NotImplementedError("a payment that is under way has no place in the former table; restore a backup")
