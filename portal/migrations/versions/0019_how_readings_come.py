"""How long the readings of a metering point are meant to be, and how often they come."""

from alembic import op

revision = "0019"
down_revision = "0018"
TABLE = "ALTER TABLE metering_point"  # in place: SQLite would not let go of a table that others refer to


def upgrade() -> None:
    op.execute(f"{TABLE} ADD COLUMN minutes SMALLINT CONSTRAINT ck_metering_point_minutes CHECK (minutes IN (15, 60))")
    op.execute(
        f"{TABLE} ADD COLUMN rhythm VARCHAR(4) CONSTRAINT ck_metering_point_rhythm "
        "CHECK (rhythm IN ('PT6H', 'P1D', 'P1M'))"
    )


def downgrade() -> None:
    for column in ("rhythm", "minutes"):
        op.execute(f"{TABLE} DROP COLUMN {column}")
