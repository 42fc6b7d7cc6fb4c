"""The record of what left the house."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.choice import Choice
from crm.core.clock import now
from crm.core.db import Base, HasId, Personal, about
from crm.core.i18n import _l
from crm.records.audience import Audience


class ExportFormat(Choice):
    """What sort of file it is."""

    XLSX = "xlsx", _l("XLSX, for a spreadsheet")
    CSV = "csv", _l("CSV, for spreadsheets")
    ODS = "ods", _l("ODS, for LibreOffice")
    STANDARD = "standard", _l("CSV, for programs (RFC 4180)")
    JSON = "json", _l("JSON, for programs")
    VCARD = "vcard", _l("vCard, for address books")
    WORKBOOK = "workbook", _l("Workbook: linked sheets (XLSX)")
    LETTER = "letter", _l("Your own template (DOCX)")
    TEXT = "docx", _l("DOCX, to go on writing")

    @property
    def ending(self) -> str:
        """Return the ending of the file's name."""
        endings = {"standard": "csv", "vcard": "vcf", "workbook": "xlsx", "letter": "docx"}
        return endings.get(self.value, self.value)


class Export(HasId, Base):
    """One file that somebody made of a list. The row stays when the file is gone."""

    __tablename__ = "exports"
    __table_args__ = (Index("ix_exports_made_at", "made_at"),)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id"), index=True, info=about(_l("Made by"), personal=Personal.YES)
    )
    made_at: Mapped[datetime] = mapped_column(default=now, info=about(_l("Made on")))
    kind: Mapped[str] = mapped_column(String(30), info=about(_l("List"), internal=True))
    title: Mapped[str] = mapped_column(
        String(400), info=about(_l("Name of the file"), personal=Personal.YES)
    )
    address: Mapped[str] = mapped_column(
        Text,
        default="",
        info=about(
            _l("What the list asked for"),
            personal=Personal.YES,
            purpose=_l("To know what left the house"),
            internal=True,
        ),
    )
    columns: Mapped[dict[str, Any]] = mapped_column(info=about(_l("Columns"), internal=True))
    file_format: Mapped[ExportFormat] = mapped_column(info=about(_l("As a file")))
    language: Mapped[str] = mapped_column(String(5), info=about(_l("Language")))
    audience: Mapped[Audience] = mapped_column(info=about(_l("For whom")))
    with_confidential: Mapped[bool] = mapped_column(
        default=False, info=about(_l("With what only some may see"))
    )
    reason: Mapped[str | None] = mapped_column(
        String(300),
        info=about(
            _l("What for"),
            personal=Personal.YES,
            purpose=_l("To account for personal data that leaves the house"),
            hint=_l("For instance: delegate list for the ECRE meeting of 12 December"),
        ),
    )
    withheld: Mapped[dict[str, Any]] = mapped_column(info=about(_l("Left out"), internal=True))
    row_count: Mapped[int | None] = mapped_column(info=about(_l("Rows")))
    size: Mapped[int | None] = mapped_column(info=about(_l("Size in bytes")))
    sha256: Mapped[str | None] = mapped_column(String(64), info=about(_l("Fingerprint (SHA-256)")))
    finished_at: Mapped[datetime | None] = mapped_column(info=about(_l("Finished")))
    kept_until: Mapped[datetime | None] = mapped_column(
        index=True, info=about(_l("The file is kept until"))
    )

    user: Mapped[User] = relationship(innerjoin=True)


class LetterTemplate(HasId, Base):
    """A document of one's own that is filled with the rows of a list."""

    __tablename__ = "letter_templates"

    name: Mapped[str] = mapped_column(
        String(120),
        unique=True,
        info=about(_l("Name of the template"), hint=_l("For instance Invitation to the seminar")),
    )
    kind: Mapped[str] = mapped_column(String(30), info=about(_l("List"), internal=True))
    content: Mapped[bytes] = mapped_column(
        LargeBinary, deferred=True, info=about(_l("File"), internal=True)
    )
    added_at: Mapped[datetime] = mapped_column(default=now, info=about(_l("Added")))
    added_by_id: Mapped[int] = mapped_column(
        ForeignKey("users.id"), index=True, info=about(_l("Added by"), personal=Personal.YES)
    )

    added_by: Mapped[User] = relationship(innerjoin=True)
