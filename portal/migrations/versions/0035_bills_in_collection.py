"""Since when a bill is in collection, and who collects it."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("in_collection_since", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("collector", sa.String(length=200), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.drop_column("collector")
        batch_op.drop_column("in_collection_since")
