"""Mandates that are given here, and the invitations to them; several of one giver and holder may hold at once."""

import sqlalchemy as sa
from alembic import op

from portal.migrations.tables import only_grows

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", sa.String(length=40), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("holder_account_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("holder_name", sa.String(length=401), nullable=True))
        batch_op.add_column(sa.Column("replaces_id", sa.Uuid(), nullable=True))
        batch_op.alter_column("grantee_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.create_foreign_key(
            op.f("fk_mandate_holder_account_id_account"), "account", ["holder_account_id"], ["id"]
        )
        batch_op.create_foreign_key(op.f("fk_mandate_replaces_id_mandate"), "mandate", ["replaces_id"], ["id"])
        batch_op.create_index(op.f("ix_mandate_holder_account_id"), ["holder_account_id"])
        batch_op.create_check_constraint(
            op.f("ck_mandate_one_holder"), sa.literal_column("(grantee_id IS NULL) = (holder_account_id IS NOT NULL)")
        )
        batch_op.create_check_constraint(
            op.f("ck_mandate_named_holder"),
            sa.literal_column("holder_account_id IS NULL OR holder_name IS NOT NULL"),
        )
        batch_op.drop_constraint(op.f("uq_mandate_grantor_id_grantee_id_valid_from"), type_="unique")
        batch_op.create_unique_constraint(
            op.f("uq_mandate_grantor_id_grantee_id_valid_from_number"),
            ["grantor_id", "grantee_id", "valid_from", "number"],
        )
    op.create_table(
        "mandate_end",
        sa.Column("mandate_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(sa.literal_column("how IN ('ended', 'left', 'replaced')"), name=op.f("ck_mandate_end_how")),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name=op.f("fk_mandate_end_mandate_id_mandate")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_mandate_end_account_id_account")),
        sa.PrimaryKeyConstraint("mandate_id", name=op.f("pk_mandate_end")),
    )
    only_grows("mandate_end")
    op.create_table(
        "mandate_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grantor_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("themes", sa.String(length=100), nullable=False),
        sa.Column("every_site", sa.Boolean(), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mandate_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(sa.literal_column("level IN ('see', 'manage')"), name=op.f("ck_mandate_invitation_level")),
        sa.CheckConstraint(
            sa.literal_column("language IN ('fi', 'sv', 'en')"), name=op.f("ck_mandate_invitation_language")
        ),
        sa.CheckConstraint(
            sa.literal_column("valid_to IS NULL OR valid_to >= valid_from"), name=op.f("ck_mandate_invitation_dates")
        ),
        sa.CheckConstraint(
            sa.literal_column("mandate_id IS NULL OR ended_at IS NOT NULL"),
            name=op.f("ck_mandate_invitation_ended_by_acceptance"),
        ),
        sa.ForeignKeyConstraint(["grantor_id"], ["party.id"], name=op.f("fk_mandate_invitation_grantor_id_party")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_mandate_invitation_account_id_account")),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name=op.f("fk_mandate_invitation_mandate_id_mandate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_mandate_invitation_token_hash")),
        sa.UniqueConstraint("mandate_id", name=op.f("uq_mandate_invitation_mandate_id")),
    )
    for column in ("grantor_id", "account_id", "expires_at"):
        op.create_index(op.f(f"ix_mandate_invitation_{column}"), "mandate_invitation", [column])
    op.create_table(
        "mandate_invitation_site",
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["mandate_invitation.id"],
            name=op.f("fk_mandate_invitation_site_invitation_id_mandate_invitation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_mandate_invitation_site_site_id_site")),
        sa.PrimaryKeyConstraint("invitation_id", "site_id", name=op.f("pk_mandate_invitation_site")),
    )


def downgrade() -> None:
    raise NotImplementedError("mandates that were given here would be lost; restore a backup")
