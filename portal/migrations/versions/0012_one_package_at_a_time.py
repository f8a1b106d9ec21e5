"""That a data package is on its way to a person stands in the database: one at a time over all workers."""

import sqlalchemy as sa
from alembic import op

from portal.kit.db import Instant

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "package_lease",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.Uuid(), nullable=False),
        sa.Column("taken_at", Instant(timezone=True), nullable=False),
        sa.Column("until", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_package_lease_account_id_account")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_package_lease")),
    )
    with op.batch_alter_table("package_lease", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_package_lease_until"), ["until"], unique=False)


def downgrade() -> None:
    op.drop_table("package_lease")
