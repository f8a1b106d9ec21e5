"""How a site is held and when it is used; what the energy of a metering point is for, and how much of it a year."""

from alembic import op

revision = "0007"
down_revision = "0006"
COLUMNS = {
    "site": {"ownership": "VARCHAR(40)", "use_timing": "VARCHAR(40)"},
    "metering_point": {"used_for": "VARCHAR(60)", "estimated_kwh_a_year": "INTEGER"},
}


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for name, kind in columns.items():
            op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")


def downgrade() -> None:
    for table, columns in COLUMNS.items():
        for name in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
