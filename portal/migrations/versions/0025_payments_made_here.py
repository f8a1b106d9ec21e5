"""Payments of bills that somebody began here."""

import sqlalchemy as sa
from alembic import op

from portal.kit.db import Instant

revision = "0025"
down_revision = "0024"
STATES = "state IN ('begun', 'paid', 'cancelled', 'failed', 'refunding', 'refunded')"
PAID = "(paid_at IS NOT NULL) = (state IN ('paid', 'refunding', 'refunded'))"
OPEN: sa.ColumnElement[bool] = sa.literal_column("state = 'begun'")


def upgrade() -> None:
    op.create_table(
        "payment_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("transaction", sa.String(length=80), nullable=True),
        sa.Column("href", sa.String(length=500), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("begun_at", Instant(timezone=True), nullable=False),
        sa.Column("paid_at", Instant(timezone=True), nullable=True),
        sa.CheckConstraint(STATES, name=op.f("ck_payment_attempt_state")),
        sa.CheckConstraint("cents > 0", name=op.f("ck_payment_attempt_cents")),
        sa.CheckConstraint(PAID, name=op.f("ck_payment_attempt_paid_at_when_paid")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_payment_attempt_invoice_id_invoice")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_payment_attempt_party_id_party")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_payment_attempt_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_attempt")),
        sa.UniqueConstraint("transaction", name=op.f("uq_payment_attempt_transaction")),
    )
    with op.batch_alter_table("payment_attempt", schema=None) as batch_op:
        for column in ("invoice_id", "party_id", "account_id", "state"):
            batch_op.create_index(batch_op.f(f"ix_payment_attempt_{column}"), [column], unique=False)
        batch_op.create_index(
            "ix_payment_attempt_open", ["invoice_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
        )


def downgrade() -> None:
    op.drop_table("payment_attempt")
