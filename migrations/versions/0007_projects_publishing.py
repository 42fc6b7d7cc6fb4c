"""Projects: work, several sources of a fact; the public page and its editions"""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _ship_sections() -> None:
    shipped = json.loads((Path(__file__).parent / "0007_lists.json").read_text(encoding="utf-8"))
    rows = shipped["public_sections"]
    op.bulk_insert(sa.table("public_sections", *(sa.column(name) for name in rows[0])), rows)


def _projects() -> sa.TableClause:
    return sa.table(
        "projects",
        sa.column("duration_years", sa.Integer),
        sa.column("duration_months", sa.Integer),
    )


def upgrade() -> None:
    """Bring the database to this revision."""
    op.create_table(
        "public_sections",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("intro_fr", sa.Text(), nullable=True),
        sa.Column("intro_en", sa.Text(), nullable=True),
        sa.Column("label_fr", sa.String(length=120), nullable=False),
        sa.Column("label_en", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_sections")),
        sa.UniqueConstraint("code", name=op.f("uq_public_sections_code")),
    )
    _ship_sections()
    op.create_table(
        "editions",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["users.id"], name=op.f("fk_editions_published_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editions")),
    )
    with op.batch_alter_table("editions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_editions_published_at"), ["published_at"], unique=False
        )

    op.create_table(
        "fact_values",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "name",
                "dates",
                "size",
                "members",
                "countries",
                "partners",
                "status",
                "place",
                "money",
                "other",
                name="factkind",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column("detail", sa.String(length=120), nullable=True),
        sa.Column("value", sa.String(length=300), nullable=False),
        sa.Column(
            "as_of",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("is_chosen", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_fact_values_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_values")),
    )
    with op.batch_alter_table("fact_values", schema=None) as batch_op:
        batch_op.create_index("ix_fact_values_record_id_kind", ["record_id", "kind"], unique=False)

    op.create_table(
        "presentations",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text_fr", sa.Text(), nullable=True),
        sa.Column("text_en", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_presentations_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presentations")),
        sa.UniqueConstraint("record_id", name=op.f("uq_presentations_record_id")),
    )
    op.create_table(
        "public_wordings",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("text_fr", sa.Text(), nullable=True),
        sa.Column("text_en", sa.Text(), nullable=True),
        sa.Column("is_left_out", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_public_wordings_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_wordings")),
        sa.UniqueConstraint(
            "record_id", "fingerprint", name=op.f("uq_public_wordings_record_id_fingerprint")
        ),
    )
    op.create_table(
        "work_items",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("package", "task", "milestone", name="workkind", native_enum=False, length=50),
            nullable=False,
        ),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("within_id", sa.Integer(), nullable=True),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column(
            "starts",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "due",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "done_on",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "in_work",
                "done",
                "dropped",
                name="workstate",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["organisations.id"], name=op.f("fk_work_items_lead_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_work_items_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["within_id"], ["work_items.id"], name=op.f("fk_work_items_within_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_items")),
    )
    with op.batch_alter_table("work_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_items_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_items_project_id"), ["project_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_items_within_id"), ["within_id"], unique=False)

    with op.batch_alter_table("involvements", schema=None) as batch_op:
        batch_op.add_column(sa.Column("change_reason", sa.String(length=300), nullable=True))

    with op.batch_alter_table("outputs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("work_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "due",
                sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column(
                "delivered_on",
                sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("country", sa.String(length=2), nullable=True))
        batch_op.add_column(
            sa.Column("is_public", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        batch_op.create_index(batch_op.f("ix_outputs_due"), ["due"], unique=False)
        batch_op.create_index(batch_op.f("ix_outputs_work_id"), ["work_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_outputs_work_id"), "work_items", ["work_id"], ["id"]
        )

    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.add_column(sa.Column("duration_months", sa.Integer(), nullable=True))
    table = _projects()
    op.execute(table.update().values(duration_months=12 * table.c.duration_years))
    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.drop_column("duration_years")


def downgrade() -> None:
    """Take the database back to the revision before."""
    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.add_column(sa.Column("duration_years", sa.INTEGER(), nullable=True))
    table = _projects()
    op.execute(table.update().values(duration_years=table.c.duration_months // 12))
    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.drop_column("duration_months")

    with op.batch_alter_table("outputs", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_outputs_work_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_outputs_work_id"))
        batch_op.drop_index(batch_op.f("ix_outputs_due"))
        batch_op.drop_column("is_public")
        batch_op.drop_column("country")
        batch_op.drop_column("delivered_on")
        batch_op.drop_column("due")
        batch_op.drop_column("work_id")
        batch_op.drop_column("number")

    with op.batch_alter_table("involvements", schema=None) as batch_op:
        batch_op.drop_column("change_reason")

    with op.batch_alter_table("work_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_work_items_within_id"))
        batch_op.drop_index(batch_op.f("ix_work_items_project_id"))
        batch_op.drop_index(batch_op.f("ix_work_items_lead_id"))

    op.drop_table("work_items")
    op.drop_table("public_wordings")
    op.drop_table("presentations")
    with op.batch_alter_table("fact_values", schema=None) as batch_op:
        batch_op.drop_index("ix_fact_values_record_id_kind")

    op.drop_table("fact_values")
    with op.batch_alter_table("editions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_editions_published_at"))

    op.drop_table("editions")
    op.drop_table("public_sections")
