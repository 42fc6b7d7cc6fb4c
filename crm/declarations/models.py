"""Declarations, their texts, who signed them and to whom they were handed."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from crm.accounts.models import User
from crm.core.choice import Choice
from crm.core.clock import now
from crm.core.db import Base, Personal, about
from crm.core.errors import InvalidValue
from crm.core.i18n import _l
from crm.core.partial_date import PartialDate
from crm.meetings.models import Meeting
from crm.organisations.models import Organisation
from crm.people.models import WORK, Person
from crm.records.models import Deadline, DeadlineKind, Document, Part, Record, record_key


class DeclarationKind(Choice):
    """What sort of common text it is."""

    DECLARATION = "declaration", _l("Declaration")
    APPEAL = "appeal", _l("Appeal")
    OPEN_LETTER = "open_letter", _l("Open letter")
    CONTRIBUTION = "contribution", _l("Contribution")
    ACTION_PLAN = "action_plan", _l("Action plan")


class Stage(Choice):
    """How far a declaration has come (R-7.3)."""

    IDEA = "idea", _l("Idea")
    DRAFTING = "drafting", _l("Drafting")
    RED_LINES = "red_lines", _l("Red lines")
    FROZEN = "frozen", _l("Text frozen")
    OPEN = "open", _l("Open for signature")
    CLOSED = "closed", _l("Closed")
    SUBMITTED = "submitted", _l("Submitted")
    FOLLOWED_UP = "followed_up", _l("Followed up")
    ARCHIVED = "archived", _l("Archived")


class Declaration(Record):
    """A text that several sign together."""

    __tablename__ = "declarations"

    id: Mapped[int] = mapped_column(
        ForeignKey("records.id"), primary_key=True, info=about(_l("id"), internal=True)
    )
    name: Mapped[str] = mapped_column(String(300), info=about(_l("Name")))
    declaration_kind: Mapped[DeclarationKind] = mapped_column(
        default=DeclarationKind.DECLARATION, index=True, info=about(_l("Kind of declaration"))
    )
    stage: Mapped[Stage] = mapped_column(default=Stage.IDEA, index=True, info=about(_l("Stage")))
    dated: Mapped[PartialDate | None] = mapped_column(index=True, info=about(_l("Date")))
    dated_note: Mapped[str | None] = mapped_column(
        String(200), info=about(_l("About the date"), hint=_l("For instance after a conference"))
    )
    origin_meeting_id: Mapped[int | None] = mapped_column(
        ForeignKey("meetings.id"), index=True, info=about(_l("Came out of the meeting"))
    )
    predecessor_id: Mapped[int | None] = mapped_column(
        ForeignKey("declarations.id"), index=True, info=about(_l("Follows the declaration"))
    )
    subject: Mapped[str | None] = mapped_column(String(300), info=about(_l("Subject")))
    ask: Mapped[str | None] = mapped_column(Text, info=about(_l("What it asks for")))
    addressee_kinds: Mapped[str | None] = mapped_column(
        String(300), info=about(_l("Addressed to"), hint=_l("Separate several with semicolons"))
    )
    who_may_sign: Mapped[str | None] = mapped_column(
        String(300), info=about(_l("Who may sign"), hint=_l("As the page to sign says it"))
    )
    eligible_categories: Mapped[list[str] | None] = mapped_column(
        sa.JSON(none_as_null=True),
        info=about(_l("Open to"), hint=_l("None ticked: to everybody")),
    )
    eligible_network_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisations.id"),
        index=True,
        info=about(
            _l("Only members of"),
            hint=_l("A network or a status, for instance the ECOSOC status"),
        ),
    )
    signatory_categories: Mapped[str | None] = mapped_column(
        String(300),
        info=about(_l("Categories of signatories"), hint=_l("Separate several with semicolons")),
    )
    announced_count: Mapped[int | None] = mapped_column(info=about(_l("Signatories announced")))
    announced_source: Mapped[str | None] = mapped_column(
        String(300), info=about(_l("Who announced that number"))
    )

    origin_meeting: Mapped[Meeting | None] = relationship(foreign_keys=origin_meeting_id)
    eligible_network: Mapped[Organisation | None] = relationship(foreign_keys=eligible_network_id)
    predecessor: Mapped["Declaration | None"] = relationship(
        foreign_keys=predecessor_id, remote_side=id
    )

    signing_deadlines: Mapped[list[Deadline]] = relationship(
        primaryjoin=lambda: sa.and_(
            Declaration.id == foreign(Deadline.record_id),
            Deadline.kind == DeadlineKind.SIGNATURE,
        ),
        viewonly=True,
    )
    signatures: Mapped[list["Signature"]] = relationship(
        back_populates="declaration", foreign_keys="Signature.declaration_id"
    )

    __mapper_args__ = {  # noqa: RUF012 - SQLAlchemy's own declaration
        "polymorphic_identity": "declaration",
        "inherit_condition": id == Record.id,
    }

    def compose_title(self) -> str:
        """Return the name."""
        return self.name

    def search_terms(self) -> Iterable[str | None]:
        """Return what the text is about and asks for."""
        return (self.subject, self.ask)


class DeclarationText(Part, Base):
    """A version of the text in a language; once frozen it never changes."""

    __tablename__ = "declaration_texts"
    __part_label__ = _l("Text")
    __records__ = ("declaration_id",)
    __table_args__ = (UniqueConstraint("declaration_id", "language", "edition"),)

    declaration_id: Mapped[int] = record_key(
        label=_l("Declaration"), target="declarations", index=False
    )
    language: Mapped[str] = mapped_column(
        String(12), info=about(_l("Language"), hint=_l("Its name, or a code such as fr or en"))
    )
    edition: Mapped[int] = mapped_column(default=1, info=about(_l("Version of the text")))
    text: Mapped[str] = mapped_column(Text, info=about(_l("Text")))
    frozen_at: Mapped[datetime | None] = mapped_column(info=about(_l("Frozen")))
    sha256: Mapped[str | None] = mapped_column(String(64), info=about(_l("Fingerprint (SHA-256)")))

    declaration: Mapped[Declaration] = relationship(foreign_keys=declaration_id)

    def fingerprint(self) -> str:
        """Return the SHA-256 of the text as it stands."""
        return hashlib.sha256(self.text.encode()).hexdigest()


FROZEN_STAYS = _l("This text is frozen and stays as it is. Add a new version instead")
_FROZEN_COLUMNS = ("declaration_id", "language", "edition", "text", "frozen_at", "sha256")


@sa.event.listens_for(DeclarationText, "before_update")
def _keep_frozen(_mapper: Any, _connection: Any, text: DeclarationText) -> None:
    """Refuse to change a frozen text, whatever asks: a form, an import or the undo of a change."""
    changes = sa.inspect(text).attrs
    before = changes["frozen_at"].history
    was_frozen = (before.deleted or before.unchanged or (None,))[0]
    if was_frozen and any(changes[name].history.has_changes() for name in _FROZEN_COLUMNS):
        raise InvalidValue(None, FROZEN_STAYS)


@sa.event.listens_for(DeclarationText, "before_delete")
def _keep_frozen_row(_mapper: Any, _connection: Any, text: DeclarationText) -> None:
    """Refuse to remove a frozen text."""
    if text.frozen_at is not None:
        raise InvalidValue(None, FROZEN_STAYS)


class SignatoryCategory(Choice):
    """How a signatory is listed (R-7.8)."""

    NATIONAL = "national", _l("National organisation")
    INTERNATIONAL = "international", _l("Network or international organisation")
    CITY = "city", _l("City or local authority")
    PERSON = "person", _l("Person")
    OTHER = "other", _l("Other")


class SignatureStatus(Choice):
    """What a signatory has done."""

    INVITED = "invited", _l("Invited")
    REMINDED = "reminded", _l("Reminded")
    AGREED = "agreed", _l("Agreed, not signed yet")
    CONDITIONAL = "conditional", _l("Signs on a condition")
    SIGNED = "signed", _l("Signed")
    DECLINED = "declined", _l("Declined")
    NO_ANSWER = "no_answer", _l("No answer")
    WITHDRAWN = "withdrawn", _l("Withdrawn")


class SignatureChannel(Choice):
    """How a signature came in."""

    EMAIL = "email", _l("Email")
    FORM = "form", _l("Form")
    MEETING = "meeting", _l("At a meeting")
    PAPER = "paper", _l("Paper")


class Signature(Part, Base):
    """Somebody signs a declaration, under a name that later changes never touch (R-7.7)."""

    __tablename__ = "signatures"
    __part_label__ = _l("Signature")
    __records__ = ("declaration_id", "signatory_id", "signed_by_id")
    __table_args__ = (
        Index(
            "uq_signatures_open",
            "declaration_id",
            "signatory_id",
            unique=True,
            sqlite_where=sa.column("status") != "withdrawn",
            postgresql_where=sa.column("status") != "withdrawn",
        ),
    )

    declaration_id: Mapped[int] = record_key(label=_l("Declaration"), target="declarations")
    signatory_id: Mapped[int] = record_key(label=_l("Signatory"))
    displayed_name: Mapped[str] = mapped_column(
        String(300),
        info=about(
            _l("Name as printed"),
            personal=Personal.YES,
            purpose=_l("To publish the list of signatories"),
            hint=_l("Empty: the name of today. It stays as it is if they change their name."),
        ),
    )
    category: Mapped[SignatoryCategory] = mapped_column(
        default=SignatoryCategory.NATIONAL, info=about(_l("Category"))
    )
    listed_under: Mapped[str | None] = mapped_column(
        String(200),
        info=about(
            _l("Heading in their own list"),
            hint=_l("Where whoever keeps the list has other categories than ours"),
        ),
    )
    country: Mapped[str | None] = mapped_column(String(2), info=about(_l("Country")))
    scope: Mapped[str | None] = mapped_column(
        String(60),
        info=about(_l("Scope"), hint=_l("Where it is no single country: Europe, Global …")),
    )
    status: Mapped[SignatureStatus] = mapped_column(
        default=SignatureStatus.SIGNED, index=True, info=about(_l("Status"))
    )
    signed_on: Mapped[PartialDate | None] = mapped_column(info=about(_l("Signed on")))
    signed_at: Mapped[datetime | None] = mapped_column(info=about(_l("Moment of the signature")))
    signed_by_id: Mapped[int | None] = record_key(
        label=_l("Person who signs"), target="people", nullable=True
    )
    signer_name: Mapped[str | None] = mapped_column(
        String(200),
        info=about(
            _l("Name of who signs"),
            personal=Personal.YES,
            purpose=WORK,
            hint=_l("As they wrote it, where they are not among our people"),
        ),
    )
    capacity: Mapped[str | None] = mapped_column(
        String(200), info=about(_l("In what capacity"), personal=Personal.YES, purpose=WORK)
    )
    text_id: Mapped[int | None] = mapped_column(
        ForeignKey("declaration_texts.id"), index=True, info=about(_l("Text signed"))
    )
    text_sha256: Mapped[str | None] = mapped_column(
        String(64), info=about(_l("Fingerprint of the text signed"))
    )
    channel: Mapped[SignatureChannel | None] = mapped_column(info=about(_l("How it came in")))
    may_publish: Mapped[bool] = mapped_column(
        default=False, info=about(_l("Agrees that the name is published"))
    )
    may_show_logo: Mapped[bool] = mapped_column(
        default=False, info=about(_l("Agrees that the logo is shown"))
    )
    rank: Mapped[int | None] = mapped_column(info=about(_l("Place in the list")))
    condition: Mapped[str | None] = mapped_column(
        String(300),
        info=about(
            _l("On what condition"), personal=Personal.YES, purpose=_l("To settle a signature")
        ),
    )
    proof_id: Mapped[int | None] = mapped_column(
        ForeignKey("documents.id"), index=True, info=about(_l("Proof"))
    )
    withdrawn_on: Mapped[date | None] = mapped_column(info=about(_l("Withdrawn on")))
    withdrawal_reason: Mapped[str | None] = mapped_column(
        String(300),
        info=about(_l("Why it was declined or withdrawn"), personal=Personal.YES, purpose=WORK),
    )

    declaration: Mapped[Declaration] = relationship(
        foreign_keys=declaration_id, back_populates="signatures"
    )
    signatory: Mapped[Record] = relationship(foreign_keys=signatory_id)
    signed_by: Mapped[Person | None] = relationship(foreign_keys=signed_by_id)
    text: Mapped[DeclarationText | None] = relationship()
    proof: Mapped[Document | None] = relationship()
    confirmations: Mapped[list["Confirmation"]] = relationship(
        back_populates="signature", order_by="Confirmation.id"
    )


class Confirmation(Part, Base):
    """Who had signed stands by a newer text; what was signed before stays as it was (R-7.13)."""

    __tablename__ = "signature_confirmations"
    __part_label__ = _l("Confirmation")
    __records__ = ("declaration_id", "signatory_id")
    __table_args__ = (UniqueConstraint("signature_id", "text_id"),)

    signature_id: Mapped[int] = mapped_column(
        ForeignKey("signatures.id"), info=about(_l("Signature"))
    )
    declaration_id: Mapped[int] = record_key(label=_l("Declaration"), target="declarations")
    signatory_id: Mapped[int] = record_key(label=_l("Signatory"))
    text_id: Mapped[int] = mapped_column(
        ForeignKey("declaration_texts.id"), index=True, info=about(_l("Text confirmed"))
    )
    text_sha256: Mapped[str] = mapped_column(
        String(64), info=about(_l("Fingerprint of the text confirmed"))
    )
    confirmed_on: Mapped[PartialDate | None] = mapped_column(info=about(_l("Confirmed on")))
    channel: Mapped[SignatureChannel | None] = mapped_column(info=about(_l("How it came in")))

    signature: Mapped[Signature] = relationship(back_populates="confirmations")
    text: Mapped[DeclarationText] = relationship()


class FrozenList(Part, Base):
    """The list of signatories as it stood when a declaration was closed; it never changes.

    Who may see it sees of its lines only those whose signatory they may see: the lines stand
    neither in history nor anywhere else but on the page that leaves out the others.
    """

    __tablename__ = "declaration_lists"
    __part_label__ = _l("Frozen list")
    __records__ = ("declaration_id",)

    declaration_id: Mapped[int] = record_key(label=_l("Declaration"), target="declarations")
    frozen_at: Mapped[datetime] = mapped_column(default=now, info=about(_l("Frozen")))
    text: Mapped[str] = mapped_column(
        Text,
        info=about(
            _l("List of signatories"),
            personal=Personal.YES,
            purpose=_l("To prove who had signed"),
            internal=True,
        ),
    )
    sha256: Mapped[str] = mapped_column(String(64), info=about(_l("Fingerprint (SHA-256)")))

    declaration: Mapped[Declaration] = relationship(foreign_keys=declaration_id)

    def fingerprint(self) -> str:
        """Return the SHA-256 of the list as it stands."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@sa.event.listens_for(FrozenList, "before_update")
