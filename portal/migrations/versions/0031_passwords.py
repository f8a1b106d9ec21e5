"""Passwords, the addresses that are to be their names, how often they may be tried, and a list of stolen ones."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.create_table(
        "password",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("login_name", sa.String(length=254), nullable=False),
        sa.Column("login_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("encoded", sa.String(length=200), nullable=False),
        sa.Column("pepper", sa.LargeBinary(length=4), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_password_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password")),
        sa.UniqueConstraint("account_id", name=op.f("uq_password_account_id")),
        sa.UniqueConstraint("login_key", name=op.f("uq_password_login_key")),
    )
    op.create_table(
        "login_name_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_login_name_check_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_name_check")),
    )
    op.create_index(op.f("ix_login_name_check_account_id"), "login_name_check", ["account_id"], unique=False)
    op.create_index(op.f("ix_login_name_check_asked_at"), "login_name_check", ["asked_at"], unique=False)
    op.create_table(
        "known_device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("known_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_known_device_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_device")),
        sa.UniqueConstraint("token_hash", "account_id", name=op.f("uq_known_device_token_hash_account_id")),
    )
    op.create_index(op.f("ix_known_device_account_id"), "known_device", ["account_id"], unique=False)
    op.create_index(op.f("ix_known_device_used_at"), "known_device", ["used_at"], unique=False)
    op.create_table(
        "guess_bucket",
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("full_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_guess_bucket")),
    )
    op.create_index(op.f("ix_guess_bucket_full_at"), "guess_bucket", ["full_at"], unique=False)
    op.create_table(
        "breached_password",
        sa.Column("hash", sa.LargeBinary(length=10), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_breached_password")),
    )


def downgrade() -> None:
    for table in ("breached_password", "guess_bucket", "known_device", "login_name_check", "password"):
        op.drop_table(table)
