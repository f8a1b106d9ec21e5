"""Bills of a party by due date, and those that refer to one of a party's, in an index each.

The index of due dates alone led through the bills of everybody. That of parties alone is made anew, after the others:
of two that begin alike SQLite takes the last, and by this one it reads a party's bills in the order in which they lie.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
ALONE = ("due_on", "refers_to")
TOGETHER = (["party_id", "due_on"], ["refers_to", "party_id"])


def upgrade() -> None:
    for columns in TOGETHER:
        op.create_index(op.f(f"ix_invoice_{'_'.join(columns)}"), "invoice", columns, unique=False)
    for column in (*ALONE, "party_id"):
        op.drop_index(op.f(f"ix_invoice_{column}"), table_name="invoice")
    op.create_index(op.f("ix_invoice_party_id"), "invoice", ["party_id"], unique=False)


def downgrade() -> None:
    for column in ALONE:
        op.create_index(op.f(f"ix_invoice_{column}"), "invoice", [column], unique=False)
    for columns in TOGETHER:
        op.drop_index(op.f(f"ix_invoice_{'_'.join(columns)}"), table_name="invoice")