@sa.event.listens_for(FrozenList, "before_delete")
def _keep_frozen_list(_mapper: Any, _connection: Any, _listed: FrozenList) -> None:
    """Refuse to touch a frozen list, whatever asks."""
    raise InvalidValue(None, _l("This list is frozen and stays as it is"))


class Verdict(Choice):
    """What we decided of a text before signing it."""

    APPROVED = "approved", _l("Approved")
    CONDITIONAL = "conditional", _l("Approved on a condition")
    REFUSED = "refused", _l("Refused")


class Approval(Part, Base):
    """Our own approval of a text, before we sign it (R-7.15)."""

    __tablename__ = "declaration_approvals"
    __part_label__ = _l("Approval")
    __records__ = ("declaration_id",)

    declaration_id: Mapped[int] = record_key(label=_l("Declaration"), target="declarations")
    text_id: Mapped[int | None] = mapped_column(
        ForeignKey("declaration_texts.id"), index=True, info=about(_l("Text approved"))
    )
    verdict: Mapped[Verdict] = mapped_column(
        default=Verdict.APPROVED, info=about(_l("What was decided"))
    )
    decided_on: Mapped[PartialDate | None] = mapped_column(info=about(_l("Decided on")))
    decided_by: Mapped[str | None] = mapped_column(
        String(200),
        info=about(
            _l("Decided by"),
            personal=Personal.YES,
            purpose=WORK,
            hint=_l("A person with the function, or a body such as the board"),
        ),
    )
    noted_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id"), index=True, info=about(_l("Noted by"), personal=Personal.YES)
    )
    points: Mapped[str | None] = mapped_column(
        Text,
        info=about(
            _l("Points checked"),
            personal=Personal.YES,
            purpose=WORK,
            hint=_l("Our line on each subject, what may be said, what was filed"),
        ),
    )

    text: Mapped[DeclarationText | None] = relationship()
    noted_by: Mapped[User | None] = relationship()


