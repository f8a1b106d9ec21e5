"""Why readings were corrected, as the utility tells it."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
TYPES = "reading_type IN ('BN01', 'BN02', 'BN03', 'reactive', 'estimate', 'lower', 'volume', 'flow', 'return')"
CAUSES = (
    "cause IN ('meter-fault', 'communication-fault', 'estimate-replaced', 'wrong-constant', 'meter-changed', 'other')"
)


def upgrade() -> None:
    op.create_table(
        "revision_reason",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("metering_point_id", sa.Uuid(), nullable=False),
        sa.Column("reading_type", sa.String(length=10), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.CheckConstraint(TYPES, name=op.f("ck_revision_reason_reading_type")),
        sa.CheckConstraint(CAUSES, name=op.f("ck_revision_reason_cause")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_revision_reason_days")),
        sa.ForeignKeyConstraint(
            ["metering_point_id"],
            ["metering_point.id"],
            name=op.f("fk_revision_reason_metering_point_id_metering_point"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision_reason")),
        sa.UniqueConstraint(
            "metering_point_id",
            "reading_type",
            "first_day",
            "told_at",
            name=op.f("uq_revision_reason_metering_point_id_reading_type_first_day_told_at"),
        ),
    )


def downgrade() -> None:
    op.drop_table("revision_reason")
