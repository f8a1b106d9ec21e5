"""When metering points were cut off, in place of how they stand now."""

from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
HELSINKI = ZoneInfo("Europe/Helsinki")
POINT = sa.table(
    "metering_point",
    sa.column("id", sa.Uuid()),
    sa.column("connection", sa.String()),
    sa.column("valid_to", sa.Date()),
)
SERIES = sa.table("series", sa.column("metering_point_id", sa.Uuid()), sa.column("until_quarter", sa.BigInteger()))


def upgrade() -> None:
    made = op.create_table(
        "disconnection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("metering_point_id", sa.Uuid(), nullable=False),
        sa.Column("connection", sa.String(length=4), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("connection IN ('AE02', 'AN04')", name=op.f("ck_disconnection_connection")),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_disconnection_dates")),
        sa.ForeignKeyConstraint(
            ["metering_point_id"],
            ["metering_point.id"],
            name=op.f("fk_disconnection_metering_point_id_metering_point"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disconnection")),
        sa.UniqueConstraint("metering_point_id", "since", name=op.f("uq_disconnection_metering_point_id_since")),
    )
    found = op.get_bind().execute(_cut_off()).all()
    if found:
        op.bulk_insert(made, [_disconnection(row) for row in found])
    op.execute("ALTER TABLE metering_point DROP COLUMN connection")


def downgrade() -> None:
    op.execute(
        "ALTER TABLE metering_point ADD COLUMN connection VARCHAR(4) DEFAULT 'AE01' NOT NULL "
        "CONSTRAINT ck_metering_point_connection CHECK (connection IN ('AE01', 'AE02', 'AN04'))"
    )
    op.execute(
        "UPDATE metering_point SET connection = disconnection.connection FROM disconnection "
        "WHERE disconnection.metering_point_id = metering_point.id AND disconnection.until IS NULL"
    )
    op.drop_table("disconnection")


def _cut_off() -> sa.Select[Any]:
    return (
        sa.select(
            POINT.c.id,
            POINT.c.connection,
            sa.func.max(SERIES.c.until_quarter).label("until_quarter"),
            sa.func.coalesce(POINT.c.valid_to, sa.func.current_date(), type_=sa.Date()).label("day"),
        )
        .select_from(POINT.outerjoin(SERIES, SERIES.c.metering_point_id == POINT.c.id))
        .where(POINT.c.connection != "AE01")
        .group_by(POINT.c.id, POINT.c.connection, POINT.c.valid_to)
    )


def _disconnection(of: sa.Row[Any]) -> dict[str, Any]:
    """Since its newest reading, after which none was missed; nobody knew since when it was cut off."""
    newest = datetime.fromtimestamp((of.until_quarter - 1) * 900, HELSINKI).date() if of.until_quarter else of.day
    return {"id": uuid4(), "metering_point_id": of.id, "connection": of.connection, "since": newest, "until": None}
