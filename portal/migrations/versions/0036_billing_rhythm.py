"""How often a customer's bills come, and on which day of the month they fall due."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    with op.batch_alter_table("billing_details", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rhythm", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("due_day", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_billing_details_rhythm"),
            sa.literal_column("rhythm IN ('monthly', 'two-months', 'quarterly', 'yearly')"),
        )
        batch_op.create_check_constraint(
            op.f("ck_billing_details_due_day"), sa.literal_column("due_day BETWEEN 1 AND 31")
        )


def downgrade() -> None:
    with op.batch_alter_table("billing_details", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_billing_details_due_day"), type_="check")
        batch_op.drop_constraint(op.f("ck_billing_details_rhythm"), type_="check")
        batch_op.drop_column("due_day")
        batch_op.drop_column("rhythm")
