"""By which names of the broker's a session can be ended, when somebody signs out there."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"

NAMES = ("broker_subject", "broker_session")


def upgrade() -> None:
    with op.batch_alter_table("session", schema=None) as batch_op:
        for name in NAMES:
            batch_op.add_column(sa.Column(name, sa.LargeBinary(length=32), nullable=True))
            batch_op.create_index(op.f(f"ix_session_{name}"), [name], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("session", schema=None) as batch_op:
        for name in NAMES:
            batch_op.drop_index(op.f(f"ix_session_{name}"))
            batch_op.drop_column(name)
