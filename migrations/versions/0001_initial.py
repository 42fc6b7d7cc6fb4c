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

    for statement in STATEMENTS[op.get_bind().dialect.name]:
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    """Take the database back to the revision before."""
    for statement in REVERSED[op.get_bind().dialect.name]:
        op.execute(sa.text(statement))
    with op.batch_alter_table("relations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_relations_other_id"))
        batch_op.drop_index(batch_op.f("ix_relations_organisation_id"))

    op.drop_table("relations")
    with op.batch_alter_table("positions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_positions_person_id"))
        batch_op.drop_index(batch_op.f("ix_positions_organisation_id"))

    op.drop_table("positions")
    with op.batch_alter_table("taggings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_taggings_tag_id"))

    op.drop_table("taggings")
    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sources_record_id"))

    op.drop_table("sources")
    with op.batch_alter_table("readers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_readers_user_id"))

    op.drop_table("readers")
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
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index("ix_jobs_state_run_at")

    op.drop_table("jobs")
    with op.batch_alter_table("auth_attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_auth_attempts_bucket_at")
        batch_op.drop_index("ix_auth_attempts_at")

    op.drop_table("auth_attempts")
