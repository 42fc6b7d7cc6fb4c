"""XML written by hand, where a tree of its elements would be the size of the rows."""

from datetime import UTC, datetime
from xml.sax.saxutils import escape

from crm.documents.text import clean_line

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def escaped(text: str) -> str:
    """Return a text to stand between tags."""
    if "&" in text or "<" in text or ">" in text:
        return escape(text)
    return text


def attribute(text: str) -> str:
    """Return a text to stand between double quotes."""
    return escape(text, {'"': "&quot;"})


def encoded(xml: str) -> bytes:
    """Return the XML as it stands in the file."""
    return xml.encode()


def line(text: str, limit: int | None = None) -> str:
    """Return a text in one line to stand between tags."""
    return escape(clean_line(text, limit))


def utc(moment: datetime) -> str:
    """Return a moment as the properties of files have it."""
    made = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return made.strftime("%Y-%m-%dT%H:%M:%SZ")
