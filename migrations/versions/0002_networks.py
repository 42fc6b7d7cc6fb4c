"""Networks: kinds of link, duties, calendars"""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


KNOWN_BEFORE = (
    "member",
    "associate",
    "registered",
    "forum_seat",
    "special_status",
    "general_status",
    "roster",
    "observer",
    "participant",
)


def _ship() -> None:
    """Write the lists as they were shipped with this revision."""
    shipped = json.loads((Path(__file__).parent / "0002_lists.json").read_text(encoding="utf-8"))
    for table, rows in shipped.items():
        columns = [sa.column(name) for name in rows[0]]
        op.bulk_insert(sa.table(table, *columns), rows)


def upgrade() -> None:
    """Bring the database to this revision."""
    op.create_table(
        "membership_kinds",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("word_fr", sa.String(length=120), nullable=False),
        sa.Column("word_en", sa.String(length=120), nullable=False),
        sa.Column("has_terms", sa.Boolean(), nullable=False),
        sa.Column("has_fees", sa.Boolean(), nullable=False),
        sa.Column("has_duties", sa.Boolean(), nullable=False),
        sa.Column("can_lapse", sa.Boolean(), nullable=False),
        sa.Column("places_per_station", sa.Integer(), nullable=True),
        sa.Column("label_fr", sa.String(length=120), nullable=False),
        sa.Column("label_en", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_kinds")),
        sa.UniqueConstraint("code", name=op.f("uq_membership_kinds_code")),
    )
    op.create_table(
        "status_rules",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("condition", sa.String(length=40), nullable=True),
        sa.Column("from_event", sa.String(length=20), nullable=True),
        sa.Column("from_days", sa.Integer(), nullable=False),
        sa.Column("until_event", sa.String(length=20), nullable=True),
        sa.Column("until_days", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_rules")),
    )
    with op.batch_alter_table("status_rules", schema=None) as batch_op:
        batch_op.create_index(
            "ix_status_rules_subject_position", ["subject", "position"], unique=False
        )

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
    op.create_table(
        "duty_templates",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "applies_to",
            sa.Enum("link", "project", "partner", name="appliesto", native_enum=False, length=50),
            nullable=False,
        ),
        sa.Column("membership_kind_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "fee",
                "report",
                "designation",
                "conference",
                "consultation",
                "registration",
                "check",
                "request",
                "deliverable",
                "review",
                "other",
                name="dutykind",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column("every_months", sa.Integer(), nullable=True),
        sa.Column("month", sa.Integer(), nullable=True),
        sa.Column("day", sa.Integer(), nullable=True),
        sa.Column("counts_from_start", sa.Boolean(), nullable=False),
        sa.Column("lead_months", sa.String(length=60), nullable=True),
        sa.Column("is_weekly_at_end", sa.Boolean(), nullable=False),
        sa.Column("is_answered", sa.Boolean(), nullable=False),
        sa.Column("is_unsure", sa.Boolean(), nullable=False),
        sa.Column("label_fr", sa.String(length=120), nullable=False),
        sa.Column("label_en", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_kind_id"],
            ["membership_kinds.id"],
            name=op.f("fk_duty_templates_membership_kind_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_templates")),
    )
    with op.batch_alter_table("duty_templates", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_duty_templates_membership_kind_id"), ["membership_kind_id"], unique=False
        )

    op.create_table(
        "duties",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "fee",
                "report",
                "designation",
                "conference",
                "consultation",
                "registration",
                "check",
                "request",
                "deliverable",
                "review",
                "other",
                name="dutykind",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column(
            "covers_since",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "covers_until",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "due",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("is_on_call", sa.Boolean(), nullable=False),
        sa.Column("is_unsure", sa.Boolean(), nullable=False),
        sa.Column("every_months", sa.Integer(), nullable=True),
        sa.Column(
            "counted_from",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("deputy_id", sa.Integer(), nullable=True),
        sa.Column("lead_months", sa.String(length=60), nullable=True),
        sa.Column("is_weekly_at_end", sa.Boolean(), nullable=False),
        sa.Column("is_answered", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "to_do",
                "sent",
                "questions",
                "answered",
                "done",
                "dropped",
                name="dutystate",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=300), nullable=True),
        sa.Column("proof_id", sa.Integer(), nullable=True),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["deputy_id"], ["users.id"], name=op.f("fk_duties_deputy_id")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_duties_membership_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_duties_owner_id")),
        sa.ForeignKeyConstraint(["previous_id"], ["duties.id"], name=op.f("fk_duties_previous_id")),
        sa.ForeignKeyConstraint(["proof_id"], ["documents.id"], name=op.f("fk_duties_proof_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["records.id"], name=op.f("fk_duties_subject_id")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["duty_templates.id"], name=op.f("fk_duties_template_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duties")),
        sa.UniqueConstraint("previous_id", name=op.f("uq_duties_previous_id")),
    )
    with op.batch_alter_table("duties", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duties_deputy_id"), ["deputy_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_duties_membership_id"), ["membership_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_duties_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_duties_proof_id"), ["proof_id"], unique=False)
        batch_op.create_index("ix_duties_state_due", ["state", "due"], unique=False)
        batch_op.create_index(batch_op.f("ix_duties_subject_id"), ["subject_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_duties_template_id"), ["template_id"], unique=False)

    op.create_table(
        "membership_steps",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "applied",
                "deferred",
                "questioned",
                "recommended",
                "granted",
                "declined",
                "closed",
                "reclassified",
                "suspended",
                "reinstated",
                "withdrawn",
                "other",
                name="step",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column(
            "dated",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("detail", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["records.id"], name=op.f("fk_membership_steps_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_membership_steps_membership_id")
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["organisations.id"], name=op.f("fk_membership_steps_network_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_steps")),
    )
    with op.batch_alter_table("membership_steps", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_membership_steps_member_id"), ["member_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_membership_steps_membership_id"), ["membership_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_membership_steps_network_id"), ["network_id"], unique=False
        )

    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "duty_station",
                sa.Enum(
                    "new_york", "geneva", "vienna", name="dutystation", native_enum=False, length=50
                ),
                nullable=True,
            )
        )

    _ship()
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind_id", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE memberships SET kind_id ="
        " (SELECT id FROM membership_kinds WHERE membership_kinds.code = memberships.kind)"
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.alter_column("kind_id", existing_type=sa.Integer(), nullable=False)
        batch_op.add_column(sa.Column("predecessor_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "override",
                sa.Enum(
                    "applied",
                    "pending",
                    "active",
                    "renewal_due",
                    "grace",
                    "lapsed",
                    "suspended",
                    "withdrawn",
                    "excluded",
                    "ended",
                    name="membershipstatus",
                    native_enum=False,
                    length=50,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("override_reason", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("override_since", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("override_until", sa.Date(), nullable=True))
        batch_op.drop_constraint(
            batch_op.f("uq_memberships_member_id_network_id_kind"), type_="unique"
        )
        batch_op.create_index(batch_op.f("ix_memberships_kind_id"), ["kind_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_memberships_predecessor_id"), ["predecessor_id"], unique=False
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_memberships_member_id_network_id_kind_id"),
            ["member_id", "network_id", "kind_id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_memberships_kind_id"), "membership_kinds", ["kind_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_memberships_predecessor_id"), "memberships", ["predecessor_id"], ["id"]
        )
        batch_op.drop_column("kind")

    with op.batch_alter_table("terms", schema=None) as batch_op:
        batch_op.add_column(sa.Column("fee_due", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("proof_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_terms_proof_id"), ["proof_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_terms_proof_id"), "documents", ["proof_id"], ["id"]
        )

    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("wants_digest", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        batch_op.add_column(sa.Column("digest_on", sa.Date(), nullable=True))
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_cancelled", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.alter_column("is_cancelled", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.alter_column("wants_digest", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    """Take the database back to the revision before."""
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.drop_column("is_cancelled")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_column("digest_on")
        batch_op.drop_column("wants_digest")

    with op.batch_alter_table("terms", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_terms_proof_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_terms_proof_id"))
        batch_op.drop_column("proof_id")
        batch_op.drop_column("fee_due")

    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=50), nullable=True))
    kinds = sa.table("membership_kinds", sa.column("id"), sa.column("code"))
    links = sa.table("memberships", sa.column("kind"), sa.column("kind_id"))
    known = (
        sa.select(kinds.c.code)
        .where(kinds.c.id == links.c.kind_id, kinds.c.code.in_(KNOWN_BEFORE))
        .scalar_subquery()
    )
    op.execute(links.update().values(kind=sa.func.coalesce(known, "participant")))
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.alter_column("kind", existing_type=sa.String(length=50), nullable=False)
        batch_op.drop_constraint(batch_op.f("fk_memberships_predecessor_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_memberships_kind_id"), type_="foreignkey")
        batch_op.drop_constraint(
            batch_op.f("uq_memberships_member_id_network_id_kind_id"), type_="unique"
        )
        batch_op.drop_index(batch_op.f("ix_memberships_predecessor_id"))
        batch_op.drop_index(batch_op.f("ix_memberships_kind_id"))
        batch_op.create_unique_constraint(
            batch_op.f("uq_memberships_member_id_network_id_kind"),
            ["member_id", "network_id", "kind"],
        )
        batch_op.drop_column("override_until")
        batch_op.drop_column("override_since")
        batch_op.drop_column("override_reason")
        batch_op.drop_column("override")
        batch_op.drop_column("predecessor_id")
        batch_op.drop_column("kind_id")

    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.drop_column("duty_station")

    with op.batch_alter_table("membership_steps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_steps_network_id"))
        batch_op.drop_index(batch_op.f("ix_membership_steps_membership_id"))
        batch_op.drop_index(batch_op.f("ix_membership_steps_member_id"))

    op.drop_table("membership_steps")
    with op.batch_alter_table("duties", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duties_template_id"))
        batch_op.drop_index(batch_op.f("ix_duties_subject_id"))
        batch_op.drop_index("ix_duties_state_due")
        batch_op.drop_index(batch_op.f("ix_duties_proof_id"))
        batch_op.drop_index(batch_op.f("ix_duties_owner_id"))
        batch_op.drop_index(batch_op.f("ix_duties_membership_id"))
        batch_op.drop_index(batch_op.f("ix_duties_deputy_id"))

    op.drop_table("duties")
    with op.batch_alter_table("duty_templates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duty_templates_membership_kind_id"))

    op.drop_table("duty_templates")
    op.drop_table("calendar_feeds")
    with op.batch_alter_table("status_rules", schema=None) as batch_op:
        batch_op.drop_index("ix_status_rules_subject_position")

    op.drop_table("status_rules")
    op.drop_table("membership_kinds")
