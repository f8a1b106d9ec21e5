"""Readings belong to series of a metering point: those that were kept are metered (BN01); former values are kept."""

import sqlalchemy as sa
from alembic import op

from portal.migrations.tables import keep_blobs_plain

revision = "0016"
down_revision = "0015"
TYPES = "reading_type IN ('BN01', 'BN02', 'BN03', 'reactive', 'estimate', 'lower', 'volume', 'flow', 'return')"
RENAMED = {
    "reading_month": {"mwh": "quantities", "day_mwh": "day_quantities"},
    "month_total": {"mwh": "quantity"},
}


def upgrade() -> None:
    op.drop_index(op.f("ix_month_total_until_quarter"), "month_total")
    for table, names in RENAMED.items():
        _keyed(table, names)
    op.add_column("reading_month", sa.Column("arrivals", sa.LargeBinary(), nullable=True))
    op.create_table(
        "series",
        sa.Column("metering_point_id", sa.Uuid(), nullable=False),
        sa.Column("reading_type", sa.String(length=10), nullable=False),
        sa.Column("first_quarter", sa.BigInteger(), nullable=True),
        sa.Column("until_quarter", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(TYPES, name=op.f("ck_series_reading_type")),
        sa.ForeignKeyConstraint(
            ["metering_point_id"], ["metering_point.id"], name=op.f("fk_series_metering_point_id_metering_point")
        ),
        sa.PrimaryKeyConstraint("metering_point_id", "reading_type", name=op.f("pk_series")),
    )
    op.create_index(op.f("ix_series_until_quarter"), "series", ["until_quarter"])
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("metering_point_id", sa.Uuid(), nullable=False),
        sa.Column("reading_type", sa.String(length=10), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("revised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_quarter", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=True),
        sa.Column("quantities", sa.LargeBinary(), nullable=False),
        sa.Column("lengths", sa.LargeBinary(), nullable=True),
        sa.Column("qualities", sa.LargeBinary(), nullable=True),
        sa.Column("revised", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(TYPES, name=op.f("ck_revision_reading_type")),
        sa.ForeignKeyConstraint(
            ["metering_point_id"], ["metering_point.id"], name=op.f("fk_revision_metering_point_id_metering_point")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
    )
    op.create_index("ix_revision_series", "revision", ["metering_point_id", "reading_type", "month"])
    for table in ("reading_month", "revision"):
        keep_blobs_plain(table)
    op.execute(
        "INSERT INTO series (metering_point_id, reading_type, first_quarter, until_quarter) "
        "SELECT metering_point_id, reading_type, MIN(first_quarter), "
        "MAX(CASE WHEN month <= CURRENT_DATE THEN until_quarter END) "
        "FROM month_total GROUP BY metering_point_id, reading_type"
    )


def _keyed(table: str, names: dict[str, str]) -> None:
    """Make the reading type a part of the key, and give columns names that fit other units too."""
    metered = sa.Column("reading_type", sa.String(length=10), nullable=False, server_default="BN01")
    with op.batch_alter_table(table) as changed:
        changed.add_column(metered)
        for old, new in names.items():
            changed.alter_column(old, new_column_name=new)
        changed.create_check_constraint(op.f(f"ck_{table}_reading_type"), TYPES)
        changed.drop_constraint(op.f(f"pk_{table}"), type_="primary")
        changed.create_primary_key(op.f(f"pk_{table}"), ["metering_point_id", "reading_type", "month"])
    with op.batch_alter_table(table) as changed:
        changed.alter_column("reading_type", server_default=None)


def downgrade() -> None:
    op.drop_table("revision")
    op.drop_table("series")
    op.drop_column("reading_month", "arrivals")
    for table, names in RENAMED.items():
        op.execute(f"DELETE FROM {table} WHERE reading_type <> 'BN01'")  # noqa: S608 - names alone
        with op.batch_alter_table(table) as changed:
            changed.drop_constraint(op.f(f"pk_{table}"), type_="primary")
            changed.create_primary_key(op.f(f"pk_{table}"), ["metering_point_id", "month"])
            changed.drop_constraint(op.f(f"ck_{table}_reading_type"), type_="check")
            changed.drop_column("reading_type")
            for old, new in names.items():
                changed.alter_column(new, new_column_name=old)
    op.create_index(op.f("ix_month_total_until_quarter"), "month_total", ["until_quarter"])
