"""Asks for packs and reads what is in them."""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import docx
from docx.oxml.ns import qn
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from crm.core.db import db
from crm.core.principal import SYSTEM
from crm.packs.composition import parts
from crm.records.models import Record
from tests.browser import Browser

FORMATS = ("pdf", "docx", "xlsx")


def place(record: Record) -> str:
    return f"{record.id}-{record.slug}"


def everything() -> list[str]:
    """Return the keys of all parts."""
    return [key for key, _title in parts()]


def ask(
    browser: Browser, meeting: Record, file_format: str, chosen: Sequence[str] | None = None
) -> Any:
    """Send the form of a pack; a file is no page, so the browser of pages cannot."""
    address = browser.address("meetings.pack", place=place(meeting))
    db.session.commit()
    db.session.expunge_all()
    db.session.info.clear()
    answer = browser.client.post(
        address,
        data={
            "parts": list(everything() if chosen is None else chosen),
            "file_format": file_format,
        },
    )
    db.session.expunge_all()
    db.session.info.clear()
    db.session.info["principal"] = SYSTEM
    return answer


def words(file: bytes, file_format: str) -> str:
    """Return all the text of a file, without the spaces that lines and cells put in."""
    reader = {"pdf": _pdf, "docx": _docx, "xlsx": _xlsx}[file_format]
    return squeeze(" ".join(reader(file)))


def squeeze(text: str) -> str:
    """Return a text without its spaces."""
    return re.sub(r"\s+", "", text)


def _pdf(file: bytes) -> Iterator[str]:
    for page in PdfReader(BytesIO(file)).pages:
        yield page.extract_text()


def _docx(file: bytes) -> Iterator[str]:
    document = docx.Document(BytesIO(file))
    for root in (document.element.body, *(each.footer._element for each in document.sections)):
        for paragraph in root.iter(qn("w:p")):
            yield "".join(text.text or "" for text in paragraph.iter(qn("w:t")))


def _xlsx(file: bytes) -> Iterator[str]:
    book = CalamineWorkbook.from_filelike(BytesIO(file))
    for name in book.sheet_names:
        yield name
        for row in book.get_sheet_by_name(name).to_python():
            yield from (str(cell) for cell in row)


def sheet(file: bytes, name: str) -> list[list[str]]:
    """Return the rows of a sheet as text."""
    book = CalamineWorkbook.from_filelike(BytesIO(file))
    return [[str(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python()]
