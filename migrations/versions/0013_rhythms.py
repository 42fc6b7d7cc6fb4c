"""rhythms of partnerships, and partners at rest"""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def _ship_rhythms() -> None:
    shipped = json.loads((Path(__file__).parent / "0013_lists.json").read_text(encoding="utf-8"))
    rows = shipped["rhythms"]
    op.bulk_insert(sa.table("rhythms", *(sa.column(name) for name in rows[0])), rows)


def upgrade() -> None:
    """Bring the database to this revision."""
    op.create_table(
        "rhythms",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tier", sa.String(length=50), nullable=False),
        sa.Column("dormant_after_days", sa.Integer(), nullable=False),
        sa.Column("review_every_months", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rhythms")),
        sa.UniqueConstraint("tier", name=op.f("uq_rhythms_tier")),
    )
    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rest_until", sa.Date(), nullable=True))
    _ship_rhythms()


def downgrade() -> None:
    """Take the database back to the revision before."""
    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.drop_column("rest_until")
    op.drop_table("rhythms")
