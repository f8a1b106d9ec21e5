"""Where the energy of a year came from, of a product or of all of a kind."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
SOURCES = ("renewable", "surplus_heat", "nuclear", "peat", "fossil", "other")


def upgrade() -> None:
    op.create_table(
        "fuel_mix",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("product_code", sa.String(length=40), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        *(sa.Column(source, sa.Numeric(precision=5, scale=2), nullable=False) for source in SOURCES),
        sa.Column("co2_g_per_kwh", sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column("nuclear_waste_mg_per_kwh", sa.Numeric(precision=8, scale=3), nullable=True),
        sa.Column("fuel_taxes_eur_per_mwh", sa.Numeric(precision=8, scale=2), nullable=True),
        sa.CheckConstraint("kind IN ('sales', 'heat', 'cooling', 'gas')", name=op.f("ck_fuel_mix_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fuel_mix")),
        sa.UniqueConstraint("kind", "product_code", "year", name=op.f("uq_fuel_mix_kind_product_code_year")),
    )


def downgrade() -> None:
    op.drop_table("fuel_mix")
