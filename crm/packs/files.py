"""Files that leave the house: their formats, their stamp, and what is withheld from them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from babel.dates import format_date, format_datetime

from crm.core.choice import Choice
from crm.core.clock import PARIS, now
from crm.core.db import db
from crm.core.i18n import _, _l
from crm.core.principal import OUTSIDE, Principal, acting_as
from crm.documents.docx import write_docx
from crm.documents.model import Document
from crm.documents.pdf import write_pdf
from crm.documents.xlsx import write_xlsx
from crm.packs import queries

Language = Literal["fr", "en"]


class Format(Choice):
    """A file a pack is made as."""

    PDF = "pdf", _l("PDF, to print")
    DOCX = "docx", _l("DOCX, to edit")
    XLSX = "xlsx", _l("XLSX, to sort and count")


MEDIA_TYPES = {
    Format.PDF: "application/pdf",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class File:
    """Something to send or to write: whole, in memory."""

    name: str
    media_type: str
    content: bytes


def file_of(document: Document, file_format: Format, name: str) -> File:
    """Write a document as a file of the format."""
    writer = {Format.PDF: write_pdf, Format.DOCX: write_docx, Format.XLSX: write_xlsx}[file_format]
    return File(f"{name}.{file_format.value}", MEDIA_TYPES[file_format], writer(document))


def in_words(day: date | datetime, language: Language) -> str:
    """Return a day as a file says it."""
    return str(format_date(day, "d MMMM y", locale="fr" if language == "fr" else "en_GB"))


def _moment(language: Language, at: datetime | None) -> str:
    return str(
        format_datetime(
            (at or now()).astimezone(PARIS),
            "d MMMM y, HH:mm",
            locale="fr" if language == "fr" else "en_GB",
        )
    )


def made_on(language: Language) -> str:
    """Return what stands on every page of a file that is published: it names nobody."""
    return _("Made on %(when)s", when=_moment(language, None))


def stamped(
    author: str, language: Language, withheld: int, at: datetime | None = None
) -> list[str]:
    """Return what stands on every page of a file that leaves the house."""
    return [
        _("Internal document"),
        _("Made on %(when)s by %(who)s", when=_moment(language, at), who=author),
        _("Confidential items withheld: %(count)s", count=withheld),
    ]


def hidden_from(reader: Principal, ids: Iterable[int]) -> set[int]:
    """Return which of the records the readers of a file do not see."""
    shown = set(ids)
    with acting_as(db.session, reader):
        return shown - set(db.session.scalars(queries.ids_of(shown)))


def withheld_of(ids: Iterable[int]) -> int:
    """Count the records that a file would show and the team does not see.

    What is left out along with them, such as the tasks about an organisation, is no secret itself.
    """
    return len(hidden_from(OUTSIDE, ids))
