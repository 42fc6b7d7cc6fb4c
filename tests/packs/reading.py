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
from crm.packs.composition import preset, titles
from crm.records.models import Record
from tests.browser import Browser

FORMATS = ("pdf", "docx", "xlsx")


def place(record: Record) -> str:
    return f"{record.id}-{record.slug}"


def everything() -> list[str]:
    """Return the keys of all parts."""
    return list(titles())


def preset_of(meeting: Record) -> list[str]:
    """Return the keys of the parts that the pack of a meeting begins with."""
    return preset(meeting.meeting_kind)  # type: ignore[attr-defined]


def make(
    browser: Browser, meeting: Record, chosen: Sequence[str] | None = None, **more: Any
) -> Any:
    """Send the form of a pack; the answer leads to the pack, or is the form again."""
    address = browser.address("meetings.pack", place=place(meeting))
    data = {"parts": list(everything() if chosen is None else chosen), **more}
    return _asked(browser, "post", address, data=data)


def ask(
    browser: Browser, meeting: Record, file_format: str, chosen: Sequence[str] | None = None
) -> Any:
    """Make a pack and get it as a file; a file is no page, so the browser of pages cannot."""
    made = make(browser, meeting, chosen)
    if made.status_code != 302:
        return made
    return file_at(browser, made.headers["Location"], file_format)


def file_at(browser: Browser, address: str, file_format: str) -> Any:
    """Get the file of a kept pack."""
    return _asked(browser, "get", f"{address}/file?format={file_format}")


def _asked(browser: Browser, method: str, address: str, **values: Any) -> Any:
    db.session.commit()
    db.session.expunge_all()
    db.session.info.clear()
    answer = browser.client.open(address, method=method.upper(), **values)
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
