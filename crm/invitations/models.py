"""Invitations to sign, the mails that carry them and the links in those mails."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.choice import Choice
from crm.core.clock import now
from crm.core.db import Base, HasId, Personal, about
from crm.core.i18n import _l
from crm.core.queue import Job
from crm.declarations.models import Declaration, Signature
from crm.people.models import Person
from crm.records.models import Part, Record, record_key

TO_INVITE = _l("To ask for a signature")


class Invitation(Part, Base):
    """Somebody is asked to sign a declaration, at an address, in a language."""

    __tablename__ = "invitations"
    __part_label__ = _l("Invitation")
    __records__ = ("declaration_id", "signatory_id", "contact_id")

    declaration_id: Mapped[int] = record_key(label=_l("Declaration"), target="declarations")
    signatory_id: Mapped[int] = record_key(label=_l("Signatory"))
    signature_id: Mapped[int] = mapped_column(
        ForeignKey("signatures.id"), unique=True, info=about(_l("Signature"))
    )
    contact_id: Mapped[int | None] = record_key(label=_l("Contact"), target="people", nullable=True)
    contact_name: Mapped[str | None] = mapped_column(
        String(200),
        info=about(
            _l("Name of the contact"),
            personal=Personal.YES,
            purpose=TO_INVITE,
            hint=_l("Where it is nobody among our people"),
        ),
    )
    address: Mapped[str] = mapped_column(
        String(254),
        index=True,
        info=about(_l("Email address"), personal=Personal.YES, purpose=TO_INVITE),
    )
    language: Mapped[str] = mapped_column(String(12), info=about(_l("Language")))

    declaration: Mapped[Declaration] = relationship(foreign_keys=declaration_id)
    signatory: Mapped[Record] = relationship(foreign_keys=signatory_id)
    signature: Mapped[Signature] = relationship(foreign_keys=signature_id)
    contact: Mapped[Person | None] = relationship(foreign_keys=contact_id)
    mails: Mapped[list["InvitationMail"]] = relationship(
        back_populates="invitation", order_by="(InvitationMail.queued_at, InvitationMail.id)"
    )

    @property
    def greeted(self) -> str:
        """Return the name by which a mail greets whoever reads it."""
        known = self.contact.title if self.contact else self.contact_name
        return known or self.signature.displayed_name


class MailKind(Choice):
    """What a mail asks or says."""

    INVITATION = "invitation", _l("Invitation")
    REMINDER = "reminder", _l("Reminder")
    PASSED_ON = "passed_on", _l("Passed on")
    NEW_LINK = "new_link", _l("New link")
    RECEIPT = "receipt", _l("Receipt")


class Mailing(Part, Base):
    """Mails of the same words that were sent together."""

    __tablename__ = "mailings"
    __part_label__ = _l("Mailing")
    __records__ = ("declaration_id",)

    declaration_id: Mapped[int] = record_key(label=_l("Declaration"), target="declarations")
    kind: Mapped[MailKind] = mapped_column(info=about(_l("Kind of mail")))
    created_at: Mapped[datetime] = mapped_column(default=now, info=about(_l("Created")))
    created_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id"), index=True, info=about(_l("Sent by"), personal=Personal.YES)
    )
    is_paused: Mapped[bool] = mapped_column(default=False, info=about(_l("Paused")))

    declaration: Mapped[Declaration] = relationship(foreign_keys=declaration_id)
    created_by: Mapped[User | None] = relationship()
    wordings: Mapped[list["Wording"]] = relationship(back_populates="mailing")


class Wording(Part, Base):
    """The words of a mailing in a language."""

    __tablename__ = "mailing_wordings"
    __part_label__ = _l("Words of a mailing")
    __records__ = ("declaration_id",)
    __table_args__ = (UniqueConstraint("mailing_id", "language"),)

    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailings.id"), info=about(_l("Mailing")))
    declaration_id: Mapped[int] = record_key(label=_l("Declaration"), target="declarations")
    language: Mapped[str] = mapped_column(String(12), info=about(_l("Language")))
    subject: Mapped[str] = mapped_column(
        String(200), info=about(_l("Subject of the mail"), personal=Personal.YES, purpose=TO_INVITE)
    )
    text: Mapped[str] = mapped_column(
        Text, info=about(_l("Text of the mail"), personal=Personal.YES, purpose=TO_INVITE)
    )

    mailing: Mapped[Mailing] = relationship(back_populates="wordings")


class MailState(Choice):
    """What became of a mail."""

    WAITING = "waiting", _l("Waiting")
    SENT = "sent", _l("Sent")
    REFUSED = "refused", _l("Address refused")
    RETURNED = "returned", _l("Came back")
    STOPPED = "stopped", _l("Not sent any more")


class InvitationMail(Part, Base):
    """A mail to somebody who is invited; tried again, it keeps its identifier."""

    __tablename__ = "invitation_mails"
    __part_label__ = _l("Mail")
    __is_recorded__ = False
    __records__ = ("declaration_id", "signatory_id")

    invitation_id: Mapped[int] = mapped_column(
        ForeignKey("invitations.id"), index=True, info=about(_l("Invitation"))
    )
    declaration_id: Mapped[int] = record_key(label=_l("Declaration"), target="declarations")
    signatory_id: Mapped[int] = record_key(label=_l("Signatory"))
    mailing_id: Mapped[int | None] = mapped_column(
        ForeignKey("mailings.id"), index=True, info=about(_l("Mailing"))
    )
    kind: Mapped[MailKind] = mapped_column(info=about(_l("Kind of mail")))
    state: Mapped[MailState] = mapped_column(
        default=MailState.WAITING, info=about(_l("State of the mail"))
    )
    address: Mapped[str] = mapped_column(
        String(254),
        index=True,
        info=about(_l("Email address"), personal=Personal.YES, purpose=TO_INVITE),
    )
    language: Mapped[str] = mapped_column(String(12), info=about(_l("Language")))
    message_id: Mapped[str] = mapped_column(
        String(200), info=about(_l("Identifier of the message"), internal=True)
    )
    date_header: Mapped[str] = mapped_column(
        String(60), info=about(_l("Date of the message"), internal=True)
    )
    job_id: Mapped[int | None] = mapped_column(info=about(_l("Job"), internal=True))
    queued_at: Mapped[datetime] = mapped_column(
        default=now, index=True, info=about(_l("Queued on"))
    )
    sent_at: Mapped[datetime | None] = mapped_column(info=about(_l("Sent on")))
    problem: Mapped[str | None] = mapped_column(String(200), info=about(_l("What went wrong")))

    invitation: Mapped[Invitation] = relationship(back_populates="mails")
    mailing: Mapped[Mailing | None] = relationship()
    job: Mapped[Job | None] = relationship(
        primaryjoin=lambda: Job.id == InvitationMail.job_id, foreign_keys=job_id, viewonly=True
    )


class LinkUse(Choice):
    """What a link is good for."""

    SIGN = "sign", _l("To sign")
    WITHDRAW = "withdraw", _l("To withdraw")


class SigningLink(HasId, Base):
    """The link in a mail; only its fingerprint is kept, and it is good for one purpose."""

    __tablename__ = "signing_links"

    mail_id: Mapped[int] = mapped_column(
        ForeignKey("invitation_mails.id"), unique=True, info=about(_l("Mail"))
    )
    invitation_id: Mapped[int] = mapped_column(
        ForeignKey("invitations.id"), index=True, info=about(_l("Invitation"))
    )
    use: Mapped[LinkUse] = mapped_column(info=about(_l("Good for")))
    edition: Mapped[int] = mapped_column(info=about(_l("Version of the text")))
    nonce: Mapped[str] = mapped_column(
        String(64), info=about(_l("Random part"), personal=Personal.SECRET, internal=True)
    )
    token_hash: Mapped[str] = mapped_column(
        String(64), unique=True, info=about(_l("Token"), personal=Personal.SECRET, internal=True)
    )
    expires_at: Mapped[datetime] = mapped_column(info=about(_l("Expires")))
    revoked_at: Mapped[datetime | None] = mapped_column(info=about(_l("Revoked")))

    invitation: Mapped[Invitation] = relationship()
    mail: Mapped[InvitationMail] = relationship()
