"""What customers let others read, who read, and what they changed is history: rows are added, and none is changed."""

from portal.migrations.tables import only_grows, settled_stays

revision = "0006"
down_revision = "0005"

HISTORY = ("authorisation", "authorisation_point", "authorisation_end", "authorisation_read")


def upgrade() -> None:
    for table in HISTORY:
        only_grows(table)
    settled_stays(
        "contact_change",
        unchanged="OLD.counts_from IS NOT NULL OR OLD.withdrawn_at IS NOT NULL",
        unremoved="OLD.counts_from IS NOT NULL",
    )


def downgrade() -> None:
    raise NotImplementedError("what is kept from change stays so; restore a backup")
