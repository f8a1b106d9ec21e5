"""Metering points come and go, and may be disconnected."""

from alembic import op

revision = "0003"
down_revision = "0002"
TABLE = "ALTER TABLE metering_point"  # in place: SQLite would not let go of a table that others refer to


def upgrade() -> None:
    op.execute(f"{TABLE} ADD COLUMN valid_from DATE")
    op.execute(
        f"{TABLE} ADD COLUMN valid_to DATE CONSTRAINT ck_metering_point_dates "
        "CHECK (valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from)"
    )
    op.execute(
        f"{TABLE} ADD COLUMN connection VARCHAR(4) DEFAULT 'AE01' NOT NULL CONSTRAINT ck_metering_point_connection "
        "CHECK (connection IN ('AE01', 'AE02', 'AN04'))"
    )


def downgrade() -> None:
    for column in ("connection", "valid_to", "valid_from"):
        op.execute(f"{TABLE} DROP COLUMN {column}")
