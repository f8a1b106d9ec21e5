"""Bills of more kinds: reminders, lines in any unit or none, what a bill refers to, how its meters were read."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

KINDS, MORE_KINDS = "kind IN ('invoice', 'credit')", "kind IN ('invoice', 'credit', 'reminder')"
UNITS = "unit IN ('kWh', 'month', 'kW')"
MORE_UNITS = "unit IN ('kWh', 'MWh', 'm3', 'kW', 'kvarh', 'month', 'day', 'pcs')"
PRICE = sa.Numeric(14, 6)


def upgrade() -> None:
    with op.batch_alter_table("invoice") as batch_op:
        batch_op.add_column(sa.Column("refers_to", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("read_by", sa.String(length=10), nullable=True))
        batch_op.drop_constraint(op.f("ck_invoice_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_invoice_kind"), MORE_KINDS)
        batch_op.create_check_constraint(op.f("ck_invoice_read_by"), "read_by IN ('remote', 'customer', 'visit')")
        batch_op.create_index(op.f("ix_invoice_refers_to"), ["refers_to"], unique=False)
    with op.batch_alter_table("invoice_line") as batch_op:
        batch_op.alter_column("unit", existing_type=sa.String(length=10), nullable=True)
        batch_op.alter_column("unit_price", existing_type=PRICE, nullable=True)
        batch_op.drop_constraint(op.f("ck_invoice_line_unit"), type_="check")
        batch_op.create_check_constraint(op.f("ck_invoice_line_unit"), MORE_UNITS)


def downgrade() -> None:
    """Bills that the schema before cannot hold must have gone first."""
    with op.batch_alter_table("invoice_line") as batch_op:
        batch_op.drop_constraint(op.f("ck_invoice_line_unit"), type_="check")
        batch_op.create_check_constraint(op.f("ck_invoice_line_unit"), UNITS)
        batch_op.alter_column("unit_price", existing_type=PRICE, nullable=False)
        batch_op.alter_column("unit", existing_type=sa.String(length=10), nullable=False)
    with op.batch_alter_table("invoice") as batch_op:
        batch_op.drop_index(op.f("ix_invoice_refers_to"))
        batch_op.drop_constraint(op.f("ck_invoice_read_by"), type_="check")
        batch_op.drop_constraint(op.f("ck_invoice_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_invoice_kind"), KINDS)
        batch_op.drop_column("read_by")
        batch_op.drop_column("refers_to")
