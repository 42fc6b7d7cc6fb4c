"""Finds the rows and columns of a pasted list: with headings, with cells, or name by name."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from crm.core.text import clean_line, fold
from crm.documents.delimited import separator_of
from crm.rolls.places import country_of, is_scope

LONGEST_LINE = 10_000
LINES_OF_A_CELL = 4
LINES_ABOVE_HEADINGS = 10
SOME, MOSTLY, NEARLY_ALL = 0.2, 0.6, 0.9
"""Shares of the cells of a column that hold a country or a scope; mostly: it is one of them."""

_BULLET = re.compile(r"^(?:[-*•·–—▪◦]|\(?\d{1,4}[.)])\s+")


class Role(Enum):
    """What a column says of a signatory."""

    NAME = auto()
    PLACE = auto()
    SCOPE = auto()
    CATEGORY = auto()
    ACRONYM = auto()
    DATE = auto()
    LOGO = auto()


SORTED = (Role.PLACE, Role.SCOPE, Role.CATEGORY)
_USUAL_HEADINGS = {Role.NAME: "Organisation", Role.PLACE: "Country", Role.CATEGORY: "Category"}

# The words of headings in French and English, folded; the first kind that is met decides.
_WORDS: Mapping[Role, frozenset[str]] = {
    Role.LOGO: frozenset({"logo", "logos"}),
    Role.ACRONYM: frozenset({"acronym", "acronyme", "sigle", "abbreviation", "abreviation"}),
    Role.DATE: frozenset({"date", "signed", "signe", "signee"}),
    Role.CATEGORY: frozenset({
        "category", "categorie", "categories", "type", "kind", "heading", "rubrique", "college",
        "group", "groupe", "sector", "secteur",
    }),
    Role.SCOPE: frozenset({"scope", "portee", "perimetre", "level", "niveau"}),
    Role.PLACE: frozenset({"country", "countries", "pays"}),
    Role.NAME: frozenset({
        "organisation", "organization", "organisations", "organizations", "organisme",
        "organismes", "association", "associations", "institution", "institutions", "structure",
        "structures", "entity", "entite", "signataire", "signataires", "signatory", "signatories",
        "name", "names", "nom", "noms",
    }),
}  # fmt: skip
_OF_PEOPLE = frozenset({"name", "names", "nom", "noms"})
"""Where another column holds organisations, one of names holds the people who signed for them."""

_SMALL_WORDS = frozenset({
    "of", "the", "de", "du", "des", "d", "la", "le", "les", "l", "a", "or", "ou", "and", "et", "in",
    "on", "full", "complete", "complet", "official", "officiel", "signature", "english", "anglais",
    "french", "francais", "original",
})  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A row of a list.

    :param number: its first line, from 1.
    :param raw: the row as it came.
    :param has_more: it has more cells than the table has headings.
    """

    number: int
    raw: str
    cells: Mapping[Role, str]
    has_more: bool = False


@dataclass(frozen=True)
class Table:
    """The rows of a list.

    :param heading: the line above them, where they have cells.
    :param left_out: the headings of the columns that say nothing of a signatory.
    """

    rows: Sequence[Row]
    heading: str = ""
    left_out: Sequence[str] = ()


def table_of(lines: Sequence[str]) -> Table:
    """Return the rows of a list, however it is written."""
    return _headed(lines) or _unheaded(lines) or Table(list(_one_by_one(lines)))


def is_mixed(rows: Sequence[Row]) -> bool:
    """Tell whether one column holds all there is, each signatory repeated for each value."""
    roles = {role for row in rows for role in row.cells if role in SORTED}
    if len(roles) != 1:
        return False
    (role,) = roles
    values: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        values[fold(row.cells.get(Role.NAME, ""))].add(fold(row.cells.get(role, "")))
    repeated = sum(len(found) for found in values.values() if len(found) > 1)
    return 2 * repeated >= len(rows)


# Rows and cells


def _logical(
    lines: Sequence[str], delimiter: str, first: int = 0
) -> Iterator[tuple[int, str, list[str]]]:
    """Return (number of the line, its text, its cells); a quoted cell may hold several lines."""
    place = first
    while place < len(lines):
        raw, cells = _one_row(lines[place : place + LINES_OF_A_CELL], delimiter)
        if raw.strip():
            yield place + 1, raw, cells
        place += raw.count("\n") + 1


def _one_row(lines: Sequence[str], delimiter: str) -> tuple[str, list[str]]:
    """Return the text and the cells of the row that begins the lines."""
    for extent in range(1, len(lines) + 1) if '"' in lines[0] else ():
        raw = "\n".join(lines[:extent])
        try:
            return raw, [clean_line(each) for each in _split(raw, delimiter)]
        except csv.Error as error:
            if "unexpected end" not in str(error):
                break
    # No quotes, or some that stand for themselves: “"1 Decembrie 1918” University”.
    return lines[0], [clean_line(each) for each in lines[0].split(delimiter)]


def _split(raw: str, delimiter: str) -> list[str]:
    if len(raw) > LONGEST_LINE:
        raise csv.Error("too long")
    return next(csv.reader([raw], delimiter=delimiter, skipinitialspace=True, strict=True), [])


