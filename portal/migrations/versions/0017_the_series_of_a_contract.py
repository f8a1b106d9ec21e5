"""A contract names the series of readings by which it is billed."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    with op.batch_alter_table("contract") as changed:
        changed.add_column(sa.Column("reading_type", sa.String(length=10), nullable=True))
        changed.create_check_constraint(
            op.f("ck_contract_reading_type"), "reading_type IS NULL OR reading_type IN ('BN01', 'BN02', 'BN03')"
        )


def downgrade() -> None:
    with op.batch_alter_table("contract") as changed:
        changed.drop_constraint(op.f("ck_contract_reading_type"), type_="check")
        changed.drop_column("reading_type")
