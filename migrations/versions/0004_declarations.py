"""Declarations: approvals, confirmations, conditions and proofs of signatures"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this revision."""
    op.create_table(
        "declaration_approvals",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "approved", "conditional", "refused", name="verdict", native_enum=False, length=50
            ),
            nullable=False,
        ),
        sa.Column(
            "decided_on",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("noted_by_id", sa.Integer(), nullable=True),
        sa.Column("points", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["declarations.id"],
            name=op.f("fk_declaration_approvals_declaration_id"),
        ),
        sa.ForeignKeyConstraint(
            ["noted_by_id"], ["users.id"], name=op.f("fk_declaration_approvals_noted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["declaration_texts.id"], name=op.f("fk_declaration_approvals_text_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration_approvals")),
    )
    with op.batch_alter_table("declaration_approvals", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_declaration_approvals_declaration_id"), ["declaration_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_declaration_approvals_noted_by_id"), ["noted_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_declaration_approvals_text_id"), ["text_id"], unique=False
        )

    op.create_table(
        "signature_confirmations",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("signatory_id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "confirmed_on",
            sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"),
            nullable=True,
        ),
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
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["declarations.id"],
            name=op.f("fk_signature_confirmations_declaration_id"),
        ),
        sa.ForeignKeyConstraint(
            ["signatory_id"], ["records.id"], name=op.f("fk_signature_confirmations_signatory_id")
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["signatures.id"],
            name=op.f("fk_signature_confirmations_signature_id"),
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["declaration_texts.id"], name=op.f("fk_signature_confirmations_text_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_confirmations")),
        sa.UniqueConstraint(
            "signature_id", "text_id", name=op.f("uq_signature_confirmations_signature_id_text_id")
        ),
    )
    with op.batch_alter_table("signature_confirmations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_signature_confirmations_declaration_id"),
            ["declaration_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_signature_confirmations_signatory_id"), ["signatory_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_signature_confirmations_text_id"), ["text_id"], unique=False
        )

    with op.batch_alter_table("signatures", schema=None) as batch_op:
        batch_op.add_column(sa.Column("condition", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("proof_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_signatures_proof_id"), ["proof_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_signatures_proof_id"), "documents", ["proof_id"], ["id"]
        )


def downgrade() -> None:
    """Take the database back to the revision before."""
    signatures = sa.table("signatures", sa.column("status"))
    unknown_before = signatures.c.status.in_(("reminded", "agreed", "conditional", "no_answer"))
    op.execute(signatures.update().where(unknown_before).values(status="invited"))
    with op.batch_alter_table("signatures", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_signatures_proof_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_signatures_proof_id"))
        batch_op.drop_column("proof_id")
        batch_op.drop_column("condition")

    with op.batch_alter_table("signature_confirmations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signature_confirmations_text_id"))
        batch_op.drop_index(batch_op.f("ix_signature_confirmations_signatory_id"))
        batch_op.drop_index(batch_op.f("ix_signature_confirmations_declaration_id"))

    op.drop_table("signature_confirmations")
    with op.batch_alter_table("declaration_approvals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_declaration_approvals_text_id"))
        batch_op.drop_index(batch_op.f("ix_declaration_approvals_noted_by_id"))
        batch_op.drop_index(batch_op.f("ix_declaration_approvals_declaration_id"))

    op.drop_table("declaration_approvals")
