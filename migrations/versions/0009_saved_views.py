"""Saved views, private addresses, bulk changes"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this revision."""
    op.create_table(
        "bulk_runs",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("batch", sa.String(length=32), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undo_total", sa.Integer(), nullable=False),
        sa.Column("undone", sa.Integer(), nullable=False),
        sa.Column("undo_kept", sa.Integer(), nullable=False),
        sa.Column("undo_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_bulk_runs_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_runs")),
        sa.UniqueConstraint("batch", name=op.f("uq_bulk_runs_batch")),
    )
    with op.batch_alter_table("bulk_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bulk_runs_user_id"), ["user_id"], unique=False)

    op.create_table(
        "private_addresses",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_private_addresses_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_private_addresses")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_private_addresses_token_hash")),
        sa.UniqueConstraint(
            "user_id", "subject", name=op.f("uq_private_addresses_user_id_subject")
        ),
    )
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_saved_views_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
    )
    with op.batch_alter_table("saved_views", schema=None) as batch_op:
        batch_op.create_index("ix_saved_views_kind_is_shared", ["kind", "is_shared"], unique=False)
        batch_op.create_index(batch_op.f("ix_saved_views_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "bulk_left_records",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_bulk_left_records_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["bulk_runs.id"], name=op.f("fk_bulk_left_records_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_left_records")),
    )
    with op.batch_alter_table("bulk_left_records", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bulk_left_records_record_id"), ["record_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_bulk_left_records_run_id"), ["run_id"], unique=False)

    op.create_index("ix_signatures_declaration_id", "signatures", ["declaration_id"])
    op.create_index("ix_organisations_organisation_kind", "organisations", ["organisation_kind"])
    op.create_index("ix_organisations_is_us", "organisations", ["is_us"])
    op.create_index("ix_meetings_listed", "meetings", [sa.text("coalesce(starts, '')")])
    op.create_index("ix_records_created_by_id", "records", ["created_by_id"])
    op.create_index("ix_tasks_listed", "tasks", [sa.text("coalesce(due, '')")])
    # The addresses in use go on working: they are told apart by what they lead to from now on.
    op.execute(
        "INSERT INTO private_addresses (id, user_id, subject, token_hash, created_at, last_read_at)"
        " SELECT id, user_id, 'calendar', token_hash, created_at, last_read_at FROM calendar_feeds"
    )
    op.drop_table("calendar_feeds")


def downgrade() -> None:
    """Take the database back to the revision before."""
    op.drop_index("ix_tasks_listed", "tasks")
    op.drop_index("ix_records_created_by_id", "records")
    op.drop_index("ix_meetings_listed", "meetings")
    op.drop_index("ix_organisations_is_us", "organisations")
    op.drop_index("ix_organisations_organisation_kind", "organisations")
    op.drop_index("ix_signatures_declaration_id", "signatures")
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_calendar_feeds_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
        sa.UniqueConstraint("user_id", name=op.f("uq_calendar_feeds_user_id")),
    )
    op.execute(
        "INSERT INTO calendar_feeds (id, user_id, token_hash, created_at, last_read_at)"
        " SELECT id, user_id, token_hash, created_at, last_read_at FROM private_addresses"
        " WHERE subject = 'calendar'"
    )
    with op.batch_alter_table("bulk_left_records", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bulk_left_records_run_id"))
        batch_op.drop_index(batch_op.f("ix_bulk_left_records_record_id"))

    op.drop_table("bulk_left_records")
    with op.batch_alter_table("saved_views", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_views_owner_id"))
        batch_op.drop_index("ix_saved_views_kind_is_shared")

    op.drop_table("saved_views")
    op.drop_table("private_addresses")
    with op.batch_alter_table("bulk_runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bulk_runs_user_id"))

    op.drop_table("bulk_runs")
