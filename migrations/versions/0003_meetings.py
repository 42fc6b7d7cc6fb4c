"""Meetings: statuses of attendance as data, days, commitments, themes"""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _ship() -> None:
    """Write the rules as they were shipped with this revision."""
    shipped = json.loads((Path(__file__).parent / "0003_lists.json").read_text(encoding="utf-8"))
    rows = shipped["attendance_rules"]
    columns = [sa.column(name, sa.JSON() if name == "leads_to" else None) for name in rows[0]]
    op.bulk_insert(sa.table("attendance_rules", *columns), rows)


def _attendances() -> sa.TableClause:
    return sa.table("attendances", sa.column("status"), sa.column("is_remote"))


def upgrade() -> None:
    """Bring the database to this revision."""
    op.create_table(
        "attendance_rules",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "invited",
                "accepted",
                "tentative",
                "declined",
                "registered",
                "attended",
                "remote",
                "apologies",
                "no_show",
                "cancelled",
                name="attendancestatus",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column("is_counted", sa.Boolean(), nullable=False),
        sa.Column("is_expected", sa.Boolean(), nullable=False),
        sa.Column("leads_to", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_rules")),
        sa.UniqueConstraint("status", name=op.f("uq_attendance_rules_status")),
    )
    _ship()
    op.create_table(
        "commitments",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.Column(
            "debtor",
            sa.Enum("us", "them", name="debtor", native_enum=False, length=50),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column(
            "due",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open", "kept", "dropped", name="commitmentstate", native_enum=False, length=50
            ),
            nullable=False,
        ),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_commitments_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["records.id"], name=op.f("fk_commitments_origin_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_commitments_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitments")),
    )
    with op.batch_alter_table("commitments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_commitments_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_commitments_origin_id"), ["origin_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_commitments_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index("ix_commitments_state_due", ["state", "due"], unique=False)

    with op.batch_alter_table("attendances", schema=None) as batch_op:
        batch_op.add_column(sa.Column("working_group_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("days", sa.JSON(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_attendances_working_group_id"), ["working_group_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_attendances_working_group_id"),
            "working_groups",
            ["working_group_id"],
            ["id"],
        )
    rows = _attendances()
    there = sa.and_(rows.c.status == "attended", rows.c.is_remote.is_(sa.true()))
    op.execute(rows.update().where(there).values(status="remote"))

    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.alter_column(
            "theme",
            new_column_name="themes",
            existing_type=sa.String(length=300),
            type_=sa.String(length=500),
            existing_nullable=True,
        )

    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("origin_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_tasks_origin_id"), ["origin_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_tasks_origin_id"), "records", ["origin_id"], ["id"]
        )


def downgrade() -> None:
    """Take the database back to the revision before."""
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_tasks_origin_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_tasks_origin_id"))
        batch_op.drop_column("origin_id")

    meetings = sa.table("meetings", sa.column("themes"))
    op.execute(meetings.update().values(themes=sa.func.substr(meetings.c.themes, 1, 300)))
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.alter_column(
            "themes",
            new_column_name="theme",
            existing_type=sa.String(length=500),
            type_=sa.String(length=300),
            existing_nullable=True,
        )

    rows = _attendances()
    op.execute(rows.update().where(rows.c.status == "remote").values(status="attended"))
    with op.batch_alter_table("attendances", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_attendances_working_group_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_attendances_working_group_id"))
        batch_op.drop_column("days")
        batch_op.drop_column("working_group_id")

    with op.batch_alter_table("commitments", schema=None) as batch_op:
        batch_op.drop_index("ix_commitments_state_due")
        batch_op.drop_index(batch_op.f("ix_commitments_owner_id"))
        batch_op.drop_index(batch_op.f("ix_commitments_origin_id"))
        batch_op.drop_index(batch_op.f("ix_commitments_organisation_id"))

    op.drop_table("commitments")
    op.drop_table("attendance_rules")
