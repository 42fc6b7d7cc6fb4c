"""Records: the index of the trash holds the trash alone"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

IN_TRASH = sa.text("deleted_at IS NOT NULL")


def upgrade() -> None:
    """Bring the database to this revision."""
    op.drop_index("ix_records_deleted_at", table_name="records")
    op.create_index(
        "ix_records_deleted_at",
        "records",
        ["deleted_at"],
        sqlite_where=IN_TRASH,
        postgresql_where=IN_TRASH,
    )


def downgrade() -> None:
    """Bring the database back to the revision before."""
    op.drop_index("ix_records_deleted_at", table_name="records")
    op.create_index("ix_records_deleted_at", "records", ["deleted_at"])
