"""Outages: where, at which sites, from when until when."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

IS_OPEN: sa.ColumnElement[bool] = sa.literal_column("ended_at IS NULL AND state IN ('announced', 'ongoing')")
IS_NEWS: sa.ColumnElement[bool] = sa.literal_column("told IS NULL OR told <> says")


def upgrade() -> None:
    op.create_table(
        "outage",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("energy", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expected_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cause_fi", sa.String(length=100), nullable=True),
        sa.Column("cause_sv", sa.String(length=100), nullable=True),
        sa.Column("cause_en", sa.String(length=100), nullable=True),
        sa.Column("compensated", sa.Boolean(), nullable=False),
        sa.Column("says", sa.String(length=100), nullable=False),
        sa.Column("told", sa.String(length=100), nullable=True),
        sa.CheckConstraint("energy IN ('electricity', 'heat', 'cooling', 'gas')", name=op.f("ck_outage_energy")),
        sa.CheckConstraint("kind IN ('fault', 'work')", name=op.f("ck_outage_kind")),
        sa.CheckConstraint("state IN ('announced', 'ongoing', 'restored', 'cancelled')", name=op.f("ck_outage_state")),
        sa.CheckConstraint("(ended_at IS NOT NULL) = (state = 'restored')", name=op.f("ck_outage_ended")),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= starts_at", name=op.f("ck_outage_times")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage")),
        sa.UniqueConstraint("number", name=op.f("uq_outage_number")),
    )
    op.create_index("ix_outage_open", "outage", ["starts_at"], sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)
    op.create_index("ix_outage_news", "outage", ["starts_at"], sqlite_where=IS_NEWS, postgresql_where=IS_NEWS)
    op.create_index(op.f("ix_outage_ended_at"), "outage", ["ended_at"])
    op.create_table(
        "outage_area",
        sa.Column("outage_id", sa.Uuid(), nullable=False),
        sa.Column("postcode", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["outage_id"], ["outage.id"], name=op.f("fk_outage_area_outage_id_outage")),
        sa.PrimaryKeyConstraint("outage_id", "postcode", name=op.f("pk_outage_area")),
    )
    op.create_index(op.f("ix_outage_area_postcode"), "outage_area", ["postcode"])
    op.create_table(
        "outage_site",
        sa.Column("outage_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("is_told", sa.Boolean(), nullable=False),
        sa.Column("percent_told", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["outage_id"], ["outage.id"], name=op.f("fk_outage_site_outage_id_outage")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_outage_site_site_id_site")),
        sa.PrimaryKeyConstraint("outage_id", "site_id", name=op.f("pk_outage_site")),
    )
    op.create_index(op.f("ix_outage_site_site_id"), "outage_site", ["site_id"])


def downgrade() -> None:
    op.drop_table("outage_site")
    op.drop_table("outage_area")
    op.drop_table("outage")
