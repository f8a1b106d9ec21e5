"""The outdoor temperature of places, and whose weather a site has where it is not that of its town."""

import sqlalchemy as sa
from alembic import op

from portal.migrations.tables import keep_blobs_plain

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "weather_month",
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("temperatures", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("place", "month", name=op.f("pk_weather_month")),
    )
    keep_blobs_plain("weather_month")
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.add_column(sa.Column("weather_place", sa.String(length=100), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.drop_column("weather_place")
    op.drop_table("weather_month")
