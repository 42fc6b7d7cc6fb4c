"""Letters: a template of one's own, filled with the rows of a list."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from babel.dates import format_date

from crm.core.clock import today
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.principal import principal_of
from crm.documents import templates
from crm.exports import queries
from crm.exports.models import LetterTemplate
from crm.records.audience import Audience
from crm.records.kinds import RecordKind, registry

MOST_LETTERS = 500
"""Rows of one document; a longer one opens in no word processor."""
ROWS = "rows"
ABOUT = ("title", "day", "author")
_EXAMPLES = 2


def fields_of(kind: RecordKind) -> dict[str, Sequence[str]]:
    """Return the fields that a template for a list may ask for, each with its parts."""
    columns = [column.key for column in registry.columns_of(kind).values()]
    return {**dict.fromkeys(ABOUT, ()), ROWS: columns}


def add(*, name: str, kind: str, content: bytes) -> LetterTemplate:
    """Keep a template, after it was tried with invented rows.

    :raises InvalidValue: at ``name`` or ``upload``, with what is wrong.
    """
    if db.session.scalar(queries.template_named(name)) is not None:
        raise InvalidValue("name", _("There is a template with this name. Choose another"))
    try:
        _try_out(registry.kinds[kind], content)
    except InvalidValue as refused:
        raise InvalidValue("upload", refused.message) from None
    principal = principal_of(db.session)
    template = LetterTemplate(
        name=name,
        kind=kind,
        content=content,
        added_by_id=principal.user_id if principal else None,
    )
    db.session.add(template)
    db.session.flush()
    return template


def remove(template: LetterTemplate) -> None:
    """Remove a template; the files that were made of it stay."""
    db.session.delete(template)
    db.session.flush()


def _try_out(kind: RecordKind, content: bytes) -> None:
    allowed = fields_of(kind)
    if wrong := templates.try_out(content, allowed):
        raise InvalidValue("upload", ". ".join(wrong[:3]))
    example = {column: column for column in allowed[ROWS]}
    templates.fill(content, _context("", "", "fr", [example] * _EXAMPLES))


def filled(
    template: bytes,
    *,
    title: str,
    author: str,
    language: str,
    rows: Sequence[Mapping[str, Any]],
) -> bytes:
    """Return the document that a template makes of rows.

    :raises InvalidValue: at ``template_id`` when there are too many, or it cannot be filled.
    """
    if len(rows) > MOST_LETTERS:
        raise InvalidValue(
            "template_id", _("Filter the list first: a document holds at most 500 letters")
        )
    said = [{key: _said(value, language) for key, value in row.items()} for row in rows]
    try:
        return templates.fill(template, _context(title, author, language, said))
    except InvalidValue as refused:
        raise InvalidValue("template_id", refused.message) from None


def _context(
    title: str, author: str, language: str, rows: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    return {"title": title, "day": _said(today(), language), "author": author, ROWS: list(rows)}


def _said(value: Any, language: str) -> str:
    if value is None:
        return ""
    if isinstance(value, date | datetime):
        return str(format_date(value, "d MMMM y", locale="fr" if language == "fr" else "en_GB"))
    return str(value)


def widest() -> Audience:
    """Return the readers whom letters may reach: those they are written to."""
    return Audience.PARTNER