class SubmissionChannel(Choice):
    """How a declaration was handed in."""

    EMAIL = "email", _l("Email")
    POST = "post", _l("Post")
    IN_PERSON = "in_person", _l("In person")
    FORM = "form", _l("Form")


class Submission(Part, Base):
    """A declaration was handed to an institution."""

    __tablename__ = "declaration_submissions"
    __part_label__ = _l("Submission")
    __records__ = ("declaration_id", "recipient_id", "person_id")

    declaration_id: Mapped[int] = record_key(label=_l("Declaration"), target="declarations")
    recipient_id: Mapped[int] = record_key(label=_l("Recipient"), target="organisations")
    addressee: Mapped[str | None] = mapped_column(
        String(300),
        info=about(
            _l("Addressee"),
            personal=Personal.YES,
            purpose=WORK,
            hint=_l("The person or office, with the right title"),
        ),
    )
    person_id: Mapped[int | None] = record_key(
        label=_l("Person who received it"), target="people", nullable=True
    )
    submitted_on: Mapped[PartialDate | None] = mapped_column(info=about(_l("Handed in on")))
    channel: Mapped[SubmissionChannel | None] = mapped_column(info=about(_l("Channel")))
    count_that_day: Mapped[int | None] = mapped_column(info=about(_l("Signatories on that day")))
    text_id: Mapped[int | None] = mapped_column(
        ForeignKey("declaration_texts.id"), index=True, info=about(_l("Text handed in"))
    )
    reference: Mapped[str | None] = mapped_column(String(120), info=about(_l("Reference")))
    acknowledged_on: Mapped[PartialDate | None] = mapped_column(
        info=about(_l("Receipt confirmed on"))
    )
    receipt_id: Mapped[int | None] = mapped_column(
        ForeignKey("documents.id"), index=True, info=about(_l("Receipt"))
    )
    asked_again_on: Mapped[date | None] = mapped_column(
        info=about(_l("Task made for the missing answer"), internal=True)
    )
    answered_on: Mapped[PartialDate | None] = mapped_column(info=about(_l("Answered on")))
    answer: Mapped[str | None] = mapped_column(
        Text, info=about(_l("Answer"), personal=Personal.YES, purpose=WORK)
    )

    declaration: Mapped[Declaration] = relationship(foreign_keys=declaration_id)
    recipient: Mapped[Organisation] = relationship(foreign_keys=recipient_id)
    person: Mapped[Person | None] = relationship(foreign_keys=person_id)
    receipt: Mapped[Document | None] = relationship()
    text: Mapped[DeclarationText | None] = relationship()
