"""Search: the names of each record by themselves, and the words of all names"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this revision; ``crm upgrade`` then fills what is new."""
    short = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")
    op.create_table(
        "search_words",
        sa.Column("word", short, nullable=False),
        sa.Column("backwards", short, nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_words")),
    )
    with op.batch_alter_table("search_words", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_search_words_backwards"), ["backwards"], unique=False)
    op.add_column(
        "records", sa.Column("search_names", sa.Text(), nullable=False, server_default="")
    )


def downgrade() -> None:
    """Take the database back to the revision before."""
    op.drop_column("records", "search_names")
    with op.batch_alter_table("search_words", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_search_words_backwards"))
    op.drop_table("search_words")
