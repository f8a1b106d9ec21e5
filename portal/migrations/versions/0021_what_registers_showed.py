"""What registers of meters showed when they were read."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "register_reading",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("metering_point_id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("counts", sa.String(length=10), nullable=False),
        sa.Column("read_on", sa.Date(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reading", sa.Numeric(precision=15, scale=6), nullable=False),
        sa.Column("unit", sa.String(length=3), nullable=False),
        sa.Column("read_how", sa.String(length=10), nullable=False),
        sa.Column("digits", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint(
            "counts IN ('total', 'day', 'night', 'winter-day', 'other', 'volume')",
            name=op.f("ck_register_reading_counts"),
        ),
        sa.CheckConstraint("unit IN ('kWh', 'MWh', 'm3')", name=op.f("ck_register_reading_unit")),
        sa.CheckConstraint(
            "read_how IN ('customer', 'utility', 'remote', 'estimate')", name=op.f("ck_register_reading_read_how")
        ),
        sa.CheckConstraint("reading >= 0", name=op.f("ck_register_reading_reading")),
        sa.ForeignKeyConstraint(
            ["metering_point_id"],
            ["metering_point.id"],
            name=op.f("fk_register_reading_metering_point_id_metering_point"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_reading")),
        sa.UniqueConstraint(
            "metering_point_id",
            "serial",
            "counts",
            "read_on",
            name=op.f("uq_register_reading_metering_point_id_serial_counts_read_on"),
        ),
    )


def downgrade() -> None:
    op.drop_table("register_reading")
