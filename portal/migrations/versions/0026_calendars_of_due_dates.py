"""Secret addresses of calendars of due dates, as hashes."""

import sqlalchemy as sa
from alembic import op

from portal.kit.db import Instant

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "calendar_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_calendar_link_account_id_account")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_calendar_link_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_link")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_calendar_link_secret_hash")),
    )
    with op.batch_alter_table("calendar_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_link_party_id"), ["party_id"], unique=False)
        batch_op.create_index("ix_calendar_link_account_id_party_id", ["account_id", "party_id"], unique=False)


def downgrade() -> None:
    op.drop_table("calendar_link")
