"""Packs that are kept, presets of packs, what we want at meetings"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this revision."""
    op.create_table(
        "pack_presets",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "meeting_kind",
            sa.Enum(
                "conference",
                "plenary",
                "general_assembly",
                "working_group",
                "consultation",
                "bilateral",
                "colloquium",
                "training",
                "series",
                "other",
                name="meetingkind",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_presets")),
        sa.UniqueConstraint("meeting_kind", name=op.f("uq_pack_presets_meeting_kind")),
    )
    op.create_table(
        "kept_packs",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("is_for_managers", sa.Boolean(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("withheld", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_kept_packs_meeting_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_kept_packs_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_packs")),
    )
    with op.batch_alter_table("kept_packs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kept_packs_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_kept_packs_user_id"), ["user_id"], unique=False)

    op.create_table(
        "meeting_aims",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=True),
        sa.Column("questions", sa.Text(), nullable=True),
        sa.Column("speaker_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_aims_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_meeting_aims_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["people.id"], name=op.f("fk_meeting_aims_speaker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_aims")),
        sa.UniqueConstraint(
            "meeting_id", "organisation_id", name=op.f("uq_meeting_aims_meeting_id_organisation_id")
        ),
    )
    with op.batch_alter_table("meeting_aims", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_meeting_aims_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_meeting_aims_speaker_id"), ["speaker_id"], unique=False
        )


def downgrade() -> None:
    """Take the database back to the revision before."""
    with op.batch_alter_table("meeting_aims", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_aims_speaker_id"))
        batch_op.drop_index(batch_op.f("ix_meeting_aims_organisation_id"))

    op.drop_table("meeting_aims")
    with op.batch_alter_table("kept_packs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kept_packs_user_id"))
        batch_op.drop_index(batch_op.f("ix_kept_packs_meeting_id"))

    op.drop_table("kept_packs")
    op.drop_table("pack_presets")
