"""Texts made safe for every file format, cut into lines and runs of one direction."""

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from babel.numbers import format_decimal

from crm.documents.model import Document, Lines, Linked, Value

# Control characters, which XML forbids; the marks that overrule direction, with which a name can be
# made to read as another; what Unicode calls no character.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff]")
_NEW_LINE = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_CHARACTER = re.compile(
    "[" + "".join(f"{chr(p + 0xFFFE)}{chr(p + 0xFFFF)}" for p in range(0, 0x110000, 0x10000)) + "]"
)

_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
# Words written right to left, with what stands between them: they are set as one piece, so that
# they are read, copied and extracted in their order.
_RTL_RUN = re.compile(f"[{_RTL}]+(?:[ \u00a0\u202f.,:'’\\-–\u200c\u200d]+[{_RTL}]+)*")

_SAFE_LINK = re.compile(r"(?:https?://|mailto:|tel:)[!-~]+", re.IGNORECASE)
_LONGEST_LINK = 2000
_SEEN = re.compile(r"[^\W_]|[!-/:-@\[-`{-~]")

LARGEST_NUMBER = 10**15
"""Beyond, a number with a decimal point is no longer exact."""


@dataclass(frozen=True)
class Piece:
    """A text, and where it leads."""

    text: str
    url: str | None = None


def clean(text: str) -> str:
    """Return the text without what a file could not hold; only line feeds break its lines."""
    text = _NEW_LINE.sub("\n", text).replace("\t", " ")
    text = _SURROGATE.sub("\ufffd", text)
    text = _NO_CHARACTER.sub("", _UNWANTED.sub("", text))
    return unicodedata.normalize("NFC", text)


def clean_line(text: str, limit: int | None = None) -> str:
    """Return the text in one line, of at most so many characters."""
    line = " ".join(clean(text).split("\n")).strip()
    return line if limit is None or len(line) <= limit else line[: limit - 1].rstrip() + "…"


def safe_link(url: str) -> str | None:
    """Return the address if a reader may be led there, or nothing."""
    url = url.strip()
    return url if len(url) <= _LONGEST_LINK and _SAFE_LINK.fullmatch(url) else None


def lines_of(value: Value, document: Document) -> list[list[Piece]]:
    """Return the lines a value takes, each in pieces; an absent value takes one empty line."""
    if isinstance(value, Lines):
        return [line for each in value.lines for line in lines_of(each, document)] or [[]]
    if isinstance(value, Linked):
        # typst fails on a link that ends with a place to break a word.
        text = clean_line(value.text).replace("\u00ad", "")
        # A link of characters nobody sees could not be followed, and PDF/UA refuses it.
        text = text if _SEEN.search(text) else clean_line(value.url)
        return [[Piece(text, safe_link(value.url) if _SEEN.search(text) else None)]]
    return [[Piece(line)] for line in clean(plain(value, document)).split("\n")]


def plain(value: str | date | float | None, document: Document) -> str:
    """Return a value as the reader writes it."""
    if value is None:
        return ""
    if isinstance(value, date):
        return document.format_date(value)
    if isinstance(value, int | float):
        return number(value, document.language)
    return value


def number(value: float, language: str) -> str:
    """Return a number as it is written; four digits stay together, as a year does."""
    value = +value  # a truth is counted as 1 or 0
    if abs(value) >= LARGEST_NUMBER or not math.isfinite(value):
        return str(value)
    pattern = None if value == int(value) else "#,##0.00#"
    grouped = abs(value) >= 10_000
    return str(format_decimal(value, pattern, locale=language, group_separator=grouped))


def flat(value: Value, document: Document) -> str:
    """Return a value as text alone, its lines below one another."""
    return "\n".join("".join(piece.text for piece in line) for line in lines_of(value, document))


def is_right_to_left(text: str) -> bool:
    """Tell if the first letter that has a direction is written right to left."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def runs(text: str) -> Iterator[tuple[str, bool]]:
    """Cut a text where its direction changes; each part says if it is written right to left."""
    end = 0
    for found in _RTL_RUN.finditer(text):
        if found.start() > end:
            yield text[end : found.start()], False
        yield found.group(), True
        end = found.end()
    if end < len(text):
        yield text[end:], False


def moment(document: Document) -> datetime:
    """Return when the document was made, in UTC."""
    made = document.made_at
    return made.replace(tzinfo=UTC) if made.tzinfo is None else made.astimezone(UTC)
