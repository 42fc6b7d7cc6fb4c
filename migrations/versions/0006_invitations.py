"""Declarations: invitations, who may sign, frozen lists, headings and scopes of lists"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this revision."""
    op.create_table(
        "declaration_lists",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["declarations.id"],
            name=op.f("fk_declaration_lists_declaration_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration_lists")),
    )
    with op.batch_alter_table("declaration_lists", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_declaration_lists_declaration_id"), ["declaration_id"], unique=False
        )

    op.create_table(
        "mailings",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "invitation",
                "reminder",
                "passed_on",
                "new_link",
                "receipt",
                name="mailkind",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_mailings_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["declarations.id"], name=op.f("fk_mailings_declaration_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailings")),
    )
    with op.batch_alter_table("mailings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_mailings_created_by_id"), ["created_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_mailings_declaration_id"), ["declaration_id"], unique=False
        )

    op.create_table(
        "mailing_wordings",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["declarations.id"], name=op.f("fk_mailing_wordings_declaration_id")
        ),
        sa.ForeignKeyConstraint(
            ["mailing_id"], ["mailings.id"], name=op.f("fk_mailing_wordings_mailing_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing_wordings")),
        sa.UniqueConstraint(
            "mailing_id", "language", name=op.f("uq_mailing_wordings_mailing_id_language")
        ),
    )
    with op.batch_alter_table("mailing_wordings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_mailing_wordings_declaration_id"), ["declaration_id"], unique=False
        )

    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("signatory_id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("contact_name", sa.String(length=200), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["people.id"], name=op.f("fk_invitations_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["declarations.id"], name=op.f("fk_invitations_declaration_id")
        ),
        sa.ForeignKeyConstraint(
            ["signatory_id"], ["records.id"], name=op.f("fk_invitations_signatory_id")
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signatures.id"], name=op.f("fk_invitations_signature_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("signature_id", name=op.f("uq_invitations_signature_id")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitations_address"), ["address"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitations_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_invitations_declaration_id"), ["declaration_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_invitations_signatory_id"), ["signatory_id"], unique=False
        )

    op.create_table(
        "invitation_mails",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("signatory_id", sa.Integer(), nullable=False),
        sa.Column("mailing_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "invitation",
                "reminder",
                "passed_on",
                "new_link",
                "receipt",
                name="mailkind",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "sent",
                "refused",
                "returned",
                "stopped",
                name="mailstate",
                native_enum=False,
                length=50,
            ),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("date_header", sa.String(length=60), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["declarations.id"], name=op.f("fk_invitation_mails_declaration_id")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_invitation_mails_invitation_id")
        ),
        sa.ForeignKeyConstraint(
            ["mailing_id"], ["mailings.id"], name=op.f("fk_invitation_mails_mailing_id")
        ),
        sa.ForeignKeyConstraint(
            ["signatory_id"], ["records.id"], name=op.f("fk_invitation_mails_signatory_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_mails")),
    )
    with op.batch_alter_table("invitation_mails", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_mails_address"), ["address"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_invitation_mails_declaration_id"), ["declaration_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_invitation_mails_invitation_id"), ["invitation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_invitation_mails_mailing_id"), ["mailing_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_invitation_mails_queued_at"), ["queued_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_invitation_mails_signatory_id"), ["signatory_id"], unique=False
        )

    op.create_table(
        "signing_links",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column(
            "use",
            sa.Enum("sign", "withdraw", name="linkuse", native_enum=False, length=50),
            nullable=False,
        ),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_signing_links_invitation_id")
        ),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["invitation_mails.id"], name=op.f("fk_signing_links_mail_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_links")),
        sa.UniqueConstraint("mail_id", name=op.f("uq_signing_links_mail_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_signing_links_token_hash")),
    )
    with op.batch_alter_table("signing_links", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_signing_links_invitation_id"), ["invitation_id"], unique=False
        )

    with op.batch_alter_table("declaration_submissions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("person_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("receipt_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("asked_again_on", sa.Date(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_declaration_submissions_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_declaration_submissions_receipt_id"), ["receipt_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_declaration_submissions_receipt_id"), "documents", ["receipt_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_declaration_submissions_person_id"), "people", ["person_id"], ["id"]
        )

    with op.batch_alter_table("declarations", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("eligible_categories", sa.JSON(none_as_null=True), nullable=True)
        )
        batch_op.add_column(sa.Column("eligible_network_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_declarations_eligible_network_id"), ["eligible_network_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_declarations_eligible_network_id"),
            "organisations",
            ["eligible_network_id"],
            ["id"],
        )

    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("beside_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_documents_beside_id"), ["beside_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_documents_beside_id"), "records", ["beside_id"], ["id"]
        )
        batch_op.add_column(sa.Column("through_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_documents_through_id"), ["through_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_documents_through_id"), "records", ["through_id"], ["id"]
        )

    with op.batch_alter_table("signatures", schema=None) as batch_op:
        batch_op.add_column(sa.Column("listed_under", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("scope", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("signer_name", sa.String(length=200), nullable=True))


def downgrade() -> None:
    """Take the database back to the revision before."""
    with op.batch_alter_table("signatures", schema=None) as batch_op:
        batch_op.drop_column("signer_name")
        batch_op.drop_column("signed_at")
        batch_op.drop_column("scope")
        batch_op.drop_column("listed_under")

    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_documents_through_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_documents_through_id"))
        batch_op.drop_column("through_id")
        batch_op.drop_constraint(batch_op.f("fk_documents_beside_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_documents_beside_id"))
        batch_op.drop_column("beside_id")

    with op.batch_alter_table("declarations", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_declarations_eligible_network_id"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_declarations_eligible_network_id"))
        batch_op.drop_column("eligible_network_id")
        batch_op.drop_column("eligible_categories")

    with op.batch_alter_table("declaration_submissions", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_declaration_submissions_person_id"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_declaration_submissions_receipt_id"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_declaration_submissions_receipt_id"))
        batch_op.drop_index(batch_op.f("ix_declaration_submissions_person_id"))
        batch_op.drop_column("asked_again_on")
        batch_op.drop_column("receipt_id")
        batch_op.drop_column("person_id")

    with op.batch_alter_table("signing_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signing_links_invitation_id"))

    op.drop_table("signing_links")
    with op.batch_alter_table("invitation_mails", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_mails_signatory_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_mails_queued_at"))
        batch_op.drop_index(batch_op.f("ix_invitation_mails_mailing_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_mails_invitation_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_mails_declaration_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_mails_address"))

    op.drop_table("invitation_mails")
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitations_signatory_id"))
        batch_op.drop_index(batch_op.f("ix_invitations_declaration_id"))
        batch_op.drop_index(batch_op.f("ix_invitations_contact_id"))
        batch_op.drop_index(batch_op.f("ix_invitations_address"))

    op.drop_table("invitations")
    with op.batch_alter_table("mailing_wordings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mailing_wordings_declaration_id"))

    op.drop_table("mailing_wordings")
    with op.batch_alter_table("mailings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mailings_declaration_id"))
        batch_op.drop_index(batch_op.f("ix_mailings_created_by_id"))

    op.drop_table("mailings")
    with op.batch_alter_table("declaration_lists", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_declaration_lists_declaration_id"))

    op.drop_table("declaration_lists")
