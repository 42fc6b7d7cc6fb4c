"""initial"""

import sqlalchemy as sa
from alembic import op

from crm.records.ddl import REVERSED, STATEMENTS

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this revision."""
    op.create_table(
        "auth_attempts",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bucket", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auth_attempts")),
    )
    with op.batch_alter_table("auth_attempts", schema=None) as batch_op:
        batch_op.create_index("ix_auth_attempts_at", ["at"], unique=False)
        batch_op.create_index("ix_auth_attempts_bucket_at", ["bucket", "at"], unique=False)

    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "running", "done", "dead", name="jobstate", native_enum=False, length=50
            ),
            nullable=False,
        ),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index("ix_jobs_state_run_at", ["state", "run_at"], unique=False)

    op.create_table(
        "sendings",
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_sendings")),
    )
    with op.batch_alter_table("sendings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sendings_at"), ["at"], unique=False)

    op.create_table(
        "tags",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("word", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("key", name=op.f("uq_tags_key")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "viewer",
                "contributor",
                "manager",
                "admin",
                name="role",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column(
            "theme",
            sa.Enum("auto", "light", "dark", name="theme", native_enum=False, length=50),
            nullable=False,
        ),
        sa.Column("shortcuts", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("batch", sa.String(length=32), nullable=False),
        sa.Column(
            "act",
            sa.Enum("create", "update", "delete", name="act", native_enum=False, length=50),
            nullable=False,
        ),
        sa.Column("row_table", sa.String(length=60), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("undoes_key", sa.String(length=32), nullable=True),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_changes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
        sa.UniqueConstraint("key", name=op.f("uq_changes_key")),
    )
    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_changes_batch"), ["batch"], unique=False)
        batch_op.create_index(
            "ix_changes_row_table_row_id", ["row_table", "row_id", "row_version"], unique=False
        )

    op.create_table(
        "one_time_links",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum("invitation", "reset", name="linkpurpose", native_enum=False, length=50),
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_one_time_links_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_links_token_hash")),
    )
    with op.batch_alter_table("one_time_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_links_user_id"), ["user_id"], unique=False)

    op.create_table(
        "records",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column(
            "visibility",
            sa.Enum("team", "managers", "named", name="visibility", native_enum=False, length=50),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_by_id", sa.Integer(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["users.id"], name=op.f("fk_records_checked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_records_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["deleted_by_id"], ["users.id"], name=op.f("fk_records_deleted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["records.id"], name=op.f("fk_records_merged_into_id")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"], ["users.id"], name=op.f("fk_records_updated_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
    )
    with op.batch_alter_table("records", schema=None) as batch_op:
        batch_op.create_index("ix_records_deleted_at", ["deleted_at"], unique=False)
        batch_op.create_index("ix_records_kind_sort_key", ["kind", "sort_key", "id"], unique=False)

    op.create_table(
        "user_sessions",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_sessions_token_hash")),
    )
    with op.batch_alter_table("user_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_sessions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "changed_records",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["changes.id"], name=op.f("fk_changed_records_change_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_changed_records_record_id")
        ),
        sa.PrimaryKeyConstraint("record_id", "change_id", name=op.f("pk_changed_records")),
    )
    with op.batch_alter_table("changed_records", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_changed_records_change_id"), ["change_id"], unique=False
        )

    op.create_table(
        "contact_points",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "email",
                "phone",
                "website",
                "address",
                "other",
                name="contactkind",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.String(length=500), nullable=False),
        sa.Column("usage", sa.String(length=120), nullable=True),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("at_organisation_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["at_organisation_id"],
            ["records.id"],
            name=op.f("fk_contact_points_at_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_contact_points_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_points")),
    )
    with op.batch_alter_table("contact_points", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_contact_points_at_organisation_id"), ["at_organisation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_contact_points_record_id"), ["record_id"], unique=False
        )

    op.create_table(
        "deadlines",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "registration_opens",
                "registration",
                "papers",
                "statements",
                "signature_internal",
                "signature",
                "other",
                name="deadlinekind",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column(
            "day",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("hour", sa.String(length=5), nullable=True),
        sa.Column("time_zone", sa.String(length=50), nullable=True),
        sa.Column("is_soft", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_deadlines_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadlines")),
    )
    with op.batch_alter_table("deadlines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deadlines_record_id"), ["record_id"], unique=False)

    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "agenda",
                "minutes",
                "report",
                "text",
                "proof",
                "other",
                name="documentkind",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=12), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_documents_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_documents_record_id"), ["record_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_documents_sha256"), ["sha256"], unique=False)

    op.create_table(
        "guards",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("guard_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["guard_id"], ["records.id"], name=op.f("fk_guards_guard_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_guards_record_id")),
        sa.PrimaryKeyConstraint("record_id", "guard_id", name=op.f("pk_guards")),
    )
    with op.batch_alter_table("guards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guards_guard_id"), ["guard_id"], unique=False)

    op.create_table(
        "identifiers",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_identifiers_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identifiers")),
        sa.UniqueConstraint("scheme", "value", name=op.f("uq_identifiers_scheme_value")),
    )
    with op.batch_alter_table("identifiers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identifiers_record_id"), ["record_id"], unique=False)

    op.create_table(
        "interactions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "interaction_kind",
            sa.Enum(
                "call",
                "email",
                "meeting",
                "visit",
                "event",
                "letter",
                name="interactionkind",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column(
            "happened",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["records.id"], name=op.f("fk_interactions_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interactions")),
    )
    with op.batch_alter_table("interactions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interactions_happened"), ["happened"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_interactions_interaction_kind"), ["interaction_kind"], unique=False
        )

    op.create_table(
        "names",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "official",
                "short",
                "acronym",
                "other",
                "former",
                "native",
                name="namekind",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=True),
        sa.Column(
            "since",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "until",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_names_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_names")),
    )
    with op.batch_alter_table("names", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_names_record_id"), ["record_id"], unique=False)

    op.create_table(
        "organisations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("acronym", sa.String(length=60), nullable=True),
        sa.Column(
            "organisation_kind",
            sa.Enum(
                "ngo",
                "network",
                "local_authority",
                "ministry",
                "eu_institution",
                "eu_agency",
                "un_body",
                "foundation",
                "funder",
                "research_centre",
                "university",
                "religious_body",
                "trade_union",
                "company",
                "other",
                name="organisationkind",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column("speciality", sa.String(length=120), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("city", sa.String(length=120), nullable=True),
        sa.Column("languages", sa.String(length=120), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("good_to_know", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column(
            "partnership_status",
            sa.Enum(
                "developing",
                "active",
                "dormant",
                "suspended",
                "ended",
                name="partnershipstatus",
                native_enum=False,
                length=50,
            ),
            nullable=True,
        ),
        sa.Column(
            "tier", sa.Enum("a", "b", "c", name="tier", native_enum=False, length=50), nullable=True
        ),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column(
            "partner_since",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "next_review",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("is_us", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["records.id"], name=op.f("fk_organisations_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_organisations_owner_id")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organisations.id"], name=op.f("fk_organisations_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
    )
    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisations_country"), ["country"], unique=False)
        batch_op.create_index(batch_op.f("ix_organisations_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_organisations_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_organisations_partnership_status"), ["partnership_status"], unique=False
        )

    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("given_name", sa.String(length=120), nullable=True),
        sa.Column("family_name", sa.String(length=120), nullable=True),
        sa.Column("native_name", sa.String(length=120), nullable=True),
        sa.Column("pronunciation", sa.String(length=120), nullable=True),
        sa.Column("form_of_address", sa.String(length=60), nullable=True),
        sa.Column("languages", sa.String(length=120), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("good_to_know", sa.Text(), nullable=True),
        sa.Column(
            "legal_basis",
            sa.Enum(
                "legitimate_interest",
                "consent",
                "contract",
                name="legalbasis",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column("data_source", sa.String(length=200), nullable=True),
        sa.Column("informed_on", sa.Date(), nullable=True),
        sa.Column("is_at_risk", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["records.id"], name=op.f("fk_people_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    op.create_table(
        "projects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("acronym", sa.String(length=60), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("project_kind", sa.String(length=120), nullable=True),
        sa.Column("programme", sa.String(length=200), nullable=True),
        sa.Column("call", sa.String(length=200), nullable=True),
        sa.Column("grant_number", sa.String(length=60), nullable=True),
        sa.Column(
            "starts",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "ends",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("duration_years", sa.Integer(), nullable=True),
        sa.Column("aim", sa.Text(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "planned", "current", "past", name="projectstatus", native_enum=False, length=50
            ),
            nullable=False,
        ),
        sa.Column(
            "status_as_of",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("status_source", sa.String(length=300), nullable=True),
        sa.Column("budget_total", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("budget_eu", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("budget_ours", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["records.id"], name=op.f("fk_projects_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
    )
    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_projects_starts"), ["starts"], unique=False)
        batch_op.create_index(batch_op.f("ix_projects_status"), ["status"], unique=False)

    op.create_table(
        "readers",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_readers_record_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_readers_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readers")),
        sa.UniqueConstraint("record_id", "user_id", name=op.f("uq_readers_record_id_user_id")),
    )
    with op.batch_alter_table("readers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_readers_user_id"), ["user_id"], unique=False)

    op.create_table(
        "sources",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("fact", sa.String(length=300), nullable=True),
        sa.Column(
            "dated",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_sources_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
    )
    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sources_record_id"), ["record_id"], unique=False)

    op.create_table(
        "taggings",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_taggings_record_id")),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_taggings_tag_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taggings")),
        sa.UniqueConstraint("record_id", "tag_id", name=op.f("uq_taggings_record_id_tag_id")),
    )
    with op.batch_alter_table("taggings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_taggings_tag_id"), ["tag_id"], unique=False)

    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column(
            "due",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["assignee_id"], ["users.id"], name=op.f("fk_tasks_assignee_id")),
        sa.ForeignKeyConstraint(["id"], ["records.id"], name=op.f("fk_tasks_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["records.id"], name=op.f("fk_tasks_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tasks_assignee_id"), ["assignee_id"], unique=False)
        batch_op.create_index("ix_tasks_done_on_due", ["done_on", "due"], unique=False)
        batch_op.create_index(batch_op.f("ix_tasks_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "involvements",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "coordinator",
                "beneficiary",
                "affiliated",
                "associated",
                "subcontractor",
                "expert",
                "reviewer",
                "funder",
                name="involvementrole",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column("funder_word", sa.String(length=120), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("city", sa.String(length=120), nullable=True),
        sa.Column(
            "since",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "until",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_involvements_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_involvements_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_involvements")),
    )
    with op.batch_alter_table("involvements", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_involvements_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_involvements_project_id"), ["project_id"], unique=False
        )

    op.create_table(
        "memberships",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "member",
                "associate",
                "registered",
                "forum_seat",
                "special_status",
                "general_status",
                "roster",
                "observer",
                "participant",
                name="membershipkind",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column(
            "applied_on",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("participation", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["records.id"], name=op.f("fk_memberships_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["organisations.id"], name=op.f("fk_memberships_network_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint(
            "member_id", "network_id", "kind", name=op.f("uq_memberships_member_id_network_id_kind")
        ),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memberships_network_id"), ["network_id"], unique=False)

    op.create_table(
        "milestones",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column(
            "dated",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["organisations.id"], name=op.f("fk_milestones_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_milestones_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestones")),
    )
    with op.batch_alter_table("milestones", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestones_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_milestones_record_id"), ["record_id"], unique=False)

    op.create_table(
        "network_activities",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("activity", sa.String(length=120), nullable=False),
        sa.Column("detail", sa.String(length=300), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["organisations.id"], name=op.f("fk_network_activities_network_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_activities")),
    )
    with op.batch_alter_table("network_activities", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_network_activities_network_id"), ["network_id"], unique=False
        )

    op.create_table(
        "network_measures",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column(
            "counted",
            sa.Enum("members", "countries", name="counted", native_enum=False, length=50),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "qualifier",
            sa.Enum("exact", "about", "more_than", name="qualifier", native_enum=False, length=50),
            nullable=False,
        ),
        sa.Column(
            "as_of",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("source", sa.String(length=300), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["organisations.id"], name=op.f("fk_network_measures_network_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_measures")),
    )
    with op.batch_alter_table("network_measures", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_network_measures_network_id"), ["network_id"], unique=False
        )

    op.create_table(
        "network_profiles",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "scope",
            sa.Enum(
                "europe",
                "international",
                "regional",
                "national",
                name="scope",
                native_enum=False,
                length=50,
            ),
            nullable=True,
        ),
        sa.Column("network_type", sa.String(length=120), nullable=True),
        sa.Column("member_kinds", sa.String(length=300), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("meeting_frequency", sa.String(length=60), nullable=True),
        sa.Column(
            "active_since",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_network_profiles_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_profiles")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_network_profiles_organisation_id")),
    )
    with op.batch_alter_table("network_profiles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_network_profiles_scope"), ["scope"], unique=False)

    op.create_table(
        "outputs",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "report",
                "national_report",
                "transnational_report",
                "study",
                "action_plan",
                "data_set",
                "portal",
                "information",
                "declaration",
                "other",
                name="outputkind",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("reference_year", sa.String(length=30), nullable=True),
        sa.Column("collection_period", sa.String(length=60), nullable=True),
        sa.Column(
            "published",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("language", sa.String(length=60), nullable=True),
        sa.Column("coverage", sa.String(length=200), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "in_work",
                "delivered",
                "published",
                "available",
                name="outputstate",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["organisations.id"], name=op.f("fk_outputs_lead_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_outputs_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outputs")),
    )
    with op.batch_alter_table("outputs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outputs_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outputs_record_id"), ["record_id"], unique=False)
        batch_op.create_index("ix_outputs_state", ["state"], unique=False)

    op.create_table(
        "participants",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("interaction_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interaction_id"], ["interactions.id"], name=op.f("fk_participants_interaction_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_participants_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participants")),
        sa.UniqueConstraint(
            "interaction_id", "record_id", name=op.f("uq_participants_interaction_id_record_id")
        ),
    )
    with op.batch_alter_table("participants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_participants_record_id"), ["record_id"], unique=False)

    op.create_table(
        "positions",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("department", sa.String(length=200), nullable=True),
        sa.Column(
            "since",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "until",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_positions_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_positions_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_positions")),
    )
    with op.batch_alter_table("positions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_positions_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_positions_person_id"), ["person_id"], unique=False)

    op.create_table(
        "project_countries",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=True),
        sa.Column("role", sa.String(length=120), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_countries_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_countries")),
    )
    with op.batch_alter_table("project_countries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_countries_country"), ["country"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_project_countries_project_id"), ["project_id"], unique=False
        )

    op.create_table(
        "project_themes",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("theme", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_themes_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_themes")),
    )
    with op.batch_alter_table("project_themes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_project_themes_project_id"), ["project_id"], unique=False
        )

    op.create_table(
        "relations",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "hosts",
                "funds",
                "succeeds",
                "sister",
                "works_with",
                "oversees",
                name="relationkind",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column(
            "since",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "until",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_relations_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["organisations.id"], name=op.f("fk_relations_other_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relations")),
    )
    with op.batch_alter_table("relations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_relations_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_relations_other_id"), ["other_id"], unique=False)

    op.create_table(
        "size_facts",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column(
            "qualifier",
            sa.Enum("exact", "about", "more_than", name="qualifier", native_enum=False, length=50),
            nullable=False,
        ),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_size_facts_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_size_facts")),
    )
    with op.batch_alter_table("size_facts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_size_facts_project_id"), ["project_id"], unique=False)

    op.create_table(
        "topics",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("interaction_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interaction_id"], ["interactions.id"], name=op.f("fk_topics_interaction_id")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_topics_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topics")),
        sa.UniqueConstraint(
            "interaction_id", "record_id", name=op.f("uq_topics_interaction_id_record_id")
        ),
    )
    with op.batch_alter_table("topics", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_topics_record_id"), ["record_id"], unique=False)

    op.create_table(
        "working_groups",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("frequency", sa.String(length=60), nullable=True),
        sa.Column(
            "since",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "until",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["organisations.id"], name=op.f("fk_working_groups_network_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_groups")),
    )
    with op.batch_alter_table("working_groups", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_working_groups_network_id"), ["network_id"], unique=False
        )

    op.create_table(
        "mandates",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("working_group_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column(
            "role",
            sa.Enum(
                "representative",
                "alternate",
                "focal_point",
                "legal_representative",
                "chair",
                "member",
                "observer",
                name="mandaterole",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column(
            "since",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "until",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["organisations.id"], name=op.f("fk_mandates_network_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_mandates_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_mandates_person_id")),
        sa.ForeignKeyConstraint(
            ["working_group_id"], ["working_groups.id"], name=op.f("fk_mandates_working_group_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandates")),
    )
    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mandates_network_id"), ["network_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_mandates_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_mandates_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_mandates_working_group_id"), ["working_group_id"], unique=False
        )

    op.create_table(
        "meetings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
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
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("network_id", sa.Integer(), nullable=True),
        sa.Column("working_group_id", sa.Integer(), nullable=True),
        sa.Column(
            "starts",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "ends",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("start_time", sa.String(length=5), nullable=True),
        sa.Column("end_time", sa.String(length=5), nullable=True),
        sa.Column("time_zone", sa.String(length=50), nullable=True),
        sa.Column(
            "format",
            sa.Enum(
                "on_site", "online", "hybrid", name="meetingformat", native_enum=False, length=50
            ),
            nullable=True,
        ),
        sa.Column("place", sa.String(length=300), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("languages", sa.String(length=120), nullable=True),
        sa.Column("theme", sa.String(length=300), nullable=True),
        sa.Column("recurrence", sa.String(length=120), nullable=True),
        sa.Column("framework", sa.String(length=200), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("agenda", sa.Text(), nullable=True),
        sa.Column("positions", sa.Text(), nullable=True),
        sa.Column("minutes", sa.Text(), nullable=True),
        sa.Column("decisions", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["records.id"], name=op.f("fk_meetings_id")),
        sa.ForeignKeyConstraint(
            ["network_id"], ["organisations.id"], name=op.f("fk_meetings_network_id")
        ),
        sa.ForeignKeyConstraint(["series_id"], ["meetings.id"], name=op.f("fk_meetings_series_id")),
        sa.ForeignKeyConstraint(
            ["working_group_id"], ["working_groups.id"], name=op.f("fk_meetings_working_group_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
    )
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_meetings_meeting_kind"), ["meeting_kind"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_meetings_network_id"), ["network_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meetings_series_id"), ["series_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meetings_starts"), ["starts"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_meetings_working_group_id"), ["working_group_id"], unique=False
        )

    op.create_table(
        "terms",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column(
            "since",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "until",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("fee", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column(
            "ending",
            sa.Enum(
                "lapsed",
                "withdrawn",
                "excluded",
                "succeeded",
                "dissolved",
                name="ending",
                native_enum=False,
                length=50,
            ),
            nullable=True,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["records.id"], name=op.f("fk_terms_member_id")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_terms_membership_id")
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["organisations.id"], name=op.f("fk_terms_network_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms")),
    )
    with op.batch_alter_table("terms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_terms_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_terms_membership_id"), ["membership_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_terms_network_id"), ["network_id"], unique=False)

    op.create_table(
        "attendances",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "invited",
                "accepted",
                "tentative",
                "declined",
                "registered",
                "attended",
                "apologies",
                "no_show",
                "cancelled",
                name="attendancestatus",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column(
            "role",
            sa.Enum(
                "participant",
                "speaker",
                "chair",
                "rapporteur",
                "interpreter",
                "observer",
                name="attendancerole",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column("is_remote", sa.Boolean(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=True),
        sa.Column("category", sa.String(length=120), nullable=True),
        sa.Column("countries", sa.JSON(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_attendances_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_attendances_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_attendances_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendances")),
    )
    with op.batch_alter_table("attendances", schema=None) as batch_op:
        batch_op.create_index(
            "ix_attendances_meeting_id_status", ["meeting_id", "status"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_attendances_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_attendances_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_attendances_person",
            ["meeting_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("person_id IS NOT NULL"),
            postgresql_where=sa.text("person_id IS NOT NULL"),
        )

    op.create_table(
        "declarations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column(
            "declaration_kind",
            sa.Enum(
                "declaration",
                "appeal",
                "open_letter",
                "contribution",
                "action_plan",
                name="declarationkind",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column(
            "stage",
            sa.Enum(
                "idea",
                "drafting",
                "red_lines",
                "frozen",
                "open",
                "closed",
                "submitted",
                "followed_up",
                "archived",
                name="stage",
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
        sa.Column("dated_note", sa.String(length=200), nullable=True),
        sa.Column("origin_meeting_id", sa.Integer(), nullable=True),
        sa.Column("predecessor_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=300), nullable=True),
        sa.Column("ask", sa.Text(), nullable=True),
        sa.Column("addressee_kinds", sa.String(length=300), nullable=True),
        sa.Column("who_may_sign", sa.String(length=300), nullable=True),
        sa.Column("signatory_categories", sa.String(length=300), nullable=True),
        sa.Column("announced_count", sa.Integer(), nullable=True),
        sa.Column("announced_source", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["records.id"], name=op.f("fk_declarations_id")),
        sa.ForeignKeyConstraint(
            ["origin_meeting_id"], ["meetings.id"], name=op.f("fk_declarations_origin_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["predecessor_id"], ["declarations.id"], name=op.f("fk_declarations_predecessor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declarations")),
    )
    with op.batch_alter_table("declarations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_declarations_dated"), ["dated"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_declarations_declaration_kind"), ["declaration_kind"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_declarations_origin_meeting_id"), ["origin_meeting_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_declarations_predecessor_id"), ["predecessor_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_declarations_stage"), ["stage"], unique=False)

    op.create_table(
        "organisers",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "organiser",
                "partner",
                "host",
                "funder",
                "label",
                name="organiserrole",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_organisers_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_organisers_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisers")),
    )
    with op.batch_alter_table("organisers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisers_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_organisers_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "declaration_texts",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["declarations.id"],
            name=op.f("fk_declaration_texts_declaration_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration_texts")),
        sa.UniqueConstraint(
            "declaration_id",
            "language",
            "edition",
            name=op.f("uq_declaration_texts_declaration_id_language_edition"),
        ),
    )
    op.create_table(
        "declaration_submissions",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("addressee", sa.String(length=300), nullable=True),
        sa.Column(
            "submitted_on",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "email",
                "post",
                "in_person",
                "form",
                name="submissionchannel",
                native_enum=False,
                length=50,
            ),
            nullable=True,
        ),
        sa.Column("count_that_day", sa.Integer(), nullable=True),
        sa.Column("text_id", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(length=120), nullable=True),
        sa.Column(
            "acknowledged_on",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "answered_on",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["declarations.id"],
            name=op.f("fk_declaration_submissions_declaration_id"),
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"],
            ["organisations.id"],
            name=op.f("fk_declaration_submissions_recipient_id"),
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["declaration_texts.id"], name=op.f("fk_declaration_submissions_text_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration_submissions")),
    )
    with op.batch_alter_table("declaration_submissions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_declaration_submissions_declaration_id"),
            ["declaration_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_declaration_submissions_recipient_id"), ["recipient_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_declaration_submissions_text_id"), ["text_id"], unique=False
        )

    op.create_table(
        "signatures",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("signatory_id", sa.Integer(), nullable=False),
        sa.Column("displayed_name", sa.String(length=300), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "national",
                "international",
                "city",
                "person",
                "other",
                name="signatorycategory",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "invited",
                "signed",
                "declined",
                "withdrawn",
                name="signaturestatus",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column(
            "signed_on",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.Column("capacity", sa.String(length=200), nullable=True),
        sa.Column("text_id", sa.Integer(), nullable=True),
        sa.Column("text_sha256", sa.String(length=64), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "email",
                "form",
                "meeting",
                "paper",
                name="signaturechannel",
                native_enum=False,
                length=50,
            ),
            nullable=True,
        ),
        sa.Column("may_publish", sa.Boolean(), nullable=False),
        sa.Column("may_show_logo", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawal_reason", sa.String(length=300), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["declarations.id"], name=op.f("fk_signatures_declaration_id")
        ),
        sa.ForeignKeyConstraint(
            ["signatory_id"], ["records.id"], name=op.f("fk_signatures_signatory_id")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by_id"], ["people.id"], name=op.f("fk_signatures_signed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["declaration_texts.id"], name=op.f("fk_signatures_text_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
    )
    with op.batch_alter_table("signatures", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_signatures_signatory_id"), ["signatory_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_signatures_signed_by_id"), ["signed_by_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_signatures_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_signatures_text_id"), ["text_id"], unique=False)
        batch_op.create_index(
            "uq_signatures_open",
            ["declaration_id", "signatory_id"],
            unique=True,
            sqlite_where=sa.text("status != 'withdrawn'"),
            postgresql_where=sa.text("status != 'withdrawn'"),
        )

    for statement in STATEMENTS[op.get_bind().dialect.name]:
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    """Take the database back to the revision before."""
    for statement in REVERSED[op.get_bind().dialect.name]:
        op.execute(sa.text(statement))
    with op.batch_alter_table("signatures", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_signatures_open",
            sqlite_where=sa.text("status != 'withdrawn'"),
            postgresql_where=sa.text("status != 'withdrawn'"),
        )
        batch_op.drop_index(batch_op.f("ix_signatures_text_id"))
        batch_op.drop_index(batch_op.f("ix_signatures_status"))
        batch_op.drop_index(batch_op.f("ix_signatures_signed_by_id"))
        batch_op.drop_index(batch_op.f("ix_signatures_signatory_id"))

    op.drop_table("signatures")
    with op.batch_alter_table("declaration_submissions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_declaration_submissions_text_id"))
        batch_op.drop_index(batch_op.f("ix_declaration_submissions_recipient_id"))
        batch_op.drop_index(batch_op.f("ix_declaration_submissions_declaration_id"))

    op.drop_table("declaration_submissions")
    op.drop_table("declaration_texts")
    with op.batch_alter_table("organisers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisers_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_organisers_meeting_id"))

    op.drop_table("organisers")
    with op.batch_alter_table("declarations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_declarations_stage"))
        batch_op.drop_index(batch_op.f("ix_declarations_predecessor_id"))
        batch_op.drop_index(batch_op.f("ix_declarations_origin_meeting_id"))
        batch_op.drop_index(batch_op.f("ix_declarations_declaration_kind"))
        batch_op.drop_index(batch_op.f("ix_declarations_dated"))

    op.drop_table("declarations")
    with op.batch_alter_table("attendances", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_attendances_person",
            sqlite_where=sa.text("person_id IS NOT NULL"),
            postgresql_where=sa.text("person_id IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_attendances_person_id"))
        batch_op.drop_index(batch_op.f("ix_attendances_organisation_id"))
        batch_op.drop_index("ix_attendances_meeting_id_status")

    op.drop_table("attendances")
    with op.batch_alter_table("terms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_terms_network_id"))
        batch_op.drop_index(batch_op.f("ix_terms_membership_id"))
        batch_op.drop_index(batch_op.f("ix_terms_member_id"))

    op.drop_table("terms")
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meetings_working_group_id"))
        batch_op.drop_index(batch_op.f("ix_meetings_starts"))
        batch_op.drop_index(batch_op.f("ix_meetings_series_id"))
        batch_op.drop_index(batch_op.f("ix_meetings_network_id"))
        batch_op.drop_index(batch_op.f("ix_meetings_meeting_kind"))

    op.drop_table("meetings")
    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mandates_working_group_id"))
        batch_op.drop_index(batch_op.f("ix_mandates_person_id"))
        batch_op.drop_index(batch_op.f("ix_mandates_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_mandates_network_id"))

    op.drop_table("mandates")
    with op.batch_alter_table("working_groups", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_working_groups_network_id"))

    op.drop_table("working_groups")
    with op.batch_alter_table("topics", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_topics_record_id"))

    op.drop_table("topics")
    with op.batch_alter_table("size_facts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_size_facts_project_id"))

    op.drop_table("size_facts")
    with op.batch_alter_table("relations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_relations_other_id"))
        batch_op.drop_index(batch_op.f("ix_relations_organisation_id"))

    op.drop_table("relations")
    with op.batch_alter_table("project_themes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_themes_project_id"))

    op.drop_table("project_themes")
    with op.batch_alter_table("project_countries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_countries_project_id"))
        batch_op.drop_index(batch_op.f("ix_project_countries_country"))

    op.drop_table("project_countries")
    with op.batch_alter_table("positions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_positions_person_id"))
        batch_op.drop_index(batch_op.f("ix_positions_organisation_id"))

    op.drop_table("positions")
    with op.batch_alter_table("participants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_participants_record_id"))

    op.drop_table("participants")
    with op.batch_alter_table("outputs", schema=None) as batch_op:
        batch_op.drop_index("ix_outputs_state")
        batch_op.drop_index(batch_op.f("ix_outputs_record_id"))
        batch_op.drop_index(batch_op.f("ix_outputs_lead_id"))

    op.drop_table("outputs")
    with op.batch_alter_table("network_profiles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_network_profiles_scope"))

    op.drop_table("network_profiles")
    with op.batch_alter_table("network_measures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_network_measures_network_id"))

    op.drop_table("network_measures")
    with op.batch_alter_table("network_activities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_network_activities_network_id"))

    op.drop_table("network_activities")
    with op.batch_alter_table("milestones", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_milestones_record_id"))
        batch_op.drop_index(batch_op.f("ix_milestones_actor_id"))

    op.drop_table("milestones")
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_memberships_network_id"))

    op.drop_table("memberships")
    with op.batch_alter_table("involvements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_involvements_project_id"))
        batch_op.drop_index(batch_op.f("ix_involvements_organisation_id"))

    op.drop_table("involvements")
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tasks_subject_id"))
        batch_op.drop_index("ix_tasks_done_on_due")
        batch_op.drop_index(batch_op.f("ix_tasks_assignee_id"))

    op.drop_table("tasks")
    with op.batch_alter_table("taggings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_taggings_tag_id"))

    op.drop_table("taggings")
    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sources_record_id"))

    op.drop_table("sources")
    with op.batch_alter_table("readers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_readers_user_id"))

    op.drop_table("readers")
    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_projects_status"))
        batch_op.drop_index(batch_op.f("ix_projects_starts"))

    op.drop_table("projects")
    op.drop_table("people")
    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisations_partnership_status"))
        batch_op.drop_index(batch_op.f("ix_organisations_parent_id"))
        batch_op.drop_index(batch_op.f("ix_organisations_owner_id"))
        batch_op.drop_index(batch_op.f("ix_organisations_country"))

    op.drop_table("organisations")
    with op.batch_alter_table("names", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_names_record_id"))

    op.drop_table("names")
    with op.batch_alter_table("interactions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_interactions_interaction_kind"))
        batch_op.drop_index(batch_op.f("ix_interactions_happened"))

    op.drop_table("interactions")
    with op.batch_alter_table("identifiers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identifiers_record_id"))

    op.drop_table("identifiers")
    with op.batch_alter_table("guards", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_guards_guard_id"))

    op.drop_table("guards")
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_documents_sha256"))
        batch_op.drop_index(batch_op.f("ix_documents_record_id"))

    op.drop_table("documents")
    with op.batch_alter_table("deadlines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deadlines_record_id"))

    op.drop_table("deadlines")
    with op.batch_alter_table("contact_points", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_points_record_id"))
        batch_op.drop_index(batch_op.f("ix_contact_points_at_organisation_id"))

    op.drop_table("contact_points")
    with op.batch_alter_table("changed_records", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_changed_records_change_id"))

    op.drop_table("changed_records")
    with op.batch_alter_table("user_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_sessions_user_id"))

    op.drop_table("user_sessions")
    with op.batch_alter_table("records", schema=None) as batch_op:
        batch_op.drop_index("ix_records_kind_sort_key")
        batch_op.drop_index("ix_records_deleted_at")

    op.drop_table("records")
    with op.batch_alter_table("one_time_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_one_time_links_user_id"))

    op.drop_table("one_time_links")
    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.drop_index("ix_changes_row_table_row_id")
        batch_op.drop_index(batch_op.f("ix_changes_batch"))

    op.drop_table("changes")
    op.drop_table("users")
    op.drop_table("tags")
    with op.batch_alter_table("sendings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sendings_at"))

    op.drop_table("sendings")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index("ix_jobs_state_run_at")

    op.drop_table("jobs")
    with op.batch_alter_table("auth_attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_auth_attempts_bucket_at")
        batch_op.drop_index("ix_auth_attempts_at")

    op.drop_table("auth_attempts")
