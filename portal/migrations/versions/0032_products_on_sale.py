"""From when until when, to whom and for how long products are sold here."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sold_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("sold_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("sold_to", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("fixed_months", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_product_sold_to"), "sold_to IN ('person', 'company')")
        batch_op.create_check_constraint(op.f("ck_product_sold"), "sold_until IS NULL OR sold_until >= sold_from")
        batch_op.create_check_constraint(op.f("ck_product_fixed_months"), "fixed_months > 0")


def downgrade() -> None:
    with op.batch_alter_table("product", schema=None) as batch_op:
        for name in ("sold_to", "sold", "fixed_months"):
            batch_op.drop_constraint(op.f(f"ck_product_{name}"), type_="check")
        for name in ("sold_from", "sold_until", "sold_to", "fixed_months"):
            batch_op.drop_column(name)
