"""The register: every table that the portal began with."""

import sqlalchemy as sa
from alembic import op

from portal.migrations.tables import keep_blobs_plain, only_grows

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("identity_index", sa.LargeBinary(), nullable=False),
        sa.Column("given_names", sa.String(length=200), nullable=False),
        sa.Column("family_name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("previous_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("welcomed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("identity_index", name=op.f("uq_account_identity_index")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("object_kind", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.String(length=64), nullable=False),
        sa.Column("details", sa.String(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entry_hash")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_party_id"), ["party_id"], unique=False)

    op.create_table(
        "outbox_event",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("delivered_at IS NULL OR given_up_at IS NULL", name=op.f("ck_outbox_event_one_end")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_outbox_event")),
        sa.UniqueConstraint("id", name=op.f("uq_outbox_event_id")),
    )
    with op.batch_alter_table("outbox_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_event_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_event_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_event_party_id"), ["party_id"], unique=False)

    op.create_table(
        "party",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_number", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("business_id", sa.String(length=9), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("street", sa.String(length=200), nullable=True),
        sa.Column("postcode", sa.String(length=20), nullable=True),
        sa.Column("town", sa.String(length=100), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.CheckConstraint("kind = 'company' OR business_id IS NULL", name=op.f("ck_party_business_id_of_company")),
        sa.CheckConstraint("kind IN ('person', 'company')", name=op.f("ck_party_kind")),
        sa.CheckConstraint("language IN ('fi', 'sv', 'en')", name=op.f("ck_party_language")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        sa.UniqueConstraint("business_id", name=op.f("uq_party_business_id")),
        sa.UniqueConstraint("customer_number", name=op.f("uq_party_customer_number")),
    )
    op.create_table(
        "product",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name_fi", sa.String(length=100), nullable=False),
        sa.Column("name_sv", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("billing_minutes", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "kind IN ('sales', 'network', 'connection', 'heat', 'cooling', 'gas', 'purchase')",
            name=op.f("ck_product_kind"),
        ),
        sa.CheckConstraint("billing_minutes IN (15, 60)", name=op.f("ck_product_billing_minutes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("code", name=op.f("uq_product_code")),
    )
    op.create_table(
        "seen_token",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_seen_token")),
    )
    with op.batch_alter_table("seen_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seen_token_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "site",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=True),
        sa.Column("street", sa.String(length=200), nullable=False),
        sa.Column("postcode", sa.String(length=20), nullable=False),
        sa.Column("town", sa.String(length=100), nullable=False),
        sa.Column("dwelling", sa.String(length=40), nullable=True),
        sa.Column("heated_area_m2", sa.Integer(), nullable=True),
        sa.Column("residents", sa.Integer(), nullable=True),
        sa.Column("heating", sa.String(length=40), nullable=True),
        sa.Column("estimated_kwh_a_year", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("number", name=op.f("uq_site_number")),
    )
    op.create_table(
        "spot_month",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("prices", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_spot_month")),
    )
    op.create_table(
        "tax",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("applies_to", sa.String(length=12), nullable=False),
        sa.Column("rate", sa.Numeric(precision=10, scale=6), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('vat', 'electricity-tax')", name=op.f("ck_tax_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax")),
        sa.UniqueConstraint("kind", "applies_to", "valid_from", name=op.f("uq_tax_kind_applies_to_valid_from")),
    )
    op.create_table(
        "third_party",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("business_id", sa.String(length=9), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("purpose_fi", sa.String(length=300), nullable=False),
        sa.Column("purpose_sv", sa.String(length=300), nullable=False),
        sa.Column("purpose_en", sa.String(length=300), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_third_party")),
        sa.UniqueConstraint("business_id", name=op.f("uq_third_party_business_id")),
    )
    op.create_table(
        "authorisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("third_party_id", sa.Uuid(), nullable=False),
        sa.Column("resolution", sa.String(length=10), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("assurance", sa.String(length=200), nullable=False),
        sa.Column("where", sa.String(length=20), nullable=False),
        sa.Column("ground", sa.String(length=80), nullable=False),
        sa.Column("notice_version", sa.String(length=20), nullable=False),
        sa.Column("notice_sha256", sa.String(length=64), nullable=False),
        sa.Column("notice_text", sa.String(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "resolution IN ('quarter', 'hour', 'day', 'month')", name=op.f("ck_authorisation_resolution")
        ),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_authorisation_dates")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_authorisation_account_id_account")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_authorisation_party_id_party")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["authorisation.id"], name=op.f("fk_authorisation_replaces_id_authorisation")
        ),
        sa.ForeignKeyConstraint(
            ["third_party_id"], ["third_party.id"], name=op.f("fk_authorisation_third_party_id_third_party")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorisation")),
    )
    with op.batch_alter_table("authorisation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_authorisation_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_authorisation_replaces_id"), ["replaces_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_authorisation_third_party_id"), ["third_party_id"], unique=False)

    op.create_table(
        "billing_details",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=4), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("reference", sa.String(length=70), nullable=True),
        sa.CheckConstraint(
            "channel IN ('AI01', 'AI02', 'AI03', 'AI04', 'AI05', 'AI06', 'AI07', 'AI08')",
            name=op.f("ck_billing_details_channel"),
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_billing_details_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_details")),
        sa.UniqueConstraint("party_id", name=op.f("uq_billing_details_party_id")),
    )
    op.create_table(
        "contact_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("matter", sa.String(length=10), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(length=2000), nullable=False),
        sa.Column("after", sa.String(length=2000), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "matter IN ('email', 'phone', 'address', 'billing', 'language')", name=op.f("ck_contact_change_matter")
        ),
        sa.CheckConstraint("counts_from IS NULL OR withdrawn_at IS NULL", name=op.f("ck_contact_change_one_end")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_contact_change_account_id_account")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_contact_change_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_change")),
        sa.UniqueConstraint("party_id", "matter", "sequence", name=op.f("uq_contact_change_party_id_matter_sequence")),
    )
    with op.batch_alter_table("contact_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_change_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_change_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_change_request_id"), ["request_id"], unique=False)

    op.create_table(
        "contact_detail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=254), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('email', 'phone')", name=op.f("ck_contact_detail_kind")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_contact_detail_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_detail")),
        sa.UniqueConstraint("party_id", "kind", "value", name=op.f("uq_contact_detail_party_id_kind_value")),
    )
    with op.batch_alter_table("contact_detail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_detail_party_id"), ["party_id"], unique=False)

    op.create_table(
        "contact_draft",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_contact_draft_account_id_account")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_contact_draft_party_id_party")),
        sa.PrimaryKeyConstraint("account_id", "party_id", name=op.f("pk_contact_draft")),
    )
    op.create_table(
        "contact_person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=4), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.CheckConstraint("role IN ('AL01', 'AL02', 'AL03', 'AL04', 'AL05')", name=op.f("ck_contact_person_role")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_contact_person_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_person")),
        sa.UniqueConstraint("party_id", "name", "role", name=op.f("uq_contact_person_party_id_name_role")),
    )
    with op.batch_alter_table("contact_person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_person_party_id"), ["party_id"], unique=False)

    op.create_table(
        "identity_code",
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("encrypted", sa.LargeBinary(), nullable=False),
        sa.Column("blind_index", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_identity_code_party_id_party")),
        sa.PrimaryKeyConstraint("party_id", name=op.f("pk_identity_code")),
    )
    with op.batch_alter_table("identity_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identity_code_blind_index"), ["blind_index"], unique=False)

    op.create_table(
        "invoice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("net_cents", sa.Integer(), nullable=False),
        sa.Column("vat_cents", sa.Integer(), nullable=False),
        sa.Column("total_cents", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=25), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=False),
        sa.Column("payee", sa.String(length=70), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('invoice', 'credit')", name=op.f("ck_invoice_kind")),
        sa.CheckConstraint("net_cents + vat_cents = total_cents", name=op.f("ck_invoice_total")),
        sa.CheckConstraint("period_to >= period_from", name=op.f("ck_invoice_period")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_invoice_party_id_party")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_invoice_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("number", name=op.f("uq_invoice_number")),
    )
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_due_on"), ["due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_party_id"), ["party_id"], unique=False)

    op.create_table(
        "login_transaction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("binding_hash", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("verifier", sa.String(length=128), nullable=False),
        sa.Column("broker", sa.String(length=40), nullable=False),
        sa.Column("bank", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("return_to", sa.String(length=2000), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.CheckConstraint("purpose IN ('sign-in', 'confirm')", name=op.f("ck_login_transaction_purpose")),
        sa.CheckConstraint("status IN ('pending', 'spent')", name=op.f("ck_login_transaction_status")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_login_transaction_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_transaction")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_login_transaction_state_hash")),
    )
    with op.batch_alter_table("login_transaction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_transaction_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "mandate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grantor_id", sa.Uuid(), nullable=False),
        sa.Column("grantee_id", sa.Uuid(), nullable=False),
        sa.Column("themes", sa.String(length=100), nullable=False),
        sa.Column("every_site", sa.Boolean(), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("level IN ('see', 'manage')", name=op.f("ck_mandate_level")),
        sa.CheckConstraint("grantor_id <> grantee_id", name=op.f("ck_mandate_two_parties")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_mandate_dates")),
        sa.ForeignKeyConstraint(["grantee_id"], ["party.id"], name=op.f("fk_mandate_grantee_id_party")),
        sa.ForeignKeyConstraint(["grantor_id"], ["party.id"], name=op.f("fk_mandate_grantor_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
        sa.UniqueConstraint(
            "grantor_id", "grantee_id", "valid_from", name=op.f("uq_mandate_grantor_id_grantee_id_valid_from")
        ),
    )
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mandate_grantee_id"), ["grantee_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mandate_grantor_id"), ["grantor_id"], unique=False)

    op.create_table(
        "metering_point",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gsrn", sa.String(length=18), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("energy", sa.String(length=12), nullable=False),
        sa.Column("main_fuse", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "energy IN ('electricity', 'production', 'heat', 'cooling', 'gas')", name=op.f("ck_metering_point_energy")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_metering_point_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metering_point")),
        sa.UniqueConstraint("gsrn", name=op.f("uq_metering_point_gsrn")),
    )
    with op.batch_alter_table("metering_point", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_metering_point_site_id"), ["site_id"], unique=False)

    op.create_table(
        "occupancy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_occupancy_dates")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_occupancy_party_id_party")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_occupancy_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occupancy")),
        sa.UniqueConstraint("site_id", "party_id", "since", name=op.f("uq_occupancy_site_id_party_id_since")),
    )
    with op.batch_alter_table("occupancy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_occupancy_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_occupancy_site_id"), ["site_id"], unique=False)

    op.create_table(
        "permission_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("assurance", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("where", sa.String(length=20), nullable=False),
        sa.Column("ground", sa.String(length=80), nullable=False),
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.Column("notice_version", sa.String(length=20), nullable=False),
        sa.Column("notice_sha256", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("action IN ('given', 'withdrawn')", name=op.f("ck_permission_record_action")),
        sa.CheckConstraint("kind IN ('consent', 'objection', 'preference')", name=op.f("ck_permission_record_kind")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_permission_record_account_id_account")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_permission_record_party_id_party")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["permission_record.id"], name=op.f("fk_permission_record_replaces_id_permission_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permission_record")),
        sa.UniqueConstraint("party_id", "sequence", name=op.f("uq_permission_record_party_id_sequence")),
    )
    with op.batch_alter_table("permission_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_permission_record_party_id"), ["party_id"], unique=False)

    op.create_table(
        "price_part",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_fi", sa.String(length=100), nullable=False),
        sa.Column("name_sv", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("basis", sa.String(length=10), nullable=False),
        sa.Column("time_window", sa.String(length=12), nullable=False),
        sa.Column("price", sa.Numeric(precision=14, scale=6), nullable=False),
        sa.Column("threshold_kw", sa.Numeric(precision=10, scale=3), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("basis IN ('energy', 'spot', 'month', 'power')", name=op.f("ck_price_part_basis")),
        sa.CheckConstraint(
            "time_window IN ('all', 'day', 'night', 'winter-day', 'other')", name=op.f("ck_price_part_time_window")
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_price_part_dates")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_price_part_product_id_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_part")),
        sa.UniqueConstraint("product_id", "code", "valid_from", name=op.f("uq_price_part_product_id_code_valid_from")),
    )
    with op.batch_alter_table("price_part", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_price_part_product_id"), ["product_id"], unique=False)

    op.create_table(
        "privacy_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("field", sa.String(length=80), nullable=True),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(state = 'waiting') = (due_on IS NULL)", name=op.f("ck_privacy_case_clock")),
        sa.CheckConstraint(
            "kind IN ('access', 'rectification', 'erasure', 'restriction', 'portability', 'objection', 'recordings')",
            name=op.f("ck_privacy_case_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('received', 'in-work', 'waiting', 'done', 'refused', 'withdrawn')",
            name=op.f("ck_privacy_case_state"),
        ),
        sa.CheckConstraint("party_id IS NOT NULL OR account_id IS NOT NULL", name=op.f("ck_privacy_case_whose")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_privacy_case_account_id_account")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_privacy_case_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_case")),
        sa.UniqueConstraint("number", name=op.f("uq_privacy_case_number")),
    )
    with op.batch_alter_table("privacy_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_privacy_case_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_privacy_case_due_on"), ["due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_privacy_case_party_id"), ["party_id"], unique=False)

    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("broker", sa.String(length=40), nullable=False),
        sa.Column("acr", sa.String(length=200), nullable=False),
        sa.Column("amr", sa.String(length=200), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acting_for", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_session_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_hash")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_session_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "authorisation_end",
        sa.Column("authorisation_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("assurance", sa.String(length=200), nullable=False),
        sa.Column("where", sa.String(length=20), nullable=False),
        sa.CheckConstraint("how IN ('ended', 'replaced')", name=op.f("ck_authorisation_end_how")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_authorisation_end_account_id_account")),
        sa.ForeignKeyConstraint(
            ["authorisation_id"], ["authorisation.id"], name=op.f("fk_authorisation_end_authorisation_id_authorisation")
        ),
        sa.PrimaryKeyConstraint("authorisation_id", name=op.f("pk_authorisation_end")),
    )
    op.create_table(
        "authorisation_point",
        sa.Column("authorisation_id", sa.Uuid(), nullable=False),
        sa.Column("metering_point_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authorisation_id"],
            ["authorisation.id"],
            name=op.f("fk_authorisation_point_authorisation_id_authorisation"),
        ),
        sa.ForeignKeyConstraint(
            ["metering_point_id"],
            ["metering_point.id"],
            name=op.f("fk_authorisation_point_metering_point_id_metering_point"),
        ),
        sa.PrimaryKeyConstraint("authorisation_id", "metering_point_id", name=op.f("pk_authorisation_point")),
    )
    op.create_table(
        "authorisation_read",
        sa.Column("authorisation_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_authorisation_read_days")),
        sa.ForeignKeyConstraint(
            ["authorisation_id"],
            ["authorisation.id"],
            name=op.f("fk_authorisation_read_authorisation_id_authorisation"),
        ),
        sa.PrimaryKeyConstraint("authorisation_id", "at", name=op.f("pk_authorisation_read")),
    )
    op.create_table(
        "contract",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("metering_point_id", sa.Uuid(), nullable=True),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("fixed_until", sa.Date(), nullable=True),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("tax_class", sa.String(length=2), nullable=True),
        sa.Column("contracted_kw", sa.Numeric(precision=10, scale=3), nullable=True),
        sa.CheckConstraint(
            "kind IN ('sales', 'network', 'connection', 'heat', 'cooling', 'gas', 'purchase')",
            name=op.f("ck_contract_kind"),
        ),
        sa.CheckConstraint("tax_class IS NULL OR tax_class IN ('I', 'II')", name=op.f("ck_contract_tax_class")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_contract_dates")),
        sa.ForeignKeyConstraint(
            ["metering_point_id"], ["metering_point.id"], name=op.f("fk_contract_metering_point_id_metering_point")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_contract_party_id_party")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_contract_product_id_product")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_contract_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("number", name=op.f("uq_contract_number")),
    )
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contract_metering_point_id"), ["metering_point_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contract_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contract_site_id"), ["site_id"], unique=False)

    op.create_table(
        "invoice_vat",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("net_cents", sa.Integer(), nullable=False),
        sa.Column("vat_cents", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_vat_invoice_id_invoice")),
        sa.PrimaryKeyConstraint("invoice_id", "percent", name=op.f("pk_invoice_vat")),
    )
    op.create_table(
        "mandate_site",
        sa.Column("mandate_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name=op.f("fk_mandate_site_mandate_id_mandate")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_mandate_site_site_id_site")),
        sa.PrimaryKeyConstraint("mandate_id", "site_id", name=op.f("pk_mandate_site")),
    )
    op.create_table(
        "meter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("metering_point_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(length=100), nullable=True),
        sa.Column("installed_on", sa.Date(), nullable=True),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('meter', 'heat_exchanger')", name=op.f("ck_meter_kind")),
        sa.ForeignKeyConstraint(
            ["metering_point_id"], ["metering_point.id"], name=op.f("fk_meter_metering_point_id_metering_point")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meter")),
        sa.UniqueConstraint("metering_point_id", "serial", name=op.f("uq_meter_metering_point_id_serial")),
    )
    with op.batch_alter_table("meter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meter_metering_point_id"), ["metering_point_id"], unique=False)

    op.create_table(
        "month_total",
        sa.Column("metering_point_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("first_quarter", sa.BigInteger(), nullable=False),
        sa.Column("until_quarter", sa.BigInteger(), nullable=False),
        sa.Column("mwh", sa.BigInteger(), nullable=False),
        sa.Column("measured", sa.Integer(), nullable=False),
        sa.Column("estimated", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("revised", sa.Integer(), nullable=False),
        sa.CheckConstraint("SUBSTR(CAST(month AS CHAR(10)), 9, 2) = '01'", name=op.f("ck_month_total_first_of_month")),
        sa.CheckConstraint(
            "measured + estimated + missing BETWEEN 1 AND until_quarter - first_quarter",
            name=op.f("ck_month_total_delivered"),
        ),
        sa.CheckConstraint(
            "measured >= 0 AND estimated >= 0 AND missing >= 0 AND revised >= 0", name=op.f("ck_month_total_counts")
        ),
        sa.CheckConstraint("revised <= measured + estimated + missing", name=op.f("ck_month_total_revised")),
        sa.CheckConstraint("until_quarter > first_quarter", name=op.f("ck_month_total_quarters")),
        sa.ForeignKeyConstraint(
            ["metering_point_id"], ["metering_point.id"], name=op.f("fk_month_total_metering_point_id_metering_point")
        ),
        sa.PrimaryKeyConstraint("metering_point_id", "month", name=op.f("pk_month_total")),
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_payment_invoice_id_invoice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("number", name=op.f("uq_payment_number")),
    )
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_invoice_id"), ["invoice_id"], unique=False)

    op.create_table(
        "privacy_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("ground", sa.String(length=200), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.CheckConstraint("(act = 'extended') = (answer_by IS NOT NULL)", name=op.f("ck_privacy_step_extension")),
        sa.CheckConstraint(
            "act IN ('received', 'in-work', 'asked', 'answered', 'extended', 'done', 'refused', 'withdrawn')",
            name=op.f("ck_privacy_step_act"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_privacy_step_account_id_account")),
        sa.ForeignKeyConstraint(["case_id"], ["privacy_case.id"], name=op.f("fk_privacy_step_case_id_privacy_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_step")),
        sa.UniqueConstraint("case_id", "sequence", name=op.f("uq_privacy_step_case_id_sequence")),
    )
    with op.batch_alter_table("privacy_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_privacy_step_case_id"), ["case_id"], unique=False)

    op.create_table(
        "reading_month",
        sa.Column("metering_point_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("first_quarter", sa.BigInteger(), nullable=False),
        sa.Column("until_quarter", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=True),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day_mwh", sa.LargeBinary(), nullable=False),
        sa.Column("day_counts", sa.LargeBinary(), nullable=True),
        sa.Column("mwh", sa.LargeBinary(), nullable=False),
        sa.Column("lengths", sa.LargeBinary(), nullable=True),
        sa.Column("qualities", sa.LargeBinary(), nullable=True),
        sa.Column("revised", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "SUBSTR(CAST(month AS CHAR(10)), 9, 2) = '01'", name=op.f("ck_reading_month_first_of_month")
        ),
        sa.CheckConstraint(
            "(minutes IS NULL) <> (lengths IS NULL)", name=op.f("ck_reading_month_one_length_or_lengths")
        ),
        sa.CheckConstraint("minutes IN (15, 60)", name=op.f("ck_reading_month_minutes")),
        sa.CheckConstraint("until_quarter > first_quarter", name=op.f("ck_reading_month_quarters")),
        sa.ForeignKeyConstraint(
            ["metering_point_id"], ["metering_point.id"], name=op.f("fk_reading_month_metering_point_id_metering_point")
        ),
        sa.PrimaryKeyConstraint("metering_point_id", "month", name=op.f("pk_reading_month")),
    )
    op.create_table(
        "invoice_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_fi", sa.String(length=100), nullable=False),
        sa.Column("name_sv", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("quantity_mwh", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=14, scale=6), nullable=True),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=14, scale=6), nullable=False),
        sa.Column("vat_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("net_cents", sa.Integer(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.CheckConstraint("unit IN ('kWh', 'month', 'kW')", name=op.f("ck_invoice_line_unit")),
        sa.CheckConstraint("period_to >= period_from", name=op.f("ck_invoice_line_period")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_invoice_line_contract_id_contract")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_line_invoice_id_invoice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_line")),
        sa.UniqueConstraint("invoice_id", "position", name=op.f("uq_invoice_line_invoice_id_position")),
    )
    with op.batch_alter_table("invoice_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_line_invoice_id"), ["invoice_id"], unique=False)

    op.create_table(
        "message_thread",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=True),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('open', 'answered', 'closed')", name=op.f("ck_message_thread_status")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_message_thread_contract_id_contract")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_message_thread_invoice_id_invoice")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_message_thread_party_id_party")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_message_thread_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_thread")),
        sa.UniqueConstraint("number", name=op.f("uq_message_thread_number")),
    )
    with op.batch_alter_table("message_thread", schema=None) as batch_op:
        batch_op.create_index("ix_message_thread_latest", ["party_id", "last_at"], unique=False)
        batch_op.create_index("ix_message_thread_told", ["party_id", "told_at"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_name", sa.String(length=200), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("form_key", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(kind = 'question') = (form_key IS NOT NULL)", name=op.f("ck_message_form_of_customer")),
        sa.CheckConstraint("(kind = 'question') = (number IS NULL)", name=op.f("ck_message_number_of_utility")),
        sa.CheckConstraint(
            "kind IN ('question', 'bulletin', 'bill', 'answer', 'notice', 'call', 'letter', 'visit', 'offer')",
            name=op.f("ck_message_kind"),
        ),
        sa.CheckConstraint("language IN ('fi', 'sv', 'en')", name=op.f("ck_message_language")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_message_account_id_account")),
        sa.ForeignKeyConstraint(["thread_id"], ["message_thread.id"], name=op.f("fk_message_thread_id_message_thread")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("account_id", "form_key", name=op.f("uq_message_account_id_form_key")),
        sa.UniqueConstraint("number", name=op.f("uq_message_number")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_message_thread_id"), ["thread_id"], unique=False)

    op.create_table(
        "thread_reading",
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_thread_reading_account_id_account")),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["message_thread.id"], name=op.f("fk_thread_reading_thread_id_message_thread")
        ),
        sa.PrimaryKeyConstraint("thread_id", "account_id", name=op.f("pk_thread_reading")),
    )
    with op.batch_alter_table("thread_reading", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thread_reading_account_id"), ["account_id"], unique=False)

    # ### end Alembic commands ###

    only_grows("audit_entry")
    only_grows("permission_record")
    only_grows("privacy_step")
    keep_blobs_plain("reading_month")
    keep_blobs_plain("spot_month")


def downgrade() -> None:
    raise NotImplementedError("there is nothing before the first schema; restore a backup")
