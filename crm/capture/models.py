"""Mails that wait for somebody's decision."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.core.clock import now
from crm.core.db import Base, HasId, Personal, about
from crm.core.i18n import _l

TO_PROPOSE = _l("To propose an exchange; removed with the mail")


class WaitingMail(HasId, Base):
    """A mail that somebody has handed in: what of it may become an exchange, until decided."""

    __tablename__ = "waiting_mails"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id"), index=True, info=about(_l("Handed in by"), personal=Personal.YES)
    )
    received_at: Mapped[datetime] = mapped_column(default=now, info=about(_l("Handed in")))
    sent_at: Mapped[datetime | None] = mapped_column(info=about(_l("Sent on")))
    subject: Mapped[str] = mapped_column(
        String(200),
        info=about(_l("Subject of the mail"), personal=Personal.YES, purpose=TO_PROPOSE),
    )
    addresses: Mapped[dict[str, Any]] = mapped_column(
        info=about(
            _l("Sender and recipients"),
            personal=Personal.YES,
            purpose=TO_PROPOSE,
            internal=True,
        )
    )
    body: Mapped[str] = mapped_column(
        Text, info=about(_l("Text of the mail"), personal=Personal.YES, purpose=TO_PROPOSE)
    )
    folded: Mapped[str] = mapped_column(
        Text,
        info=about(_l("Signature and older mails"), personal=Personal.YES, purpose=TO_PROPOSE),
    )
    notices: Mapped[dict[str, Any]] = mapped_column(
        info=about(_l("What could not be read"), internal=True)
    )
    kept_until: Mapped[datetime] = mapped_column(index=True, info=about(_l("Kept until")))

    files: Mapped[list["WaitingFile"]] = relationship(
        back_populates="mail",
        order_by="WaitingFile.name, WaitingFile.id",
        cascade="all, delete-orphan",
    )


class WaitingFile(HasId, Base):
    """A file that came with a waiting mail."""

    __tablename__ = "waiting_files"

    mail_id: Mapped[int] = mapped_column(
        ForeignKey("waiting_mails.id"), index=True, info=about(_l("Mail"), internal=True)
    )
    name: Mapped[str] = mapped_column(
        String(200), info=about(_l("File name"), personal=Personal.YES, purpose=TO_PROPOSE)
    )
    size: Mapped[int] = mapped_column(info=about(_l("Size in bytes")))
    content: Mapped[bytes] = mapped_column(
        LargeBinary,
        deferred=True,
        info=about(_l("File"), personal=Personal.YES, purpose=TO_PROPOSE, internal=True),
    )

    mail: Mapped[WaitingMail] = relationship(back_populates="files")
