"""By which rules of its broker's profile a journey to the bank began."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    with op.batch_alter_table("login_transaction", schema=None) as batch_op:
        batch_op.add_column(sa.Column("profile_mark", sa.LargeBinary(length=32), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("login_transaction", schema=None) as batch_op:
        batch_op.drop_column("profile_mark")
