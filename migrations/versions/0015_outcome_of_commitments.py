"""what came of a commitment, and since when there is one"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this revision."""
    with op.batch_alter_table("commitments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("outcome", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("noted_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Take the database back to the revision before."""
    with op.batch_alter_table("commitments", schema=None) as batch_op:
        batch_op.drop_column("noted_on")
        batch_op.drop_column("outcome")
