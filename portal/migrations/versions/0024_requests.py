"""Requests of customers, drafts and sent, and what happened to them."""

import sqlalchemy as sa
from alembic import op

from portal.migrations.tables import only_grows

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "service_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("theme", sa.String(length=12), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.String(length=300), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("answers", sa.String(length=8000), nullable=False),
        sa.Column("said", sa.String(length=8000), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assurance", sa.String(length=100), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.CheckConstraint("(state = 'draft') = (sent_at IS NULL)", name=op.f("ck_service_request_sent")),
        sa.CheckConstraint("language IN ('fi', 'sv', 'en')", name=op.f("ck_service_request_language")),
        sa.CheckConstraint("state <> 'draft' OR assurance IS NULL", name=op.f("ck_service_request_proof")),
        sa.CheckConstraint(
            "state IN ('draft', 'received', 'in-work', 'accepted', 'done', 'refused', 'withdrawn')",
            name=op.f("ck_service_request_state"),
        ),
        sa.CheckConstraint(
            "theme IN ('billing', 'consumption', 'contracts', 'moves')", name=op.f("ck_service_request_theme")
        ),
        sa.CheckConstraint("(sent_at IS NULL) = (answer_by IS NULL)", name=op.f("ck_service_request_clock")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_service_request_account_id_account")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_service_request_contract_id_contract")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_service_request_invoice_id_invoice")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_service_request_party_id_party")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_service_request_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_request")),
        sa.UniqueConstraint("number", name=op.f("uq_service_request_number")),
    )
    op.create_index(op.f("ix_service_request_account_id"), "service_request", ["account_id"], unique=False)
    op.create_index(op.f("ix_service_request_changed_at"), "service_request", ["changed_at"], unique=False)
    op.create_index(op.f("ix_service_request_contract_id"), "service_request", ["contract_id"], unique=False)
    op.create_index(op.f("ix_service_request_invoice_id"), "service_request", ["invoice_id"], unique=False)
    op.create_index(op.f("ix_service_request_party_id"), "service_request", ["party_id"], unique=False)
    op.create_index(
        "uq_service_request_open",
        "service_request",
        ["party_id", "kind", "about_id"],
        unique=True,
        sqlite_where=sa.literal_column("state IN ('draft', 'received', 'in-work', 'accepted')"),
        postgresql_where=sa.literal_column("state IN ('draft', 'received', 'in-work', 'accepted')"),
    )

    op.create_table(
        "request_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("takes_effect_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "act IN ('received', 'in-work', 'accepted', 'done', 'refused', 'withdrawn')",
            name=op.f("ck_request_step_act"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_request_step_account_id_account")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["service_request.id"], name=op.f("fk_request_step_request_id_service_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_step")),
        sa.UniqueConstraint("request_id", "sequence", name=op.f("uq_request_step_request_id_sequence")),
    )
    op.create_index(op.f("ix_request_step_request_id"), "request_step", ["request_id"], unique=False)
    only_grows("request_step")


def downgrade() -> None:
    raise NotImplementedError("what happened to a request is kept from change; restore a backup")