def _headed(lines: Sequence[str]) -> Table | None:
    """Read a table with headings; None when there are no headings."""
    filled = [place for place, line in enumerate(lines) if line.strip()]
    for place in filled[:LINES_ABOVE_HEADINGS]:
        line = lines[place]
        delimiter = separator_of(line)
        _raw, cells = _one_row([line], delimiter or "\t")
        roles = _roles(cells)
        if roles is None or (delimiter is None and place != filled[0]):
            continue
        if delimiter is None:
            rows = list(_one_by_one(["" if n <= place else each for n, each in enumerate(lines)]))
            return Table(rows, line)
        left_out = [cell for cell, role in zip(cells, roles, strict=True) if cell and role is None]
        found = _logical(lines, delimiter, place + 1)
        return Table([_row(*each, roles) for each in found], line, left_out)
    return None


def _roles(cells: Sequence[str]) -> list[Role | None] | None:
    """Return what each column says; None when these are no headings."""
    roles = [role_of(cell) for cell in cells]
    known = set(roles) - {None}
    if Role.NAME not in known or (len(cells) > 1 and len(known) == 1):
        return None
    names = [place for place, role in enumerate(roles) if role is Role.NAME]
    chosen = min(names, key=lambda place: _is_of_people(cells[place]))
    seen: set[Role] = {Role.NAME}
    kept: list[Role | None] = []
    for place, role in enumerate(roles):
        is_first = place == chosen or (role is not None and role not in seen)
        kept.append(role if is_first else None)
        if role is not None:
            seen.add(role)
    return kept


def role_of(heading: str) -> Role | None:
    """Return what a column says by its heading, all of whose words must be those of headings."""
    words = set(fold(heading).split()) - _SMALL_WORDS
    if not words or not words <= frozenset().union(*_WORDS.values()):
        return None
    return next(role for role, known in _WORDS.items() if words & known)


def _is_of_people(heading: str) -> bool:
    return set(fold(heading).split()) - _SMALL_WORDS <= _OF_PEOPLE


def _row(number: int, raw: str, cells: Sequence[str], roles: Sequence[Role | None]) -> Row:
    found = zip(roles, cells, strict=False)
    has_more = any(cells[len(roles) :])
    return Row(number, raw, {role: cell for role, cell in found if role is not None}, has_more)


# Without headings


def _unheaded(lines: Sequence[str]) -> Table | None:
    """Read cells without headings, where what they are can be told; None otherwise."""
    filled = [line for line in lines if line.strip()]
    for delimiter in ("\t", ";", ","):
        if 2 * sum(delimiter in line for line in filled) < len(filled):
            continue
        found = list(_logical(lines, delimiter))
        width = max(len(cells) for _number, _raw, cells in found)
        columns = [
            [cells[n] if n < len(cells) else "" for *_x, cells in found] for n in range(width)
        ]
        roles = _guessed(columns)
        rows = [_row(*each, roles) for each in found]
        if delimiter == "," and not (_is_even(found) and (is_mixed(rows) or _has_places(rows))):
            continue  # A comma is as often a part of a name as it parts cells.
        heading = delimiter.join(_USUAL_HEADINGS[role] if role else "" for role in roles)
        return Table(rows, heading)
    return None


def _is_even(found: Sequence[tuple[int, str, list[str]]]) -> bool:
    widths = {len(cells) for _number, _raw, cells in found}
    return len(found) > 1 and len(widths) == 1


def _has_places(rows: Sequence[Row]) -> bool:
    places = [row.cells[Role.PLACE] for row in rows if Role.PLACE in row.cells]
    return _share_of_places(places) >= NEARLY_ALL


def _guessed(columns: Sequence[Sequence[str]]) -> list[Role | None]:
    """Return what each column says, by what it holds."""
    roles: list[Role | None] = [None] * len(columns)
    shares = [_share_of_places(column) for column in columns]
    place = max(range(len(columns)), key=lambda n: shares[n])
    others = list(range(len(columns)))
    if len(columns) > 1 and shares[place] >= MOSTLY:
        roles[place] = Role.PLACE
        others.remove(place)
    # Names differ from row to row; a column with some countries in it holds values of all kinds.
    distinct = {n: len({fold(cell) for cell in columns[n]}) for n in others}
    name = max(others, key=lambda n: (shares[n] < SOME, distinct[n]))
    roles[name] = Role.NAME
    rest = [n for n in others if n != name and any(columns[n])]
    if rest:
        roles[rest[0]] = Role.CATEGORY
    return roles


def _share_of_places(column: Sequence[str]) -> float:
    filled = [cell for cell in column if cell]
    found = sum(1 for cell in filled if country_of(cell) or is_scope(cell))
    return found / len(filled) if filled else 0.0


def _one_by_one(lines: Iterable[str]) -> Iterator[Row]:
    """Read a name from each line, with a country behind it where there is one."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        text = _BULLET.sub("", clean_line(line))
        _raw, cells = _one_row([text], ",")
        parts = [cell for cell in cells if cell]
        is_place = [bool(country_of(part) or is_scope(part)) for part in parts]
        if len(parts) > 1 and is_place[-1]:
            found = {Role.NAME: ", ".join(parts[:-1]), Role.PLACE: parts[-1]}
        elif len(parts) > 2 and is_place[-2]:
            found = {
                Role.NAME: ", ".join(parts[:-2]),
                Role.PLACE: parts[-2],
                Role.CATEGORY: parts[-1],
            }
        else:
            found = {Role.NAME: parts[0] if len(parts) == 1 else text}
        yield Row(number, line, found)
