"""Reads a list of people as it comes: lines, cells, a To: line, or the file of a video call.

Nothing here touches the database: :mod:`crm.people.matching` tells who is meant.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from email.utils import getaddresses

from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.text import clean_line, fold
from crm.documents import delimited

MOST_LINES = 2_000
MOST_BYTES = 1024 * 1024
LONGEST_LINE = 1_000
LONGEST_NAME = 120

_MAIL = re.compile(r"[^\s<>()\[\],;:\"“”«»]+@[^\s<>()\[\],;:\"“”«»]+\.[^\s<>()\[\],;:\"“”«»]+")
_BULLET = re.compile(r"^(?:[-*•·–—▪◦]|\(?\d{1,4}[.)])\s+")
_HEADER_OF_MAIL = re.compile(r"^(?:to|cc|bcc|à|cci|from|de|pour)\s*:\s*", re.IGNORECASE)
_TITLE = re.compile(
    r"^(?:mr|mrs|ms|miss|mx|dr|prof|professor|m|mme|mlle|pr|docteur|professeur|madame|monsieur"
    r"|herr|frau|sig|sigra)\.?\s+(?=\S)",
    re.IGNORECASE,
)
_AS_SHOWN = re.compile(
    r"\s*\((?:guest|invité|invitée|external|externe|host|hôte|me|moi)\)\s*$", re.IGNORECASE
)

# What the columns of lists are called, folded, in French and English.
_NAME = {
    "name", "full name", "nom", "nom complet", "participant", "participant name", "attendee",
    "display name", "nom d affichage", "name original name", "nom nom original", "user name",
    "nom d utilisateur", "nom et prenom", "prenom et nom", "nom prenom", "personne", "delegate",
    "nom du participant", "participants",
}  # fmt: skip
_GIVEN = {"first name", "given name", "prenom", "firstname", "forename"}
_FAMILY = {"last name", "family name", "surname", "nom de famille", "lastname"}
_EMAIL = {
    "email", "e mail", "mail", "user email", "adresse e mail", "adresse mail", "courriel",
    "email address", "adresse email", "adresse de messagerie", "e mail de l utilisateur",
    "participant id upn", "id du participant upn", "upn",
}  # fmt: skip
_ORGANISATION = {
    "organisation", "organization", "organisme", "structure", "association", "company", "employer",
    "institution", "affiliation", "entreprise", "societe", "membre", "member organisation",
}  # fmt: skip
_JOINED = {
    "first join", "join time", "heure d entree", "premiere participation", "heure de connexion",
    "duration minutes", "duree minutes", "premiere connexion", "in meeting duration",
    "duree de la reunion", "duration", "duree", "last leave", "leave time",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """Somebody on a list.

    :param number: the line of what was pasted, from 1.
    :param raw: the line as it was pasted.
    :param problem: why nobody can be read from it, or nothing.
    """

    number: int
    raw: str
    name: str = ""
    organisation: str = ""
    email: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Pasted:
    """A list as it was read.

    :param was_there: it comes from a video call: those on it were there.
    """

    lines: Sequence[Line]
    was_there: bool = False


def decoded(content: bytes) -> str:
    """Return the text of a file, whatever its encoding.

    :raises InvalidValue: at ``upload`` when it is too large or no text.
    """
    if len(content) > MOST_BYTES:
        raise InvalidValue("upload", _("This file is larger than 1 MB. Paste a part of the list"))
    text = delimited.decoded(content)
    if text is None:
        raise InvalidValue(
            "upload", _("This file is no list of names. Save it as CSV or text and try again")
        )
    return text


def read(text: str) -> Pasted:
    """Read a list of people.

    :raises InvalidValue: at ``text`` when it is empty or far too long.
    """
    if not text.strip():
        raise InvalidValue("text", _("Paste at least one name"))
    if len(text) > MOST_BYTES:
        raise InvalidValue("text", _("This list is larger than 1 MB. Paste a part of it"))
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if sum(1 for row in rows if row.strip()) > MOST_LINES:
        raise InvalidValue(
            "text", _("Paste %(most)d lines at most; do the rest afterwards", most=MOST_LINES)
        )
    return _read_table(rows) or Pasted([line for line in _read_lines(rows) if line.raw])


# Tables


def _read_table(rows: Sequence[str]) -> Pasted | None:
    """Read a table with headings; None when there are no headings."""
    for place, row in enumerate(rows[:40]):
        delimiter = delimited.separator_of(row)
        if delimiter is None:
            continue
        headings = [fold(cell) for cell in _cells(row, delimiter)]
        columns = _columns(headings)
        if columns is None:
            continue
        was_there = any(heading in _JOINED for heading in headings)
        return Pasted(list(_rows_below(rows, place, delimiter, columns)), was_there)
    return None


def _cells(row: str, delimiter: str) -> list[str]:
    if len(row) > LONGEST_LINE * 10:
        return []
    return [clean_line(cell) for cell in next(csv.reader([row], delimiter=delimiter), [])]


def _columns(headings: Sequence[str]) -> dict[str, int] | None:
    """Return where the columns are that matter; None unless one of them holds names."""
    wanted = {
        "name": _NAME, "given": _GIVEN, "family": _FAMILY, "email": _EMAIL, "org": _ORGANISATION,
    }  # fmt: skip
    columns: dict[str, int] = {}
    for place, heading in enumerate(headings):
        for key, names in wanted.items():
            if heading in names and key not in columns:
                columns[key] = place
    if "given" in columns and "name" in columns and "family" not in columns:
        columns["family"] = columns.pop("name")  # “Nom; Prénom”: a family name beside a given one.
    has_name = "name" in columns or {"given", "family"} <= columns.keys()
    others = columns.keys() - {"name"} or any(heading in _JOINED for heading in headings)
    return columns if has_name and others else None


def _rows_below(
    rows: Sequence[str], place: int, delimiter: str, columns: dict[str, int]
) -> Iterator[Line]:
    for number, row in enumerate(rows[place + 1 :], start=place + 2):
        if not row.strip():
            if any(each.strip() for each in rows[place + 1 : number - 1]):
                # An empty line ends the table: the file of a video call goes on with other things.
                break
            continue
        yield _row(number, row, _cells(row, delimiter), columns)


def _row(number: int, row: str, cells: Sequence[str], columns: dict[str, int]) -> Line:
    def cell(key: str) -> str:
        at = columns.get(key)
        return cells[at] if at is not None and at < len(cells) else ""

    name = cell("name") or " ".join(filter(None, (cell("given"), cell("family"))))
    raw = clean_line(row)[:LONGEST_LINE]
    found = _MAIL.search(cell("email"))
    return _checked(Line(number, raw, name, cell("org"), found[0] if found else ""))


# Lines


def _read_lines(rows: Iterable[str]) -> Iterator[Line]:
    for number, row in enumerate(rows, start=1):
        raw = clean_line(row[: LONGEST_LINE * 20])
        if not raw:
            continue
        if len(row) > LONGEST_LINE and row.count("@") < 2:
            yield Line(
                number, raw[:LONGEST_LINE], problem=_("This line is too long for one person")
            )
        elif _HEADER_OF_MAIL.match(raw) or raw.count("@") > 1:
            yield from _addresses(number, _HEADER_OF_MAIL.sub("", raw))
        else:
            yield _checked(_one(number, raw, row))


def _addresses(number: int, text: str) -> Iterator[Line]:
    """Read the line of a mail: “Ada Test <ada@example.org>; …”."""
    # Semicolons part addresses in one mail program, commas in the others.
    parts = text.replace(";", ",") if text.count(";") >= text.count("@") - 1 else text
    for name, email in getaddresses([parts]):
        if not (name or email):
            continue
        is_mail = _MAIL.fullmatch(email)
        raw = f"{name} <{email}>" if name else email
        line = Line(number, raw, name, "", email if is_mail else "")
        if not is_mail and not name:
            line = replace(line, name=email)
        yield _checked(line)


def _one(number: int, raw: str, row: str) -> Line:
    """Read a line: “Name”, “Name, Organisation”, “Name <mail>”, or cells with tabs between."""
    cells = [_BULLET.sub("", clean_line(cell)) for cell in row.split("\t") if clean_line(cell)]
    found = _MAIL.search(raw)
    email = found[0] if found else ""
    if len(cells) > 1:
        parts = [cell for cell in cells if not _MAIL.search(cell)]
    else:
        text = _BULLET.sub("", raw)
        if email:
            text = re.sub(r"[<(\[]\s*[>)\]]|mailto:", " ", text.replace(email, " "))
        parts = _parts(text)
    if not parts:
        return Line(number, raw, "", "", email)
    name, organisation = parts[0], parts[1] if len(parts) > 1 else ""
    in_brackets = re.fullmatch(r"(.+?)\s*\(([^()]{2,})\)", name)
    if in_brackets and not organisation:
        name, organisation = in_brackets[1], in_brackets[2]
    return Line(number, raw, name, organisation, email)


def _parts(text: str) -> list[str]:
    """Return the name, and the organisation where there is one."""
    for delimiter in (";", "|"):
        if delimiter in text:
            return [clean_line(cell) for cell in text.split(delimiter) if clean_line(cell)]
    if "," in text:
        cells = [cell.strip() for cell in next(csv.reader([text], skipinitialspace=True), [])]
        cells = [cell for cell in cells if cell]
        return [cells[0], ", ".join(cells[1:])] if len(cells) > 1 else cells
    dashed = re.split(r"\s+[–—-]\s+", text, maxsplit=1)
    return [each.strip() for each in dashed if each.strip()]


def _checked(line: Line) -> Line:
    """Cut a name to what one is, and say what is wrong with a line of which nothing is left."""
    name = clean_line(line.name).strip(" ,;\"'<>-–")
    name = _AS_SHOWN.sub("", name)
    original = re.fullmatch(r"(.+?)\s*\(([^()]+)\)", name)
    if original and fold(original[1]) and len(original[2].split()) > 1:
        name = original[2]  # The file of a video call: “Laptop 3 (Ada Test)”.
    name = _TITLE.sub("", name)
    line = replace(line, name=name, organisation=clean_line(line.organisation).strip(" ,;")[:300])
    if len(name) > LONGEST_NAME:
        return replace(line, problem=_("This line is too long for one person"))
    if not fold(name) and not line.email:
        return replace(line, problem=_("No name was found on this line"))
    if not line.email and not any(character.isalpha() for character in name):
        return replace(line, problem=_("No name was found on this line"))
    return line
